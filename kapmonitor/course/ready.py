"""When the person was ready to leave: by the signed form, else by the record's own checks; pure."""

from __future__ import annotations

from collections.abc import Sequence

from kapmonitor.leaving import checks, ready_since
from kapmonitor.leavingfacts import Facts
from kapmonitor.model import CuffReading, Measured
from kapmonitor.picture import DEFAULT_INTERVAL_S
from kapmonitor.protocol.form import FieldKind, Moment
from kapmonitor.protocol.recorded import recorded
from kapmonitor.reviewframes import Frame
from kapmonitor.session.events import Route
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import CuffTile, Snapshot
from kapmonitor.tiles import cuff_freshness


def signed_ready_ns(state: SessionState) -> int | None:
    """The moment that the form names as it was signed; None where it names none."""
    protocol = recorded(state)
    if protocol is None or protocol.form is None:
        return None
    for field in (field for section in protocol.form.sections for field in section.fields):
        entry = state.care.filled(field.id)
        counts = field.kind is FieldKind.MINUTES and field.ends is Moment.READY
        if counts and entry is not None and len(entry.readings) > 1:
            return entry.readings[1]
    return None


def ready_ns(frame: Frame, cuffs: Sequence[CuffReading], now_ns: int) -> int | None:
    """When all was met but the times to wait, by what was known at `now_ns`; None where that is not known."""
    protocol, doses = recorded(frame.session), frame.session.doses
    if protocol is None or not doses:
        return None
    last = doses[-1].route
    back = protocol.pressure_for(Route(last) if last in set(Route) else None).back_within_mmhg
    known = [cuff for cuff in cuffs if cuff.t_ns <= now_ns]
    facts = Facts(_snapshot(frame, known, now_ns), known, back, now_ns)
    return ready_since(checks(protocol.leaving, protocol.observe_at_least_min, facts))


def _snapshot(frame: Frame, cuffs: Sequence[CuffReading], now_ns: int) -> Snapshot:
    plan = frame.session.cuff_plan
    interval_s = plan.interval_s if plan is not None and plan.interval_s else DEFAULT_INTERVAL_S
    measured = [cuff for cuff in cuffs if isinstance(cuff.systolic, Measured) and not cuff.stored]
    last = max(measured, key=lambda cuff: cuff.t_ns, default=None)
    return Snapshot(
        t_ns=now_ns,
        session=frame.session,
        alarms=frame.alarms,
        baseline=frame.baseline,
        nibp=CuffTile(last=last, freshness=cuff_freshness(last, interval_s, now_ns)),
    )
