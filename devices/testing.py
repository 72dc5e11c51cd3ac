"""The conformance kit: what every driver must hold, for the authors of drivers to run in their own tests.

    from devices.testing import Sample, check_driver
    check_driver(DRIVER, [Sample("three frames", bytes.fromhex("..."))])

A sample is a stretch of well-formed traffic of the device, best a few seconds of it, and what the kit may
expect of it. ConformanceError names the rule that was broken. Nothing here needs pytest.
"""

from __future__ import annotations

import random
import re
import tracemalloc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from devices.decode import event_line
from devices.protocol import CuffControl, DriverSpec, GattProtocol, SerialLink, WireProtocol
from kapmonitor.model import Absent, DeviceEvent, Fault, Observation, WaveformBlock

GARBAGE_BYTES = 100_000
MOST_RETAINED_BYTES = 200_000
"""What a protocol may still hold after any input; a second of the fastest line is 12 kB."""

FIRST_TIME_NS = 1_000
EVIDENCE = ("manual", "capture", "device")


class ConformanceError(AssertionError):
    """A driver breaks a rule of devices.protocol."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Well-formed bytes of a device. `checked` is False where its format has no checksum to find noise by."""

    name: str
    data: bytes
    checked: bool = True


@dataclass(frozen=True, slots=True)
class GattSample:
    """Well-formed notifications of a device, (UUID, payload) in order."""

    name: str
    messages: tuple[tuple[str, bytes], ...]


def check_driver(
    spec: DriverSpec,
    samples: Sequence[Sample | GattSample] = (),
    seed: int = 0,
    garbage_bytes: int = GARBAGE_BYTES,
) -> None:
    """Run every check that applies to this driver; ConformanceError if one fails."""
    check_spec(spec)
    protocol = spec.protocol(defaults(spec))
    if isinstance(protocol, WireProtocol):
        for sample in samples:
            if isinstance(sample, Sample):
                check_cuts(spec, sample, seed)
                check_noise(spec, sample, seed)
                check_truncation(spec, sample)
                check_reopening(spec, sample)
        check_garbage(spec, seed, garbage_bytes)
        check_deadlines(spec)
    else:
        check_gatt_garbage(spec, seed)
        for sample in samples:
            if isinstance(sample, GattSample):
                check_gatt_sample(spec, sample)


def defaults(spec: DriverSpec) -> dict[str, str | int | float | bool]:
    """The driver's options as they are when nobody changes them."""
    return {option.name: option.default for option in spec.options}


def check_spec(spec: DriverSpec) -> None:
    """What is said of the driver is complete and of the right form."""
    _demand(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", spec.id), spec, "id: small letters, digits, hyphens")
    _demand(spec.label and spec.vendor, spec, "label and vendor are missing")
    _demand(spec.metrics, spec, "no metrics")
    _demand(spec.evidence.level in EVIDENCE and spec.evidence.sources, spec, f"evidence: one of {EVIDENCE}")
    names = [option.name for option in spec.options]
    _demand(len(set(names)) == len(names), spec, "two options have one name")
    for option in spec.options:
        fits = not option.choices or option.default in option.choices
        _demand(fits, spec, f"option {option.name}: the default is none of the choices")
    protocol = spec.protocol(defaults(spec))
    # Whatever has the methods of a WireProtocol has those of a GattProtocol too.
    right = isinstance(protocol, WireProtocol) == isinstance(spec.link, SerialLink)
    _demand(right and isinstance(protocol, GattProtocol), spec, "the protocol does not fit the link")
    if isinstance(protocol, CuffControl):
        named = any(command.on_patient for command in spec.commands)
        _demand(named, spec, "a driver that starts a cuff lists its commands that act on a person")


# Serial drivers


def run(
    spec: DriverSpec, pieces: Iterable[bytes], times_ns: Iterable[int] | None = None
) -> list[DeviceEvent]:
    """Events of opening, feeding `pieces` and closing; deadlines are not kept, nothing is sent.

    Each piece has its time, by default the number of bytes up to its end.
    """
    protocol = _serial(spec)
    protocol.opened(0)
    events: list[DeviceEvent] = []
    count = 0
    given = iter(times_ns) if times_ns is not None else None
    t_ns = 0
    for piece in pieces:
        count += len(piece)
        t_ns = next(given) if given is not None else count
        events += protocol.receive(piece, t_ns)
    return events + protocol.closed(t_ns)


def check_cuts(spec: DriverSpec, sample: Sample, seed: int = 0) -> None:
    """Events are the same however bytes are cut, and each has the time of the piece with its last byte."""
    data = sample.data
    single = _lines(run(spec, _bytes_of(data)))
    _demand(single, spec, f"sample {sample.name}: nothing comes of it")
    for cut in _cuts(len(data), seed):
        pieces = [data[a:b] for a, b in zip((0, *cut), (*cut, len(data)), strict=True)]
        ends = [*cut, len(data)]
        expected = [_at(line, ends) for line in single]
        got = _lines(run(spec, pieces))
        _demand(got == expected, spec, f"sample {sample.name}: other events when cut at {cut[:20]}")


def check_noise(spec: DriverSpec, sample: Sample, seed: int = 0) -> None:
    """Noise before, in and after a sample brings no value that is not in the sample, and no exception."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    clean = _values(run(spec, [sample.data]))
    for size in (1, 2, 3, 5, 17, 100):
        noise, place = rng.randbytes(size), rng.randrange(len(sample.data) + 1)
        for data in (
            noise + sample.data,
            sample.data[:place] + noise + sample.data[place:],
            sample.data + noise,
        ):
            values = _values(run(spec, [data]))
            wrong = values - clean
            _demand(not sample.checked or not wrong, spec, f"sample {sample.name}: noise became {wrong}")


def check_truncation(spec: DriverSpec, sample: Sample) -> None:
    """A stream may end anywhere; what is left is no new value."""
    clean = _values(run(spec, [sample.data]))
    step = max(1, len(sample.data) // 60)
    for end in range(0, len(sample.data), step):
        wrong = _values(run(spec, [sample.data[:end]])) - clean
        _demand(not sample.checked or not wrong, spec, f"sample {sample.name} cut at {end}: {wrong}")


def check_reopening(spec: DriverSpec, sample: Sample) -> None:
    """After a link was lost in mid-frame, opening again begins anew."""
    protocol = _serial(spec)
    protocol.opened(0)
    protocol.receive(sample.data[: len(sample.data) * 2 // 3], 1)
    protocol.closed(2)
    protocol.opened(0)
    events = protocol.receive(sample.data, len(sample.data))
    events += protocol.closed(len(sample.data))
    _demand(
        _lines(events) == _lines(run(spec, [sample.data])),
        spec,
        f"sample {sample.name}: other events once reopened",
    )


def check_garbage(spec: DriverSpec, seed: int = 0, size: int = GARBAGE_BYTES) -> None:
    """Random and tedious bytes give no value and no exception, and memory stays bounded."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    for name, data in (
        ("random", rng.randbytes(size)),
        ("zeros", bytes(size // 10)),
        ("ones", b"\xff" * (size // 10)),
        ("one byte again and again", bytes([rng.randrange(256)]) * (size // 10)),
        ("text", bytes(rng.choices(range(0x20, 0x7F), k=size // 10))),
    ):
        values = _values(_fed_with_limits(spec, data, name))
        _demand(not values, spec, f"{name} bytes (seed {seed}) became {values}")


def _fed_with_limits(spec: DriverSpec, data: bytes, name: str) -> list[DeviceEvent]:
    protocol = _serial(spec)
    protocol.opened(0)
    protocol.receive(data[:1000], 0)
    kept: list[DeviceEvent] = []
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for place in range(1000, len(data), 997):
            kept += _of_interest(protocol.receive(data[place : place + 997], place))
        retained = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    _demand(retained < MOST_RETAINED_BYTES, spec, f"{name} bytes: {retained} bytes are still held")
    return kept + protocol.closed(len(data))


def _of_interest(events: list[DeviceEvent]) -> list[DeviceEvent]:
    return [event for event in events if not isinstance(event, Fault)]


def check_deadlines(spec: DriverSpec, rounds: int = 500) -> None:
    """With a device that never answers, deadlines move on, and bytes are handed out once."""
    protocol = _serial(spec)
    protocol.opened(FIRST_TIME_NS)
    now_ns = FIRST_TIME_NS
    for number in range(rounds):
        protocol.data_to_send()
        _demand(protocol.data_to_send() == b"", spec, "data_to_send() gives bytes twice")
        deadline_ns = protocol.deadline_ns
        if deadline_ns is None:
            return
        if number == rounds // 2 and isinstance(protocol, CuffControl):
            protocol.start_cuff(now_ns)
        now_ns = max(now_ns, deadline_ns)
        values = _values(protocol.on_deadline(now_ns))
        _demand(not values, spec, f"silence became {values}")
        moved = protocol.deadline_ns is None or protocol.deadline_ns > now_ns
        _demand(moved, spec, "a deadline that was kept is still due")


# Bluetooth drivers


def check_gatt_sample(spec: DriverSpec, sample: GattSample) -> None:
    """A connection gives the same events again after it was closed, and survives payloads of any length."""
    first = _gatt_run(spec, sample.messages)
    _demand(first, spec, f"sample {sample.name}: nothing comes of it")
    clean = _values(first)
    for uuid, payload in sample.messages:
        for size in range(len(payload)):
            _gatt_run(spec, [(uuid, payload[:size])])
        _gatt_run(spec, [(uuid, payload + b"\0")])
    _demand(_values(_gatt_run(spec, sample.messages)) == clean, spec, f"sample {sample.name}: not repeatable")


def check_gatt_garbage(spec: DriverSpec, seed: int = 0, rounds: int = 3_000) -> None:
    """Random payloads on known and unknown characteristics raise nothing and are not hoarded."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    protocol = _gatt(spec)
    uuids = [step.uuid for step in protocol.opened(0)]
    uuids += [f"{rng.randrange(1 << 32):08x}-0000-1000-8000-00805f9b34fb" for _ in range(3)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(rounds):
            protocol.receive(rng.choice(uuids), rng.randbytes(rng.randrange(0, 40)), number)
        retained = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    protocol.closed(rounds)
    _demand(retained < MOST_RETAINED_BYTES, spec, f"random payloads: {retained} bytes are still held")
    stranger = f"{rng.randrange(1 << 32):08x}-1111-2222-3333-444444444444"
    values = _values(_gatt_run(spec, [(stranger, rng.randbytes(20))]))
    _demand(not values, spec, f"an unknown characteristic became {values}")


def _gatt_run(spec: DriverSpec, messages: Iterable[tuple[str, bytes]]) -> list[DeviceEvent]:
    protocol = _gatt(spec)
    protocol.opened(0)
    events: list[DeviceEvent] = []
    t_ns = 0
    for uuid, payload in messages:
        t_ns += 1_000_000_000
        events += protocol.receive(uuid, payload, t_ns)
    return events + protocol.closed(t_ns)


# Helpers


def _demand(holds: object, spec: DriverSpec, rule: str) -> None:
    if not holds:
        raise ConformanceError(f"{spec.id}: {rule}")


def _serial(spec: DriverSpec) -> WireProtocol:
    protocol = spec.protocol(defaults(spec))
    if not isinstance(protocol, WireProtocol):
        raise ConformanceError(f"{spec.id}: has no WireProtocol")
    return protocol


def _gatt(spec: DriverSpec) -> GattProtocol:
    protocol = spec.protocol(defaults(spec))
    if isinstance(protocol, WireProtocol):
        raise ConformanceError(f"{spec.id}: has no GattProtocol")
    return protocol


def _bytes_of(data: bytes) -> list[bytes]:
    return [data[place : place + 1] for place in range(len(data))]


def _cuts(size: int, seed: int) -> list[tuple[int, ...]]:
    """Nowhere, in the middle, everywhere by sevens, and at random places."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    cuts: list[tuple[int, ...]] = [(), (size // 2,), tuple(range(7, size, 7))]
    cuts += [tuple(sorted(rng.sample(range(1, size), min(size - 1, 12)))) for _ in range(8) if size > 1]
    return cuts


def _lines(events: Iterable[DeviceEvent]) -> list[dict[str, object]]:
    return [event_line(event) for event in events]


def _at(line: dict[str, object], ends: Sequence[int]) -> dict[str, object]:
    """The line with its time, a byte count, moved to the end of the piece that holds that byte."""
    t_ns = line["t_ns"]
    return {**line, "t_ns": next((end for end in ends if isinstance(t_ns, int) and end >= t_ns), t_ns)}


def _values(events: Iterable[DeviceEvent]) -> set[tuple[str, float]]:
    """Every number somebody could take for a vital sign."""
    values: set[tuple[str, float]] = set()
    for event in events:
        if isinstance(event, Observation) and not isinstance(event.reading, Absent):
            values.add((event.metric.ref, event.reading.value))
        elif isinstance(event, WaveformBlock):
            line = event_line(event)["samples"]
            values.update((event.metric.ref, float(s)) for s in line if s is not None)  # type: ignore[attr-defined]
    return values
