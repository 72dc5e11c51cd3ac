"""The protocol that a session's record holds, read again."""

from __future__ import annotations

from functools import lru_cache

from kapmonitor.protocol.read import Protocol, read
from kapmonitor.session.state import SessionState


def recorded(state: SessionState) -> Protocol | None:
    """None where there is none, or none that this version accepts."""
    told = state.care.protocol
    return None if told is None else _read(told.toml)


@lru_cache(maxsize=4)
def _read(toml: str) -> Protocol | None:
    protocol, mistakes = read(toml, "the protocol in the record")
    return None if mistakes else protocol
