"""A limit in words, for the alarm line, the tiles, the page of limits and the alarm list; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kapmonitor.snapshot import LimitInForce, Snapshot
from ui import format as fmt
from ui import strings

NO_NUMBER: Final = "no number yet"


def named(role: str) -> str:
    """`SpO₂`, `BP systolic`."""
    name, part = strings.ROLE_NAMES.get(role, role), strings.PRESSURE_PARTS.get(role)
    return f"{name} {part}" if part else name


def limit_name(limit: LimitInForce) -> str:
    """`SpO₂ below 92`, `BP systolic above 154`."""
    side = strings.ABOVE if limit.side == "high" else strings.BELOW
    number = NO_NUMBER if limit.limit is None else fmt.amount(limit.limit)
    return f"{named(limit.role)} {side} {number}"


def source_of(snapshot: Snapshot, rule: str) -> str:
    """Where the number of a limit came from; empty if it is unknown."""
    return next((limit.source for limit in snapshot.limits if limit.rule == rule), "")


def switched_off(snapshot: Snapshot, now_ns: int) -> tuple[tuple[LimitInForce, int], ...]:
    """Limits that somebody switched off, each with how long until it comes back; the soonest first."""
    found = [
        (limit, limit.off_until_t_ns - now_ns)
        for limit in snapshot.limits
        if limit.off_until_t_ns is not None and limit.off_until_t_ns > now_ns
    ]
    return tuple(sorted(found, key=lambda pair: pair[1]))


def of_roles(limits: Iterable[LimitInForce], roles: Iterable[str]) -> tuple[LimitInForce, ...]:
    """Those of some roles that hold in this phase."""
    wanted = frozenset(roles)
    return tuple(limit for limit in limits if limit.role in wanted and limit.in_phase)
