"""A heart rate strap in virtual time: its messages given to the driver without a radio."""

from __future__ import annotations

from typing import Final

from devices.gatt import uuid16
from devices.protocol import GattProtocol
from devices.sim.ble import frames
from devices.sim.ble.beats import Beats
from devices.sim.scenario import Bedside
from devices.sim.waves import Waves
from devices.sink import DeviceSink
from kapmonitor.model import Direction, LinkChanged, LinkState, WireChunk

PERIOD_NS: Final = 1_000_000_000
MEASUREMENT: Final = uuid16(0x2A37)
MAX_INTERVALS: Final = 9
"""As many as fit a message of 20 bytes."""


class StrapHistory:
    """One message a second; `origin_ns` is the session's clock at the patient's second 0."""

    def __init__(
        self, device: str, protocol: GattProtocol, room: Bedside, sink: DeviceSink, origin_ns: int
    ) -> None:
        self._device, self._protocol, self._sink = device, protocol, sink
        self._origin_ns = origin_ns
        self._rhythm = Waves(room.patient).rhythm
        self._second, self._rate = -1, 0.0
        self._beats = Beats(self._rate_at, 0)
        self._next_ns = origin_ns
        protocol.opened(origin_ns)
        sink.on_link(device, LinkChanged(LinkState.LIVE, origin_ns))

    def _rate_at(self, t_ns: int) -> float | None:
        """The rate of the second that `t_ns` lies in; a beat is asked for several times in each."""
        second = t_ns // PERIOD_NS
        if second != self._second:
            self._second, self._rate = second, self._rhythm.shown_rate(float(second))
        return self._rate

    def advance(self, t_ns: int) -> None:
        """Deliver every message that was due up to `t_ns`."""
        while self._next_ns <= t_ns:
            patient_ns = self._next_ns - self._origin_ns
            rate = self._rate_at(patient_ns) or 0.0
            data = frames.heart_rate(round(rate), rr=self._beats.until(patient_ns)[-MAX_INTERVALS:])
            chunk = WireChunk(self._next_ns, Direction.IN, data, MEASUREMENT)
            self._sink.on_wire(self._device, chunk)
            for event in self._protocol.receive(MEASUREMENT, data, self._next_ns):
                self._sink.on_event(self._device, event)
            self._next_ns += PERIOD_NS
