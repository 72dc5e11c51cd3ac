"""What people may decide about limits: a command becomes an event, or is refused with a reason; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kapmonitor.alarms.types import Rule, Side
from kapmonitor.errors import CommandRefused
from kapmonitor.session.events import LimitsChanged, RuleDisabled, RuleEnabled

LONGEST_OFF_MIN: Final = 30.0
AUTHORISED: Final = ("prescriber", "supervisor")
"""Whose word may change a limit or switch one off."""
BOUNDS: Final = {
    "hr": (20.0, 250.0),
    "spo2": (50.0, 100.0),
    "nibp-sys": (40.0, 280.0),
    "nibp-dia": (20.0, 220.0),
    "nibp-mean": (25.0, 240.0),
}
"""No limit may stand where no value can come."""


def changed(rule: Rule | None, others: Iterable[Rule], limit: float, role: str, by: str) -> LimitsChanged:
    """Another number for a limit; CommandRefused says what is wrong with it."""
    if rule is None:
        raise CommandRefused("change limit", "no-such-limit")
    _check_person("change limit", role, by)
    low, high = BOUNDS.get(rule.role, (limit, limit))
    if not low <= limit <= high:
        raise CommandRefused("change limit", f"allowed are {low:g} to {high:g}")
    sign = 1 if rule.side is Side.HIGH else -1
    if rule.bypass is not None and sign * rule.bypass < sign * limit:
        raise CommandRefused("change limit", f"it alarms at once from {rule.bypass:g} on")
    facing = [o.limit for o in others if o.role == rule.role and o.side is not rule.side]
    nearest = min(facing, default=None) if rule.side is Side.LOW else max(facing, default=None)
    if nearest is not None and sign * limit <= sign * nearest:
        raise CommandRefused("change limit", f"every value would alarm: the other limit is {nearest:g}")
    return LimitsChanged(rule.id, rule.limit, limit, role, by)


def disabled(rule: Rule | None, reason: str, role: str, by: str, minutes: float, now_ns: int) -> RuleDisabled:
    """A limit switched off until its review; CommandRefused without a reason, a name or an end."""
    if rule is None:
        raise CommandRefused("switch off", "no-such-limit")
    _check_person("switch off", role, by)
    if not reason.strip():
        raise CommandRefused("switch off", "a reason is needed")
    if not 0 < minutes <= LONGEST_OFF_MIN:
        raise CommandRefused("switch off", f"allowed are at most {LONGEST_OFF_MIN:g} minutes")
    return RuleDisabled(rule.id, reason.strip(), role, by, now_ns + int(minutes * 60e9))


def enabled(rule: Rule | None, role: str, by: str) -> RuleEnabled:
    """A limit switched on again; anybody may, with a name."""
    if rule is None:
        raise CommandRefused("switch on", "no-such-limit")
    if not by.strip():
        raise CommandRefused("switch on", "a name is needed")
    return RuleEnabled(rule.id, role, by)


def _check_person(what: str, role: str, by: str) -> None:
    if role not in AUTHORISED:
        raise CommandRefused(what, f"allowed for {' or '.join(AUTHORISED)}")
    if not by.strip():
        raise CommandRefused(what, "a name is needed")
