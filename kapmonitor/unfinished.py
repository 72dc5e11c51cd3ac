"""A session of this computer that was interrupted and could be gone on with."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kapmonitor.errors import RecordError, RecordLocked
from kapmonitor.model import GenerationMode
from kapmonitor.record.hold import Hold
from kapmonitor.record.moves import MARK, beside, first_name, last_place
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import session_of
from kapmonitor.session.events import SessionStarted

log = logging.getLogger(__name__)

AT_ONCE_S: Final = 30.0
"""A session interrupted no longer ago than this goes on by itself, as a monitor does after a power break."""
OFFERED_S: Final = 12 * 3600.0
"""So long it is offered; the person is not here any more after that."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """`last_utc_ns` is when its record was last written."""

    path: Path
    started: SessionStarted
    last_utc_ns: int
    age_s: float

    @property
    def goes_on_by_itself(self) -> bool:
        """Whether nobody needs to be asked."""
        return 0 <= self.age_s <= AT_ONCE_S


def unfinished(folder: Path, second: Path | None = None, ledger: Path | None = None) -> Unfinished | None:
    """The newest record of a folder, if its session was interrupted lately and no program is writing it.

    In the `second` folder are records that went on there when their disk failed; of a session's files the
    one that goes furthest counts.
    """
    there = [*folder.glob("*.kap"), *(second.glob(f"*{MARK}*.kap") if second is not None else ())]
    newest = max(there, key=_written_ns, default=None)
    if newest is not None:
        newest = _furthest(newest, there, ledger)
    if newest is None:
        return None
    last_ns = _written_ns(newest)
    age_s = (time.time_ns() - last_ns) / 1e9
    # From later than now: the clock was set back since. Somebody is asked, who knows.
    if abs(age_s) > OFFERED_S:
        return None
    try:
        Hold(newest).release()
        started = _started(newest)
    except RecordLocked:
        log.warning("%s may be an interrupted session; it is encrypted, and nothing here opens it", newest)
        return None
    except (RecordError, OSError):
        return None
    return Unfinished(newest, started, last_ns, age_s) if started is not None else None


def _furthest(newest: Path, there: Iterable[Path], ledger: Path | None) -> Path | None:
    """Of the files of a session the one with the most entries; None if the session went on elsewhere."""
    family = [each for each in there if first_name(each) == first_name(newest)]
    if len(family) == 1 and not beside(newest).exists() and ledger is None:
        return newest
    lengths = {each: _length(each) for each in sorted(family, key=_written_ns, reverse=True)}
    session = next((name for name, _ in lengths.values() if name), "")
    alike = [each for each, (name, _) in lengths.items() if name and name == session]
    found = max(alike, key=lambda each: lengths[each][1], default=newest)
    place = last_place(family, session, ledger)
    if place is not None and place not in alike:
        log.warning("the session of %s went on in %s, and that is not there", found, place)
        return None
    return found


def _length(path: Path) -> tuple[str, int]:
    """The session and the last entry of a record; nothing of one that cannot be read."""
    try:
        with RecordReader(path) as reader, reader.reading() as connection:
            (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
            return session_of(reader), int(seq)
    except (RecordError, OSError):
        return "", 0


def _started(path: Path) -> SessionStarted | None:
    """How it began; None if it was closed or is not of a real person."""
    with RecordReader(path) as reader:
        first = next(reader.events(), None)
        if first is None or reader.is_closed():
            return None
    event = first.stamped.event
    real = isinstance(event, SessionStarted) and event.mode == GenerationMode.REAL.value
    return event if real and isinstance(event, SessionStarted) else None


def _written_ns(path: Path) -> int:
    """When it was last written; what is newest may still be in the log beside it.

    An empty log says nothing: reading a record makes one.
    """
    times = [0]
    for each in (path, path.with_name(path.name + "-wal")):
        with suppress(OSError):
            found = each.stat()
            times += [found.st_mtime_ns] * bool(found.st_size)
    return max(times)
