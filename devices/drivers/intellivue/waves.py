"""Wave samples: how they are packed and scaled is told once, then only samples come.

A sample has 8 or 16 bits, of which some count. Where the monitor has not (yet) told of a scale, the usual one
of its kind is taken from devices.drivers.intellivue.codes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from devices.drivers.intellivue import codes
from devices.drivers.intellivue.apdu import Attributes, Malformed
from devices.drivers.intellivue.messages import TICKS_PER_S
from devices.drivers.intellivue.values import CALIBRATING, INVALID, UNAVAILABLE, float_be
from kapmonitor.model import (
    NO_SAMPLE,
    DeviceEvent,
    Fault,
    FaultKind,
    Measured,
    Metric,
    WaveformBlock,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES, MANY_SAMPLES = 0x096E, 0x0967
SPEC, SCALE, PERIOD = 0x096D, 0x096F, 0x098D
MOST_HANDLES = 64
"""Waves remembered; a monitor has a dozen."""

_NO_VALUE = INVALID | UNAVAILABLE | CALIBRATING

Run = tuple[int, int, bytes]
"""Physiological id, state and samples."""
_SHIFT = 32768
"""Words of 16 bits are shifted to fit a signed one; the lowest is told as the next, since it is NO_SAMPLE."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How samples of one wave are packed and scaled; what is None was not told."""

    bits: int = 16
    significant: int | None = None
    scale: tuple[float, float, int, int] | None = None
    period: int = 0


class Waves:
    """Objects with samples in, waveform blocks out."""

    def __init__(self) -> None:
        self._packing: dict[int, Packing] = {}
        self._metrics: dict[tuple[int, int], tuple[Metric, int]] = {}
        self._begun: set[int] = set()
        self._broken: set[int] = set()

    def clear(self) -> None:
        """Forget what was told of scales."""
        self._packing.clear()
        self._metrics.clear()
        self._begun.clear()
        self._broken.clear()

    def lost(self) -> None:
        """An answer may be missing: what comes next of each wave does not follow on what came before."""
        self._broken |= self._begun

    def take(self, handle: int, attributes: Attributes, runs: Iterable[Run], t_ns: int) -> list[DeviceEvent]:
        """What the `runs` of one object tell; Malformed if its attributes contradict themselves."""
        self._learn(handle, attributes)
        events: list[DeviceEvent] = []
        for physio, state, samples in runs:
            if physio not in codes.WAVES or not samples:
                continue
            block = self._block(handle, physio, state, samples, t_ns)
            events.append(block or Fault(FaultKind.CONTENT, t_ns, len(samples), samples[:32].hex()))
        return events

    def _learn(self, handle: int, attributes: Attributes) -> None:
        known = before = self._packing.get(handle, Packing())
        if (spec := attributes.get(SPEC)) is not None:
            _, bits, significant, _ = struct.unpack(">HBBH", spec)
            known = replace(known, bits=bits, significant=significant)
        if (scale := attributes.get(SCALE)) is not None:
            known = replace(known, scale=_scale(scale))
        if (period := attributes.get(PERIOD)) is not None:
            known = replace(known, period=int.from_bytes(period, "big"))
        if known == before:
            return
        while len(self._packing) >= MOST_HANDLES and handle not in self._packing:
            del self._packing[next(iter(self._packing))]
        self._packing[handle] = known
        self._metrics.clear()

    def _block(self, handle: int, physio: int, state: int, samples: bytes, t_ns: int) -> WaveformBlock | None:
        import numpy as np

        packing = self._packing.get(handle, Packing())
        size = packing.bits // 8
        if packing.bits not in (8, 16) or len(samples) % size:
            return None
        metric, significant = self._metric(handle, physio, packing)
        breaks = physio in self._broken
        self._begun.add(physio)
        self._broken.discard(physio)
        if state & _NO_VALUE:
            words = np.full(len(samples) // size, NO_SAMPLE, np.int16)
        else:
            raw = np.frombuffer(samples, ">u2" if size == 2 else "u1").astype(np.int32)
            words = _words(raw & ((1 << significant) - 1), significant)
        if breaks:
            # How many are missing is not told; one gap marks the place, and the arrival times tell the rest.
            words = np.concatenate((np.full(1, NO_SAMPLE, np.int16), words))
        return WaveformBlock(metric, t_ns, words)

    def _metric(self, handle: int, physio: int, packing: Packing) -> tuple[Metric, int]:
        """The wave's metric and how many bits of its samples count."""
        known = self._metrics.get((handle, physio))
        if known is None:
            if len(self._metrics) >= MOST_HANDLES:
                self._metrics.clear()
            known = self._metrics[handle, physio] = _metric(codes.WAVES[physio], packing)
        return known


def _metric(usual: codes.Wave, packing: Packing) -> tuple[Metric, int]:
    bottom, top, low, high = packing.scale or (usual.bottom, usual.top, usual.low, usual.high)
    resolution = (top - bottom) / (high - low)
    significant = packing.significant or (high.bit_length() if high > 1 else packing.bits)
    significant = min(significant, packing.bits)
    shift = _SHIFT if significant == 16 else 0
    fs = TICKS_PER_S / packing.period if packing.period else usual.fs
    return Metric(usual.term, usual.label, fs, resolution, bottom + (shift - low) * resolution), significant


def _words(raw: NDArray[np.int32], significant: int) -> NDArray[np.int16]:
    import numpy as np

    if significant == 16:
        return np.maximum(raw - _SHIFT, NO_SAMPLE + 1).astype(np.int16)
    return raw.astype(np.int16)


def _scale(value: bytes) -> tuple[float, float, int, int] | None:
    """Values at the two ends and the raw words that stand for them; None if there are not two of each."""
    bottom, top, low, high = struct.unpack(">4s4sHH", value)
    lower, upper = float_be(bottom), float_be(top)
    if not isinstance(lower, Measured) or not isinstance(upper, Measured) or high == low:
        return None
    return lower.value, upper.value, low, high


def runs(attributes: Attributes) -> Iterator[Run]:
    """Every run of samples in an object; Malformed if its lengths contradict each other."""
    if (value := attributes.get(SAMPLES)) is not None:
        run, at = _run(value, 0)
        if at != len(value):
            raise Malformed("samples")
        yield run
    if (value := attributes.get(MANY_SAMPLES)) is not None:
        at = 4
        for _ in range(int.from_bytes(value[:2], "big")):
            run, at = _run(value, at)
            yield run


def _run(value: bytes, at: int) -> tuple[Run, int]:
    physio, state, size = struct.unpack_from(">HHH", value, at)
    end = at + 6 + size
    if end > len(value):
        raise Malformed("samples")
    return (physio, state, value[at + 6 : end]), end
