"""What a serial driver may send: what it lists, and to the cuff nothing that no person asked for."""

from __future__ import annotations

import random
from collections.abc import Sequence

from devices.protocol import CuffControl, DriverSpec
from devices.testing.parts import Sample, Talk, demand, wire
from devices.testing.play import Player
from devices.testing.wire import feed, play, singles

S_NS = 1_000_000_000
SILENCE: Sample | Talk = Sample("silence", b"")
STARTS_WITHIN_NS = 10 * S_NS
"""A start may have to wait for an answer that is due."""


def check_commands(spec: DriverSpec, samples: Sequence[Sample | Talk] = (), seed: int = 0) -> None:
    """Nothing goes out that is not listed, and nothing that acts on a person unless a person asked."""
    rng = random.Random(seed)  # noqa: S311 reproducible, not secret
    unasked = [s for s in samples if isinstance(s, Sample) or not s.cuffs_ns]
    sent = [_sent(spec, s, 60 * S_NS) for s in (*unasked, Sample("noise", rng.randbytes(5_000)))]
    sent.append(_sent(spec, SILENCE, 300 * S_NS))
    quiet = all(command.on_patient for command in spec.commands)
    first = next(filter(None, sent), b"")
    demand(not quiet or not first, spec, f"sends what is not listed: {first.hex()}")
    if not isinstance(wire(spec), CuffControl):
        return
    talks = [s for s in unasked if isinstance(s, Talk)]
    start = start_bytes(spec, talks[0] if talks else SILENCE)
    demand(start, spec, "start_cuff() sends nothing but what is sent without it")
    for data in (*sent, _after_reopening(spec)):
        demand(start not in data, spec, f"starts the cuff unasked: {start.hex()}")


def _sent(spec: DriverSpec, sample: Sample | Talk, after_ns: int) -> bytes:
    return b"".join(play(spec, sample, singles(sample), after_ns).sent)


def start_bytes(spec: DriverSpec, sample: Sample | Talk = SILENCE) -> bytes:
    """What is sent only because a person started the cuff, after the device said what is in the sample."""
    without, start = (_sent_after(spec, sample, start=start) for start in (False, True))
    return next((data for data in start if data not in without), b"")


def _sent_after(spec: DriverSpec, sample: Sample | Talk, *, start: bool) -> list[bytes]:
    player = Player(wire(spec, sample.options))
    feed(player, sample, singles(sample))
    before = len(player.sent)
    if start:
        player.start_cuff()
    player.wait(player.now_ns + STARTS_WITHIN_NS)
    return player.sent[before:]


def _after_reopening(spec: DriverSpec) -> bytes:
    """What is sent after the link was lost with a start that had not gone out."""
    protocol = wire(spec)
    lost = Player(protocol)
    if isinstance(protocol, CuffControl):
        protocol.start_cuff(lost.now_ns)
    lost.close()
    again = Player(protocol, lost.now_ns + S_NS)
    again.wait(again.now_ns + 60 * S_NS)
    return b"".join(again.sent)
