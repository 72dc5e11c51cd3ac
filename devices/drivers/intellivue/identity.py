"""What the monitor says it is: maker and model, serial number and software.

Maker and model come with MDS create, the rest in the answer to a question of its own, as a list of entries:
type (2), component (2), text. Their layout is that of IEEE 11073-20601, which prints an example; that the
product as a whole is component 8 is from a public program.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from kapmonitor.model import DeviceEvent, DeviceIdentified

MODEL, PRODUCTION = 0x0928, 0x092D
"""Attributes."""

SERIAL, SOFTWARE = 1, 4
"""Types of entries."""

PRODUCT, SOFTWARE_PART = 0x0008, 0x0058
"""Components; others are boards in it."""

_ENTRY = struct.Struct(">HHH")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said so far; empty text where nothing was."""

    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""


def said(attributes: dict[int, bytes]) -> Said:
    """What these attributes say of the monitor; nothing where they cannot be read."""
    texts = _texts(attributes.get(MODEL, b""))
    manufacturer, model = texts[:2] if len(texts) >= 2 else ("", "")
    entries = _entries(attributes.get(PRODUCTION, b""))
    software = entries.get((SOFTWARE, PRODUCT)) or entries.get((SOFTWARE, SOFTWARE_PART), "")
    return Said(manufacturer, model, entries.get((SERIAL, PRODUCT), ""), software)


class Identity:
    """Puts together what comes in pieces, and tells it when it has changed."""

    def __init__(self) -> None:
        self._known = Said()

    def heard(self, now: Said, t_ns: int) -> list[DeviceEvent]:
        """The monitor said this of itself."""
        before = self._known
        known = self._known = Said(
            now.manufacturer or before.manufacturer,
            now.model or before.model,
            now.serial or before.serial,
            now.firmware or before.firmware,
        )
        if known == before:
            return []
        return [DeviceIdentified(t_ns, known.manufacturer, known.model, known.serial, known.firmware)]


def _texts(value: bytes) -> list[str]:
    """All texts of a value that is made of texts, each with its length before it."""
    texts: list[str] = []
    at = 0
    while at + 2 <= len(value):
        size = int.from_bytes(value[at : at + 2], "big")
        texts.append(_text(value[at + 2 : at + 2 + size]))
        at += 2 + size
    return texts


def _entries(value: bytes) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    at = 4
    while at + _ENTRY.size <= len(value):
        kind, component, size = _ENTRY.unpack_from(value, at)
        at += _ENTRY.size
        found.setdefault((kind, component), _text(value[at : at + size]))
        at += size
    return found


def _text(field: bytes) -> str:
    return "".join(chr(byte) for byte in field if 0x20 <= byte < 0x7F).strip()
