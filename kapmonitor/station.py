"""One running session, put together: clock, record, engine, device tasks and the core thread they live on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from devices.cuff_schedule import CuffOptions
from devices.registry import load
from devices.sleep import SleepWatch
from kapmonitor import cuffplan
from kapmonitor.alarms.stepper import STEP_NS
from kapmonitor.annunciation import Annunciator, Sound
from kapmonitor.awake import Awake
from kapmonitor.clock import Clock, boot_id, waking_ns
from kapmonitor.commands import (
    AmendDose,
    Command,
    DeviceCommand,
    GiveDose,
    HoldCuff,
    SoundCommand,
    StartCuff,
    StopCuff,
)
from kapmonitor.copykeeping import CopyKeeper
from kapmonitor.cuffs import CuffDesk
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.headkeeping import HeadKeeper, Kept
from kapmonitor.housekeeping import keep_looking
from kapmonitor.members import Member, members
from kapmonitor.model import (
    CuffState,
    DeviceEvent,
    GenerationMode,
    LinkChanged,
    LinkProblem,
    LinkState,
    WireChunk,
)
from kapmonitor.networkclock import network_clock
from kapmonitor.opening import Given, Plan
from kapmonitor.rechecks import planned_before
from kapmonitor.record.earlier import Earlier
from kapmonitor.record.writer import RecordWriter
from kapmonitor.runtime import Runtime
from kapmonitor.session.clock_events import ClockHeld
from kapmonitor.session.events import ComputerBoot, DeviceAdded, SessionStarted
from kapmonitor.sounding import Sounding
from kapmonitor.surroundings import COMMAND_LINE, Here, Surroundings
from kapmonitor.turns import Turns

TICK_S: Final = 0.25
"""How often alarms are evaluated; real time, also on a clock that runs faster."""
ALIVE_S: Final = 1.0
"""For so long after alarms were last evaluated they pass for being so; then the failure tone begins."""
AFTER_STEP_S: Final = 0.01
"""What came just before a step gets so long to be put on record before it."""


class Station:
    """Owns the parts of one session. Any thread may call start, submit and stop; the rest is the core's."""

    def __init__(
        self,
        plan: Plan,
        clock: Clock,
        writer: RecordWriter,
        engine: Engine,
        given: Given,
        session: SessionStarted,
        earlier: Earlier | None = None,
    ) -> None:
        self.plan = plan
        engine.phases = plan.protocol.phases if plan.protocol is not None else ()
        self._earlier = earlier
        self.clock = clock
        self.engine = engine
        self.cuffs = CuffDesk(engine)
        self.sounding = _sounding(plan.sound, engine)
        self._writer = writer
        kept = Kept(lambda: writer.path, lambda: writer.head, lambda: writer.moved)
        self.heads = HeadKeeper(kept, plan.ledger, session.session, clock)
        self.copies = CopyKeeper(lambda: writer.path, lambda: writer.other_folder)
        self._given = given
        self._runtime = Runtime()
        self._sleep = SleepWatch()
        self._awake = Awake()
        self._started = False
        self._closed = False
        real = plan.mode is GenerationMode.REAL
        zone_min = session.utc_offset_min
        self._turns = Turns(engine.senses.sense)
        self._evaluated_s = 0.0
        task = self._runtime.task
        here = Here(clock, engine, self.cuffs, self, given.registry, task, self._turns, zone_min, real)
        self.surroundings = Surroundings(here)
        self.surroundings.look_at(plan.look)

    @property
    def members(self) -> tuple[Member, ...]:
        """The devices the session was opened with."""
        return self._given.members

    @property
    def head(self) -> tuple[int, str]:
        """The record's last entry on disk and its hash."""
        return self._writer.head

    @property
    def record_path(self) -> Path:
        """The file that the record is in now: not the plan's once that one's disk has failed."""
        return self._writer.path

    def add_devices(self) -> None:
        """Put the devices on record that are not; once, before anything comes from them."""
        for member in self.members:
            if member.id in self.engine.book.views:
                continue
            added = DeviceAdded(member.id, member.spec.id, member.label, str(member.address))
            self.engine.add_device(added)
            self.engine.adopt(member.id, COMMAND_LINE, None)

    def readdress(self, devices: tuple[str, ...]) -> None:
        """The devices are reached under these DEVICE texts from now on; before start(), in any order."""
        found = {member.spec.id: member for member in members(devices, load())}
        kept = tuple(
            replace(member, address=found[member.spec.id].address)
            for member in self.members
            if member.spec.id in found
        )
        self._given = replace(self._given, members=kept)

    def set_cuff(self, device: str, options: CuffOptions) -> None:
        """A person turned starting this device's cuff on or off; before start()."""
        changed = tuple(
            replace(member, cuff=options) if member.id == device else member for member in self.members
        )
        self._given = replace(self._given, members=changed)

    def look_at(self, places: tuple[str, ...]) -> None:
        """Look at these addresses too when somebody looks for devices; before start()."""
        self.surroundings.look_at(places)

    def start(self) -> None:
        """Begin: the core thread runs, devices are opened."""
        self._started = True
        if self.plan.keep_awake:
            self._awake.begin()
        self._runtime.start()
        self._runtime.call(self._begin)

    def _begin(self) -> None:
        self._evaluated_s = time.monotonic()
        self._turns.take("start of the session", self._take_stock)
        self._runtime.spawn(self._tick(), "tick")
        engine = self.engine
        looking = partial(
            keep_looking, lambda: self.record_path, engine.senses.sense, engine.show_station, self._awake
        )
        self._keep("look at the computer", looking)
        self._keep(
            "proof that the record is whole", partial(self.heads.run, engine.note, engine.senses.sense)
        )
        self._keep("copies of the record", partial(self.copies.run, engine.note))
        if self.plan.sound is not None and self.sounding is not None:
            outputs = self.plan.sound.outputs
            annunciator = Annunciator(outputs, self.sounding, lambda: self.record_path, self._is_alive)
            self._keep("alarm sound", annunciator.run)

    def _keep(self, part: str, make: Callable[[], Coroutine[object, object, None]]) -> None:
        self._runtime.spawn(self._turns.again(part, make), part)

    def _take_stock(self) -> None:
        self._tell_boot()
        self._tell_clock()
        now_ns = self.clock.now_ns()
        self.surroundings.begin(self.members, self._given.unknown)
        self._tell_absent(now_ns)
        self._follow_doses(now_ns)
        self._recall_cuffs(now_ns)

    def _tell_absent(self, now_ns: int) -> None:
        """Devices of the record that cannot be used here do not pass for connected."""
        here = {member.id for member in self.members}
        for view in tuple(self.engine.book.views.values()):
            if view.id not in here and not view.released:
                gone = LinkChanged(LinkState.WAITING, now_ns, LinkProblem.NOT_FOUND, "no driver for it here")
                self.engine.on_link(view.id, gone)

    def _recall_cuffs(self, now_ns: int) -> None:
        if self._earlier is None:
            return
        for member in self.members:
            view = self.engine.book.views[member.id]
            last_ns = max((c.t_ns for c in self._earlier.cuffs if c.device == member.id), default=None)
            measuring = view.cuff is CuffState.MEASURING
            planned = planned_before(self._earlier.events, member.id)
            self.cuffs.recall(member.id, now_ns, measuring=measuring, last_ns=last_ns, planned=planned)

    def _follow_doses(self, now_ns: int) -> None:
        """Cuffs are due as the protocol says for the newest dose, as it stands corrected by now."""
        state = self.engine.session
        newest = state.doses[-1] if state.doses else None
        self.cuffs.follow(cuffplan.after_dose(self.plan.protocol, newest))
        self.cuffs.measure_from(state.started_t_ns if newest is None else newest.t_ns, now_ns)

    async def _tick(self) -> None:
        try:
            while True:
                now_ns = self.clock.now_ns()
                self._take_turns(now_ns)
                await asyncio.sleep(self._until_next_step_s(now_ns))
        finally:
            for radio in self.surroundings.radios:
                await radio.close()

    def _take_turns(self, now_ns: int) -> None:
        take = self._turns.take
        take("watch for sleep", lambda: self._look_for_sleep(now_ns))
        take("cuff timer", lambda: self.cuffs.tick(now_ns))
        take("devices", lambda: self.surroundings.tick(now_ns))
        take("watch of the screen", self._look_at_display)
        take("alarms", self._turns.tell)
        self._tick_engine(now_ns)

    def _tick_engine(self, now_ns: int) -> None:
        evaluated = self._turns.take("alarms", lambda: self.engine.tick(now_ns))
        sounding = self.sounding
        told = sounding is None or self._turns.take("alarm sound", lambda: sounding.tick(now_ns))
        if evaluated and told:
            self._evaluated_s = time.monotonic()

    def _is_alive(self) -> bool:
        """Whether alarms are evaluated: without that nobody must take this console for one that watches."""
        return time.monotonic() - self._evaluated_s < ALIVE_S

    def _until_next_step_s(self, now_ns: int) -> float:
        """Until just after the alarms' next step, so that it is made at once; real time on a faster clock."""
        if self.plan.speed != 1.0:
            return TICK_S
        return (STEP_NS - now_ns % STEP_NS) / 1e9 + AFTER_STEP_S

    def _look_at_display(self) -> None:
        gui = self.sounding.gui if self.sounding is not None else None
        self.engine.senses.painted(gui.beats if gui is not None else None, time.monotonic_ns())

    def _look_for_sleep(self, now_ns: int) -> None:
        slept = self._sleep.look(time.monotonic_ns(), waking_ns())
        if slept is not None:
            self.engine.slept(slept.length_ns, now_ns)
            self._tell_boot()
            self.surroundings.woke(now_ns)

    def _tell_clock(self) -> None:
        """Whether the network holds the time of day, where the system tells."""
        held = network_clock()
        if held is not None:
            self.engine.note(ClockHeld(held.synchronised, held.offset_ns, held.error_ns))

    def _tell_boot(self) -> None:
        """So that the session, taken up again, knows how long it was away; wherever the clock was set to."""
        boot = boot_id()
        if boot and self.plan.speed == 1.0:
            self.engine.note(ComputerBoot(boot, waking_ns()))

    def on_wire(self, device: str, chunk: WireChunk) -> None:
        """Bytes crossed a device's wire."""
        self.engine.on_wire(device, chunk)

    def on_link(self, device: str, change: LinkChanged) -> None:
        """A device's link changed."""
        try:
            self.engine.on_link(device, change)
            self.cuffs.heard(device, change, change.t_ns)
        except Exception as error:  # noqa: BLE001 - one device's news must not end the others'
            self._turns.failed(f"connection of {self._called(device)}", error)

    def on_event(self, device: str, event: DeviceEvent) -> None:
        """A device said something."""
        try:
            self.engine.on_event(device, event)
            self.cuffs.heard(device, event, event.t_ns)
        except Exception as error:  # noqa: BLE001 - as above
            self._turns.failed(f"values of {self._called(device)}", error)

    def _called(self, device: str) -> str:
        view = self.engine.book.views.get(device)
        return view.label if view is not None else device

    def submit(self, command: Command) -> Future[None]:
        """Do what somebody asked; resolves once it is on disk, fails with a KapError that says why not."""
        return self._runtime.submit(lambda: self.do(command))

    def do(self, command: Command) -> Future[int]:
        """The same on the core thread."""
        now_ns = self.clock.now_ns()
        if isinstance(command, StartCuff | StopCuff | HoldCuff):
            future = self.cuffs.ask(command, now_ns)
        elif isinstance(command, SoundCommand):
            future = self._ask_sound(command, now_ns)
        elif isinstance(command, DeviceCommand):
            future = self.surroundings.do(command)
        else:
            future = self.engine.handle(command)
        if isinstance(command, GiveDose | AmendDose):
            self._follow_doses(now_ns)
        self._turns.take("devices", lambda: self.surroundings.tick(now_ns))
        self._tick_engine(now_ns)
        return future

    def _ask_sound(self, command: SoundCommand, now_ns: int) -> Future[int]:
        if self.sounding is None:
            raise CommandRefused("sound", "no-alarm-sound")
        return self.sounding.do(command, now_ns)

    def stop(self, reason: str) -> None:
        """End the session: devices first, then the closing event, the record as one file, its head."""
        if self._closed:
            return
        self._closed = True
        take = self._turns.take
        take("end of the session's tasks", self._runtime.stop)
        if self._started:
            take("end of keeping the computer awake", self._awake.end)
        take("clock", self._tell_clock)
        take("end of the session", lambda: self.engine.close(reason))
        try:
            self._writer.close(reason)
        finally:
            self.heads.keep_last()
        self.copies.keep_last()


def _sounding(sound: Sound | None, engine: Engine) -> Sounding | None:
    if sound is None:
        return None
    return Sounding(engine, sound.plan, time.monotonic_ns, optional=sound.optional)
