"""What the sound check says at a given time; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.alarms.signals import OutputReport, OutputRole, OutputWord
from kapmonitor.alarms.soundtrouble import WHY
from kapmonitor.session.state import BEDSIDE, SoundCheck
from kapmonitor.snapshot import Snapshot
from ui import alarm_sound
from ui import format as fmt
from ui.devices.face import RowFace, Tone
from ui.soundcheck import wording
from ui.status_face import Lamp


class Step(StrEnum):
    """The steps, from top to bottom; each word is what its check is of."""

    STAFF = OutputRole.STAFF.value
    ROOM = OutputRole.ROOM.value
    MUSIC = alarm_sound.MUSIC
    BEDSIDE = BEDSIDE


class Standing(StrEnum):
    """How far a step is."""

    IDLE = "idle"
    """There is nothing to check: no output chosen, or no music plays."""
    STUCK = "stuck"
    """It is chosen and does not work."""
    OPEN = "open"
    ASKED = "asked"
    """The tone was played: heard or not?"""
    GOOD = "good"
    BAD = "bad"
    OTHER = "other"
    """It was heard, but on another output than the present one."""


LOOKS: Final = {
    Standing.IDLE: (Lamp.OFF, Tone.FAINT),
    Standing.STUCK: (Lamp.LOST, Tone.TROUBLE),
    Standing.OPEN: (Lamp.BUSY, Tone.ASKING),
    Standing.ASKED: (Lamp.BUSY, Tone.ASKING),
    Standing.GOOD: (Lamp.GOOD, Tone.CALM),
    Standing.BAD: (Lamp.LOST, Tone.TROUBLE),
    Standing.OTHER: (Lamp.DOUBT, Tone.ASKING),
}


@dataclass(frozen=True, slots=True)
class StepFace:
    """One step; `plays` are the outputs whose tone Enter plays, one after the other."""

    step: Step
    standing: Standing
    plays: tuple[str, ...]
    row: RowFace


def step_faces(snapshot: Snapshot, asked: Step | None) -> tuple[StepFace, ...]:
    """All steps; `asked` is the one whose tone was played and waits for an answer."""
    return tuple(step_face(step, snapshot, asked=step is asked) for step in Step)


def step_face(step: Step, snapshot: Snapshot, *, asked: bool) -> StepFace:
    """One step."""
    check = alarm_sound.check_of(snapshot.session, step.value)
    stands, plays = standing(step, snapshot, asked=asked), tones(step, snapshot)
    lamp, tone = LOOKS[stands]
    row = RowFace(
        lamp=lamp,
        tone=tone,
        name=wording.NAMES[step.value],
        beneath=_beneath(step, snapshot),
        value=_answered(check) if stands in {Standing.GOOD, Standing.BAD} else "",
        prompt=_prompt(step, stands, _said(snapshot, check), check),
        details=_details(step, snapshot, stands),
    )
    return StepFace(step, stands, plays, row)


def left_words(snapshot: Snapshot) -> str:
    """How much is still to do."""
    needed = alarm_sound.needed(snapshot)
    if not needed:
        return wording.NO_OUTPUTS
    session = snapshot.session
    left = sum(not alarm_sound.holds(alarm_sound.check_of(session, of), name) for of, name in needed)
    return wording.TO_DO.format(count=left) if left else wording.DONE


def standing(step: Step, snapshot: Snapshot, *, asked: bool) -> Standing:
    """How far it is: a tone that waits for its answer first, then what does not work, then what was said."""
    if asked:
        return Standing.ASKED
    check = alarm_sound.check_of(snapshot.session, step.value)
    report = _report(step, snapshot)
    if report is not None and not report.works:
        return Standing.IDLE if report.state is OutputWord.NOT_CHOSEN else Standing.STUCK
    if check is None:
        return Standing.OPEN if step is Step.BEDSIDE or tones(step, snapshot) else Standing.IDLE
    if not check.heard:
        return Standing.BAD
    name = report.name if report is not None else ""
    return Standing.GOOD if alarm_sound.holds(check, name) else Standing.OTHER


def tones(step: Step, snapshot: Snapshot) -> tuple[str, ...]:
    """The outputs on which it plays a tone: with the music, on all that work, as none may be heard there."""
    working = tuple(role.value for role in OutputRole if alarm_sound.report_of(snapshot.sound, role).works)
    if step is Step.MUSIC:
        return working if title_playing(snapshot) is not None else ()
    return tuple(output for output in working if output == step.value)


def title_playing(snapshot: Snapshot) -> str | None:
    """What plays now; None while nothing does."""
    music = snapshot.session.music
    return music[-1].title if music and music[-1].t1_ns is None else None


def _report(step: Step, snapshot: Snapshot) -> OutputReport | None:
    roles = {role.value: role for role in OutputRole}
    role = roles.get(step.value)
    return None if role is None else alarm_sound.report_of(snapshot.sound, role)


def _beneath(step: Step, snapshot: Snapshot) -> str:
    report = _report(step, snapshot)
    if report is not None:
        return output_words(step, report)
    if step is Step.BEDSIDE:
        return wording.LOOK
    title = title_playing(snapshot)
    if title is None:
        return wording.NO_MUSIC
    return wording.PLAYING.format(title=title) if tones(step, snapshot) else wording.NO_TONE


def output_words(step: Step, report: OutputReport) -> str:
    """The output's name, or why it cannot be used."""
    if report.works:
        return report.name
    if report.state is OutputWord.NOT_CHOSEN:
        return wording.NOT_CHOSEN[step.value]
    return WHY[report.state].format(name=report.name)


def _said(snapshot: Snapshot, check: SoundCheck | None) -> str:
    """By whom and when it was answered."""
    if check is None:
        return ""
    at = fmt.wall(snapshot.utc_ns + check.t_ns - snapshot.t_ns, snapshot.utc_offset_min)
    return wording.SAID.format(who=check.by or wording.NO_NAME, at=at)


def _answered(check: SoundCheck | None) -> str:
    return "" if check is None else (wording.GOOD if check.heard else wording.BAD)[check.of]


def _prompt(step: Step, stands: Standing, said: str, check: SoundCheck | None) -> str:
    if stands is Standing.ASKED:
        return wording.ANSWER[step.value]
    if stands is Standing.OPEN:
        if step is Step.BEDSIDE:
            return wording.CONFIRM
        return wording.PLAY_BOTH if step is Step.MUSIC else wording.PLAY
    if check is None:
        return wording.CANNOT if stands is Standing.STUCK else ""
    words = {
        Standing.OTHER: wording.OTHER_OUTPUT,
        Standing.STUCK: wording.BEFORE,
        Standing.IDLE: wording.BEFORE,
    }.get(stands, wording.ANSWERED)
    return words.format(what=_answered(check), name=check.name, said=said)


def _details(step: Step, snapshot: Snapshot, stands: Standing) -> tuple[str, ...]:
    report = _report(step, snapshot)
    if report is not None and report.state is OutputWord.MUSIC:
        return (wording.OF_MUSIC,)
    details = (wording.DETAILS[step.value],)
    if stands not in {Standing.GOOD, Standing.BAD, Standing.OTHER}:
        return details
    if step is Step.BEDSIDE:
        return (*details, wording.AGAIN_BEDSIDE)
    return (*details, wording.AGAIN) if tones(step, snapshot) else details
