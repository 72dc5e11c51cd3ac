"""The five figures at the top of a report. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from kapmonitor.model import CuffReading, Measured
from kapmonitor.session.events import BaselineSet
from kapmonitor.session.state import Dose
from ui import format as fmt
from ui.report import wording
from ui.report.facts import Facts

READY_FIELD: Final = "ready"
"""The form's field for the minutes until the person was ready to leave."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with what it is and what belongs to it."""

    label: str
    value: str
    more: str


def figures_of(facts: Facts) -> tuple[Figure, ...]:
    """Dose, highest pressure, time above the limit, lowest saturation, and how long."""
    return (_dose(facts), _peak(facts), _above(facts), _lowest(facts), _length(facts))


def _dose(facts: Facts) -> Figure:
    doses = facts.state.doses
    if not doses:
        return Figure(wording.DOSE, wording.NOTHING, wording.NO_DOSE)
    first = doses[0]
    drug = first.drug.capitalize() if len({dose.drug for dose in doses}) == 1 else wording.DOSE
    if len(doses) > 1 and drug != wording.DOSE:
        total = fmt.amount(sum(dose.amount_mg for dose in doses))
        return Figure(drug, f"{total} mg", wording.DOSES_OF.format(count=len(doses)))
    words = (facts.clock(first.t_ns), first.site, first.by)
    return Figure(drug, amount_words(first), ", ".join(word for word in words if word))


def amount_words(dose: Dose) -> str:
    """`70 mg IM`."""
    return f"{fmt.amount(dose.amount_mg)} mg {dose.route.upper()}".strip()


def peak_of(facts: Facts) -> CuffReading | None:
    """The reading with the highest systolic pressure."""
    return max(_systolic(facts.cuffs), key=lambda pair: pair[0], default=(0.0, None))[1]


def _systolic(cuffs: tuple[CuffReading, ...]) -> Iterator[tuple[float, CuffReading]]:
    for cuff in cuffs:
        if isinstance(cuff.systolic, Measured) and not cuff.stored:
            yield cuff.systolic.value, cuff


def _peak(facts: Facts) -> Figure:
    peak = peak_of(facts)
    if peak is None:
        return Figure(wording.PEAK, wording.NOTHING, wording.NO_READING)
    words = [facts.tick(peak.t_ns)]
    found = [each.event for each in facts.source.events if isinstance(each.event, BaselineSet)]
    if found and found[-1].systolic is not None and found[-1].diastolic is not None:
        words.append(wording.BASELINE.format(pressure=f"{found[-1].systolic:.0f}/{found[-1].diastolic:.0f}"))
    return Figure(wording.PEAK, fmt.pressure(peak), ", ".join(words))


def _above(facts: Facts) -> Figure:
    """How long alarms on high systolic pressure lasted, overlapping ones counted once."""
    rules = {
        line.rule: line.limit
        for line in facts.state.limits
        if line.role == "nibp-sys" and line.direction == "high"
    }
    if not rules:
        return Figure(wording.ABOVE, wording.NOTHING, wording.NO_LIMIT)
    spans = sorted(
        (alarm.t0_ns, facts.source.end_ns if alarm.t1_ns is None else alarm.t1_ns)
        for alarm in facts.state.alarms
        if alarm.condition in rules
    )
    total_ns = end_ns = 0
    for t0_ns, t1_ns in spans:
        total_ns += max(0, t1_ns - max(t0_ns, end_ns))
        end_ns = max(end_ns, t1_ns)
    limit = wording.SYSTOLIC.format(limit=fmt.amount(min(rules.values())))
    return Figure(wording.ABOVE, fmt.length(total_ns) if spans else wording.NEVER, limit)


def _lowest(facts: Facts) -> Figure:
    lows = facts.spo2.lo
    if not len(lows) or bool(np.isnan(lows).all()):
        return Figure(wording.LOWEST, wording.NOTHING, wording.NO_READING)
    place = int(np.nanargmin(lows))
    t_ns = facts.t0_ns + round((place + 0.5) * (facts.t1_ns - facts.t0_ns) / len(lows))
    return Figure(wording.LOWEST, f"{lows[place]:.0f} %", facts.tick(t_ns))


def _length(facts: Facts) -> Figure:
    """When the person was ready to leave, if the form says; else how long the session was monitored."""
    ready = next((entry.text for entry in facts.state.care.form if entry.id == READY_FIELD), "")
    if ready.isdigit():
        return Figure(wording.READY, f"{ready} min", wording.AFTER_DOSE)
    gaps_ns = sum(gap.t1_ns - gap.t0_ns for gap in facts.state.interruptions)
    whole_ns = facts.source.end_ns - facts.source.start_ns - gaps_ns
    more = wording.WITHOUT.format(length=fmt.length(gaps_ns)) if gaps_ns else ""
    return Figure(wording.MONITORED, fmt.length(whole_ns), more)
