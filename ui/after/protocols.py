"""The protocol of a session as its record has it; pure."""

from __future__ import annotations

from functools import lru_cache

from kapmonitor.protocol.read import Protocol, read
from kapmonitor.session.state import SessionState


def of_session(state: SessionState) -> Protocol | None:
    """None where there is none, or it cannot be read."""
    return None if state.care.protocol is None else _read(state.care.protocol.toml)


@lru_cache(maxsize=2)
def _read(toml: str) -> Protocol | None:
    protocol, mistakes = read(toml, "the protocol in the record")
    return None if mistakes else protocol
