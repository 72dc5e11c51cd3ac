"""Technical alarm conditions: what of our own equipment must not fail silently."""

from __future__ import annotations

from kapmonitor.alarms.types import Priority, Rule, Sample, Side

RECORD = "record"
CLOCK = "clock"
SLEEP = "sleep"

SLEEP_TOLD_NS = 60_000_000_000
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


def device_rules(device: str) -> tuple[Rule, ...]:
    """What is watched of every device: its link, whether it is the same one, its sensor, its cuff."""
    return (
        _flag(changed_role(device), Priority.MEDIUM),
        _flag(link_role(device), Priority.MEDIUM, delay_s=5.0),
        _flag(sensor_role(device), Priority.LOW, delay_s=10.0),
        _flag(cuff_role(device), Priority.LOW),
    )


def own_rules() -> tuple[Rule, ...]:
    """What is watched of the console itself."""
    return (_flag(RECORD, Priority.HIGH), _flag(SLEEP, Priority.HIGH), _flag(CLOCK, Priority.LOW))


def sleep_sample(slept: tuple[int, int] | None, now_ns: int) -> Sample:
    """Raised for a while by a sleep, given when it ended and how long it was; its value are the seconds."""
    told = slept is not None and now_ns - slept[0] <= SLEEP_TOLD_NS
    return Sample(now_ns, slept[1] / 1e9 if slept is not None and told else 0.0)


def _flag(role: str, priority: Priority, delay_s: float = 0.0) -> Rule:
    return Rule(role, role, Side.FLAG, priority, delay_s=delay_s)
