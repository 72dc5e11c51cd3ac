"""How often the example limits alarm in simulated sessions of each route, against what is expected.

python tests/soak/alarm_rates.py [SEEDS] [absolute|baseline] [iv|im|in|sl]

Each session is a person drawn by the seed (devices.sim.patient): twelve minutes before the dose with three
cuff readings and a baseline, two hours after it with cuffs at 5, 10, 15, 20, 30 min and so on. Nobody
acknowledges. A reading of 180/110 or more is taken again 150 s later, as the screen asks.
"""

import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

import numpy as np
from engine_room import DIA, MEAN, PR, SPO2, STARTED, SYS, S
from virtual_session import CUFFS_S, DOSE_S, ORIGIN_NS, PHASES

from devices.sim.patient import Dose, Patient
from kapmonitor.alarms.baseline import propose
from kapmonitor.alarms.limits import baseline_example, example
from kapmonitor.alarms.offline import replayed
from kapmonitor.alarms.types import ACTIVE, Priority
from kapmonitor.model import Absent, CuffReading, Measured, Validity
from kapmonitor.record.items import NumericRow
from kapmonitor.session.events import (
    BaselineSet,
    ChannelDescribed,
    DeviceAdded,
    PhaseChanged,
    Route,
    SessionClosed,
    Stamped,
)

LENGTH_S = DOSE_S + 7200
METRICS = {1: ("oxi", SPO2), 2: ("oxi", PR), 3: ("cuff", SYS), 4: ("cuff", DIA), 5: ("cuff", MEAN)}
SETS = {"absolute": example(), "baseline": baseline_example()}
ROUTES = (Route.IV, Route.IM, Route.IN, Route.SL)


def row(t_s, channel, value):
    return NumericRow(ORIGIN_NS + int(t_s * S), channel, float(value), Validity.VALID)


def cuff_times(patient):
    """When cuffs are taken; one that is very high is taken again."""
    for t_s in CUFFS_S:
        yield t_s
        systolic, diastolic = patient.cuff_reading(t_s)
        if systolic >= 180 or diastolic >= 110:
            yield t_s + 150


def session(seed, route):
    """The rows, the events but for the baseline, and the baseline that a person would set before the dose."""
    patient = Patient(seed, None, (Dose(DOSE_S, route),))
    seconds = np.arange(0, LENGTH_S)
    spo2, pulse = np.round(patient.spo2(seconds)), np.round(patient.pulse(seconds))
    rows = [row(t, 1, spo2[t]) for t in seconds] + [row(t, 2, pulse[t]) for t in seconds]
    cuffs = []
    for t_s in cuff_times(patient):
        systolic, diastolic = patient.cuff_reading(t_s)
        mean = round(diastolic + (systolic - diastolic) / 3)
        rows += [row(t_s, 3, systolic), row(t_s, 4, diastolic), row(t_s, 5, mean)]
        parts = (Measured(systolic), Measured(diastolic), Measured(mean), Absent(Validity.NOT_AVAILABLE))
        cuffs.append(CuffReading(ORIGIN_NS + t_s * S, "cuff", *parts))
    events = [Stamped(ORIGIN_NS, STARTED)]
    events += [Stamped(ORIGIN_NS, DeviceAdded(device, "x", device, "x")) for device in ("oxi", "cuff")]
    for number, (device, m) in METRICS.items():
        described = ChannelDescribed(number, device, m.ref, m.term.code, m.label, m.unit, 0.0, 1.0, 0.0)
        events.append(Stamped(ORIGIN_NS, described))
    events += [Stamped(ORIGIN_NS + t_s * S, PhaseChanged(phase.value, "KL")) for t_s, phase in PHASES]
    until_ns = ORIGIN_NS + 650 * S
    known = [[(r.t_ns, r.value) for r in rows if r.channel == n] for n in (2, 1)]
    found = propose(cuffs, *known, until_ns).baseline
    if found is not None:
        made = BaselineSet(
            found.systolic, found.diastolic, found.mean, found.hr, found.spo2, found.readings, "RN"
        )
        events.append(Stamped(until_ns, made))
    events.append(Stamped(ORIGIN_NS + LENGTH_S * S, SessionClosed("ended", 0)))
    return rows, events, found


def onsets(moves):
    """Alarms by condition and priority; one that rises counts with the priority that it rose to."""
    top = {}
    for move in moves:
        if move.after in ACTIVE:
            key = move.condition, move.onset_t_ns
            known = top.get(key)
            if known is None or move.priority.rank > known.rank:
                top[key] = move.priority
    return Counter((condition, priority) for (condition, _), priority in top.items())


def rates(limits, route, seeds):
    """Per session: counts by priority; and which conditions, in how many sessions."""
    counts, conditions, without = [], Counter(), 0
    for seed in seeds:
        rows, events, found = session(seed, route)
        without += found is None
        alarms = onsets(replayed(rows, events, limits))
        counts.append({p: sum(n for (_, q), n in alarms.items() if q is p) for p in Priority})
        conditions.update({condition for condition, _ in alarms})
    return counts, conditions, without


def line(name, route, counts, without):
    sessions = len(counts)
    cells = []
    for priority in Priority:
        per = [count[priority] for count in counts]
        with_any = sum(n > 0 for n in per)
        cells.append(
            f"{sum(per) / sessions:5.2f} {median(per):4.0f} {max(per):4} {100 * with_any / sessions:4.0f} %"
        )
    return f"{name:9} {route.value:3} {sessions:4} {without:4}  " + "   ".join(cells)


def main(seeds, sets, routes):
    """Print the table, and the commonest conditions."""
    began = time.perf_counter()
    print("                              LOW                      MEDIUM                   HIGH")
    print("limits    rte  n  no-B   mean  med  max  any       mean  med  max  any      mean  med  max  any")
    for name in sets:
        for route in routes:
            counts, conditions, without = rates(SETS[name], route, range(seeds))
            print(line(name, route, counts, without), flush=True)
            usual = ", ".join(f"{condition} {n}" for condition, n in conditions.most_common(8))
            print(f"          sessions with: {usual}", flush=True)
    hours = len(sets) * len(routes) * seeds * LENGTH_S / 3600
    took = time.perf_counter() - began
    print(f"{hours:.0f} simulated hours in {took:.0f} s: {hours * 3600 / took:.0f} times real time")
    return 0


if __name__ == "__main__":
    words = sys.argv[1:]
    raise SystemExit(
        main(
            next((int(word) for word in words if word.isdecimal()), 20),
            [name for name in SETS if name in words] or list(SETS),
            [route for route in ROUTES if route.value in words] or ROUTES,
        )
    )
