"""Records of one person's sessions, small and made by hand, through the real store."""

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from past_records import write

from kapmonitor import mdc
from kapmonitor.model import LinkProblem, LinkState, Validity
from kapmonitor.opening import protocol_event
from kapmonitor.protocol import shipped
from kapmonitor.record.items import NumericRow
from kapmonitor.session.events import (
    BaselineSet,
    ChannelDescribed,
    DeviceAdded,
    DoseGiven,
    LimitsSet,
    LinkEvent,
    NoteAdded,
    PersonIdentified,
    SessionStarted,
    Stamped,
)

S = 1_000_000_000
MIN = 60 * S
DAY_NS = 86_400 * S
UTC0 = 1_790_000_000 * S
START_NS = 5_000 * S
BEFORE_MIN = 20
SYS, DIA, MEAN, HR, SPO2 = 1, 2, 3, 4, 5
CHANNELS = (
    (SYS, "cuff", mdc.NIBP_SYS),
    (DIA, "cuff", mdc.NIBP_DIA),
    (MEAN, "cuff", mdc.NIBP_MEAN),
    (HR, "oxi", mdc.PULSE_RATE),
    (SPO2, "oxi", mdc.SPO2),
)
RULES = (
    ("sys-high", "nibp-sys", "high", "medium", 160.0, 0.0),
    ("dia-high", "nibp-dia", "high", "medium", 100.0, 0.0),
    ("hr-high", "hr", "high", "medium", 120.0, 0.0),
    ("spo2-low", "spo2", "low", "medium", 91.0, 0.0),
)


@dataclass(frozen=True)
class Made:
    """A session; minutes are after its first dose. `rates` are (from, to, heart rate, saturation)."""

    number: int = 1
    person: str = "4471"
    initials: str = "MK"
    birth_date: str = "1980-02-03"
    mode: str = "Real"
    start_ns: int = START_NS
    utc_ns: int = UTC0
    doses: tuple = ((0, DoseGiven("ketamine", 70.0, "im", "left deltoid", "RN", weight_kg=70.0)),)
    cuffs: tuple = ((-10, 120, 80), (-5, 122, 80), (10, 150, 90), (20, 165, 95), (30, 150, 90), (60, 125, 80))
    rates: tuple = ((-5, 20, 70, 97),)
    rules: tuple = RULES
    baseline: bool = True
    events: tuple = ()
    end_min: float = 90.0
    closed: bool = True
    protocol: bool = False
    more: tuple = ()

    @property
    def zero_ns(self):
        return self.start_ns + BEFORE_MIN * MIN

    def at(self, minutes):
        return self.zero_ns + round(minutes * MIN)


def made(path, session=None, **changes):
    """The record of a session; returns its path."""
    path.write_bytes(_record(replace(session or Made(), **changes)))
    return path


@cache
def _record(session):
    """Its bytes; written once for all tests that want the same."""
    with tempfile.TemporaryDirectory() as folder:
        return _written(Path(folder) / "a.kap", session).read_bytes()


def _written(path, session):
    started = SessionStarted(
        f"session-{session.number}",
        session.mode,
        "t",
        session.utc_ns,
        60,
        "CET",
        session.person,
        session.initials,
        session.number,
        6,
    )
    end = (session.end_min, NoteAdded("end", "text", "the end", "RN", 0))
    told = [Stamped(session.at(at), event) for at, event in (*session.doses, *session.events, end)]
    rows = sorted([*_beginning(session), *_numbers(session), *session.more, *told], key=lambda row: row.t_ns)
    return write(path, Stamped(session.start_ns, started), rows, closed=session.closed, batch_size=1500)


def _beginning(session):
    begin = [
        Stamped(session.start_ns, event)
        for event in (
            DeviceAdded("cuff", "x", "Cuff", "x@y"),
            DeviceAdded("oxi", "x", "Oximeter", "x@z"),
            LinkEvent("cuff", LinkState.LIVE.value, LinkProblem.NONE.value, ""),
            LinkEvent("oxi", LinkState.LIVE.value, LinkProblem.NONE.value, ""),
        )
    ]
    begin += [
        Stamped(
            session.start_ns,
            ChannelDescribed(number, device, term.ref, term.code, term.ref, term.unit, 0.0, 1.0, 0.0),
        )
        for number, device, term in CHANNELS
    ]
    if session.rules:
        begin.append(Stamped(session.start_ns, LimitsSet("ours", "", session.rules)))
    if session.protocol:
        begin.append(Stamped(session.start_ns, protocol_event(shipped.example())))
    if session.person:
        said = PersonIdentified(session.person, session.birth_date, session.initials, "RN")
        begin.append(Stamped(session.start_ns, said))
    if session.baseline:
        begin.append(Stamped(session.at(-1), BaselineSet(120.0, 80.0, 93.0, 70.0, 97.0, (), "RN")))
    return begin


def _numbers(session):
    rows = []
    for minutes, systolic, diastolic in session.cuffs:
        mean = diastolic + (systolic - diastolic) / 3
        for channel, value in ((SYS, systolic), (DIA, diastolic), (MEAN, mean)):
            rows.append(NumericRow(session.at(minutes), channel, float(value), Validity.VALID))
    for begin, end, rate, saturation in session.rates:
        for t_ns in range(session.at(begin), session.at(end), S):
            rows.append(NumericRow(t_ns, HR, float(rate), Validity.VALID))
            rows.append(NumericRow(t_ns, SPO2, float(saturation), Validity.VALID))
    return rows
