"""What a record shows of a single moment: its waves down to the sample, and what was known at a time.

numpy is named only for type checkers, as in kapmonitor.model.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from kapmonitor.model import Measured, Reading

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kapmonitor.model import ChannelKey, Columns, CuffReading
    from kapmonitor.view import Role


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave that a record holds: its name, its unit (UCUM), its samples per second, its smallest step."""

    key: ChannelKey
    label: str
    unit: str
    fs: float
    resolution: float


@dataclass(frozen=True, slots=True)
class Samples:
    """Single values at rising times, shape (n,), NaN where there was none.

    Two that are further apart than `gap_ns` have a gap between them.
    """

    times: NDArray[np.int64] = field(compare=False)
    values: NDArray[np.float32] = field(compare=False)
    gap_ns: int


@dataclass(frozen=True, slots=True)
class Held:
    """The newest reading at some moment, and when it was made."""

    t_ns: int
    reading: Reading


class CloseUp(Protocol):
    """Answers at once; what is damaged or missing is not there."""

    def waves(self) -> tuple[WaveLine, ...]:
        """The waves there are, in the order in which they appeared."""
        ...

    def columns(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        """Minimum and maximum of a wave in each of `width` columns, in its unit."""
        ...

    def samples(self, key: ChannelKey, t0_ns: int, t1_ns: int) -> Samples:
        """A wave's samples in a span and one beyond each end."""
        ...

    def readings(self, role: Role, t0_ns: int, t1_ns: int) -> Samples:
        """The readings that the dashboard showed for a role in a span, as they came."""
        ...

    def newest(self, role: Role, t_ns: int) -> Held | None:
        """The newest reading that the dashboard could show for a role, None if it had none."""
        ...

    def sample(self, key: ChannelKey, t_ns: int) -> Held | None:
        """The sample of a wave that was the newest one, None in a gap."""
        ...

    def cuff(self, t_ns: int) -> CuffReading | None:
        """The newest determination that gave numbers, taken then and not from a device's memory."""
        ...


def difference(before: Reading | None, after: Reading | None) -> float | None:
    """`after` less `before`; None unless there are two numbers."""
    if isinstance(before, Measured) and isinstance(after, Measured):
        return after.value - before.value
    return None
