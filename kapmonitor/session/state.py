"""What a session looks like now: the fold of its events, one frozen value that is replaced, never mutated."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from kapmonitor.session.care import Care, charted
from kapmonitor.session.care_events import CareEvent
from kapmonitor.session.doses import Dose as Dose
from kapmonitor.session.doses import Doses, dosed
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlarmChanged,
    BaselineSet,
    BedsideConfirmed,
    CuffEvent,
    CuffExplained,
    CuffPlan,
    DeviceAdded,
    DeviceAdopted,
    DeviceChanged,
    DeviceClock,
    DeviceConfirmed,
    DeviceIdentity,
    DeviceReleased,
    DoseAmended,
    DoseGiven,
    LimitsSet,
    MusicAction,
    MusicEvent,
    Phase,
    PhaseChanged,
    RuleDisabled,
    RuleEnabled,
    SameArmSaid,
    SessionClosed,
    SessionEvent,
    SessionResumed,
    SessionStarted,
    SoundChecked,
    SourceChosen,
    SourceShown,
    Stamped,
)
from kapmonitor.session.keys_events import KeysEvent
from kapmonitor.session.notes import Note as Note
from kapmonitor.session.notes import Noted, NoteDraft, NoteEvent, all_ended, noted


@dataclass(frozen=True, slots=True)
class Explained:
    """Why no reading was taken at a time at which one was due, by whom that was said, and when."""

    due_t_ns: int
    reason: str
    by: str
    t_ns: int


@dataclass(frozen=True, slots=True)
class MusicSpan:
    """A stretch during which one track sounded; `t1_ns` is None while it still does."""

    t0_ns: int
    t1_ns: int | None
    track: str
    title: str
    section: str


@dataclass(frozen=True, slots=True)
class AlarmSpan:
    """One alarm from onset to end; `t1_ns` is None while it is active."""

    condition: str
    priority: str
    t0_ns: int
    t1_ns: int | None
    value: float | None
    limit: float | None
    acknowledged_t_ns: int | None = None
    acknowledged_by: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A device of this session and what it said of itself."""

    id: str
    driver: str
    label: str
    address: str
    model: str = ""
    serial: str = ""
    adopted_by: str = ""
    unconfirmed: str = ""
    """What answers in its place and has not been confirmed; empty if it is itself."""
    released: bool = False
    clock: DeviceClock | None = None


@dataclass(frozen=True, slots=True)
class Interruption:
    """A stretch in which the program did not run: nothing was monitored and nothing recorded.

    `waves_lost_ns` of the waves before it are missing, too.
    """

    t0_ns: int
    t1_ns: int
    waves_lost_ns: int = 0


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit and the time from which it holds, for its band in the trends."""

    t_ns: int
    rule: str
    role: str
    direction: str
    priority: str
    limit: float
    delay_s: float


BEDSIDE: Final = "bedside"
"""What a SoundCheck is of when it is about the bedside monitor's own alarm."""


@dataclass(frozen=True, slots=True)
class SoundCheck:
    """An answer of the sound check: of 'staff', 'room', 'music' or BEDSIDE, and the output's name then."""

    t_ns: int
    of: str
    name: str
    heard: bool
    by: str


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything people did and what came of it."""

    started: SessionStarted | None = None
    started_t_ns: int = 0
    closed_t_ns: int | None = None
    interruptions: tuple[Interruption, ...] = ()
    phase: Phase = Phase.PREPARATION
    phases: tuple[tuple[int, Phase], ...] = ()
    doses: tuple[Dose, ...] = ()
    """Those that stand, as corrected, oldest first."""
    doses_withdrawn: tuple[Dose, ...] = ()
    """Entries of which somebody said that the dose was never given."""
    notes: tuple[Note, ...] = ()
    drafts: tuple[NoteDraft, ...] = ()
    music: tuple[MusicSpan, ...] = ()
    alarms: tuple[AlarmSpan, ...] = ()
    devices: tuple[Device, ...] = ()
    limits: tuple[LimitLine, ...] = ()
    limits_name: str = ""
    limits_signed_by: str = ""
    limits_signed_on: str = ""
    limits_example: bool = False
    switched_off: tuple[RuleDisabled, ...] = ()
    """Limits that somebody switched off; each comes back at its time at the latest."""
    same_arm: bool = False
    """Somebody said that the cuff is on the oximeter's arm."""
    baseline: BaselineSet | None = None
    """What somebody accepted as the person's own values before the dose."""
    cuff_plan: CuffPlan | None = None
    cuffs_again: tuple[int, ...] = ()
    """Times at which a reading was to be repeated, and that have passed."""
    cuffs_held: tuple[int, ...] = ()
    """Times at which a cuff was due and that somebody put off."""
    cuffs_explained: tuple[Explained, ...] = ()
    cuff_failures: tuple[tuple[int, CuffEvent], ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    """Which device somebody chose for a role: (role, device)."""
    shown: tuple[SourceShown, ...] = ()
    """What the dashboard shows for each role."""
    sound_checks: tuple[SoundCheck, ...] = ()
    """The newest answer about each output, the music and the bedside monitor."""
    care: Care = field(default_factory=Care)

    @property
    def dose_t_ns(self) -> int | None:
        """The first dose, from which T+ counts; None before it."""
        return self.doses[0].t_ns if self.doses else None


def _close_music(spans: tuple[MusicSpan, ...], t_ns: int) -> tuple[MusicSpan, ...]:
    if spans and spans[-1].t1_ns is None:
        return (*spans[:-1], replace(spans[-1], t1_ns=t_ns))
    return spans


def _is_of(span: MusicSpan, event: MusicEvent) -> bool:
    return (span.track, span.title, span.section) == (event.track, event.title, event.section)


def _dosed(state: SessionState, t_ns: int, event: DoseGiven | DoseAmended) -> SessionState:
    now = dosed(Doses(state.doses, state.doses_withdrawn), t_ns, event)
    return replace(state, doses=now.given, doses_withdrawn=now.withdrawn)


def _explained(state: SessionState, t_ns: int, event: CuffExplained) -> SessionState:
    others = tuple(each for each in state.cuffs_explained if each.due_t_ns != event.due_t_ns)
    said = (Explained(event.due_t_ns, event.reason, event.by, t_ns),) if event.reason else ()
    return replace(state, cuffs_explained=(*others, *said))


def _planned(state: SessionState, t_ns: int, event: CuffPlan) -> SessionState:
    """A repeat that was due and is planned no longer came to pass, with a reading or without one."""
    was, passed, held = state.cuff_plan, state.cuffs_again, state.cuffs_held
    if was is not None and was.again and 0 < was.next_t_ns <= t_ns and was.next_t_ns not in passed:
        passed = (*passed, was.next_t_ns)
    if was is not None and event.held and not was.held:
        held = (*held, was.next_t_ns)
    elif was is not None and was.held and 0 < event.next_t_ns < was.next_t_ns:
        # Let go, or a repeat came before it: then nothing was put off after all.
        held = held[:-1]
    return replace(state, cuff_plan=event, cuffs_again=passed, cuffs_held=held)


def _music(state: SessionState, t_ns: int, event: MusicEvent) -> SessionState:
    match MusicAction(event.action):
        case MusicAction.STARTED | MusicAction.RESUMED:
            span = MusicSpan(t_ns, None, event.track, event.title, event.section)
            return replace(state, music=(*_close_music(state.music, t_ns), span))
        case MusicAction.PAUSED | MusicAction.STOPPED | MusicAction.OUTPUT_LOST:
            return replace(state, music=_close_music(state.music, t_ns))
        case MusicAction.MISSING if state.music and _is_of(state.music[-1], event):
            return replace(state, music=_close_music(state.music, t_ns))
        case _:
            return state


def _resume(state: SessionState, gap: Interruption) -> SessionState:
    """Music does not go on by itself: what sounded last ended with the program."""
    interruptions = (*state.interruptions, gap)
    return replace(state, interruptions=interruptions, music=_close_music(state.music, gap.t0_ns))


ACTIVE_STATES = frozenset({"active-unack", "active-ack"})


def _alarm(state: SessionState, t_ns: int, event: AlarmChanged) -> SessionState:
    was_active, is_active = event.before in ACTIVE_STATES, event.after in ACTIVE_STATES
    if is_active and not was_active:
        span = AlarmSpan(event.condition, event.priority, event.onset_t_ns, None, event.value, event.limit)
        return replace(state, alarms=(*state.alarms, span))
    if was_active and is_active:
        return replace(state, alarms=tuple(_rise(span, event) for span in state.alarms))
    if was_active and not is_active:
        return replace(state, alarms=tuple(_end(span, event, t_ns) for span in state.alarms))
    return state


def _rise(span: AlarmSpan, event: AlarmChanged) -> AlarmSpan:
    """An alarm that goes on, with a priority and a worst value of now."""
    if span.condition != event.condition or span.t1_ns is not None:
        return span
    return replace(span, priority=event.priority, value=event.value, limit=event.limit)


def _end(span: AlarmSpan, event: AlarmChanged, t_ns: int) -> AlarmSpan:
    if span.condition != event.condition or span.t1_ns is not None:
        return span
    return replace(span, t1_ns=t_ns, value=event.value if event.value is not None else span.value)


def _acknowledge(span: AlarmSpan, event: AlarmAcknowledged, t_ns: int) -> AlarmSpan:
    if span.condition not in event.conditions or span.t1_ns is not None or span.acknowledged_t_ns is not None:
        return span
    return replace(span, acknowledged_t_ns=t_ns, acknowledged_by=event.by)


OfDevice = DeviceIdentity | DeviceAdopted | DeviceChanged | DeviceConfirmed | DeviceReleased | DeviceClock


def _told(device: Device, event: OfDevice) -> Device:
    if device.id != event.device:
        return device
    match event:
        case DeviceIdentity():
            return replace(device, model=event.model or device.model, serial=event.serial or device.serial)
        case DeviceAdopted():
            return replace(device, adopted_by=event.by, released=False)
        case DeviceChanged():
            return replace(device, unconfirmed=event.after)
        case DeviceConfirmed():
            return replace(device, unconfirmed="")
        case DeviceReleased():
            return replace(device, released=True)
        case DeviceClock():
            return replace(device, clock=event)


def fold(state: SessionState, stamped: Stamped) -> SessionState:
    """The state after one more event; events that change nothing here leave it as it is."""
    t_ns, event = stamped.t_ns, stamped.event
    match event:
        case SessionStarted():
            return replace(state, started=event, started_t_ns=t_ns)
        case SessionResumed():
            return _resume(state, Interruption(t_ns - event.gap_ns, t_ns, event.waves_lost_ns))
        case SessionClosed():
            music, notes = _close_music(state.music, t_ns), all_ended(state.notes, t_ns)
            return replace(state, closed_t_ns=t_ns, music=music, notes=notes)
        case PhaseChanged():
            phase = Phase(event.phase)
            return replace(state, phase=phase, phases=(*state.phases, (t_ns, phase)))
        case DoseGiven() | DoseAmended():
            return _dosed(state, t_ns, event)
        case _ if isinstance(event, NoteEvent):
            now = noted(Noted(state.notes, state.drafts), t_ns, event)
            return replace(state, notes=now.notes, drafts=now.drafts)
        case MusicEvent():
            return _music(state, t_ns, event)
        case _ if isinstance(event, CareEvent | KeysEvent):
            return replace(state, care=charted(state.care, t_ns, event))
        case _:
            return _fold_alarm(state, t_ns, event)


def _fold_alarm(state: SessionState, t_ns: int, event: SessionEvent) -> SessionState:
    match event:
        case AlarmChanged():
            return _alarm(state, t_ns, event)
        case AlarmAcknowledged():
            return replace(state, alarms=tuple(_acknowledge(span, event, t_ns) for span in state.alarms))
        case LimitsSet():
            lines = tuple(LimitLine(t_ns, *rule) for rule in event.rules)
            return replace(
                state,
                limits=(*state.limits, *lines),
                limits_name=event.name,
                limits_signed_by=event.signed_by,
                limits_signed_on=event.signed_on,
                limits_example=event.example,
            )
        case BaselineSet():
            return replace(state, baseline=event)
        case SameArmSaid():
            return replace(state, same_arm=event.same)
        case RuleDisabled() | RuleEnabled():
            others = tuple(off for off in state.switched_off if off.rule != event.rule)
            off = (event,) if isinstance(event, RuleDisabled) else ()
            return replace(state, switched_off=(*others, *off))
        case _:
            return _fold_device(state, t_ns, event)


def _fold_device(state: SessionState, t_ns: int, event: SessionEvent) -> SessionState:
    match event:
        case DeviceAdded():
            device = Device(event.device, event.driver, event.label, event.address)
            return replace(state, devices=(*state.devices, device))
        case (
            DeviceIdentity()
            | DeviceAdopted()
            | DeviceChanged()
            | DeviceConfirmed()
            | DeviceReleased()
            | DeviceClock()
        ):
            return replace(state, devices=tuple(_told(device, event) for device in state.devices))
        case SourceChosen():
            others = tuple(pair for pair in state.sources if pair[0] != event.role)
            return replace(state, sources=(*others, (event.role, event.device)))
        case SourceShown():
            kept = tuple(shown for shown in state.shown if shown.role != event.role)
            return replace(state, shown=(*kept, event))
        case CuffPlan():
            return _planned(state, t_ns, event)
        case CuffExplained():
            return _explained(state, t_ns, event)
        case CuffEvent() if event.failure:
            return replace(state, cuff_failures=(*state.cuff_failures, (t_ns, event)))
        case SoundChecked():
            return _check(state, SoundCheck(t_ns, event.output, event.name, event.heard, event.by))
        case BedsideConfirmed():
            return _check(state, SoundCheck(t_ns, BEDSIDE, "", True, event.by))
        case _:
            return state


def _check(state: SessionState, check: SoundCheck) -> SessionState:
    others = tuple(other for other in state.sound_checks if other.of != check.of)
    return replace(state, sound_checks=(*others, check))
