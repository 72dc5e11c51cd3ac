"""What the engine knows of each device: its link, its alerts, its faults."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kapmonitor.identity import Bound
from kapmonitor.model import AlertKind, CuffState, Fault, LinkChanged, LinkState, NibpFailure
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
