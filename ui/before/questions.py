"""What a person is asked before a dose: what the protocol on record asks, or what is always asked; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kapmonitor.preflight import Own, Question
from kapmonitor.protocol.checklist import CheckItem, CheckKind
from kapmonitor.protocol.read import read
from kapmonitor.session.state import SessionState

DEFAULT: Final = (
    Question("consent", "Consent signed"),
    Question("screening", "Screening and contraindications"),
    Question("medications", "Medications reviewed"),
    Question("escort", "Somebody takes them home"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people are asked, and which conditions the console is to find out by itself."""

    questions: tuple[Question, ...] = DEFAULT
    automatic: tuple[CheckItem, ...] = ()


def of_session(state: SessionState) -> Wanted:
    """What the session's own protocol wants."""
    if state.care.protocol is None:
        return Wanted()
    protocol, mistakes = read(state.care.protocol.toml, "the protocol in the record")
    if mistakes or not protocol.before:
        return Wanted()
    automatic = (item for item in protocol.before if item.kind is CheckKind.AUTO)
    return Wanted(asked(protocol.before), tuple(replace(item, id=name_of(item)) for item in automatic))


def name_of(item: CheckItem) -> str:
    """Its id, told apart from those of the console's own checks."""
    return f"protocol-{item.id}" if item.id in set(Own) else item.id


def asked(items: Sequence[CheckItem]) -> tuple[Question, ...]:
    """Those that a person answers; what the console finds out by itself is among its own checks."""
    return tuple(
        Question(name_of(item), item.text, item.required, value=item.kind is CheckKind.VALUE)
        for item in items
        if item.kind is not CheckKind.AUTO
    )
