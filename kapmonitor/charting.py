"""What people ask for, as the events that it becomes; pure."""

from __future__ import annotations

from dataclasses import replace

from kapmonitor.commands import (
    Acknowledge,
    AddNote,
    AmendDose,
    AmendNote,
    Chart,
    Command,
    EndNote,
    ExplainCuff,
    GiveDose,
    KeepDraft,
    MovePhase,
    NoteCommand,
    ReportMusic,
)
from kapmonitor.errors import CommandRefused
from kapmonitor.session.events import (
    AlarmAcknowledged,
    DoseAmended,
    NoteAmended,
    PersonIdentified,
    PhaseChanged,
    Stamped,
)
from kapmonitor.session.state import SessionState


def stamped(command: Command, state: SessionState, now_ns: int) -> Stamped | None:
    """The event of a command, at its own time; None where more than an event comes of it.

    CommandRefused says why not.
    """
    match command:
        case _ if isinstance(command, NoteCommand):
            return _noted(command, state, now_ns)
        case GiveDose(t_ns, dose):
            return Stamped(t_ns, dose)
        case AmendDose(amended):
            return Stamped(now_ns, _known(amended, state, now_ns))
        case ExplainCuff(said):
            return Stamped(now_ns, said)
        case Chart(t_ns, event):
            if isinstance(event, PersonIdentified):
                _refuse_another(event, state)
            return Stamped(t_ns, event)
        case MovePhase(phase, by):
            return Stamped(now_ns, PhaseChanged(phase.value, by))
        case ReportMusic(t_ns, music):
            return Stamped(t_ns, music)
        case Acknowledge(t_ns, conditions, by):
            return Stamped(t_ns, AlarmAcknowledged(conditions, by))
        case _:
            return None


def _noted(command: NoteCommand, state: SessionState, now_ns: int) -> Stamped:
    match command:
        case AddNote(t_ns, added):
            return Stamped(t_ns, added)
        case AmendNote(amended):
            return Stamped(now_ns, _within(amended, state, now_ns))
        case EndNote(t_ns, ended):
            return Stamped(t_ns, ended)
        case KeepDraft(draft):
            return Stamped(now_ns, draft)


def _within(note: NoteAmended, state: SessionState, now_ns: int) -> NoteAmended:
    """A note is of a time of this session, whatever it is changed to."""
    if note.at_ns is None:
        return note
    return replace(note, at_ns=min(max(note.at_ns, state.started_t_ns), now_ns))


def _known(amended: DoseAmended, state: SessionState, now_ns: int) -> DoseAmended:
    """Only a dose on record can be corrected; it may have been given before the record was begun."""
    if all(dose.id != amended.dose for dose in (*state.doses, *state.doses_withdrawn)):
        raise CommandRefused("amend dose", "no-such-dose")
    return replace(amended, at_ns=min(amended.at_ns, now_ns))


def _refuse_another(event: PersonIdentified, state: SessionState) -> None:
    """A record is one person's: a wrong number may be put right, another birth date is somebody else."""
    known = state.care.person
    born = known.birth_date if known is not None else ""
    if born and born != event.birth_date:
        raise CommandRefused("identify", "another-person")
