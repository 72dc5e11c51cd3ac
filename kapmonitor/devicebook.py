"""The devices of one session as the engine keeps them: who is in, how each is doing, what it said it is.

Every change that belongs in the record is put there by the `emit` that the book was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from kapmonitor import identity
from kapmonitor.errors import CommandRefused
from kapmonitor.identity import Bound
from kapmonitor.links import DeviceView, recalled
from kapmonitor.model import (
    CuffChanged,
    CuffFailed,
    CuffReading,
    CuffState,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    LinkChanged,
    LinkState,
)
from kapmonitor.session.events import (
    AlertEvent,
    CuffEvent,
    DeviceAdded,
    DeviceAdopted,
    DeviceChanged,
    DeviceConfirmed,
    DeviceIdentity,
    DeviceReleased,
    FaultsCounted,
    LinkEvent,
    SessionEvent,
    Stamped,
)
from kapmonitor.snapshot import LinkStatus

UNNAMED: Final = "another device"
"""What answers in place of an adopted device, where it does not say its name."""

Emit = Callable[[SessionEvent, int], None]


class DeviceBook:
    """Owned by the engine. Views are replaced, never mutated."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._views: dict[str, DeviceView] = {}

    @property
    def views(self) -> Mapping[str, DeviceView]:
        """All devices there ever were in the session, by id."""
        return self._views

    def recall(self, events: Iterable[Stamped], cuffs: Iterable[CuffReading]) -> None:
        """The devices of a record that is taken up again; nothing of that is put on record."""
        self._views = recalled(events, cuffs)

    def add(self, added: DeviceAdded, t_ns: int) -> None:
        """A device belongs to the session from now on; one that was taken out may come back."""
        view = DeviceView(added.device, added.label, LinkStatus(added.device, added.label))
        self._views[added.device] = view
        self._emit(added, t_ns)

    def adopt(self, device: str, by: str, known: DeviceIdentified | None) -> DeviceAdopted:
        """Somebody said that the device is on this person; it is bound by what it said it is."""
        self._views[device] = replace(self._views[device], bound=Bound(known))
        model = identity.name(replace(known, serial="", firmware="")) if known else ""
        return DeviceAdopted(device, by, model, known.serial if known else "")

    def confirm(self, device: str, by: str) -> DeviceConfirmed:
        """What answers now is right; CommandRefused if nothing was asked about this device."""
        view = self._views.get(device)
        if view is None or not view.changed:
            raise CommandRefused("confirm", "not-changed")
        self._views[device] = replace(view, bound=view.bound.confirmed())
        return DeviceConfirmed(device, by)

    def release(self, device: str, by: str) -> DeviceReleased:
        """Somebody took the device out of the session; CommandRefused if it is not in it."""
        view = self._views.get(device)
        if view is None or view.released:
            raise CommandRefused("release", "not-adopted")
        self._views[device] = replace(view, released=True)
        return DeviceReleased(device, by)

    def linked(self, device: str, change: LinkChanged) -> bool:
        """A link changed; whether the device was live and is no longer."""
        view = self.view(device, change.t_ns)
        before = view.link
        self._views[device] = view.linked(change)
        after = self._views[device].link
        if (before.state, before.problem) != (after.state, after.problem):
            event = LinkEvent(device, change.state.value, change.problem.value, change.detail)
            self._emit(event, change.t_ns)
        return before.state is LinkState.LIVE and after.state is not LinkState.LIVE

    def identified(self, device: str, said: DeviceIdentified) -> bool:
        """A device said what it is; True if it is not the one that was bound."""
        view = self.view(device, said.t_ns)
        bound = view.bound.heard(said)
        self._views[device] = replace(view, bound=bound)
        self._emit(
            DeviceIdentity(device, said.manufacturer, said.model, said.serial, said.firmware), said.t_ns
        )
        if bound.waiting is None or bound.waiting == view.bound.waiting:
            return False
        before, after = identity.name(bound.known), identity.name(bound.waiting)
        self._emit(DeviceChanged(device, before, after or UNNAMED), said.t_ns)
        return True

    def answers_instead(self, device: str) -> str:
        """What answers in the place of a changed device; empty if it is itself."""
        view = self._views.get(device)
        if view is None or view.bound.waiting is None:
            return ""
        return identity.name(view.bound.waiting) or UNNAMED

    def alerted(self, device: str, alert: DeviceAlert) -> None:
        """A device raised or withdrew a condition of its own."""
        view = self.view(device, alert.t_ns)
        if (alert.kind in view.alerts) == alert.present:
            return
        self._views[device] = view.alerted(alert.kind, present=alert.present)
        self._emit(AlertEvent(device, alert.kind.value, alert.present, alert.detail), alert.t_ns)

    def cuffed(self, device: str, event: CuffChanged | CuffFailed) -> bool:
        """A cuff did something; whether its state changed."""
        view = self.view(device, event.t_ns)
        if isinstance(event, CuffFailed):
            self._views[device] = replace(view, cuff=CuffState.IDLE, cuff_failure=event.failure)
            self._emit(CuffEvent(device, CuffState.IDLE.value, event.failure.value, event.raw), event.t_ns)
            return False
        if view.cuff is event.state:
            return False
        self._views[device] = replace(view, cuff=event.state)
        self._emit(CuffEvent(device, event.state.value), event.t_ns)
        return True

    def cuff_succeeded(self, device: str) -> None:
        """A reading came: an earlier failure is over."""
        self._views[device] = replace(self._views[device], cuff_failure=None)

    def faulted(self, device: str, fault: Fault) -> None:
        """Bytes that became no value."""
        self._views[device] = self.view(device, fault.t_ns).faulted(fault)

    def report_faults(self, now_ns: int) -> None:
        """Put on record how many there were since the last time."""
        for device, view in self._views.items():
            for kind, tally in view.faults:
                self._emit(FaultsCounted(device, kind, tally.faults, tally.size, tally.head), now_ns)
            self._views[device] = replace(view, faults=())

    def view(self, device: str, t_ns: int) -> DeviceView:
        """The device; one that nobody added is added without a name."""
        if device not in self._views:
            self.add(DeviceAdded(device, "", device, ""), t_ns)
        return self._views[device]

    def speaks(self, device: str) -> bool:
        """Whether this device's values may be shown and alarmed on."""
        view = self._views.get(device)
        return view is None or view.speaks_for_person

    def label(self, device: str) -> str:
        """What people call the device."""
        view = self._views.get(device)
        return view.label if view is not None else device
