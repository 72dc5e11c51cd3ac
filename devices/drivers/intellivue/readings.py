"""What one answer to a poll tells: numbers, cuff results, waves, alarms."""

from __future__ import annotations

import struct

from devices import plausible
from devices.drivers.intellivue import alarms, codes, values
from devices.drivers.intellivue.apdu import Attributes, Malformed, Polled, items
from devices.drivers.intellivue.messages import NUMERIC, WAVE
from devices.drivers.intellivue.nibp import Newness, Stamp, stamp
from devices.drivers.intellivue.values import Number
from devices.drivers.intellivue.waves import Waves, runs
from devices.gatt import Alerts
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceEvent,
    Fault,
    FaultKind,
    Measured,
    Metric,
    NibpFailure,
    Observation,
    Reading,
    Validity,
)

NUMBER, NUMBERS = 0x0950, 0x094B
"""Attributes: one number, several that belong together."""

PREFERRED_NS = 10_000_000_000
"""A better source that has been without a number for this long no longer keeps the next one away."""

EXPIRED_NS = 10_000_000_000
"""A number that was measured longer ago than this is one that the monitor goes on showing."""

_PRESSURES = (codes.SYS, codes.DIA, codes.MEAN)
_SIMULATED = values.TEST | values.DEMO
_SEQUENCES = 1 << 16


class Readings:
    """Answers in, events out."""

    def __init__(self) -> None:
        self._waves = Waves()
        self._alerts = Alerts()
        self._cuff, self._cuff_pulse = Newness(), Newness()
        self._stamps: dict[Metric, bytes] = {}
        self.opened(0)

    def opened(self, t_ns: int) -> None:
        """The link is open (again). What cuff results were told is kept: they would only be told again."""
        self._opened_ns = t_ns
        self._waves.clear()
        self._cuff.opened(t_ns)
        self._cuff_pulse.opened(t_ns)
        self._cuff_state: CuffState | None = None
        self._best: dict[Metric, tuple[int, int]] = {}
        self._sequence: int | None = None
        self._simulated = {NUMERIC: False, WAVE: False}

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        """The link ended: what the monitor said of itself no longer holds."""
        return [*self._alerts.withdraw_all(t_ns)]

    def lost(self) -> None:
        """Something between two answers could not be read."""
        self._waves.lost()

    def take(self, reply: Polled, t_ns: int) -> list[DeviceEvent]:
        """Everything in `reply`; an object that contradicts itself becomes a Fault."""
        events: list[DeviceEvent] = []
        states: list[int] = []
        self._follow(reply)
        for handle, attributes in reply.objects:
            try:
                numbers, samples = _numbers(attributes), list(runs(attributes))
                events += self._waves.take(handle, attributes, samples, t_ns)
                events += alarms.take(self._alerts, attributes, t_ns)
            except (Malformed, struct.error):
                self.lost()
                events.append(Fault(FaultKind.CONTENT, t_ns, sum(map(len, attributes.values()))))
                continue
            states += [state for _, state, _ in samples]
            if numbers:
                states += [number.state for number in numbers]
                events += self._tell(numbers, attributes, reply, t_ns)
        return events + self._simulation(reply.polled, states, t_ns)

    def _follow(self, reply: Polled) -> None:
        """Notice by its count that an answer with waves is missing; the parts of one have the same count."""
        if reply.polled != WAVE or reply.sequence is None:
            return
        before, self._sequence = self._sequence, reply.sequence
        if before is not None and (reply.sequence - before) % _SEQUENCES > 1:
            self.lost()

    def _simulation(self, polled: int, states: list[int], t_ns: int) -> list[DeviceEvent]:
        """Whether numbers or waves are of a demonstration or a test, if that has changed."""
        if not states or polled not in self._simulated:
            return []
        self._simulated[polled] = any(state & _SIMULATED for state in states)
        return [*self._alerts.set(AlertKind.SIMULATED, any(self._simulated.values()), t_ns)]

    def _tell(
        self, numbers: list[Number], attributes: Attributes, reply: Polled, t_ns: int
    ) -> list[DeviceEvent]:
        if numbers[0].physio in codes.APERIODIC:
            return self._result(numbers, attributes, reply, t_ns)
        found = stamp(attributes, reply)
        device_time = reply.clock if found is None else found.device_time
        stored = found is not None and found.is_before(self._opened_ns, t_ns)
        return [
            Observation(number.metric, t_ns, number.reading, device_time, stored)
            for number in numbers
            if number.metric is not None
            and self._is_preferred(number, number.metric, t_ns)
            and not self._is_told(number, number.metric, found)
        ]

    def _is_told(self, number: Number, metric: Metric, found: Stamp | None) -> bool:
        """Whether this is a number measured a while ago, which was told then."""
        if found is None or found.age_ns is None or isinstance(number.reading, Absent):
            return False
        before, self._stamps[metric] = self._stamps.get(metric), found.identity
        return found.age_ns > EXPIRED_NS and found.identity == before

    def _is_preferred(self, number: Number, metric: Metric, t_ns: int) -> bool:
        """Whether no better source of the same metric has a number now."""
        rank = codes.RANK.get(number.physio)
        if rank is None:
            return True
        best, since_ns = self._best.get(metric, (rank, t_ns))
        if best < rank and t_ns - since_ns < PREFERRED_NS:
            return False
        if isinstance(number.reading, Measured):
            self._best[metric] = rank, t_ns
        return True

    def _result(
        self, numbers: list[Number], attributes: Attributes, reply: Polled, t_ns: int
    ) -> list[DeviceEvent]:
        """A cuff result, or its pulse, which is an object of its own."""
        is_pulse = numbers[0].metric is codes.NIBP_PULSE
        newness = self._cuff_pulse if is_pulse else self._cuff
        if any(number.state & values.UNFINISHED for number in numbers):
            newness.going_on()
            return [] if is_pulse else self._cuff_is(CuffState.MEASURING, t_ns)
        events: list[DeviceEvent] = [] if is_pulse else self._cuff_is(CuffState.IDLE, t_ns)
        seen, found = newness.ended(), stamp(attributes, reply)
        empty = all(isinstance(number.reading, Absent) for number in numbers)
        verdict = newness.judge(found, t_ns, seen=seen, empty=empty)
        if verdict is None:
            return events
        device_time, readings = found.device_time if found is not None else None, _readings(numbers)
        events += [Observation(m, t_ns, r, device_time, verdict.stored) for m, r in readings.items()]
        failed = all(isinstance(reading, Absent) for reading in readings.values())
        if failed and not verdict.stored and not is_pulse:
            events.append(CuffFailed(NibpFailure.UNKNOWN, numbers[0].state, t_ns))
        return events

    def _cuff_is(self, state: CuffState, t_ns: int) -> list[DeviceEvent]:
        if self._cuff_state is state:
            return []
        self._cuff_state = state
        return [CuffChanged(state, t_ns)]


def _numbers(attributes: Attributes) -> list[Number]:
    """The numbers of an object which are of use here."""
    found = []
    if (value := attributes.get(NUMBER)) is not None:
        if len(value) != values.SIZE:
            raise Malformed("number")
        found.append(values.number(value))
    if (value := attributes.get(NUMBERS)) is not None:
        found += [values.number(item) for item in items(value, values.SIZE)]
    return [number for number in found if number.metric is not None]


def _readings(numbers: list[Number]) -> dict[Metric, Reading]:
    """The readings of a cuff result, its pressures judged together."""
    found = {n.metric: n.reading for n in numbers if n.metric is not None and n.physio in codes.APERIODIC}
    if codes.SYS in found and codes.DIA in found:
        mean = found.get(codes.MEAN, Absent(Validity.NOT_AVAILABLE))
        whole = plausible.together(found[codes.SYS], found[codes.DIA], mean)
        judged = zip(_PRESSURES, (whole.systolic, whole.diastolic, whole.mean), strict=True)
        found |= {metric: reading for metric, reading in judged if metric in found}
    return found
