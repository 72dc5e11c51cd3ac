"""What has to be well before a dose: checks of the console and answers of people, on one list; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kapmonitor.consolefacts import console_fact
from kapmonitor.errors import CommandRefused
from kapmonitor.model import LinkState
from kapmonitor.protocol.checklist import CheckItem
from kapmonitor.scaledue import standing_scores
from kapmonitor.session.care import Care, Score
from kapmonitor.session.care_events import SessionOpened
from kapmonitor.session.state import BEDSIDE, SoundCheck
from kapmonitor.snapshot import Freshness, Snapshot, StationFacts

STAFF, ROOM, MUSIC = "staff", "room", "music"
FEW_PERCENT: Final = 50.0
"""With less in the battery a session is not begun without mains."""


class Standing(StrEnum):
    """How a check stands."""

    DONE = "done"
    LEFT = "left"
    WRONG = "wrong"
    OVERRIDDEN = "overridden"


class Own(StrEnum):
    """The checks that the console makes or asks for by itself; others are the protocol's."""

    IDENTITY = "identity"
    DEVICES = "devices"
    CUFF = "cuff-reading"
    BASELINE = "baseline"
    CLOCKS = "clocks"
    DISK = "disk"
    POWER = "power"
    AWAKE = "awake"
    ENCRYPTED = "encrypted"
    STAFF_TONE = "staff-tone"
    ROOM_TONE = "room-tone"
    MUSIC_HEARD = "music-heard"
    BEDSIDE = "bedside"


@dataclass(frozen=True, slots=True)
class Question:
    """A check of the protocol that a person answers; a `value` stands on the person's card under its id."""

    id: str
    text: str
    required: bool = True
    value: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list. `value` is the number it is about, `by` and `t_ns` who said so and when.

    `asked` is whether a person can answer it.
    """

    id: str
    standing: Standing
    text: str = ""
    value: float | None = None
    by: str = ""
    t_ns: int | None = None
    reason: str = ""
    required: bool = True
    asked: bool = True

    @property
    def holds_up(self) -> bool:
        """Whether the session is not opened before somebody has done something about it."""
        return self.required and self.standing in (Standing.LEFT, Standing.WRONG)


OWN_OF: Final = {
    "baseline": Own.BASELINE,
    "devices-confirmed": Own.DEVICES,
    "clocks-compared": Own.CLOCKS,
    "record-written": Own.DISK,
    "sleep-held-off": Own.AWAKE,
    "mains": Own.POWER,
    "staff-tone-heard": Own.STAFF_TONE,
    "room-tone-heard": Own.ROOM_TONE,
    "music-apart": Own.MUSIC_HEARD,
    "bedside-alarm-on": Own.BEDSIDE,
}
"""Conditions of a protocol that the console looks at by itself in any case."""


def checks(
    snapshot: Snapshot, questions: Iterable[Question], automatic: Iterable[CheckItem] = ()
) -> tuple[Check, ...]:
    """All of them, the console's own first; `automatic` are the conditions that the protocol names."""
    care = snapshot.session.care
    automatic = tuple(automatic)
    own = (
        *_of_person(snapshot),
        *_of_devices(snapshot),
        *_of_station(snapshot.station),
        *_of_sound(snapshot),
    )
    wanted: dict[str, CheckItem] = {
        OWN_OF[item.auto.fact]: item for item in automatic if item.auto and item.auto.fact in OWN_OF
    }
    strict = (_as_wanted(check, wanted.get(check.id), snapshot.station) for check in own)
    more = (_found_out(item, snapshot) for item in automatic if item.auto and item.auto.fact not in OWN_OF)
    asked = (_asked(question, care) for question in questions)
    return tuple(_overridden(check, care) for check in (*strict, *more, *asked))


def _as_wanted(check: Check, item: CheckItem | None, station: StationFacts) -> Check:
    """As the protocol wants it: it may leave it open, and ask for mains however full the battery is."""
    if item is None:
        return check
    without = item.auto is not None and item.auto.fact == "mains" and station.on_mains is False
    standing = Standing.WRONG if without else check.standing
    return replace(check, required=item.required, standing=standing)


def _when(score: Score) -> int:
    return score.t_ns


def _found_out(item: CheckItem, snapshot: Snapshot) -> Check:
    """What the protocol asks of the console besides; unknown is left open."""
    scores = standing_scores(snapshot.session.care.scores)
    facts = {f"scale:{score.scale}": float(score.score) for score in sorted(scores, key=_when)}
    known = console_fact(snapshot, item.auto.fact) if item.auto is not None else None
    if item.auto is not None and known is not None:
        facts[item.auto.fact] = known
    met = item.auto.met(facts) if item.auto is not None else None
    standing = Standing.LEFT if met is None else Standing.DONE if met else Standing.WRONG
    return Check(item.id, standing, item.text, required=item.required, asked=False)


def opened(found: Iterable[Check], by: str, role: str) -> SessionOpened:
    """The event that says go; CommandRefused while anything holds it up."""
    listed = tuple(found)
    if any(check.holds_up for check in listed):
        raise CommandRefused("open", "checks-left")
    if not by:
        raise CommandRefused("open", "nobody")
    overridden = tuple(check.id for check in listed if check.standing is Standing.OVERRIDDEN)
    return SessionOpened(by, role, overridden)


def _overridden(check: Check, care: Care) -> Check:
    said = care.override(check.id) if check.id != Own.IDENTITY else None
    if said is None or check.standing is Standing.DONE or _said_no_since(check, care, said.t_ns):
        return check
    return replace(check, standing=Standing.OVERRIDDEN, by=said.by, t_ns=said.t_ns, reason=said.because)


def _said_no_since(check: Check, care: Care, t_ns: int) -> bool:
    """A no that came later was not known to whoever went on without the check."""
    answer = care.answer(check.id)
    return check.standing is Standing.WRONG and answer is not None and answer.t_ns > t_ns


def _asked(question: Question, care: Care) -> Check:
    if question.value:
        return _written(question, care)
    said = care.answer(question.id)
    if said is None:
        return Check(question.id, Standing.LEFT, question.text, required=question.required)
    standing = Standing.DONE if said.text == "yes" else Standing.WRONG
    return Check(
        question.id,
        standing,
        question.text,
        by=said.by,
        t_ns=said.t_ns,
        reason=said.because,
        required=question.required,
    )


def _written(question: Question, care: Care) -> Check:
    """What stands on the card is an answer; nobody has to say so once more."""
    entry = next((each for each in care.card if each.id == question.id and each.text), None)
    if entry is None:
        return Check(question.id, Standing.LEFT, question.text, required=question.required)
    return Check(
        question.id,
        Standing.DONE,
        question.text,
        by=entry.by,
        t_ns=entry.t_ns,
        reason=entry.text,
        required=question.required,
    )


def _of_person(snapshot: Snapshot) -> Iterator[Check]:
    person = snapshot.session.care.person
    known = person is not None and bool(person.record_number) and bool(person.birth_date)
    by = person.by if person is not None else ""
    yield Check(Own.IDENTITY, Standing.DONE if known else Standing.LEFT, by=by)
    baseline = snapshot.baseline
    standing = Standing.DONE if baseline.baseline is not None else Standing.LEFT
    yield Check(Own.BASELINE, standing, by=baseline.by, t_ns=baseline.set_t_ns)


def _of_devices(snapshot: Snapshot) -> Iterator[Check]:
    links = snapshot.links
    well = all(link.state is LinkState.LIVE and not link.changed and not link.alerts for link in links)
    gives = snapshot.hr.freshness is Freshness.FRESH or snapshot.spo2.freshness is Freshness.FRESH
    standing = Standing.DONE if links and well and gives else Standing.WRONG if links else Standing.LEFT
    yield Check(Own.DEVICES, standing, value=float(len(links)))
    last = snapshot.nibp.last
    fresh = last is not None and snapshot.nibp.freshness is Freshness.FRESH
    t_ns = last.t_ns if last is not None else None
    yield Check(Own.CUFF, Standing.DONE if fresh else Standing.LEFT, t_ns=t_ns)
    here = [device for device in snapshot.session.devices if not device.released]
    clocks = [device.clock.ahead_s for device in here if device.clock is not None]
    yield Check(Own.CLOCKS, Standing.DONE, value=max(clocks, key=abs, default=None))


def _of_station(station: StationFacts) -> Iterator[Check]:
    free = float(station.disk_free) if station.disk_free is not None else None
    yield Check(Own.DISK, _found(station.disk_will_do), value=free)
    few = station.battery is not None and station.battery < FEW_PERCENT and not station.on_mains
    yield Check(Own.POWER, Standing.WRONG if few else Standing.DONE, value=station.battery)
    yield Check(Own.AWAKE, _found(station.awake))
    yield Check(Own.ENCRYPTED, _found(station.encrypted))


def _found(said: bool | None) -> Standing:
    return Standing.WRONG if said is False else _told(said)


def _told(said: bool | None) -> Standing:
    return Standing.LEFT if said is None else Standing.DONE


def _of_sound(snapshot: Snapshot) -> Iterator[Check]:
    answers = {check.of: check for check in snapshot.session.sound_checks}
    sound = snapshot.sound
    for own, of, name in (
        (Own.STAFF_TONE, STAFF, sound.staff.name),
        (Own.ROOM_TONE, ROOM, sound.room.name),
        (Own.MUSIC_HEARD, MUSIC, ""),
        (Own.BEDSIDE, BEDSIDE, ""),
    ):
        yield _heard(own, answers.get(of), name)


def _heard(own: Own, answer: SoundCheck | None, name: str) -> Check:
    """What was heard from an output that is another one by now was not heard from this one."""
    if answer is None or (name and answer.name and answer.name != name):
        return Check(own, Standing.LEFT)
    standing = Standing.DONE if answer.heard else Standing.WRONG
    return Check(own, standing, by=answer.by, t_ns=answer.t_ns)
