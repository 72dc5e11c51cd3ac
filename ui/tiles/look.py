"""How a tile stands to its alarms: what alarms, what is about to, what is off, whose limits; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kapmonitor.snapshot import ActiveAlarm, LimitInForce, Priority, Snapshot
from ui import alarm_text, strings
from ui import format as fmt
from ui.limit_words import of_roles, switched_off

HR_ROLES: Final = ("hr",)
SPO2_ROLES: Final = ("spo2",)
SYS_ROLE: Final = "nibp-sys"
DIA_ROLE: Final = "nibp-dia"
MEAN_ROLE: Final = "nibp-mean"
BP_ROLES: Final = (SYS_ROLE, DIA_ROLE, MEAN_ROLE)
BY_HAND: Final = "set by "
NO_BASELINE: Final = "no baseline"
UNARMED: Final = "unarmed"
PENDING: Final = "pending"


@dataclass(frozen=True, slots=True)
class Crossed:
    """The limits of one value that alarm now, the gravest on each side."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """`off` is when a limit that somebody switched off comes back; `note` where the limits come from.

    `pending` is the gravest priority whose delay runs; `armed` whether a reading would alarm at all.
    `crossed` are limits that alarm, of each role that has any.
    """

    acknowledged: bool = False
    pending: Priority | None = None
    off: str = ""
    armed: bool = True
    note: str = ""
    crossed: Mapping[str, Crossed] = field(default_factory=dict)

    def crossed_of(self, role: str) -> Crossed:
        """The limits of this role that alarm."""
        return self.crossed.get(role, Crossed())


def look(snapshot: Snapshot, roles: tuple[str, ...], now_ns: int) -> Look:
    """The look of the tile of these roles."""
    limits = of_roles(snapshot.limits, roles)
    alarms = [a for a in snapshot.alarms if a.role in roles and alarm_text.is_active(a)]
    off = [left for limit, left in switched_off(snapshot, now_ns) if limit.role in roles]
    pending = [limit.priority for limit in limits if limit.state == PENDING]
    armed = not limits or any(limit.state != UNARMED for limit in limits)
    return Look(
        acknowledged=bool(alarms) and not any(alarm_text.flashes(alarm) for alarm in alarms),
        pending=max(pending, key=lambda priority: priority.rank, default=None),
        off=fmt.duration(off[0]) if off else "",
        armed=armed,
        note=_note(limits, roles) if armed else strings.NOT_ARMED,
        crossed={alarm.role: _crossed(alarms, alarm.role) for alarm in alarms},
    )


def _crossed(alarms: list[ActiveAlarm], role: str) -> Crossed:
    own = sorted((a for a in alarms if a.role == role), key=lambda a: a.priority.rank)
    gravest = {alarm.direction: alarm.limit for alarm in own}
    return Crossed(gravest.get("low"), gravest.get("high"))


def _note(limits: tuple[LimitInForce, ...], roles: tuple[str, ...]) -> str:
    """Where the numbers came from, what a person decided first."""
    if not limits:
        return ""
    by_hand = next((limit.source for limit in limits if limit.source.startswith(BY_HAND)), "")
    if by_hand:
        return by_hand.partition(",")[0]
    if any(limit.source.endswith(NO_BASELINE) for limit in limits):
        return strings.WITHOUT_BASELINE
    values = {role: value for role in roles if (value := _baseline_value(limits, role))}
    mean = values.pop(MEAN_ROLE, "")
    said = " ".join(part for part in ("/".join(values.values()), f"({mean})" if mean else "") if part)
    return strings.BASELINE.format(value=said) if said else strings.FIXED


def _baseline_value(limits: Iterable[LimitInForce], role: str) -> str:
    """What a source such as `118 + 30 %` begins with."""
    sources = (limit.source for limit in limits if limit.role == role)
    return next((source.split()[0] for source in sources if source[:1].isdigit()), "")
