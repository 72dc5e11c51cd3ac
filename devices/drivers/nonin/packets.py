"""DF2 and DF7: five-byte frames, 75 a second, of which 25 make a packet that begins with the SYNC bit.

Each frame carries one pleth sample and one "slow" byte whose meaning is its place in the packet. A place is
known only by counting from SYNC, so numbers are told once the next SYNC came where it was expected: had a
frame gone missing, a byte of another meaning would have been taken for them. Their time is that of this SYNC:
oximeters that send a packet in one burst are silent for a third of a second before it.
"""

from __future__ import annotations

from devices.drivers.nonin.search import Format
from devices.drivers.nonin.values import (
    NO_PULSE_RATE,
    NO_SPO2,
    PLETH_8,
    PLETH_16,
    Alerts,
    Trust,
    observations,
    pulse_rate,
    pulse_reading,
    spo2_reading,
)
from kapmonitor.model import (
    NO_SAMPLE,
    AlertKind,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    FaultKind,
    Reading,
    WaveformBlock,
)

FRAME = 5
PACKET = 25
BLOCK = 5
"""Samples in a waveform block: 15 blocks a second, so that a trace is never more than 67 ms behind."""

MOST_HELD = 50
"""Samples held back while their place is unknown; SYNC comes within 25 frames if it comes at all."""

SYNC, SENSOR_ALARM, OUT_OF_TRACK, ARTEFACT, DISCONNECTED = 0x01, 0x08, 0x10, 0x20, 0x40
SENSOR_OFF = SENSOR_ALARM | DISCONNECTED
COLOUR, YELLOW, RED = 0x06, 0x06, 0x04
LOW_BATTERY, SMART_POINT = 0x01, 0x20
"""Bits of slow byte 8 in DF7."""

RATE, SPO2, FIRMWARE, FLAGS, SPO2_DISPLAY, RATE_DISPLAY = 0, 2, 3, 7, 8, 19
"""Places in a packet, counted from 0; a rate takes two."""

HOLD = {AlertKind.ARTEFACT: 9, AlertKind.NO_PULSE: 3, AlertKind.SENSOR_OFF: 3}
"""Packets; the artefact bit is set only with a pulse, and one may be 3 s away."""


class Packets:
    """Frames of one format in, events out."""

    def __init__(self, fmt: Format, alerts: Alerts) -> None:
        self._wide = fmt is Format.DF7
        self._metric = PLETH_16 if self._wide else PLETH_8
        self._alerts = alerts
        self._firmware = 0
        self._display_rate = self._display_spo2 = self._told = False
        self._low_battery = False
        self._status = 0
        self._colour = 0
        self._block: list[int] = []
        self._held: list[int] | None = None
        self._counted = 0
        self._junk = 0
        self._begin_packet()
        self._place = -1

    def take(self, data: bytes, t_ns: int, events: list[DeviceEvent]) -> int:
        """Read whole good frames from the beginning of `data`; how many bytes they were."""
        wide, pos, end = self._wide, 0, len(data) - FRAME
        while pos <= end:
            a, b, c, d, e = data[pos : pos + FRAME]
            if (a + b + c + d) & 0xFF != e:
                break
            if wide:
                if a < 0x80:
                    break
                self._frame(a, max(-32767, (b << 8 | c) - 32768), d, t_ns, events)
            else:
                if a != 1 or b < 0x80:
                    break
                self._frame(b, c, d, t_ns, events)
            pos += FRAME
        return pos

    def gap(self, junk: int, t_ns: int, events: list[DeviceEvent]) -> None:
        """So many bytes between the last frame and the next were no frames."""
        if self._held is not None:
            self._junk += junk
        elif self._place >= 0 and junk % FRAME == 0:
            missing = junk // FRAME
            self._add([NO_SAMPLE] * missing, t_ns, events)
            if self._place + missing > PACKET:
                self._slow = [-1] * PACKET
            self._place = (self._place + missing - 1) % PACKET + 1
            self._whole = False
        elif self._place >= 0:
            self._lose_place(junk)

    def finish(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """No more frames: what is still held, and the numbers of a capture too short for a whole packet."""
        self._release(0, t_ns, events)
        if self._block:
            self._flush(t_ns, events)
        if self._whole and self._place > 0 and (self._place == PACKET or not self._told):
            self._tell(self._packet_t_ns, events)
        if self._place > 0:
            self._tell_alerts(t_ns, events)

    def _frame(self, status: int, sample: int, slow: int, t_ns: int, events: list[DeviceEvent]) -> None:
        if status & SYNC:
            self._sync(t_ns, events)
        elif self._place == PACKET:
            self._lose_place(0)
        if status & SENSOR_OFF:
            sample = NO_SAMPLE
        self._status |= status
        if status & COLOUR:
            self._colour = status & COLOUR
        self._packet_t_ns = t_ns
        if self._place >= 0:
            self._slow[self._place] = slow
            self._place += 1
        elif self._held is not None:
            self._held.append(sample)
            if len(self._held) > MOST_HELD:
                events.append(Fault(FaultKind.LOST, t_ns, 0))
                self._release(0, t_ns, events)
            return
        self._block.append(sample)
        if len(self._block) >= BLOCK:
            self._flush(t_ns, events)

    def _sync(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """A packet begins: tell the one before, or find out how much of it is missing."""
        if self._held is not None:
            missing = _missing(self._counted + len(self._held), self._junk)
            if missing and not self._junk:
                events.append(Fault(FaultKind.LOST, t_ns, missing * FRAME))
            self._release(missing, t_ns, events)
        elif self._place == PACKET and self._whole:
            self._tell(t_ns, events)
        elif 0 < self._place < PACKET:
            missing = PACKET - self._place
            events.append(Fault(FaultKind.LOST, t_ns, missing * FRAME))
            self._add([NO_SAMPLE] * missing, t_ns, events)
        self._tell_alerts(t_ns, events)
        self._begin_packet()

    def _begin_packet(self) -> None:
        self._place = 0
        self._whole = True
        self._slow = [-1] * PACKET
        self._packet_t_ns = 0
        self._status = 0

    def _lose_place(self, junk: int) -> None:
        """Hold samples back until SYNC tells how many are missing before them."""
        self._counted, self._junk, self._held = self._place, junk, []
        self._place = -1

    def _release(self, missing: int, t_ns: int, events: list[DeviceEvent]) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._add([NO_SAMPLE] * missing + held, t_ns, events)

    def _add(self, samples: list[int], t_ns: int, events: list[DeviceEvent]) -> None:
        self._block += samples
        if len(self._block) >= BLOCK:
            self._flush(t_ns, events)

    def _flush(self, t_ns: int, events: list[DeviceEvent]) -> None:
        import numpy as np

        events.append(WaveformBlock(self._metric, t_ns, np.array(self._block, np.int16)))
        self._block = []

    def _tell(self, t_ns: int, events: list[DeviceEvent]) -> None:
        """The numbers of the packet, as of when it was known to be whole."""
        rate, spo2 = self._choose_rate(), self._choose_spo2()
        events += observations(rate, spo2, t_ns, self._trust())
        self._told = self._told or rate is not None or spo2 is not None
        if (firmware := self._slow[FIRMWARE]) > 0 and firmware != self._firmware:
            self._firmware = firmware
            events.append(DeviceIdentified(t_ns, manufacturer="Nonin", firmware=str(firmware)))

    def _tell_alerts(self, t_ns: int, events: list[DeviceEvent]) -> None:
        status = self._status
        if self._wide and self._slow[FLAGS] >= 0:
            self._low_battery = bool(self._slow[FLAGS] & LOW_BATTERY)
        bits = {
            AlertKind.SENSOR_OFF: status & SENSOR_OFF,
            AlertKind.NO_PULSE: status & OUT_OF_TRACK,
            AlertKind.ARTEFACT: status & ARTEFACT,
            AlertKind.LOW_PERFUSION: self._colour == RED,
            AlertKind.MARGINAL_PERFUSION: self._colour == YELLOW,
            AlertKind.LOW_BATTERY: self._low_battery,
        }
        events += self._alerts.update([kind for kind, bit in bits.items() if bit], HOLD, t_ns)

    def _trust(self) -> Trust:
        if self._status & SENSOR_OFF:
            return Trust.NONE
        if self._status & OUT_OF_TRACK:
            return Trust.LITTLE
        flags = self._slow[FLAGS]
        return Trust.HIGH if self._wide and flags >= 0 and flags & SMART_POINT else Trust.PLAIN

    def _choose_rate(self) -> Reading | None:
        """The display rate once the device has given one, else the plain one; None if neither was sent."""
        display = self._rate_at(RATE_DISPLAY)
        self._display_rate = self._display_rate or display not in (-1, 0, NO_PULSE_RATE)
        rate = display if self._display_rate else self._rate_at(RATE)
        return None if rate < 0 else pulse_reading(rate)

    def _choose_spo2(self) -> Reading | None:
        display = self._spo2_at(SPO2_DISPLAY)
        self._display_spo2 = self._display_spo2 or display not in (-1, 0, NO_SPO2)
        percent = display if self._display_spo2 else self._spo2_at(SPO2)
        return None if percent < 0 else spo2_reading(percent)

    def _rate_at(self, place: int) -> int:
        msb, lsb = self._slow[place], self._slow[place + 1]
        return -1 if msb < 0 or lsb < 0 else pulse_rate(msb, lsb)

    def _spo2_at(self, place: int) -> int:
        return -1 if self._slow[place] < 0 else self._slow[place] & 0x7F


def _missing(counted: int, junk: int) -> int:
    """Frames missing since the last SYNC: what fills the packet, and more packets for a long gap."""
    rest = -counted % PACKET
    return rest + PACKET * max(0, round((junk / FRAME - rest) / PACKET))
