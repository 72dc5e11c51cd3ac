"""What Omron's cuffs tell about themselves while they advertise, and which of them cannot be read.

Manufacturer data of company 0x020E: byte 0 type, byte 1 flags: bits 0..1 users less one, 2 clock not set, 3
pairing mode, 4 streaming, 5 standard Bluetooth service, 6 readings wait. With bit 5 clear, a cuff advertises
the Blood Pressure Service but keeps its readings behind a memory service of Omron's own that is locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COMPANY: Final = 0x020E
_STANDARD: Final = 1 << 5
OBJECTION: Final = (
    "this Omron cuff keeps its readings behind Omron's own memory service and cannot be read here; "
    "take a cuff with the standard Bluetooth blood pressure service"
)


def objection(manufacturer_data: Mapping[int, bytes]) -> str:
    """Why a cuff that advertises this cannot be read; empty if it can, or is not Omron's."""
    said = manufacturer_data.get(COMPANY, b"")
    return OBJECTION if len(said) >= 2 and not said[1] & _STANDARD else ""
