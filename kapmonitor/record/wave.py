"""Blocks of int16 words as bytes: differences, small ones first, byte planes apart, then zstd.

Neighbouring samples differ little, so the high bytes of folded differences are almost all zero and the
compressor sees them in one run. A block does not know its own length; the row it lies in does.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Final

import numpy as np
import zstandard
from numpy.typing import NDArray

Words = NDArray[np.int16]
LONGEST: Final = 1 << 22
"""Words in the longest block anybody reads; a row that claims more is damaged."""


class _Zstd(threading.local):
    """Compressors take long to make and must not serve two threads at a time, so each thread has its own."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=1, write_checksum=False).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_zstd = _Zstd()


def squeeze(data: bytes) -> bytes:
    """zstd, level 1."""
    return _zstd.compress(data)


def expand(data: bytes, size: int) -> bytes:
    """What was squeezed to `data`; ValueError unless that is exactly `size` bytes."""
    try:
        if not 0 <= size <= 2 * LONGEST or zstandard.frame_content_size(data) != size:
            raise ValueError("the block is not as long as its row says")
        return _zstd.decompress(data)
    except zstandard.ZstdError as why:
        raise ValueError(f"the block cannot be unpacked ({why})") from why


def pack(words: Words) -> bytes:
    """Words, shape (n,), as a block."""
    steps = np.diff(words, prepend=np.int16(0))
    folded = (steps << 1) ^ (steps >> 15)
    return squeeze(folded.astype("<i2").view(np.uint8).reshape(-1, 2).T.tobytes())


def unpack(block: bytes, n: int) -> Words:
    """The n words of a block; ValueError if it does not hold just these."""
    words: Words = unpack_many((block,), n)[0]
    return words


def unpack_many(blocks: Sequence[bytes], n: int) -> Words:
    """Blocks of n words each, shape (blocks, n); ValueError if one does not hold just n."""
    planes = np.frombuffer(b"".join([expand(block, 2 * n) for block in blocks]), np.uint8)
    low, high = planes.reshape(len(blocks), 2, n).transpose(1, 0, 2)
    folded = low | high.astype(np.uint16) << np.uint16(8)
    steps = (folded >> np.uint16(1)) ^ (np.uint16(0) - (folded & np.uint16(1)))
    return np.cumsum(steps, axis=1, dtype=np.uint16).view(np.int16)
