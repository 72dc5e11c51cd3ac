"""How far a device's own clock is from the time of day here, and how fast it drifts; pure.

A device's time is local and without zone, mostly in whole seconds, and the reading is on its way for a while;
so the offset is the median of what was seen, and a drift is told only over a stretch long enough to see it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Final

READINGS: Final = 30
"""So many of the newest readings make the present offset."""
LEAST_READINGS: Final = 3
LEAST_SPAN_NS: Final = 300_000_000_000
"""Over less than five minutes, whole seconds hide any drift worth telling."""
SECOND_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class ClockReport:
    """A device's clock: seconds ahead of here (negative: slow), and how fast that grows, None if unknown."""

    ahead_s: float
    drift_ppm: float | None = None


class DriftMeter:
    """One device's clock against ours. `offset_min` is how far local time is from UTC."""

    def __init__(self, offset_min: int) -> None:
        self._offset_ns = offset_min * 60 * SECOND_NS
        self._recent: deque[tuple[int, float]] = deque(maxlen=READINGS)
        self._first: tuple[int, float] | None = None
        self._seen = ""

    def add(self, device_time: str, t_ns: int, utc_ns: int) -> None:
        """A reading taken just now; one without a usable time, or with one already seen, is passed over.

        `t_ns` and `utc_ns` are the arrival on the session's clock and in UTC.
        """
        said_ns = _utc_ns(device_time)
        if said_ns is None or device_time == self._seen:
            return
        self._seen = device_time
        self._recent.append((t_ns, (said_ns - utc_ns - self._offset_ns) / SECOND_NS))
        if self._first is None and len(self._recent) == LEAST_READINGS:
            self._first = (self._recent[0][0], median(ahead for _, ahead in self._recent))

    def report(self) -> ClockReport | None:
        """What is known now; None while too few readings came."""
        if self._first is None:
            return None
        ahead_s = median(ahead for _, ahead in self._recent)
        middle_ns = self._recent[len(self._recent) // 2][0]
        span_ns = middle_ns - self._first[0]
        if span_ns < LEAST_SPAN_NS:
            return ClockReport(ahead_s)
        return ClockReport(ahead_s, (ahead_s - self._first[1]) / (span_ns / SECOND_NS) * 1e6)

    def restart(self) -> None:
        """The device's clock was set, or another device answers."""
        self._recent.clear()
        self._first = None


def _utc_ns(device_time: str) -> int | None:
    """An ISO 8601 time as if it were UTC; None for what is no time."""
    try:
        said = datetime.fromisoformat(device_time)
    except ValueError:
        return None
    return int(said.replace(tzinfo=UTC).timestamp()) * SECOND_NS + said.microsecond * 1000
