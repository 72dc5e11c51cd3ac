"""The whole protocol, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kapmonitor.errors import ConfigError
from kapmonitor.protocol.checklist import CheckItem, checklist, refuse_leaving_early
from kapmonitor.protocol.due import LONGEST_MIN
from kapmonitor.protocol.form import Form, form
from kapmonitor.protocol.phases import PhasePlan, phase_plans
from kapmonitor.protocol.pressure import DEFAULT, PressurePlan, pressure_plan
from kapmonitor.protocol.routes import RoutePlan, route_plans
from kapmonitor.protocol.scales import Scale, scales
from kapmonitor.protocol.tags import Tag, tags
from kapmonitor.session.events import Route
from kapmonitor.tables import Table, top

KEYS: Final = (
    "name",
    "signed_by",
    "signed_on",
    "example",
    "limits",
    "playlist",
    "sessions",
    "observe_at_least_min",
    "phase",
    "route",
    "pressure",
    "scale",
    "tag",
    "before",
    "leaving",
    "form",
)
MOST_SESSIONS: Final = 100


@dataclass(frozen=True, slots=True)
class Protocol:
    """How a clinic runs a session, with who signed it; `example` marks one that nobody may sign.

    `sessions` is how many a course usually has, None if nothing is said. `limits` and `playlist` are the
    files it names, empty for none, relative to its own. `toml` is the text it was read from.
    """

    name: str
    signed_by: str
    signed_on: str
    example: bool
    limits: str
    playlist: str
    sessions: int | None
    observe_at_least_min: float
    phases: tuple[PhasePlan, ...]
    routes: tuple[RoutePlan, ...]
    pressure: PressurePlan
    scales: tuple[Scale, ...]
    tags: tuple[Tag, ...]
    before: tuple[CheckItem, ...]
    leaving: tuple[CheckItem, ...]
    form: Form | None
    toml: str = ""

    def route(self, route: Route) -> RoutePlan | None:
        """The plan of a route; None if the protocol does not know it."""
        return next((plan for plan in self.routes if plan.route is route), None)

    def pressure_for(self, route: Route | None) -> PressurePlan:
        """When the cuff measures: the route's own plan, or that of all routes."""
        plan = None if route is None else self.route(route)
        return self.pressure if plan is None or plan.pressure is None else plan.pressure

    def scale(self, scale_id: str) -> Scale | None:
        """The scale of an id."""
        return next((scale for scale in self.scales if scale.id == scale_id), None)


def parse(text: str, path: str) -> Protocol:
    """Read a protocol; ConfigError is its first mistake."""
    protocol, mistakes = read(text, path)
    if mistakes:
        raise mistakes[0]
    return protocol


def read(text: str, path: str) -> tuple[Protocol, Sequence[ConfigError]]:
    """Read a protocol, and all mistakes of it; with any of them it must not be used."""
    table = top(text, path)
    if table.mistakes:
        return _protocol(Table({}, "", path, []), text), tuple(table.mistakes)
    protocol = _protocol(table, text)
    return protocol, tuple(table.mistakes)


def _protocol(table: Table, text: str) -> Protocol:
    table.only(*KEYS)
    signed_by, signed_on, example = _signed(table)
    sessions = table.whole("sessions", 1, MOST_SESSIONS)
    observe = table.number("observe_at_least_min", 0.0, LONGEST_MIN) or 0.0
    known = scales(table.tables("scale"))
    leaving_tables = table.tables("leaving")
    leaving = checklist(leaving_tables, known)
    refuse_leaving_early(leaving_tables, leaving, observe)
    routes, pressure, after = table.table("route"), table.table("pressure"), table.table("form")
    return Protocol(
        name=table.needed_text("name"),
        signed_by=signed_by,
        signed_on=signed_on,
        example=example,
        limits=table.text("limits"),
        playlist=table.text("playlist"),
        sessions=sessions,
        observe_at_least_min=observe,
        phases=phase_plans(table.tables("phase")),
        routes=() if routes is None else route_plans(routes),
        pressure=DEFAULT if pressure is None else pressure_plan(pressure),
        scales=known,
        tags=tags(table.tables("tag")),
        before=checklist(table.tables("before"), known),
        leaving=leaving,
        form=None if after is None else form(after),
        toml=text,
    )


def _signed(table: Table) -> tuple[str, str, bool]:
    """Who signed it and when; both or none, and nobody an example."""
    example = table.flag("example", default=False)
    by, on = table.text("signed_by"), table.text("signed_on")
    if on and not _is_date(on):
        table.wrong("signed_on", "a date as year-month-day in quotes, such as 2026-11-01")
    if example and by:
        table.wrong("signed_by", "empty in an example: copy it, decide each number, and take example away")
    elif bool(by) != bool(on):
        table.wrong("signed_on" if by else "signed_by", "who signed and when, or neither")
    return by, on, example


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None
