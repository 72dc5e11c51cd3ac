"""The devices around the person: those of the session, and those that could become part of it.

A device never adopts itself. While somebody looks, serial ports are searched and Bluetooth is listened to; a
device that is only in range is connected when a person asks for it; what it shows is kept to its row until a
person says that it is on this patient. Everything here lives on the core thread.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from devices.address import DeviceAddress, parse_device
from devices.autopump import AutoPump
from devices.cuff_schedule import CuffOptions
from devices.ports import Port, list_ports
from devices.protocol import DriverSpec, SerialLink
from devices.pump import SerialPump
from devices.registry import Registry
from devices.sink import DeviceSink
from devices.transport.ble import BlePump
from devices.transport.ble_radio import Radio
from kapmonitor.advertised import best_fit, bluetooth, in_range, pairing
from kapmonitor.attached import Attached, DevicePump
from kapmonitor.clock import Clock
from kapmonitor.commands import (
    AdoptDevice,
    AllowCuff,
    ConfirmDevice,
    DeviceCommand,
    LookAround,
    ReleaseDevice,
    ShowSource,
    TryDevice,
)
from kapmonitor.cuffs import CuffDesk
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.lookout import Advert, Lookout
from kapmonitor.mdc import NIBP_SYS
from kapmonitor.members import (
    AUTO,
    HCI,
    Member,
    Unknown,
    can_start_cuff,
    new_member,
    open_radio,
    radio_options,
)
from kapmonitor.nearby import Nearby, NearbyDevice, NearbyState
from kapmonitor.session.events import DeviceAdded, DeviceClock
from kapmonitor.snapshot import LinkStatus
from kapmonitor.turns import Turns
from kapmonitor.view import Role

COMMAND_LINE: Final = "command line"
"""Who adopted a device that was named when the session was opened."""
OWN_RADIO: Final = ""
GONE_AFTER_NS: Final = 30_000_000_000
"""A device that was only heard of leaves the list when it has been quiet this long."""
CLOCK_TOLD_S: Final = 2.0
"""A device's clock is put on record again when it has moved this far."""

Spawn = Callable[[Coroutine[object, object, None], str], asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class Here:
    """What the surroundings need of the session. Only a `real` one looks at this computer's own ports."""

    clock: Clock
    engine: Engine
    cuffs: CuffDesk
    audience: DeviceSink
    registry: Registry
    spawn: Spawn
    turns: Turns
    offset_min: int
    real: bool = True


class Surroundings:
    """Owns every device that is listened to."""

    def __init__(self, here: Here) -> None:
        self._here = here
        self._attached: dict[str, Attached] = {}
        self._adverts: dict[str, tuple[Advert, int]] = {}
        self._radios: dict[str, Radio] = {}
        self._troubles: dict[str, str] = {}
        self._told_clocks: dict[str, DeviceClock] = {}
        self._looking: asyncio.Task[None] | None = None
        self._places: tuple[str, ...] = ()
        ports = list_ports if here.real else tuple
        self._lookout = Lookout(self._on_ports, self._on_advert, self._on_trouble, ports)
        self.nearby = Nearby(rejected=_rejected(here.registry))

    # Devices that were named when the session was opened

    def begin(self, members: Iterable[Member], unknown: Iterable[Unknown]) -> None:
        """Open what the session was given; a person named each, so each is adopted."""
        for member in members:
            attached = self._attach(_key(member.address.address), _where(member), member.spec)
            attached.member = member
            attached.address = member.address
            self._start(attached, self._pump(attached, member.spec, member.address))
        for place in unknown:
            where = place.address.address
            attached = self._attach(_key(where), where, None)
            self._start(attached, self._auto(attached, place, by=COMMAND_LINE))

    def look_at(self, places: tuple[str, ...]) -> None:
        """Look at these addresses too whenever somebody looks."""
        self._places = places

    @property
    def radios(self) -> tuple[Radio, ...]:
        """Those that were used, to be closed at the end."""
        return tuple(self._radios.values())

    # What people ask

    def do(self, command: DeviceCommand) -> Future[int]:
        """Carry it out; CommandRefused says why not."""
        match command:
            case LookAround(on):
                self._look(on=on)
            case TryDevice(key):
                self._try(key)
            case AdoptDevice(key, by):
                return self._adopt(self._known(key), by)
            case ConfirmDevice(device, by):
                return self._here.engine.confirm(device, by)
            case ReleaseDevice(device, by):
                return self._release(device, by)
            case AllowCuff(device, on, by):
                return self._here.cuffs.allow(device, by, self._here.clock.now_ns(), on=on)
            case ShowSource(role, device, by):
                return self._show(role, device, by)
        return _done()

    def _look(self, *, on: bool) -> None:
        if on and self._looking is None:
            for place in self._places:
                self._search(_key(place), place, parse_device(f"{AUTO}@{place}"))
            if self._here.real:
                self._radio(OWN_RADIO)
            self._looking = self._here.spawn(self._lookout.run(self._radios.items()), "lookout")
        elif not on and self._looking is not None:
            self._looking.cancel()
            self._looking = None
            self._adverts.clear()
            self._troubles.clear()
            for attached in tuple(self._attached.values()):
                if attached.member is None:
                    self._drop(attached)

    def _try(self, key: str) -> None:
        advert, spec = self._advert(key)
        hci = ((HCI, advert.radio),) if advert.radio else ()
        attached = self._attach(key, bluetooth(advert.address), spec)
        attached.address = DeviceAddress(spec.id, advert.address, hci)
        attached.strength_dbm = advert.strength_dbm
        attached.hint = pairing(spec)
        self._start(attached, self._pump(attached, spec, attached.address))

    def _adopt(self, attached: Attached, by: str) -> Future[int]:
        spec, address = attached.spec, attached.address
        if spec is None or address is None or not attached.adoptable(self._here.clock.now_ns()):
            raise CommandRefused("adopt", "no-value")
        return self._take_in(attached, spec, address, by, CuffOptions())

    def _take_in(
        self, attached: Attached, spec: DriverSpec, address: DeviceAddress, by: str, cuff: CuffOptions
    ) -> Future[int]:
        """The device is in the session from now on."""
        here = self._here
        views = here.engine.book.views.values()
        member = new_member(spec, address, cuff, [v.id for v in views], [v.label for v in views])
        here.engine.add_device(DeviceAdded(member.id, spec.id, member.label, str(address)))
        future = here.engine.adopt(member.id, by, attached.preview.identity)
        attached.join(member)
        self._connect_cuff(attached, member)
        return future

    def _release(self, device: str, by: str) -> Future[int]:
        future = self._here.engine.release(device, by)
        self._here.cuffs.disconnect(device, self._here.clock.now_ns())
        for attached in tuple(self._attached.values()):
            if attached.member is not None and attached.member.id == device:
                self._drop(attached)
        return future

    def _show(self, role: Role, device: str, by: str) -> Future[int]:
        if role is Role.NIBP_SYS:
            self._here.cuffs.prefer(device)
        return self._here.engine.choose(role, device, by)

    def woke(self, now_ns: int) -> None:
        """The computer was asleep: no link is what it seems."""
        for attached in self._attached.values():
            if attached.pump is not None:
                attached.pump.woke(now_ns)

    # What is found

    def _on_ports(self, ports: tuple[Port, ...]) -> None:
        present = {_key(port.device): port for port in ports}
        for key, port in present.items():
            where = f"{port.description or 'serial port'} · {port.device.rsplit('/', 1)[-1]}"
            self._search(key, where, parse_device(f"{AUTO}@{port.by_id or port.device}"), port)
        for key, attached in tuple(self._attached.items()):
            if attached.port is not None and attached.member is None and key not in present:
                self._drop(attached)

    def _search(self, key: str, where: str, address: DeviceAddress, port: Port | None = None) -> None:
        if key in self._attached:
            return
        attached = self._attach(key, where, None)
        attached.port = port
        self._start(attached, self._auto(attached, Unknown(address)))

    def _on_advert(self, advert: Advert) -> None:
        key = _key(advert.address)
        known = self._adverts.get(key)
        if known is not None:
            before = known[0]
            services = tuple(sorted({*before.services, *advert.services}))
            makers = advert.makers or before.makers
            advert = replace(advert, name=advert.name or before.name, services=services, makers=makers)
        self._adverts[key] = advert, self._here.clock.now_ns()
        if key in self._attached:
            self._attached[key].strength_dbm = advert.strength_dbm

    def _on_trouble(self, radio: str, trouble: str) -> None:
        self._troubles[radio] = trouble

    # Pumps

    def _attach(self, key: str, where: str, spec: DriverSpec | None) -> Attached:
        here = self._here
        attached = Attached(key, where, here.clock, here.offset_min, here.audience, spec)
        self._attached[key] = attached
        return attached

    def _start(self, attached: Attached, pump: DevicePump) -> None:
        attached.pump = pump
        if attached.member is not None:
            self._connect_cuff(attached, attached.member)
        kept = self._here.turns.again(f"connection of {attached.name}", pump.run)
        attached.task = self._here.spawn(kept, f"device-{attached.name}")

    def _drop(self, attached: Attached) -> None:
        if attached.task is not None:
            attached.task.cancel()
        self._attached.pop(attached.key, None)

    def _pump(self, attached: Attached, spec: DriverSpec, address: DeviceAddress) -> DevicePump:
        clock = self._here.clock
        if isinstance(spec.link, SerialLink):
            return SerialPump(attached.name, spec, address, clock, attached)
        place, options = radio_options(spec, address)
        radio = self._radio(place)
        return BlePump(attached.name, spec, address.address, options, clock, attached, radio)

    def _auto(self, attached: Attached, place: Unknown, by: str = "") -> DevicePump:
        """A pump that finds out what is there; with `by`, that is then adopted in this person's name."""
        found = partial(self._found, attached, place.cuff, by)
        specs = self._here.registry.specs
        return AutoPump(attached.name, specs, place.address, self._here.clock, attached, found)

    def _found(
        self, attached: Attached, cuff: CuffOptions, by: str, spec: DriverSpec, address: DeviceAddress
    ) -> None:
        attached.spec, attached.address = spec, address
        if by and attached.member is None:
            self._take_in(attached, spec, address, by, cuff if can_start_cuff(spec) else CuffOptions())

    def _connect_cuff(self, attached: Attached, member: Member) -> None:
        pump = attached.cuff_pump()
        if pump is not None or any(metric.term == NIBP_SYS for metric in member.spec.metrics):
            now_ns = self._here.clock.now_ns()
            self._here.cuffs.connect(member.id, pump, member.cuff, now_ns)

    def _radio(self, place: str) -> Radio:
        if place not in self._radios:
            self._radios[place] = open_radio(place)
        return self._radios[place]

    def _known(self, key: str) -> Attached:
        attached = self._attached.get(key)
        if attached is None or attached.member is not None:
            raise CommandRefused("adopt", "not-there")
        return attached

    def _advert(self, key: str) -> tuple[Advert, DriverSpec]:
        found = self._adverts.get(key)
        spec = best_fit(self._here.registry.specs, found[0]) if found is not None else None
        if found is None or spec is None or key in self._attached:
            raise CommandRefused("connect", "not-there")
        return found[0], spec

    # What is shown and put on record

    def tick(self, now_ns: int) -> None:
        """Time passed: put clocks on record, make the picture of what is around."""
        self._tell_clocks()
        self._here.engine.searching = tuple(self._searching())
        self.nearby = replace(
            self.nearby,
            looking=self._looking is not None,
            devices=tuple(self._rows(now_ns)),
            trouble=next(filter(None, self._troubles.values()), ""),
        )

    def _tell_clocks(self) -> None:
        for attached in self._attached.values():
            report, member = attached.preview.drift.report(), attached.member
            if report is None or member is None:
                continue
            told = self._told_clocks.get(member.id)
            if told is None or abs(told.ahead_s - report.ahead_s) >= CLOCK_TOLD_S:
                clock = DeviceClock(member.id, report.ahead_s, report.drift_ppm or 0.0)
                self._told_clocks[member.id] = clock
                self._here.engine.note(clock)

    def _searching(self) -> Iterable[LinkStatus]:
        """Devices somebody named of which it is not yet known what they are."""
        for attached in self._attached.values():
            link = attached.preview.link
            if attached.spec is None and attached.port is None and link is not None and not self._looking:
                yield LinkStatus(attached.key, attached.where, link.state, link.problem, link.detail)

    def _rows(self, now_ns: int) -> Iterable[NearbyDevice]:
        for attached in self._attached.values():
            yield self._row(attached, now_ns)
        if self._looking is None:
            return
        for key, (advert, heard_ns) in self._adverts.items():
            spec = best_fit(self._here.registry.specs, advert)
            if spec is not None and key not in self._attached and now_ns - heard_ns <= GONE_AFTER_NS:
                yield in_range(key, advert, spec)

    def _row(self, attached: Attached, now_ns: int) -> NearbyDevice:
        row = attached.row(now_ns)
        if attached.member is None:
            return row
        engine, device = self._here.engine, attached.member.id
        view = engine.book.views.get(device)
        changed = view is not None and view.changed
        return replace(
            row,
            state=NearbyState.CHANGED if changed else row.state,
            changed_to=engine.book.answers_instead(device) if changed else "",
            cuff_allowed=self._here.cuffs.allowed(device),
            shown_for=tuple(role for role in row.offers if engine.source_of(role, now_ns) == device),
        )


def _where(member: Member) -> str:
    address = member.address.address
    return address if isinstance(member.spec.link, SerialLink) else bluetooth(address)


def _key(address: str) -> str:
    """The same for all names of one port."""
    if "://" in address:
        return address
    return os.path.realpath(address) if address.startswith("/") else address.upper()


def _rejected(registry: Registry) -> tuple[tuple[str, str], ...]:
    return tuple((entry.name, entry.reason) for entry in registry.rejected)


def _done() -> Future[int]:
    done: Future[int] = Future()
    done.set_result(0)
    return done
