"""All that a report is made of: the folded session, its readings, and how its times are said. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

import numpy as np

from kapmonitor.columns import blank, nothing
from kapmonitor.errors import RecordDamaged
from kapmonitor.export.source import Source
from kapmonitor.model import Columns, CuffReading
from kapmonitor.protocol.recorded import recorded
from kapmonitor.record.verify import Verdict
from kapmonitor.record.view import RecordView
from kapmonitor.resting import Baseline, baseline_before
from kapmonitor.session.state import SessionState
from kapmonitor.view import Role
from ui import format as fmt
from ui.trends.expected import Band, expected_band

COLUMNS: Final = 800
"""Columns of the trends: as many as their pixels."""
LEAST_NS: Final = 60_000_000_000
"""A trend page shows a minute at least."""
Gap = tuple[int, int]
T = TypeVar("T")
U = TypeVar("U")
TRENDS: Final = (Role.HR, Role.SPO2)
BANDS: Final = (Role.HR, Role.NIBP_SYS, Role.NIBP_DIA)
BAND_POINTS: Final = 240


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """`t0_ns` to `t1_ns` is what the trends show; `lost` when the devices behind them were not there."""

    source: Source
    verdict: Verdict
    state: SessionState
    cuffs: tuple[CuffReading, ...]
    hr: Columns
    spo2: Columns
    t0_ns: int
    t1_ns: int
    lost: tuple[Gap, ...]
    bands: Mapping[Role, Band]
    """What is usual after these doses, by route."""

    @property
    def zero_ns(self) -> int:
        """What times are counted from: the first dose, else the beginning."""
        dose_ns = self.state.dose_t_ns
        return self.source.start_ns if dose_ns is None else dose_ns

    def clock(self, t_ns: int, *, seconds: bool = False) -> str:
        """The time on the room's wall; empty if no calendar holds it."""
        at = self.local(t_ns)
        return "" if at is None else at.strftime("%H:%M:%S" if seconds else "%H:%M")

    def local(self, t_ns: int) -> datetime | None:
        return self.local_of_utc(self.source.wall.utc_ns(t_ns))

    def local_of_utc(self, utc_ns: int) -> datetime | None:
        """None for a time that no calendar holds."""
        offset = timedelta(minutes=self.source.started.utc_offset_min)
        try:
            return datetime.fromtimestamp(utc_ns // fmt.SECOND_NS, UTC) + offset
        except (OverflowError, ValueError, OSError):
            return None

    def tick(self, t_ns: int) -> str:
        """Whole minutes: `T+20` from the dose; without one `20 min` from the beginning.

        What came less than a minute before the dose, and would be `T+0`, is told in seconds: `T−0:30`.
        """
        minutes = round((t_ns - self.zero_ns) / fmt.MINUTE_NS)
        if self.state.dose_t_ns is None:
            return f"{minutes} min"
        if minutes == 0 and t_ns < self.zero_ns:
            return f"T{fmt.MINUS}0:{-(-(self.zero_ns - t_ns) // fmt.SECOND_NS):02d}"
        return fmt.offset_minutes(t_ns, self.zero_ns)

    def minutes(self, t_ns: int) -> str:
        """The same in a column: `+20`; without a dose `20`."""
        return self.tick(t_ns).removeprefix("T").removesuffix(" min")

    def since(self, t_ns: int) -> str:
        """To the second: `T+36:10`; without a dose `00:36:10`."""
        if self.state.dose_t_ns is None:
            return fmt.elapsed(t_ns, self.zero_ns)
        return fmt.offset(t_ns, self.zero_ns)

    def label(self, device: str) -> str:
        """A device as people call it, with the last of its serial number."""
        found = next((each for each in self.state.devices if each.id == device), None)
        if found is None:
            return device
        return " ".join(filter(None, (found.label or device, found.serial[-5:])))


def facts_of(source: Source, verdict: Verdict) -> Facts:
    """Read what the report shows; of a damaged record what can be read, as the verdict says that it is."""
    t0_ns, t1_ns = source.start_ns, max(source.end_ns, source.start_ns + LEAST_NS)
    blank_columns = Columns(t0_ns, t1_ns, nothing(COLUMNS), nothing(COLUMNS))
    hr = spo2 = blank_columns
    cuffs: tuple[CuffReading, ...] = ()
    lost: tuple[Gap, ...] = ()
    state, baseline = source.state(), Baseline()
    view = _readable(partial(RecordView, source.path), None)
    if view is not None:
        with closing(view):
            hr, spo2 = (
                _readable(partial(_trend, view, role, t0_ns, t1_ns), blank_columns) for role in TRENDS
            )
            cuffs = _readable(source.cuffs, cuffs)
            baseline = _readable(partial(baseline_before, view, state.dose_t_ns), baseline)
            keys = {key.device for role in TRENDS if (key := view.key_of(role)) is not None}
            lost = tuple(sorted(gap for device in keys for gap in view.stories.losses(device)))
    bands = _bands(state, baseline, t0_ns, t1_ns)
    return Facts(source, verdict, state, cuffs, hr, spo2, t0_ns, t1_ns, lost, bands)


def _bands(state: SessionState, baseline: Baseline, t0_ns: int, t1_ns: int) -> dict[Role, Band]:
    """For each role with a known course after these doses."""
    grid = np.linspace(t0_ns, t1_ns, BAND_POINTS).astype(np.int64)
    protocol = recorded(state)
    times = np.union1d(grid, np.array([dose.t_ns for dose in state.doses], np.int64))
    found = {role: expected_band(role, state.doses, baseline.value(role), times, protocol) for role in BANDS}
    return {role: band for role, band in found.items() if band is not None}


def _readable(read: Callable[[], T], else_: U) -> T | U:
    """What can be read of a record, perhaps nothing."""
    try:
        return read()
    except RecordDamaged:
        return else_


def _trend(view: RecordView, role: Role, t0_ns: int, t1_ns: int) -> Columns:
    """What the dashboard showed; nothing while it was not known whose values they were."""
    key = view.key_of(role)
    doubts = view.stories.doubts(key.device) if key is not None else ()
    breaks = [(begin_ns, min(end_ns, t1_ns)) for begin_ns, end_ns in doubts]
    return blank(view.trend(role, t0_ns, t1_ns, COLUMNS), breaks)
