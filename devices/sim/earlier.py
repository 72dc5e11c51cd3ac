"""Devices that begin with what they stored before the console was there.

A cuff has been used a minute ago; asked or by itself, it tells that reading first. A Contec oximeter is still
sending its memory to a program that has gone: the old ones until they are sent back to live data, the new
ones until they are told to stop or are done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from devices.sim.berry_pm6750 import CUFF
from devices.sim.berry_pm6750 import frame as berry_frame
from devices.sim.contec import FETCH, packed
from devices.sim.device import SimDevice
from devices.sim.patient import Patient
from devices.sim.scenario import Bedside
from devices.sim.waves import Waves

USED_NS: Final = 60_000_000_000
"""How long before the line is opened the cuff was started; the reading is then a quarter of a minute old."""
STEP_NS: Final = 250_000_000
SAYS_AGAIN: Final = {"maibobo", "berry-pm6750", "contec"}
"""Nobody can ask these for what they stored; they say it to the first who speaks to them."""
STARTED_BY_HOST: Final = {"berry-pm6750": berry_frame(CUFF, 1), "contec": FETCH}
"""What another program told the device."""

RECORDS: Final = 600
"""Seconds in a memory, which is sent again and again."""
RECORD_NS: Final = 50_000_000
STOP_STORED: Final = b"\x7d\x81\xa7"
STOPS_NS: Final = 400_000_000
"""What is under way is still sent."""


def with_earlier(device: SimDevice, driver: str, room: Bedside) -> SimDevice:
    """The device with something stored; `driver` may name a format."""
    name, _, query = driver.partition("?")
    if name == "contec" and query != "format=old":
        return _Downloading(device, room.patient)
    return _Used(device, STARTED_BY_HOST.get(name, b""), says_again=name in SAYS_AGAIN)


class _Used:
    """A device that was used before its line was opened."""

    def __init__(self, device: SimDevice, told: bytes, *, says_again: bool) -> None:
        self._device, self._told, self._says_again = device, told, says_again
        self._fresh = True
        self._last = b""
        self._out = b""

    def receive(self, data: bytes, t_ns: int) -> None:
        self._out, self._last = self._out + self._last, b""
        self._device.receive(data, t_ns)

    def advance(self, t_ns: int) -> bytes:
        if self._fresh:
            self._fresh = False
            last = self._use(t_ns)
            self._last = last if self._says_again else b""
            return b""
        out, self._out = self._out, b""
        return out + self._device.advance(t_ns)

    def plugged(self, t_ns: int) -> bool:
        return self._device.plugged(t_ns)

    def _use(self, t_ns: int) -> bytes:
        """Let a minute pass; the last thing the device said."""
        begin_ns, last = t_ns - USED_NS, b""
        self._device.advance(begin_ns)
        self._device.receive(self._told, begin_ns)
        for now_ns in range(begin_ns + STEP_NS, t_ns + 1, STEP_NS):
            last = self._device.advance(now_ns) or last
        return last


class _Downloading:
    """A new Contec whose memory is on its way to a program that has gone."""

    def __init__(self, device: SimDevice, patient: Patient) -> None:
        self._device, self._patient = device, patient
        self._rhythm = Waves(patient).rhythm
        self._coming: Iterator[bytes] = self._packets()
        self._next_ns: int | None = None
        self._stop: tuple[int, bytes] | None = None

    def receive(self, data: bytes, t_ns: int) -> None:
        if STOP_STORED in data and self._stop is None:
            self._stop = (t_ns + STOPS_NS, data)
        else:
            self._device.receive(data, t_ns)

    def advance(self, t_ns: int) -> bytes:
        out = b""
        self._next_ns = t_ns if self._next_ns is None else self._next_ns
        while self._next_ns <= t_ns and not self._is_over(self._next_ns):
            out += next(self._coming)
            self._next_ns += RECORD_NS
        if self._stop is not None and self._stop[1] and self._is_over(t_ns):
            self._device.receive(self._stop[1], t_ns)
            self._stop = (self._stop[0], b"")
        return out + self._device.advance(t_ns)

    def plugged(self, t_ns: int) -> bool:
        return self._device.plugged(t_ns)

    def _is_over(self, t_ns: int) -> bool:
        return self._stop is not None and t_ns >= self._stop[0]

    def _packets(self) -> Iterator[bytes]:
        """Length, day and time of the recording, then a record of each second, again and again."""
        perfusion = round(350 * self._patient.traits.perfusion)
        while True:
            yield packed(0x08, 0, 0, *RECORDS.to_bytes(4, "little"))
            yield packed(0x07, 0, 0, 20, 26, 3, 2) + packed(0x12, 0, 0, 7, 45, 0, 0)
            for second in range(RECORDS):
                rate, spo2 = self._rhythm.shown_rate(second), float(self._patient.spo2(second))
                yield packed(0x09, round(spo2), round(rate), perfusion % 256, perfusion // 256)
