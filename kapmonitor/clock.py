"""The one clock of a session: monotonic nanoseconds, with UTC only as an annotation."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol


class Clock(Protocol):
    """Where times come from; every part is handed one, none reads the system's."""

    def now_ns(self) -> int:
        """Monotonic nanoseconds; never goes back."""
        ...

    def utc_ns(self) -> int:
        """Nanoseconds since 1970 in UTC, for annotation only."""
        ...

    def real_delay_s(self, delay_ns: int) -> float:
        """How many seconds of real waiting a delay on this clock takes."""
        ...


class SystemClock:
    """The computer's own monotonic clock."""

    def now_ns(self) -> int:
        return time.monotonic_ns()

    def utc_ns(self) -> int:
        return time.time_ns()

    def real_delay_s(self, delay_ns: int) -> float:
        return max(0.0, delay_ns / 1e9)


class LaterClock:
    """The computer's clock, moved so that a session that was interrupted goes on in its own time."""

    def __init__(self, shift_ns: int) -> None:
        self._shift_ns = shift_ns

    def now_ns(self) -> int:
        return time.monotonic_ns() + self._shift_ns

    def utc_ns(self) -> int:
        return time.time_ns()

    def real_delay_s(self, delay_ns: int) -> float:
        return max(0.0, delay_ns / 1e9)


SAME_NS: Final = 2_000_000_000
LEAST_GAP_NS: Final = 1_000_000


def later_clock(last_t_ns: int, last_utc_ns: int, last_waking_ns: int | None = None) -> LaterClock:
    """A clock for a session whose newest time is `last_t_ns`, at that time of day.

    `last_waking_ns` is what waking_ns() was then; None if the computer was started anew since, or if nobody
    knows. It tells how long the interruption was, whatever became of the time of day. Without it the
    monotonic clock is believed if it agrees with the time of day, and otherwise the time of day alone.
    """
    monotonic_ns = time.monotonic_ns()
    if last_waking_ns is not None:
        gap_ns = max(waking_ns() - last_waking_ns, LEAST_GAP_NS)
        return LaterClock(last_t_ns + gap_ns - monotonic_ns)
    by_clock_ns, by_day_ns = monotonic_ns - last_t_ns, time.time_ns() - last_utc_ns
    if by_clock_ns >= LEAST_GAP_NS and abs(by_clock_ns - by_day_ns) <= SAME_NS:
        return LaterClock(0)
    return LaterClock(last_t_ns + max(by_day_ns, LEAST_GAP_NS) - monotonic_ns)


def utc_text(utc_ns: int) -> str:
    """A time of day as 2026-01-31T09:30:00Z; of one that no calendar holds, its nanoseconds."""
    try:
        return datetime.fromtimestamp(utc_ns // 1_000_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{utc_ns} ns"


def waking_ns() -> int:
    """Nanoseconds of a clock that also runs while the computer sleeps; the wall clock where there is none."""
    boottime = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time_ns() if boottime is None else time.clock_gettime_ns(boottime)


def boot_id() -> str:
    """Which start of the computer this is; empty on a system that does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


class ManualClock:
    """A clock that stands until it is moved; for fast-forward, reruns and tests."""

    def __init__(self, t_ns: int = 0, utc_ns: int = 0) -> None:
        self._t_ns = t_ns
        self._utc_minus_t_ns = utc_ns - t_ns

    def now_ns(self) -> int:
        return self._t_ns

    def utc_ns(self) -> int:
        return self._t_ns + self._utc_minus_t_ns

    def real_delay_s(self, delay_ns: int) -> float:
        return max(0.0, delay_ns / 1e9)

    def move_to(self, t_ns: int) -> None:
        """Advance to `t_ns`; a time in the past is ignored, as the clock never goes back."""
        self._t_ns = max(self._t_ns, t_ns)


class ScaledClock:
    """A clock that runs `speed` times as fast as the computer's, from a given instant on; for the demo."""

    def __init__(self, speed: float, t_ns: int, utc_ns: int) -> None:
        self._speed = speed
        self._t0_ns = t_ns
        self._utc0_ns = utc_ns
        self._real0_ns = time.monotonic_ns()

    def now_ns(self) -> int:
        return self._t0_ns + int((time.monotonic_ns() - self._real0_ns) * self._speed)

    def utc_ns(self) -> int:
        return self._utc0_ns + self.now_ns() - self._t0_ns

    def real_delay_s(self, delay_ns: int) -> float:
        return max(0.0, delay_ns / 1e9 / self._speed)
