"""What this driver sends, as user data of frames. It asks and never sets anything that concerns the patient.

The only thing it sets is which waves are sent to it. Invoke ids and poll numbers are fixed for each question,
so that it is known what an error, which carries nothing else, is about.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

NUMERIC, WAVE, MDS, ALARMS = 0x0006, 0x0009, 0x0021, 0x0036
"""Classes of objects in the monitor."""

ALL_GROUPS, ALARM_GROUP, PRODUCTION_GROUP = 0x0000, 0x0801, 0x080C
"""Attribute groups."""

SINGLE_POLL, EXTENDED_POLL = 0x0C16, 0xF13B
"""Action types."""

SET, ACTION, CONFIRMED_EVENT = 0x0005, 0x0007, 0x0001
"""Commands."""

MDS_CREATE = 0x0D06
POLL_PERIOD, WAVE_LIST = 0xF13E, 0xF23A
"""Attributes."""

SESSION_DATA = bytes.fromhex("E1000002")
"""Session and presentation context of everything but the association itself."""

_MDS_OBJECT = bytes.fromhex("002100000000")
_INVOKE, _RESULT = 0x0001, 0x0002
_PARTITION = 0x0001
_TEXT_PARTITION = 0x0002

PERIOD_S = 600
"""For how long an extended poll is answered by itself."""

TICKS_PER_S = 8000

ASSOCIATE = bytes.fromhex(
    "0DFF01280508130100160102800014020002C1FF0116"
    "3180A0808001010000A280A003000001A480308002010106045201000130800602510100000000"
    "3080020102060C2A8648CE14020100000001013080060C2A8648CE1402010000000201000000000000"
    "61803080020101A0806080A180060C2A8648CE14020100000003010000BE802880060C2A8648CE1402"
    "01000000010102010281820080"
    "80000000 40000000 00000000 80000000 20000000 00000000"
    "0002 0064"
    "0001 0028 80000000 00000FA0 000005B0 000005B0 FFFFFFFF 60000000 0001 000C F001 0008 8E000000 00000000"
    "0102 0034 0006 0030 0001002100000001 00010006000000C9 000100090000003C 0001000500000010"
    "0001002A00000001 0001003600000001"
) + bytes(16)
"""Association request: polls at least 0.5 s apart, up to 1456 bytes in a frame, extended polls with waves."""

RELEASE = bytes.fromhex("0918C11661803080020101A08062808001000000000000000000")
"""Ends the association."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the monitor: how to recognise its answer or error, and the bytes.

    `polled` is the class of objects asked about, 0 where it is no poll.
    """

    invoke_id: int
    user_data: bytes
    polled: int = 0


def confirm_create(invoke_id: int, event_time: int) -> bytes:
    """The answer to MDS create, which repeats its invoke id and time."""
    event = _MDS_OBJECT + struct.pack(">IHH", event_time, MDS_CREATE, 0)
    return _data(_RESULT, struct.pack(">HHH", invoke_id, CONFIRMED_EVENT, len(event)) + event)


def _single(invoke_id: int, number: int, polled: int, group: int) -> Ask:
    return Ask(invoke_id, _action(invoke_id, SINGLE_POLL, _poll(number, polled, group)), polled)


def _extended(invoke_id: int, number: int, polled: int, group: int) -> Ask:
    period = struct.pack(">HHHHI", 1, 8, POLL_PERIOD, 4, PERIOD_S * TICKS_PER_S)
    return Ask(invoke_id, _action(invoke_id, EXTENDED_POLL, _poll(number, polled, group) + period), polled)


def set_waves(invoke_id: int, physio_ids: tuple[int, ...]) -> Ask:
    """Choose the waves the monitor is to send, the most wanted one first, in place of any earlier choice."""
    labels = b"".join(struct.pack(">HH", _TEXT_PARTITION, physio) for physio in physio_ids)
    texts = struct.pack(">HH", len(physio_ids), len(labels)) + labels
    replace = struct.pack(">HHH", 0, WAVE_LIST, len(texts)) + texts
    changes = struct.pack(">IHH", 0, 1, len(replace)) + replace
    return Ask(invoke_id, _invoke(invoke_id, SET, _MDS_OBJECT + changes))


def _poll(number: int, polled: int, group: int) -> bytes:
    return struct.pack(">HHHH", number, _PARTITION, polled, group)


def _action(invoke_id: int, kind: int, what: bytes) -> bytes:
    return _invoke(invoke_id, ACTION, _MDS_OBJECT + struct.pack(">IHH", 0, kind, len(what)) + what)


def _invoke(invoke_id: int, command: int, body: bytes) -> bytes:
    return _data(_INVOKE, struct.pack(">HHH", invoke_id, command, len(body)) + body)


def _data(kind: int, body: bytes) -> bytes:
    return SESSION_DATA + struct.pack(">HH", kind, len(body)) + body


IDENTITY = _single(1, 1, MDS, PRODUCTION_GROUP)
"""What the monitor was made as; others send this to be kept as host, as its answer is short."""

SINGLE_NUMERICS = _single(0, 1, NUMERIC, ALL_GROUPS)
EXTENDED_NUMERICS = _extended(3, 2, NUMERIC, ALL_GROUPS)
EXTENDED_WAVES = _extended(4, 3, WAVE, ALL_GROUPS)
EXTENDED_ALARMS = _extended(5, 4, ALARMS, ALARM_GROUP)
CHOOSE_WAVES_ID = 6
