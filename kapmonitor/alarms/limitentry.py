"""One [[limit]] table of a limit set as a rule; a mistake is named with its key and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kapmonitor.alarms.types import Companion, Priority, Relative, Rule, Side
from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from kapmonitor.tables import shown
from kapmonitor.view import Role

ROLES: Final = tuple(role.value for role in Role)
CONTINUOUS: Final = frozenset({Role.HR.value, Role.SPO2.value})
PHASES: Final = tuple(phase.value for phase in Phase)
LONGEST_DELAY_S: Final = 120.0
"""No limit may hold an alarm back for longer: a delay is against flutter, not against alarms."""
LONGEST_SUSTAINED_S: Final = 1800.0
"""What has to last is another thing than a delay, and still must alarm within the session."""
LONGEST_REPEAT_S: Final = 900.0
BIGGEST: Final = 1e6

_KEYS: Final = frozenset(
    {"id", "of", "side", "priority", "at", "delay_s", "for_s", "deadband", "clear_s", "at_once", "phases"}
    | {"from_baseline", "repeat", "with"}
)
_FROM_BASELINE: Final = frozenset({"percent", "plus", "at_least", "at_most", "only_below"})
_REPEAT: Final = frozenset({"from_s", "to_s", "first"})
_WITH: Final = frozenset({"of", "above", "below"})


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table with its place in the file, for reading with mistakes named."""

    entries: Mapping[str, object]
    where: str
    path: str

    def key(self, key: str) -> str:
        """The key's full name."""
        return f"{self.where}.{key}" if self.where else key

    def mistake(self, key: str, allowed: str) -> ConfigError:
        """What is wrong at a key: what stands there, and what is allowed."""
        said = f"{allowed}; it is {shown(self.entries[key])}" if key in self.entries else allowed
        return ConfigError(self.path, self.key(key), said)

    def only(self, allowed: frozenset[str]) -> None:
        """ConfigError for a key that means nothing."""
        for key in self.entries:
            if key not in allowed:
                said = f"unknown; allowed: {', '.join(sorted(allowed))}"
                raise ConfigError(self.path, self.key(key), said)

    def number(self, key: str, low: float = -BIGGEST, high: float = BIGGEST) -> float | None:
        """A number within bounds, None if the key is not there."""
        value = self.entries.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < BIGGEST:
            raise self.mistake(key, "a number")
        if not low <= value <= high:
            bounds = f"{low:g} or more" if high == BIGGEST else f"{low:g} to {high:g}"
            raise self.mistake(key, bounds)
        return float(value)

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text, empty if the key is not there."""
        value = self.entries.get(key, "")
        if not isinstance(value, str) or (needed and not value):
            raise self.mistake(key, "a short name in quotes" if needed else "a text in quotes")
        return value

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of some words."""
        value = self.entries.get(key)
        if not isinstance(value, str) or value not in allowed:
            raise self.mistake(key, f"one of {', '.join(allowed)}")
        return value

    def table(self, key: str) -> Table | None:
        """A table within, None if the key is not there."""
        value = self.entries.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.mistake(key, "a table in braces")
        return Table(value, self.key(key), self.path)


def rule_of(entry: object, where: str, path: str) -> Rule:
    """The rule of one [[limit]] table."""
    if not isinstance(entry, dict):
        raise ConfigError(path, where, "a [[limit]] table")
    table = Table(entry, where, path)
    table.only(_KEYS)
    relative, at = _limit(table)
    role = table.choice("of", ROLES)
    side = Side(table.choice("side", ("high", "low")))
    priority = Priority(table.choice("priority", tuple(priority.value for priority in Priority)))
    repeat_s, first = _repeat(table, role, priority)
    return Rule(
        id=table.text("id", needed=True),
        role=role,
        side=side,
        priority=priority,
        limit=at if at is not None else 0.0,
        delay_s=_delay(table, repeat=repeat_s is not None),
        deadband=table.number("deadband", 0) or 0.0,
        clear_s=table.number("clear_s", 0) or 0.0,
        bypass=table.number("at_once"),
        confirmations=3 if role in CONTINUOUS else 1,
        phases=_phases(table),
        repeat_s=repeat_s,
        first=first,
        companion=_companion(table),
        relative=relative,
    )


def _limit(table: Table) -> tuple[Relative | None, float | None]:
    """The limit: a number, or how it is made from the baseline, or both."""
    at, inner = table.number("at"), table.table("from_baseline")
    if inner is None:
        if at is None:
            raise ConfigError(table.path, table.key("at"), "the limit itself, a number")
        return None, at
    inner.only(_FROM_BASELINE)
    percent, plus = inner.number("percent", 0, 100), inner.number("plus", 0)
    if not percent and not plus:
        raise ConfigError(inner.path, inner.where, "percent or plus: how far from the baseline")
    at_least, at_most = inner.number("at_least"), inner.number("at_most")
    if at_least is not None and at_most is not None and at_least > at_most:
        raise inner.mistake("at_least", f"at_most, {at_most:g}, or less")
    only_below = inner.number("only_below")
    return Relative(percent or 0.0, plus or 0.0, at_least, at_most, only_below, at), at


def _delay(table: Table, *, repeat: bool) -> float:
    """How long it must last before it alarms."""
    delay_s = table.number("delay_s", 0, LONGEST_DELAY_S)
    for_s = table.number("for_s", 1, LONGEST_SUSTAINED_S)
    if for_s is not None and delay_s is not None:
        raise table.mistake("for_s", "without delay_s: either it is held back, or it has to last")
    wait_s = for_s if for_s is not None else delay_s or 0.0
    if repeat and wait_s:
        raise table.mistake("for_s" if for_s is not None else "delay_s", "not together with repeat")
    return wait_s


def _repeat(
    table: Table, role: str, priority: Priority
) -> tuple[tuple[float, float] | None, Priority | None]:
    inner = table.table("repeat")
    if inner is None:
        return None, None
    inner.only(_REPEAT)
    if role in CONTINUOUS:
        raise ConfigError(
            table.path, table.key("repeat"), "only for a blood pressure, which comes in readings"
        )
    from_s = inner.number("from_s", 0, LONGEST_REPEAT_S)
    to_s = inner.number("to_s", 0, LONGEST_REPEAT_S)
    if from_s is None or to_s is None or from_s >= to_s:
        raise ConfigError(inner.path, inner.key("to_s"), "from_s and to_s in seconds, to_s the later one")
    lower = tuple(each.value for each in Priority if each.rank < priority.rank)
    if not lower:
        raise ConfigError(table.path, table.key("repeat"), "only for a priority above low")
    return (from_s, to_s), Priority(inner.choice("first", lower) if "first" in inner.entries else lower[-1])


def _companion(table: Table) -> Companion | None:
    inner = table.table("with")
    if inner is None:
        return None
    inner.only(_WITH)
    above, below = inner.number("above"), inner.number("below")
    if above is None and below is None:
        raise ConfigError(inner.path, inner.where, "above or below: the other value's bounds")
    return Companion(inner.choice("of", ROLES), above, below)


def _phases(table: Table) -> tuple[str, ...]:
    value = table.entries.get("phases", [])
    if not isinstance(value, list) or not all(phase in PHASES for phase in value):
        raise table.mistake("phases", f"a list of {', '.join(PHASES)}")
    return tuple(phase for phase in PHASES if phase in value)
