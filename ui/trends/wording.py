"""Every word of the trends, in one place. Plain and short."""

from __future__ import annotations

from typing import Final

from kapmonitor.closeup import WaveLine
from kapmonitor.model import Validity
from kapmonitor.protocol.recorded import recorded
from kapmonitor.session.events import Route
from kapmonitor.session.state import Dose, SessionState
from ui import format as fmt
from ui import strings
from ui.trends.content import Content
from ui.trends.expected import without_course

NO_SESSION: Final = "No session is open"
WAITING: Final = "waiting for the first value"
NO_DATA: Final = "no values in this window"
NO_CUFF: Final = "no cuff reading"
NO_CUFF_HERE: Final = "no cuff reading in this window"
NO_NOTES: Final = "no notes"
HIDDEN: Final = "hidden while locked"
NO_WAVES: Final = "no waves in this record"
WAVE_EMPTY: Final = "{name} · nothing here"
UNITS: Final = {"mm[Hg]": strings.MMHG, "Cel": "°C", "1": ""}
"""Units by their UCUM words, where people write them otherwise; the unit 1 is none."""

NO_VALUE_THEN: Final = "no value"
NO_CUFF_THEN: Final = "none yet"
SAME_CUFF: Final = "the same"
DIFFERENCE: Final = "B − A"
RATE: Final = "a beat: {rate}/min"
CURSOR_NEXT: Final = "X  second cursor     shift ← →  move     Esc  away     small: how old each value is"
CURSOR_KEYS: Final = "X  other     shift ← →  move     ctrl ← →  finely     Esc  away     small: how old"
SOUND: Final = frozenset({Validity.VALID, Validity.VALIDATED})
VALIDITIES: Final = {
    Validity.ONGOING: "measuring",
    Validity.QUESTIONABLE: "doubtful",
    Validity.CALIBRATING: "calibrating",
    Validity.INVALID: "not valid",
    Validity.OVERFLOW: "too high",
    Validity.UNDERFLOW: "too low",
    Validity.NOT_AVAILABLE: NO_VALUE_THEN,
}
LENS: Final = "[ ]  {length}"

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


def unit_name(unit: str) -> str:
    """A unit as people write it."""
    return UNITS.get(unit, unit)


def wave_title(line: WaveLine) -> str:
    """A wave's name and its unit: `ECG II · mV`."""
    unit = unit_name(line.unit)
    return f"{line.label} · {unit}" if unit else line.label


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


def lens_name(length_ns: int, *, whole: bool) -> str:
    """A review window's length: `2 s`, `1.6 s`, `5 min`, `whole session`."""
    if whole:
        return WHOLE
    return f"{length_ns / 1e9:.3g} s" if length_ns < 60_000_000_000 else fmt.length(length_ns)


KEYS_GAP: Final = "      "
