"""How long an MP3 really is: its frames are counted where its beginning does not say how long it is.

Nothing in a frame tells how many there are. Decoders estimate that from the first one's bit rate and the
file's size, which is wrong by any factor where the bit rate varies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

LONGEST_JUNK: Final = 65_536
"""Further from its beginning the decoder does not look for a first frame."""
ALIKE_BYTES: Final = 4_096
"""So much may follow the sound: a tag at the end, mostly."""
SEARCH: Final = 65_536

_RATES: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_FIRST_1: Final = (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448)
_FIRST_2: Final = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)
_FIRST_3: Final = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_LATER_1: Final = (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256)
_LATER: Final = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_KBITS: Final = {
    (True, 1): _FIRST_1,
    (True, 2): _FIRST_2,
    (True, 3): _FIRST_3,
    (False, 1): _LATER_1,
    (False, 2): _LATER,
    (False, 3): _LATER,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame's four bytes say; `kind` is what all frames of a file have alike."""

    kind: bytes
    layer: int
    size: int
    samples: int
    rate: int


@dataclass(frozen=True, slots=True)
class Held:
    """How much sound was counted, to `slack_s`; `said` if the beginning says how much it ought to be."""

    seconds: float
    slack_s: float
    said: bool


def held(path: Path) -> Held | None:
    """Count a file's frames; None where there are none, or its beginning tells of all that is in it.

    OSError where it cannot be read.
    """
    with path.open("rb", buffering=SEARCH) as file:
        start = _first(file, after_tags(file))
        frame = None if start is None else _frame(file, start)
        if start is None or frame is None:
            return None
        said = _said_bytes(file, start, frame)
        # Less than it says is a file that was cut off; the decoder's count is then what is missed.
        if said and file.seek(0, 2) - start - said < ALIKE_BYTES:
            return None
        count = _count(file, start, frame)
    return Held(count * frame.samples / frame.rate, 4 * frame.samples / frame.rate, said is not None)


def after_tags(file: BinaryIO) -> int:
    """Where the ID3 tags before the sound end."""
    at = 0
    while True:
        file.seek(at)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:]) > 0x7F:
            return at
        at += 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]) + (10 if head[5] & 0x10 else 0)


def _frame(file: BinaryIO, at: int) -> Frame | None:
    file.seek(at)
    return _parsed(file.read(4))


def _parsed(head: bytes) -> Frame | None:
    """None where these four bytes begin no frame, or one whose length they do not tell."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, 4 - (head[1] >> 1 & 3)
    bits, rate, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or layer == 4 or bits in (0, 15) or rate == 3:
        return None
    first, hz = version == 3, _RATES[version][rate]
    bits_per_s = _KBITS[first, layer][bits - 1] * 1000
    if layer == 1:
        size, samples = (12 * bits_per_s // hz + padding) * 4, 384
    else:
        samples = 576 if layer == 3 and not first else 1152
        size = samples // 8 * bits_per_s // hz + padding
    return Frame(bytes((head[1] & 0xFE, head[2] & 0x0C)), layer, size, samples, hz)


def _first(file: BinaryIO, start: int) -> int | None:
    """Where the first frame is that another one of its kind follows; None where there is none."""
    file.seek(start)
    data = file.read(LONGEST_JUNK)
    for match in re.finditer(rb"(?=\xff[\xe0-\xff])", data):
        frame = _parsed(data[match.start() : match.start() + 4])
        if frame is None:
            continue
        after = _frame(file, start + match.start() + frame.size)
        if after is not None and after.kind == frame.kind:
            return start + match.start()
    return None


def _said_bytes(file: BinaryIO, start: int, frame: Frame) -> int | None:
    """How many bytes the sound has, 0 if it says its length and not that; None if it says nothing."""
    if frame.layer != 3:
        return None
    file.seek(start)
    head = file.read(64)
    mono, first, checked = head[3] >> 6 == 3, frame.samples == 1152, not head[1] & 1
    at = 4 + (17 if mono else 32) * first + (9 if mono else 17) * (not first) + 2 * checked
    if head[at : at + 4] not in (b"Xing", b"Info") or not head[at + 7] & 1:
        return None
    return int.from_bytes(head[at + 12 : at + 16], "big") if head[at + 7] & 2 else 0


def _count(file: BinaryIO, at: int, first: Frame) -> int:
    """How many whole frames of one kind there are, whatever is between them."""
    end, count = file.seek(0, 2), 0
    found: int | None = at
    while found is not None:
        frame = _frame(file, found)
        if frame is not None and frame.kind == first.kind:
            found += frame.size
            count += found <= end
        else:
            found = _next(file, found + 1, first.kind)
    return count


def _next(file: BinaryIO, at: int, kind: bytes) -> int | None:
    """Where the next frame of a kind begins, if there is one."""
    # The last bit of a frame's second byte says whether it has a checksum, which may differ.
    same = re.compile(b"\xff[" + re.escape(kind[:1]) + re.escape(bytes((kind[0] | 1,))) + b"]")
    while True:
        file.seek(at)
        data = file.read(SEARCH)
        for match in same.finditer(data):
            frame = _parsed(data[match.start() : match.start() + 4])
            if frame is not None and frame.kind == kind:
                return at + match.start()
        if len(data) < SEARCH:
            return None
        at += len(data) - 3
