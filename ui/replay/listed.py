"""The moments of a record in words: what the list of a review shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kapmonitor.people.signature import Finding
from kapmonitor.session.events import Phase, Route
from kapmonitor.session.notes import NoteDraft
from kapmonitor.session.state import AlarmSpan, Dose, Interruption, Note, SessionState
from kapmonitor.snapshot import Priority
from ui import alarm_spans, strings
from ui import format as fmt
from ui.alarm_text import side_words
from ui.limit_words import named
from ui.replay import wording

if TYPE_CHECKING:
    from kapmonitor.beyond import Beyond
    from kapmonitor.record.left import Lost
    from kapmonitor.record.signatures import Signature

BROKEN: Final = "broken signature"
"""The kind of a line that says that the record is not what was signed."""
SIGNATURES: Final = {Finding.VALID: wording.HOLDING, Finding.UNKNOWN_KEY: wording.KEY_UNKNOWN}


@dataclass(frozen=True, slots=True)
class Line:
    """One moment: when, what, and by whom; `priority` is set for alarms, `tag` for notes of one key.

    `was` is the last of the `earlier` wordings of the note of id `note`, `was_ns` the moment it was of first,
    `written_ns` when a late one was written.
    """

    t_ns: int
    kind: str
    text: str
    by: str = ""
    priority: Priority | None = None
    was: str = ""
    was_ns: int | None = None
    written_ns: int | None = None
    note: str = ""
    tag: str = ""
    earlier: tuple[str, ...] = ()


def lines(
    state: SessionState,
    signatures: Iterable[Signature] = (),
    beyond: Iterable[Beyond] = (),
    lost: Iterable[Lost] = (),
) -> tuple[Line, ...]:
    """All moments of a session, oldest first."""
    listed: Iterable[Line] = (
        *(_phase(t_ns, phase) for t_ns, phase in state.phases),
        *(_dose(dose) for dose in state.doses),
        *(_note(note) for note in state.notes),
        *(_draft(draft) for draft in state.drafts),
        *(_alarm(span, state) for span in state.alarms),
        *(_interruption(gap) for gap in state.interruptions),
        *(_reading(each) for each in beyond),
        *(_signature(each) for each in signatures),
        *(_lost(each) for each in lost),
    )
    return tuple(sorted(listed, key=lambda line: line.t_ns))


def reached(listed: Iterable[Line], kind: str, t_ns: int) -> str:
    """What is at a moment that was jumped to: `note: tearful`."""
    text = next((line.text for line in listed if (line.t_ns, line.kind) == (t_ns, kind)), "")
    name = wording.KINDS.get(kind, kind)
    return wording.REACHED.format(kind=name, text=text) if text else name


def _lost(lost: Lost) -> Line:
    if lost.changed:
        return Line(lost.t0_ns, "lost", wording.ALTERED.format(count=lost.rows))
    text = wording.LOST.format(what=lost.what)
    length_ns = lost.t1_ns - lost.t0_ns
    if length_ns > 0:
        text = wording.LASTED.format(what=text, length=fmt.duration(length_ns))
    return Line(lost.t0_ns, "lost", text)


def _phase(t_ns: int, phase: Phase) -> Line:
    return Line(t_ns, "phase", wording.PHASE.format(name=strings.PHASES[phase]))


def _reading(beyond: Beyond) -> Line:
    side = side_words(beyond.value, beyond.limit, "high" if beyond.high else "low")
    said = f"{side} {fmt.amount(beyond.limit)}"
    if beyond.cuff is None:
        return Line(beyond.t_ns, "reading", f"{named(beyond.role)} {beyond.value:.0f} {said}")
    part = strings.PRESSURE_PARTS.get(beyond.role, "")
    name = strings.ROLE_NAMES.get(beyond.role, beyond.role)
    return Line(beyond.t_ns, "reading", f"{name} {fmt.pressure(beyond.cuff)} {part} {said}")


def _dose(dose: Dose) -> Line:
    route = strings.ROUTES.get(Route(dose.route), dose.route) if dose.route in set(Route) else dose.route
    text = wording.DOSE.format(drug=dose.drug, amount=fmt.amount(dose.amount_mg), route=route)
    return Line(dose.t_ns, "dose", text, dose.by)


def _note(note: Note) -> Line:
    text = note.text or wording.MARK
    if note.escalation:
        text = f"{wording.ESCALATION} {text}"
    if note.lasts:
        length = wording.GOES_ON if note.end_ns is None else fmt.duration(note.end_ns - note.t_ns)
        text = wording.LASTED.format(what=text, length=length)
    if note.withdrawn:
        text = wording.WITHDRAWN.format(text=text)
    others = [was for was in note.was if was and was != note.text]
    return Line(
        note.t_ns,
        "note",
        text,
        note.by,
        was=others[-1] if others else "",
        was_ns=note.first_t_ns if note.first_t_ns != note.t_ns else None,
        written_ns=note.saved_t_ns if note.late else None,
        note=note.id,
        tag=note.tag,
        earlier=tuple(dict.fromkeys(others)),
    )


def _draft(draft: NoteDraft) -> Line:
    return Line(draft.t_ns, "draft", wording.DRAFT.format(text=draft.text), draft.by)


def _interruption(gap: Interruption) -> Line:
    text = wording.NOT_MONITORED.format(length=fmt.length(gap.t1_ns - gap.t0_ns))
    return Line(gap.t0_ns, "interruption", text)


def _alarm(span: AlarmSpan, state: SessionState) -> Line:
    text = alarm_spans.words(span, state)
    if span.t1_ns is not None:
        text = wording.LASTED.format(what=text, length=fmt.duration(span.t1_ns - span.t0_ns))
    return Line(span.t0_ns, "alarm", text, span.acknowledged_by, alarm_spans.priority(span))


def _signature(found: Signature) -> Line:
    """What became of it comes first: there is always room for that."""
    words = SIGNATURES.get(found.finding, wording.NOT_HOLDING)
    signed = found.signed
    by = wording.SIGNED_BY.format(name=signed.name, meaning=signed.meaning) if signed else wording.UNREADABLE
    return Line(found.t_ns, BROKEN if found.is_bad else "signature", words.format(by=by))


def what_lasted(state: SessionState, end_ns: int) -> tuple[tuple[int, int], ...]:
    """From when to when each thing lasted that somebody noted; without an end, to that of the record."""
    return tuple(
        (note.t_ns, end_ns if note.end_ns is None else note.end_ns)
        for note in state.notes
        if note.lasts and not note.withdrawn
    )
