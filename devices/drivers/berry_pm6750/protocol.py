"""The dialogue with a PM6750: switch its streams on, read them, start and stop the cuff.

The module acknowledges nothing. A stream that does not come is switched on again, and what the cuff does is
known from its packets alone.
"""

from __future__ import annotations

from collections import deque

from devices.cuffhost.known import Known
from devices.cuffhost.machine import Machine
from devices.cuffhost.readings import CUFF, determination
from devices.drivers.berry_pm6750 import metrics, packets
from devices.drivers.berry_pm6750.machine import QUIET_S, RULES, Event, State
from devices.drivers.berry_pm6750.metrics import Waves
from devices.drivers.berry_pm6750.packets import DATA, ECG, PLETH, RESP, Ask, CuffPacket, CuffWord, command
from devices.plausible import Pressures
from devices.protocol import Options
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    AlertKind,
    CuffFailed,
    DeviceAlert,
    DeviceEvent,
    Fault,
    FaultKind,
    Measured,
    NibpFailure,
    Observation,
)

MS = 1_000_000
GAP_NS = 50 * MS
"""Pause between two commands; the module loses some that come sooner."""

CHECK_NS = 3_000 * MS
"""A stream that did not come for this long is switched on again."""

WAVES = frozenset({PLETH, RESP})
TYPE = 3
"""Place of the type in a frame."""

STOP_AGAIN_NS = 1_000 * MS
PRESENT_NS = 2_000 * MS
"""The module is there while anything came within this time."""

CUFF_EVENTS = {
    CuffWord.FINISHED: Event.DONE,
    CuffWord.MEASURING: Event.RUNNING,
    CuffWord.STOPPED: Event.STOPPED,
    CuffWord.INITIALISING: Event.READY,
    CuffWord.INITIALISED: Event.READY,
    **dict.fromkeys(packets.FAILURES, Event.FAILED),
}
ENDED = (State.STARTING, State.MEASURING)
ECG_CONDITIONS = (AlertKind.ARTEFACT, AlertKind.LEAD_OFF, AlertKind.DEVICE_ALARM)
SENSOR_CONDITIONS = (AlertKind.SENSOR_OFF, AlertKind.NO_CONTACT, AlertKind.NO_PULSE)


class Berry:
    """One module on one line; implements WireProtocol and CuffControl."""

    def __init__(self, options: Options) -> None:
        """Options `patient`, `inflate_mmhg`, `ecg`, `ecg_gain`, `ecg_filter`, `resp_gain`; see DRIVER."""
        self._start = _start_commands(options)
        self._streams = _streams(options)
        self._frames = packets.frames()
        self._known: Known[Pressures] = Known()
        self.machine = Machine(RULES)
        self._reset(0)

    def _reset(self, t_ns: int) -> None:
        self.deadline_ns: int | None = None
        self._waves = Waves()
        self._alerts: dict[AlertKind, str] = {}
        self._determined = False
        self._queue: deque[bytes] = deque()
        self._out = b""
        self._free_ns = self._check_ns = t_ns
        self._heard: dict[int, int] = {}
        self._heard_ns = t_ns - PRESENT_NS
        self.machine.reset()
        self._stop_ns: int | None = None
        self._frames.clear()

    def opened(self, t_ns: int) -> None:
        self._known.opened(t_ns)
        self._reset(t_ns)
        if ECG not in self._streams:
            self._queue.extend((Ask.ECG_OFF.value, Ask.RESP_OFF.value))
        self._send_next(t_ns)

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        self._take(self._frames.finish(t_ns), t_ns, events)
        self._waves.flush(t_ns, events)
        self._reset(t_ns)
        return events

    def receive(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        numbers = self._take(self._frames.feed(data, t_ns), t_ns, events)
        # Waves alone change nothing that is sent, nor when.
        if numbers or self._queue or t_ns >= self._check_ns:
            self._send_next(t_ns)
        return events

    def data_to_send(self) -> bytes:
        out, self._out = self._out, b""
        return out

    def start_cuff(self, t_ns: int) -> None:
        before = self.machine.state
        self._happen(Event.START, t_ns)
        if self.machine.state is State.STARTING is not before:
            self._queue.extend(self._start)
        self._send_next(t_ns)

    def stop_cuff(self, t_ns: int) -> None:
        self._happen(Event.STOP, t_ns)
        self._send_next(t_ns)

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        events: list[DeviceEvent] = []
        while (event := self.machine.pop_due(now_ns)) is not None:
            if event is Event.QUIET and now_ns - self._heard_ns >= PRESENT_NS:
                # The silence of a module that is not there says nothing about its cuff.
                self.machine.timers[Event.QUIET] = now_ns + PRESENT_NS
            else:
                events += self._happen(event, now_ns)
        if self._stop_ns is not None and now_ns >= self._stop_ns:
            self._stop(now_ns)
        if now_ns >= self._check_ns and now_ns - self._heard_ns >= CHECK_NS:
            events.append(Fault(FaultKind.TIMEOUT, now_ns, 0))
        self._send_next(now_ns)
        return events

    # What the module says

    def _take(self, items: list[bytes | Fault], t_ns: int, events: list[DeviceEvent]) -> bool:
        """Whether there was anything but waves."""
        numbers = False
        for item in items:
            if isinstance(item, Fault):
                events.append(item)
                self._waves.lost(item.size)
                continue
            kind = item[TYPE]
            if t_ns - self._heard_ns >= PRESENT_NS:
                self.machine.forget_told()
            self._heard[kind] = self._heard_ns = t_ns
            if kind == ECG:
                self._waves.ecg(item[DATA:-1], t_ns, events)
            elif kind in WAVES:
                self._waves.slow(kind, item[DATA], t_ns, events)
            else:
                events += self._numbers(kind, item, t_ns)
                numbers = True
        return numbers

    def _numbers(self, kind: int, frame: bytes, t_ns: int) -> list[DeviceEvent]:
        data = frame[DATA:-1]
        match kind:
            case packets.ECG_NUMBERS:
                return self._ecg_numbers(data, t_ns)
            case packets.NIBP:
                packet = packets.cuff_packet(data)
                if packet is None:
                    return [Fault(FaultKind.CONTENT, t_ns, len(frame), frame.hex())]
                return self._cuff(packet, t_ns)
            case packets.SATURATION:
                return self._saturation(data, t_ns)
            case packets.TEMPERATURE:
                found = zip((metrics.TEMP_1, metrics.TEMP_2), packets.temperatures(data), strict=False)
                return [Observation(metric, t_ns, reading) for metric, reading in found]
            case _:
                return []

    def _ecg_numbers(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        ecg = packets.ecg_numbers(data)
        events: list[DeviceEvent] = [
            Observation(metrics.HEART, t_ns, ecg.heart),
            Observation(metrics.BREATHS, t_ns, ecg.breaths),
        ]
        if ecg.st_mv is not None:
            events.append(Observation(metrics.ST, t_ns, ecg.st_mv))
        found = dict.fromkeys([AlertKind.ARTEFACT] * ecg.weak, "weak ECG")
        found.update(dict.fromkeys([AlertKind.LEAD_OFF] * ecg.lead_off, ""))
        found.update(dict.fromkeys([AlertKind.DEVICE_ALARM] * bool(ecg.rhythm), ecg.rhythm))
        return events + self._alert(ECG_CONDITIONS, found, t_ns)

    def _saturation(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        said = packets.saturation(data)
        return [
            Observation(metrics.SPO2, t_ns, said.spo2),
            Observation(metrics.PULSE, t_ns, said.rate),
            *self._alert(SENSOR_CONDITIONS, dict.fromkeys(said.conditions, ""), t_ns),
        ]

    def _alert(
        self, kinds: tuple[AlertKind, ...], found: dict[AlertKind, str], t_ns: int
    ) -> list[DeviceEvent]:
        """What came or went of these kinds; a new detail is a new alert."""
        events: list[DeviceEvent] = []
        for kind in kinds:
            before, now = self._alerts.get(kind), found.get(kind)
            if before == now:
                continue
            if before is not None:
                del self._alerts[kind]
                events.append(DeviceAlert(kind, False, t_ns))
            if now is not None:
                self._alerts[kind] = now
                events.append(DeviceAlert(kind, True, t_ns, now))
        return events

    def _cuff(self, packet: CuffPacket, t_ns: int) -> list[DeviceEvent]:
        before = self.machine.state
        event = CUFF_EVENTS[packet.word]
        events: list[DeviceEvent] = [Observation(CUFF, t_ns, packet.cuff)]
        events += self._happen(event, t_ns)
        if event is Event.FAILED and before in ENDED:
            events.append(CuffFailed(packets.FAILURES[packet.word], packet.word.value, t_ns))
        if event is Event.RUNNING:
            self._determined = True
        elif event is Event.DONE and self._determined:
            self._determined = False
            self._known.told_before(packet.pressures, t_ns)
            events += _result(packet, t_ns, stopped=before is State.STOPPING)
        elif event is Event.DONE and before is State.UNKNOWN and not packet.empty:
            if not self._known.told_before(packet.pressures, t_ns):
                events += determination(packet.pressures, None, t_ns, stored=True)
        elif event is not Event.READY:
            self._determined = False
        return events

    # What follows

    def _happen(self, event: Event, t_ns: int) -> list[DeviceEvent]:
        """Move by the table; what the rest of the program is told of it."""
        before = self.machine.state
        events = self.machine.happen(event, t_ns)
        state = self.machine.state
        if state is not before:
            self._stop_ns = None
        if state in QUIET_S and (state is not before or event is Event.RUNNING):
            self.machine.timers[Event.QUIET] = t_ns + int(QUIET_S[state] * 1e9)
        if state is State.STOPPING and (event is Event.STOP or state is not before):
            self._stop(t_ns)
        elif state is State.IDLE and before in ENDED:
            self._queue.append(Ask.CUFF_STOP.value)
        return events

    def _stop(self, now_ns: int) -> None:
        """Stop ahead of everything, and drop a start that still waits."""
        waiting = [data for data in self._queue if data not in self._start]
        self._queue = deque([Ask.CUFF_STOP.value, *waiting])
        if self._out in self._start:
            self._out = b""
        self._free_ns = min(self._free_ns, now_ns)
        self._stop_ns = now_ns + STOP_AGAIN_NS

    # What is sent

    def _send_next(self, now_ns: int) -> None:
        """Send what waits, one command at a time, and say when to look again."""
        if now_ns >= self._check_ns:
            self._check_ns = now_ns + CHECK_NS
            for kind, commands in self._streams.items():
                if now_ns - self._heard.get(kind, now_ns - CHECK_NS) >= CHECK_NS:
                    self._queue.extend(c for c in commands if c not in self._queue)
        if self._queue and not self._out and now_ns >= self._free_ns:
            self._out = self._queue.popleft()
            self._free_ns = now_ns + GAP_NS
        times = (self.machine.deadline_ns, self._stop_ns, self._check_ns)
        due_ns = min(t for t in times if t is not None)
        self.deadline_ns = min(due_ns, max(self._free_ns, now_ns + 1)) if self._queue else due_ns


def _result(packet: CuffPacket, t_ns: int, *, stopped: bool) -> list[DeviceEvent]:
    """The numbers of the determination that just ended, or that there are none unless it was stopped."""
    events = [] if packet.empty else determination(packet.pressures, None, t_ns)
    if not stopped and not isinstance(packet.pressures.systolic, Measured):
        events.append(CuffFailed(NibpFailure.UNKNOWN, packet.word.value, t_ns))
    return events


def _start_commands(options: Options) -> tuple[bytes, ...]:
    """Patient, target where one is chosen, start: the module forgets a target after each determination."""
    patient = _choice(options, "patient", "adult", packets.PATIENTS)
    name = str(options.get("patient", "adult"))
    text = str(options.get("inflate_mmhg", 0))
    least, most = packets.TARGETS[name]
    if not text.isdecimal() or not (int(text) == 0 or least <= int(text) <= most):
        raise ConfigError("berry-pm6750", "inflate_mmhg", f"0, or {least} to {most} for {name}")
    target = [command(packets.TARGET, int(text) // 2)] if int(text) else []
    return (command(packets.PATIENT, patient), *target, Ask.CUFF_START.value)


def _streams(options: Options) -> dict[int, tuple[bytes, ...]]:
    """What switches each stream on, by the type of packet that shows it, in the order of the manual."""
    gain = command(packets.ECG_GAIN, _choice(options, "ecg_gain", "1", packets.GAINS))
    ecg_filter = command(packets.ECG_FILTER, _choice(options, "ecg_filter", "monitor", packets.FILTERS))
    resp_gain = command(packets.RESP_GAIN, _choice(options, "resp_gain", "1", packets.GAINS))
    streams = {
        ECG: (gain, ecg_filter, resp_gain, Ask.ECG_ON.value),
        packets.SATURATION: (Ask.SATURATION_ON.value,),
        packets.TEMPERATURE: (Ask.TEMPERATURE_ON.value,),
        PLETH: (Ask.PLETH_ON.value,),
        RESP: (Ask.RESP_ON.value,),
    }
    if not options.get("ecg", True):
        del streams[ECG], streams[RESP]
    return streams


def _choice(options: Options, name: str, default: str, choices: dict[str, int]) -> int:
    given = str(options.get(name, default))
    if given not in choices:
        raise ConfigError("berry-pm6750", name, "one of " + ", ".join(choices))
    return choices[given]
