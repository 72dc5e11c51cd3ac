"""The contract between a driver and the rest: bytes and a time go in, events come out.

A protocol object never does I/O, reads no clock, raises on no input, and keeps every buffer bounded. What it
returns depends only on the bytes and on the time of the byte that completed each frame, never on how they
were cut into reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from kapmonitor.model import DeviceEvent, Metric

OptionValue = str | int | float | bool


@runtime_checkable
class WireProtocol(Protocol):
    """One serial device model, sans-I/O."""

    deadline_ns: int | None
    """When on_deadline() wants to be called next, or None."""

    def opened(self, t_ns: int) -> None:
        """The link is open (again): forget half frames, queue what must be sent first."""
        ...

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        """Take bytes that arrived at `t_ns`; events carry the time at which their last byte was given."""
        ...

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        """The link ended: what is left of a half frame becomes a Fault."""
        ...

    def data_to_send(self) -> bytes:
        """Bytes to write now; returned once."""
        ...

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        """Called at or after `deadline_ns`."""
        ...


@runtime_checkable
class CuffControl(Protocol):
    """Implemented by protocols whose device lets the host start a cuff. Only devices.cuff may call these."""

    def start_cuff(self, t_ns: int) -> None:
        """Queue a start."""
        ...

    def stop_cuff(self, t_ns: int) -> None:
        """Queue an abort ahead of everything else that waits."""
        ...


@runtime_checkable
class Parting(Protocol):
    """Implemented by WireProtocols whose device keeps sending, or keeps their place, until it is told."""

    def last_words(self) -> bytes:
        """Bytes to write before a line that may still stand is shut."""
        ...


class GattAction(StrEnum):
    """What a Bluetooth link does after connecting, in the order the protocol lists it."""

    SUBSCRIBE = "subscribe"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class GattStep:
    """One step after connecting; an `optional` step that fails is skipped, another ends the connection."""

    action: GattAction
    uuid: str
    data: bytes = b""
    optional: bool = False
    clock: Callable[[datetime], bytes] | None = None
    """Makes what is written, in place of `data`, from the local time then; sets a device's clock."""
    without: str = ""
    """What to tell a person if the device does not offer this and it is not optional."""


@runtime_checkable
class GattProtocol(Protocol):
    """One Bluetooth device model, sans-I/O. UUIDs are 128-bit lower-case text."""

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        """Connected (again): what to subscribe, read and write, in order."""
        ...

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        """Take one notification, indication or read result."""
        ...

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        """The connection ended."""
        ...


@runtime_checkable
class Timed(Protocol):
    """Implemented by GattProtocols that hold something back until a time, as every WireProtocol may."""

    deadline_ns: int | None
    """When on_deadline() wants to be called next, or None."""

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        """Called at or after `deadline_ns`."""
        ...


@runtime_checkable
class GattSender(Protocol):
    """Implemented by GattProtocols that write, read or subscribe in answer to what they hear.

    Not named data_to_send, as a protocol with that and a deadline would pass for a WireProtocol.
    """

    def steps_to_take(self, now_ns: int) -> tuple[GattStep, ...]:
        """What to do now, in order; asked once all earlier steps are done, given out once."""
        ...

    def last_steps(self) -> tuple[GattStep, ...]:
        """What to do before we end a connection that still stands; none of it may be needed."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """Implemented by protocols whose device may speak only when it has something, or is asked."""

    streaming: bool
    """Whether 3 s of silence would mean trouble now; while it is False, a serial line may be silent for its
    `silence_s`, and a Bluetooth link for ever."""


@dataclass(frozen=True, slots=True)
class SerialLink:
    """How a serial line is set."""

    baud: int
    bytesize: int = 8
    parity: str = "N"
    stopbits: float = 1
    rtscts: bool = False
    silence_s: float = 3.0
    """Without a byte for this long, the line counts as silent."""
    also: tuple[SerialLink, ...] = ()
    """Other settings that devices of this driver are made or set up with; tried when a line is searched."""


@dataclass(frozen=True, slots=True)
class BleLink:
    """How a Bluetooth device is recognised and treated."""

    services: tuple[str, ...]
    name_prefixes: tuple[str, ...] = ()
    silence_s: float | None = 5.0
    """None for devices that speak only when they have a reading, such as cuffs."""
    ends_itself: bool = False
    """True where the device ends each connection as its normal way of finishing."""
    pairing: str = ""
    """What a person does at the device so that it can be connected for the first time, in a nurse's words."""
    company_ids: tuple[int, ...] = ()
    """Makers' numbers in the manufacturer data that such devices advertise; a hint, no proof."""
    objection: Callable[[Mapping[int, bytes]], str] | None = None
    """Why a device advertising this manufacturer data cannot be used, in a nurse's words; '' if it can."""


@dataclass(frozen=True, slots=True)
class DriverOption:
    """A setting of a driver; the ui builds its form from these."""

    name: str
    default: OptionValue
    help: str
    choices: tuple[OptionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command the driver may send; shown in the ui. `on_patient` marks those that act on a person."""

    name: str
    help: str
    on_patient: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the driver was checked against. `level` is 'manual', 'capture' or 'device'.

    `documents` are manuals with pages and other descriptions read, `vectors` published frames that the tests
    decode, `captures` recordings of real devices that the tests decode, `gaps` what is left out or unsure.
    """

    level: str
    gaps: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()
    captures: tuple[str, ...] = ()


Options = Mapping[str, OptionValue]


@dataclass(frozen=True, slots=True)
class DriverSpec:
    """All that the rest of the program knows of one driver."""

    id: str
    label: str
    vendor: str
    link: SerialLink | BleLink
    metrics: tuple[Metric, ...]
    protocol: Callable[[Options], WireProtocol] | Callable[[Options], GattProtocol]
    evidence: Evidence
    options: tuple[DriverOption, ...] = ()
    commands: tuple[CommandSpec, ...] = ()
    usb_ids: tuple[tuple[int, int], ...] = ()
    api_version: int = 1

    @property
    def transport(self) -> str:
        """'serial' or 'ble'."""
        return "serial" if isinstance(self.link, SerialLink) else "ble"

    @property
    def beta(self) -> bool:
        """True until a real device has confirmed the driver."""
        return self.evidence.level != "device"
