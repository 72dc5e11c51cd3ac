"""Which texts of a record nobody typed, or only chose from a list, so that they tell nobody who somebody is.

Pure. Texts that may leave de-identified pass through here once more: words of the program and ids of the
protocol by their shape, everything that can be typed by what the protocol or a list of plain words knows of
it. Names of devices, channels and music that are not known for sure are numbered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from kapmonitor import mdc
from kapmonitor.export.words import DRUGS, SITE_WORDS
from kapmonitor.formfill import NO, YES, number
from kapmonitor.model import GenerationMode
from kapmonitor.people.user import Role
from kapmonitor.protocol import shipped
from kapmonitor.protocol.form import FieldKind, FormField
from kapmonitor.protocol.read import Protocol, read
from kapmonitor.session import events as ev
from kapmonitor.session.events import Phase, Route, SessionEvent, Stamped
from kapmonitor.tables import ID

_PROGRAM: Final = re.compile(r"kapmonitor [0-9A-Za-z.+-]{1,30}")
_REF: Final = re.compile(r"(?:MDC|KAP)_[A-Z0-9_]{1,60}")
_NUMBER: Final = re.compile(r"-?\d{1,4}(?:[.,]\d{1,3})?")
_MINUTES: Final = re.compile(r"\d{1,4} min")
_LIMIT: Final = r"\d{1,3}(?:\.\d{1,6})?"
_SOURCE: Final = re.compile(
    rf"fixed(?:, no baseline)?|{_LIMIT}(?: [+−] {_LIMIT}(?: %)?)*(?:, at (?:least|most) {_LIMIT})?"
)
UNITS: Final = frozenset(term.unit for term in mdc.TERMS)
_BY_HAND: Final = "set by "
_LETTER: Final = re.compile(r"[a-z]")


def word(text: str) -> str:
    """A word of the program or an id, as it is; empty if it is neither."""
    return text if ID.fullmatch(text) and _LETTER.search(text) else ""


class Plain:
    """Made from all events of a record, in order."""

    def __init__(self, events: Iterable[Stamped]) -> None:
        told = [stamped.event for stamped in events]
        self._imported = any(
            isinstance(each, ev.SessionImported)
            or (isinstance(each, ev.SessionStarted) and each.mode == GenerationMode.IMPORTED.value)
            for each in told
        )
        self._devices = device_names(told)
        music = [each for each in told if isinstance(each, ev.MusicEvent)]
        self._tracks = _numbered("track", (_track(each) for each in music))
        self._sections = _numbered("section", (each.section for each in music if each.section))
        self._protocol = _protocol(told)

    def cleaned(self, event: SessionEvent, names: Iterable[str]) -> SessionEvent:
        """The event with the texts of these fields as they may leave."""
        texts = {name: self._value(event, name, getattr(event, name)) for name in names}
        changed: Any = replace(cast("Any", event), **texts)
        return cast("SessionEvent", changed)

    def _value(self, event: SessionEvent, name: str, value: object) -> object:
        match value:
            case tuple():
                return tuple(self._value(event, name, each) for each in value)
            case str() if value:
                rule = _RULES.get((type(event), name)) or _ANYWHERE.get(name, Plain.word)
                return rule(self, event, value)
            case _:
                return value

    def device(self, _event: object, device: str) -> str:
        return self._devices.get(device, "")

    def word(self, _event: object, text: str) -> str:
        """A word, or two as in `signal:hr`, of which the second may be a device as in `link:nonin`."""
        first, colon, second = text.partition(":")
        if not colon:
            return word(text)
        found = word(first), self._devices.get(second) or word(second)
        return ":".join(found) if all(found) else ""

    def device_label(self, event: ev.DeviceAdded, label: str) -> str:
        """A driver's own words, or the number that its device has."""
        name = self._devices.get(event.device, "")
        return label if self._is_drivers(event.device) else name

    def channel_label(self, event: ev.ChannelDescribed, label: str) -> str:
        """A driver's own words, or the name of what is measured in ISO/IEEE 11073."""
        if self._is_drivers(event.device):
            return label
        return event.ref if _REF.fullmatch(event.ref) else f"channel {event.channel}"

    def unit(self, event: ev.ChannelDescribed, unit: str) -> str:
        return unit if self._is_drivers(event.device) or unit in UNITS else ""

    def made_by(self, event: ev.DeviceIdentity, text: str) -> str:
        """Maker and model are what a device says of itself."""
        return text if self._is_drivers(event.device) else ""

    def _is_drivers(self, device: str) -> bool:
        return not self._imported and self._devices.get(device) == device

    def title(self, event: ev.MusicEvent, _title: str) -> str:
        return self._tracks[_track(event)]

    def section(self, _event: ev.MusicEvent, section: str) -> str:
        """The name of a phase, as sections usually have; others are names of folders."""
        return section if section.casefold() in set(Phase) else self._sections[section]

    def drug(self, _event: object, drug: str) -> str:
        known = {each.name.casefold() for plan in self._protocol.routes for each in plan.drugs}
        return drug if drug.strip().casefold() in known | DRUGS else ""

    def tag(self, _event: ev.NoteAdded, tag: str) -> str:
        """The names on the keys of the protocol."""
        return tag if any(tag in (each.short, each.label) for each in self._protocol.tags) else ""

    def scale(self, _event: ev.ScaleScored, scale: str) -> str:
        return scale if any(scale == each.name for each in self._protocol.scales) else word(scale)

    def answer(self, event: ev.FormFilled, answer: str) -> str:
        """Yes and no, and numbers of a field that is one; text may be a telephone number."""
        if answer.lower() in (YES, NO):
            return answer
        form = self._protocol.form
        asked = [] if form is None else [each for part in form.sections for each in part.fields]
        field = next((each for each in asked if each.id == event.field), None)
        return answer if field is not None and _is_number(field, answer.strip()) else ""


def _is_number(field: FormField, answer: str) -> bool:
    match field.kind:
        case FieldKind.NUMBER:
            return _NUMBER.fullmatch(answer) is not None and number(field, answer) is not None
        case FieldKind.MINUTES:
            return _MINUTES.fullmatch(answer) is not None
        case _:
            return False


def _site(_plain: Plain, _event: object, site: str) -> str:
    """Where on the body, if there is no other word in it."""
    said = re.findall(r"[^\s,;/.()-]+", site.casefold())
    return site if said and all(each in SITE_WORDS for each in said) else ""


def _source(_plain: Plain, _event: object, source: str) -> str:
    """Where a limit came from; the name of who set it by hand stays behind."""
    if source.startswith(_BY_HAND):
        return f"{_BY_HAND}hand"
    return source if _SOURCE.fullmatch(source) else ""


def _one_of(*words: str) -> Rule:
    return lambda _plain, _event, text: text if text in words else ""


def _shaped(shape: re.Pattern[str]) -> Rule:
    return lambda _plain, _event, text: text if shape.fullmatch(text) else ""


Rule = Callable[[Plain, Any, str], str]
_OF_STAFF: Final = (
    ev.SessionOpened,
    ev.PresenceSaid,
    ev.HandedOver,
    ev.SessionSignedOff,
    ev.LimitsChanged,
    ev.RuleDisabled,
    ev.RuleEnabled,
)
"""Events whose role is what somebody of the staff is."""
_RULES: Final[Mapping[tuple[type, str], Rule]] = {
    (ev.SessionStarted, "mode"): _one_of(*GenerationMode),
    (ev.SessionStarted, "software"): _shaped(_PROGRAM),
    (ev.SessionImported, "importer"): _shaped(_PROGRAM),
    (ev.ChannelDescribed, "ref"): _shaped(_REF),
    (ev.ChannelDescribed, "label"): Plain.channel_label,
    (ev.ChannelDescribed, "unit"): Plain.unit,
    (ev.SourceShown, "ref"): _shaped(_REF),
    (ev.DeviceAdded, "label"): Plain.device_label,
    (ev.DeviceIdentity, "manufacturer"): Plain.made_by,
    (ev.DeviceIdentity, "model"): Plain.made_by,
    (ev.DoseGiven, "drug"): Plain.drug,
    (ev.DoseGiven, "route"): _one_of(*Route),
    (ev.DoseGiven, "site"): _site,
    (ev.DoseAmended, "drug"): Plain.drug,
    (ev.DoseAmended, "route"): _one_of(*Route),
    (ev.DoseAmended, "site"): _site,
    (ev.NoteAdded, "tag"): Plain.tag,
    (ev.MusicEvent, "title"): Plain.title,
    (ev.MusicEvent, "section"): Plain.section,
    (ev.CheckAnswered, "answer"): _one_of(YES, NO),
    (ev.ScaleScored, "scale"): Plain.scale,
    (ev.FormFilled, "answer"): Plain.answer,
    (ev.LimitsSet, "sources"): _source,
    **{(kind, "role"): _one_of(*Role, "supervisor") for kind in _OF_STAFF},
}
"""What is more, or less, than a word of the program."""
_ANYWHERE: Final[Mapping[str, Rule]] = {"device": Plain.device}
"""The same for fields of one name in any event."""


def device_names(told: Iterable[SessionEvent]) -> dict[str, str]:
    """How the record calls each device, and what it is called where it leaves.

    That is the name of its driver, numbered as the console does, or else a number of ours.
    """
    listed = list(told)
    drivers = {each.device: each.driver for each in listed if isinstance(each, ev.DeviceAdded)}
    ids = dict.fromkeys(device for each in listed if isinstance(device := getattr(each, "device", ""), str))
    found, count = {"": ""}, 0
    for device in filter(None, ids):
        driver = word(drivers.get(device, ""))
        if driver and re.fullmatch(rf"{driver}(?:-\d+)?", device) is not None:
            found[device] = device
        else:
            count += 1
            found[device] = f"device {count}"
    return found


def _numbered(what: str, names: Iterator[str]) -> dict[str, str]:
    """Each with its number, in the order in which they came."""
    return {name: f"{what} {place}" for place, name in enumerate(dict.fromkeys(names), start=1)}


def _track(event: ev.MusicEvent) -> str:
    return event.track or event.title


def _protocol(told: Iterable[SessionEvent]) -> Protocol:
    """That of the record; the one that ships with the program where there is none that can be read."""
    for each in reversed([each for each in told if isinstance(each, ev.ProtocolSet)]):
        protocol, mistakes = read(each.toml, "the protocol in the record")
        if not mistakes:
            return protocol
    return shipped.example()
