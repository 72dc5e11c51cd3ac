"""Every word of the trends, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.protocol.recorded import recorded
from kapmonitor.session.events import Route
from kapmonitor.session.state import Dose, SessionState
from ui import format as fmt
from ui import strings
from ui.trends.content import Content
from ui.trends.expected import without_course

NO_SESSION: Final = "No session is open"
WAITING: Final = "waiting for the first value"
NO_DATA: Final = "no values in this record"
NO_CUFF: Final = "no cuff reading"
NO_NOTES: Final = "no notes"
HIDDEN: Final = "hidden while locked"
NO_MUSIC: Final = "no music"
NO_SIGNAL: Final = "{length} no signal"
NOT_MONITORED: Final = "not monitored {length}"
NOT_MONITORED_THEN: Final = "not monitored then"
HIGH_LIMIT: Final = "{limit}"
LOW_LIMIT: Final = "low {limit}"
NEXT: Final = "next"
DUE: Final = "due"
HELD: Final = "held"
FAILED: Final = "cuff failed: {why}"
MARK: Final = "mark"
EXPECTED: Final = "{what} · shaded: usual by the protocol for {doses}"
SHADED: Final = "{what} · shaded: by the protocol"
NO_BASELINE: Final = "{what} · no shading: no baseline"
NO_COURSE: Final = "{what} · no shading: the protocol has no course for {routes}"
WINDOW: Final = "[ ]  window {length}"
WHOLE: Final = "whole session"
ZERO_KEY: Final = "0  whole session"
CLICK: Final = "click  values at a time"


def route_name(route: str) -> str:
    """IM, IV ...; an unknown word as it is."""
    return strings.ROUTES.get(Route(route), route) if route in set(Route) else route


def dose_short(dose: Dose) -> str:
    """A dose in a lane: `70 mg IM`."""
    return f"{fmt.amount(dose.amount_mg)} mg {route_name(dose.route)}"


def _doses(state: SessionState) -> str:
    return " + ".join(f"{route_name(d.route)} {fmt.amount(d.amount_mg)} mg" for d in state.doses)


def hr_title(content: Content) -> str:
    """What the first lane shows, and what its shading means."""
    state = content.state
    if content.hr.band is None and content.pressure.sys_band is None:
        usual = _not_expected(state)
    elif content.own.words:
        return f"{SHADED.format(what=strings.HR)} · {content.own.words}"
    else:
        usual = EXPECTED.format(what=strings.HR, doses=_doses(state))
    return f"{usual} · {content.own.words}" if content.own.words else usual


def _not_expected(state: SessionState) -> str:
    """Why nothing is shaded after a dose; without a protocol nothing is to be expected."""
    protocol = recorded(state)
    if protocol is None or not state.doses:
        return strings.HR
    unknown = without_course(state.doses, protocol)
    if unknown:
        return NO_COURSE.format(what=strings.HR, routes=", ".join(map(route_name, unknown)))
    return NO_BASELINE.format(what=strings.HR)


def length_name(minutes: int) -> str:
    """The window's length: `60 min`, or `whole session` for 0."""
    return f"{minutes} min" if minutes else WHOLE


KEYS_GAP: Final = "      "
