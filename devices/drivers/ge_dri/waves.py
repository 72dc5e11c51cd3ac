"""Wave records: blocks of samples, with breaks where samples are missing.

How many are missing is not told; one sample that says "none" marks the break, and the arrival times tell the
rest.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from devices.drivers.ge_dri import values
from devices.drivers.ge_dri.numbers import Displayed
from kapmonitor.model import NO_SAMPLE, Metric, WaveformBlock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEAD: Final = Struct("<hHH")
GAP, LEAD_OFF = 0x0001, 0x0008
HIGHEST_CODE: Final = -32000
"""Samples up to this are codes, not samples."""

ECG_TYPES: Final = (1, 2, 3)
PRESSURE_TYPES: Final = (4, 5, 6, 7, 16, 17)
PLETH, CO2, BREATHING, BREATHING_FAST = 8, 9, 15, 39
FIXED: Final = {
    PLETH: values.PLETH,
    CO2: values.CO2,
    BREATHING: values.BREATHING,
    BREATHING_FAST: values.BREATHING_FAST,
}

SETS: Final = {
    "usual": (1, PLETH, BREATHING),
    "pleth": (PLETH,),
    "all": (1, PLETH, BREATHING, CO2, 4),
}
"""What can be asked for by name; "all" is 550 samples a second of the 600 that older monitors send. There is
no set without a wave: the packets of one, several a second, are the sign that the monitor is still there."""


class Waves:
    """Takes wave blocks and knows which lead and which pressure each channel shows."""

    def __init__(self) -> None:
        self._metrics: dict[int, Metric] = FIXED | {ECG_TYPES[0]: values.ECGS[0]}
        self._off: dict[int, str] = {}
        self._begun: set[int] = set()
        self._broken: set[int] = set()

    def displayed(self, displayed: Displayed) -> None:
        """Learn what the channels show; until then one ECG is told, without a lead, and no pressure."""
        self._metrics = dict(FIXED)
        for channel, metric in displayed.ecg_metrics().items():
            self._metrics[ECG_TYPES[channel]] = metric
        for channel, metric in displayed.pressure_metrics().items():
            self._metrics[PRESSURE_TYPES[channel]] = metric

    def leads_off(self) -> tuple[str, ...]:
        """The ECGs of which a lead is off."""
        return tuple(self._off.values())

    def lost(self) -> None:
        """Something between two records could not be read: every wave may have a gap."""
        self._broken |= self._begun

    def block(self, kind: int, part: bytes, t_ns: int) -> list[WaveformBlock] | None:
        """The samples of one part; None if its length is wrong."""
        if len(part) < HEAD.size:
            return None
        count, status, _ = HEAD.unpack_from(part)
        if not 0 <= count <= (len(part) - HEAD.size) // 2:
            return None
        metric = self._metrics.get(kind)
        if metric is None or not count:
            return []
        off = bool(status & LEAD_OFF)
        if off and kind in ECG_TYPES:
            self._off[kind] = metric.label
        else:
            self._off.pop(kind, None)
        breaks = kind in self._begun and (kind in self._broken or bool(status & GAP))
        self._begun.add(kind)
        self._broken.discard(kind)
        return [WaveformBlock(metric, t_ns, _samples(part, count, breaks=breaks, off=off))]


def _samples(part: bytes, count: int, *, breaks: bool, off: bool) -> NDArray[np.int16]:
    import numpy as np

    samples = np.empty(count + breaks, np.int16)
    samples[:breaks] = NO_SAMPLE
    sent = np.frombuffer(part, "<i2", count, HEAD.size)
    samples[breaks:] = NO_SAMPLE if off else np.where(sent <= HIGHEST_CODE, NO_SAMPLE, sent)
    return samples
