"""The monitor's own alarms: what its alarm record says, and raising and withdrawing them.

The texts are in the monitor's language and only passed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import Final

from kapmonitor.model import AlertKind, DeviceAlert, DeviceEvent

REPLY: Final = 1
"""The part of an alarm record that holds the status."""

PLACES: Final = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """An alarm status in which colours and the silence are so many bytes wide."""

    head: Struct
    text: Struct

    @property
    def size(self) -> int:
        return self.head.size + PLACES * self.text.size + 10


LAYOUTS: Final = {
    layout.size: layout
    for layout in (Layout(Struct(f"<hhhh{wide}"), Struct(f"<80sh{wide}h12x")) for wide in "bhi")
}
"""By length: the specification does not print the width of these two, but the length of a status tells it."""

COLOURS: Final = {0: "", 1: "white", 2: "yellow", 3: "red"}
ALARM_COLOURS: Final = frozenset({2, 3})
SILENCES: Final = (
    "",
    "apnoea",
    "asystole",
    "apnoea and asystole",
    "all",
    "all for 2 min",
    "all for 5 min",
    "all for 20 s",
)

JOIN: Final = "; "


@dataclass(frozen=True, slots=True)
class Status:
    """The texts that stand on the monitor, the most urgent first, and which alarms are silenced."""

    alarms: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    silenced: str = ""


def status(part: bytes) -> Status | None:
    """Read an alarm status; None if it is not as long as one, or a number in it has no meaning."""
    layout = LAYOUTS.get(len(part))
    if layout is None:
        return None
    *_, silence = layout.head.unpack_from(part)
    places = [
        layout.text.unpack_from(part, layout.head.size + place * layout.text.size) for place in range(PLACES)
    ]
    if silence not in range(len(SILENCES)) or any(colour not in COLOURS for _, _, colour, _ in places):
        return None
    said = [(_words(text), colour) for text, _, colour, _ in places]
    alarms = [f"{words} ({COLOURS[colour]})" for words, colour in said if words and colour in ALARM_COLOURS]
    messages = [words for words, colour in said if words and colour not in ALARM_COLOURS]
    return Status(tuple(alarms), tuple(messages), SILENCES[silence])


def _words(text: bytes) -> str:
    decoded = text.split(b"\0", 1)[0].decode("latin-1").strip()
    return "".join(c for c in decoded if c.isprintable())


class Levels:
    """The conditions that stand; turns levels into changes.

    A condition whose words change is withdrawn and raised anew, so that no words are lost on the way.
    """

    def __init__(self) -> None:
        self._standing: dict[AlertKind, str] = {}

    def set(self, kind: AlertKind, details: Iterable[str], t_ns: int) -> list[DeviceEvent]:
        """`details` of a condition that stands, none of one that does not; the changes to report."""
        words = JOIN.join(details)
        before = self._standing.pop(kind, "")
        if words:
            self._standing[kind] = words
        if words == before:
            return []
        events: list[DeviceEvent] = [DeviceAlert(kind, False, t_ns, before)] if before else []
        return [*events, DeviceAlert(kind, True, t_ns, words)] if words else events

    def withdraw_all(self, t_ns: int) -> list[DeviceEvent]:
        """The link is gone, and with it all that is known."""
        return [event for kind in list(self._standing) for event in self.set(kind, (), t_ns)]
