"""The rules for serial drivers."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Sequence

from devices.protocol import DriverSpec
from devices.testing.parts import (
    Sample,
    Talk,
    check_events,
    demand,
    lines,
    merged,
    shifted,
    unstored,
    values,
    wire,
)
from devices.testing.play import Player
from kapmonitor.model import DeviceEvent

S_NS = 1_000_000_000
SILENCE_NS = 10 * S_NS
NOISES = (1, 2, 3, 5, 17, 100)
TRUNCATIONS = 60

Timed = tuple[int, bytes]
"""Bytes and the time at which the last of them arrived."""


def run(
    spec: DriverSpec, pieces: Iterable[bytes], times_ns: Iterable[int] | None = None
) -> list[DeviceEvent]:
    """Events of opening, feeding `pieces` and closing; deadlines are not kept, nothing is sent.

    Each piece has its time, by default the number of bytes up to its end.
    """
    protocol = wire(spec)
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


def singles(sample: Sample | Talk) -> list[Timed]:
    """Each byte with its time: its place in a Sample, that of its reply in a Talk."""
    if isinstance(sample, Sample):
        return [(place + 1, sample.data[place : place + 1]) for place in range(len(sample.data))]
    return [(t_ns, data[i : i + 1]) for t_ns, data in sample.heard for i in range(len(data))]


def play(spec: DriverSpec, sample: Sample | Talk, pieces: Iterable[Timed], after_ns: int = 0) -> Player:
    """The driver after it was opened, heard the pieces at their times, waited, and was closed."""
    player = Player(wire(spec, sample.options))
    feed(player, sample, pieces)
    player.wait(player.now_ns + after_ns)
    player.close()
    return player


def feed(player: Player, sample: Sample | Talk, pieces: Iterable[Timed], shift_ns: int = 0) -> None:
    """The player hears the pieces, with the starts of a Talk at their times."""
    cuffs = [] if isinstance(sample, Sample) else [t_ns + shift_ns for t_ns in sample.cuffs_ns]
    for t_ns, data in pieces:
        while cuffs and cuffs[0] <= t_ns + shift_ns:
            player.wait(cuffs.pop(0))
            player.start_cuff()
        player.hear(data, t_ns + shift_ns)


def check_cuts(spec: DriverSpec, sample: Sample | Talk, seed: int = 0) -> None:
    """Events are the same however bytes are cut, and each has the time of the piece with its last byte."""
    each = singles(sample)
    whole = play(spec, sample, each)
    single = lines(whole.events)
    demand(values(whole.events), spec, f"sample {sample.name}: nothing comes of it")
    check_events(spec, whole.events, whole.now_ns)
    for places in _cuts(each, seed, timed=isinstance(sample, Talk)):
        pieces = _joined(each, places)
        ends = [t_ns for t_ns, _ in pieces]
        got = lines(play(spec, sample, pieces).events)
        expected = merged(single, ends) if isinstance(sample, Sample) else single
        demand(got == expected, spec, f"sample {sample.name}: other events when cut at {places[:20]}")
    empty = lines(play(spec, sample, [(1, b""), *each]).events)
    demand(empty == single, spec, f"sample {sample.name}: other events after an empty read")


def _joined(each: Sequence[Timed], places: Sequence[int]) -> list[Timed]:
    """Bytes joined between the places; a piece has the time of its last byte."""
    bounds = [0, *places, len(each)]
    parts = [each[a:b] for a, b in itertools.pairwise(bounds) if a < b]
    return [(part[-1][0], b"".join(data for _, data in part)) for part in parts]


def _cuts(each: Sequence[Timed], seed: int, *, timed: bool) -> list[list[int]]:
    """Nowhere, in the middle, everywhere by sevens, and at random places; a Talk's replies stay apart."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    size = len(each)
    cuts: list[list[int]] = [[], [size // 2], list(range(7, size, 7))]
    cuts += [sorted(rng.sample(range(1, size), min(size - 1, 12))) for _ in range(8) if size > 1]
    apart = [i for i in range(1, size) if each[i][0] != each[i - 1][0]] if timed else []
    return [sorted({*places, *apart}) for places in cuts]


def check_noise(spec: DriverSpec, sample: Sample | Talk, seed: int = 0) -> None:
    """Noise before, in and after a sample brings no value that is not in the sample, and no exception."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    each = singles(sample)
    clean = values(play(spec, sample, each).events)
    for size in NOISES:
        noise = rng.randbytes(size)
        for place in (0, rng.randrange(len(each)), len(each)):
            t_ns = each[min(place, len(each) - 1)][0]
            noisy = play(spec, sample, [*each[:place], (t_ns, noise), *each[place:]])
            wrong = values(noisy.events) - clean
            demand(not sample.checked or not wrong, spec, f"sample {sample.name}: noise became {wrong}")


def check_truncation(spec: DriverSpec, sample: Sample | Talk) -> None:
    """A stream may end anywhere, and silence may follow; what is left is no new value."""
    each = singles(sample)
    clean = values(play(spec, sample, each, SILENCE_NS).events)
    for end in range(0, len(each), max(1, len(each) // TRUNCATIONS)):
        wrong = values(play(spec, sample, _joined(each[:end], _apart(each[:end])), SILENCE_NS).events) - clean
        demand(not sample.checked or not wrong, spec, f"sample {sample.name} cut at {end}: {wrong}")


def _apart(each: Sequence[Timed]) -> list[int]:
    return [i for i in range(1, len(each)) if each[i][0] != each[i - 1][0]]


def check_reopening(spec: DriverSpec, sample: Sample | Talk) -> None:
    """After a link was lost in mid-frame, opening again begins anew.

    A reading that the device stored and the driver has told already need not be told again.
    """
    each = singles(sample)
    fresh = lines(play(spec, sample, each).events)
    protocol = wire(spec, sample.options)
    lost = Player(protocol)
    feed(lost, sample, each[: len(each) * 2 // 3])
    lost.close()
    shift_ns = lost.now_ns + S_NS
    again = Player(protocol, shift_ns)
    feed(again, sample, each, shift_ns)
    again.close()
    got = shifted(again.events, shift_ns)
    demand(unstored(got) == unstored(fresh), spec, f"sample {sample.name}: other events once reopened")
