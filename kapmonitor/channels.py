"""The numbers under which the metrics of devices stand in a record; each is described once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kapmonitor.model import Metric
from kapmonitor.session.events import ChannelDescribed


class Channels:
    """Owned by the engine. `earlier` are those that the record already has."""

    def __init__(self, earlier: Iterable[ChannelDescribed] = ()) -> None:
        self._numbers: dict[tuple[str, Metric], int] = {}
        self._described = {replace(channel, channel=0): channel.channel for channel in earlier}
        self._last = max(self._described.values(), default=0)

    def number(self, device: str, metric: Metric) -> tuple[int, ChannelDescribed | None]:
        """The metric's number; with its description where it is a new one, which comes before its data."""
        key = (device, metric)
        known = self._numbers.get(key)
        if known is not None:
            return known, None
        described = _description(device, metric)
        earlier = self._described.get(described)
        if earlier is not None:
            self._numbers[key] = earlier
            return earlier, None
        self._last += 1
        self._numbers[key] = self._last
        return self._last, replace(described, channel=self._last)


def _description(device: str, metric: Metric) -> ChannelDescribed:
    return ChannelDescribed(
        channel=0,
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
