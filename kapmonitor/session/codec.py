"""Session events as canonical JSON (RFC 8785) and back, by type and version.

An event's type and version stand beside its body, not in it. What JSON numbers cannot hold is written as text
and restored by the field's type: whole numbers beyond 2**53, and floats that are not finite. Older versions
are brought up to date one step at a time. What cannot be understood becomes an UnknownEvent that keeps every
character, because a newer program may know it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Final, Union, get_args, get_origin, get_type_hints

import rfc8785

from kapmonitor.session.events import SessionEvent

Json = Union[None, bool, int, float, str, list["Json"], dict[str, "Json"]]  # noqa: UP007  # names itself
Body = dict[str, Json]
Upcaster = Callable[[Body], Body]

EVENTS: Final[Mapping[str, type[SessionEvent]]] = {event.TYPE: event for event in get_args(SessionEvent)}


def _with(**missing: Json) -> Upcaster:
    """Adds fields that the version before did not have."""
    return lambda body: {**missing, **body}


UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = {
    ("session.resumed", 1): _with(waves_lost_ns=0),
    ("channel.described", 1): _with(period_s=1.0),
    ("dose.given", 1): _with(lot="", witness="", weight_kg=0.0),
    ("dose.given", 2): _with(dose=""),
    ("cuff.plan", 1): _with(again=""),
    ("music", 1): _with(by=""),
    ("music", 2): _with(duck_db=0.0, gain_db=0.0),
    ("music", 3): _with(heard_after_s=0.0, fade_s=0.0, end_s=0.0, file=""),
    ("scale.scored", 1): _with(items=[], replaces_t_ns=0),
    ("note.added", 1): _with(tag="", lasts=False, late=False, escalation=False),
    ("note.amended", 1): _with(at_ns=None, reason=""),
    ("limits.set", 1): _with(signed_on="", example=False, toml="", sources=[]),
}
"""(type, version) -> what makes a body of the next version of it."""
SAFE_INT: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event this program cannot read, kept as it stands; `reason` says why."""

    type: str
    version: int
    body: str
    reason: str


class _NotUnderstood(Exception):
    """A body that does not fit its event; becomes the reason of an UnknownEvent."""


def encode(event: SessionEvent) -> str:
    """The event's body as canonical JSON text. Never fails: half characters become U+FFFD."""
    body: Body = {field.name: _to_json(getattr(event, field.name)) for field in dataclasses.fields(event)}
    return rfc8785.dumps(body).decode()


def decode(
    type_: str, version: int, body: str, upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS
) -> SessionEvent | UnknownEvent:
    """The event of a stored body, or an UnknownEvent; never raises on bad input."""
    try:
        return _decode(type_, version, body, upcasters)
    except _NotUnderstood as why:
        return UnknownEvent(type_, version, body, str(why))


def _decode(
    type_: str, version: int, body: str, upcasters: Mapping[tuple[str, int], Upcaster]
) -> SessionEvent:
    event = EVENTS.get(type_)
    if event is None:
        raise _NotUnderstood("this program knows no event of this type")
    if version > event.VERSION:
        raise _NotUnderstood(
            f"version {version} is newer than {event.VERSION}, the newest this program knows"
        )
    fields = _parse(body)
    for step in range(version, event.VERSION):
        if (type_, step) not in upcasters:
            raise _NotUnderstood(f"nothing brings version {step} up to date")
        fields = upcasters[type_, step](fields)
    hints = _hints(type_)
    if set(fields) != set(hints):
        wrong = ", ".join(sorted(set(fields) ^ set(hints)))
        raise _NotUnderstood(f"fields missing or not known: {wrong}")
    make: Callable[..., SessionEvent] = event
    return make(**{name: _from_json(fields[name], hint, name) for name, hint in hints.items()})


def _parse(body: str) -> Body:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _NotUnderstood("the body is not JSON") from None
    if not isinstance(fields, dict):
        raise _NotUnderstood("the body is not a JSON object")
    return fields


@cache
def _hints(type_: str) -> dict[str, object]:
    """Field types of an event by name, without what is common to the class."""
    hints = get_type_hints(EVENTS[type_])
    return {field.name: hints[field.name] for field in dataclasses.fields(EVENTS[type_])}


def _to_json(value: object) -> Json:
    match value:
        case bool() | None:
            return value
        case int():
            return value if -SAFE_INT <= value <= SAFE_INT else str(value)
        case float():
            return value if value - value == 0 else str(value)
        case str():
            return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case tuple():
            return [_to_json(item) for item in value]
        case _:
            raise TypeError(f"an event cannot hold {type(value).__name__}")


def _from_json(value: Json, hint: object, name: str) -> object:
    """The value as its field wants it; types are checked, never guessed."""
    origin = get_origin(hint)
    if origin is UnionType:
        return None if value is None else _from_json(value, _optional(hint), name)
    if origin is tuple:
        return _tuple_from_json(value, get_args(hint), name)
    if hint is int and isinstance(value, str):
        return _number(int, value, name)
    if hint is float and isinstance(value, int | str) and not isinstance(value, bool):
        return _number(float, value, name)
    if type(value) is not hint:
        raise _NotUnderstood(f"{name} is not of {hint}")
    return value


def _optional(hint: object) -> object:
    """T of `T | None`, the only union a body may use."""
    (inner,) = (arg for arg in get_args(hint) if arg is not NoneType)
    return inner


def _number(kind: Callable[[int | str], float], value: int | str, name: str) -> float:
    try:
        return kind(value)
    except (ValueError, OverflowError):
        raise _NotUnderstood(f"{name} is not a number") from None


def _tuple_from_json(value: Json, hints: tuple[object, ...], name: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise _NotUnderstood(f"{name} is not a list")
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_from_json(item, hints[0], name) for item in value)
    if len(value) != len(hints):
        raise _NotUnderstood(f"{name} has {len(value)} parts, not {len(hints)}")
    return tuple(_from_json(item, hint, name) for item, hint in zip(value, hints, strict=True))
