"""What the checks of the kit share: samples, the error, and what counts as a value."""

from __future__ import annotations

import gc
import math
import tracemalloc
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module

from devices.decode import event_line
from devices.protocol import DriverSpec, GattProtocol, Options, OptionValue, WireProtocol
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    DeviceEvent,
    Fault,
    Measured,
    Metric,
    Observation,
    Validity,
    WaveformBlock,
)

MOST_HELD_BYTES = 200_000
"""What a protocol may still hold after any input; a second of the fastest line is 12 kB."""

# Drivers load it with their first wave; what it takes is not what a driver holds.
import_module("numpy")

HEAD_DIGITS = 64
WITH_NUMBER = {Validity.VALID, Validity.VALIDATED, Validity.ONGOING, Validity.QUESTIONABLE}


class ConformanceError(AssertionError):
    """A driver breaks a rule of devices.protocol."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Well-formed bytes of a device. `checked` is False where its format has no checksum to find noise by."""

    name: str
    data: bytes
    checked: bool = True
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Talk:
    """What a device said, (ns since opening, bytes), while the driver asked.

    The driver is deterministic, so at the same times it asks the same again. At `cuffs_ns` a cuff is started.
    """

    name: str
    heard: tuple[tuple[int, bytes], ...]
    checked: bool = True
    options: Options = field(default_factory=dict)
    cuffs_ns: tuple[int, ...] = ()

    @property
    def data(self) -> bytes:
        """All that was said."""
        return b"".join(data for _, data in self.heard)


@dataclass(frozen=True, slots=True)
class GattSample:
    """Well-formed notifications and read results of a device, (UUID, payload) in order.

    `times_ns` are their times since connecting, a second apart if it is empty. `pieces` is True where
    payloads are pieces of longer frames with a check of their own: the radio never cuts a payload, and the
    check of a frame put together from a cut one may be right by chance. `checked` is False where they are
    pieces of a stream in which a missing one cannot be noticed.
    """

    name: str
    messages: tuple[tuple[str, bytes], ...]
    times_ns: tuple[int, ...] = ()
    options: Options = field(default_factory=dict)
    pieces: bool = False
    checked: bool = True

    @property
    def heard(self) -> tuple[tuple[int, str, bytes], ...]:
        """Messages with their times."""
        times = self.times_ns or tuple(1_000_000_000 * (n + 1) for n in range(len(self.messages)))
        return tuple((t, uuid, data) for t, (uuid, data) in zip(times, self.messages, strict=True))


@contextmanager
def counting_held() -> Iterator[Callable[[], int]]:
    """Counts bytes held of what is made from now on, without what only waits to be used again."""
    # What was there before need not be looked through at each count.
    gc.freeze()
    tracemalloc.start()
    try:
        before = _held_now()
        yield lambda: _held_now() - before
    finally:
        tracemalloc.stop()
        gc.unfreeze()


def _held_now() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def demand(holds: object, spec: DriverSpec, rule: str) -> None:
    """ConformanceError with the rule if it does not hold."""
    if not holds:
        raise ConformanceError(f"{spec.id}: {rule}")


def defaults(spec: DriverSpec) -> dict[str, OptionValue]:
    """The driver's options as they are when nobody changes them."""
    return {option.name: option.default for option in spec.options}


def make(spec: DriverSpec, options: Options | None = None) -> WireProtocol | GattProtocol:
    """A protocol of the driver with its default options, but for those given."""
    return spec.protocol({**defaults(spec), **(options or {})})


def wire(spec: DriverSpec, options: Options | None = None) -> WireProtocol:
    """The same for a serial driver."""
    protocol = make(spec, options)
    if not isinstance(protocol, WireProtocol):
        raise ConformanceError(f"{spec.id}: has no WireProtocol")
    return protocol


def gatt(spec: DriverSpec, options: Options | None = None) -> GattProtocol:
    """The same for a Bluetooth driver."""
    protocol = make(spec, options)
    # Whatever has the methods of a WireProtocol has those of a GattProtocol too.
    if isinstance(protocol, WireProtocol):
        raise ConformanceError(f"{spec.id}: has no GattProtocol")
    return protocol


def lines(events: Iterable[DeviceEvent]) -> list[dict[str, object]]:
    """Events as plain values that can be compared."""
    return [event_line(event) for event in events]


def shifted(events: Iterable[DeviceEvent], by_ns: int) -> list[dict[str, object]]:
    """The same as if they had been earlier by so much."""
    return [{**event_line(event), "t_ns": event.t_ns - by_ns} for event in events]


def unstored(lines: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Those that are no readings from before the connection."""
    return [line for line in lines if not line.get("stored")]


def values(events: Iterable[DeviceEvent]) -> set[tuple[str, float]]:
    """Every number somebody could take for a vital sign."""
    found: set[tuple[str, float]] = set()
    for event in events:
        if isinstance(event, Observation) and not isinstance(event.reading, Absent):
            found.add((event.metric.ref, event.reading.value))
        elif isinstance(event, WaveformBlock):
            metric, words = event.metric, set(event.samples.tolist()) - {NO_SAMPLE}
            found.update((metric.ref, word * metric.resolution + metric.offset) for word in words)
    return found


def check_events(spec: DriverSpec, events: Iterable[DeviceEvent], end_ns: int) -> None:
    """Events are well-formed, not later than `end_ns`, and of metrics that the driver declares."""
    declared = {_kind(metric) for metric in spec.metrics}
    for event in events:
        demand(0 <= event.t_ns <= end_ns, spec, f"the time of {event} is not that of its bytes")
        if isinstance(event, Observation | WaveformBlock):
            demand(_kind(event.metric) in declared, spec, f"{event.metric} is not in the driver's metrics")
        demand(_well_formed(event), spec, f"not a proper event: {event}")


def _kind(metric: Metric) -> tuple[object, ...]:
    """What must have been declared; a wave's resolution may be the device's to tell."""
    return metric.ref, metric.unit, metric.fs


def _well_formed(event: DeviceEvent) -> bool:
    match event:
        case Observation(_, _, Absent() as reading):
            return reading.validity not in WITH_NUMBER
        case Observation(_, _, Measured() as reading):
            return math.isfinite(reading.value) and reading.validity in WITH_NUMBER
        case WaveformBlock():
            shape = event.samples.ndim == 1 and len(event.samples) > 0
            return shape and event.samples.dtype.name == "int16" and event.metric.fs is not None
        case Fault():
            return event.size >= 0 and len(event.head) <= HEAD_DIGITS
        case _:
            return True


def merged(lines: Iterable[Mapping[str, object]], ends: Sequence[int]) -> list[dict[str, object]]:
    """Lines with their times moved to the first of `ends`, sorted, that is not before them."""
    return [{**line, "t_ns": _end(line["t_ns"], ends)} for line in lines]


def _end(t_ns: object, ends: Sequence[int]) -> object:
    place = bisect_left(ends, t_ns) if isinstance(t_ns, int) else len(ends)
    return ends[place] if place < len(ends) else t_ns


def fits(line: Mapping[str, object], expected: Mapping[str, object]) -> bool:
    """Whether a line has all that is expected of it; numbers may differ in their last digits."""
    return all(key in line and same(line[key], value) for key, value in expected.items())


def same(got: object, wanted: object) -> bool:
    """Equality of plain values, lists included."""
    if isinstance(got, list) and isinstance(wanted, list):
        return len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(got, bool) or isinstance(wanted, bool):
        return got is wanted
    if isinstance(got, int | float) and isinstance(wanted, int | float):
        return math.isclose(got, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return got == wanted
