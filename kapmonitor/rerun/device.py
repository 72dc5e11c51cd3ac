"""One device of a record: its bytes through today's driver, and what was made of them then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Final

from devices.address import driver_options, parse_device
from devices.protocol import DriverSpec, GattProtocol, WireProtocol
from devices.registry import Registry
from devices.replay import ENDS, NEAR_NS, Replayed, replay
from kapmonitor.devicebook import DeviceBook
from kapmonitor.errors import AddressError, DriverLoadError, KapError
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    LinkChanged,
    LinkState,
    Measured,
    Observation,
    Validity,
    WaveformBlock,
    WireChunk,
)
from kapmonitor.plausible import gate
from kapmonitor.record.cut import Entry, WireDevice, entries
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.record.past import UNSAVED_NS, Past, Tell, unsaved_of
from kapmonitor.record.reader import ALWAYS, RecordReader
from kapmonitor.rerun.compare import Comparison, Item, Outcome, Verdict
from kapmonitor.rerun.waves import WaveCheck, together
from kapmonitor.session.events import AlertEvent, CuffEvent, DeviceIdentity, SessionEvent

SPAN_NS: Final = 60_000_000_000
SLACK_NS: Final = 10_000_000_000
PLACED_NS: Final = 500_000_000
"""A wave's samples are placed no further than this before the time at which they arrive."""
"""Numbers of one time are read and decoded no further apart than this."""
RAW: Final = "raw"


def rerun_device(
    reader: RecordReader, past: Past, device: WireDevice, registry: Registry, tell: Tell
) -> tuple[Outcome, ...]:
    """Numbers, each wave, and what the device said of itself; or one outcome that says why not."""
    nothing = _nothing(reader, past, device)
    if nothing is not None:
        return (nothing,)
    try:
        protocol = _protocol(registry.get(device.driver), device)
    except DriverLoadError as why:
        return (Outcome("bytes", Verdict.NOT_DONE, why=f"this program cannot decode them: {why}"),)
    except AddressError as why:
        said = f"this version does not understand its address: {why.reason}"
        return (Outcome("bytes", Verdict.NOT_DONE, why=said),)
    return _Rerun(reader, past, device, tell).run(protocol)


def _nothing(reader: RecordReader, past: Past, device: WireDevice) -> Outcome | None:
    """Why there is nothing to decode, None if there is something."""
    if not device.received + device.sent:
        kept = any(channel.device == device.id for channel in reader.channels().values())
        why = "no bytes of it were kept, only what was made of them" if kept else "nothing ever came from it"
    elif device.driver == RAW:
        why = f"{device.received} bytes that were recorded without a driver"
    else:
        return None
    return Outcome("bytes", Verdict.NOTHING, why=why)


def _protocol(spec: DriverSpec, device: WireDevice) -> WireProtocol | GattProtocol:
    address = parse_device(device.address)
    known = {option.name for option in spec.options}
    given = tuple((key, value) for key, value in address.options if key in known)
    return spec.protocol(driver_options(replace(address, options=given), spec.options))


class _Rerun:
    """One device on its way through its record."""

    def __init__(self, reader: RecordReader, past: Past, device: WireDevice, tell: Tell) -> None:
        self._reader = reader
        self._past = past
        self._device = device
        self._tell = tell
        self._channels = {n: c for n, c in reader.channels().items() if c.device == device.id}
        self._numbers = Comparison("numbers", NEAR_NS)
        self._said = Comparison("alerts, cuff and identity", NEAR_NS)
        self._book = DeviceBook(self._emitted)
        self._carried = True
        self._read_ns = ALWAYS[0]
        self._at_end = False
        self._ended: LinkChanged | None = None
        self._unsaved = tuple(unsaved_of(past))
        self._waves: dict[str, tuple[WaveCheck, ...]] = {}
        for channel in self._channels.values():
            if channel.fs > 0:
                self._wave(channel.ref)

    def run(self, protocol: WireProtocol | GattProtocol) -> tuple[Outcome, ...]:
        """Through all of it."""
        self._recall()
        if not self._past.limits:
            return (self._count_only(protocol),)
        try:
            for item in replay(protocol, self._entries()):
                self._take(item)
        except KapError:
            raise
        except Exception as error:  # noqa: BLE001 a driver may be anybody's; its bug is what is looked for
            said = f"{type(error).__name__}: {error}"
            return (Outcome("bytes", Verdict.NOT_DONE, why=f"the driver failed: {said}"),)
        return self._outcomes()

    def _entries(self) -> Iterator[Entry]:
        whole_ns = max(1, self._past.end_ns - self._past.start_ns)
        life, last_ns = 0, self._past.start_ns
        for entry in entries(self._reader, self._device.id):
            if self._arrived_in(entry.t_ns) > life:
                life = self._arrived_in(entry.t_ns)
                # The driver ended with the program; what it would have said at that is on no record.
                yield LinkChanged(LinkState.OFF, max(last_ns, self._unsaved[life - 1][0]))
            last_ns = entry.t_ns
            self._tell(min(1.0, max(0.0, (entry.t_ns - self._past.start_ns) / whole_ns)))
            if entry.t_ns > self._read_ns + SPAN_NS + SLACK_NS:
                self._settle(entry.t_ns - SLACK_NS)
            yield entry
        self._at_end = True

    def _take(self, item: Replayed) -> None:
        match item:
            case WireChunk():
                self._carried = False
                self._link()
            case LinkChanged():
                self._link()
                self._ended = item
                if item.state not in ENDS:
                    self._link()
            case _ if not self._at_end:  # what a driver says after that, the session no longer heard
                self._heard(item)
            case _:
                pass

    def _heard(self, item: DeviceEvent) -> None:
        device = self._device.id
        match item:
            case Observation():
                self._numbers.now(_number(item))
            case WaveformBlock():
                self._wave(item.metric.ref)[self._arrived_in(item.t_ns)].now(item.samples, item.t_ns)
            case DeviceAlert():
                self._book.alerted(device, item)
            case CuffChanged() | CuffFailed():
                self._book.cuffed(device, item)
            case DeviceIdentified():
                self._book.identified(device, item)
            case Fault():
                pass

    def _link(self) -> None:
        """A link's end is known only after what the driver said at it."""
        change, self._ended = self._ended, None
        if change is not None:
            self._book.linked(self._device.id, change)

    def _recall(self) -> None:
        """What the device said, and what was known of it before the first of its bytes were kept."""
        first_ns = next(
            (e.t_ns for e in entries(self._reader, self._device.id) if isinstance(e, WireChunk)), 0
        )
        for row in self._reader.events():
            event, t_ns = row.stamped.event, row.stamped.t_ns
            if (
                not isinstance(event, AlertEvent | CuffEvent | DeviceIdentity)
                or event.device != self._device.id
            ):
                continue
            if t_ns >= first_ns:
                self._said.then(_told(event, t_ns))
            elif isinstance(event, AlertEvent):
                self._book.alerted(event.device, DeviceAlert(AlertKind(event.kind), event.present, t_ns))

    def _emitted(self, event: SessionEvent, t_ns: int) -> None:
        if isinstance(event, AlertEvent | CuffEvent | DeviceIdentity) and not self._carried:
            self._said.now(_told(event, t_ns))

    def _wave(self, ref: str) -> tuple[WaveCheck, ...]:
        """The checks of a wave, one for each life of the program."""
        if ref not in self._waves:
            lives = range(self._life(self._past.end_ns) + 1)
            self._waves[ref] = tuple(WaveCheck(ref, self._recorded_wave(ref, life)) for life in lives)
        return self._waves[ref]

    def _recorded_wave(self, ref: str, life: int) -> Iterator[WaveSlice]:
        numbers = [n for n, channel in self._channels.items() if channel.ref == ref and channel.fs > 0]
        slices = chain.from_iterable(self._reader.waves(number) for number in numbers)
        return (piece for piece in slices if self._life(piece.t0_ns) == life)

    def _life(self, t_ns: int) -> int:
        """Which life of the program a time is in: waves are placed a little before they arrive."""
        ends = ((from_ns + UNSAVED_NS, to_ns) for from_ns, to_ns in self._unsaved if to_ns < ALWAYS[1])
        # A program that is back sooner than that placed nothing before the end of the life before.
        return sum(t_ns >= max(end_ns, to_ns - PLACED_NS) for end_ns, to_ns in ends)

    def _arrived_in(self, t_ns: int) -> int:
        """Which life something arrived in."""
        return sum(t_ns >= to_ns for _, to_ns in self._unsaved)

    def _settle(self, until_ns: int) -> None:
        """Read what was recorded until then and give up what has found no counterpart for a while."""
        for row in self._reader.numerics(self._read_ns, until_ns):
            channel = self._channels.get(row.channel)
            if channel is not None:
                self._numbers.then(_recorded(row, channel.ref))
        self._read_ns = until_ns
        last = until_ns >= ALWAYS[1]
        self._numbers.settle(until_ns if last else until_ns - SLACK_NS, self._unsaved)
        if last:
            self._said.settle(until_ns, self._unsaved)

    def _outcomes(self) -> tuple[Outcome, ...]:
        self._settle(ALWAYS[1])
        rates = {channel.ref: channel.fs for channel in self._channels.values()}
        waves = [
            together(ref, [check.end(self._unsaved_samples(rates, ref, n)) for n, check in enumerate(checks)])
            for ref, checks in self._waves.items()
        ]
        return self._numbers.outcome(), *waves, self._said.outcome()

    def _unsaved_samples(self, rates: Mapping[str, float], ref: str, life: int) -> int:
        """So many of the last samples of a life may not have been on disk."""
        return int(rates.get(ref, 0.0) * UNSAVED_NS / 1e9) if life < len(self._unsaved) else 0

    def _count_only(self, protocol: WireProtocol | GattProtocol) -> Outcome:
        """Of a record of bytes alone: what they mean now."""
        numbers = samples = faults = 0
        for item in replay(protocol, self._entries()):
            numbers += isinstance(item, Observation)
            samples += len(item.samples) if isinstance(item, WaveformBlock) else 0
            faults += isinstance(item, Fault)
        why = f"bytes only; they give {numbers} numbers, {samples} samples and {faults} faults now"
        return Outcome("bytes", Verdict.NOTHING, why=why)


def _number(observation: Observation) -> Item:
    gated = gate(observation)
    reading = gated.reading
    value = float(reading.value) if isinstance(reading, Measured) else None
    raw = reading.raw if isinstance(reading, Absent) else None
    return _item(gated.t_ns, gated.metric.ref, value, reading.validity, raw, gated.device_time, gated.stored)


def _recorded(row: NumericRow, ref: str) -> Item:
    return _item(row.t_ns, ref, row.value, row.validity, row.raw, row.device_time, row.stored)


def _item(
    t_ns: int,
    ref: str,
    value: float | None,
    validity: Validity,
    raw: float | None,
    device_time: str | None,
    stored: bool,
) -> Item:
    parts = ["no value" if value is None else repr(value), validity.value]
    parts += [] if raw is None else [f"said {float(raw)!r}"]
    parts += [] if device_time is None else [f"at {device_time}"]
    parts += ["from its memory"] if stored else []
    return Item(t_ns, ref, ", ".join(parts))


def _told(event: AlertEvent | CuffEvent | DeviceIdentity, t_ns: int) -> Item:
    match event:
        case AlertEvent(_, kind, present, detail):
            return Item(t_ns, f"alert {kind}", f"{'on' if present else 'off'} {detail}".strip())
        case CuffEvent(_, state, failure, raw):
            return Item(t_ns, "cuff", f"{state} {failure} {raw or ''}".strip())
        case DeviceIdentity(_, manufacturer, model, serial, firmware):
            return Item(t_ns, "identity", f"{manufacturer}, {model}, {serial}, {firmware}")
