"""Limit sets: what a clinic signs, read from TOML; a mistake is named with its key and what is allowed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from kapmonitor.alarms.types import Priority, Rule, Side
from kapmonitor.errors import ConfigError
from kapmonitor.view import Role

ROLES = tuple(role.value for role in Role)
CONTINUOUS = frozenset({Role.HR.value, Role.SPO2.value})
_NUMBERS = {"at", "delay_s", "deadband", "clear_s", "at_once"}
_KEYS = _NUMBERS | {"id", "of", "side", "priority"}
LONGEST_DELAY_S = 120.0
"""No limit may hold an alarm back for longer: a delay is against flutter, not against alarms."""


@dataclass(frozen=True, slots=True)
class LimitSet:
    """The limits of a session, with who signed them; `example` marks those that nobody may sign off."""

    name: str
    signed_by: str
    signed_on: str
    example: bool
    rules: tuple[Rule, ...]


def example() -> LimitSet:
    """The limits that ship with the program, marked as an example."""
    text = resources.files("kapmonitor").joinpath("data/limits-example.toml").read_text("utf-8")
    return parse(text, "limits-example.toml")


def parse(text: str, path: str) -> LimitSet:
    """Read a limit set; ConfigError names the first mistake."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(path, "the file", f"not readable as TOML: {error}") from error
    entries = table.get("limit")
    if not isinstance(entries, list) or not entries:
        raise ConfigError(path, "limit", "at least one [[limit]] table is needed")
    rules = tuple(_rule(entry, f"limit[{i}]", path) for i, entry in enumerate(entries))
    ids = [rule.id for rule in rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise ConfigError(path, f"id {rule_id}", "each limit needs an id of its own")
    _check_sides(rules, path)
    return LimitSet(
        _text(table, "name", path),
        _text(table, "signed_by", path),
        _text(table, "signed_on", path),
        bool(table.get("example", False)),
        rules,
    )


def _check_sides(rules: tuple[Rule, ...], path: str) -> None:
    """ConfigError for limits that leave no value without an alarm, and for an `at_once` inside its limit."""
    for rule in rules:
        sign = 1 if rule.side is Side.HIGH else -1
        if rule.bypass is not None and sign * rule.bypass < sign * rule.limit:
            raise ConfigError(path, f"id {rule.id}.at_once", f"{rule.limit:g} or further out")
        lows = [low.limit for low in rules if low.role == rule.role and low.side is Side.LOW]
        if rule.side is Side.HIGH and rule.limit <= max(lows, default=rule.limit - 1):
            allowed = f"above the low limit of {rule.role}, {max(lows):g}, or every value alarms"
            raise ConfigError(path, f"id {rule.id}.at", allowed)


def _text(table: Mapping[str, object], key: str, path: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise ConfigError(path, key, "a text in quotes")
    return value


def _rule(entry: object, where: str, path: str) -> Rule:
    if not isinstance(entry, dict):
        raise ConfigError(path, where, "a [[limit]] table")
    for key in entry:
        if key not in _KEYS:
            raise ConfigError(path, f"{where}.{key}", f"unknown; allowed: {', '.join(sorted(_KEYS))}")
    numbers = {key: _number(entry, key, where, path) for key in _NUMBERS}
    at = numbers["at"]
    if at is None:
        raise ConfigError(path, f"{where}.at", "the limit itself, a number")
    role = _choice(entry, "of", ROLES, where, path)
    delay_s = numbers["delay_s"] or 0.0
    if not 0 <= delay_s <= LONGEST_DELAY_S:
        raise ConfigError(path, f"{where}.delay_s", f"0 to {LONGEST_DELAY_S:g} seconds")
    return Rule(
        id=_name(entry, where, path),
        role=role,
        side=Side(_choice(entry, "side", ("high", "low"), where, path)),
        priority=Priority(_choice(entry, "priority", ("low", "medium", "high"), where, path)),
        limit=at,
        delay_s=delay_s,
        deadband=numbers["deadband"] or 0.0,
        clear_s=numbers["clear_s"] or 0.0,
        bypass=numbers["at_once"],
        confirmations=3 if role in CONTINUOUS else 1,
    )


def _name(entry: Mapping[str, object], where: str, path: str) -> str:
    value = entry.get("id")
    if not isinstance(value, str) or not value:
        raise ConfigError(path, f"{where}.id", "a short name in quotes")
    return value


def _number(entry: Mapping[str, object], key: str, where: str, path: str) -> float | None:
    value = entry.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e6:
        raise ConfigError(path, f"{where}.{key}", "a number")
    if key not in {"at", "at_once"} and value < 0:
        raise ConfigError(path, f"{where}.{key}", "0 or more")
    return float(value)


def _choice(entry: Mapping[str, object], key: str, allowed: tuple[str, ...], where: str, path: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or value not in allowed:
        raise ConfigError(path, f"{where}.{key}", f"one of {', '.join(allowed)}")
    return value
