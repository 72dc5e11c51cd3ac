"""Which cuffs nobody took or explained; asks the port."""

from __future__ import annotations

from kapmonitor.protocol.cuffdues import PastDue, past_dues, unexplained
from kapmonitor.protocol.recorded import recorded
from kapmonitor.snapshot import Snapshot
from ui.ports import SessionPort


def dues(port: SessionPort, snapshot: Snapshot, now_ns: int) -> tuple[PastDue, ...]:
    """All that were due since the first dose."""
    session = snapshot.session
    if session.dose_t_ns is None:
        return ()
    cuffs = port.view().cuffs(session.dose_t_ns, now_ns)
    return past_dues(recorded(session), session, cuffs, now_ns)


def owed(port: SessionPort, snapshot: Snapshot, now_ns: int) -> tuple[int, ...]:
    """The times of those that nobody explained, oldest first."""
    return tuple(due.t_ns for due in unexplained(dues(port, snapshot, now_ns)))
