"""Telling Nonin's formats apart, and finding the first frame, in a stream of bytes that may be noise.

Nothing is believed on one match. How many frames in a row each format needs follows from how often noise
forms one by chance at a given byte: a DF2 frame 1 in 131 072, a DF7 frame 1 in 512, a plausible DF1 triple 1
in 17, one whose values also follow from the one before 1 in 400. The numbers below keep a false start under
once in 10 million bytes of noise.
"""

from __future__ import annotations

import re
from enum import StrEnum

from devices.drivers.nonin.values import NO_PULSE_RATE, NO_SPO2


class Format(StrEnum):
    """What a Nonin oximeter may send."""

    DF1 = "DF1"
    DF2 = "DF2"
    DF7 = "DF7"
    ASCII = "ASCII"


FRAMES = {Format.DF2: 3, Format.DF7: 5}
"""Frames in a row, each with its checksum."""

LED_FRAMES = {Format.DF2: 2, Format.DF7: 3}
"""The same when the first one starts a packet and the slow values of all look like what they must be."""

AGAIN_FRAMES = {Format.DF2: 1, Format.DF7: 2}
"""The same for a format that was just being read."""

STEADY_TRIPLES, STEADY_AGAIN, TRIPLES = 5, 3, 10
"""DF1 has no checksum: triples in a row whose values follow from each other, or merely are plausible.

Right after opening the fewer are enough: they take three seconds, and noise has but three places to start at.
"""

AGAIN_BYTES = {Format.DF1: 30, Format.DF2: 375, Format.DF7: 375, Format.ASCII: 120}
"""How long the format that was being read has this advantage; a second of it, ten for DF1."""

RATE_STEP, SPO2_STEP = 40, 10
"""Between two triples, one second apart and averaged over four beats, values do not move further."""

LINE = re.compile(rb"SPO2=([ \d]{2}\d|---) +HR=([ \d]{2}\d|---)((?: *[F*])*) *\r?\n")
LINE_BYTES = 64


def triple_follows(rate: int, spo2: int, rate_before: int, spo2_before: int) -> bool:
    """Whether one DF1 reading can come a second after the other; "no data" can come at any time."""
    if NO_PULSE_RATE in (rate, rate_before) or NO_SPO2 in (spo2, spo2_before):
        return True
    return abs(rate - rate_before) <= RATE_STEP and abs(spo2 - spo2_before) <= SPO2_STEP


class _Run:
    """Frames of one format and phase that follow each other without a byte between."""

    __slots__ = ("end", "frames", "led", "rate", "spo2", "steady", "sync")

    def __init__(self) -> None:
        self.end = -1
        self.frames = 0
        self.led = False
        self.sync = 0
        self.rate = self.spo2 = self.steady = 0


class Search:
    """Reads byte after byte and says when a format has proved itself.

    After `scan` stopped, `size` are the bytes of a proof, the last byte read included, and `found` is the
    format; `size` is 0 while nothing is proved.
    """

    def __init__(self) -> None:
        self.begin(None)

    def begin(self, before: Format | None) -> None:
        """Start anew at the next byte; `before` was read until here."""
        self.count = 0
        self.found = Format.DF1
        self.size = 0
        self._before = before
        self._last = (0, 0, 0, 0)
        self._line = bytearray()
        self._fives = {fmt: [_Run() for _ in range(5)] for fmt in (Format.DF2, Format.DF7)}
        self._triples = [_Run() for _ in range(3)]

    def scan(self, data: bytes) -> int:
        """Read on; the place behind the byte that proved a format, or the end of `data`."""
        a, b, c, d = self._last
        count = self.count
        for place, e in enumerate(data):
            count += 1
            if (a + b + c + d) & 0xFF == e and (a >= 0x80 or (a == 1 and b >= 0x80)) and count >= 5:
                self._five(Format.DF7 if a >= 0x80 else Format.DF2, count, a if a >= 0x80 else b, d)
            if c >= 0x80 and e < 0x80 and d < 0x80 and count >= 3:
                self._triple(count, (c & 3) << 7 | d, e)
            if e == 10:
                self._end_of_line(data[max(0, place - LINE_BYTES) : place + 1])
            a, b, c, d = b, c, d, e
            if self.size:
                self.count, self._last = count, (a, b, c, d)
                return place + 1
        self._line += data[max(0, len(data) - LINE_BYTES) :]
        del self._line[:-LINE_BYTES]
        self.count, self._last = count, (a, b, c, d)
        return len(data)

    def whole(self) -> tuple[Format, int] | None:
        """The format of which the stream so far begins with frames, and how many bytes they are.

        For captures too short to prove a format. DF1, without a checksum, must be all there is.
        """
        for fmt, need in ((Format.DF2, 1), (Format.DF7, 2)):
            run = self._fives[fmt][0]
            if run.frames * 5 == run.end and (run.frames >= need or run.led):
                return fmt, run.end
        run = self._triples[0]
        if run.frames * 3 == run.end > self.count - 3:
            return Format.DF1, run.end
        return None

    def _again(self, fmt: Format, count: int) -> bool:
        return self._before is fmt and count <= AGAIN_BYTES[fmt]

    def _five(self, fmt: Format, count: int, status: int, slow: int) -> None:
        run = self._fives[fmt][count % 5]
        sync = status & 1
        if run.end != count - 5 or (sync and run.sync and run.frames + 1 - run.sync < 25):
            run.frames, run.sync, run.led = 0, 0, bool(sync) and slow <= 3
        run.end = count
        run.frames += 1
        if sync:
            run.sync = run.frames
        elif run.frames <= 3 and slow >= 0x80:
            run.led = False
        need = LED_FRAMES[fmt] if run.led else FRAMES[fmt]
        if self._again(fmt, count):
            need = AGAIN_FRAMES[fmt]
        if run.frames >= need:
            self.found, self.size = fmt, 5 * run.frames

    def _triple(self, count: int, rate: int, spo2: int) -> None:
        if not (rate == NO_PULSE_RATE or 18 <= rate <= 321) or not (spo2 == NO_SPO2 or spo2 <= 100):
            return
        run = self._triples[count % 3]
        if run.end != count - 3:
            run.frames = run.steady = 0
        elif not triple_follows(rate, spo2, run.rate, run.spo2):
            run.steady = 0
        run.end, run.rate, run.spo2 = count, rate, spo2
        run.frames += 1
        run.steady += 1
        opening = self._before is None and count - 3 * run.frames < 3
        steady = STEADY_AGAIN if opening or self._again(Format.DF1, count) else STEADY_TRIPLES
        if run.frames >= TRIPLES or (run.steady >= steady and 3 * run.frames == count):
            self.found, self.size = Format.DF1, 3 * run.frames
        elif run.steady >= steady:
            self.found, self.size = Format.DF1, 3 * run.steady

    def _end_of_line(self, tail: bytes) -> None:
        text = (self._line + tail)[-LINE_BYTES:] if len(tail) <= LINE_BYTES else tail[-LINE_BYTES:]
        matches = list(LINE.finditer(text))
        if matches and matches[-1].end() == len(text):
            self.found, self.size = Format.ASCII, len(matches[-1].group())
