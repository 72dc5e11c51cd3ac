"""Alarms, limits and sound of the made-up session in tests/helpers/fake_session.py, by variant."""

from __future__ import annotations

from dataclasses import replace

from kapmonitor.alarms.audio import AudioState
from kapmonitor.alarms.baseline import Baseline, Proposal, Wanting
from kapmonitor.alarms.signals import OutputReport, OutputWord, SoundState
from kapmonitor.alarms.soundtrouble import STAFF_LOST
from kapmonitor.record.trouble import HANGS
from kapmonitor.session.events import RuleDisabled
from kapmonitor.session.state import AlarmSpan, SoundCheck
from kapmonitor.snapshot import ActiveAlarm, BaselineStatus, LimitInForce, Priority

S = 1_000_000_000
MIN = 60 * S
HIGH, MEDIUM, LOW = Priority.HIGH, Priority.MEDIUM, Priority.LOW

_DRUGGED = ("dosing", "onset", "peak", "return")
_LIMITS = (
    ("sys-rising", "nibp-sys", "high", LOW, 142.0, "118 + 20 %", 0.0, None, ()),
    ("nibp-sys-medium", "nibp-sys", "high", MEDIUM, 154.0, "118 + 30 %", 0.0, None, ()),
    ("nibp-sys-high", "nibp-sys", "high", HIGH, 180.0, "fixed", 0.0, 200.0, ()),
    ("sys-low", "nibp-sys", "low", MEDIUM, 89.0, "118 − 30 %, at least 89", 0.0, None, ()),
    ("sys-very-low", "nibp-sys", "low", HIGH, 79.0, "fixed", 0.0, None, ()),
    ("nibp-dia-medium", "nibp-dia", "high", MEDIUM, 100.0, "74 + 35 %", 0.0, None, ()),
    ("dia-very-high", "nibp-dia", "high", HIGH, 110.0, "fixed", 0.0, 120.0, ()),
    ("mean-low", "nibp-mean", "low", MEDIUM, 64.0, "fixed", 0.0, None, ()),
    ("hr-rising", "hr", "high", LOW, 94.0, "72 + 30 %", 60.0, None, ()),
    ("hr-high-medium", "hr", "high", MEDIUM, 120.0, "72 + 20 %, at least 120", 30.0, None, ()),
    ("hr-high-for-long", "hr", "high", MEDIUM, 121.0, "fixed", 300.0, None, _DRUGGED),
    ("hr-very-high", "hr", "high", HIGH, 140.0, "fixed", 10.0, 160.0, ()),
    ("hr-low-medium", "hr", "low", MEDIUM, 50.0, "fixed", 20.0, None, ()),
    ("hr-very-low", "hr", "low", HIGH, 39.0, "fixed", 10.0, 35.0, ()),
    ("spo2-falling", "spo2", "low", LOW, 94.0, "fixed", 60.0, None, ()),
    ("spo2-low-medium", "spo2", "low", MEDIUM, 92.0, "fixed", 15.0, None, ()),
    ("spo2-low-high", "spo2", "low", HIGH, 88.0, "fixed", 10.0, 80.0, ()),
)
BASELINE = Baseline(118.0, 74.0, 88.0, 72.0, 98.0)
_READY = OutputReport(OutputWord.READY, "USB earpiece")
_ROOM = OutputReport(OutputWord.READY, "Built-in speaker")
_SOUND = SoundState(AudioState.ON, staff=_READY, room=_ROOM, wanted=True)
_LOST = OutputReport(OutputWord.LOST, "USB earpiece")


def limits(variant: str, now_ns: int) -> tuple[LimitInForce, ...]:
    """Every limit as it holds in a variant."""
    made = tuple(
        LimitInForce(rule, role, side, priority, limit, source, delay, at_once, phases, True, None)
        for rule, role, side, priority, limit, source, delay, at_once, phases in _LIMITS
    )
    changes: dict[str, dict[str, dict[str, object]]] = {
        "pending": {"hr-high-medium": {"state": "pending"}},
        "unarmed": {limit.rule: {"state": "unarmed"} for limit in made if limit.role in {"hr", "spo2"}},
        "limit-off": {
            "hr-high-medium": {"state": "disabled", "off_until_t_ns": now_ns + 12 * MIN + 41 * S},
        },
        "no-baseline": {
            limit.rule: {"limit": None, "source": "no baseline"}
            if limit.rule in {"sys-rising", "hr-rising"}
            else {"source": "fixed, no baseline"}
            for limit in made
            if limit.source[0].isdigit()
        },
        "changed": {"hr-high-medium": {"limit": 125.0, "source": "set by RN, was 120 (72 + 20 %)"}},
    }
    changes["limits"] = changes["limit-off"]
    mine = changes.get(variant, {})
    return tuple(replace(limit, **mine.get(limit.rule, {})) for limit in made)  # type: ignore[arg-type]


def switched_off(variant: str, now_ns: int) -> tuple[RuleDisabled, ...]:
    """What somebody switched off in a variant."""
    if variant not in {"limit-off", "limits"}:
        return ()
    reason = "moves the hand with the sensor"
    return (RuleDisabled("hr-high-medium", reason, "prescriber", "Dr. A. Weber", now_ns + 12 * MIN + 41 * S),)


def baseline(variant: str, now_ns: int) -> BaselineStatus:
    """The person's baseline in a variant."""
    proposal = Proposal(replace(BASELINE, readings=(1, 2, 3)), Wanting.NOTHING)
    if variant == "no-baseline":
        return BaselineStatus(proposal=proposal, needed=True)
    if variant in {"waiting", "empty"}:
        return BaselineStatus(proposal=Proposal(None, Wanting.READING))
    return BaselineStatus(BASELINE, "RN", now_ns - 44 * MIN, proposal)


def sound(variant: str, now_ns: int) -> SoundState:
    """The sound of alarms in a variant."""
    staff_lost = STAFF_LOST.format(why="USB earpiece went away")
    none = "No alarm sound: USB earpiece went away — look at the bedside monitor"
    gone = replace(_ROOM, state=OutputWord.LOST)
    changed = {
        "audio-paused": replace(_SOUND, state=AudioState.PAUSED, until_t_ns=now_ns + 102 * S),
        "paused-many": replace(_SOUND, state=AudioState.PAUSED, until_t_ns=now_ns + 102 * S),
        "audio-lost": replace(_SOUND, state=AudioState.FAULT, staff=_LOST, room=gone, trouble=none),
        "room-speaker": replace(_SOUND, staff=_LOST, trouble=staff_lost),
        "still-there": replace(_SOUND, still_there=True),
        "sound-check-trouble": replace(
            _SOUND,
            staff=replace(_READY, state=OutputWord.MUSIC),
            trouble=STAFF_LOST.format(why="the music plays on USB earpiece"),
        ),
        "empty": SoundState(),
        "replay": SoundState(),
    }
    return changed.get(variant, _SOUND)


def sound_checks(variant: str, answered: tuple[SoundCheck, ...]) -> tuple[SoundCheck, ...]:
    """What was answered in the sound check; `answered` is all of it, in most variants."""
    known = {check.of: check for check in answered}
    if variant == "sound-unchecked":
        return ()
    if variant == "sound-check":
        return (known["staff"],)
    if variant == "sound-check-trouble":
        music = replace(known["music"], heard=False)
        return (known["staff"], replace(known["room"], name="HDMI 1"), music)
    return answered


def alarm(
    role: str, priority: Priority, value: float | None, limit: float | None, onset_t_ns: int, **more: object
) -> ActiveAlarm:
    """An alarm that nobody has acknowledged."""
    side = str(more.pop("direction", "high"))
    name = str(more.pop("condition", f"{role}-{side}-{priority.value}"))
    made = ActiveAlarm(name, role, priority, "active-unack", value, limit, side, onset_t_ns)
    return replace(made, **more)  # type: ignore[arg-type]


def flag(role: str, priority: Priority, onset_t_ns: int, text: str = "") -> ActiveAlarm:
    """A condition of the equipment."""
    return alarm(role, priority, 1.0, None, onset_t_ns, direction="flag", condition=role, text=text)


def alarms(variant: str, now_ns: int) -> tuple[ActiveAlarm, ...]:
    """What alarms in a variant, as the engine lists it."""

    def ago(seconds: float) -> int:
        return now_ns - round(seconds * S)

    bp = alarm("nibp-sys", MEDIUM, 162.0, 154.0, ago(14), condition="nibp-sys-medium")
    seen = {"state": "active-ack", "acknowledged_t_ns": ago(9), "remind_t_ns": now_ns + 171 * S}
    was = alarm(
        "spo2",
        MEDIUM,
        89.0,
        92.0,
        ago(63),
        direction="low",
        condition="spo2-low-medium",
        state="latched",
        ended_t_ns=ago(41),
    )
    oximeter = flag("link:oximeter", MEDIUM, ago(41), "Oximeter")
    listed = (
        alarm("spo2", HIGH, 86.0, 88.0, ago(8), direction="low"),
        alarm("nibp-sys", MEDIUM, 184.0, 154.0, ago(14), condition="nibp-sys-medium"),
        oximeter,
        alarm("hr", LOW, 124.0, 120.0, ago(33)),
    )
    found: dict[str, tuple[ActiveAlarm, ...]] = {
        "medium": (bp,),
        "acknowledged": (replace(bp, **seen),),  # type: ignore[arg-type]
        "alarms": (replace(bp, onset_t_ns=ago(137), **seen), flag("overdue", LOW, ago(17))),  # type: ignore[arg-type]
        "reminder": (
            replace(
                bp,
                state="active-ack",
                acknowledged_t_ns=ago(181),
                remind_t_ns=now_ns + 179 * S,
                onset_t_ns=ago(190),
            ),
        ),
        "high": (alarm("nibp-sys", HIGH, 204.0, 180.0, ago(8), bypassed=True),),
        "repeat": (
            alarm("nibp-sys", MEDIUM, 184.0, 180.0, ago(14), condition="nibp-sys-high", repeat_wanted=True),
        ),
        "low": (alarm("spo2", LOW, 93.0, 94.0, ago(64), direction="low", condition="spo2-falling"),),
        "latched": (was,),
        "latched-many": (was, replace(bp, state="latched", onset_t_ns=ago(322), ended_t_ns=ago(250))),
        "latched-behind": (bp, was),
        "technical": (oximeter,),
        "lost": (oximeter,),
        "many": listed,
        "paused-many": (*listed, was),
        "stale": (
            flag("signal:hr", MEDIUM, ago(12), "ECG strap"),
            flag("signal:spo2", MEDIUM, ago(7), "Oximeter"),
        ),
        "overdue": (flag("overdue", LOW, ago(137)),),
        "cuff-failed": (flag("cuff:cuff", LOW, ago(17), "Cuff\tmotion"),),
        "audio-lost": (flag("audio", MEDIUM, ago(3), sound("audio-lost", now_ns).trouble),),
        "record-trouble": (flag("record", HIGH, ago(31), "the disk is full"),),
        "disk-hangs": (flag("record", HIGH, ago(18), HANGS),),
        "part-failed": (flag("console", MEDIUM, ago(6), "connection of Oximeter, cuff timer"),),
        "too-high": (alarm("nibp-sys", HIGH, 280.0, 180.0, ago(8), bypassed=True),),
        "record-moved": (flag("moved", LOW, ago(31), "/media/second/records"),),
    }
    return found.get(variant, ())


def spans(variant: str, now_ns: int) -> tuple[AlarmSpan, ...]:
    """The alarms of the session so far, as its state keeps them."""
    active = tuple(
        AlarmSpan(
            # The session's own limits have one of systolic pressure alone.
            "nibp-sys-medium" if each.role == "nibp-sys" else each.condition,
            each.priority.value,
            # The reading came at T+40.
            now_ns - 137 * S if each.role.startswith("nibp") else each.onset_t_ns,
            each.ended_t_ns,
            each.value,
            each.limit,
        )
        for each in alarms(variant, now_ns)
    )
    if variant != "alarms":
        return active

    def span(
        condition: str, priority: Priority, ago_s: float, length_s: float | None, *rest: object
    ) -> AlarmSpan:
        t0_ns = now_ns - round(ago_s * S)
        t1_ns = None if length_s is None else t0_ns + round(length_s * S)
        return AlarmSpan(condition, priority.value, t0_ns, t1_ns, *rest)  # type: ignore[arg-type]

    return (
        span("link:strap", MEDIUM, 3105, 22.0, 1.0, None),
        span("cuff:cuff", LOW, 2390, 300.0, 1.0, None),
        span("hr-high-medium", MEDIUM, 1800, 94.0, 128.0, 120.0, now_ns - 1780 * S, "KL"),
        span("spo2-low-medium", MEDIUM, 1230, 22.0, 89.0, 92.0, now_ns - 1215 * S, "KL"),
        span("nibp-sys-medium", HIGH, 900, 301.0, 204.0, 180.0, now_ns - 884 * S, "RN"),
        span("clock", LOW, 600, 61.0, 1.0, None),
        span("spo2-low-medium", LOW, 410, 70.0, 93.0, 94.0),
        span("nibp-sys-medium", MEDIUM, 137, None, 162.0, 154.0, now_ns - 121 * S, "RN"),
        span("overdue", LOW, 17, None, 1.0, None),
    )
