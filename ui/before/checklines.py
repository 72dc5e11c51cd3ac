"""The checks before the first dose in words: one line each, with who said so and what a key does; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor.alarms.baseline import Wanting
from kapmonitor.preflight import Check, Own, Standing, checks
from kapmonitor.snapshot import Snapshot
from ui import format as fmt
from ui import strings
from ui.before import wording
from ui.before.questions import Wanted
from ui.limits.face import values
from ui.status_face import link_sign

CLOCK_AGREES_S: Final = 2.0
OF_SOUND: Final = {
    Own.STAFF_TONE: "staff",
    Own.ROOM_TONE: "room",
    Own.MUSIC_HEARD: "music",
    Own.BEDSIDE: "bedside",
}


class Kind(StrEnum):
    """How a check is answered."""

    QUESTION = "question"
    TONE = "tone"
    BEDSIDE = "bedside"
    BASELINE = "baseline"
    PERSON = "person"
    DEVICES = "devices"
    CUFF = "cuff"
    MUSIC = "music"
    VALUE = "value"
    FACT = "fact"


KINDS: Final = {
    Own.IDENTITY: Kind.PERSON,
    Own.DEVICES: Kind.DEVICES,
    Own.CUFF: Kind.CUFF,
    Own.BASELINE: Kind.BASELINE,
    Own.STAFF_TONE: Kind.TONE,
    Own.ROOM_TONE: Kind.TONE,
    Own.MUSIC_HEARD: Kind.MUSIC,
    Own.BEDSIDE: Kind.BEDSIDE,
}
PLACE: Final = (
    Own.IDENTITY,
    None,
    Own.DEVICES,
    Own.CUFF,
    Own.BASELINE,
    Own.STAFF_TONE,
    Own.ROOM_TONE,
    Own.MUSIC_HEARD,
    Own.BEDSIDE,
    Own.CLOCKS,
    Own.DISK,
    Own.POWER,
    Own.AWAKE,
    Own.ENCRYPTED,
)
"""In which order they are listed: what is about the person first; None stands for the protocol's."""


@dataclass(frozen=True, slots=True)
class Line:
    """One check as it is listed; `keys` are what its keys do now, said where it is still to be done."""

    check: Check
    kind: Kind
    text: str
    beneath: str
    keys: str = ""

    @property
    def said(self) -> str:
        """What stands beneath its text."""
        return self.keys or self.beneath


def lines(snapshot: Snapshot, wanted: Wanted) -> tuple[Line, ...]:
    """All of them as they are listed."""
    values = frozenset(question.id for question in wanted.questions if question.value)
    found = sorted(checks(snapshot, wanted.questions, wanted.automatic), key=_place)
    return tuple(_line(check, snapshot, values) for check in found)


def done(listed: Iterable[Line]) -> tuple[int, int]:
    """How many are done or gone on without, and how many there are."""
    stands = [line.check.standing in (Standing.DONE, Standing.OVERRIDDEN) for line in listed]
    return sum(stands), len(stands)


def left(listed: Iterable[Line]) -> tuple[Line, ...]:
    """Those that hold the session up."""
    return tuple(line for line in listed if line.check.holds_up)


def _place(check: Check) -> int:
    return PLACE.index(Own(check.id)) if check.id in set(Own) else PLACE.index(None)


def _line(check: Check, snapshot: Snapshot, values: frozenset[str]) -> Line:
    said = said_by(check, snapshot)
    if check.id in values:
        text, beneath, keys = check.text, *_written(check, said)
        kind = Kind.VALUE
    elif not check.asked:
        text, beneath, keys = check.text, "", _AUTOMATIC[check.standing]
        kind = Kind.FACT
    elif check.id not in set(Own):
        text, beneath, keys = check.text, said, _question_keys(check, said)
        kind = Kind.QUESTION
    else:
        own = Own(check.id)
        kind = KINDS.get(own, Kind.FACT)
        text, beneath, keys = _WORDS[own](check, snapshot, said)
    if check.standing is Standing.OVERRIDDEN:
        beneath, keys = wording.WITHOUT.format(reason=check.reason, said=said), ""
    return Line(check, kind, text, beneath, keys)


def said_by(check: Check, snapshot: Snapshot) -> str:
    """`KL 13:22`; empty where nobody said anything."""
    who = check.by or wording.NO_NAME
    if check.t_ns is None:
        return check.by
    at = fmt.wall(snapshot.utc_ns + check.t_ns - snapshot.t_ns, snapshot.utc_offset_min)
    return wording.SAID.format(who=who, at=at)


Words = tuple[str, str, str]
"""Text, what stands beneath, and what keys do instead of that."""


_AUTOMATIC: Final = {
    Standing.DONE: "",
    Standing.LEFT: wording.NOT_KNOWN,
    Standing.WRONG: wording.NOT_SO,
    Standing.OVERRIDDEN: "",
}


def _written(check: Check, said: str) -> tuple[str, str]:
    """What the card says, or where to write it."""
    if check.standing is Standing.DONE:
        return wording.WRITTEN.format(value=check.reason, said=said), ""
    return said, wording.WRITE_IT


def _question_keys(check: Check, said: str) -> str:
    if check.standing is Standing.WRONG:
        return wording.SAID_NO.format(said=said)
    if check.standing is Standing.DONE:
        return ""
    return wording.ASKED if check.required else f"{wording.ASKED}   {wording.OPTIONAL}"


def _identity(check: Check, snapshot: Snapshot, said: str) -> Words:
    person = snapshot.session.care.person
    if check.standing is Standing.LEFT or person is None:
        return wording.TEXTS[Own.IDENTITY], "", wording.TYPE_BOTH
    born = wording.BORN.format(record=person.record_number, born=person.birth_date)
    return wording.TEXTS[Own.IDENTITY], f"{born} — {said}" if said else born, ""


def _devices(check: Check, snapshot: Snapshot, _said: str) -> Words:
    text = wording.TEXTS[Own.DEVICES]
    if check.standing is Standing.DONE:
        return text, ", ".join(link.label for link in snapshot.links), ""
    if check.standing is Standing.LEFT:
        return text, "", wording.TO_DEVICES
    signs = [(link.label, link_sign(link, snapshot.t_ns).trouble) for link in snapshot.links]
    bad = [wording.DEVICE_TROUBLE.format(device=label, trouble=why) for label, why in signs if why]
    return text, "", "; ".join(bad) or wording.NO_SIGNAL


def _cuff(check: Check, snapshot: Snapshot, _said: str) -> Words:
    text, last = wording.TEXTS[Own.CUFF], snapshot.nibp.last
    if check.standing is Standing.DONE and last is not None:
        at = fmt.wall(snapshot.utc_ns + last.t_ns - snapshot.t_ns, snapshot.utc_offset_min)
        return text, f"{fmt.pressure(last)} {strings.MMHG}, {at}", ""
    return text, "", wording.HOLD_B if snapshot.nibp.can_start else wording.START_CUFF


def _baseline(check: Check, snapshot: Snapshot, said: str) -> Words:
    text, baseline = wording.TEXTS[Own.BASELINE], snapshot.baseline
    if baseline.baseline is not None:
        return text, f"{values(baseline.baseline)} — {said}", ""
    if baseline.proposal is not None and baseline.proposal.baseline is not None:
        return text, "", wording.SET_IT.format(values=values(baseline.proposal.baseline))
    found = baseline.proposal.wanting if baseline.proposal is not None else Wanting.READING
    return text, "", wording.WANTING[found]


def _clocks(_check: Check, snapshot: Snapshot, _said: str) -> Words:
    here = [device for device in snapshot.session.devices if not device.released]
    told = [(device.label, device.clock.ahead_s) for device in here if device.clock is not None]
    if not told:
        return wording.NO_CLOCKS, "", ""
    clocks = ", ".join(_clock(label, ahead_s) for label, ahead_s in told)
    return wording.CLOCKS.format(clocks=clocks), wording.CLOCKS_KEPT, ""


def _clock(device: str, ahead_s: float) -> str:
    if abs(ahead_s) < CLOCK_AGREES_S:
        return wording.CLOCK_RIGHT.format(device=device)
    words = wording.CLOCK_FAST if ahead_s > 0 else wording.CLOCK_SLOW
    return words.format(device=device, seconds=f"{abs(ahead_s):.0f}")


def _disk(check: Check, snapshot: Snapshot, _said: str) -> Words:
    free = "" if check.value is None else _bytes(check.value)
    if _found_wrong(check, snapshot.station.disk_will_do):
        return wording.DISK_WRONG, "", wording.DISK_WHY.format(free=free)
    if not free:
        return wording.DISK_UNKNOWN, "", wording.LOOKING
    return wording.DISK.format(free=free), "", ""


def _bytes(free: float) -> str:
    return f"{free / 1e12:.1f} TB" if free >= 1e12 else f"{free / 1e9:.0f} GB"


def _found_wrong(check: Check, said: bool | None) -> bool:
    """Also where somebody goes on without it."""
    return check.standing is not Standing.DONE and said is False


def _power(check: Check, snapshot: Snapshot, _said: str) -> Words:
    if check.value is None:
        return wording.NO_BATTERY, "", ""
    mains = {True: wording.MAINS, False: wording.NO_MAINS, None: wording.MAINS_UNKNOWN}
    text = wording.BATTERY.format(percent=f"{check.value:.0f}", mains=mains[snapshot.station.on_mains])
    return text, "", wording.PLUG_IN if check.standing is Standing.WRONG else ""


def _awake(check: Check, snapshot: Snapshot, _said: str) -> Words:
    if _found_wrong(check, snapshot.station.awake):
        return wording.AWAKE_WRONG, "", wording.SWITCH_OFF_SLEEP
    if check.standing is Standing.DONE:
        return wording.AWAKE, wording.UNTIL_CLOSED, ""
    return wording.AWAKE, "", wording.LOOKING


def _encrypted(check: Check, snapshot: Snapshot, _said: str) -> Words:
    if _found_wrong(check, snapshot.station.encrypted):
        return wording.NOT_ENCRYPTED, "", wording.SET_VAULT_UP
    return wording.ENCRYPTED, "", "" if check.standing is Standing.DONE else wording.LOOKING


def _tone(check: Check, snapshot: Snapshot, said: str) -> Words:
    own = Own(check.id)
    role = OF_SOUND[own]
    report = snapshot.sound.staff if role == "staff" else snapshot.sound.room
    todo = wording.PLAY if report.works else wording.NO_OUTPUT if not report.name else wording.NO_TONE
    return wording.TEXTS[own], said, _heard_keys(check, said, todo)


def _music(check: Check, _snapshot: Snapshot, said: str) -> Words:
    return wording.TEXTS[Own.MUSIC_HEARD], said, _heard_keys(check, said, wording.TO_SOUND_CHECK)


def _bedside(check: Check, _snapshot: Snapshot, said: str) -> Words:
    return wording.TEXTS[Own.BEDSIDE], said, _heard_keys(check, said, wording.LOOK_THEN)


def _heard_keys(check: Check, said: str, todo: str) -> str:
    if check.standing is Standing.WRONG:
        return wording.NOT_HEARD.format(said=said)
    return "" if check.standing is Standing.DONE else todo


_WORDS: Final[dict[Own, Callable[[Check, Snapshot, str], Words]]] = {
    Own.IDENTITY: _identity,
    Own.DEVICES: _devices,
    Own.CUFF: _cuff,
    Own.BASELINE: _baseline,
    Own.CLOCKS: _clocks,
    Own.DISK: _disk,
    Own.POWER: _power,
    Own.AWAKE: _awake,
    Own.ENCRYPTED: _encrypted,
    Own.STAFF_TONE: _tone,
    Own.ROOM_TONE: _tone,
    Own.MUSIC_HEARD: _music,
    Own.BEDSIDE: _bedside,
}
