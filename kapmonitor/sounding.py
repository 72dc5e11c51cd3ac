"""The session's use of the alarm sound: alarms in, wanted signals out, and on record what was heard of it.

Lives on the core thread, except `beat`, `leave` and `connect_music`, which the screen's thread calls. The
process that makes the sound is kapmonitor.annunciation's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.alarms import audio as audio_module
from kapmonitor.alarms import escalation as escalation_module
from kapmonitor.alarms.audio import Audio, AudioCue, AudioFacts, AudioState
from kapmonitor.alarms.escalation import Escalation, Heard, Signalled, SoundFacts
from kapmonitor.alarms.signals import Chime, OutputRole, Report, SoundName, SoundState, Wanted
from kapmonitor.alarms.soundlines import Want
from kapmonitor.alarms.soundplan import SoundPlan
from kapmonitor.alarms.soundtrouble import Trouble, trouble
from kapmonitor.alarms.technical import AUDIO
from kapmonitor.alarms.types import ACTIVE, ConditionState, Priority
from kapmonitor.commands import (
    CheckTone,
    ConfirmBedside,
    PauseAudio,
    ResumeAudio,
    SoundCommand,
    ToneHeard,
)
from kapmonitor.duck import DuckDoor, Ducker
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.session.events import (
    BedsideConfirmed,
    Phase,
    SoundAsked,
    SoundChanged,
    SoundChecked,
    SoundOutput,
    SoundProcess,
    SoundStaged,
)
from kapmonitor.snapshot import ActiveAlarm

S_NS: Final = 1_000_000_000
FRESH_NS: Final = 2 * S_NS
"""A report older than this says nothing; the annunciator sends two a second."""
HELD_UP_NS: Final = S_NS
STARTS_NS: Final = 8 * S_NS
"""For so long after the beginning it is not yet wrong that nothing sounds."""
ASK_BEFORE_S: Final = 30.0
"""So long before nobody is taken to be there, the screen asks."""
CHECK_CHIMES: Final = 1_000_000
"""Numbers of check tones, apart from those of reminders."""
_ACTIVE: Final = frozenset(state.value for state in ACTIVE)


@dataclass(frozen=True, slots=True)
class Gui:
    """What the screen's thread last said: a number that counts on, and when anything was last touched."""

    beats: int
    touched_ns: int


class Sounding:
    """Owns the machines of the sound, and what is known of the annunciator."""

    def __init__(
        self, engine: Engine, plan: SoundPlan, real_ns: Callable[[], int], *, optional: bool
    ) -> None:
        self._engine = engine
        self._plan = plan
        self._real_ns = real_ns
        self._optional = optional
        self._audio = Audio(AudioState.FAULT)
        self._escalation = Escalation(tuple(_going_on(engine.snapshot.alarms)))
        self._wanted = Wanted()
        self._chime: Chime | None = None
        self._checks = 0
        self._report: Report | None = None
        self._report_ns = 0
        self._began_ns = self._looked_ns = real_ns()
        self._ever = False
        self._sent = Want(0)
        self._door = DuckDoor()
        self.gui: Gui | None = None
        self.music: str | None = None
        """The id of the output that the music plays on, once the player has said it."""

    # The screen's thread

    def beat(self, idle_s: float) -> None:
        """The screen lives; nobody has touched anything for `idle_s`."""
        beats = self.gui.beats + 1 if self.gui is not None else 1
        self.gui = Gui(beats, self._real_ns() - int(idle_s * S_NS))

    def leave(self) -> None:
        """The screen goes in order, and will not beat any more."""
        self.gui = None

    def connect_music(self, ducker: Ducker) -> None:
        """Ask this to lower the music."""
        self._door.ducker = ducker

    # What people ask

    def do(self, command: SoundCommand, now_ns: int) -> Future[int]:
        """Carry it out; CommandRefused says why not."""
        match command:
            case PauseAudio(by, setup):
                return self._ask(AudioCue.SETUP_PAUSE if setup else AudioCue.PAUSE, by, now_ns)
            case ResumeAudio(by):
                return self._ask(AudioCue.RESUME, by, now_ns)
            case CheckTone(output):
                return self._check(output)
            case ToneHeard(output, heard, by):
                return self._engine.record(SoundChecked(output, self._name(output), heard, by))
            case ConfirmBedside(by):
                return self._engine.record(BedsideConfirmed(by))

    def _name(self, output: str) -> str:
        names = {role.value: self._reported().of(role).name for role in OutputRole}
        return names.get(output, "")

    def _ask(self, cue: AudioCue, by: str, now_ns: int) -> Future[int]:
        facts = self._facts(self._engine.snapshot.alarms, works=self._audio.state is not AudioState.FAULT)
        refused = audio_module.refusal(self._audio, cue, facts, now_ns)
        if refused:
            raise CommandRefused("pause", refused.value)
        before, self._audio = self._audio, audio_module.move(self._audio, cue, facts, now_ns)
        future = self._engine.record(SoundAsked(cue.value, by))
        self._tell_audio(before, cue)
        return future

    def _check(self, named: str) -> Future[int]:
        output = OutputRole.STAFF if named == OutputRole.STAFF.value else OutputRole.ROOM
        if output.value != named or not self._reported().of(output).works:
            raise CommandRefused("check", "output-not-working")
        self._checks += 1
        dba = self._plan.high.staff_dba if output is OutputRole.STAFF else self._plan.high.room_dba
        level = self._plan.staff_level_db if output is OutputRole.STAFF else self._plan.room_level_db
        self._chime = Chime(CHECK_CHIMES + self._checks, SoundName.CHECK, level(dba), output)
        done: Future[int] = Future()
        done.set_result(0)
        return done

    # The annunciator

    def heard(self, report: Report) -> None:
        """The annunciator said what it really does."""
        before, self._report = self._reported(), report
        self._report_ns = self._real_ns()
        for role in OutputRole:
            was, now = before.of(role), report.of(role)
            if (was.state, was.name) != (now.state, now.name):
                self._engine.note(SoundOutput(role.value, now.name, now.state.value))
        if report.failing and not before.failing:
            self._engine.note(SoundProcess("console-stopped", "", int(report.silent_s * S_NS)))

    def process(self, what: str, detail: str = "", gap_ns: int = 0) -> None:
        """The annunciator began or ended."""
        self._report = None
        self._engine.note(SoundProcess(what, detail, gap_ns))

    def want(self) -> Want:
        """What the annunciator is to play now; its number changes whenever it does."""
        wanted, report = self._wanted, self._reported()
        open_ = self._door.open(wanted, self._real_ns())
        in_room = report.room.works and not report.staff.works and wanted.room is not None
        want = Want(
            number=self._sent.number,
            staff=None if in_room else wanted.staff,
            room=wanted.room if open_ else None,
            chime=self._chime,
            finish=wanted.finish,
        )
        if want != self._sent:
            self._sent = replace(want, number=want.number + 1)
        return self._sent

    # Time

    def tick(self, now_ns: int) -> None:
        """Look at the alarms, the outputs and who is there; after each tick of the engine."""
        real_ns = self._real_ns()
        if real_ns - self._looked_ns > HELD_UP_NS:
            self._report_ns = real_ns  # it is this thread that was held up, not the annunciator
        self._looked_ns = real_ns
        report = self._fresh(real_ns)
        works = report is not None and (report.staff.works or report.room.works)
        alarms = self._engine.snapshot.alarms
        before = self._audio
        facts = self._facts(alarms, works=works, rerouted=self._rerouted(report))
        self._audio, cues = audio_module.step(before, facts, now_ns)
        for cue in cues:
            self._tell_audio(before, cue)
        self._escalate(alarms, report, now_ns, real_ns)
        wrong = self._sense(report, works, real_ns, facts)
        self._engine.show_sound(self._picture(report or Report(), wrong, real_ns))

    def _escalate(
        self, alarms: tuple[ActiveAlarm, ...], report: Report | None, now_ns: int, real_ns: int
    ) -> None:
        staff_works = report is not None and report.staff.works
        sound = SoundFacts(self._audio.state, staff_works, self._idle_s(real_ns) < self._plan.idle_s)
        before = self._wanted
        signalled = tuple(_signalled(alarm) for alarm in alarms if alarm.state in _ACTIVE)
        self._escalation, self._wanted = escalation_module.step(
            self._plan, self._escalation, signalled, sound, now_ns
        )
        chime = self._wanted.chime
        if chime is not None and chime != before.chime:
            self._chime = chime
        self._door.look(self._wanted, real_ns)
        if (before.stage, before.priority) != (self._wanted.stage, self._wanted.priority):
            priority = self._wanted.priority
            self._engine.note(SoundStaged(self._wanted.stage.value, priority.value if priority else ""))

    def _sense(self, report: Report | None, works: bool, real_ns: int, facts: AudioFacts) -> Trouble:
        self._ever |= works
        wrong = trouble(report, optional=self._optional)
        starting = not self._ever and real_ns - self._began_ns < STARTS_NS
        alarms = wrong.alarms and not starting
        severe = not works and facts.unacknowledged is Priority.HIGH
        self._engine.senses.sense(AUDIO, (2.0 if severe else 1.0) if alarms else 0.0, wrong.text)
        return Trouble() if starting else wrong

    def _picture(self, report: Report, wrong: Trouble, real_ns: int) -> SoundState:
        idle_s = self._idle_s(real_ns)
        wanted = not self._optional or report.staff.works or report.room.works
        return SoundState(
            state=self._audio.state,
            until_t_ns=self._audio.until_ns,
            stage=self._wanted.stage,
            staff=report.staff,
            room=report.room,
            outputs=report.outputs,
            trouble=wrong.text if wanted else "",
            to_front=self._wanted.to_front,
            still_there=idle_s >= self._plan.idle_s - ASK_BEFORE_S,
            wanted=wanted,
        )

    def _facts(self, alarms: tuple[ActiveAlarm, ...], *, works: bool, rerouted: bool = False) -> AudioFacts:
        # The condition that says that nothing sounds must not keep itself at HIGH.
        unheard = [
            alarm.priority
            for alarm in alarms
            if alarm.state == ConditionState.ACTIVE_UNACK.value and alarm.role != AUDIO
        ]
        return AudioFacts(
            unacknowledged=max(unheard, key=lambda priority: priority.rank, default=None),
            preparing=self._engine.snapshot.session.phase is Phase.PREPARATION,
            works=works,
            rerouted=rerouted,
        )

    def _rerouted(self, report: Report | None) -> bool:
        """Whether an output that the screen was told works does not any more."""
        if report is None:
            return False
        shown = self._engine.snapshot.sound
        return (shown.staff.works and not report.staff.works) or (shown.room.works and not report.room.works)

    def _fresh(self, real_ns: int) -> Report | None:
        return self._report if real_ns - self._report_ns <= FRESH_NS else None

    def _reported(self) -> Report:
        return self._report or Report()

    def _idle_s(self, real_ns: int) -> float:
        return (real_ns - self.gui.touched_ns) / S_NS if self.gui is not None else 0.0

    def _tell_audio(self, before: Audio, cue: AudioCue) -> None:
        if self._audio != before:
            event = SoundChanged(self._audio.state.value, cue.value, self._audio.until_ns or 0)
            self._engine.note(event)


def _going_on(alarms: Iterable[ActiveAlarm]) -> Iterator[Heard]:
    """In a session that is taken up again nobody has come yet to what called before it was interrupted."""
    for alarm in alarms:
        if alarm.state == ConditionState.ACTIVE_UNACK.value and alarm.raised_t_ns:
            yield Heard(alarm.condition, alarm.raised_t_ns)


def _signalled(alarm: ActiveAlarm) -> Signalled:
    acknowledged = alarm.state == ConditionState.ACTIVE_ACK.value
    return Signalled(
        condition=alarm.condition,
        priority=alarm.priority,
        acknowledged_ns=(alarm.acknowledged_t_ns or alarm.onset_t_ns) if acknowledged else None,
        bypassed=alarm.bypassed,
        waits=alarm.role == AUDIO,
    )
