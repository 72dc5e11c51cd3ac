"""Which device is the staff output and which the room speaker; never the one that plays the music. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.alarms.signals import OutputWord
from ui.music.ports import OutputChoice


@dataclass(frozen=True, slots=True)
class Names:
    """What was asked for: names or ids, '' for none. With `auto`, what is left over serves: for a demo."""

    staff: str = ""
    room: str = ""
    auto: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Where one role goes: a device's id, or '' and why not."""

    word: OutputWord
    id: str = ""
    name: str = ""


def music_id(outputs: tuple[OutputChoice, ...], music: str | None, default_id: str) -> str:
    """The id of the device that plays the music, or '' if that is none of these."""
    if music is None:
        return ""
    if not music:
        return default_id
    found = _find(outputs, music)
    return found.id if found is not None else ""


def routes(outputs: tuple[OutputChoice, ...], names: Names, music: str) -> tuple[Route, Route]:
    """(staff, room); `music` is an id."""
    if not names.auto:
        return _named(outputs, names.staff, music), _named(outputs, names.room, music)
    free = [Route(OutputWord.READY, output.id, output.name) for output in outputs if output.id != music]
    nothing = Route(OutputWord.NOT_CHOSEN)
    room = free[0] if free else nothing
    return (free[1] if len(free) > 1 else nothing), room


def _named(outputs: tuple[OutputChoice, ...], wanted: str, music: str) -> Route:
    if not wanted:
        return Route(OutputWord.NOT_CHOSEN)
    found = _find(outputs, wanted)
    if found is None:
        return Route(OutputWord.ABSENT, name=wanted)
    if found.id == music:
        return Route(OutputWord.MUSIC, name=found.name)
    return Route(OutputWord.READY, found.id, found.name)


def _find(outputs: tuple[OutputChoice, ...], wanted: str) -> OutputChoice | None:
    return next((output for output in outputs if wanted in (output.id, output.name)), None)
