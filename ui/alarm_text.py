"""The sentence an alarm is shown with: what, the worst value, which limit. Pure.

Text names the number and the limit and nothing else; it never says what to do about a patient.
"""

from __future__ import annotations

from kapmonitor.model import CuffReading, Measured, NibpFailure
from kapmonitor.session.state import ACTIVE_STATES
from kapmonitor.snapshot import ActiveAlarm
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


def sentence(alarm: ActiveAlarm, cuff: CuffReading | None) -> str:
    """`BP 162/98 — systolic above 154`, `SpO₂ 86 — below 88`, `Oximeter link lost — LOOK AT …`."""
    if alarm.limit is None or alarm.value is None:
        return technical(alarm)
    side = strings.ABOVE if alarm.direction == "high" else strings.BELOW
    limit = fmt.amount(alarm.limit)
    name = strings.ROLE_NAMES.get(alarm.role, alarm.role)
    part = strings.PRESSURE_PARTS.get(alarm.role)
    if part is None:
        said = f"{name} {alarm.value:.0f} — {side} {limit}"
    elif _is_of(alarm, cuff):
        said = f"{name} {fmt.pressure(cuff)} — {part} {side} {limit}"
    else:
        said = f"{name} {part} {alarm.value:.0f} — {side} {limit}"
    return f"{said} ({alarm.text})" if alarm.text else said


def technical(alarm: ActiveAlarm) -> str:
    """What of the equipment failed; where vital signs no longer arrive, where to look instead."""
    kind, _, device = alarm.role.partition(":")
    said = alarm.text or device or alarm.condition
    if kind == "cuff":
        label, _, failure = said.partition("\t")
        said = strings.CUFF_FAILURES[NibpFailure(failure)] if failure in _FAILURES else label
    if kind == "sleep":
        said = fmt.duration(round((alarm.value or 0.0) * fmt.SECOND_NS))
    template = strings.TECHNICAL.get(kind)
    return said if template is None else template.format(what=said)


def _is_of(alarm: ActiveAlarm, cuff: CuffReading | None) -> bool:
    if cuff is None:
        return False
    part = {"nibp-sys": cuff.systolic, "nibp-dia": cuff.diastolic, "nibp-mean": cuff.mean}.get(alarm.role)
    return isinstance(part, Measured) and part.value == alarm.value
