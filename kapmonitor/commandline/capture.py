"""`kapmonitor capture`: one device's bytes out of a record, fit to be given to somebody else."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from devices.address import DeviceAddress, parse_device
from devices.capture import Entry, write
from devices.capture_header import DEVICE, SIMULATED, Header
from devices.privacy import clean, policy
from devices.protocol import DriverSpec, Options, OptionValue, SerialLink
from devices.raw import with_raw
from devices.registry import load
from devices.transport.line import LINE_OPTIONS, line_settings
from kapmonitor.commandline.replay import parse_at
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.errors import AddressError, ConfigError, DriverLoadError, RecordDamaged
from kapmonitor.model import Direction, GenerationMode, WireChunk
from kapmonitor.record.cut import Session, WireDevice, entries, session_of, wire_devices
from kapmonitor.record.reader import ALWAYS, RecordReader

US_NS: Final = 1000
"""Times are written in whole microseconds."""
LONGEST_S: Final = 1e7
_SECONDS: Final = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,9})?")
LEAST_SERIAL: Final = 3
"""A shorter serial number is not looked for in the name of a model."""


@dataclass(slots=True)
class _Counted:
    """What went into the file."""

    received: int = 0
    sent: int = 0
    last_ns: int = 0

    def of(self, found: Iterator[Entry]) -> Iterator[Entry]:
        for entry in found:
            if isinstance(entry, WireChunk):
                incoming = entry.direction is Direction.IN
                self.received += len(entry.data) if incoming else 0
                self.sent += 0 if incoming else len(entry.data)
            self.last_ns = entry.t_ns
            yield entry


def run(arguments: argparse.Namespace) -> int:
    """Write the capture; 1 if no bytes crossed the device's link in that time."""
    path = record_to_read(arguments.record)
    out = Path(arguments.out)
    with RecordReader(path) as reader:
        session = session_of(reader)
        if session is None:
            raise RecordDamaged(str(path), "its beginning cannot be read")
        devices = wire_devices(reader)
        device = _chosen(devices, arguments.device, str(path))
        t0_ns, t1_ns = _span(session, arguments.begin, arguments.seconds)
        secrets = {serial for each in devices for serial in each.serials}
        secrets |= {session.started.person, device.address.partition("@")[2].partition("?")[0]}
        found = clean(device.driver, _from_zero(entries(reader, device.id, t0_ns, t1_ns)), secrets)
        counted = _Counted()
        _save(out, write(_header(device, session), counted.of(found)))
    if not counted.received + counted.sent:
        out.unlink()
        print(f"kapmonitor: {path}: nothing crossed the link of {device.id} in that time", file=sys.stderr)
        return 1
    _tell(out, device, counted)
    return 0


def _chosen(devices: tuple[WireDevice, ...], wanted: str, path: str) -> WireDevice:
    for device in devices:
        if device.id == wanted:
            return device
    known = ", ".join(f"{device.id} ({device.label}, {device.received} bytes)" for device in devices)
    said = f"'{wanted}' is none of its devices" if wanted else "which device? Give --device ID"
    raise ConfigError(path, "--device", f"{said}; it has {known or 'none'}")


def _span(session: Session, begin: str | None, seconds: float | None) -> tuple[int, int]:
    """First and last time of the cut."""
    t0_ns = ALWAYS[0] if begin is None else _begin_ns(session, begin)
    if seconds is None:
        return t0_ns, ALWAYS[1]
    return t0_ns, (session.started_t_ns if begin is None else t0_ns) + int(seconds * 1e9)


def _begin_ns(session: Session, begin: str) -> int:
    if _SECONDS.fullmatch(begin):
        return session.started_t_ns + int(float(begin) * 1e9)
    try:
        after_s = parse_at(begin)
    except AddressError:
        allowed = f"is written T+MM:SS, such as T+20:00, or as seconds from the start, not '{begin}'"
        raise ConfigError("capture", "--from", allowed) from None
    zero_ns = session.started_t_ns if session.dose_t_ns is None else session.dose_t_ns
    return zero_ns + int(max(-LONGEST_S, min(after_s, LONGEST_S)) * 1e9)


def _from_zero(found: Iterator[Entry]) -> Iterator[Entry]:
    """Times from the first entry on, in whole microseconds."""
    first_ns: int | None = None
    for entry in found:
        first_ns = entry.t_ns if first_ns is None else first_ns
        yield replace(entry, t_ns=(entry.t_ns - first_ns) // US_NS * US_NS)


def _header(device: WireDevice, session: Session) -> Header:
    spec = _spec(device.driver)
    address = _address(device)
    known = policy(device.driver)
    simulated = session.started.mode == GenerationMode.DEMO.value
    said = device.identity
    return Header(
        driver=device.driver or "unknown",
        origin=SIMULATED if simulated else DEVICE,
        software=session.started.software,
        line=_line(spec, address),
        options=_options(spec, address),
        manufacturer=_nameless(said.manufacturer, device),
        model=_nameless(said.model, device),
        firmware=_nameless(said.firmware, device),
        removed=known.removed,
        may_remain=known.may_remain,
    )


def _spec(driver: str) -> DriverSpec | None:
    try:
        return with_raw(load()).get(driver)
    except DriverLoadError:
        return None


def _address(device: WireDevice) -> DeviceAddress | None:
    try:
        return parse_device(device.address)
    except AddressError:
        return None


def _line(spec: DriverSpec | None, address: DeviceAddress | None) -> Options:
    """The settings of a serial line; of a driver that is not installed only what the DEVICE text gave."""
    if spec is None or address is None:
        return {key: value for key, value in (address.options if address else ()) if key in LINE_OPTIONS}
    if not isinstance(spec.link, SerialLink):
        return {}
    line = line_settings(spec.link, address)
    settings: dict[str, OptionValue] = {name: getattr(line, name) for name in LINE_OPTIONS}
    return settings


def _options(spec: DriverSpec | None, address: DeviceAddress | None) -> Options:
    names = {option.name for option in spec.options} if spec is not None else set()
    return {key: value for key, value in (address.options if address else ()) if key in names}


def _nameless(text: str, device: WireDevice) -> str:
    """A text of the device without its serial number."""
    for serial in device.serials:
        text = text.replace(serial, "") if len(serial) >= LEAST_SERIAL else text
    return text.strip()


def _save(out: Path, lines: Iterator[str]) -> None:
    """Never over another file, and all of it or nothing."""
    try:
        stream = out.open("x", encoding="ascii", newline="\n")
    except FileExistsError as why:
        allowed = "a file of this name is there and is not overwritten; choose another name"
        raise ConfigError(str(out), "--out", allowed) from why
    except OSError as why:
        raise ConfigError(str(out), "--out", f"cannot be made: {why.strerror}") from why
    try:
        with stream:
            stream.writelines(line + "\n" for line in lines)
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _tell(out: Path, device: WireDevice, counted: _Counted) -> None:
    known = policy(device.driver)
    seconds = counted.last_ns / 1e9
    print(f"{out}: {device.driver}, {seconds:.1f} s, {counted.received} bytes received, {counted.sent} sent")
    print("left out: names, notes, doses, alarms, record numbers, addresses, date and time of day")
    print(f"removed from the bytes: {'; '.join(known.removed) or 'nothing'}")
    print(f"may remain in the bytes: {'; '.join(known.may_remain) or 'nothing that is known'}")
    print("The readings themselves are in it. Look through the file before you give it away.")
