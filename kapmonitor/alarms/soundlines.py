"""The lines between the core and the annunciator: one JSON object each, small, never trusted. Pure.

The core sends `want`, `beat`, `music` and `bye`; the annunciator sends `report`. What cannot be understood is
nothing, as either side must go on whatever the other one says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from kapmonitor.alarms.signals import (
    Chime,
    OutputReport,
    OutputRole,
    OutputWord,
    Report,
    SoundName,
    Tone,
)

LONGEST_LINE: Final = 16_384
QUIETEST_DB: Final = -60.0
SHORTEST_REPEAT_S: Final = 0.0
LONGEST_REPEAT_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Want:
    """What each output is to play from now on; `number` comes back in the report."""

    number: int
    staff: Tone | None = None
    room: Tone | None = None
    chime: Chime | None = None
    finish: bool = False


@dataclass(frozen=True, slots=True)
class Beat:
    """The core lives; `gui` is a number that the screen's thread counts on, None while there is no screen."""

    number: int
    gui: int | None = None


@dataclass(frozen=True, slots=True)
class MusicAt:
    """Where the music plays: an output's id or name, '' for the default one, None for no music."""

    output: str | None


@dataclass(frozen=True, slots=True)
class RecordAt:
    """The file that the session's record is in now: by it another console is seen to go on."""

    path: str


@dataclass(frozen=True, slots=True)
class Bye:
    """The console ends in order."""


@dataclass(frozen=True, slots=True)
class Dismissed:
    """Somebody has seen that the console stopped."""


Message = Want | Beat | MusicAt | RecordAt | Bye | Dismissed
_KINDS: Final = {
    Want: "want",
    Beat: "beat",
    MusicAt: "music",
    RecordAt: "record",
    Bye: "bye",
    Dismissed: "dismissed",
}


def message_line(message: Message) -> bytes:
    """One line for the annunciator."""
    return _line({"kind": _KINDS[type(message)], **asdict(message)})


def report_line(report: Report) -> bytes:
    """One line for the core."""
    return _line({"kind": "report", **asdict(report)})


def read_message(line: bytes) -> Message | None:
    """What the core said, or None."""
    fields = _fields(line)
    try:
        match fields.get("kind"):
            case "want":
                return Want(
                    number=_whole(fields, "number"),
                    staff=_tone(fields.get("staff")),
                    room=_tone(fields.get("room")),
                    chime=_chime(fields.get("chime")),
                    finish=fields.get("finish") is True,
                )
            case "beat":
                gui = fields.get("gui")
                return Beat(_whole(fields, "number"), None if gui is None else _whole(fields, "gui"))
            case "music":
                output = fields["output"]
                return MusicAt(None if output is None else str(output))
            case "record":
                return RecordAt(str(fields["path"]))
            case "bye":
                return Bye()
            case "dismissed":
                return Dismissed()
            case _:
                return None
    except (KeyError, TypeError, ValueError):
        return None


def read_report(line: bytes) -> Report | None:
    """What the annunciator said, or None."""
    fields = _fields(line)
    try:
        if fields.get("kind") != "report":
            return None
        listed = fields["outputs"]
        if not isinstance(listed, list):
            return None
        return Report(
            answered=_whole(fields, "answered"),
            staff=_output(fields["staff"]),
            room=_output(fields["room"]),
            outputs=tuple(str(name) for name in listed),
            failing=fields.get("failing") is True,
            silent_s=_number(fields, "silent_s", 0.0, 1e9),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _line(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def _fields(line: bytes) -> Mapping[str, object]:
    if len(line) > LONGEST_LINE:
        return {}
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("an object")
    return value


def _tone(value: object) -> Tone | None:
    if value is None:
        return None
    fields = _mapping(value)
    repeat_s = _number(fields, "repeat_s", SHORTEST_REPEAT_S, LONGEST_REPEAT_S)
    return Tone(SoundName(str(fields["sound"])), _level(fields), repeat_s)


def _chime(value: object) -> Chime | None:
    if value is None:
        return None
    fields = _mapping(value)
    output = OutputRole(str(fields["output"]))
    return Chime(_whole(fields, "number"), SoundName(str(fields["sound"])), _level(fields), output)


def _output(value: object) -> OutputReport:
    fields = _mapping(value)
    return OutputReport(
        state=OutputWord(str(fields["state"])),
        name=str(fields["name"]),
        playing=str(fields["playing"]),
        bursts=_whole(fields, "bursts"),
    )


def _level(fields: Mapping[str, object]) -> float:
    return _number(fields, "level_db", QUIETEST_DB, 0.0)


def _whole(fields: Mapping[str, object], key: str) -> int:
    value = fields[key]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(key)
    return value


def _number(fields: Mapping[str, object], key: str, low: float, high: float) -> float:
    value = fields[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(key)
    return float(value)
