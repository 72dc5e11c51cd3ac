"""The two clocks by which a sleep of the computer shows; see devices.sleep."""

from __future__ import annotations

import time


def sleep_clocks() -> tuple[int, int]:
    """Monotonic nanoseconds, and those of a clock that goes on while the computer sleeps.

    That is the wall clock on systems that have nothing better.
    """
    boot_clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux
    if boot_clock is None:
        return time.monotonic_ns(), time.time_ns()
    return time.monotonic_ns(), time.clock_gettime_ns(boot_clock)
