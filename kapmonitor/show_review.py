"""Joins a record in review to the console."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from kapmonitor.alarms.soundplan import default
from kapmonitor.auditing import NOT_SAID
from kapmonitor.config.load import load_settings
from kapmonitor.course.gather import Course, beside, gather, look_at, part, person_of
from kapmonitor.errors import ConfigError, KapError, RecordDamaged
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import Staff
from kapmonitor.places import heads_ledger, people_file, settings_file
from kapmonitor.record.past import Tell
from kapmonitor.record.verify import DAMAGED, Verdict, verify
from kapmonitor.rehearse import SHIPPED, Rehearsal, read_limits, rehearse
from kapmonitor.reporting import Asker, ReportDesk
from kapmonitor.review import Review
from kapmonitor.settings import Settings
from kapmonitor.settings import default as default_settings
from kapmonitor.show_unlock import unlock_record
from kapmonitor.viewing import note_views
from playlists.heard import lane
from ui.console import Console, Dress, Progress
from ui.replay.rehearsal import Offered
from ui.replay.wording import SHIPPED as SHIPPED_LABEL
from ui.reviewing import Reviewed, dress_review
from ui.shell import Shell

CHECKING = "Checking the record"
MOST_OFFERED = 50
FIRST_LOOK_NS = 60_000_000_000
"""Without a wish a review begins this long before the end, in a short record a tenth of it before."""


NOBODY = Asker(NOT_SAID, NOT_SAID)


def prepare(
    console: Console,
    path: Path,
    at_s: float | None,
    on_open: Callable[[], None],
    asker: Asker = NOBODY,
) -> None:
    """Let the console check and open the record; `on_open` is called when its passphrase is known."""

    def make(progress: Progress) -> Dress:
        unlock_record(console, path)
        on_open()
        progress(0.0, CHECKING)
        verdict, settings = verify(path, heads_ledger(), _known_people()), _settings()
        desk = ReportDesk(path, asker)
        return lambda shell: _dress(shell, path, verdict, at_s, settings, desk)

    console.prepare(make)


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
    path: Path,
    verdict: Verdict,
    at_s: float | None,
    settings: Settings,
    desk: ReportDesk | None = None,
) -> Callable[[], None]:
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
            _course_of(path),
            _in_another_window,
            lane(review.music()),
            settings.music_output.value,
            (settings.staff_output.value, settings.room_output.value),
            desk,
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


def _course_of(path: Path) -> Callable[[Tell], Course]:
    """Reads the sessions of this record's person anew, on whatever thread it is called."""

    def read(tell: Tell) -> Course:
        found = look_at(beside(path), part(tell, 0, 2))
        course = gather(found, person_of(path, found), heads_ledger(), part(tell, 1, 2))
        note_views(course)
        return course

    return read


def _in_another_window(path: Path) -> None:
    """In a program of its own, so that each record has all of the keys; it asks nothing on this terminal."""
    command = [sys.executable, "-m", "kapmonitor", "replay", str(path)]
    subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603


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
