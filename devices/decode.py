"""Captured bytes to plain values that can be written as JSON: what `kapmonitor decode` prints.

In bare bytes, a device is listened to without being asked anything; times count from the first byte and
follow from its place in the stream alone. In a capture file (devices.capture), the driver goes through the
same connections as when it was recorded, at the recorded times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from devices.capture import Entry
from devices.capture import full_uuid as full_uuid
from devices.framing import HEAD_BYTES, Lines
from devices.protocol import DriverSpec, GattProtocol, Options, SerialLink, WireProtocol
from devices.replay import replay
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    CuffChanged,
    CuffFailed,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Direction,
    Fault,
    FaultKind,
    LinkChanged,
    LinkProblem,
    Metric,
    Observation,
    WaveformBlock,
    WireChunk,
)

Line = dict[str, object]

BITS_PER_BYTE = 10
"""On a serial line: start bit, eight data bits, stop bit."""


def decode(
    spec: DriverSpec,
    chunks: Iterable[bytes],
    rate_hz: float | None = None,
    options: Options | None = None,
) -> Iterator[Line]:
    """What the driver makes of a capture, one dict for each thing, the last one counting them.

    `rate_hz` is bytes per second for serial drivers (default: the line's speed) and lines per second for
    Bluetooth drivers, whose captures are text lines `UUID hex` (default 1).
    """
    given = dict(options) if options is not None else {o.name: o.default for o in spec.options}
    protocol = spec.protocol(given)
    if isinstance(protocol, WireProtocol):
        rate = rate_hz or (spec.link.baud / BITS_PER_BYTE if isinstance(spec.link, SerialLink) else 1.0)
        heard = _serial(protocol, chunks, rate)
    else:
        heard = _ble(protocol, chunks, rate_hz or 1.0)
    tally = _Tally()
    for event in heard:
        yield from tally.lines(event)
    yield from tally.end()


def decode_capture(
    spec: DriverSpec, entries: Iterable[Entry], options: Options | None = None
) -> Iterator[Line]:
    """What the driver makes of the entries of a capture file, as decode() tells it, and the link's states."""
    protocol = spec.protocol(options if options is not None else {o.name: o.default for o in spec.options})
    tally = _Tally()
    for item in replay(protocol, entries):
        match item:
            case WireChunk(direction=Direction.IN, data=data):
                tally.bytes += len(data)
            case WireChunk():
                pass
            case _:
                yield from tally.lines(item)
    yield from tally.end()


def _serial(protocol: WireProtocol, chunks: Iterable[bytes], rate_hz: float) -> Iterator[DeviceEvent | int]:
    """Events, and after each chunk the number of its bytes."""
    protocol.opened(0)
    count, t_ns, ns = 0, 0, 1e9 / rate_hz
    receive = protocol.receive
    for chunk in chunks:
        for place in range(len(chunk)):
            count += 1
            t_ns = int(count * ns)
            if events := receive(chunk[place : place + 1], t_ns):
                yield from events
        yield len(chunk)
    yield from protocol.closed(t_ns)


def _ble(protocol: GattProtocol, chunks: Iterable[bytes], rate_hz: float) -> Iterator[DeviceEvent | int]:
    protocol.opened(0)
    lines, count, t_ns = Lines(), 0, 0
    for last, chunk in _with_end(chunks):
        items = lines.finish(t_ns) if last else lines.feed(chunk, t_ns)
        for item in items:
            if isinstance(item, bytes) and not item.strip():
                continue
            count += 1
            t_ns = int(count * 1e9 / rate_hz)
            yield from _ble_line(protocol, item, t_ns)
        yield len(chunk)
    yield from protocol.closed(t_ns)


def _with_end(chunks: Iterable[bytes]) -> Iterator[tuple[bool, bytes]]:
    for chunk in chunks:
        yield False, chunk
    yield True, b""


def _ble_line(protocol: GattProtocol, item: bytes | Fault, t_ns: int) -> list[DeviceEvent]:
    if isinstance(item, Fault):
        return [Fault(item.kind, t_ns, item.size, item.head)]
    parsed = parse_ble_line(item)
    if parsed is None:
        return [Fault(FaultKind.CONTENT, t_ns, len(item), item[:HEAD_BYTES].hex())]
    uuid, data = parsed
    return protocol.receive(uuid, data, t_ns)


def parse_ble_line(line: bytes) -> tuple[str, bytes] | None:
    """The 128-bit UUID and the bytes of a line `UUID hex`, or None if it is no such line.

    The UUID may be 16, 32 or 128 bits; the hex may have spaces.
    """
    words = line.decode("ascii", "replace").split()
    if not words:
        return None
    uuid = full_uuid(words[0])
    try:
        data = bytes.fromhex("".join(words[1:]))
    except ValueError:
        return None
    return None if uuid is None else (uuid, data)


def _wave_line(metric: Metric, t_ns: int, samples: list[int]) -> Line:
    whole = metric.resolution.is_integer() and metric.offset.is_integer()
    number: Callable[[float], float] = int if whole else partial(round, ndigits=6)
    values = [None if s == NO_SAMPLE else number(s * metric.resolution + metric.offset) for s in samples]
    return {"t_ns": t_ns, "kind": "wave", "metric": metric.ref, "fs": metric.fs, "samples": values}


def event_line(event: DeviceEvent) -> Line:
    """One event as a JSON-able dict."""
    match event:
        case Observation():
            return _numeric_line(event)
        case WaveformBlock():
            return _wave_line(event.metric, event.t_ns, event.samples.tolist())
        case DeviceAlert(kind, present, t_ns, detail):
            line: Line = {"t_ns": t_ns, "kind": "alert", "alert": kind.value, "present": present}
            return {**line, "detail": detail} if detail else line
        case CuffChanged(state, t_ns):
            return {"t_ns": t_ns, "kind": "cuff", "state": state.value}
        case CuffFailed(failure, raw, t_ns):
            return {"t_ns": t_ns, "kind": "cuff-failed", "failure": failure.value, "raw": raw}
        case DeviceIdentified(t_ns, manufacturer, model, serial, firmware):
            return {
                "t_ns": t_ns,
                "kind": "identity",
                "manufacturer": manufacturer,
                "model": model,
                "serial": serial,
                "firmware": firmware,
            }
        case Fault(kind, t_ns, size, head):
            return {"t_ns": t_ns, "kind": "fault", "fault": kind.value, "size": size, "head": head}


def _link_line(change: LinkChanged) -> Line:
    line: Line = {"t_ns": change.t_ns, "kind": "link", "state": change.state.value}
    return line if change.problem is LinkProblem.NONE else {**line, "problem": change.problem.value}


def _numeric_line(event: Observation) -> Line:
    reading = event.reading
    line: Line = {
        "t_ns": event.t_ns,
        "kind": "numeric",
        "metric": event.metric.ref,
        "value": None if isinstance(reading, Absent) else reading.value,
        "unit": event.metric.unit,
        "validity": reading.validity.value,
    }
    if isinstance(reading, Absent):
        line["raw"] = reading.raw
    if event.device_time is not None:
        line["device_time"] = event.device_time
    if event.stored:
        line["stored"] = True
    return line


@dataclass(slots=True)
class _Tally:
    """Joins waveform blocks into lines of a second, and counts."""

    waves: dict[str, tuple[Metric, int, list[int]]] = field(default_factory=dict)
    observations: int = 0
    samples: int = 0
    faults: int = 0
    fault_bytes: int = 0
    bytes: int = 0

    def lines(self, event: DeviceEvent | LinkChanged | int) -> Iterator[Line]:
        match event:
            case int():
                self.bytes += event
            case WaveformBlock():
                yield from self._wave(event)
            case LinkChanged():
                yield from self._flush()
                yield _link_line(event)
            case Fault():
                # What lies on the two sides of a fault may not follow on each other.
                yield from self._flush()
                self.faults += 1
                self.fault_bytes += event.size
                yield event_line(event)
            case _:
                self.observations += isinstance(event, Observation)
                yield event_line(event)

    def end(self) -> Iterator[Line]:
        yield from self._flush()
        yield {
            "kind": "end",
            "observations": self.observations,
            "samples": self.samples,
            "faults": self.faults,
            "fault_bytes": self.fault_bytes,
            "bytes": self.bytes,
        }

    def _wave(self, block: WaveformBlock) -> Iterator[Line]:
        metric = block.metric
        before = self.waves.get(metric.ref)
        if before is not None and before[0] != metric:
            yield _wave_line(*self.waves.pop(metric.ref))
            before = None
        samples = [*(before[2] if before is not None else ()), *block.samples.tolist()]
        self.samples += len(block.samples)
        second = max(1, round(metric.fs or 1))
        while len(samples) >= second:
            yield _wave_line(metric, block.t_ns, samples[:second])
            samples = samples[second:]
        if samples:
            self.waves[metric.ref] = (metric, block.t_ns, samples)
        else:
            self.waves.pop(metric.ref, None)

    def _flush(self) -> Iterator[Line]:
        for wave in self.waves.values():
            yield _wave_line(*wave)
        self.waves.clear()
