"""One device that is listened to: what it says goes to its preview, and to the session once it is adopted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final, Protocol

from devices.address import DeviceAddress
from devices.ports import Port
from devices.protocol import DriverSpec
from devices.sink import DeviceSink
from kapmonitor.clock import Clock
from kapmonitor.cuffs import CuffPump
from kapmonitor.members import Member, can_start_cuff, label_of
from kapmonitor.model import (
    AlertKind,
    DeviceAlert,
    DeviceEvent,
    LinkChanged,
    LinkProblem,
    LinkState,
    WireChunk,
)
from kapmonitor.nearby import NearbyDevice, NearbyState
from kapmonitor.preview import Preview, offers
from kapmonitor.view import Role

CONTINUOUS: Final = frozenset({Role.HR, Role.SPO2})


class DevicePump(Protocol):
    """What keeps a device connected until it is cancelled."""

    async def run(self) -> None:
        """Until cancelled."""
        ...

    def woke(self, now_ns: int) -> None:
        """The computer was asleep until now."""
        ...


class Attached:
    """A device with a link. Lives on the core thread; a DeviceSink for its own pump.

    `where` is what people call the place it is at. `spec` is None until it is known what it is.
    """

    def __init__(
        self,
        key: str,
        where: str,
        clock: Clock,
        offset_min: int,
        audience: DeviceSink,
        spec: DriverSpec | None,
    ) -> None:
        self.key = key
        self.where = where
        self.spec = spec
        self.address: DeviceAddress | None = None
        self.port: Port | None = None
        self.member: Member | None = None
        self.hint = ""
        self.strength_dbm: int | None = None
        self.preview = Preview(offset_min)
        self.pump: DevicePump | None = None
        self.task: asyncio.Task[None] | None = None
        self.was_live = False
        self._clock = clock
        self._audience = audience

    # What its pump says (devices.sink.DeviceSink)

    def on_event(self, device: str, event: DeviceEvent) -> None:
        self.preview.on_event(event, self._clock.utc_ns())
        if self.member is not None:
            self._audience.on_event(self.member.id, event)

    def on_link(self, device: str, change: LinkChanged) -> None:
        self.preview.on_link(change)
        self.was_live = self.was_live or change.state is LinkState.LIVE
        if self.member is not None:
            self._audience.on_link(self.member.id, change)

    def on_wire(self, device: str, chunk: WireChunk) -> None:
        """What a device sends that belongs to nobody yet is in no record."""
        if self.member is not None:
            self._audience.on_wire(self.member.id, chunk)

    # What becomes of it

    def join(self, member: Member) -> None:
        """It is in the session from now on; the session hears how it is."""
        self.member = member
        now_ns = self._clock.now_ns()
        if self.preview.link is not None:
            self._audience.on_link(member.id, replace(self.preview.link, t_ns=now_ns))
        if self.preview.identity is not None:
            self._audience.on_event(member.id, replace(self.preview.identity, t_ns=now_ns))
        for kind in sorted(self.preview.alerts):
            self._audience.on_event(member.id, DeviceAlert(AlertKind(kind), True, now_ns))

    def cuff_pump(self) -> CuffPump | None:
        """What sends to its cuff, if it has one that the host can start."""
        pump: object = self.pump
        startable = self.spec is not None and can_start_cuff(self.spec)
        return pump if startable and isinstance(pump, CuffPump) else None

    def adoptable(self, now_ns: int) -> bool:
        """Whether a person can say that it is this patient's.

        An oximeter or strap must show a value to be compared with its own screen; a cuff, which has one only
        after a measurement, must have answered.
        """
        if self.spec is None or self.member is not None:
            return False
        if CONTINUOUS & set(offers(self.spec.metrics)):
            return self.preview.speaks(now_ns)
        return self.was_live

    def row(self, now_ns: int) -> NearbyDevice:
        """Its row in the device dialog, as far as the device alone decides."""
        link, identity = self.preview.link, self.preview.identity
        model = (
            " ".join(filter(None, (identity.manufacturer, identity.model))) if identity is not None else ""
        )
        ref, wave = self.preview.wave()
        return replace(
            row_of(self.key, self.where, self.spec),
            state=self._state(now_ns),
            name=self.label,
            model=model,
            serial=identity.serial if identity is not None else "",
            values=self.preview.values(now_ns),
            wave=wave,
            wave_ref=ref,
            alerts=tuple(sorted(self.preview.alerts)),
            problem=link.problem if link is not None else LinkProblem.NONE,
            detail=(link.detail if link is not None else "") or self.hint,
            clock=self.preview.drift.report(),
            strength_dbm=self.strength_dbm,
            device=self.member.id if self.member is not None else "",
            adoptable=self.adoptable(now_ns),
        )

    @property
    def name(self) -> str:
        """What the log calls it."""
        return self.member.id if self.member is not None else self.where

    @property
    def label(self) -> str:
        """What a nurse calls it; empty while it is not known what it is."""
        if self.member is not None:
            return self.member.label
        return label_of(self.spec) if self.spec is not None else ""

    def _state(self, now_ns: int) -> NearbyState:
        link = self.preview.link
        state = link.state if link is not None else LinkState.OFF
        if self.member is not None:
            waits = link is not None and link.problem in {LinkProblem.NONE, LinkProblem.ENDED}
            here = state is LinkState.LIVE or (waits and self.was_live)
            return NearbyState.ADOPTED if here else NearbyState.LOST
        if self.pump is None:
            return NearbyState.IN_RANGE
        if self.preview.speaks(now_ns):
            return NearbyState.SPEAKING
        if link is not None and link.problem not in {LinkProblem.NONE, LinkProblem.ENDED}:
            return NearbyState.TROUBLE
        return NearbyState.SEARCHING if self.spec is None else NearbyState.LISTENING


def row_of(key: str, where: str, spec: DriverSpec | None) -> NearbyDevice:
    """The row of a device that is only known to be there, with what its driver says of itself."""
    if spec is None:
        return NearbyDevice(key, NearbyState.IN_RANGE, "", where)
    evidence = spec.evidence
    return NearbyDevice(
        key,
        NearbyState.IN_RANGE,
        label_of(spec),
        where,
        driver=spec.id,
        driver_label=spec.label,
        beta=spec.beta,
        evidence=(*evidence.captures, *evidence.vectors, *evidence.documents),
        gives=tuple(metric.label for metric in spec.metrics),
        offers=offers(spec.metrics),
    )
