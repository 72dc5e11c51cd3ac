"""What the 450C measures, and what the bytes of its waves stand for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from devices.drivers.ivy_450c.lines import Line
from kapmonitor import mdc
from kapmonitor.model import NO_SAMPLE, Metric, WaveformBlock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEART: Final = Metric(mdc.HEART_RATE, "HR")
BREATHS: Final = Metric(mdc.RESP_RATE, "Breaths")
CO2: Final = Metric(mdc.CO2_ET, "EtCO2")
SPO2: Final = Metric(mdc.SPO2, "SpO2")
PULSE: Final = Metric(mdc.PULSE_RATE, "Pulse rate")
NIBP: Final = (
    Metric(mdc.NIBP_SYS, "NIBP sys"),
    Metric(mdc.NIBP_DIA, "NIBP dia"),
    Metric(mdc.NIBP_MEAN, "NIBP mean"),
    Metric(mdc.NIBP_PULSE, "Pulse (cuff)"),
)
PRESSURES: Final = {
    "P1": (
        Metric(mdc.PRESS_1_SYS, "P1 sys"),
        Metric(mdc.PRESS_1_DIA, "P1 dia"),
        Metric(mdc.PRESS_1_MEAN, "P1 mean"),
    ),
    "P2": (
        Metric(mdc.PRESS_2_SYS, "P2 sys"),
        Metric(mdc.PRESS_2_DIA, "P2 dia"),
        Metric(mdc.PRESS_2_MEAN, "P2 mean"),
    ),
}

_LEADS: Final = {
    "I": mdc.ECG_I,
    "II": mdc.ECG_II,
    "III": mdc.ECG_III,
    "AVR": mdc.ECG_AVR,
    "AVL": mdc.ECG_AVL,
    "AVF": mdc.ECG_AVF,
}
ECGS: Final = {lead: Metric(term, f"ECG {lead}", 200.0, 0.02) for lead, term in _LEADS.items()}
ECG: Final = Metric(mdc.ECG, "ECG", 200.0, 0.02)
BREATHING: Final = Metric(mdc.RESP, "Breathing", 50.0)
PLETH: Final = Metric(mdc.PLETH, "Pleth", 50.0)
PRESSURE_WAVES: Final = {"P1": Metric(mdc.PRESS_1, "P1", 50.0), "P2": Metric(mdc.PRESS_2, "P2", 50.0)}
"""A byte is the pressure in mmHg: the recorded ones run from the diastolic to the systolic number."""

ECG_ZERO, PLETH_ZERO = 100, 86
NO_PRESSURE: Final = 251
_LABEL: Final = re.compile(r"ECG-(\w+)(?:-.*)?")
_PLACES: Final = {"P1": 300, "P2": 350}


def ecg_metric(label: str) -> Metric:
    """The lead named by the label of the HR line, or an ECG of which no lead is known."""
    match = _LABEL.fullmatch(label)
    return ECGS.get(match[1], ECG) if match else ECG


def waves(body: bytes, lines: dict[str, Line], t_ns: int) -> list[WaveformBlock]:
    """The waves of one second; an unused pressure is left out, and breathing while CO2 takes its place."""
    ecg = ecg_metric(lines["HR"].label)
    blocks = [WaveformBlock(ecg, t_ns, _samples(body, 0, 200, ECG_ZERO))]
    if "ETCO2" not in lines or not lines["ETCO2"].values[0]:
        blocks.append(WaveformBlock(BREATHING, t_ns, _samples(body, 200, 50, 0)))
    blocks.append(WaveformBlock(PLETH, t_ns, _samples(body, 250, 50, PLETH_ZERO)))
    for name, metric in PRESSURE_WAVES.items():
        samples = _samples(body, _PLACES[name], 50, 0)
        samples[samples >= NO_PRESSURE] = NO_SAMPLE
        unused = name in lines and lines[name].unused
        if not unused and (samples != NO_SAMPLE).any():
            blocks.append(WaveformBlock(metric, t_ns, samples))
    return blocks


def missing(metrics: tuple[Metric, ...], t_ns: int) -> list[WaveformBlock]:
    """A second of which nothing is known."""
    from numpy import full, int16

    return [WaveformBlock(m, t_ns, full(int(m.fs or 0), NO_SAMPLE, int16)) for m in metrics]


def _samples(body: bytes, start: int, count: int, zero: int) -> NDArray[np.int16]:
    from numpy import frombuffer, int16, uint8

    return frombuffer(body, uint8, count, start).astype(int16) - int16(zero)
