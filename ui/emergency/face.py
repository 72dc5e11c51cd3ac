"""What the emergency card says; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kapmonitor.model import Absent, CuffReading, Measured
from kapmonitor.session.events import Route
from kapmonitor.snapshot import Freshness, Snapshot, Tile
from ui import format as fmt
from ui import strings
from ui.emergency import wording


@dataclass(frozen=True, slots=True)
class Value:
    """A vital sign with its age; an `old` one is not of now."""

    name: str
    value: str
    unit: str
    age: str
    old: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A dose: when from the first one, when by the clock, what."""

    offset: str
    clock: str
    what: str


@dataclass(frozen=True, slots=True)
class Card:
    """All of it."""

    phones: tuple[str, ...]
    values: tuple[Value, ...]
    given: tuple[Given, ...]


def card(snapshot: Snapshot, phones: Sequence[str], now_ns: int) -> Card:
    """As it is now."""
    values = (
        _tile(strings.HR, strings.PER_MINUTE, snapshot.hr, now_ns),
        _tile(strings.SPO2, strings.PERCENT, snapshot.spo2, now_ns),
        _pressure(snapshot, now_ns),
    )
    return Card(tuple(phones), values, _given(snapshot))


def _tile(name: str, unit: str, tile: Tile, now_ns: int) -> Value:
    if tile.freshness is Freshness.NONE:
        return Value(name, fmt.NO_VALUE, unit, wording.NEVER, old=True)
    fresh = tile.freshness is Freshness.FRESH and isinstance(tile.reading, Measured)
    value = fmt.whole(tile.reading)
    said = strings.NO_VALID if isinstance(tile.reading, Absent) else fmt.age(now_ns - tile.t_ns)
    return Value(name, value, unit, said, old=not fresh)


def _pressure(snapshot: Snapshot, now_ns: int) -> Value:
    last: CuffReading | None = snapshot.nibp.last
    if last is None:
        return Value(strings.BP, fmt.pressure(None), strings.MMHG, wording.NEVER, old=True)
    mean = fmt.mean_pressure(last)
    value = f"{fmt.pressure(last)} {mean}".strip()
    old = snapshot.nibp.freshness is not Freshness.FRESH
    return Value(strings.BP, value, strings.MMHG, fmt.age(now_ns - last.t_ns), old=old)


def _given(snapshot: Snapshot) -> tuple[Given, ...]:
    """Oldest first, as they were given."""
    doses = snapshot.session.doses
    first_ns = snapshot.session.dose_t_ns or 0
    return tuple(
        Given(
            fmt.offset(dose.t_ns, first_ns),
            fmt.wall(snapshot.utc_ns + dose.t_ns - snapshot.t_ns, snapshot.utc_offset_min),
            f"{dose.drug} {fmt.amount(dose.amount_mg)} mg {_route(dose.route)}",
        )
        for dose in sorted(doses, key=lambda dose: dose.t_ns)
    )


def _route(route: str) -> str:
    return strings.ROUTES[Route(route)] if route in set(Route) else route
