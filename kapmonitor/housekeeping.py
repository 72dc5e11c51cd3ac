"""The disk that the record is on and the computer's battery, looked at every ten seconds.

Whether the disk is one to keep a record on is tried out once a minute: that writes to it.
Looking may block on a disk that is far away, so it is done beside the core thread.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import psutil

from kapmonitor.alarms.technical import BATTERY, DISK
from kapmonitor.alarms.types import RAISED, SEVERE
from kapmonitor.awake import Awake
from kapmonitor.beside import beside
from kapmonitor.networkclock import network_clock
from kapmonitor.record.database import head_of
from kapmonitor.snapshot import StationFacts
from kapmonitor.vault.keys import is_encrypted
from kapmonitor.volume import look_at

EVERY_S: Final = 10.0
DISK_LOW, DISK_VERY_LOW = 1_000_000_000, 300_000_000
BATTERY_LOW, BATTERY_VERY_LOW = 20.0, 10.0
SUPPLIES: Final = Path("/sys/class/power_supply")

FACTS_EVERY: Final = 6

Sense = Callable[[str, float, str], None]
Show = Callable[[StationFacts], None]


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """What was found: bytes free, and percent left in the battery while it is being used up."""

    disk_free: int | None = None
    battery: float | None = None


def facts(record: Path, *, awake: bool) -> StationFacts:
    """What is shown of the computer before a session; writes a little to the disk."""
    volume = look_at(record.parent)
    power = psutil.sensors_battery()
    return StationFacts(
        disk_will_do=volume.will_do,
        disk_free=volume.free,
        battery=float(power.percent) if power is not None else None,
        on_mains=power.power_plugged if power is not None else None,
        awake=awake,
        encrypted=_is_encrypted(record),
        clock=network_clock(),
    )


def _is_encrypted(record: Path) -> bool | None:
    try:
        return is_encrypted(head_of(record))
    except OSError:
        return None


def look(record: Path, supplies: Path = SUPPLIES) -> Housekeeping:
    """How disk and battery are now; None for what this computer does not tell."""
    try:
        free: int | None = shutil.disk_usage(record.parent).free
    except OSError:
        free = None
    return Housekeeping(free, battery_left(supplies))


def battery_left(supplies: Path) -> float | None:
    """Percent left in the emptiest battery that is discharging; None if there is none."""
    left: list[float] = []
    try:
        found = sorted(supplies.iterdir())
    except OSError:
        return None
    for supply in found:
        if _read(supply / "type") == "Battery" and _read(supply / "status") == "Discharging":
            percent = _read(supply / "capacity")
            # A mouse or a headset has a battery, too; its scope says so.
            if percent.isdecimal() and _read(supply / "scope") != "Device":
                left.append(float(percent))
    return min(left, default=None)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()
    except OSError:
        return ""


def tell(found: Housekeeping, sense: Sense) -> None:
    """Let the alarms know."""
    free, left = found.disk_free, found.battery
    text = f"{free / 1e9:.1f} GB" if free is not None else ""
    sense(DISK, _level(free, DISK_LOW, DISK_VERY_LOW), text)
    sense(BATTERY, _level(left, BATTERY_LOW, BATTERY_VERY_LOW), f"{left:.0f} %" if left is not None else "")


def _level(value: float | None, low: float, very_low: float) -> float:
    if value is None or value >= low:
        return 0.0
    return SEVERE if value < very_low else RAISED


async def keep_looking(record: Callable[[], Path], sense: Sense, show: Show, awake: Awake) -> None:
    """Look now and every ten seconds, until cancelled, at the disk that the record is on then."""
    turns = 0
    while True:
        tell(await beside(partial(look, record())), sense)
        if turns % FACTS_EVERY == 0:
            held = await beside(awake.wait)
            show(await beside(partial(facts, record(), awake=held)))
        turns += 1
        await asyncio.sleep(EVERY_S)
