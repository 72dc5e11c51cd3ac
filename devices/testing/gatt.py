"""The rules for Bluetooth drivers."""

from __future__ import annotations

import random
from collections.abc import Sequence

from devices.protocol import DriverSpec, GattAction
from devices.testing.parts import (
    MOST_HELD_BYTES,
    GattSample,
    check_events,
    counting_held,
    demand,
    gatt,
    lines,
    shifted,
    unstored,
    values,
)
from devices.testing.play import GattPlayer

S_NS = 1_000_000_000
LONGEST = 244
"""Bytes of the longest notification that a usual link carries."""
NOISES = 60

RARE = 64
"""One in so many cut pieces may pass: an 8-bit check lets one in 256 through by chance."""

Message = tuple[int, str, bytes]
Values = set[tuple[str, float]]


def play(spec: DriverSpec, sample: GattSample, messages: Sequence[Message], after_ns: int = 0) -> GattPlayer:
    """The driver after it was connected, told the messages at their times, waited, and was disconnected."""
    player = GattPlayer(gatt(spec, sample.options))
    for t_ns, uuid, data in messages:
        player.hear(uuid, data, t_ns)
    player.wait(player.now_ns + after_ns)
    player.close()
    return player


def check_gatt_sample(spec: DriverSpec, sample: GattSample, seed: int = 0) -> None:
    """Payloads of any length, missing and doubled ones give no value that is not in the sample."""
    whole = play(spec, sample, sample.heard)
    clean = values(play(spec, sample, sample.heard, 10 * S_NS).events)
    demand(values(whole.events), spec, f"sample {sample.name}: nothing comes of it")
    check_events(spec, whole.events, whole.now_ns)
    _check_reopening(spec, sample)
    _check_lengths(spec, sample, clean)
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    for _ in range(NOISES):
        noisy = [*sample.heard]
        place = rng.randrange(len(noisy))
        t_ns, uuid, _ = noisy[place]
        noisy.insert(place, (t_ns, uuid, rng.randbytes(rng.randrange(LONGEST))))
        play(spec, sample, noisy)


def _check_lengths(spec: DriverSpec, sample: GattSample, clean: Values) -> None:
    """Each payload cut at each of its lengths, with a byte too many, left out, and sent twice."""
    heard, cuts, passed = list(sample.heard), 0, 0
    for place in _distinct(heard):
        t_ns, uuid, data = heard[place]
        for other in ([], [heard[place]] * 2):
            wrong = _instead(spec, sample, place, other) - clean
            lost = f"sample {sample.name}: {uuid} {data.hex()} left out or doubled: {wrong}"
            demand(not wrong or not sample.checked, spec, lost)
        for size in range(len(data)):
            wrong = _instead(spec, sample, place, [(t_ns, uuid, data[:size])]) - clean
            cuts, passed = cuts + 1, passed + bool(wrong)
            cut = f"sample {sample.name}: {uuid} {data.hex()} cut at {size} became {wrong}"
            demand(not wrong or sample.pieces or not sample.checked, spec, cut)
        _instead(spec, sample, place, [(t_ns, uuid, data + b"\0")])
    rare = passed * RARE <= cuts or not sample.checked
    demand(rare, spec, f"sample {sample.name}: {passed} of {cuts} cut pieces became values")


def _distinct(heard: Sequence[Message]) -> list[int]:
    """Places of messages that differ in where they come from, their length or their first byte."""
    kinds = {(uuid, len(data), data[:1]): place for place, (_, uuid, data) in reversed([*enumerate(heard)])}
    return sorted(kinds.values())


def _instead(spec: DriverSpec, sample: GattSample, place: int, other: Sequence[Message]) -> Values:
    """Values of the sample with other messages in place of one."""
    messages = [*sample.heard[:place], *other, *sample.heard[place + 1 :]]
    return values(play(spec, sample, messages, 10 * S_NS).events)


def _check_reopening(spec: DriverSpec, sample: GattSample) -> None:
    fresh = lines(play(spec, sample, sample.heard).events)
    protocol = gatt(spec, sample.options)
    lost = GattPlayer(protocol)
    for t_ns, uuid, data in sample.heard[: len(sample.heard) // 2]:
        lost.hear(uuid, data, t_ns)
    lost.close()
    shift_ns = lost.now_ns + S_NS
    again = GattPlayer(protocol, shift_ns)
    for t_ns, uuid, data in sample.heard:
        again.hear(uuid, data, t_ns + shift_ns)
    again.close()
    got = shifted(again.events, shift_ns)
    demand(unstored(got) == unstored(fresh), spec, f"sample {sample.name}: other events once connected again")


def check_gatt_garbage(spec: DriverSpec, seed: int = 0, size: int = 60_000) -> int:
    """Random payloads on known and unknown characteristics raise nothing and are not hoarded; bytes held."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    protocol = gatt(spec)
    uuids = [step.uuid for step in protocol.opened(0)]
    uuids += [f"{rng.randrange(1 << 32):08x}-0000-1000-8000-00805f9b34fb" for _ in range(3)]
    count, number = 0, 0
    with counting_held() as held_now:
        while count < size:
            payload = rng.randbytes(rng.randrange(0, rng.choice((5, 20, LONGEST))))
            protocol.receive(rng.choice(uuids), payload, number)
            count, number = count + len(payload) + 1, number + 1_000_000
        held = held_now()
    protocol.closed(number)
    demand(held < MOST_HELD_BYTES, spec, f"random payloads: {held} bytes are still held")
    stranger = f"{rng.randrange(1 << 32):08x}-1111-2222-3333-444444444444"
    found = values(play(spec, GattSample("stranger", ()), [(1, stranger, rng.randbytes(20))]).events)
    demand(not found, spec, f"an unknown characteristic became {found}")
    return held


def check_gatt_commands(spec: DriverSpec, samples: Sequence[GattSample] = ()) -> None:
    """What is written is listed, and silence is no value."""
    silence = GattSample("silence", ())
    for sample in (*samples, silence):
        player = play(spec, sample, sample.heard, 300 * S_NS)
        written = [step.data.hex() for step in player.taken if step.action is GattAction.WRITE]
        listed = any(not command.on_patient for command in spec.commands)
        demand(listed or not written, spec, f"writes what is not listed: {written[:1]}")
        found = set() if sample.messages else values(player.events)
        demand(not found, spec, f"silence became {found}")
