"""What happened in a session and when, in words: notes, doses, phases, alarms, music, interruptions; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kapmonitor.model import GenerationMode
from kapmonitor.session.notes import Note
from kapmonitor.session.state import Dose, SessionState

WITHDRAWN: Final = "withdrawn: {text}"
AMENDED: Final = "{text} (amended)"
IMPORTED: Final = "taken over from a file of another program; not a session of this clinic"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something at a time, or from one to another; `t1_ns` is None for what has no length."""

    t0_ns: int
    t1_ns: int | None
    kind: str
    text: str
    by: str = ""
    withdrawn: bool = False
    """Somebody said later that it was not so."""


def moments_of(state: SessionState) -> tuple[Moment, ...]:
    """All of them by time."""
    return tuple(sorted(_moments(state), key=lambda moment: moment.t0_ns))


def _moments(state: SessionState) -> Iterator[Moment]:
    if state.started is not None and state.started.mode == GenerationMode.IMPORTED.value:
        yield Moment(state.started_t_ns, None, "imported", IMPORTED)
    for t_ns, phase in state.phases:
        yield Moment(t_ns, None, "phase", phase.value)
    yield from _charted(state)
    for alarm in state.alarms:
        yield Moment(alarm.t0_ns, alarm.t1_ns, "alarm", f"{alarm.priority} {alarm.condition}")
    for span in state.music:
        yield Moment(span.t0_ns, span.t1_ns, "music", span.title or span.section)
    for gap in state.interruptions:
        yield Moment(gap.t0_ns, gap.t1_ns, "interruption", "not monitored")
    for t_ns, failed in state.cuff_failures:
        yield Moment(t_ns, None, "cuff failed", failed.failure)
    for score in state.care.scores:
        yield Moment(score.t_ns, None, "scale", f"{score.scale} {score.score}", score.by)


def _charted(state: SessionState) -> Iterator[Moment]:
    """Doses and notes, also those that somebody took back."""
    for dose in state.doses:
        text = dose_words(dose)
        yield Moment(dose.t_ns, None, "dose", AMENDED.format(text=text) if dose.changes else text, dose.by)
    for dose in state.doses_withdrawn:
        yield Moment(dose.t_ns, None, "dose", WITHDRAWN.format(text=dose_words(dose)), dose.by, True)
    for note in state.notes:
        yield Moment(note.t_ns, note.end_ns, "note", note_words(note), note.by, note.withdrawn)


def dose_words(dose: Dose) -> str:
    """`ketamine 70 mg IM left deltoid`."""
    return " ".join(filter(None, (dose.drug, f"{dose.amount_mg:g} mg", dose.route.upper(), dose.site)))


def note_words(note: Note) -> str:
    """A note as it reads now, with what became of it."""
    text = note.text or note.tag or note.kind
    if note.withdrawn:
        return WITHDRAWN.format(text=text)
    return AMENDED.format(text=text) if note.changes else text
