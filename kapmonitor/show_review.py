"""Joins a record in review to the console."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kapmonitor.alarms.soundplan import default
from kapmonitor.errors import ConfigError, KapError, RecordDamaged
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import Staff
from kapmonitor.places import heads_ledger, people_file, settings_file
from kapmonitor.record.past import Tell
from kapmonitor.record.verify import DAMAGED, Verdict, verify
from kapmonitor.rehearse import SHIPPED, Rehearsal, read_limits, rehearse
from kapmonitor.review import Review
from ui.console import Console, Dress, Progress
from ui.replay.rehearsal import Offered
from ui.replay.wording import SHIPPED as SHIPPED_LABEL
from ui.reviewing import Reviewed, dress_review
from ui.shell import Shell

CHECKING = "Checking the record"
MOST_OFFERED = 50
FIRST_LOOK_NS = 60_000_000_000
"""Without a wish a review begins this long before the end, in a short record a tenth of it before."""


def prepare(console: Console, path: Path, at_s: float | None) -> None:
    """Let the console check and open the record."""

    def make(progress: Progress) -> Dress:
        progress(0.0, CHECKING)
        verdict = verify(path, heads_ledger(), _known_people())
        return lambda shell: _dress(shell, path, verdict, at_s)

    console.prepare(make)


def _known_people() -> Staff:
    """Those whose keys are known; a spoiled list keeps nobody from looking at a record."""
    try:
        return PeopleBook(people_file()).staff()
    except ConfigError:
        return Staff()


def _dress(shell: Shell, path: Path, verdict: Verdict, at_s: float | None) -> Callable[[], None]:
    """Opened on the main thread, to which the record's connection then belongs; takes milliseconds."""
    try:
        review = Review(path, verdict)
        review.seek(_where(review, at_s))
        reviewed = Reviewed(
            review,
            review.whole,
            review.close,
            _rehearsing(path),
            _offered,
            verdict.signatures,
            review.close_up(),
        )
        return dress_review(shell, reviewed)
    except KapError:
        raise
    except Exception as why:
        if verdict.kind != DAMAGED:
            raise
        raise RecordDamaged(str(path), f"is damaged, and what is left cannot be shown ({why})") from why


def _rehearsing(path: Path) -> Callable[[str, Tell], Rehearsal]:
    """Reads the limits and the record anew, on whatever thread it is called."""
    return lambda name, tell: rehearse(path, read_limits(name), default(), tell)


def _offered() -> tuple[Offered, ...]:
    """Limits files in the settings folder, then those that come with the program."""
    settings = settings_file()
    found = sorted(file for file in settings.parent.glob("*.toml") if file != settings)
    own = tuple(Offered(str(file), file.name) for file in found[:MOST_OFFERED])
    return (*own, *(Offered(name, SHIPPED_LABEL.format(name=name)) for name in SHIPPED))


def _where(review: Review, at_s: float | None) -> int:
    first, last = review.span()
    if at_s is None:
        return last - min(FIRST_LOOK_NS, (last - first) // 10)
    zero_ns = review.whole().dose_t_ns or first
    return zero_ns + int(at_s * 1e9)
