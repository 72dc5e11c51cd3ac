"""The numbers under which the metrics of devices stand in a record; each is described once."""

from __future__ import annotations

from kapmonitor.model import Metric
from kapmonitor.session.events import ChannelDescribed


class Channels:
    """Owned by the engine."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, Metric], int] = {}

    def number(self, device: str, metric: Metric) -> tuple[int, ChannelDescribed | None]:
        """The metric's number; with its description where it is a new one, which comes before its data."""
        key = (device, metric)
        known = self._numbers.get(key)
        if known is not None:
            return known, None
        number = len(self._numbers) + 1
        self._numbers[key] = number
        return number, ChannelDescribed(
            channel=number,
            device=device,
            ref=metric.ref,
            code=metric.term.code,
            label=metric.label,
            unit=metric.unit,
            fs=metric.fs or 0.0,
            resolution=metric.resolution,
            offset=metric.offset,
            period_s=metric.period_s,
        )
