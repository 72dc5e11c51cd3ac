"""This computer's settings, each value with where it came from. Read from TOML (docs/settings.md) only.

The command line wins over the file, and the file over what the program does by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, Generic, TypeVar

from kapmonitor.errors import ConfigError
from kapmonitor.tables import Table, top

Value = TypeVar("Value", str, float, bool, tuple[str, ...])

KEYS: Final = {
    "records": ("folder", "backup", "forget_days"),
    "outputs": ("staff", "room", "music"),
    "session": ("protocol", "author"),
    "lock": ("idle_min",),
    "emergency": ("phones",),
    "computer": ("hold_off_sleep", "hold_off_updates"),
    "screen": ("distance_m", "px_per_mm"),
    "report": ("paper",),
}
PAPERS: Final = ("a4", "letter")
LONGEST_FORGET_DAYS: Final = 365.0
LONGEST_IDLE_MIN: Final = 240.0
MOST_PHONES: Final = 6
FURTHEST_M: Final = 10.0
FINEST_PX_PER_MM: Final = 50.0
NO_FILE: Final = "the defaults"


class Origin(StrEnum):
    """Where a value came from."""

    DEFAULT = "default"
    FILE = "file"
    COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Setting(Generic[Value]):
    """One value under its full key."""

    key: str
    value: Value
    origin: Origin = Origin.DEFAULT

    def said(self, value: Value) -> Setting[Value]:
        """What the command line says instead; itself where it says nothing."""
        return Setting(self.key, value, Origin.COMMAND_LINE) if value else self


AnySetting = Setting[str] | Setting[float] | Setting[bool] | Setting[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. An empty text and a 0 mean that nothing was chosen.

    Without `px_per_mm` the display is believed about its size; `idle_min` 0 never locks by itself; without
    a `paper` it is that of the computer's region.
    """

    records_folder: Setting[str]
    records_backup: Setting[str]
    forget_days: Setting[float]
    staff_output: Setting[str]
    room_output: Setting[str]
    music_output: Setting[str]
    protocol: Setting[str]
    author: Setting[str]
    idle_lock_min: Setting[float]
    emergency_phones: Setting[tuple[str, ...]]
    hold_off_sleep: Setting[bool]
    hold_off_updates: Setting[bool]
    screen_distance_m: Setting[float]
    screen_px_per_mm: Setting[float]
    report_paper: Setting[str]

    def each(self) -> tuple[AnySetting, ...]:
        """Every one, in the order of the file."""
        return tuple(getattr(self, field.name) for field in fields(self))


def default() -> Settings:
    """What holds without a file."""
    return _settings(Table({}, "", NO_FILE, []))


def parse(text: str, path: str) -> Settings:
    """Read settings; ConfigError is their first mistake."""
    settings, mistakes = read(text, path)
    if mistakes:
        raise mistakes[0]
    return settings


def read(text: str, path: str) -> tuple[Settings, Sequence[ConfigError]]:
    """Read settings, and all mistakes of them; with any of them they must not be used."""
    table = top(text, path)
    table.only(*KEYS)
    settings = _settings(table)
    return settings, tuple(table.mistakes)


def _settings(table: Table) -> Settings:
    records, outputs = _inner(table, "records"), _inner(table, "outputs")
    _refuse_same(outputs, ("staff", "room", "music"), "another output: alarms never sound where music plays")
    _refuse_same(records, ("folder", "backup"), "another folder than that of the records")
    session, computer, screen = (_inner(table, key) for key in ("session", "computer", "screen"))
    return Settings(
        records_folder=_text(records, "folder"),
        records_backup=_text(records, "backup"),
        forget_days=_number(records, "forget_days", 7.0, (1.0, LONGEST_FORGET_DAYS)),
        staff_output=_text(outputs, "staff"),
        room_output=_text(outputs, "room"),
        music_output=_text(outputs, "music"),
        protocol=_text(session, "protocol"),
        author=_text(session, "author"),
        idle_lock_min=_number(_inner(table, "lock"), "idle_min", 10.0, (0.0, LONGEST_IDLE_MIN)),
        emergency_phones=_texts(_inner(table, "emergency"), "phones"),
        hold_off_sleep=_flag(computer, "hold_off_sleep"),
        hold_off_updates=_flag(computer, "hold_off_updates"),
        screen_distance_m=_number(screen, "distance_m", 3.0, (0.3, FURTHEST_M)),
        screen_px_per_mm=_number(screen, "px_per_mm", 0.0, (1.0, FINEST_PX_PER_MM)),
        report_paper=_choice(_inner(table, "report"), "paper", PAPERS),
    )


def _inner(table: Table, key: str) -> Table:
    inner = table.table(key) or Table({}, key, table.path, table.mistakes)
    inner.only(*KEYS[key])
    return inner


def _refuse_same(table: Table, keys: tuple[str, ...], allowed: str) -> None:
    taken: set[object] = set()
    for key in keys:
        value = table.values.get(key)
        if isinstance(value, str) and value:
            if value in taken:
                table.wrong(key, allowed)
            taken.add(value)


def _origin(table: Table, key: str) -> Origin:
    return Origin.FILE if key in table.values else Origin.DEFAULT


def _text(table: Table, key: str) -> Setting[str]:
    return Setting(table.key(key), table.text(key), _origin(table, key))


def _choice(table: Table, key: str, allowed: tuple[str, ...]) -> Setting[str]:
    found = _text(table, key)
    if found.value and found.value not in allowed:
        table.wrong(key, " or ".join(allowed))
    return found


def _number(table: Table, key: str, default: float, allowed: tuple[float, float]) -> Setting[float]:
    value = table.number(key, *allowed)
    return Setting(table.key(key), default if value is None else value, _origin(table, key))


def _texts(table: Table, key: str) -> Setting[tuple[str, ...]]:
    return Setting(table.key(key), table.texts(key, MOST_PHONES), _origin(table, key))


def _flag(table: Table, key: str) -> Setting[bool]:
    return Setting(table.key(key), table.flag(key, default=True), _origin(table, key))
