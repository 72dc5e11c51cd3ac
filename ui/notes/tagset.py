"""What the keys 1 to 9 note: the tags of the clinic's protocol, or our own where it names none. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kapmonitor.protocol.read import read
from kapmonitor.protocol.tags import LONGEST_SHORT, Tag
from kapmonitor.session.state import SessionState

DEFAULT: Final = (
    Tag(1, "Calm", "calm", interval=True),
    Tag(2, "Tearful", "tearful", interval=True),
    Tag(3, "Anxious", "anxious", interval=True),
    Tag(4, "Speaking", "speaking", interval=True),
    Tag(5, "Moving", "moving", interval=True),
    Tag(6, "Nausea or vomiting", "nausea", interval=True),
    Tag(7, "Hand held", "hand held", interval=True),
    Tag(8, "Support given", "support", interval=True),
    Tag(9, "Something else", "other", interval=True),
)


def of_session(state: SessionState) -> tuple[Tag, ...]:
    """The tags of the protocol on record, a key that it leaves out noting what it usually does.

    Nothing where there is no protocol, or none that names tags and can be read.
    """
    if state.care.protocol is None:
        return ()
    protocol, mistakes = read(state.care.protocol.toml, "the protocol in the record")
    return () if mistakes or not protocol.tags else with_usual(protocol.tags)


def with_usual(tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """Nine tags, those given on their own keys."""
    own = {tag.key: tag for tag in tags}
    return tuple(own.get(usual.key, usual) for usual in DEFAULT)


def named(names: Sequence[str]) -> tuple[Tag, ...]:
    """Tags that are known by their names alone: the first one on key 1."""
    usual = {tag.short: tag for tag in DEFAULT}
    found = (usual.get(name) or Tag(1, name, name[:LONGEST_SHORT], interval=True) for name in names[:9])
    return tuple(replace(tag, key=key) for key, tag in enumerate(found, 1))
