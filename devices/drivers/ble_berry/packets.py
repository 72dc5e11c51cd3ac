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
STRANGE: Final = 200
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
    """Finds packets in what is notified, and the next one after noise.

    A V1.5 packet whose sum is wrong, or in which another may begin, is believed only right behind another one
    and with the number after it.
    Once one has begun, no V1.2 packet is looked for until STRANGE bytes went by in vain.
    """

    def __init__(self) -> None:
        self._waste = Waste()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._waste.clear()
        self._buffer = b""
        self._long = False
        self._in_vain = 0
        self._next: int | None = None
        """The number a V1.5 packet has if it stands right here."""
        self._ahead = 0
        """So many bytes before `_next` counts."""

    def feed(self, data: bytes, t_ns: int) -> list[Packet | Fault]:
        """Take bytes; whole packets and the Faults of what lay between them, in order."""
        buffer, at = self._buffer + data, 0
        out: list[Packet | Fault] = []
        while at < len(buffer):
            size = self._size_at(buffer, at)
            if at + size > len(buffer):
                break
            packet = self._packet(buffer[at : at + size]) if size else None
            if packet is not None:
                out += self._waste.end(t_ns)
                out.append(packet)
                self._in_vain = 0
            else:
                kind = FaultKind.CHECKSUM if size else FaultKind.NOISE
                out += self._waste.add(buffer[at : at + 1], t_ns, kind)
                self._in_vain += 1
            step = size if packet is not None else 1
            self._ahead -= step
            at += step
        self._buffer = buffer[at:]
        return out

    def flush(self, t_ns: int) -> list[Fault]:
        """Give up what has begun: its Fault, if there is any."""
        rest, self._buffer = self._buffer, b""
        return [*self._waste.add(rest, t_ns, FaultKind.LENGTH), *self._waste.end(t_ns)]

    def _packet(self, data: bytes) -> Packet | None:
        if len(data) == SIZE:
            return short(data)
        packet, number = long(data), data[2]
        follows = self._ahead == 0 and number == self._next
        self._next, self._ahead = (number + 1) % 256, LONG_SIZE
        proven = packet.sound and LONG_START not in data[len(LONG_START) :]
        return packet if proven or follows else None

    def _size_at(self, buffer: bytes, at: int) -> int:
        """The size of the packet at `at`, as far as it is known yet; 0 if none starts there."""
        head = buffer[at : at + SIZE]
        if not head[0] & _SYNC:
            return 0
        if head[:2] == LONG_START:
            self._long = True
            return LONG_SIZE
        if self._long and self._in_vain < STRANGE:
            return LONG_SIZE if head == LONG_START[:1] else 0
        self._long = False
        return 0 if any(byte & _SYNC for byte in head[1:]) else SIZE


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
