"""`kapmonitor record`: a session without a window."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
import uuid
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from kapmonitor.alarms.limits import example
from kapmonitor.clock import SystemClock
from kapmonitor.commands import AddNote
from kapmonitor.model import LinkState, Measured, Reading
from kapmonitor.places import new_record_path, records_folder
from kapmonitor.session.events import NoteAdded, NoteKind
from kapmonitor.snapshot import Freshness, Snapshot
from kapmonitor.station import Plan, Station, open_station

LONGEST_NOTE = 2000
"""Characters of one line that become a note: a file piped in by mistake must not become one huge note."""


def run(arguments: argparse.Namespace) -> int:
    """Record until the time is over or a signal comes; 1 if no device ever spoke."""
    clock = SystemClock()
    path = Path(arguments.out) if arguments.out else new_record_path(records_folder(), datetime.now(UTC))
    station = open_station(Plan(path.absolute(), tuple(arguments.device), example()), clock)
    _say(str(path))
    stop = threading.Event()
    _stop_on_signals(stop)
    station.start()
    for text in arguments.note:
        _note(station, text, clock.now_ns())
    threading.Thread(target=_read_notes, args=(station, clock), name="kap-notes", daemon=True).start()
    spoke = _watch(station, stop, arguments.seconds)
    station.stop("signal" if stop.is_set() else "ended")
    _say(f"closed {path}")
    return 0 if spoke or stop.is_set() else 1


def _watch(station: Station, stop: threading.Event, seconds: float | None) -> bool:
    """A status line each second; whether any device was ever live."""
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
        spoke = spoke or any(link.state is LinkState.LIVE for link in snapshot.links)
        _say(status_line(snapshot, station.clock.now_ns() - began_ns))
        if end_ns is not None and station.clock.now_ns() >= end_ns:
            break
    return spoke


def status_line(snapshot: Snapshot, elapsed_ns: int) -> str:
    """One line: how long, each link, the numbers, and whether the record is well."""
    links = "  ".join(f"{link.label.lower()} {_link(link.state)}" for link in snapshot.links)
    cuff = snapshot.nibp.last
    bp = f"{_value(cuff.systolic)}/{_value(cuff.diastolic)}" if cuff is not None else "---/---"
    numbers = f"HR {_fresh(snapshot.hr.reading, snapshot.hr.freshness)}  "
    numbers += f"SpO2 {_fresh(snapshot.spo2.reading, snapshot.spo2.freshness)}  BP {bp}"
    record = snapshot.record
    state = "starting" if record is None else record.problem or "recording"
    return f"{_clock(elapsed_ns)}  {links}  {numbers}  {state}"


def _link(state: LinkState) -> str:
    return {LinkState.STALE: "silent", LinkState.WAITING: "lost, trying again"}.get(state, state.value)


def _fresh(reading: Reading, freshness: Freshness) -> str:
    return _value(reading) if freshness is Freshness.FRESH else "---"


def _value(reading: Reading) -> str:
    return f"{reading.value:.0f}" if isinstance(reading, Measured) else "---"


def _clock(elapsed_ns: int) -> str:
    seconds = elapsed_ns // 1_000_000_000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _read_notes(station: Station, clock: SystemClock) -> None:
    for line in sys.stdin:
        t_ns = clock.now_ns()
        text = line.rstrip("\r\n")[:LONGEST_NOTE]
        if text.strip():
            _note(station, text, t_ns)


def _note(station: Station, text: str, t_ns: int) -> None:
    note = NoteAdded(uuid.uuid4().hex, NoteKind.LINE.value, text, "", t_ns)
    future = station.submit(AddNote(t_ns, note))
    future.add_done_callback(lambda done: _answer(station, text, t_ns, done))


def _answer(station: Station, text: str, t_ns: int, done: Future[None]) -> None:
    error = done.exception()
    if error is None:
        _say(f"saved T+{_clock(t_ns - station.engine.snapshot.session.started_t_ns)} {text}")
    else:
        print(f"kapmonitor: not saved: {text}: {error}", file=sys.stderr, flush=True)


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
