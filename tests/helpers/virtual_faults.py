"""A simulated device with a fault joined to its driver in virtual time, and what the patient really had.

Nothing is faked but the port and the waiting: the simulator, the fault, the driver and its deadlines are the
real ones, and the bytes come as `kapmonitor simulate` would send them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from drivers import load

from devices.protocol import CuffControl, Options, WireProtocol
from devices.sim.device import SimDevice
from devices.sim.faults import afflict, with_fault
from devices.sim.scenario import Bedside, bedside
from devices.sim.serve import DOSE_S, OWN_KEY_S, build
from devices.testing import defaults
from kapmonitor.model import NO_SAMPLE, DeviceEvent, Fault, Measured, Observation, WaveformBlock

BEGIN_S = 1_790.0
"""Ten seconds before monitors that measure by themselves every five minutes do so."""
CUFF_START_S = 3.0
STEP_NS = 50_000_000
TURNS = 8
S = 1_000_000_000
SPO2 = "MDC_PULS_OXIM_SAT_O2"
SHOWN_RATES = ("MDC_PULS_OXIM_PULS_RATE", "MDC_ECG_HEART_RATE")
CUFF_RATE = "MDC_PULS_RATE_NON_INV"
SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{which}" for which in ("SYS", "DIA", "MEAN"))
LAG_S = 15.0
"""What is shown may be so old: two seconds behind, averaged over six beats, and kept for a moment."""
CUFF_S = 400.0
"""A cuff's last reading stands until the next; monitors here measure every five minutes."""
SLACK = {SPO2: 1.0, SYS: 5.0, DIA: 5.0, MEAN: 6.0, CUFF_RATE: 3.0, **dict.fromkeys(SHOWN_RATES, 3.0)}
"""Rounding, the error of a cuff, and what averaging does to a rate."""

ALIKE = {"MDC_ECG_ELEC_POTL": "MDC_ECG_ELEC_POTL_II"}
"""A monitor that does not say at first which lead it shows."""

Ranges = Mapping[str, tuple[float, float]]


@dataclass(slots=True)
class Run:
    """What came of it: events with the patient's time in s, and how often the line was opened."""

    room: Bedside
    events: list[tuple[float, DeviceEvent]] = field(default_factory=list)
    opened: int = 0
    heard: bytearray = field(default_factory=bytearray)

    def readings(self) -> list[tuple[float, Observation, float]]:
        """Numbers that are there, with their times."""
        found = []
        for t_s, event in self.events:
            if isinstance(event, Observation) and isinstance(event.reading, Measured):
                found.append((t_s, event, event.reading.value))
        return found

    def waves(self) -> list[tuple[float, str, list[float]]]:
        """Samples that are there, in the wave's own unit."""
        return [(t_s, e.metric.ref, _samples(e)) for t_s, e in self.events if isinstance(e, WaveformBlock)]

    @property
    def faults(self) -> int:
        return sum(isinstance(event, Fault) for _, event in self.events)

    def ranges(self) -> dict[str, tuple[float, float]]:
        """Least and most of every number and wave."""
        found: dict[str, list[float]] = {}
        for _, event, value in self.readings():
            found.setdefault(event.metric.ref, []).append(value)
        for _, ref, samples in self.waves():
            found.setdefault(ref, []).extend(samples)
        return {ref: (min(values), max(values)) for ref, values in found.items() if values}


def run(
    driver: str,
    fault: str | None,
    seconds: float = 62.0,
    seed: int = 7,
    options: Options | None = None,
    serial: str | None = None,
) -> Run:
    """So many seconds of `driver`, which may name a format, with a fault from the start on."""
    spec = load().get(driver.partition("?")[0])
    room = bedside("quiet", seed, DOSE_S)
    if fault is not None:
        afflict(room, fault, BEGIN_S)
    device = build(driver, room, OWN_KEY_S, serial)
    if fault is not None:
        device = with_fault(device, fault, seed, driver, room)
    protocol = spec.protocol({**defaults(spec), **(options or {})})
    assert isinstance(protocol, WireProtocol)
    out, begin_ns, is_open = Run(room), int(BEGIN_S * S), False
    device.advance(begin_ns)
    for t_ns in range(begin_ns + STEP_NS, begin_ns + int(seconds * S), STEP_NS):
        plugged = device.plugged(t_ns)
        if plugged and not is_open:
            protocol.opened(t_ns)
            out.opened += 1
        elif is_open and not plugged:
            _keep(out, protocol.closed(t_ns), t_ns)
        is_open = plugged
        if t_ns == begin_ns + int(CUFF_START_S * S) and starts_by_host(driver):
            assert isinstance(protocol, CuffControl)
            protocol.start_cuff(t_ns)
        if is_open:
            _step(out, device, protocol, t_ns)
        else:
            device.advance(t_ns)
    _keep(out, protocol.closed(t_ns), t_ns)
    return out


def starts_by_host(driver: str) -> bool:
    """Whether nobody can start its cuff at the bedside."""
    return driver == "berry-pm6750"


def _step(out: Run, device: SimDevice, protocol: WireProtocol, t_ns: int) -> None:
    if protocol.deadline_ns is not None and protocol.deadline_ns <= t_ns:
        _keep(out, protocol.on_deadline(t_ns), t_ns)
    for _ in range(TURNS):
        asked = protocol.data_to_send()
        if asked:
            device.receive(asked, t_ns)
        said = device.advance(t_ns)
        if said:
            out.heard += said
            _keep(out, protocol.receive(said, t_ns), t_ns)
        if not asked and not said:
            break


def _samples(block: WaveformBlock) -> list[float]:
    metric = block.metric
    return [w * metric.resolution + metric.offset for w in block.samples.tolist() if w != NO_SAMPLE]


def _keep(out: Run, events: list[DeviceEvent], t_ns: int) -> None:
    out.events += [(t_ns / S, event) for event in events]


def untrue(found: Run, clean: Ranges, *, waves: bool = True) -> list[str]:
    """Numbers, and with `waves` samples, that the patient did not have.

    `clean` are the ranges of the same run without a fault.
    """
    wrong = []
    for t_s, event, value in found.readings():
        low, high = truth(found.room, event.metric.ref, t_s, clean, stored=event.stored)
        if not low <= value <= high:
            wrong.append(
                f"{event.metric.ref} = {value} at {t_s - BEGIN_S:.1f} s, not {low:.1f} to {high:.1f}"
            )
    for t_s, ref, samples in found.waves() if waves else ():
        low, high = clean.get(ALIKE.get(ref, ref), (0.0, 0.0))
        margin = 0.05 * (high - low) + 1e-9
        far = [s for s in samples if not low - margin <= s <= high + margin]
        wrong += [f"{ref} sample {far[0]} at {t_s - BEGIN_S:.1f} s, not {low} to {high}"] if far else []
    return wrong


def truth(room: Bedside, ref: str, t_s: float, clean: Ranges, *, stored: bool = False) -> tuple[float, float]:
    """Between what and what a value told at that time must lie; others as in `clean`."""
    patient = room.patient
    back_s = t_s if stored else CUFF_S if ref in {SYS, DIA, MEAN, CUFF_RATE} else LAG_S
    times = np.arange(max(0.0, t_s - back_s), t_s + 1)
    systolic, diastolic = patient.pressures(times)
    true = {
        SPO2: patient.spo2(times),
        SYS: systolic,
        DIA: diastolic,
        MEAN: diastolic + (systolic - diastolic) / 3,
        **dict.fromkeys((*SHOWN_RATES, CUFF_RATE), patient.pulse(times)),
    }
    if ref in true:
        return float(true[ref].min()) - SLACK[ref], float(true[ref].max()) + SLACK[ref]
    if ref == "MDC_PRESS_CUFF":
        return 0.0, 300.0
    low, high = clean.get(ref, (0.0, 0.0))
    return low - 0.02 * abs(low) - 1, high + 0.02 * abs(high) + 1
