"""Joins a record in review to the console."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from kapmonitor.alarms.soundplan import default
from kapmonitor.amending import Amender
from kapmonitor.auditing import NOT_SAID
from kapmonitor.config.load import load_settings
from kapmonitor.course.gather import Course, beside, gather, look_at, part, person_of
from kapmonitor.errors import ConfigError, KapError, RecordDamaged, RecordError
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import Staff
from kapmonitor.places import heads_ledger, people_file, sessions_folder, settings_file
from kapmonitor.record.salvage import Salvaged, salvage
from kapmonitor.record.verify import DAMAGED, Verdict, verify
from kapmonitor.rehearse import SHIPPED, Rehearsal, read_limits, rehearse
from kapmonitor.reporting import Asker, ReportDesk
from kapmonitor.review import Review
from kapmonitor.settings import Settings
from kapmonitor.settings import default as default_settings
from kapmonitor.shelf import Shelved, Tell, shelf, shelved
from kapmonitor.show_unlock import unlock_record
from kapmonitor.underway import is_underway
from kapmonitor.vault import keys
from kapmonitor.viewing import note_views
from playlists.heard import lane
from ui.console import Console, Dress, Progress
from ui.music.wording import IN_SESSION
from ui.replay.rehearsal import Offered
from ui.replay.wording import SHIPPED as SHIPPED_LABEL
from ui.reviewing import Reviewed, dress_review
from ui.shell import Shell

CHECKING = "Checking the record"
DAMAGE = "{name} is damaged: what is hatched on the strip cannot be read, or is not what was written"
MOST_OFFERED = 50
FIRST_LOOK_NS = 60_000_000_000
"""Without a wish a review begins this long before the end, in a short record a tenth of it before."""


NOBODY = Asker(NOT_SAID, NOT_SAID)


def prepare(
    console: Console,
    paths: Sequence[Path],
    at_s: float | None,
    library: Library | None,
    on_open: Callable[[Path], None],
    asker: Asker = NOBODY,
) -> None:
    """Let the console check and open records, the first one to be seen.

    `on_open` is called with each when its passphrase is known.
    """

    def make(progress: Progress) -> Dress:
        found: list[Checked] = []
        troubles: list[RecordError] = []
        for number, path in enumerate(paths):
            unlock_record(console, path)
            on_open(path)
            progress(number / len(paths), CHECKING)
            try:
                found.append(checked(path, _onward(progress, number, len(paths))))
            except RecordError as why:
                troubles.append(why)
        return lambda shell: _dress(shell, found, at_s, library, troubles, asker)

    console.prepare(make)


def _onward(progress: Progress, number: int, count: int) -> Tell:
    return lambda share: progress((number + share) / count, CHECKING)


@dataclass(frozen=True, slots=True)
class Checked:
    """A record, what was found of it, and what could be saved of one that is damaged."""

    path: Path
    verdict: Verdict
    salvaged: Salvaged | None = None
    settings: Settings = field(default_factory=default_settings)


def checked(path: Path, tell: Tell) -> Checked:
    """RecordError if nothing of it can be shown."""
    verdict = verify(path, heads_ledger(), _known_people())
    tell(0.5)
    salvaged = salvage(path, tell) if verdict.kind == DAMAGED else None
    return Checked(path, verdict, salvaged, _settings())


class Library:
    """The records of some folders; `viewed` is told which of them somebody opens, `asker` is who does."""

    def __init__(
        self, folders: Sequence[Path], viewed: Callable[[Path], None], asker: Asker = NOBODY
    ) -> None:
        self._folders = tuple(folders)
        self._viewed = viewed
        self._asker = asker

    def shelf(self, tell: Tell) -> tuple[Shelved, ...]:
        """All there are, the newest first."""
        return shelf(self._folders, tell)

    def unlock(self, record: Shelved, passphrase: str) -> bool:
        """Whether a locked record can be read now, by this passphrase; empty, by what is known already.

        RecordLocked where no passphrase would help.
        """
        keyfile = keys.locked(record.path)
        return keyfile is None or (bool(passphrase) and keys.unlock(keyfile.stations, passphrase))

    def load(self, record: Shelved, tell: Tell) -> Callable[[], Reviewed]:
        """Check one; what is returned opens it. RecordError if it cannot be read here."""
        tell(0.0)
        found = checked(record.path, tell)
        self._viewed(record.path)
        return lambda: _reviewed(found, None, self._asker)


def _known_people() -> Staff:
    """Those whose keys are known; a spoiled list keeps nobody from looking at a record."""
    try:
        return PeopleBook(people_file()).staff()
    except ConfigError:
        return Staff()


def _settings() -> Settings:
    """This computer's; spoiled ones keep nobody from looking at a record."""
    try:
        return load_settings(settings_file())
    except ConfigError:
        return default_settings()


def _dress(
    shell: Shell,
    found: Sequence[Checked],
    at_s: float | None,
    library: Library | None = None,
    troubles: Sequence[RecordError] = (),
    asker: Asker = NOBODY,
) -> Callable[[], None]:
    """Opened on the main thread, to which the records' connections then belong; takes milliseconds each.

    Those that can be opened are; only where none can is that an error.
    """
    reviews: list[Reviewed] = []
    failed = list(troubles)
    for each in found:
        try:
            reviews.append(_reviewed(each, at_s, asker))
        except RecordError as why:
            failed.append(why)
    if not reviews:
        raise failed[0]
    told = [DAMAGE.format(name=each.path.name) for each in found if each.salvaged]
    return dress_review(shell, reviews[0], library, reviews[1:], "; ".join((*map(str, failed), *told)))


def _reviewed(found: Checked, at_s: float | None, asker: Asker) -> Reviewed:
    path, verdict, salvaged = found.path, found.verdict, found.salvaged
    try:
        if salvaged is None:
            review = Review(path, verdict)
        else:
            review = Review(salvaged.path, verdict, lost=salvaged.lost)
        review.seek(_where(review, at_s))
    except KapError:
        raise
    except Exception as why:
        if verdict.kind != DAMAGED:
            raise
        raise RecordDamaged(str(path), f"is damaged, and what is left cannot be shown ({why})") from why
    amender = Amender(path, PeopleBook(people_file()), heads_ledger())

    def close() -> None:
        amender.close()
        review.close()
        if salvaged is not None:
            salvaged.close()

    return Reviewed(
        review,
        review.whole,
        close,
        rehearse=_rehearsing(path),
        offered=_offered,
        signatures=verdict.signatures,
        beyond=review.beyond,
        amending=amender,
        reread=review.reread,
        shelved=replace(shelved(review.path), path=path),
        lost=review.lost,
        course=_course_of(path),
        record=review.close_up(),
        report=ReportDesk(path, asker),
        music=lane(review.music()),
        music_output=found.settings.music_output.value,
        alarm_outputs=(found.settings.staff_output.value, found.settings.room_output.value),
        barred=_barred,
    )


def _rehearsing(path: Path) -> Callable[[str, Tell], Rehearsal]:
    """Reads the limits and the record anew, on whatever thread it is called."""
    return lambda name, tell: rehearse(path, read_limits(name), default(), tell)


def _barred() -> str:
    """Asked each time, as a session may begin while a record is reviewed."""
    return IN_SESSION if is_underway(sessions_folder()) else ""


def _course_of(path: Path) -> Callable[[Tell], Course]:
    """Reads the sessions of this record's person anew, on whatever thread it is called."""

    def read(tell: Tell) -> Course:
        found = look_at(beside(path), part(tell, 0, 2))
        course = gather(found, person_of(path, found), heads_ledger(), part(tell, 1, 2))
        note_views(course)
        return course

    return read


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
