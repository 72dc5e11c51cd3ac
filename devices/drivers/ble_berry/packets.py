"""What Berry's finger clips notify: a stream of small packets that may be cut anywhere.

Protocol V1.2, 5 bytes, 100 a second; bit 7 is set in the first byte alone:

| byte | content                                                                                          |
|------|--------------------------------------------------------------------------------------------------|
| 0    | bits 0..3 signal strength, 4 no signal, 5 probe unplugged, 6 beat                                |
| 1    | pulse wave 1..100, 0 none                                                                        |
| 2    | bits 0..3 bar graph, 4 no finger, 5 searching, 6 bit 7 of the pulse rate                         |
| 3    | pulse rate, bits 0..6; 255 none                                                                  |
| 4    | saturation in percent; 127 none                                                                  |

Protocol V1.5, 20 bytes: FF AA, number, status (bit 0 sensor off, 1 no finger, 2 no pulse, 3 beat), saturation
averaged and now, pulse rate averaged and now, interval (2 bytes, 5 ms), perfusion averaged and now (per
mille), pulse wave, converter (4 bytes), battery in percent (bits 0..6), rate, sum of all bytes before. No
V1.2 packet begins with FF AA. Devices with a wrong sum are known, so it does not decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.checksum import sum8
from devices.framing import Waste
from kapmonitor.model import Fault, FaultKind

SIZE: Final = 5
LONG_SIZE: Final = 20
LONG_START: Final = b"\xff\xaa"
NO_PULSE, NO_SPO2 = 0xFF, 0x7F
_SYNC: Final = 0x80


@dataclass(frozen=True, slots=True)
class Finding:
    """What a packet says of the finger; `perfusion` in percent, None where unsaid."""

    spo2: int
    pulse: int
    unplugged: bool
    no_finger: bool
    no_pulse: bool
    searching: bool
    perfusion: float | None = None


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; `wave` 0 for none, `battery` in percent, `sound`: its sum fits; None where unsaid."""

    finding: Finding
    wave: int | None = None
    interval_ms: int | None = None
    battery: int | None = None
    sound: bool = True


class Packets:
    """Finds packets in what is notified, and the next one after noise."""

    def __init__(self) -> None:
        self._buffer = b""
        self._waste = Waste()

    def clear(self) -> None:
        """Forget everything."""
        self._buffer = b""
        self._waste.clear()

    def feed(self, data: bytes, t_ns: int) -> list[Packet | Fault]:
        """Take bytes; whole packets and the Faults of what lay between them, in order."""
        buffer, at = self._buffer + data, 0
        out: list[Packet | Fault] = []
        while at < len(buffer):
            size = _size_at(buffer, at)
            if at + size > len(buffer):
                break
            if size:
                out += self._waste.end(t_ns)
                out.append((long if size == LONG_SIZE else short)(buffer[at : at + size]))
                at += size
            else:
                out += self._waste.add(buffer[at : at + 1], t_ns, FaultKind.NOISE)
                at += 1
        self._buffer = buffer[at:]
        return out

    def flush(self, t_ns: int) -> list[Fault]:
        """Give up what has begun: its Fault, if there is any."""
        rest, self._buffer = self._buffer, b""
        return [*self._waste.add(rest, t_ns, FaultKind.LENGTH), *self._waste.end(t_ns)]


def short(packet: bytes) -> Packet:
    """A V1.2 packet of exactly 5 bytes."""
    finding = Finding(
        spo2=packet[4],
        pulse=packet[3] | (packet[2] & 0x40) << 1,
        unplugged=bool(packet[0] & 0x20),
        no_finger=bool(packet[2] & 0x10),
        no_pulse=bool(packet[0] & 0x10),
        searching=bool(packet[2] & 0x20),
    )
    return Packet(finding, wave=packet[1])


def long(packet: bytes) -> Packet:
    """A V1.5 packet of exactly 20 bytes."""
    status = packet[3]
    finding = Finding(
        spo2=packet[4],
        pulse=packet[6],
        unplugged=bool(status & 0x01),
        no_finger=bool(status & 0x02),
        no_pulse=bool(status & 0x04),
        searching=False,
        perfusion=packet[10] / 10,
    )
    return Packet(
        finding,
        interval_ms=5 * int.from_bytes(packet[8:10], "little") if status & 0x08 else None,
        battery=packet[17] & 0x7F,
        sound=sum8(packet[:-1]) == packet[-1],
    )


def _size_at(buffer: bytes, at: int) -> int:
    """The size of the packet at `at`, as far as it is known yet; 0 if none starts there."""
    if not buffer[at] & _SYNC:
        return 0
    head = buffer[at : at + SIZE]
    if head[:2] == LONG_START:
        return LONG_SIZE
    return 0 if any(byte & _SYNC for byte in head[1:]) else SIZE
