"""One running session, put together: clock, record, engine, device tasks and the core thread they live on."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from devices.address import DeviceAddress, parse_device
from devices.protocol import DriverSpec, SerialLink
from devices.pump import SerialPump
from devices.registry import Registry, load
from devices.transport.ble import BlePump, Radio
from kapmonitor import __version__, mdc
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.clock import Clock
from kapmonitor.commands import Command, HoldCuff, StartCuff, StopCuff
from kapmonitor.cuffs import CuffDesk
from kapmonitor.engine import Engine
from kapmonitor.model import GenerationMode
from kapmonitor.record.writer import RecordWriter
from kapmonitor.runtime import Runtime
from kapmonitor.session.events import DeviceAdded, SessionStarted, Stamped

TICK_NS: Final = 250_000_000
TICK_REAL_S: Final = 0.25

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
class Member:
    """A device of the session: its id in the record, its driver, its address."""

    id: str
    label: str
    spec: DriverSpec
    address: DeviceAddress


def members(devices: Iterable[str], registry: Registry) -> tuple[Member, ...]:
    """What DEVICE texts stand for; AddressError or DriverLoadError names the first that stands for nothing."""
    out: list[Member] = []
    for text in devices:
        address = parse_device(text)
        spec = registry.get(address.driver)
        taken = {member.id for member in out}
        number = next(n for n in range(1, len(taken) + 2) if _numbered(spec.id, n) not in taken)
        out.append(Member(_numbered(spec.id, number), _label(spec), spec, address))
    return tuple(out)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _label(spec: DriverSpec) -> str:
    refs = {metric.ref for metric in spec.metrics}
    return next((label for ref, label in LABELS if ref in refs), spec.label)


def open_station(plan: Plan, clock: Clock) -> Station:
    """Create the record and everything that fills it; nothing runs before start()."""
    found = members(plan.devices, load())
    started = started_event(plan, clock)
    writer = RecordWriter.create(plan.path, started, clock)
    engine = Engine(clock, writer, started, plan.limits, speed=plan.speed)
    return Station(plan, clock, writer, engine, found)


class Station:
    """Owns the parts of one session. Methods may be called from any thread; state lives on the core thread."""

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
        self._writer = writer
        self._runtime = Runtime()
        self._members = found
        self._pumps: dict[str, SerialPump | BlePump] = {}
        self._cuffs = CuffDesk(engine, clock)
        self._closed = False

    @property
    def path(self) -> Path:
        """The session's record."""
        return self.plan.path

    def start(self) -> None:
        """Begin: the core thread runs, devices are opened."""
        self._runtime.start()
        self._runtime.call(self._begin)

    def _begin(self) -> None:
        radio: Radio | None = None
        for member in self._members:
            self.engine.add_device(
                DeviceAdded(member.id, member.spec.id, member.label, str(member.address))
            )
            if isinstance(member.spec.link, SerialLink):
                pump: SerialPump | BlePump = SerialPump(
                    member.id, member.spec, member.address, self.clock, self.engine
                )
            else:
                radio = radio or Radio()
                pump = BlePump(member.id, member.spec, member.address, self.clock, self.engine, radio)
            self._pumps[member.id] = pump
            self._cuffs.add(member, pump)
            self._runtime.spawn(pump.run(), f"device-{member.id}")
        self._runtime.spawn(self._tick(), "tick")

    async def _tick(self) -> None:
        while True:
            now_ns = self.clock.now_ns()
            self._cuffs.tick(now_ns)
            self.engine.tick(now_ns)
            await asyncio.sleep(min(TICK_REAL_S, self.clock.real_delay_s(TICK_NS)))

    def submit(self, command: Command) -> Future[None]:
        """Do what somebody asked; resolves once it is on disk, fails with a KapError that says why not."""
        return self._runtime.submit(lambda: self._do(command))

    def _do(self, command: Command) -> Future[int]:
        if isinstance(command, StartCuff | StopCuff | HoldCuff):
            future = self._cuffs.ask(command)
        else:
            future = self.engine.handle(command)
        self.engine.tick(self.clock.now_ns())
        return future

    def stop(self, reason: str) -> None:
        """End the session: devices first, then the closing event, then the record as a single file."""
        if self._closed:
            return
        self._closed = True
        self._runtime.stop()
        self.engine.close(reason)
        self._writer.close()
