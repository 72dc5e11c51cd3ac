"""The sentence an alarm is shown with: what, the worst value, which limit. Pure.

Text names the number and the limit and nothing else; it never says what to do about a patient.
"""

from __future__ import annotations

from kapmonitor.model import CuffReading, Measured, NibpFailure
from kapmonitor.session.state import ACTIVE_STATES
from kapmonitor.snapshot import ActiveAlarm
from ui import alarm_wording as wording
from ui import format as fmt
from ui import strings

UNACKNOWLEDGED = "active-unack"
_FAILURES = frozenset(NibpFailure)


def is_active(alarm: ActiveAlarm) -> bool:
    """Whether the condition holds now; one that is only kept on screen until seen does not."""
    return alarm.state in ACTIVE_STATES


def wants_acknowledgement(alarm: ActiveAlarm) -> bool:
    """Whether somebody still has to see it."""
    return alarm.state != "active-ack"


def flashes(alarm: ActiveAlarm) -> bool:
    """Whether its block flashes in the rhythm of its priority."""
    return alarm.state == UNACKNOWLEDGED


def sentence(alarm: ActiveAlarm, cuff: CuffReading | None, source: str = "") -> str:
    """`BP 162/98 — systolic above 154 (baseline 118 + 30 %)`, `SpO₂ 86 — below 88`, `Oximeter: link lost`."""
    if alarm.limit is None or alarm.value is None:
        return technical(alarm)
    name = strings.ROLE_NAMES.get(alarm.role, alarm.role)
    part = strings.PRESSURE_PARTS.get(alarm.role)
    said = f"{side_words(alarm.value, alarm.limit, alarm.direction)} {fmt.amount(alarm.limit)}"
    if part is None:
        said = f"{name} {fmt.alarming(alarm.role, alarm.value)} — {said}"
    elif _is_of(alarm, cuff):
        said = f"{name} {fmt.pressure(cuff)} — {part} {said}"
    else:
        said = f"{name} {part} {fmt.alarming(alarm.role, alarm.value)} — {said}"
    more = source_words(source) or alarm.text
    return f"{said} ({more})" if more else said


def short(alarm: ActiveAlarm) -> str:
    """The numeric form: `SpO₂ 89 < 92`, `BP systolic 162 > 154`; a reading at its limit is `92 = 92`."""
    if alarm.limit is None or alarm.value is None:
        return technical(alarm)
    name = strings.ROLE_NAMES.get(alarm.role, alarm.role)
    part = strings.PRESSURE_PARTS.get(alarm.role)
    sign = "=" if alarm.value == alarm.limit else ">" if alarm.direction == "high" else "<"
    what = f"{name} {part}" if part else name
    return f"{what} {fmt.alarming(alarm.role, alarm.value)} {sign} {fmt.amount(alarm.limit)}"


def side_words(value: float, limit: float, direction: str) -> str:
    """Above, below, or just at it: a reading equal to a limit is a violation."""
    if value == limit:
        return wording.AT_LIMIT
    return strings.ABOVE if direction == "high" else strings.BELOW


def source_words(source: str) -> str:
    """Where a limit came from, as far as that is worth a place in the alarm line."""
    if source[:1].isdigit():
        return wording.FROM_BASELINE.format(what=source)
    return "" if source.startswith("fixed") else source


def technical(alarm: ActiveAlarm) -> str:
    """What of the equipment failed; where vital signs no longer arrive, where to look instead."""
    kind, _, device = alarm.role.partition(":")
    said = alarm.text or strings.ROLE_NAMES.get(device, device) or alarm.condition
    if kind == "cuff":
        label, _, failure = said.partition("\t")
        said = strings.CUFF_FAILURES[NibpFailure(failure)] if failure in _FAILURES else label
    if kind == "sleep":
        said = fmt.duration(round((alarm.value or 0.0) * fmt.SECOND_NS))
    template = wording.TECHNICAL.get(kind)
    return said if template is None else template.format(what=said)


def _is_of(alarm: ActiveAlarm, cuff: CuffReading | None) -> bool:
    if cuff is None:
        return False
    part = {"nibp-sys": cuff.systolic, "nibp-dia": cuff.diastolic, "nibp-mean": cuff.mean}.get(alarm.role)
    return isinstance(part, Measured) and part.value == alarm.value
