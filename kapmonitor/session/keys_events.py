"""Who has the keys of the console: its lock, PINs that were given, the emergency card.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ScreenLocked:
    """Names and notes are hidden from now on; `idle` if nobody asked for it."""

    TYPE: ClassVar[str] = "screen.locked"
    VERSION: ClassVar[int] = 1
    by: str
    idle: bool


@dataclass(frozen=True, slots=True)
class ScreenUnlocked:
    """They are shown again; `pin` if a PIN was given for it."""

    TYPE: ClassVar[str] = "screen.unlocked"
    VERSION: ClassVar[int] = 1
    by: str
    pin: bool


@dataclass(frozen=True, slots=True)
class PinTried:
    """Somebody gave a person's PIN for a purpose, rightly or not; the PIN itself is nowhere."""

    TYPE: ClassVar[str] = "pin.tried"
    VERSION: ClassVar[int] = 1
    person: str
    purpose: str
    right: bool


@dataclass(frozen=True, slots=True)
class EmergencyAccessed:
    """The emergency card was opened; `locked` if nobody had given a PIN."""

    TYPE: ClassVar[str] = "emergency.accessed"
    VERSION: ClassVar[int] = 1
    by: str
    locked: bool


KeysEvent = ScreenLocked | ScreenUnlocked | PinTried | EmergencyAccessed
"""What concerns the keys."""
