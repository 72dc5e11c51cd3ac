"""What a person is asked before a dose: what the protocol on record asks, or what is always asked; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kapmonitor.preflight import Question
from kapmonitor.protocol.checklist import CheckItem, CheckKind
from kapmonitor.protocol.read import read
from kapmonitor.session.state import SessionState

DEFAULT: Final = (
    Question("consent", "Consent signed"),
    Question("screening", "Screening and contraindications"),
    Question("medications", "Medications reviewed"),
    Question("escort", "Somebody takes them home"),
)


def of_session(state: SessionState) -> tuple[Question, ...]:
    """What the session's own protocol asks."""
    if state.care.protocol is None:
        return DEFAULT
    protocol, mistakes = read(state.care.protocol.toml, "the protocol in the record")
    return DEFAULT if mistakes or not protocol.before else asked(protocol.before)


def asked(items: Sequence[CheckItem]) -> tuple[Question, ...]:
    """Those that a person answers; what the console finds out by itself is among its own checks."""
    return tuple(
        Question(item.id, item.text, item.required, value=item.kind is CheckKind.VALUE)
        for item in items
        if item.kind is not CheckKind.AUTO
    )
