"""What the status zone says; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kapmonitor.model import GenerationMode, LinkProblem, LinkState
from kapmonitor.session.events import Phase, Route
from kapmonitor.session.state import SessionState
from kapmonitor.session.who import who
from kapmonitor.snapshot import LinkStatus, Snapshot
from ui import format as fmt
from ui import strings

DRIFT_S = 2.0
"""How long data may wait to be written before the record counts as late."""


class Lamp(StrEnum):
    """The shape beside a word in the status zone; each state has a shape of its own, not just a colour."""

    GOOD = "disc"
    REC = "record"
    BUSY = "ring"
    DOUBT = "half"
    LOST = "cross"
    OFF = "dash"


@dataclass(frozen=True, slots=True)
class Sign:
    """One lamp with its word; `trouble` is what is wrong, empty while nothing is."""

    lamp: Lamp
    word: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Audio:
    """Where the staff's alarm sounds go; `trouble` says what is wrong with it."""

    label: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class StatusFace:
    """Everything in the status zone; `number` is what stands for `visit` where there is little room."""

    person: str
    visit: str
    number: str
    phase: Phase
    next_phase: Phase | None
    mark: str
    clock_label: str
    clock: str
    dose: str
    signs: tuple[Sign, ...]
    wall: str


_LAMPS = {
    LinkState.OFF: Lamp.OFF,
    LinkState.CONNECTING: Lamp.BUSY,
    LinkState.LIVE: Lamp.GOOD,
    LinkState.STALE: Lamp.DOUBT,
    LinkState.WAITING: Lamp.LOST,
}


def status_face(snapshot: Snapshot, now_ns: int, audio: Audio | None) -> StatusFace:
    """The status zone at `now_ns`."""
    session = snapshot.session
    label, clock = _clock(session, now_ns)
    person, number, visit = _person(session)
    return StatusFace(
        person=person,
        visit=visit,
        number=number,
        phase=session.phase,
        next_phase=snapshot.next_phase,
        mark=_mark(snapshot),
        clock_label=label,
        clock=clock,
        dose=_dose(snapshot, now_ns),
        signs=(_record(snapshot), *(link_sign(link, now_ns) for link in snapshot.links), *_audio(audio)),
        wall=fmt.wall(snapshot.utc_ns + now_ns - snapshot.t_ns, snapshot.utc_offset_min),
    )


def watermark(snapshot: Snapshot) -> str:
    """`DEMO`, `REPLAY`, `IMPORTED` for a record of another program, or nothing for a real session."""
    started = snapshot.session.started
    if started is not None and started.mode == GenerationMode.IMPORTED.value:
        return strings.WATERMARKS[GenerationMode.IMPORTED]
    return strings.WATERMARKS.get(snapshot.mode, "")


def _mark(snapshot: Snapshot) -> str:
    word = watermark(snapshot)
    return f"{word} {fmt.amount(snapshot.speed)}×" if word and snapshot.speed != 1.0 else word


def link_sign(link: LinkStatus, now_ns: int) -> Sign:
    """A link's lamp: the device's name, and in words whatever is not as it should be."""
    alerts = ", ".join(strings.ALERTS[alert] for alert in link.alerts)
    if link.changed:
        return Sign(Lamp.DOUBT, link.label, strings.ANOTHER_DEVICE)
    if link.state is LinkState.LIVE:
        return Sign(Lamp.DOUBT if alerts else Lamp.GOOD, link.label, alerts)
    words = strings.LINK_STATES[link.state]
    if link.problem is not LinkProblem.NONE:
        words = strings.LINK_PROBLEMS[link.problem]
    if link.state is LinkState.WAITING and link.retry_t_ns is not None and link.retry_t_ns > now_ns:
        words = f"{words}, {strings.RETRY_IN.format(age=fmt.duration(link.retry_t_ns - now_ns))}"
    return Sign(_LAMPS[link.state], link.label, words)


def _person(session: SessionState) -> tuple[str, str, str]:
    """Name, record number beside it, and that with the place in the course."""
    started, known = session.started, who(session)
    if started is None:
        return strings.NO_PERSON, "", ""
    visit = strings.SESSION_OF.format(number=started.number, of=started.of) if started.of > 1 else ""
    number = known.record_number if known.initials else ""
    name = known.initials or known.record_number or strings.NO_PERSON
    return name, number, " · ".join(part for part in (number, known.course or visit) if part)


def _clock(session: SessionState, now_ns: int) -> tuple[str, str]:
    if session.dose_t_ns is not None:
        return "", fmt.since_dose(now_ns, session.dose_t_ns)
    if session.started is None:
        return "", ""
    return strings.BEFORE_DOSE, fmt.elapsed(now_ns, session.started_t_ns)


def _dose(snapshot: Snapshot, now_ns: int) -> str:
    doses = snapshot.session.doses
    if not doses:
        return strings.NO_DOSE if snapshot.session.started is not None else ""
    last = doses[-1]
    route = strings.ROUTES[Route(last.route)] if last.route in set(Route) else last.route
    given = f"{route} {fmt.amount(last.amount_mg)} mg"
    if len(doses) > 1:
        return f"{given} · {fmt.nth(len(doses))} dose {fmt.offset_minutes(now_ns, last.t_ns)}"
    return f"{given} · {fmt.wall(snapshot.utc_ns + last.t_ns - snapshot.t_ns, snapshot.utc_offset_min)}"


def _record(snapshot: Snapshot) -> Sign:
    record = snapshot.record
    if snapshot.mode is GenerationMode.TEST:
        return Sign(Lamp.OFF, strings.FROM_RECORD)
    if record is None:
        return Sign(Lamp.OFF, strings.NO_RECORD)
    if record.problem:
        return Sign(Lamp.LOST, strings.RECORD_TROUBLE, record.problem.partition(".")[0])
    if record.oldest_wait_s > DRIFT_S:
        return Sign(Lamp.DOUBT, strings.RECORD_LATE, f"{record.oldest_wait_s:.0f} s")
    return Sign(Lamp.REC, strings.RECORDING, strings.RECORD_MOVED * bool(record.moved))


def _audio(audio: Audio | None) -> tuple[Sign, ...]:
    if audio is None:
        return ()
    if audio.trouble:
        return (Sign(Lamp.LOST, audio.label, audio.trouble),)
    return (Sign(Lamp.GOOD, audio.label),)
