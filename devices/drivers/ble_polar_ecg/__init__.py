"""Polar H10 chest straps: the single-lead ECG as a wave, with the heart rate every strap gives.

The ECG of a chest strap is one lead of no standard place; it shows the rhythm and diagnoses nothing. A
computer holds one connection to a strap, so this driver takes the place of `ble-heart-rate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from devices import gatt
from devices.drivers.ble_polar_ecg.control import RATE_HZ, EcgControl
from devices.drivers.ble_polar_ecg.pmd import ecg_frame
from devices.heart_rate_service import BODY_LOCATION, METRICS, HeartRateService
from devices.protocol import BleLink, CommandSpec, DriverSpec, Evidence, GattAction, GattStep, Options
from kapmonitor import mdc
from kapmonitor.model import NO_SAMPLE, DeviceEvent, Fault, FaultKind, Metric, WaveformBlock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SERVICE: Final = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL_POINT: Final = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA: Final = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

ECG: Final = Metric(mdc.ECG, "ECG", fs=float(RATE_HZ), resolution=0.001)
"""In millivolts; samples are microvolts."""
LOST_LEAST: Final = 2
"""Samples that must be missing between two frames to count as lost: the strap's 130 Hz is nominal."""
LOST_MOST: Final = 60 * RATE_HZ
"""A greater step is a clock that was set."""
_SAMPLE_SIZE: Final = 3


class PolarEcg:
    """The GattProtocol of a strap; GattSender and Timed, as the ECG has to be asked for."""

    def __init__(self, options: Options) -> None:
        self._common = gatt.CommonServices()
        self._heart = HeartRateService(self._common)
        self._control = EcgControl()
        self._last_ns: int | None = None

    @property
    def deadline_ns(self) -> int | None:
        return self._control.deadline_ns

    def opened(self, t_ns: int) -> tuple[GattStep, ...]:
        self._control.reset()
        self._last_ns = None
        return (
            *self._heart.steps(optional=True),
            GattStep(GattAction.SUBSCRIBE, CONTROL_POINT),
            GattStep(GattAction.SUBSCRIBE, DATA),
            GattStep(GattAction.READ, CONTROL_POINT),
            *gatt.COMMON_STEPS,
        )

    def receive(self, uuid: str, data: bytes, t_ns: int) -> list[DeviceEvent]:
        events = self.on_deadline(t_ns)
        if uuid != BODY_LOCATION:
            events += self._common.receive(uuid, data, t_ns)
        if uuid == CONTROL_POINT:
            understood = self._control.receive(data, t_ns)
            return events if understood else [*events, gatt.fault(FaultKind.CONTENT, data, t_ns)]
        if uuid == DATA:
            return [*events, *self._frame(data, t_ns)]
        return [*events, *self._heart.receive(uuid, data, t_ns)]

    def closed(self, t_ns: int) -> list[DeviceEvent]:
        self._control.reset()
        return [*self._common.identity(), *self._heart.closed(t_ns)]

    def on_deadline(self, now_ns: int) -> list[DeviceEvent]:
        if self.deadline_ns is None or now_ns < self.deadline_ns:
            return []
        return [Fault(FaultKind.TIMEOUT, now_ns, 0)] if self._control.silent(now_ns) else []

    def steps_to_take(self, now_ns: int) -> tuple[GattStep, ...]:
        command = self._control.command_to_send(now_ns)
        return (GattStep(GattAction.WRITE, CONTROL_POINT, command, optional=True),) if command else ()

    def last_steps(self) -> tuple[GattStep, ...]:
        """A stream is stopped, or the strap goes on using its battery for it."""
        command = self._control.stop_command
        return (GattStep(GattAction.WRITE, CONTROL_POINT, command),) if command else ()

    def _frame(self, data: bytes, t_ns: int) -> list[DeviceEvent]:
        frame = ecg_frame(data)
        if frame is None:
            return [gatt.fault(FaultKind.CONTENT, data, t_ns)]
        self._control.frame(t_ns)
        lost = self._lost(frame.device_ns, len(frame.microvolts))
        self._last_ns = frame.device_ns
        return [
            *([Fault(FaultKind.LOST, t_ns, lost * _SAMPLE_SIZE)] if lost else ()),
            WaveformBlock(ECG, t_ns, _samples(frame.microvolts)),
        ]

    def _lost(self, device_ns: int, samples: int) -> int:
        if self._last_ns is None:
            return 0
        missing = round((device_ns - self._last_ns) * RATE_HZ / 1e9) - samples
        return missing if LOST_LEAST <= missing <= LOST_MOST else 0


def _samples(microvolts: tuple[int, ...]) -> NDArray[np.int16]:
    """What does not fit a sample word is none: 33 mV is not of a heart."""
    import numpy as np

    words = np.array(microvolts, np.int32)
    return np.where(np.abs(words) < -NO_SAMPLE, words, NO_SAMPLE).astype(np.int16)


DRIVER: Final = DriverSpec(
    id="ble-polar-ecg",
    label="Polar H10 strap with ECG (Bluetooth)",
    vendor="Polar",
    link=BleLink(
        services=(SERVICE,),
        name_prefixes=("Polar H10",),
        silence_s=3.0,
        pairing=(
            "No pairing is needed. Put the strap on; it hangs up about 45 seconds after it was taken off. If "
            "it is not found, a phone or watch is connected to it: end that, or allow two connections in the "
            "maker's app."
        ),
    ),
    metrics=(ECG, *METRICS, gatt.BATTERY),
    protocol=PolarEcg,
    evidence=Evidence(
        level="manual",
        documents=(
            "Polar's public Bluetooth SDK: the measurement service, its times, known issues",
            "reports of users in the SDK's list of issues",
        ),
        vectors=(
            "an ECG frame and a list of settings of the SDK's tests",
            "the answer to a start, SDK issue 443",
        ),
        gaps=(
            "not yet tried on a strap; 73 samples a frame is from memory",
            "frames that are compressed or in another layout than the H10's are not read",
            "acceleration is not asked for",
            "early H10 that have the measurement service in another form give their heart rate only",
            "samples are placed by their arrival; the strap's clock only shows what was lost",
            "one lead of no standard place, not for diagnosis",
        ),
    ),
    commands=(
        CommandSpec("ask settings", "Ask what ECG the strap offers"),
        CommandSpec("start ECG", "Let the ECG flow"),
        CommandSpec("stop ECG", "Stop the ECG before hanging up, to spare the strap's battery"),
    ),
)
