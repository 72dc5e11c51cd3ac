"""Whether a record is what was written, in the words that stand in what is exported of it; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kapmonitor.record.verify import DAMAGED, INTACT, INTERRUPTED, Verdict

STATE: Final = "record"
"""The kind of a row, or the system of a code, that says the state."""
NOT_CLOSED: Final = "it was not closed and ends where the program was interrupted"
SOMEWHERE: Final = "it is not what was written"
_PLACE: Final = re.compile(
    r"(?:cut after )?(?:header|file|entry \d+|(?:wave|numeric|minute|wire|wave_tail|numeric_tail)"
    r" rows? \d+(?: to \d+)?)"
)
_PLAIN: Final = re.compile(
    r"the end: the record was not closed, the last entry is of \d\d:\d\d:\d\d"
    r"|\d+ s without monitoring before \d\d:\d\d:\d\d"
)


def state_words(verdict: Verdict) -> str:
    """`intact`; `damaged: entry 23 (dose.given): is not what was written`."""
    more = {DAMAGED: verdict.first_bad or "", INTERRUPTED: NOT_CLOSED}.get(verdict.kind, "")
    return f"{verdict.kind}: {more}" if more else verdict.kind


def warning(verdict: Verdict) -> str:
    """What must be said to whoever exports the record; empty for one that is intact."""
    if verdict.kind == INTACT:
        return ""
    return f"{state_words(verdict)}; what can be read of it was exported, and the export says so"


def nameless(verdict: Verdict, channels: Mapping[str, str]) -> Verdict:
    """The verdict as it may leave a clinic: no signatures, no paths, no names of channels that were typed.

    `channels` are the names of channels as the record has them, and as they may leave.
    """
    bad = None if verdict.first_bad is None else _place(verdict.first_bad)
    missing = tuple(_missing(verdict, channels))
    return Verdict(verdict.kind, bad, missing, (), verdict.counts)


def _place(first_bad: str) -> str:
    """Where the damage begins, without what else is told: that may name who signed."""
    found = _PLACE.match(first_bad)
    return found.group() if found is not None else SOMEWHERE


def _missing(verdict: Verdict, channels: Mapping[str, str]) -> Iterator[str]:
    for line in verdict.missing:
        channel = next((name for name in channels if line.startswith(f"{name}: ")), None)
        if channel is not None:
            yield f"{channels[channel]}{line[len(channel) :]}"
        elif _PLAIN.fullmatch(line):
            yield line
