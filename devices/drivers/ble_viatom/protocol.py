"""The GattProtocol of an O2 ring: ask who it is, then for its values again and again, one at a time.

A reply does not name its question. In a capture that is only listened to nothing was asked; there its form
tells what it answers.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from devices import gatt
from devices.drivers.ble_viatom import live
from devices.drivers.ble_viatom.frames import Replies, Reply, request
from devices.plausible import within
from devices.protocol import GattAction, GattStep, Options
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Metric,
    Observation,
    Reading,
    Validity,
    WaveformBlock,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SERVICE: Final = "14839ac4-7d7e-415c-9a42-167340cf2339"
REPLIES: Final = "0734594a-a8e7-4b1a-a6b1-cd5243059a57"
REQUESTS: Final = "8b00ace7-eb0b-49b0-bbe9-9aee0a26e1a3"

SPO2: Final = Metric(mdc.SPO2, "SpO2")
PULSE: Final = Metric(mdc.PULSE_RATE, "Pulse rate")
PERFUSION: Final = Metric(mdc.PERFUSION_INDEX, "Perfusion")
PLETH: Final = Metric(mdc.PLETH, "Pleth", fs=125.0, resolution=0.5)

WITHOUT: Final = (
    "this device does not speak as the O2 rings do; newer ones (O2Ring-S) open only to the maker's own app"
)
PERIOD_S: Final = 1.0
ANSWER_S: Final = 3.0
"""How long a reply may take, all its notifications together."""
NOT_A_NUMBER: Final = frozenset({0, 0xFF, 0xFFFF})
_WORN: Final = 1


class Command(IntEnum):
    """What is asked for."""

    INFO = 0x14
    NUMBERS = 0x17
    WAVE = 0x1B


_REQUESTS: Final = {
    Command.INFO: request(Command.INFO),
    Command.NUMBERS: request(Command.NUMBERS),
    Command.WAVE: request(Command.WAVE, b"\x00"),
}
"""The wave at 125 samples a second."""


class ViatomRing:
    """GattSender and Timed; asks for the wave until a ring refuses or garbles it, then for numbers alone."""

    def __init__(self, options: Options) -> None:
        self.deadline_ns: int | None = None
        self._wants_wave = bool(options.get("wave", True))
        self._replies = Replies()
        self._alerts = gatt.Alerts()
        self._poll = Command.NUMBERS
        self._next: Command | None = None
        self._asked: Command | None = None
        self._asked_ns = 0
        self._listens_only = True
        self._battery: int | None = None
        self._last_sample: int | None = None

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self._forget()
        self._poll = Command.WAVE if self._wants_wave else Command.NUMBERS
        self._next = Command.INFO
        return (GattStep(GattAction.SUBSCRIBE, REPLIES, without=WITHOUT),)

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self.on_deadline(t_ns)
        if uuid != REPLIES:
            return events
        for item in self._replies.feed(data, t_ns):
            events += [item] if isinstance(item, Fault) else self._reply(item, t_ns)
        return events

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = [*self._replies.flush(t_ns), *self._alerts.withdraw_all(t_ns)]
        self._forget()
        return events

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        """Time for the next question; one that was not answered is given up first."""
        if self.deadline_ns is None or now_ns < self.deadline_ns:
            return []
        missed = self._asked is not None
        self._asked, self._next, self.deadline_ns = None, self._poll, None
        return [Fault(FaultKind.TIMEOUT, now_ns, 0), *self._replies.flush(now_ns)] if missed else []

    def steps_to_take(self, now_ns: int) -> tuple[GattStep, ...]:
        command, self._next = self._next, None
        if command is None:
            return ()
        self._asked, self._asked_ns, self._listens_only = command, now_ns, False
        self.deadline_ns = now_ns + int(ANSWER_S * 1e9)
        return (GattStep(GattAction.WRITE, REQUESTS, _REQUESTS[command]),)

    def last_steps(self) -> tuple[GattStep, ...]:
        return ()

    def _forget(self) -> None:
        self._replies.clear()
        self.deadline_ns = self._next = self._asked = None
        self._battery = self._last_sample = None

    def _reply(self, reply: Reply, t_ns: int) -> list[DeviceEvent]:
        asked, self._asked = self._asked, None
        if asked is None:
            asked = _answered(reply) if self._listens_only else None
        else:
            # Who it is need not be known to go on.
            pause_s = 0.0 if asked is Command.INFO else PERIOD_S
            self.deadline_ns = max(t_ns, self._asked_ns + int(pause_s * 1e9))
        if asked is None:
            return [gatt.fault(FaultKind.CONTENT, reply.payload, t_ns)]
        if asked is Command.INFO:
            return _identity(reply, t_ns)
        if reply.status:
            return self._refused(asked, reply, t_ns)
        heard = (live.numbers_and_wave if asked is Command.WAVE else live.numbers)(reply.payload)
        if heard is None:
            self._poll = Command.NUMBERS
            return [gatt.fault(FaultKind.LENGTH, reply.payload, t_ns)]
        return self._live(heard, t_ns)

    def _refused(self, asked: Command, reply: Reply, t_ns: int) -> list[DeviceEvent]:
        """Older rings do not know the wave."""
        if asked is Command.WAVE:
            self._poll = Command.NUMBERS
            self.deadline_ns = t_ns
            return []
        return [Fault(FaultKind.CONTENT, t_ns, 1, bytes([reply.status]).hex())]

    def _live(self, heard: live.Live, t_ns: int) -> list[DeviceEvent]:
        low = heard.battery <= gatt.LOW_BATTERY_PERCENT and not heard.charging
        events: list[DeviceEvent] = [
            *self._alerts.set(AlertKind.SENSOR_OFF, not heard.worn, t_ns),
            *self._alerts.set(AlertKind.LOW_BATTERY, low, t_ns),
            Observation(SPO2, t_ns, _reading(mdc.SPO2, heard.spo2, heard.worn)),
            Observation(PULSE, t_ns, _reading(mdc.PULSE_RATE, heard.pulse, heard.worn)),
        ]
        if heard.perfusion is not None:
            events.append(
                Observation(PERFUSION, t_ns, _reading(mdc.PERFUSION_INDEX, heard.perfusion, heard.worn))
            )
        if heard.battery != self._battery:
            self._battery = heard.battery
            events.append(Observation(gatt.BATTERY, t_ns, within(mdc.BATTERY, heard.battery)))
        return [*events, *self._wave(heard, t_ns)]

    def _wave(self, heard: live.Live, t_ns: int) -> list[DeviceEvent]:
        if not heard.worn or not heard.wave:
            self._last_sample = None
            return []
        samples = live.upright(heard.wave, self._last_sample)
        self._last_sample = samples[-1]
        return [WaveformBlock(PLETH, t_ns, _words(samples))]


def _answered(reply: Reply) -> Command | None:
    """What a reply answers, by its form alone."""
    if reply.status:
        return None
    if reply.payload.startswith(b"{"):
        return Command.INFO
    if len(reply.payload) == live.NUMBERS_SIZE:
        return Command.NUMBERS
    return Command.WAVE if live.numbers_and_wave(reply.payload) else None


def _identity(reply: Reply, t_ns: int) -> list[DeviceEvent]:
    if reply.status:
        return []
    told = live.info(reply.payload)
    if told is None:
        return [gatt.fault(FaultKind.CONTENT, reply.payload, t_ns)]
    return [DeviceIdentified(t_ns, "", told.model, told.serial, told.firmware)]


def _reading(term: mdc.Term, said: float, worn: int) -> Reading:
    if not worn or said in NOT_A_NUMBER:
        return Absent(Validity.NOT_AVAILABLE, float(said))
    judged = within(term, said)
    if worn == _WORN or isinstance(judged, Absent):
        return judged
    return Measured(judged.value, Validity.QUESTIONABLE)


def _words(samples: list[int]) -> NDArray[np.int16]:
    import numpy as np

    return np.array(samples, np.int16)
