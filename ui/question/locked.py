"""The passphrase that opens encrypted records: as asked for before a session, and before a review. Pure."""

from __future__ import annotations

from ui.question import wording
from ui.question.asked import Secret


def station_locked(trouble: str = "") -> Secret:
    """Before a session: it can go on without."""
    return Secret(
        wording.STATION_LOCKED,
        wording.STATION_LINES,
        wording.WITHOUT_STATION,
        wording.MEANWHILE_SESSION,
        trouble,
    )


def record_locked(record: str, trouble: str = "") -> Secret:
    """Before a review: without it there is none."""
    return Secret(
        wording.RECORD_LOCKED.format(name=record),
        wording.RECORD_LINES,
        wording.WITHOUT_RECORD,
        wording.MEANWHILE_RECORD,
        trouble,
    )
