"""`kapmonitor record`: a session without a window."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Final

from devices.raw import RAW
from kapmonitor.alarms.limits import example
from kapmonitor.beginning import begin
from kapmonitor.clock import Clock
from kapmonitor.commandline import unlocking
from kapmonitor.commandline.notelines import clean, note_lines
from kapmonitor.commandline.settled import chosen_records_folder
from kapmonitor.commands import AddNote
from kapmonitor.config.load import load_settings
from kapmonitor.errors import AddressError
from kapmonitor.model import LinkProblem, LinkState, Measured, Reading
from kapmonitor.opening import Plan
from kapmonitor.places import heads_ledger, new_record_path, sessions_folder, settings_file, trouble_file
from kapmonitor.record.cut import wire_devices
from kapmonitor.record.earlier import is_unfinished
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import NoteAdded, NoteKind
from kapmonitor.settings import Settings
from kapmonitor.snapshot import Freshness, LinkStatus, Snapshot
from kapmonitor.station import Station
from kapmonitor.troublelog import keep
from kapmonitor.underway import put_up

MOST_UNSAVED: Final = 100
"""Notes read but not yet on disk; reading waits beyond that, so that a flood of them stays bounded."""
READ_BYTES: Final = 65536

WAITING_FOR: Final = {
    LinkProblem.NONE: "waiting",
    LinkProblem.ENDED: "waiting",
    LinkProblem.LOST: "lost, trying again",
    LinkProblem.NOT_FOUND: "lost, trying again (not found)",
    LinkProblem.BUSY: "lost, trying again (in use elsewhere)",
    LinkProblem.DENIED: "lost, trying again (not allowed)",
    LinkProblem.NO_RADIO: "lost, trying again (no Bluetooth)",
    LinkProblem.REFUSED: "lost, trying again (refused)",
    LinkProblem.SILENT: "lost, trying again (silent)",
    LinkProblem.GARBLED: "lost, trying again (garbled)",
}


def run(arguments: argparse.Namespace) -> int:
    """Record until the time is over or a signal comes; 1 if no device ever spoke."""
    stop = threading.Event()
    _stop_on_signals(stop)  # before the record exists: whenever a signal comes, it is closed
    wire_only = bool(arguments.wire_only)
    if not wire_only:
        _refuse_raw(arguments.device)
    unlocking.at_start()
    settings = load_settings(settings_file())
    path = Path(arguments.out) if arguments.out else _new_path(settings)
    if not arguments.device and not is_unfinished(path):
        raise AddressError("--device", "name at least one device; only an interrupted record has its own")
    devices = tuple(arguments.device)
    backup = settings.records_backup.value
    plan = Plan(
        path.absolute(),
        devices,
        example(),
        wire_only=wire_only,
        backup=Path(backup) if backup else None,
        ledger=heads_ledger(),
    )
    keep(trouble_file())
    take_down = put_up(sessions_folder())
    station = begin(plan)
    clock = station.clock
    _say(str(path))
    _tell_gap(station)
    station.start()
    for text in filter(None, map(clean, arguments.note)):
        _note(station, text, clock.now_ns(), _nothing)
    threading.Thread(target=_read_notes, args=(station, clock), name="kap-notes", daemon=True).start()
    told: set[str] = set()
    spoke = _watch(station, stop, arguments.seconds, told)
    station.stop("signal" if stop.is_set() else "ended")
    take_down()
    _tell_heads(station, told)
    if wire_only:
        _tell_bytes(station.record_path)
    _say(f"closed {station.record_path if station.record_path != path.absolute() else path}")
    return 0 if spoke or stop.is_set() else 1


def _new_path(settings: Settings) -> Path:
    return new_record_path(chosen_records_folder(settings), datetime.now().astimezone())


def _tell_gap(station: Station) -> None:
    for gap in station.engine.snapshot.session.interruptions[-1:]:
        _say(f"going on; nothing was recorded for {_clock(gap.t1_ns - gap.t0_ns)}")


def _tell_heads(station: Station, told: set[str]) -> None:
    """Say once each time why the record's end is not kept outside it."""
    problems = {problem for problem in tuple(station.heads.problems.values()) if problem}
    for problem in problems - told:
        print(f"kapmonitor: the record's head is not kept: {problem}", file=sys.stderr, flush=True)
    told.clear()
    told.update(problems)


def _refuse_raw(devices: list[str]) -> None:
    """Without a driver there is nothing to record but bytes."""
    for device in devices:
        if device.partition("@")[0] == RAW.id:
            raise AddressError(device, "raw reads no values; add --wire-only to record its bytes alone")


def _tell_bytes(path: Path) -> None:
    with RecordReader(path) as reader:
        for device in wire_devices(reader):
            _say(f"{device.id}: {device.received} bytes received, {device.sent} sent")


def _watch(station: Station, stop: threading.Event, seconds: float | None, told: set[str]) -> bool:
    """A status line each second; whether any device was ever live. `told` grows by what is told of heads."""
    began_ns = station.clock.now_ns()
    spoke = False
    second = 0
    while not stop.is_set():
        second += 1
        due_ns = began_ns + second * 1_000_000_000
        end_ns = None if seconds is None else began_ns + int(seconds * 1e9)
        wait_ns = (due_ns if end_ns is None else min(due_ns, end_ns)) - station.clock.now_ns()
        stop.wait(max(0.0, wait_ns / 1e9))
        snapshot = station.engine.snapshot
        spoke = any(view.was_live for view in tuple(station.engine.book.views.values()))
        elapsed_ns = station.clock.now_ns() - began_ns
        _say(wire_line(snapshot, elapsed_ns) if station.plan.wire_only else status_line(snapshot, elapsed_ns))
        _tell_heads(station, told)
        if end_ns is not None and station.clock.now_ns() >= end_ns:
            break
    return spoke


def status_line(snapshot: Snapshot, elapsed_ns: int) -> str:
    """One line: how long, each link, the numbers, and whether the record is well."""
    cuff = snapshot.nibp.last
    bp = f"{_value(cuff.systolic)}/{_value(cuff.diastolic)}" if cuff is not None else "---/---"
    numbers = f"HR {_fresh(snapshot.hr.reading, snapshot.hr.freshness)}  "
    numbers += f"SpO2 {_fresh(snapshot.spo2.reading, snapshot.spo2.freshness)}  BP {bp}"
    return f"{_clock(elapsed_ns)}  {_links(snapshot)}  {numbers}  {_state(snapshot)}"


def wire_line(snapshot: Snapshot, elapsed_ns: int) -> str:
    """The same where no numbers are recorded."""
    return f"{_clock(elapsed_ns)}  {_links(snapshot)}  {_state(snapshot)}"


def _links(snapshot: Snapshot) -> str:
    return "  ".join(f"{link.label.lower()} {link_words(link)}" for link in snapshot.links)


def _state(snapshot: Snapshot) -> str:
    record = snapshot.record
    if record is None:
        return "starting"
    return record.problem or (f"recording in {record.moved}" if record.moved else "recording")


def link_words(link: LinkStatus) -> str:
    """How a link is doing, for people."""
    match link.state:
        case LinkState.WAITING:
            return WAITING_FOR[link.problem]
        case LinkState.STALE:
            return "garbled" if link.problem is LinkProblem.GARBLED else "silent"
        case LinkState.LIVE:
            odd = [alert.value.replace("-", " ") for alert in link.alerts] + [link.detail] * bool(link.detail)
            return f"live ({', '.join(odd)})" if odd else "live"
        case _:
            return link.state.value


def _fresh(reading: Reading, freshness: Freshness) -> str:
    return _value(reading) if freshness is Freshness.FRESH else "---"


def _value(reading: Reading) -> str:
    return f"{reading.value:.0f}" if isinstance(reading, Measured) else "---"


def _clock(elapsed_ns: int) -> str:
    seconds = elapsed_ns // 1_000_000_000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _read_notes(station: Station, clock: Clock) -> None:
    # Not through sys.stdin: whoever waits in its buffer would keep the program from ending.
    descriptor, encoding = sys.stdin.fileno(), sys.stdin.encoding
    room = threading.Semaphore(MOST_UNSAVED)
    with contextlib.suppress(OSError):  # the terminal went away
        for text in note_lines(lambda: os.read(descriptor, READ_BYTES), encoding):
            t_ns = clock.now_ns()
            room.acquire()
            _note(station, text, t_ns, room.release)


def _note(station: Station, text: str, t_ns: int, answered: Callable[[], None]) -> None:
    note = NoteAdded(uuid.uuid4().hex, NoteKind.LINE.value, text, "", t_ns)
    future = station.submit(AddNote(t_ns, note))
    future.add_done_callback(lambda done: _answer(station, text, t_ns, done))
    future.add_done_callback(lambda _: answered())


def _answer(station: Station, text: str, t_ns: int, done: Future[None]) -> None:
    error = done.exception()
    if error is None:
        _say(f"saved T+{_clock(t_ns - station.engine.snapshot.session.started_t_ns)} {text}")
    else:
        print(f"kapmonitor: not saved: {text}: {error}", file=sys.stderr, flush=True)


def _nothing() -> None:
    """Nobody waits for this answer."""


_SAYING = threading.Lock()


def _say(text: str) -> None:
    """One whole line, whichever thread speaks; nobody listening any more must not end the recording."""
    with _SAYING, contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _stop_on_signals(stop: threading.Event) -> None:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handle)
