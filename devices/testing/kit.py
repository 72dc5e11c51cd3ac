"""All checks that apply to a driver, in one call."""

from __future__ import annotations

from collections.abc import Sequence

from devices.protocol import DriverSpec, SerialLink
from devices.testing.commands import check_commands
from devices.testing.endure import check_deadlines, check_garbage
from devices.testing.gatt import check_gatt_commands, check_gatt_garbage, check_gatt_sample
from devices.testing.parts import GattSample, Sample, Talk
from devices.testing.spec import check_spec
from devices.testing.wire import check_cuts, check_noise, check_reopening, check_truncation

GARBAGE_BYTES = 100_000
HEADS = (1, 2, 3, 8)
"""How many first bytes of a sample are tried as the beginning of a frame that never ends."""


def check_driver(
    spec: DriverSpec,
    samples: Sequence[Sample | Talk | GattSample] = (),
    seed: int = 0,
    garbage_bytes: int = GARBAGE_BYTES,
) -> int:
    """Run every check that applies to this driver; ConformanceError if one fails.

    Answers how many bytes the driver held at most after `garbage_bytes` of garbage.
    """
    check_spec(spec)
    if isinstance(spec.link, SerialLink):
        return _serial(spec, [s for s in samples if not isinstance(s, GattSample)], seed, garbage_bytes)
    told = [sample for sample in samples if isinstance(sample, GattSample)]
    for sample in told:
        check_gatt_sample(spec, sample, seed)
    check_gatt_commands(spec, told)
    return check_gatt_garbage(spec, seed, garbage_bytes)


def _serial(spec: DriverSpec, samples: Sequence[Sample | Talk], seed: int, garbage_bytes: int) -> int:
    for sample in samples:
        check_cuts(spec, sample, seed)
        check_noise(spec, sample, seed)
        check_truncation(spec, sample)
        check_reopening(spec, sample)
    check_deadlines(spec)
    check_commands(spec, samples, seed)
    heads = {sample.data[:size] for sample in samples for size in HEADS if sample.data}
    return check_garbage(spec, seed, garbage_bytes, sorted(heads))
