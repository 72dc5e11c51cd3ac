"""What the console finds out by itself and alarms look at: devices that repeat themselves, damaged links.

Owned by the engine. What is found goes on record through the `tell` it was given, once for each change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kapmonitor import mdc
from kapmonitor.alarms.display import DisplayWatch
from kapmonitor.alarms.errorrate import ErrorRate
from kapmonitor.alarms.stuck import StuckWatch
from kapmonitor.alarms.technical import DISPLAY, errors_role, stuck_role
from kapmonitor.model import (
    NO_SAMPLE,
    CuffChanged,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Observation,
    WaveformBlock,
)
from kapmonitor.session.events import ConditionSensed, Stamped

Tell = Callable[[ConditionSensed], None]
LOOK_NS: Final = 1_000_000_000
RATES: Final = frozenset({mdc.PULSE_RATE.ref, mdc.SPO2.ref})
DAMAGE: Final = frozenset({FaultKind.NOISE, FaultKind.CHECKSUM, FaultKind.LENGTH})


class Senses:
    """Told of everything devices say; says what is wrong with how they say it."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told: dict[str, tuple[float, str]] = {}
        self._stuck: dict[str, StuckWatch] = {}
        self._errors: dict[str, ErrorRate] = {}
        self._looked_ns = 0
        self._display = DisplayWatch()

    def recall(self, events: Iterable[Stamped], devices: Iterable[str]) -> None:
        """What was told before the session was taken up again; what no longer holds is then withdrawn."""
        for stamped in events:
            if isinstance(stamped.event, ConditionSensed):
                self._told[stamped.event.role] = stamped.event.value, stamped.event.text
        for device in devices:
            self._watch(device)
            self._rate(device)

    def sense(self, role: str, value: float, text: str = "") -> None:
        """Something is well (0), wrong (1) or severely so (2); on record when that changes."""
        found = (value, text if value else "")
        if self._told.get(role, (0.0, "")) != found:
            self._told[role] = found
            self._tell(ConditionSensed(role, *found))

    def heard(self, device: str, event: DeviceEvent) -> None:
        """A driver made something of the bytes, or could not."""
        match event:
            case Fault():
                if event.kind in DAMAGE:
                    self._rate(device).heard(event.t_ns, damaged=True)
                return
            case Observation() if event.metric.ref in RATES and not event.stored:
                value = event.reading.value if isinstance(event.reading, Measured) else None
                self._watch(device).number(event.metric.ref, value, event.t_ns)
            case WaveformBlock() if event.metric.ref == mdc.PLETH.ref:
                real = event.samples[event.samples != NO_SAMPLE]
                ends = (int(real.min()), int(real.max())) if len(real) else ()
                self._watch(device).wave(ends, event.t_ns)
            case DeviceAlert() | CuffChanged() | DeviceIdentified():
                return
            case _:
                pass
        self._rate(device).heard(event.t_ns, damaged=False)

    def tick(self, now_ns: int, label: Callable[[str], str]) -> None:
        """Time passed; `label` is what a device is called."""
        if now_ns - self._looked_ns < LOOK_NS:
            return
        self._looked_ns = now_ns
        for device, watch in self._stuck.items():
            self.sense(stuck_role(device), float(watch.stuck(now_ns)), label(device))
        for device, rate in self._errors.items():
            self.sense(errors_role(device), rate.level(now_ns), label(device))

    def painted(self, frames: int | None, real_ns: int) -> None:
        """The dashboard's counter stands here, None without one; `real_ns` is the computer's own clock."""
        self._display.saw(frames, real_ns)
        self.sense(DISPLAY, self._display.level(real_ns))

    def _watch(self, device: str) -> StuckWatch:
        return self._stuck.setdefault(device, StuckWatch())

    def _rate(self, device: str) -> ErrorRate:
        return self._errors.setdefault(device, ErrorRate())
