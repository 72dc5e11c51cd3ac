"""Begins a session with a record of its own, or goes on with one whose record was not closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from devices.registry import load
from kapmonitor.again import members_again
from kapmonitor.clock import Clock, SystemClock, boot_id, later_clock
from kapmonitor.engine import Engine
from kapmonitor.errors import RecordError
from kapmonitor.members import unknown
from kapmonitor.model import GenerationMode
from kapmonitor.opening import Given, Plan, protocol_event, second_folder, started_event, what_is_given
from kapmonitor.record.earlier import Earlier, earlier_of, is_unfinished
from kapmonitor.record.hold import Hold
from kapmonitor.record.moves import went_on
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import session_of
from kapmonitor.record.wireonly import WireOnly
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import SessionEvent, SessionStarted, Stamped
from kapmonitor.station import Station
from kapmonitor.vault.home import load_vault
from kapmonitor.watch import Watch


def open_station(plan: Plan, clock: Clock) -> Station:
    """Create the record and everything that fills it; nothing runs before start()."""
    given = what_is_given(plan)
    started = started_event(plan, clock)
    vault = load_vault() if plan.mode is GenerationMode.REAL else None
    also = tuple(Stamped(started.t_ns, each) for each in _goes_with(plan, started.t_ns))
    writer = RecordWriter.create(plan.path, started, clock, vault, second_folder(plan), also)
    recorder = WireOnly(writer) if plan.wire_only else writer
    engine = Engine(clock, recorder, started, plan.limits, speed=plan.speed, also=also)
    station = Station(plan, clock, writer, engine, given, _session(started))
    station.add_devices()
    return station


def _goes_with(plan: Plan, t_ns: int) -> Iterator[SessionEvent]:
    """What the session could not be gone on with without: its limits and its protocol."""
    limits = Watch(plan.limits, t_ns).limits_event()
    if limits is not None and not plan.wire_only:
        yield limits
    if plan.protocol is not None:
        yield protocol_event(plan.protocol)


def begin(plan: Plan) -> Station:
    """A session on this computer's clock: a record that was not closed is gone on with, another begun."""
    return take_up(plan) if is_unfinished(plan.path) else open_station(plan, SystemClock())


def take_up(plan: Plan) -> Station:
    """Go on with the session of a record that was not closed; nothing runs before start().

    The plan's devices come on top of the session's own; limits and person are the record's.
    """
    hold = Hold(plan.path)
    try:
        _check_not_left(plan)
        return _go_on(plan, earlier_of(plan.path))
    finally:
        hold.release()


def _check_not_left(plan: Plan) -> None:
    with RecordReader(plan.path) as reader:
        went = went_on(plan.path, session_of(reader), plan.ledger)
    if went is not None:
        raise RecordError(str(plan.path), f"was left when its disk failed; go on with {went.target}")


def _go_on(plan: Plan, earlier: Earlier) -> Station:
    if plan.wire_only:
        raise RecordError(str(plan.path), "has numbers and alarms in it; go on without --wire-only")
    registry = load()
    again = members_again(earlier.state, earlier.events, plan.devices, registry)
    known = {device.address for device in earlier.state.devices}
    places = tuple(each for each in unknown(plan.devices, registry) if str(each.address) not in known)
    last_waking_ns = earlier.last_waking_ns(boot_id())
    clock = later_clock(earlier.last_t_ns, earlier.last_utc_ns, last_waking_ns)
    plan = replace(plan, limits=earlier.limits, protocol=earlier.protocol)
    writer = RecordWriter.resume(earlier.path, clock, second_folder(plan))
    engine = Engine(clock, writer, earlier.started, earlier.limits, earlier=earlier)
    given = Given(registry, again, places)
    station = Station(plan, clock, writer, engine, given, _session(earlier.started), earlier)
    station.add_devices()
    return station


def _session(started: Stamped) -> SessionStarted:
    if not isinstance(started.event, SessionStarted):
        raise TypeError("a record begins with session.started")
    return started.event
