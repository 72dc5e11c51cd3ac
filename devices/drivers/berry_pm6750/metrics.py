"""What the module measures, and the gathering of its waves into blocks.

How many ADC steps make a millivolt is not published and depends on the gain, so ECG samples are the module's
own steps around its base line of 128.
"""

from __future__ import annotations

from typing import Final

from devices.drivers.berry_pm6750 import packets
from kapmonitor import mdc
from kapmonitor.model import NO_SAMPLE, DeviceEvent, Metric, WaveformBlock

HEART = Metric(mdc.HEART_RATE, "Heart rate")
BREATHS = Metric(mdc.RESP_RATE, "Breaths")
ST = Metric(mdc.ECG_ST, "ST")
SPO2 = Metric(mdc.SPO2, "SpO2")
PULSE = Metric(mdc.PULSE_RATE, "Pulse rate")
TEMP_1 = Metric(mdc.TEMP_BODY, "Temperature 1")
TEMP_2 = Metric(mdc.TEMP, "Temperature 2")

BASE_LINE: Final = 128.0
ECG_HZ: Final = 250.0
LEADS: Final = tuple(
    Metric(term, f"ECG {lead}", fs=ECG_HZ, offset=-BASE_LINE)
    for lead, term in zip(("I", "II", "III", "aVR", "aVL", "aVF", "V"), mdc.ECG_LEADS_UNSCALED, strict=True)
)
PLETH = Metric(mdc.PLETH, "Pleth", fs=50.0)
RESP = Metric(mdc.RESP, "Breathing", fs=50.0, offset=-BASE_LINE)

ECG_BLOCK, SLOW_BLOCK = 10, 3
"""Samples in a waveform block: 40 ms of ECG, 60 ms of the others."""

BYTES_PER_S: Final = 3635
"""What the module sends with all streams on, as measured in a recording."""

MOST_MISSING_S: Final = 1.0
"""Longer breaks are not filled: the wave begins anew."""


class Waves:
    """Samples of the three kinds of wave in, blocks out."""

    def __init__(self) -> None:
        self._ecg = bytearray()
        self._lost = 0
        self._begun = False
        self._slow: dict[int, list[int]] = {packets.PLETH: [], packets.RESP: []}

    def ecg(self, samples: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        """Take one sample of each lead."""
        if self._lost:
            self._fill(t_ns, events)
        self._begun = True
        self._ecg += samples
        if len(self._ecg) >= ECG_BLOCK * len(LEADS):
            self._flush_ecg(t_ns, events)

    def slow(self, kind: int, sample: int, t_ns: int, events: list[DeviceEvent]) -> None:
        """Take one sample of pleth or breathing."""
        samples = self._slow[kind]
        samples.append(sample)
        if len(samples) >= SLOW_BLOCK:
            self._flush_slow(kind, t_ns, events)

    def lost(self, size: int) -> None:
        """So many bytes were lost, with the ECG samples that are usually among so many."""
        self._lost += size

    def _fill(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """A gap in the ECG for what was lost since its last sample."""
        missing_s, self._lost = self._lost / BYTES_PER_S, 0
        missing = round(missing_s * ECG_HZ) if missing_s <= MOST_MISSING_S else 0
        self._flush_ecg(t_ns, events)
        if missing and self._begun:
            import numpy as np

            gap = np.full(missing, NO_SAMPLE, np.int16)
            events += [WaveformBlock(lead, t_ns, gap) for lead in LEADS]

    def flush(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """Hand over what is in unfinished blocks."""
        self._flush_ecg(t_ns, events)
        for kind in self._slow:
            self._flush_slow(kind, t_ns, events)

    def _flush_ecg(self, t_ns: int, events: list[DeviceEvent]) -> None:
        if self._ecg:
            import numpy as np

            table = np.frombuffer(bytes(self._ecg), np.uint8).astype(np.int16).reshape(-1, len(LEADS))
            columns = np.ascontiguousarray(table.T)
            events += [WaveformBlock(lead, t_ns, columns[i]) for i, lead in enumerate(LEADS)]
            self._ecg.clear()

    def _flush_slow(self, kind: int, t_ns: int, events: list[DeviceEvent]) -> None:
        if samples := self._slow[kind]:
            import numpy as np

            metric = PLETH if kind == packets.PLETH else RESP
            events.append(WaveformBlock(metric, t_ns, np.array(samples, np.int16)))
            samples.clear()
