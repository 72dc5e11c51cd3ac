"""What the engine knows of each device: its link, its alerts, its faults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from kapmonitor.identity import Bound
from kapmonitor.model import (
    AlertKind,
    CuffReading,
    CuffState,
    DeviceIdentified,
    Fault,
    LinkChanged,
    LinkProblem,
    LinkState,
    NibpFailure,
)
from kapmonitor.session.events import (
    AlertEvent,
    CuffEvent,
    DeviceAdded,
    DeviceAdopted,
    DeviceConfirmed,
    DeviceIdentity,
    DeviceReleased,
    LinkEvent,
    SessionEvent,
    Stamped,
)
from kapmonitor.snapshot import LinkStatus


@dataclass(frozen=True, slots=True)
class FaultTally:
    """Bytes of one kind that became no value since the last report."""

    faults: int
    size: int
    head: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device as the engine sees it."""

    id: str
    label: str
    link: LinkStatus
    was_live: bool = False
    alerts: frozenset[AlertKind] = frozenset()
    cuff: CuffState = CuffState.IDLE
    cuff_failure: NibpFailure | None = None
    faults: tuple[tuple[str, FaultTally], ...] = ()
    bound: Bound = field(default_factory=Bound)
    released: bool = False

    def linked(self, change: LinkChanged) -> DeviceView:
        """After a change of the link."""
        retry = None if change.retry_in_s is None else change.t_ns + int(change.retry_in_s * 1e9)
        link = replace(
            self.link, state=change.state, problem=change.problem, detail=change.detail, retry_t_ns=retry
        )
        live = change.state is LinkState.LIVE
        # What a lost device last said of its sensor is not known to hold any longer.
        alerts = self.alerts if live or change.state is LinkState.STALE else frozenset()
        return replace(self, link=link, was_live=self.was_live or live, alerts=alerts)

    def alerted(self, kind: AlertKind, *, present: bool) -> DeviceView:
        """After the device raised or withdrew an alert."""
        alerts = self.alerts | {kind} if present else self.alerts - {kind}
        return replace(self, alerts=alerts)

    def faulted(self, fault: Fault) -> DeviceView:
        """With one more fault in the tally."""
        tallies = dict(self.faults)
        known = tallies.get(fault.kind.value)
        tallies[fault.kind.value] = (
            FaultTally(known.faults + 1, known.size + fault.size, known.head)
            if known
            else FaultTally(1, fault.size, fault.head)
        )
        return replace(self, faults=tuple(tallies.items()))

    @property
    def changed(self) -> bool:
        """Whether another device answers in its place and nobody has confirmed that one."""
        return self.bound.waiting is not None

    @property
    def speaks_for_person(self) -> bool:
        """Whether its values may be shown and alarmed on."""
        return not self.released and not self.changed

    @property
    def lost(self) -> bool:
        """Whether a device that was there is not."""
        gone = {LinkState.WAITING, LinkState.STALE, LinkState.CONNECTING}
        return self.was_live and not self.released and self.link.state in gone

    def status(self) -> LinkStatus:
        """For the status zone."""
        return replace(self.link, alerts=tuple(sorted(self.alerts)), changed=self.changed)


def recalled(events: Iterable[Stamped], cuffs: Iterable[CuffReading]) -> dict[str, DeviceView]:
    """The devices of a session by id, as its record last told of them."""
    views: dict[str, DeviceView] = {}
    failed_ns: dict[str, int] = {}
    for stamped in events:
        event, t_ns = stamped.event, stamped.t_ns
        if isinstance(event, DeviceAdded):
            views[event.device] = DeviceView(event.device, event.label, LinkStatus(event.device, event.label))
        elif (known := views.get(getattr(event, "device", ""))) is not None:
            views[known.id] = _told(known, event, t_ns)
        if isinstance(event, CuffEvent) and event.failure:
            failed_ns[event.device] = t_ns
    for reading in cuffs:
        measured = reading.failure is None and not reading.stored
        if measured and reading.t_ns > failed_ns.get(reading.device, reading.t_ns):
            views[reading.device] = replace(views[reading.device], cuff_failure=None)
    return views


def _told(view: DeviceView, event: SessionEvent, t_ns: int) -> DeviceView:
    match event:
        case DeviceAdopted():
            return replace(view, bound=Bound(), released=False)
        case DeviceIdentity():
            said = DeviceIdentified(t_ns, event.manufacturer, event.model, event.serial, event.firmware)
            return replace(view, bound=view.bound.heard(said))
        case DeviceConfirmed():
            return replace(view, bound=view.bound.confirmed())
        case DeviceReleased():
            return replace(view, released=True)
        case LinkEvent():
            change = LinkChanged(LinkState(event.state), t_ns, LinkProblem(event.problem), event.detail)
            return view.linked(change)
        case AlertEvent():
            return view.alerted(AlertKind(event.kind), present=event.present)
        case CuffEvent():
            failure = NibpFailure(event.failure) if event.failure else view.cuff_failure
            return replace(view, cuff=CuffState(event.state), cuff_failure=failure)
        case _:
            return view
