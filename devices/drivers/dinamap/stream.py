"""The binary stream of a DINAMAP PRO 1000: 18-byte blocks, 50 a second, of which the ECG is told.

| byte   | content                                                                          |
|--------|----------------------------------------------------------------------------------|
| 0      | number of the block, 0..199                                                      |
| 1      | 0x20 warning alarm, 0x40 crisis alarm; two counters of beats and breaths         |
| 2..6   | four 10-bit samples of a wave nobody has named                                   |
| 7..11  | four 10-bit samples of the ECG, first sample in the highest bits                 |
| 12..14 | values whose meaning depends on the number of the block and is not known         |
| 15     | CRC-8 over bytes 1..14: x^8 + x^7 + x^2 + 1, low bit first, begun with 0         |
| 16, 17 | complements of bytes 15 and 0                                                    |

After a break, a block counts once the one that must follow it has come, too, or if the stream ends with it.
"""

from __future__ import annotations

from typing import Final

from devices.framing import Scan
from kapmonitor.mdc import ECG_UNSCALED
from kapmonitor.model import (
    NO_SAMPLE,
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    Fault,
    FaultKind,
    Metric,
    WaveformBlock,
)

ECG: Final = Metric(ECG_UNSCALED, "ECG", fs=200.0)

BLOCK: Final = 18
NUMBERS: Final = 200
SAMPLES: Final = 4
WARNING, CRISIS = 0x20, 0x40


def _crc_of_byte(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0xA1 if value & 1 else 0)
    return value


_CRC: Final = bytes(_crc_of_byte(value) for value in range(256))


def crc8(data: bytes) -> int:
    """The check over bytes 1..14 of a block."""
    crc = 0
    for byte in data:
        crc = _CRC[crc ^ byte]
    return crc


def ten_bits(packed: bytes) -> list[int]:
    """Four 10-bit samples of five bytes."""
    word = int.from_bytes(packed, "big")
    return [word >> shift & 0x3FF for shift in (30, 20, 10, 0)]


def _judge(buffer: bytes, place: int) -> int | FaultKind | None:
    if len(buffer) - place < BLOCK:
        return None
    block = buffer[place : place + BLOCK]
    if block[0] ^ block[17] != 0xFF:
        return FaultKind.NOISE
    good = block[15] ^ block[16] == 0xFF and crc8(block[1:15]) == block[15]
    return BLOCK if good else FaultKind.CHECKSUM


class Stream:
    """One monitor that sends by itself; implements WireProtocol and never sends anything."""

    def __init__(self) -> None:
        self.deadline_ns: int | None = None
        self._blocks = Scan(bytes(range(NUMBERS)), _judge)
        self._reset()

    def _reset(self) -> None:
        self._blocks.clear()
        self._number: int | None = None
        self._doubted: bytes | None = None
        self._broken = True
        self._alarm = ""

    def opened(self, t_ns: int) -> None:
        self._reset()

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events = self._take(self._blocks.finish(t_ns), t_ns)
        if self._doubted is not None:
            # The stream ends right behind a good block: no other could have followed.
            events += self._told([self._doubted], t_ns)
        self._reset()
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        return self._take(self._blocks.feed(data, t_ns), t_ns)

    def data_to_send(self) -> bytes:
        return b""

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        return []

    def _take(self, items: list[bytes | Fault], t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        for item in items:
            if isinstance(item, Fault):
                events += [*self._drop_doubted(t_ns), item]
                self._broken = True
            else:
                events += self._block(item, t_ns)
        return events

    def _block(self, block: bytes, t_ns: int) -> list[DeviceEvent]:
        if not self._broken:
            return self._told([block], t_ns)
        doubted = self._doubted
        if doubted is not None and (doubted[0] + 1) % NUMBERS == block[0]:
            self._doubted, self._broken = None, False
            return self._told([doubted, block], t_ns)
        dropped = self._drop_doubted(t_ns)
        self._doubted = block
        return dropped

    def _told(self, blocks: list[bytes], t_ns: int) -> list[DeviceEvent]:
        """The samples of blocks, what is missing before them as a gap, and the alarm of the last."""
        import numpy as np

        missing = 0 if self._number is None else (blocks[0][0] - self._number - 1) % NUMBERS
        self._number = blocks[-1][0]
        samples = [NO_SAMPLE] * (missing * SAMPLES)
        for block in blocks:
            samples += ten_bits(block[7:12])
        events: list[DeviceEvent] = [Fault(FaultKind.LOST, t_ns, missing * BLOCK)] if missing else []
        events.append(WaveformBlock(ECG, t_ns, np.array(samples, np.int16)))
        return events + self._alarms(blocks[-1][1], t_ns)

    def _alarms(self, status: int, t_ns: int) -> list[DeviceEvent]:
        alarm = "crisis" if status & CRISIS else "warning" if status & WARNING else ""
        if alarm == self._alarm:
            return []
        self._alarm = alarm
        return [DeviceAlert(AlertKind.DEVICE_ALARM, bool(alarm), t_ns, alarm)]

    def _drop_doubted(self, t_ns: int) -> list[DeviceEvent]:
        """Give up a block that was not followed by the next one."""
        doubted, self._doubted = self._doubted, None
        return [Fault(FaultKind.CONTENT, t_ns, BLOCK, doubted.hex())] if doubted is not None else []
