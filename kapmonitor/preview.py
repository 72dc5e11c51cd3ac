"""What a device has said lately, for the row that shows it before and after it is adopted; pure."""

from __future__ import annotations

from collections import deque
from typing import Final

from kapmonitor import mdc
from kapmonitor.drift import DriftMeter
from kapmonitor.model import (
    NO_SAMPLE,
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    LinkChanged,
    LinkState,
    Measured,
    Metric,
    Observation,
    WaveformBlock,
)
from kapmonitor.nearby import LiveValue
from kapmonitor.plausible import gate
from kapmonitor.view import Role

ROW_REFS: Final = (
    mdc.NIBP_SYS.ref,
    mdc.NIBP_DIA.ref,
    mdc.SPO2.ref,
    mdc.HEART_RATE.ref,
    mdc.PULSE_RATE.ref,
    mdc.RESP_RATE.ref,
    mdc.TEMP_BODY.ref,
    mdc.BATTERY.ref,
)
"""Values of a row, in this order; others are recorded and not shown here."""

CUFF_REFS: Final = frozenset({mdc.NIBP_SYS.ref, mdc.NIBP_DIA.ref})
WAVE_REFS: Final = (mdc.PLETH.ref, mdc.ECG_II.ref, mdc.ECG_I.ref, mdc.ECG.ref)
WAVE_S: Final = 4.0
WAVE_POINTS: Final = 120
FRESH_NS: Final = 3_000_000_000
CUFF_FRESH_NS: Final = 30 * 60_000_000_000
ROLES: Final = (
    (Role.HR, (mdc.HEART_RATE.ref, mdc.PULSE_RATE.ref)),
    (Role.SPO2, (mdc.SPO2.ref,)),
    (Role.NIBP_SYS, (mdc.NIBP_SYS.ref,)),
)
"""Roles a person can choose a source for; a cuff's other numbers go with its systolic."""


def offers(metrics: tuple[Metric, ...]) -> tuple[Role, ...]:
    """Which roles of the dashboard a device with these metrics can stand for."""
    refs = {metric.ref for metric in metrics}
    return tuple(role for role, wanted in ROLES if refs & set(wanted))


class Preview:
    """Fed with all that one device says and with what becomes of its link. `offset_min`: local minus UTC."""

    def __init__(self, offset_min: int) -> None:
        self.link: LinkChanged | None = None
        self.identity: DeviceIdentified | None = None
        self.drift = DriftMeter(offset_min)
        self.alerts: frozenset[AlertKind] = frozenset()
        self._values: dict[str, LiveValue] = {}
        self._periods_s: dict[str, float] = {}
        self._waves: dict[str, deque[int]] = {}

    def on_link(self, change: LinkChanged) -> None:
        """What a lost device last said of its sensor is not known to hold any longer."""
        self.link = change
        if change.state not in {LinkState.LIVE, LinkState.STALE}:
            self.alerts = frozenset()
            self._waves = {}

    def on_event(self, event: DeviceEvent, utc_ns: int) -> None:
        """One thing the device said; `utc_ns` is now, in UTC."""
        match event:
            case Observation():
                self._on_value(gate(event), utc_ns)
            case WaveformBlock():
                self._on_wave(event)
            case DeviceAlert():
                self.alerts = self.alerts | {event.kind} if event.present else self.alerts - {event.kind}
            case DeviceIdentified():
                self.identity = event
            case _:
                return

    def _on_value(self, event: Observation, utc_ns: int) -> None:
        if event.stored:
            return
        metric = event.metric
        value = LiveValue(metric.ref, metric.label, metric.unit, event.t_ns, event.reading)
        self._values[metric.ref] = value
        self._periods_s[metric.ref] = metric.period_s
        if event.device_time is not None:
            self.drift.add(event.device_time, event.t_ns, utc_ns)

    def _on_wave(self, block: WaveformBlock) -> None:
        fs, ref = block.metric.fs, block.metric.ref
        if fs is None or ref not in WAVE_REFS:
            return
        tail = self._waves.get(ref)
        if tail is None or tail.maxlen != round(fs * WAVE_S):
            tail = self._waves[ref] = deque(maxlen=round(fs * WAVE_S))
        tail.extend(int(sample) for sample in block.samples[-round(fs * WAVE_S) :])

    def values(self, now_ns: int) -> tuple[LiveValue, ...]:
        """The row's values that are fresh, and the last cuff reading of the past half hour."""
        found = (self._values[ref] for ref in ROW_REFS if ref in self._values)
        return tuple(value for value in found if now_ns - value.t_ns <= self._keeps_ns(value.ref))

    def _keeps_ns(self, ref: str) -> int:
        if ref in CUFF_REFS or ref in {mdc.TEMP_BODY.ref, mdc.BATTERY.ref}:
            return CUFF_FRESH_NS
        return max(FRESH_NS, int(1.5e9 * self._periods_s[ref]))

    def speaks(self, now_ns: int) -> bool:
        """Whether a person could compare what it shows with the device's own screen."""
        values = (value for value in self.values(now_ns) if value.ref != mdc.BATTERY.ref)
        return any(isinstance(value.reading, Measured) for value in values)

    def wave(self) -> tuple[str, tuple[float | None, ...]]:
        """The last seconds of the most telling wave: its reference id, and heights from 0 to 1."""
        ref = next((ref for ref in WAVE_REFS if ref in self._waves), "")
        return (ref, scaled(self._waves[ref])) if ref else ("", ())


def scaled(samples: deque[int]) -> tuple[float | None, ...]:
    """About WAVE_POINTS heights; each step takes its middle sample, enough for so small a curve."""
    step = max(1, len(samples) // WAVE_POINTS)
    kept = list(samples)[step // 2 :: step]
    known = [sample for sample in kept if sample != NO_SAMPLE]
    if not known:
        return ()
    low, span = min(known), max(known) - min(known) or 1
    return tuple(None if sample == NO_SAMPLE else (sample - low) / span for sample in kept)
