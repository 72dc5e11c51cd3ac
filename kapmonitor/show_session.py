"""Joins a session with real devices to the console."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kapmonitor.alarms import limits, soundplan
from kapmonitor.alarms.soundplan import SoundPlan
from kapmonitor.annunciation import Sound, outputs_of
from kapmonitor.app import StationPort
from kapmonitor.auditing import NOT_SAID, who_is
from kapmonitor.beginning import begin
from kapmonitor.closing import Closing
from kapmonitor.config.load import load_protocol
from kapmonitor.course.gather import Shelf
from kapmonitor.doorkeeper import Doorkeeper
from kapmonitor.errors import ConfigError
from kapmonitor.opening import Person, Plan
from kapmonitor.people.book import PeopleBook
from kapmonitor.places import heads_ledger, new_record_path, people_file, sessions_folder
from kapmonitor.protocol import shipped
from kapmonitor.protocol.read import Protocol
from kapmonitor.reporting import Asker, ReportDesk
from kapmonitor.show_unlock import unlock_station
from kapmonitor.signoff import Closed
from kapmonitor.station import Station
from kapmonitor.textfile import read_text
from kapmonitor.underway import put_up
from kapmonitor.unfinished import Unfinished, unfinished
from kapmonitor.viewing import note_views
from playlists.store import example_path, load
from ui.console import Console, Dress, Progress
from ui.dressing import Live, dress_live
from ui.format import wall
from ui.notes.author import Author
from ui.notes.wording import TAGS
from ui.people.members import members
from ui.question import GO_ON, Question, interrupted_question

OPENING = "Opening the session"
NO_PEOPLE = "The clinic’s people are not known, so no PIN is asked for"


def prepare(console: Console, arguments: argparse.Namespace, folder: Path) -> Callable[[], Path | None]:
    """Let the console open a session, or go on with one; returns what tells its record once that is there."""
    opened: list[Station] = []
    outputs = outputs_of(arguments.staff_output, arguments.room_output, arguments.output)

    def make(progress: Progress) -> Dress:
        unlock_station(console)
        progress(0.0, OPENING)
        person = Person(arguments.person, arguments.initials)
        limit_set = _limits(arguments.limits)
        second = Path(arguments.backup).absolute() if arguments.backup else None
        path = Path(arguments.out).absolute() if arguments.out else _record_path(console, arguments, folder)
        if second is not None and path.parent == second:
            second = folder
        plan = Plan(
            path,
            tuple(arguments.device),
            limit_set,
            person=person,
            look=tuple(arguments.look),
            protocol=_protocol(arguments.protocol),
            sound=Sound(outputs, _sound_plan(arguments.sounding)),
            keep_awake=arguments.keep_awake,
            backup=second,
            ledger=heads_ledger(),
        )
        door = Doorkeeper(PeopleBook(people_file()))
        console.on_close(door.close)
        people, notice = _people(door)
        playlist = load(Path(arguments.playlist) if arguments.playlist else example_path())
        console.on_close(put_up(sessions_folder()))
        station = begin(plan)
        opened.append(station)
        closing = Closing(station, PeopleBook(people_file()))
        console.on_close(lambda: closing.end(_reason(station)))
        station.start()
        port = StationPort(station)
        live = Live(
            port,
            port.on_samples,
            playlist,
            arguments.author,
            output=arguments.output,
            alarm_outputs=(arguments.staff_output, arguments.room_output),
            sound=port,
            tags=tag_names(station.plan.protocol),
            people=people,
            door=door,
            idle_min=arguments.idle_min,
            phones=arguments.phones,
            notice=notice,
            opening=True,
            closing=closing,
            shelf=Shelf(path.parent, heads_ledger(), note_views),
            report=_report_of,
        )
        return lambda shell: dress_live(shell, live)

    console.prepare(make)
    return lambda: opened[0].record_path if opened else None


def _report_of(closed: Closed) -> ReportDesk:
    """For whoever signed off, else for the account of this computer."""
    return ReportDesk(Path(closed.record), Asker(who_is(closed.off.user or closed.off.name), NOT_SAID))


def _reason(station: Station) -> str:
    """Why the record is closed when the window is."""
    session = station.engine.snapshot.session
    return "window" if session.care.opened_t_ns is not None or session.doses else "not-opened"


def _people(door: Doorkeeper) -> tuple[tuple[Author, ...], str]:
    """Who works here, and why that is not known: monitoring does not wait for it."""
    try:
        return members(door.people()), ""
    except ConfigError as why:
        return (), f"{NO_PEOPLE}: {why}"


def tag_names(protocol: Protocol | None) -> tuple[str, ...]:
    """What the keys 1 to 9 note; a key that the protocol leaves out notes what it usually does."""
    named = {tag.key: tag.short for tag in protocol.tags} if protocol is not None else {}
    if not named:
        return ()
    return tuple(named.get(key, usual) for key, usual in enumerate(TAGS, 1))


def _protocol(path: str | None) -> Protocol:
    return shipped.example() if path is None else load_protocol(Path(path))


def _record_path(console: Console, arguments: argparse.Namespace, folder: Path) -> Path:
    """A new record, or one that was interrupted: if that was just now, or if somebody says so."""
    second = Path(arguments.backup).absolute() if arguments.backup else None
    found = unfinished(folder, second, heads_ledger())
    if found is not None and _may_be_of(found, arguments):
        if found.goes_on_by_itself:
            return found.path
        if console.may_wait and console.ask(_question(found)) == GO_ON:
            return found.path
    return new_record_path(folder, datetime.now().astimezone())


def _may_be_of(found: Unfinished, arguments: argparse.Namespace) -> bool:
    """Whether it can be the session of the person that the command line names, if it names one."""
    person = arguments.person in ("", found.started.person)
    return person and arguments.initials in ("", found.started.initials)


def _question(found: Unfinished) -> Question:
    started = found.started
    return interrupted_question(
        at=wall(found.last_utc_ns, started.utc_offset_min),
        since_s=max(0.0, found.age_s),
        record=found.path.name,
        initials=started.initials,
        number=started.number,
        of=started.of,
    )


def _limits(path: str | None) -> limits.LimitSet:
    if path is None:
        return limits.example()
    return limits.parse(read_text(Path(path)), path)


def _sound_plan(path: str | None) -> SoundPlan:
    return soundplan.default() if path is None else soundplan.parse(read_text(Path(path)), path)
