"""What goes into a record and comes out of it again."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kapmonitor.model import Direction, Validity
    from kapmonitor.session.events import Stamped


@dataclass(frozen=True, slots=True)
class NumericRow:
    """One numeric of one channel; `value` is None where the device gave none, `raw` what it said instead."""

    t_ns: int
    channel: int
    value: float | None
    validity: Validity
    raw: float | None = None
    device_time: str | None = None
    stored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class WaveSlice:
    """Consecutive int16 samples (n,) of one wave, at most one second; `t0_ns` is the first one's time."""

    t0_ns: int
    channel: int
    fs: float
    samples: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class WireRow:
    """Raw bytes of one device as they crossed the wire."""

    t_ns: int
    device: str
    direction: Direction
    data: bytes
    channel: str = ""


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event as stored: its place in the chain and its hash."""

    seq: int
    stamped: Stamped
    hash: str


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """How the record is doing. `problem` is empty while all is well; `waiting` is what is not yet on disk.

    `moved` is the folder where it goes on since its own disk failed; empty while it is where it began.
    """

    path: str
    waiting: int
    oldest_wait_s: float
    committed_t_ns: int
    problem: str = ""
    moved: str = ""


DataRow = NumericRow | WaveSlice | WireRow


class Recorder(Protocol):
    """Where the engine puts what must be kept; never blocks, never drops."""

    def put(self, row: Stamped | DataRow) -> None:
        """Keep this; it is on disk within half a second."""
        ...

    def put_durable(self, row: Stamped) -> Future[int]:
        """Keep this and resolve with its place in the chain once it is committed."""
        ...

    def status(self) -> RecordStatus:
        """How it is doing now; may be called from any thread."""
        ...
