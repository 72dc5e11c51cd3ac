"""Judges once in a while whether an output still takes sound; pure.

A sound system moves a stream to another device, or swallows it, without telling: so nothing is believed
but the list of outputs, the sink's own state, and the progress of what it has played.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STUCK_NS: Final = 1_200_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be read from the outside at one moment."""

    t_ns: int
    listed: bool
    stopped: bool
    failed: bool
    played: int


@dataclass(frozen=True, slots=True)
class Watch:
    """When the output last made progress, and how far it was."""

    since_ns: int
    played: int = -1


def judge(watch: Watch, seen: Seen, stuck_ns: int = STUCK_NS) -> tuple[Watch, str]:
    """The watch from now on, and why the output is lost, or '' while it is well."""
    if seen.played != watch.played:
        watch = Watch(seen.t_ns, seen.played)
    if not seen.listed:
        return watch, "removed"
    if seen.failed or seen.stopped:
        return watch, "stopped"
    if seen.t_ns - watch.since_ns > stuck_ns:
        return watch, "stuck"
    return watch, ""
