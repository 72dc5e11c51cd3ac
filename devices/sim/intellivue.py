"""A simulated Philips IntelliVue monitor on its data export port.

It serves one host: association, MDS create, its confirmation, then polls. An extended poll is answered each
second, for waves each 256 ms, until its period is over. A host that does not confirm within 5 s, or says
nothing for 10 s while no extended poll runs, is cut off. Its own cuff measures every few minutes by itself.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from devices.sim import intellivue_frames as frames
from devices.sim.fingertip import Fingertip
from devices.sim.intellivue_frames import Asked
from devices.sim.intellivue_signals import CUFF_INTERVAL_S, DRIVER, Signals, wall
from devices.sim.scenario import Bedside
from devices.sim.waves import Waves

TICK_NS: Final = 125_000
STEP_NS: Final = 256_000_000
SECOND_NS: Final = 1_000_000_000
CONFIRM_NS: Final = 5_000_000_000
HOST_SILENT_NS: Final = 10_000_000_000
NUMERIC, WAVE, SYSTEM, ALARMS = 0x06, 0x09, 0x21, 0x36
CREATE_ID: Final = 1
MAKER, MODEL, SOFTWARE = "Philips", "866062", "G.01.80"
REQUEST, ACCEPT, REFUSE, RELEASE, RELEASED, DATA, ABORT = 0x0D, 0x0E, 0x0C, 0x09, 0x0A, 0xE1, 0x19


@dataclass(slots=True)
class Running:
    """An extended poll that is being answered; times in ns."""

    asked: Asked
    until_ns: int
    next_ns: int
    sequence: int = 0


class IntelliVue:
    """The monitor at one patient's bed."""

    def __init__(
        self, bedside: Bedside, cuff_every_s: float = CUFF_INTERVAL_S, serial: str = "DE12345678"
    ) -> None:
        waves = Waves(bedside.patient)
        self._bedside = bedside
        self._signals = Signals(bedside, waves, cuff_every_s)
        self._finger = Fingertip(bedside, waves.rhythm, DRIVER)
        self._serial = serial
        self._ear = frames.Ear()
        self._out = b""
        self._pumped = False
        self._drop()

    def _drop(self) -> None:
        self._host_ns: int | None = None
        self._unconfirmed_ns: int | None = None
        self._polls: dict[int, Running] = {}

    def receive(self, data: bytes, t_ns: int) -> None:
        self._run(t_ns)
        for user_data in self._ear.feed(data):
            self._hear(user_data, t_ns)

    def advance(self, t_ns: int) -> bytes:
        self._run(t_ns)
        mmhg = self._signals.cuff_mmhg(t_ns / 1e9)
        if mmhg or self._pumped:
            self._bedside.cuff_mmhg, self._pumped = mmhg, mmhg > 0
        out, self._out = self._out, b""
        return out

    def plugged(self, t_ns: int) -> bool:
        return self._bedside.cable_in(DRIVER, t_ns)

    # What the host says

    def _hear(self, user_data: bytes, t_ns: int) -> None:
        if user_data[0] == REQUEST:
            self._requested(user_data, t_ns)
        elif user_data[0] == RELEASE:
            self._drop()
            self._say(bytes([RELEASED]) + user_data[1:])
        elif user_data[0] == DATA and self._host_ns is not None:
            self._host_ns = t_ns
            self._asked(user_data, t_ns)

    def _requested(self, user_data: bytes, t_ns: int) -> None:
        if self._host_ns is not None:
            self._say(bytes([REFUSE, 0]))
            return
        self._host_ns = t_ns
        self._unconfirmed_ns = t_ns
        self._say(bytes([ACCEPT]) + user_data[1:])
        self._say(frames.mds_create(CREATE_ID, t_ns // TICK_NS % (1 << 32), MAKER, MODEL))

    def _asked(self, user_data: bytes, t_ns: int) -> None:
        kind, _, invoke_id, command = struct.unpack_from(">4H", user_data.ljust(12, b"\0"), 4)
        if kind == frames.RESULT and command == frames.EVENT and invoke_id == CREATE_ID:
            self._unconfirmed_ns = None
        elif kind == 1 and command == frames.SET:
            self._choose(invoke_id, user_data)
        elif (poll := frames.asked(user_data)) is not None and self._unconfirmed_ns is None:
            self._poll(poll, t_ns)

    def _choose(self, invoke_id: int, user_data: bytes) -> None:
        """The list of waves to send is taken as it is and repeated in the result."""
        labels = struct.iter_unpack(">2xH", user_data[38:][: (len(user_data) - 38) // 4 * 4])
        self._signals.chosen = tuple(physio for (physio,) in labels)
        chosen = frames.MDS + frames.listed([frames.attribute(0xF23A, user_data[34:])])
        result = struct.pack(">HHH", invoke_id, frames.SET, len(chosen)) + chosen
        self._say(frames.data(frames.RESULT, result))

    def _poll(self, poll: Asked, t_ns: int) -> None:
        if poll.kind == frames.SINGLE:
            self._answer(poll, 0, t_ns, first=True)
            return
        if poll.polled not in (NUMERIC, WAVE, ALARMS):
            self._say(frames.refusal(poll.invoke_id, 0))
            return
        period_ns = STEP_NS if poll.polled == WAVE else SECOND_NS
        next_ns = (t_ns // period_ns + 1) * period_ns
        self._polls[poll.polled] = Running(poll, t_ns + poll.period_ticks * TICK_NS, next_ns)

    # What is due by itself

    def _run(self, t_ns: int) -> None:
        while (due := min(self._polls.values(), key=lambda poll: poll.next_ns, default=None)) is not None:
            if due.next_ns > t_ns:
                break
            self._answer_again(due)
        if self._is_lost(t_ns):
            self._drop()
            self._say(bytes([ABORT, 0]))

    def _is_lost(self, t_ns: int) -> bool:
        """Whether the host has to be cut off."""
        if self._unconfirmed_ns is not None:
            return t_ns - self._unconfirmed_ns >= CONFIRM_NS
        return self._host_ns is not None and not self._polls and t_ns - self._host_ns >= HOST_SILENT_NS

    def _answer_again(self, due: Running) -> None:
        t_ns = due.next_ns
        if t_ns > due.until_ns:
            del self._polls[due.asked.polled]
            # The silence of the host counts from here, its poll having spoken for it until now.
            self._host_ns = max(self._host_ns or 0, due.until_ns)
            return
        self._answer(due.asked, due.sequence, t_ns, first=due.sequence == 0)
        due.sequence = (due.sequence + 1) & 0xFFFF
        due.next_ns += STEP_NS if due.asked.polled == WAVE else SECOND_NS

    def _answer(self, poll: Asked, sequence: int, t_ns: int, *, first: bool) -> None:
        clock = frames.bcd_time(wall(t_ns))
        ticks = t_ns // TICK_NS % (1 << 32)
        for user_data in frames.answer(poll, sequence, ticks, clock, self._objects(poll, t_ns, first=first)):
            self._say(user_data)

    def _objects(self, poll: Asked, t_ns: int, *, first: bool) -> list[bytes]:
        t_s = t_ns / 1e9
        finger = self._finger.found(t_s)
        if poll.polled == NUMERIC:
            return self._signals.numerics(t_s, finger)
        if poll.polled == WAVE:
            return self._signals.waves(t_s, finger, described=first)
        if poll.polled == SYSTEM:
            return [frames.system(MAKER, MODEL, self._serial, SOFTWARE)]
        return self._signals.alarms(finger) if poll.polled == ALARMS else []

    def _say(self, user_data: bytes) -> None:
        self._out += frames.wrapped(user_data)
