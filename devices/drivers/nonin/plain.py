"""The formats without waveform: DF1, three bytes a second without checksum, and one text line a second.

DF1: byte 1 has bit 7 set, status bits and the two high bits of the pulse rate; byte 2 its seven low bits;
byte 3 the saturation. Line: `SPO2=097 HR=072`, `---` for no data, ` F` for fast averaging, `*` for the event
key, right after the number or after a space.
"""

from __future__ import annotations

from devices.drivers.nonin.search import LINE, triple_follows
from devices.drivers.nonin.values import (
    NO_PULSE_RATE,
    NO_SPO2,
    Alerts,
    Trust,
    observations,
    pulse_rate,
    pulse_reading,
    spo2_reading,
)
from kapmonitor.model import Absent, AlertKind, DeviceEvent, Fault, FaultKind, Reading, Validity

TRIPLE = 3
LONGEST_LINE = 128
"""More than the header line that devices send at power-on."""

DISCONNECTED, OUT_OF_TRACK = 0x40, 0x20
STATUS = {
    DISCONNECTED: AlertKind.SENSOR_OFF,
    OUT_OF_TRACK: AlertKind.NO_PULSE,
    0x10: AlertKind.LOW_PERFUSION,
    0x08: AlertKind.MARGINAL_PERFUSION,
    0x04: AlertKind.ARTEFACT,
}
STATUS_BITS = sum(STATUS)
HOLD: dict[AlertKind, int] = {}
"""A second is long enough for every bit: a condition is withdrawn with the first frame that lacks it."""


class Triples:
    """DF1 frames in, events out.

    As nothing else protects the values, one that does not follow from the last is held back for a frame, and
    dropped if the next goes on as if it had not been.
    """

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts
        self._last: bytes | None = None
        self._doubted: tuple[bytes, int] | None = None

    def take(self, data: bytes, t_ns: int, events: list[DeviceEvent]) -> int:
        """Read whole good frames from the beginning of `data`; how many bytes they were."""
        pos = 0
        while pos + TRIPLE <= len(data):
            triple = data[pos : pos + TRIPLE]
            if triple[0] < 0x80 or triple[1] >= 0x80 or triple[2] >= 0x80:
                self._drop_doubted(t_ns, events)
                break
            self._triple(triple, t_ns, events)
            pos += TRIPLE
        return pos

    def gap(self, junk: int, t_ns: int, events: list[DeviceEvent]) -> None:
        """Nothing to make up for: there is no waveform."""

    def finish(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """No more frames: what was held back has nothing against it."""
        if self._doubted is not None:
            self._tell(*self._doubted, events)
            self._doubted = None

    def _triple(self, triple: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        if self._doubted is not None:
            doubted = self._doubted[0]
            if _follows(triple, self._last) and not _follows(triple, doubted):
                self._drop_doubted(t_ns, events)
            else:
                self.finish(t_ns, events)
        if _follows(triple, self._last):
            self._tell(triple, t_ns, events)
        else:
            self._doubted = (triple, t_ns)

    def _drop_doubted(self, t_ns: int, events: list[DeviceEvent]) -> None:
        if self._doubted is not None:
            events.append(Fault(FaultKind.CONTENT, t_ns, TRIPLE, self._doubted[0].hex()))
            self._doubted = None

    def _tell(self, triple: bytes, t_ns: int, events: list[DeviceEvent]) -> None:
        self._last = triple
        status = triple[0]
        rate, spo2 = pulse_reading(pulse_rate(status, triple[1])), spo2_reading(triple[2])
        trust = (
            Trust.NONE if status & DISCONNECTED else Trust.LITTLE if status & OUT_OF_TRACK else Trust.PLAIN
        )
        events += observations(rate, spo2, t_ns, trust)
        present = [kind for bit, kind in STATUS.items() if status & bit] if status & STATUS_BITS else ()
        events += self._alerts.update(present, HOLD, t_ns)


def _trust(status: int) -> Trust:
    if status & DISCONNECTED:
        return Trust.NONE
    return Trust.LITTLE if status & OUT_OF_TRACK else Trust.PLAIN


def _follows(triple: bytes, before: bytes | None) -> bool:
    if before is None or triple == before:
        return True
    return triple_follows(
        pulse_rate(triple[0], triple[1]), triple[2], pulse_rate(before[0], before[1]), before[2]
    )


class Text:
    """Lines in, events out. Other lines of plain text, such as the header at power-on, are passed over."""

    def take(self, data: bytes, t_ns: int, events: list[DeviceEvent]) -> int:
        """Read whole good lines from the beginning of `data`; how many bytes they were."""
        pos = 0
        while (end := data.find(b"\n", pos)) >= 0 and end < pos + LONGEST_LINE:
            line = data[pos : end + 1]
            if not _is_text(line):
                break
            if (match := LINE.fullmatch(line)) is not None:
                events += observations(_rate(match[2]), _spo2(match[1]), t_ns, Trust.PLAIN)
            elif line.startswith(b"SPO2"):
                events.append(Fault(FaultKind.CONTENT, t_ns, len(line), line[:32].hex()))
            pos = end + 1
        return pos

    def gap(self, junk: int, t_ns: int, events: list[DeviceEvent]) -> None:
        """Nothing to make up for: there is no waveform."""

    def finish(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """Nothing is held back."""


def is_line_begun(data: bytes) -> bool:
    """Whether `data` can be the beginning of a line."""
    return len(data) < LONGEST_LINE and b"\n" not in data and _is_text(data)


def _is_text(data: bytes) -> bool:
    return all(0x20 <= b < 0x7F or b in b"\r\n" for b in data)


def _rate(word: bytes) -> Reading:
    return Absent(Validity.NOT_AVAILABLE) if word == b"---" else pulse_reading(_number(word, NO_PULSE_RATE))


def _spo2(word: bytes) -> Reading:
    return Absent(Validity.NOT_AVAILABLE) if word == b"---" else spo2_reading(_number(word, NO_SPO2))


def _number(word: bytes, none: int) -> int:
    text = word.strip()
    return int(text) if text.isdigit() else none
