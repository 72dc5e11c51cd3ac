"""What stands on a number tile at a given time; pure, the same for live sessions and replay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kapmonitor.alarms.types import Rule, Side
from kapmonitor.model import AlertKind, CuffReading, Reading
from kapmonitor.snapshot import NOTHING, ActiveAlarm, Freshness, Priority, Tile
from kapmonitor.view import Role
from kapmonitor.vitals import is_fresh

CUFF_GRACE_NS: Final = 120_000_000_000
CUFF_STALE_NS: Final = 15 * 60_000_000_000
CUFF_GONE_NS: Final = 30 * 60_000_000_000
"""A cuff reading is overdue so long after its interval, struck after 15 and withdrawn after 30 minutes."""


def continuous_freshness(t_ns: int, now_ns: int, period_s: float = 1.0) -> Freshness:
    """How old a continuously measured value is; `t_ns` 0 means that there never was one."""
    if t_ns == 0:
        return Freshness.NONE
    return Freshness.FRESH if is_fresh(t_ns, now_ns, period_s) else Freshness.STALE


def cuff_freshness(last: CuffReading | None, interval_s: float, now_ns: int) -> Freshness:
    """How old a cuff reading is, measured by the planned interval."""
    if last is None:
        return Freshness.NONE
    age_ns, interval_ns = now_ns - last.t_ns, int(interval_s * 1e9)
    if age_ns > CUFF_GONE_NS:
        return Freshness.NONE
    if age_ns > max(2 * interval_ns, CUFF_STALE_NS):
        return Freshness.STALE
    if age_ns > interval_ns + CUFF_GRACE_NS:
        return Freshness.OVERDUE
    return Freshness.AGEING if age_ns > interval_ns else Freshness.FRESH


def tile(
    reading: tuple[int, Reading, str] | None,
    now_ns: int,
    role: Role,
    rules: Iterable[Rule],
    alarms: Iterable[ActiveAlarm],
    alerts: tuple[AlertKind, ...],
    period_s: float = 1.0,
) -> Tile:
    """The tile of a continuous role from its newest (time, reading, source)."""
    t_ns, value, source = reading if reading is not None else (0, NOTHING, "")
    low, high = nearest_limits(rules, role)
    return Tile(
        reading=value,
        t_ns=t_ns,
        freshness=continuous_freshness(t_ns, now_ns, period_s),
        source=source,
        low=low,
        high=high,
        alerts=alerts,
        alarm=top_priority(alarms, (role,)),
    )


def nearest_limits(rules: Iterable[Rule], role: Role) -> tuple[float | None, float | None]:
    """The low and high limit that a value would meet first, of those that call somebody if there are any."""
    own = [rule for rule in rules if rule.role == role.value]
    lows = _calling([rule for rule in own if rule.side is Side.LOW])
    highs = _calling([rule for rule in own if rule.side is Side.HIGH])
    return max(lows, default=None), min(highs, default=None)


def _calling(rules: list[Rule]) -> list[float]:
    calling = [rule.limit for rule in rules if rule.priority is not Priority.LOW]
    return calling or [rule.limit for rule in rules]


def top_priority(alarms: Iterable[ActiveAlarm], roles: tuple[Role, ...]) -> Priority | None:
    """The highest priority among the active alarms of some roles."""
    wanted = {role.value for role in roles}
    found = [alarm.priority for alarm in alarms if alarm.role in wanted and alarm.state != "latched"]
    return max(found, key=lambda priority: priority.rank, default=None)
