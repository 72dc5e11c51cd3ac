"""The devices a session is given: DEVICE texts read, drivers found, and what a nurse calls each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from devices.address import DeviceAddress, driver_options, parse_device
from devices.candidates import candidates
from devices.cuff_schedule import LEAST_INTERVAL_S, CuffOptions, Schedule
from devices.protocol import DriverSpec, Options, SerialLink
from devices.registry import Registry
from devices.transport.ble_radio import Radio
from devices.transport.line import LINE_OPTIONS, line_settings
from kapmonitor import mdc
from kapmonitor.errors import AddressError, DriverLoadError, KapError

LONGEST_EVERY_S: Final = 4 * 3600
"""A cuff that measures less often than this does not measure by itself."""

LONGEST_REPEAT_S: Final = 600
"""A reading later than this confirms nothing."""

CUFF_OPTIONS: Final = frozenset({"cuff", "every", "repeat"})

AUTO: Final = "auto"
"""The driver's name in a DEVICE text that leaves it to the program to find out what is there."""

HCI: Final = "hci"
"""The option of a DEVICE text that names an emulated radio."""

LABELS: Final = (
    (frozenset({mdc.NIBP_SYS.ref, mdc.SPO2.ref}), "Monitor"),
    (frozenset({mdc.NIBP_SYS.ref}), "Cuff"),
    (frozenset({mdc.SPO2.ref}), "Oximeter"),
    (frozenset({mdc.HEART_RATE.ref}), "Heart strap"),
    (frozenset({mdc.TEMP_BODY.ref}), "Thermometer"),
)
"""What a nurse calls a device: the first of these all of whose metrics it gives."""


@dataclass(frozen=True, slots=True)
class Member:
    """A device of the session: its id in the record, its driver, its address."""

    id: str
    label: str
    spec: DriverSpec
    address: DeviceAddress
    cuff: CuffOptions = field(default_factory=CuffOptions)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A place where a device is, of which it is not yet known what it is."""

    address: DeviceAddress
    cuff: CuffOptions = field(default_factory=CuffOptions)


def members(devices: Iterable[str], registry: Registry) -> tuple[Member, ...]:
    """What DEVICE texts stand for; AddressError or DriverLoadError names the first that fails.

    Those that leave the driver open (AUTO) are passed over: see unknown().
    """
    out: list[Member] = []
    for text in devices:
        address = parse_device(text)
        if address.driver == AUTO:
            continue
        spec = registry.get(address.driver)
        cuff, plain = cuff_options(address)
        if cuff.on and not can_start_cuff(spec):
            raise AddressError(text, f"{spec.id} has no cuff that the host can start; leave out cuff=on")
        member = new_member(spec, plain, cuff, {m.id for m in out}, {m.label for m in out})
        check_options(member)
        out.append(member)
    return tuple(out)


def unknown(devices: Iterable[str], registry: Registry) -> tuple[Unknown, ...]:
    """Where it is to be found out what is there; AddressError for what no driver could be found with."""
    out: list[Unknown] = []
    for text in devices:
        address = parse_device(text)
        if address.driver == AUTO:
            cuff, plain = cuff_options(address)
            candidates(registry.specs, plain)
            out.append(Unknown(plain, cuff))
    return tuple(out)


def new_member(
    spec: DriverSpec, address: DeviceAddress, cuff: CuffOptions, ids: Collection[str], labels: Collection[str]
) -> Member:
    """A device whose id and name are none of these: they are numbered where they would be the same."""
    return Member(_free(spec.id, "-", ids), _free(label_of(spec), " ", labels), spec, address, cuff)


def label_of(spec: DriverSpec) -> str:
    """What a nurse calls such a device."""
    refs = {metric.ref for metric in spec.metrics}
    return next((label for wanted, label in LABELS if wanted <= refs), spec.label)


def can_start_cuff(spec: DriverSpec) -> bool:
    """Whether the device has a cuff that the host can start."""
    return any(command.on_patient for command in spec.commands)


def _free(name: str, joint: str, taken: Collection[str]) -> str:
    names = (name if number == 1 else f"{name}{joint}{number}" for number in range(1, len(taken) + 2))
    return next(candidate for candidate in names if candidate not in taken)


def check_options(member: Member) -> None:
    """AddressError if the DEVICE text asks for what neither line nor driver knows, DriverLoadError if the
    driver does not start: later, on the core thread, nobody could be told."""
    if isinstance(member.spec.link, SerialLink):
        line_settings(member.spec.link, member.address)
        options: Options = driver_options(member.address, member.spec.options, LINE_OPTIONS)
    else:
        place, options = radio_options(member.spec, member.address)
        if place:
            open_radio(place)  # connects only when it is first used
    try:
        member.spec.protocol(options)
    except KapError:
        raise
    except Exception as why:  # a driver may be anybody's
        raise DriverLoadError(member.spec.id, f"does not start ({why})") from why


def cuff_options(address: DeviceAddress) -> tuple[CuffOptions, DeviceAddress]:
    """What a DEVICE text says of starting its cuff, and the rest of it; all off if it says nothing."""
    on = address.option("cuff")
    rest = tuple(pair for pair in address.options if pair[0] not in CUFF_OPTIONS)
    plain = replace(address, options=rest)
    every_s = _seconds(address, "every", LONGEST_EVERY_S)
    repeat_s = _seconds(address, "repeat", LONGEST_REPEAT_S)
    if on is None and every_s is None and repeat_s is None:
        return CuffOptions(), plain
    if on not in {"on", "off"}:
        raise AddressError(str(address), "cuff is on or off")
    schedule = None if every_s is None else Schedule((), every_s)
    return CuffOptions(on == "on", schedule, repeat_s, repeat_s), plain


def _seconds(address: DeviceAddress, name: str, longest_s: int) -> int | None:
    text = address.option(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal()) or not LEAST_INTERVAL_S <= int(text) <= longest_s:
        allowed = f"{name} is a number of seconds from {LEAST_INTERVAL_S} to {longest_s}"
        raise AddressError(str(address), f"{allowed}, not '{text}'")
    return int(text)


def radio_options(spec: DriverSpec, address: DeviceAddress) -> tuple[str, Options]:
    """Which emulated radio a device is on, empty for the computer's own, and the driver's options."""
    return address.option(HCI) or "", driver_options(address, spec.options, (HCI,))


def open_radio(place: str) -> Radio:
    """The computer's own radio, or the emulated one at `tcp:HOST:PORT`."""
    if not place:
        return Radio()
    from devices.sim.ble.serve import hci_place, open_tcp_radio

    return open_tcp_radio(*hci_place(place))
