"""Times and levels of alarm sounds, read from TOML; a mistake is named with its key and what is allowed."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final

from kapmonitor.alarms.types import Priority
from kapmonitor.errors import ConfigError

QUIETEST_DB: Final = -40.0
"""However quietly a plan wants it, no alarm is played with less: it is never muted by arithmetic."""
LEAST_FULL_DBA: Final = 60.0
MOST_MEDIUM_DBA: Final = 60.0


@dataclass(frozen=True, slots=True)
class PriorityPlan:
    """How one priority is told; None is a stage that never comes."""

    staff_after_s: float | None
    louder_after_s: float | None
    room_after_s: float | None
    full_after_s: float | None
    chime_after_s: float | None
    reminder_s: float
    staff_repeat_s: float
    room_repeat_s: float
    full_repeat_s: float
    staff_dba: float
    louder_db: float
    room_dba: float
    full_dba: float
    duck_db: float
    duck_over_s: float
    full_duck_db: float


@dataclass(frozen=True, slots=True)
class SoundPlan:
    """The whole plan."""

    low: PriorityPlan
    medium: PriorityPlan
    high: PriorityPlan
    unduck_s: float
    bypass_full_after_s: float
    idle_s: float
    staff_full_dba: float
    room_full_dba: float

    def of(self, priority: Priority) -> PriorityPlan:
        """The plan of one priority."""
        return {Priority.LOW: self.low, Priority.MEDIUM: self.medium, Priority.HIGH: self.high}[priority]

    def staff_level_db(self, dba: float) -> float:
        """dB below full scale at which the staff output gives this level."""
        return min(0.0, max(QUIETEST_DB, dba - self.staff_full_dba))

    def room_level_db(self, dba: float) -> float:
        """The same for the room speaker."""
        return min(0.0, max(QUIETEST_DB, dba - self.room_full_dba))


@dataclass(frozen=True, slots=True)
class _Key:
    """A number in a file: from, to, what it is when left out (None: it must be given)."""

    low: float
    high: float
    default: float | None = None


_STAGES: Final = ("staff_after_s", "louder_after_s", "room_after_s", "full_after_s")
_LONGEST_WAIT_S: Final[Mapping[Priority, Mapping[str, float]]] = {
    Priority.LOW: {},
    Priority.MEDIUM: {"staff_after_s": 60.0, "louder_after_s": 120.0, "room_after_s": 180.0},
    Priority.HIGH: {
        "staff_after_s": 5.0,
        "louder_after_s": 30.0,
        "room_after_s": 60.0,
        "full_after_s": 120.0,
    },
}
"""The stages each priority has, and how long it may wait for each: those of HIGH and MEDIUM must be given."""
_NUMBERS: Final[Mapping[str, _Key]] = {
    "reminder_s": _Key(30.0, 900.0),
    "staff_repeat_s": _Key(2.5, 60.0, 20.0),
    "room_repeat_s": _Key(2.5, 60.0, 30.0),
    "full_repeat_s": _Key(2.5, 15.0, 5.0),
    "staff_dba": _Key(30.0, 80.0),
    "louder_db": _Key(0.0, 12.0, 6.0),
    "room_dba": _Key(35.0, 80.0, 50.0),
    "full_dba": _Key(LEAST_FULL_DBA, 85.0, 65.0),
    "duck_db": _Key(0.0, 60.0, 8.0),
    "duck_over_s": _Key(0.1, 10.0, 2.0),
    "full_duck_db": _Key(0.0, 60.0, 24.0),
}
_CHIME: Final = _Key(60.0, 600.0, 300.0)
_TOP: Final[Mapping[str, _Key]] = {
    "unduck_s": _Key(0.5, 30.0),
    "bypass_full_after_s": _Key(0.0, 60.0),
    "idle_s": _Key(60.0, 3600.0),
}
_LEVELS: Final[Mapping[str, _Key]] = {
    "staff_full_dba": _Key(50.0, 120.0),
    "room_full_dba": _Key(LEAST_FULL_DBA, 120.0),
}


def default() -> SoundPlan:
    """The plan that ships with the program."""
    text = resources.files("kapmonitor").joinpath("data/sounding-default.toml").read_text("utf-8")
    return parse(text, "sounding-default.toml")


def parse(text: str, path: str) -> SoundPlan:
    """Read a plan; ConfigError names the first mistake."""
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(path, "the file", f"not readable as TOML: {error}") from error
    sections = {name: _section(table, name, path) for name in ("low", "medium", "high", "levels")}
    _only(table, {*_TOP, *sections}, "", path)
    _only(sections["levels"], set(_LEVELS), "levels.", path)
    top = {key: _number(table, key, key, path, allowed) for key, allowed in _TOP.items()}
    levels = {
        key: _number(sections["levels"], key, f"levels.{key}", path, allowed)
        for key, allowed in _LEVELS.items()
    }
    plan = SoundPlan(
        low=_priority(sections["low"], Priority.LOW, path),
        medium=_priority(sections["medium"], Priority.MEDIUM, path),
        high=_priority(sections["high"], Priority.HIGH, path),
        unduck_s=top["unduck_s"],
        bypass_full_after_s=top["bypass_full_after_s"],
        idle_s=top["idle_s"],
        staff_full_dba=levels["staff_full_dba"],
        room_full_dba=levels["room_full_dba"],
    )
    _check_levels(plan, path)
    return plan


def _check_levels(plan: SoundPlan, path: str) -> None:
    if plan.medium.room_dba > MOST_MEDIUM_DBA:
        raise ConfigError(path, "medium.room_dba", f"at most {MOST_MEDIUM_DBA:g}")
    if plan.room_full_dba < plan.high.full_dba:
        raise ConfigError(path, "levels.room_full_dba", f"high.full_dba, {plan.high.full_dba:g}, or more")


def _priority(table: Mapping[str, object], priority: Priority, path: str) -> PriorityPlan:
    longest = _LONGEST_WAIT_S[priority]
    low = priority is Priority.LOW
    _only(table, {*longest, *_NUMBERS, *(("chime_after_s",) if low else ())}, f"{priority}.", path)
    waits = {
        key: _number(table, key, f"{priority}.{key}", path, _Key(0.0, most)) for key, most in longest.items()
    }
    for sooner, later in zip(longest, tuple(longest)[1:], strict=False):
        if waits[later] < waits[sooner]:
            raise ConfigError(path, f"{priority}.{later}", f"{sooner}, {waits[sooner]:g}, or more")
    values = {
        key: _number(table, key, f"{priority}.{key}", path, allowed) for key, allowed in _NUMBERS.items()
    }
    chime = _number(table, "chime_after_s", f"{priority}.chime_after_s", path, _CHIME) if low else None
    staff, louder, room, full = (waits.get(key) for key in _STAGES)
    return PriorityPlan(
        staff_after_s=staff,
        louder_after_s=louder,
        room_after_s=room,
        full_after_s=full,
        chime_after_s=chime,
        reminder_s=values["reminder_s"],
        staff_repeat_s=values["staff_repeat_s"],
        room_repeat_s=values["room_repeat_s"],
        full_repeat_s=values["full_repeat_s"],
        staff_dba=values["staff_dba"],
        louder_db=values["louder_db"],
        room_dba=values["room_dba"],
        full_dba=values["full_dba"],
        duck_db=values["duck_db"],
        duck_over_s=values["duck_over_s"],
        full_duck_db=values["full_duck_db"],
    )


def _section(table: Mapping[str, object], name: str, path: str) -> Mapping[str, object]:
    section = table.get(name)
    if not isinstance(section, dict):
        raise ConfigError(path, name, f"a [{name}] table")
    return section


def _only(table: Mapping[str, object], allowed: set[str], where: str, path: str) -> None:
    for key in table:
        if key not in allowed:
            raise ConfigError(path, f"{where}{key}", f"unknown; allowed: {', '.join(sorted(allowed))}")


def _number(table: Mapping[str, object], key: str, where: str, path: str, allowed: _Key) -> float:
    value = table.get(key, allowed.default)
    if value is None:
        raise ConfigError(path, where, f"must be given, a number from {allowed.low:g} to {allowed.high:g}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(path, where, "a number")
    if not allowed.low <= value <= allowed.high:
        raise ConfigError(path, where, f"a number from {allowed.low:g} to {allowed.high:g}")
    return float(value)
