"""The report's tables about readings, alarms and doses. No Qt."""

from __future__ import annotations

from collections.abc import Iterator

from kapmonitor.model import CuffReading, Measured
from kapmonitor.session.events import BaselineSet
from kapmonitor.session.state import AlarmSpan, Dose, Explained
from kapmonitor.snapshot import Priority
from ui import alarm_spans, strings
from ui import format as fmt
from ui.report import wording
from ui.report.facts import Facts
from ui.report.summary import amount_words
from ui.report.tables import Row, Table, Tone, listed

STARS = {Priority.HIGH: "★★★", Priority.MEDIUM: "★★", Priority.LOW: "★"}
USED_WITHIN_NS = 5_000_000_000
"""An alarm that begins so soon after a reading was made of it."""


def pressures(facts: Facts) -> Table:
    """Every cuff reading and every failed one, with what it was used for and how old it was then."""
    timed = [(cuff.t_ns, _pressure(facts, cuff)) for cuff in facts.cuffs]
    timed += [(each.due_t_ns, _not_taken(facts, each)) for each in facts.state.cuffs_explained]
    rows = tuple(row for _, row in sorted(timed, key=lambda pair: pair[0]))
    shares = (0.11, 0.09, 0.25, 0.09, 0.23, 0.23)
    table = listed(wording.PRESSURES, shares, rows, wording.NONE)
    return Table(table.title, table.shares, table.rows, wording.PRESSURE_HEAD if rows else ())


def _pressure(facts: Facts, cuff: CuffReading) -> Row:
    time, since, source = facts.clock(cuff.t_ns), facts.minutes(cuff.t_ns), facts.label(cuff.device)
    if cuff.failure is not None:
        why = wording.FAILED.format(why=strings.CUFF_FAILURES[cuff.failure])
        return Row((time, since, why, "", "", source), Tone.QUIET)
    if cuff.stored:
        cells = ("", "", fmt.pressure(cuff), _pulse(cuff), wording.STORED, source)
        return Row(cells, Tone.QUIET)
    whole = f"{fmt.pressure(cuff)} {fmt.mean_pressure(cuff)}".strip()
    used = _used(facts, cuff)
    strong = Tone.WARN if _alarms_of(facts, cuff) else Tone.STRONG
    tones = (Tone.PLAIN, Tone.PLAIN, strong, Tone.PLAIN, Tone.PLAIN, Tone.PLAIN)
    return Row((time, since, whole, _pulse(cuff), used, source), tones=tones)


def _not_taken(facts: Facts, said: Explained) -> Row:
    """A reading that was due, and why there is none."""
    reason = said.reason or wording.NO_WORDS
    cells = (
        facts.clock(said.due_t_ns),
        facts.minutes(said.due_t_ns),
        wording.NOT_TAKEN.format(reason=reason),
    )
    return Row((*cells, "", "", said.by), Tone.QUIET)


def _pulse(cuff: CuffReading) -> str:
    return fmt.whole(cuff.pulse) if isinstance(cuff.pulse, Measured) else ""


def _used(facts: Facts, cuff: CuffReading) -> str:
    """What was made of a reading, and its age then."""
    return "; ".join(_uses(facts, cuff))


def _uses(facts: Facts, cuff: CuffReading) -> Iterator[str]:
    if any(isinstance(e.event, BaselineSet) and cuff.t_ns in e.event.readings for e in facts.source.events):
        yield wording.FOR_BASELINE
    for alarm in _alarms_of(facts, cuff)[:1]:
        yield wording.FOR_ALARM.format(age=fmt.duration(alarm.t0_ns - cuff.t_ns))
    for entry in facts.state.care.form:
        if cuff.t_ns in entry.readings:
            yield wording.FOR_FORM.format(age=fmt.duration(entry.t_ns - cuff.t_ns))
            return


def _alarms_of(facts: Facts, cuff: CuffReading) -> list[AlarmSpan]:
    """The alarms on pressure that a reading started."""
    rules = {line.rule for line in facts.state.limits if line.role.startswith("nibp-")}
    return [
        alarm
        for alarm in facts.state.alarms
        if alarm.condition in rules and 0 <= alarm.t0_ns - cuff.t_ns <= USED_WITHIN_NS
    ]


def is_alarming(facts: Facts, cuff: CuffReading) -> bool:
    """Whether a reading started an alarm."""
    return bool(_alarms_of(facts, cuff))


def alarms(facts: Facts) -> Table:
    """Every alarm with its priority in stars, how long it lasted, and who acknowledged it."""
    rows = tuple(_alarm(facts, span) for span in facts.state.alarms)
    return listed(wording.ALARMS, (0.2, 0.8), rows, wording.NONE)


def _alarm(facts: Facts, span: AlarmSpan) -> Row:
    stars = STARS[alarm_spans.priority(span)]
    words = f"{stars} {alarm_spans.words(span, facts.state)}"
    lasted = wording.TO_THE_END
    if span.t1_ns is not None:
        lasted = wording.LASTED.format(length=fmt.duration(span.t1_ns - span.t0_ns))
    seen = wording.HEARD_BY_NOBODY
    if span.acknowledged_t_ns is not None:
        at = facts.clock(span.acknowledged_t_ns, seconds=True)
        seen = wording.ACKNOWLEDGED.format(at=at, who=span.acknowledged_by or wording.SOMEBODY)
    time = facts.clock(span.t0_ns, seconds=True)
    tones = (Tone.QUIET, Tone.STRONG)
    return Row((time, words), tones=tones, below=(f"{lasted}, {seen}",), ruled=False)


def doses(facts: Facts) -> Table:
    """Every dose with who gave it, where, and its lot."""
    given = [(dose.t_ns, _dose(facts, dose)) for dose in facts.state.doses]
    given += [(dose.t_ns, _withdrawn(facts, dose)) for dose in facts.state.doses_withdrawn]
    rows = tuple(row for _, row in sorted(given, key=lambda pair: pair[0]))
    return listed(wording.DOSES, (0.2, 0.8), rows, wording.NO_DOSE)


def _dose(facts: Facts, dose: Dose) -> Row:
    more = [dose.site, dose.by]
    more += [wording.LOT.format(lot=dose.lot)] if dose.lot else []
    more += [wording.WITNESS.format(who=dose.witness)] if dose.witness else []
    per_kg = dose.mg_per_kg
    more += [wording.PER_KG.format(amount=fmt.amount(per_kg))] if per_kg is not None else []
    words = f"{dose.drug} {amount_words(dose)}"
    cells = (facts.clock(dose.t_ns, seconds=True), words)
    below = [", ".join(word for word in more if word), *_corrections(facts, dose)]
    return Row(cells, tones=(Tone.QUIET, Tone.STRONG), below=tuple(filter(None, below)), ruled=False)


def _withdrawn(facts: Facts, dose: Dose) -> Row:
    """A dose of which somebody said that it was never given."""
    last = dose.changes[-1]
    said = wording.DOSE_WITHDRAWN.format(
        at=facts.clock(last.t_ns, seconds=True), who=last.by or wording.SOMEBODY
    )
    cells = (facts.clock(dose.t_ns, seconds=True), f"({dose.drug} {amount_words(dose)})")
    return Row(cells, Tone.QUIET, below=(_because(said, last.reason),), ruled=False)


def _corrections(facts: Facts, dose: Dose) -> Iterator[str]:
    for change in dose.changes:
        was = f"{change.was.drug} {amount_words(change.was)} {change.was.site}".strip()
        was = f"{was}, {facts.clock(change.was.t_ns, seconds=True)}"
        at, who = facts.clock(change.t_ns, seconds=True), change.by or wording.SOMEBODY
        yield _because(wording.DOSE_WAS.format(at=at, who=who, was=was), change.reason)


def _because(said: str, reason: str) -> str:
    return said + wording.BECAUSE.format(reason=reason) if reason else said
