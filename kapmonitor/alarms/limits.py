"""Limit sets: what a clinic signs, read from TOML; a mistake is named with its key and what is allowed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Final

from kapmonitor.alarms.limitentry import Table, rule_of
from kapmonitor.alarms.types import Rule, Side
from kapmonitor.errors import ConfigError

_KEYS: Final = frozenset({"name", "signed_by", "signed_on", "example", "limit"})


@dataclass(frozen=True, slots=True)
class LimitSet:
    """The limits of a session, with who signed them; `example` marks those that nobody may sign off.

    `toml` is the text they were read from.
    """

    name: str
    signed_by: str
    signed_on: str
    example: bool
    rules: tuple[Rule, ...]
    toml: str = ""

    @property
    def follows_baseline(self) -> bool:
        """Whether any limit is made from the baseline."""
        return any(rule.relative is not None for rule in self.rules)


def example() -> LimitSet:
    """The limits that ship with the program, marked as an example."""
    return _shipped("limits-example.toml")


def baseline_example() -> LimitSet:
    """The example whose limits follow the person's baseline."""
    return _shipped("limits-baseline-example.toml")


def _shipped(name: str) -> LimitSet:
    return parse(resources.files("kapmonitor").joinpath("data", name).read_text("utf-8"), name)


def parse(text: str, path: str) -> LimitSet:
    """Read a limit set; ConfigError names the first mistake."""
    try:
        read = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(path, "the file", f"not readable as TOML: {error}") from error
    table = Table(read, "", path)
    table.only(_KEYS)
    entries = read.get("limit")
    if not isinstance(entries, list) or not entries:
        raise ConfigError(path, "limit", "at least one [[limit]] table is needed")
    rules = tuple(rule_of(entry, f"limit[{i}]", path) for i, entry in enumerate(entries))
    ids = [rule.id for rule in rules]
    for rule_id in ids:
        if ids.count(rule_id) > 1:
            raise ConfigError(path, f"id {rule_id}", "each limit needs an id of its own")
    check(rules, path)
    is_example = read.get("example", False)
    if not isinstance(is_example, bool):
        raise table.mistake("example", "true or false")
    return LimitSet(
        table.text("name"), table.text("signed_by"), table.text("signed_on"), is_example, rules, text
    )


def check(rules: tuple[Rule, ...], path: str) -> None:
    """ConfigError for limits that leave no value without an alarm, and for an `at_once` inside its limit."""
    for rule in rules:
        sign = 1 if rule.side is Side.HIGH else -1
        for limit in _bounds(rule):
            if rule.bypass is not None and sign * rule.bypass < sign * limit:
                raise ConfigError(path, f"id {rule.id}.at_once", f"{limit:g} or further out")
        if rule.side is Side.HIGH:
            _check_between(rule, rules, path)


def _check_between(rule: Rule, rules: tuple[Rule, ...], path: str) -> None:
    """There must be values between the low and the high limits of a role; those with conditions aside."""
    lows = [
        limit
        for low in rules
        if low.role == rule.role and low.side is Side.LOW and low.companion is None
        for limit in _bounds(low)
    ]
    for limit in _bounds(rule):
        if rule.companion is None and limit <= max(lows, default=limit - 1):
            allowed = f"above the low limit of {rule.role}, {max(lows):g}, or every value alarms"
            raise ConfigError(path, f"id {rule.id}.at", allowed)


def _bounds(rule: Rule) -> tuple[float, ...]:
    """The limits that are known without a baseline: the number itself, the ends of what is made from one."""
    relative = rule.relative
    if relative is None:
        return (rule.limit,)
    known = (relative.fallback, relative.at_least, relative.at_most)
    return tuple(limit for limit in known if limit is not None)
