"""The port through which the dashboard sees data: rings while live, the record in review."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kapmonitor.model import ChannelKey, Columns, CuffReading


class Role(StrEnum):
    """What a number means on the dashboard, whichever device it comes from."""

    HR = "hr"
    SPO2 = "spo2"
    NIBP_SYS = "nibp-sys"
    NIBP_DIA = "nibp-dia"
    NIBP_MEAN = "nibp-mean"


class SignalView(Protocol):
    """Answers in pixel columns, gaps as NaN; safe to call from the GUI thread."""

    def span(self) -> tuple[int, int]:
        """First and last t_ns that hold data; equal if there is none."""
        ...

    def trend(self, role: Role, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Minimum and maximum of a numeric in each of `width` columns."""
        ...

    def wave(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Minimum and maximum of a wave in each of `width` columns, in the wave's unit."""
        ...

    def cuffs(self, t0_ns: int, t1_ns: int) -> tuple[CuffReading, ...]:
        """Cuff determinations and failures in a span, oldest first."""
        ...


class WaveTap(Protocol):
    """One wave at full rate, for the sweep. Sample numbers grow with time; in replay they may jump back."""

    fs: float
    resolution: float
    offset: float

    def head(self) -> int:
        """The number of the next sample to come."""
        ...

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        """Samples start..stop-1, shape (stop - start,), NO_SAMPLE where there is none or no longer any."""
        ...
