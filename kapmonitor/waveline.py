"""Where the samples of one wave lie in time: counted, gently steered by arrival times, gaps kept as gaps."""

from __future__ import annotations

from dataclasses import dataclass

STEER = 0.02
"""Share of the arrival error taken over with each block: jitter is averaged out, drift is followed."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a block goes: `missing` samples before it were lost, its first sample is at `t0_ns`."""

    missing: int
    t0_ns: int


class WaveLine:
    """Places the blocks of one wave; times are those of the session's clock."""

    def __init__(self, fs: float, jitter_ns: int) -> None:
        self._period_ns = 1e9 / fs
        self._jitter_ns = jitter_ns
        self._next_ns: float | None = None

    def place(self, samples: int, last_t_ns: int) -> Placed:
        """Where `samples` samples go whose last one arrived at `last_t_ns`."""
        arrived_first_ns = last_t_ns - (samples - 1) * self._period_ns
        if self._next_ns is None:
            return self._restart(samples, arrived_first_ns, 0)
        error_ns = arrived_first_ns - self._next_ns
        if error_ns > self._jitter_ns:
            return self._restart(samples, arrived_first_ns, round(error_ns / self._period_ns))
        if error_ns < -self._jitter_ns:
            # Samples came faster than they can have been taken: a burst after a stall belongs where it ends.
            error_ns = -self._jitter_ns
        first_ns = self._next_ns + error_ns * STEER
        self._next_ns = first_ns + samples * self._period_ns
        return Placed(0, round(first_ns))

    def _restart(self, samples: int, first_ns: float, missing: int) -> Placed:
        self._next_ns = first_ns + samples * self._period_ns
        return Placed(missing, round(first_ns))
