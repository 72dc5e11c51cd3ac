"""What one answer to a poll tells: numbers, cuff results, waves, alarms."""

from __future__ import annotations

import struct
from dataclasses import replace

from devices import plausible
from devices.drivers.intellivue import codes, values
from devices.drivers.intellivue.alarms import Alerts
from devices.drivers.intellivue.apdu import Attributes, Malformed, Polled, items
from devices.drivers.intellivue.nibp import Newness, stamp
from devices.drivers.intellivue.values import Number
from devices.drivers.intellivue.waves import Waves
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
)

NUMBER, NUMBERS = 0x0950, 0x094B
"""Attributes: one number, several that belong together."""

PREFERRED_NS = 10_000_000_000
"""A better source that has been without a number for this long no longer keeps the next one away."""

_PRESSURES = (codes.SYS, codes.DIA, codes.MEAN)
_SIMULATED = values.TEST | values.DEMO


class Readings:
    """Answers in, events out."""

    def __init__(self) -> None:
        self._waves = Waves()
        self._alerts = Alerts()
        self._cuff, self._cuff_pulse = Newness(), Newness()
        self.opened(0)

    def opened(self, t_ns: int) -> None:
        """The link is open (again). What cuff results were told is kept: they would only be told again."""
        self._waves.clear()
        self._alerts.clear()
        self._cuff.opened(t_ns)
        self._cuff_pulse.opened(t_ns)
        self._cuff_state: CuffState | None = None
        self._best: dict[Metric, tuple[int, int]] = {}

    def take(self, reply: Polled, t_ns: int) -> list[DeviceEvent]:
        """Everything in `reply`; an object that contradicts itself becomes a Fault."""
        events: list[DeviceEvent] = []
        states: set[int] = set()
        for handle, attributes in reply.objects:
            try:
                numbers = _numbers(attributes)
                events += self._waves.take(handle, attributes, t_ns)
                events += self._alerts.take(attributes, t_ns)
            except (Malformed, struct.error):
                events.append(Fault(FaultKind.CONTENT, t_ns, sum(map(len, attributes.values()))))
                continue
            if numbers:
                states.update(number.state for number in numbers)
                events += self._tell(numbers, attributes, reply, t_ns)
        if states:
            simulated = any(state & _SIMULATED for state in states)
            events += self._alerts.set(AlertKind.SIMULATED, simulated, t_ns)
        return events

    def _tell(
        self, numbers: list[Number], attributes: Attributes, reply: Polled, t_ns: int
    ) -> list[DeviceEvent]:
        if numbers[0].metric in codes.APERIODIC:
            return self._result(numbers, attributes, reply, t_ns)
        return [
            Observation(number.metric, t_ns, number.reading)
            for number in numbers
            if number.metric is not None and self._is_preferred(number, number.metric, t_ns)
        ]

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
        if any(number.state & values.ONGOING for number in numbers):
            newness.going_on()
            return [] if is_pulse else self._cuff_is(CuffState.MEASURING, t_ns)
        events: list[DeviceEvent] = [] if is_pulse else self._cuff_is(CuffState.IDLE, t_ns)
        seen, found, readings = newness.ended(), stamp(attributes, reply), _readings(numbers)
        empty = not any(isinstance(reading, Measured) for reading in readings.values())
        verdict = newness.judge(found, t_ns, seen=seen, empty=empty)
        if verdict is None:
            return events
        device_time = found.device_time if found is not None else None
        events += [Observation(m, t_ns, r, device_time, verdict.stored) for m, r in readings.items()]
        if empty and not verdict.stored and not is_pulse:
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
    found = {n.metric: n.reading for n in numbers if n.metric is not None and n.metric in codes.APERIODIC}
    systolic, diastolic, mean = (found.get(metric) for metric in _PRESSURES)
    if isinstance(systolic, Measured) and isinstance(diastolic, Measured) and isinstance(mean, Measured):
        whole = plausible.pressures(systolic.value, diastolic.value, mean.value)
        judged = zip(_PRESSURES, (whole.systolic, whole.diastolic, whole.mean), strict=True)
        for metric, reading in judged:
            found[metric] = _trusted(found[metric], reading)
    return found


def _trusted(before: Reading, judged: Reading) -> Reading:
    """What was judged, trusted as far as the monitor trusts it."""
    return judged if isinstance(judged, Absent) else replace(judged, validity=before.validity)
