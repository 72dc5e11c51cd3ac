"""One running session, put together: clock, record, engine, device tasks and the core thread they live on."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from devices.address import DeviceAddress, driver_options, parse_device
from devices.cuff_schedule import LEAST_INTERVAL_S, Schedule
from devices.protocol import DriverSpec, Options, SerialLink
from devices.pump import SerialPump
from devices.raw import with_raw
from devices.registry import Registry, load
from devices.transport.ble import BlePump
from devices.transport.ble_radio import Radio
from devices.transport.line import LINE_OPTIONS, line_settings
from kapmonitor import __version__, mdc
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.clock import Clock
from kapmonitor.commands import Command, GiveDose, HoldCuff, StartCuff, StopCuff
from kapmonitor.cuffs import CuffDesk
from kapmonitor.engine import Engine
from kapmonitor.errors import AddressError, DriverLoadError, KapError
from kapmonitor.model import DeviceEvent, GenerationMode, LinkChanged, WireChunk
from kapmonitor.record.wireonly import WireOnly
from kapmonitor.record.writer import RecordWriter
from kapmonitor.runtime import Runtime
from kapmonitor.session.events import DeviceAdded, SessionStarted, Stamped

TICK_S: Final = 0.25
"""How often alarms are evaluated; real time, also on a clock that runs faster."""

LONGEST_EVERY_S: Final = 4 * 3600
"""A cuff that measures less often than this does not measure by itself."""

LABELS: Final = (
    (mdc.NIBP_SYS.ref, "Cuff"),
    (mdc.SPO2.ref, "Oximeter"),
    (mdc.HEART_RATE.ref, "Heart strap"),
)
"""What a nurse calls a device, by the first of these that it measures."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who the session is for, as far as the console needs to know."""

    record_number: str = ""
    initials: str = ""
    session: int = 1
    of: int = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a session needs to begin."""

    path: Path
    devices: tuple[str, ...]
    limits: LimitSet
    mode: GenerationMode = GenerationMode.REAL
    person: Person = Person()
    speed: float = 1.0
    wire_only: bool = False
    """Keep what crossed the wires and nothing that was made of it; `raw` is then a driver, too."""


def started_event(plan: Plan, clock: Clock) -> Stamped:
    """The event that opens a record, stamped now."""
    local = datetime.now().astimezone()
    offset = local.utcoffset()
    event = SessionStarted(
        session=uuid.uuid4().hex,
        mode=plan.mode.value,
        software=f"kapmonitor {__version__}",
        utc_ns=clock.utc_ns(),
        utc_offset_min=round(offset.total_seconds() / 60) if offset is not None else 0,
        zone=local.tzname() or "",
        person=plan.person.record_number,
        initials=plan.person.initials,
        number=plan.person.session,
        of=plan.person.of,
    )
    return Stamped(clock.now_ns(), event)


@dataclass(frozen=True, slots=True)
class CuffOptions:
    """Whether a person turned on starting the cuff from here, and how often it is to measure by itself."""

    on: bool = False
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A device of the session: its id in the record, its driver, its address."""

    id: str
    label: str
    spec: DriverSpec
    address: DeviceAddress
    cuff: CuffOptions = CuffOptions()


def members(devices: Iterable[str], registry: Registry) -> tuple[Member, ...]:
    """What DEVICE texts stand for; AddressError or DriverLoadError names the first that fails."""
    out: list[Member] = []
    for text in devices:
        address = parse_device(text)
        spec = registry.get(address.driver)
        taken = {member.id for member in out}
        number = next(n for n in range(1, len(taken) + 2) if _numbered(spec.id, n) not in taken)
        cuff, plain = cuff_options(address)
        if cuff.on and not any(command.on_patient for command in spec.commands):
            raise AddressError(text, f"{spec.id} has no cuff that the host can start; leave out cuff=on")
        member = Member(_numbered(spec.id, number), _label(spec), spec, plain, cuff)
        check_options(member)
        out.append(member)
    return tuple(out)


def check_options(member: Member) -> None:
    """AddressError if the DEVICE text asks for what neither line nor driver knows, DriverLoadError if the
    driver does not start: later, on the core thread, nobody could be told."""
    if isinstance(member.spec.link, SerialLink):
        line_settings(member.spec.link, member.address)
        options: Options = driver_options(member.address, member.spec.options, LINE_OPTIONS)
    else:
        place, options = radio_options(member)
        if place:
            open_radio(place)  # connects only when it is first used
    try:
        member.spec.protocol(options)
    except KapError:
        raise
    except Exception as why:  # a driver may be anybody's
        raise DriverLoadError(member.spec.id, f"does not start ({why})") from why


def cuff_options(address: DeviceAddress) -> tuple[CuffOptions, DeviceAddress]:
    """What a DEVICE text says of starting its cuff, and the rest of it; both off if it says nothing."""
    on, every = address.option("cuff"), address.option("every")
    rest = tuple(pair for pair in address.options if pair[0] not in {"cuff", "every"})
    plain = replace(address, options=rest)
    if on is None and every is None:
        return CuffOptions(), plain
    if on not in {"on", "off"}:
        raise AddressError(str(address), "cuff is on or off")
    if every is None:
        return CuffOptions(on == "on"), plain
    if not (every.isascii() and every.isdecimal()) or not LEAST_INTERVAL_S <= int(every) <= LONGEST_EVERY_S:
        allowed = f"every is a number of seconds from {LEAST_INTERVAL_S} to {LONGEST_EVERY_S}"
        raise AddressError(str(address), f"{allowed}, not '{every}'")
    return CuffOptions(on == "on", Schedule((), int(every))), plain


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _label(spec: DriverSpec) -> str:
    refs = {metric.ref for metric in spec.metrics}
    return next((label for ref, label in LABELS if ref in refs), spec.label)


def open_station(plan: Plan, clock: Clock) -> Station:
    """Create the record and everything that fills it; nothing runs before start()."""
    found = members(plan.devices, with_raw(load()) if plan.wire_only else load())
    started = started_event(plan, clock)
    writer = RecordWriter.create(plan.path, started, clock)
    recorder = WireOnly(writer) if plan.wire_only else writer
    engine = Engine(clock, recorder, started, plan.limits, speed=plan.speed)
    station = Station(plan, clock, writer, engine, found)
    station.add_devices()
    return station


class Station:
    """Owns the parts of one session. Any thread may call start, submit and stop; the rest is the core's."""

    def __init__(
        self,
        plan: Plan,
        clock: Clock,
        writer: RecordWriter,
        engine: Engine,
        found: tuple[Member, ...],
    ) -> None:
        self.plan = plan
        self.clock = clock
        self.engine = engine
        self.cuffs = CuffDesk(engine)
        self._writer = writer
        self._members = found
        self._runtime = Runtime()
        self._radios: dict[str, Radio] = {}
        self._started = False
        self._closed = False

    @property
    def members(self) -> tuple[Member, ...]:
        """The session's devices."""
        return self._members

    def add_devices(self) -> None:
        """Put the devices on record; once, before anything comes from them."""
        for member in self._members:
            address = str(member.address)
            self.engine.add_device(DeviceAdded(member.id, member.spec.id, member.label, address))

    def readdress(self, devices: tuple[str, ...]) -> None:
        """The devices are reached under these DEVICE texts from now on; before start(), in any order."""
        found = {member.spec.id: member for member in members(devices, load())}
        self._members = tuple(
            replace(member, address=found[member.spec.id].address)
            for member in self._members
            if member.spec.id in found
        )

    def set_cuff(self, device: str, options: CuffOptions) -> None:
        """A person turned starting this device's cuff on or off; before start()."""
        self._members = tuple(
            replace(member, cuff=options) if member.id == device else member for member in self._members
        )

    def start(self) -> None:
        """Begin: the core thread runs, devices are opened."""
        self._started = True
        self._runtime.start()
        self._runtime.call(self._begin)

    def _begin(self) -> None:
        now_ns = self.clock.now_ns()
        for member in self._members:
            pump = self._pump(member)
            if isinstance(pump, SerialPump) and any(command.on_patient for command in member.spec.commands):
                self.cuffs.connect(member.id, pump, member.cuff.schedule, now_ns, on=member.cuff.on)
            self._runtime.spawn(pump.run(), f"device-{member.id}")
        if self.engine.snapshot.session.dose_t_ns is None:
            self.cuffs.measure_from(now_ns, now_ns)
        self._runtime.spawn(self._tick(), "tick")

    def _pump(self, member: Member) -> SerialPump | BlePump:
        if isinstance(member.spec.link, SerialLink):
            return SerialPump(member.id, member.spec, member.address, self.clock, self)
        place, options = radio_options(member)
        radio = self._radios.get(place)
        if radio is None:
            radio = self._radios[place] = open_radio(place)
        return BlePump(member.id, member.spec, member.address.address, options, self.clock, self, radio)

    async def _tick(self) -> None:
        try:
            while True:
                now_ns = self.clock.now_ns()
                self.cuffs.tick(now_ns)
                self.engine.tick(now_ns)
                await asyncio.sleep(TICK_S)
        finally:
            for radio in self._radios.values():
                await radio.close()

    def on_wire(self, device: str, chunk: WireChunk) -> None:
        """Bytes crossed a device's wire."""
        self.engine.on_wire(device, chunk)

    def on_link(self, device: str, change: LinkChanged) -> None:
        """A device's link changed."""
        self.engine.on_link(device, change)
        self.cuffs.heard(device, change, change.t_ns)

    def on_event(self, device: str, event: DeviceEvent) -> None:
        """A device said something."""
        self.engine.on_event(device, event)
        self.cuffs.heard(device, event, event.t_ns)

    def submit(self, command: Command) -> Future[None]:
        """Do what somebody asked; resolves once it is on disk, fails with a KapError that says why not."""
        return self._runtime.submit(lambda: self.do(command))

    def do(self, command: Command) -> Future[int]:
        """The same on the core thread."""
        now_ns = self.clock.now_ns()
        if isinstance(command, StartCuff | StopCuff | HoldCuff):
            future = self.cuffs.ask(command, now_ns)
        else:
            future = self.engine.handle(command)
        if isinstance(command, GiveDose):
            self.cuffs.measure_from(command.t_ns, now_ns)
        self.engine.tick(now_ns)
        return future

    def stop(self, reason: str) -> None:
        """End the session: devices first, then the closing event, then the record as a single file."""
        if self._closed:
            return
        self._closed = True
        if self._started:
            self._runtime.stop()
        self.engine.close(reason)
        self._writer.close(reason)


def radio_options(member: Member) -> tuple[str, Options]:
    """Which emulated radio a device is on, empty for the computer's own, and the driver's options."""
    place = member.address.option("hci") or ""
    return place, driver_options(member.address, member.spec.options, ("hci",))


def open_radio(place: str) -> Radio:
    """The computer's own radio, or the emulated one at `tcp:HOST:PORT`."""
    if not place:
        return Radio()
    from devices.sim.ble.serve import hci_place, open_tcp_radio

    return open_tcp_radio(*hci_place(place))
