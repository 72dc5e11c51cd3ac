"""Limits that follow the baseline made into numbers, each with the words for where it came from; pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from kapmonitor.alarms.baseline import Baseline
from kapmonitor.alarms.types import Relative, Rule, Side
from kapmonitor.view import Role

NO_BASELINE: Final = "no baseline"
FIXED: Final = "fixed"


def in_force(rules: Iterable[Rule], baseline: Baseline | None) -> tuple[Rule, ...]:
    """The rules as they hold with this baseline; what only a baseline could give a limit is left out."""
    found = (concrete(rule, baseline) for rule in rules)
    return tuple(rule for rule in found if rule is not None)


def concrete(rule: Rule, baseline: Baseline | None) -> Rule | None:
    """The rule with its limit as a number; None if it has none."""
    if rule.relative is None:
        return rule if rule.source else replace(rule, source=FIXED)
    value = value_of(baseline, rule.role)
    relative = rule.relative
    applies = value is not None and (relative.only_below is None or value < relative.only_below)
    if value is not None and applies:
        limit, source = moved(relative, value, rule.side)
        return replace(rule, limit=limit, source=source)
    if relative.fallback is None:
        return None
    source = FIXED if value is not None else f"{FIXED}, {NO_BASELINE}"
    return replace(rule, limit=relative.fallback, source=source)


def value_of(baseline: Baseline | None, role: str) -> float | None:
    """The baseline's value of a role."""
    if baseline is None:
        return None
    values: Mapping[str, float | None] = {
        Role.NIBP_SYS.value: baseline.systolic,
        Role.NIBP_DIA.value: baseline.diastolic,
        Role.NIBP_MEAN.value: baseline.mean,
        Role.HR.value: baseline.hr,
        Role.SPO2.value: baseline.spo2,
    }
    return values.get(role)


def moved(relative: Relative, value: float, side: Side) -> tuple[float, str]:
    """The limit, a whole number that no nearer value passes, and its words: `118 + 30 %, at least 145`."""
    sign = 1 if side is Side.HIGH else -1
    # Rounded first: 120 * 1.3 must not become 157 because of its last binary digit.
    limit = round(value * (1 + sign * relative.percent / 100) + sign * relative.plus, 6)
    whole = float(math.ceil(limit) if side is Side.HIGH else math.floor(limit))
    word = "+" if sign > 0 else "−"
    parts = [f"{value:g}"]
    parts += [f"{word} {relative.percent:g} %"] if relative.percent else []
    parts += [f"{word} {relative.plus:g}"] if relative.plus else []
    said = " ".join(parts)
    if relative.at_least is not None and whole < relative.at_least:
        return relative.at_least, f"{said}, at least {relative.at_least:g}"
    if relative.at_most is not None and whole > relative.at_most:
        return relative.at_most, f"{said}, at most {relative.at_most:g}"
    return whole, said
