"""Technical alarm conditions: what of our own equipment must not fail silently."""

from __future__ import annotations

from typing import Final

from kapmonitor.alarms.types import Priority, Rule, Side
from kapmonitor.view import Role

CONSOLE: Final = "console"
RECORD: Final = "record"
HEADS: Final = "heads"
MOVED: Final = "moved"
CLOCK: Final = "clock"
SLEEP: Final = "sleep"
DISK: Final = "disk"
BATTERY: Final = "battery"
DISPLAY: Final = "display"
AUDIO: Final = "audio"
OVERDUE: Final = "overdue"
BASELINE_HIGH: Final = "baseline-high"

CONTINUOUS: Final = (Role.HR.value, Role.SPO2.value)
CUFF_ROLES: Final = (Role.NIBP_SYS.value, Role.NIBP_DIA.value, Role.NIBP_MEAN.value)

SLEEP_TOLD_NS: Final = 60_000_000_000
"""For so long after the computer woke, the alarm says that nothing was monitored."""


def link_role(device: str) -> str:
    """The role under which a device's link is watched."""
    return f"link:{device}"


def changed_role(device: str) -> str:
    """The role under which it is watched whether a device is still the adopted one."""
    return f"changed:{device}"


def sensor_role(device: str) -> str:
    """The role under which a device's sensor is watched."""
    return f"sensor:{device}"


def cuff_role(device: str) -> str:
    """The role under which failed cuffs of a device are watched."""
    return f"cuff:{device}"


def stuck_role(device: str) -> str:
    """The role under which it is watched whether a device repeats itself."""
    return f"stuck:{device}"


def errors_role(device: str) -> str:
    """The role under which the share of damaged bytes of a device is watched."""
    return f"errors:{device}"


def signal_role(role: str) -> str:
    """The role under which the loss of a continuously measured role is watched."""
    return f"signal:{role}"


def device_rules(device: str) -> tuple[Rule, ...]:
    """What is watched of every device: the same one, its link, its sensor, its cuff, whether it is sound."""
    medium = Priority.MEDIUM
    return (
        _flag(changed_role(device), medium),
        _flag(link_role(device), medium, delay_s=5.0),
        _flag(sensor_role(device), Priority.LOW, delay_s=10.0, rises_to=medium, rises_s=30.0),
        _flag(cuff_role(device), Priority.LOW, rises_to=medium),
        _flag(stuck_role(device), medium),
        _flag(errors_role(device), Priority.LOW, rises_to=medium),
    )


def own_rules() -> tuple[Rule, ...]:
    """What is watched of the console itself, and of signals whatever device they come from."""
    low, medium, high = Priority.LOW, Priority.MEDIUM, Priority.HIGH
    return (
        _flag(CONSOLE, medium, rises_to=high, rises_s=30.0),
        _flag(RECORD, high),
        _flag(HEADS, low),
        _flag(MOVED, low),
        _flag(SLEEP, high),
        _flag(CLOCK, low),
        _flag(DISK, low, rises_to=medium),
        _flag(BATTERY, medium, rises_to=high),
        _flag(DISPLAY, low, rises_to=medium),
        _flag(AUDIO, medium, rises_to=high),
        _flag(OVERDUE, low, rises_to=medium),
        _flag(BASELINE_HIGH, low),
        *(
            _flag(signal_role(role), low, delay_s=10.0, rises_to=medium, rises_s=30.0, covers=role)
            for role in CONTINUOUS
        ),
    )


def _flag(
    role: str,
    priority: Priority,
    delay_s: float = 0.0,
    rises_to: Priority | None = None,
    rises_s: float | None = None,
    covers: str = "",
) -> Rule:
    return Rule(
        role,
        role,
        Side.FLAG,
        priority,
        delay_s=delay_s,
        rises_to=rises_to,
        rises_s=rises_s,
        covers=covers,
    )
