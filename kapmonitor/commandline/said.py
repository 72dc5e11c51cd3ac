"""What one device says while it is checked: its bytes, its newest values, how its link is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from devices.recognise import Chunk
from kapmonitor.model import (
    AlertKind,
    CuffChanged,
    CuffFailed,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Direction,
    Fault,
    LinkChanged,
    LinkProblem,
    LinkState,
    Measured,
    Metric,
    Observation,
    WaveformBlock,
    WireChunk,
)

KEPT_BYTES: Final = 12_288
UNITS: Final = {"mm[Hg]": " mmHg", "Cel": " °C", "1": "", "%": " %"}


class Said:
    """A DeviceSink that keeps what a person wants to see, and the first bytes for the diagnosis."""

    def __init__(self) -> None:
        self.link = LinkChanged(LinkState.OFF, 0)
        self.was_live = False
        self.chunks: list[Chunk] = []
        self.sent = b""
        self.size = self.faults = self.events = 0
        self.identity = DeviceIdentified(0)
        self.values: dict[str, Observation] = {}
        self.waves: dict[str, int] = {}
        self.alerts: dict[AlertKind, None] = {}
        self.cuff = ""

    @property
    def data(self) -> bytes:
        """The first bytes that came."""
        return b"".join(data for _, data in self.chunks)

    def on_link(self, _device: str, change: LinkChanged) -> None:
        if change.state is not LinkState.OFF:  # that is only our own leaving
            self.link = change
        self.was_live = self.was_live or change.state is LinkState.LIVE

    def on_wire(self, _device: str, chunk: WireChunk) -> None:
        if chunk.direction is Direction.OUT:
            self.sent = (self.sent + chunk.data)[-KEPT_BYTES:]
            return
        self.size += len(chunk.data)
        if len(self.data) < KEPT_BYTES:
            self.chunks.append((chunk.t_ns, chunk.data))

    def on_event(self, _device: str, event: DeviceEvent) -> None:
        self.events += not isinstance(event, Fault)
        match event:
            case Fault():
                self.faults += 1
            case Observation():
                self.values[event.metric.ref] = event
            case WaveformBlock():
                self.waves[event.metric.label] = self.waves.get(event.metric.label, 0) + len(event.samples)
            case DeviceIdentified():
                self.identity = event
            case CuffChanged():
                self.cuff = f"cuff {event.state.value}"
            case CuffFailed():
                self.cuff = f"cuff failed: {event.failure.value}"
            case DeviceAlert(present=True):
                self.alerts[event.kind] = None
            case DeviceAlert():
                self.alerts.pop(event.kind, None)

    def line(self) -> str:
        """The second that just passed, in one line; waves are counted anew after it."""
        parts = [value_words(event) for event in self.values.values()]
        parts += [f"{label} {count} samples" for label, count in self.waves.items()]
        parts += [alert.value.replace("-", " ") for alert in self.alerts]
        parts += [self.cuff] * bool(self.cuff)
        self.waves.clear()
        return "  ".join([link_words(self.link), *parts])


def value_words(event: Observation) -> str:
    """`SpO2 97 %`, `SpO2 ---`; a reading of before is marked."""
    stored = " (stored)" if event.stored else ""
    if not isinstance(event.reading, Measured):
        return f"{event.metric.label} ---{stored}"
    return f"{event.metric.label} {event.reading.value:g}{unit_words(event.metric)}{stored}"


def unit_words(metric: Metric) -> str:
    """The unit behind a number, with the space that belongs before it."""
    return UNITS.get(metric.unit, f" {metric.unit}")


def link_words(change: LinkChanged) -> str:
    """How the link is, in a word or two."""
    match change.state:
        case LinkState.STALE:
            return "garbled" if change.problem is LinkProblem.GARBLED else "silent"
        case LinkState.WAITING:
            return f"not connected ({change.problem.value})"
        case _:
            return f"{change.state.value} ({change.detail})" if change.detail else change.state.value


def values_json(said: Said) -> dict[str, float | None]:
    """The newest value of each metric by its reference id."""
    return {
        ref: event.reading.value if isinstance(event.reading, Measured) else None
        for ref, event in said.values.items()
    }


def first_bytes(data: bytes, most: int = 24) -> Sequence[str]:
    """The first bytes as hexadecimal numbers."""
    return [f"{byte:02x}" for byte in data[:most]]
