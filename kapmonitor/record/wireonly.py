"""A recorder that keeps what crossed the wires, and nothing that was made of it."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Final

from kapmonitor.record.items import DataRow, NumericRow, Recorder, RecordStatus, WaveSlice
from kapmonitor.session.events import (
    AlarmAcknowledged,
    AlarmChanged,
    AlertEvent,
    BaselineSet,
    ChannelDescribed,
    ConditionSensed,
    CuffEvent,
    CuffPlan,
    DeviceClock,
    InputLate,
    LimitsChanged,
    LimitsSet,
    RuleDisabled,
    RuleEnabled,
    SourceShown,
    Stamped,
)

DECODED: Final = (
    ChannelDescribed,
    AlertEvent,
    CuffEvent,
    CuffPlan,
    DeviceClock,
    SourceShown,
    LimitsSet,
    LimitsChanged,
    RuleDisabled,
    RuleEnabled,
    BaselineSet,
    ConditionSensed,
    InputLate,
    AlarmChanged,
    AlarmAcknowledged,
)
"""What a driver made of the bytes, and what alarms made of that."""


class WireOnly:
    """Passes on bytes, links, faults, identities, notes and what was asked of a cuff (a Recorder)."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def put(self, row: Stamped | DataRow) -> None:
        """Keep this if it is no number, wave or alarm."""
        if not _decoded(row):
            self._recorder.put(row)

    def put_durable(self, row: Stamped) -> Future[int]:
        """The same; resolves with 0 for what is not kept."""
        if not _decoded(row):
            return self._recorder.put_durable(row)
        future: Future[int] = Future()
        future.set_result(0)
        return future

    def status(self) -> RecordStatus:
        return self._recorder.status()


def _decoded(row: Stamped | DataRow) -> bool:
    if isinstance(row, Stamped):
        return isinstance(row.event, DECODED)
    return isinstance(row, NumericRow | WaveSlice)
