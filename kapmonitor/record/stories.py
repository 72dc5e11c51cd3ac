"""What became of each device of a record: lost and back, another one in its place, shown or not; by time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kapmonitor.model import ChannelKey, LinkState
from kapmonitor.session.events import (
    DeviceChanged,
    DeviceConfirmed,
    DeviceReleased,
    LinkEvent,
    SourceShown,
    Stamped,
)
from kapmonitor.view import Role

NEVER_NS: Final = 1 << 62
"""The end of a stretch that has none."""

Stretch = tuple[int, int]


class Stories:
    """Made from all events of a record, in order."""

    def __init__(self, events: Iterable[Stamped]) -> None:
        self._live: set[str] = set()
        self._losses = _Stretches()
        self._doubts = _Stretches()
        self._shown: dict[Role, list[tuple[int, ChannelKey | None]]] = {}
        for stamped in events:
            self._take(stamped)

    def losses(self, device: str) -> tuple[Stretch, ...]:
        """From each loss of its link to its return; after one without return there is nothing to see."""
        return self._losses.ended(device)

    def doubted(self, device: str, t_ns: int) -> bool:
        """Whether at this time another device answered in its place, not confirmed by anybody."""
        return any(begin_ns <= t_ns < end_ns for begin_ns, end_ns in self.doubts(device))

    def doubts(self, device: str) -> tuple[Stretch, ...]:
        """From when until when that was so; the last may have no end."""
        return self._doubts.all(device)

    def shown(self, role: Role) -> tuple[tuple[int, int, ChannelKey], ...]:
        """Which numeric the dashboard showed for a role, from when until when; empty if it never told."""
        told = self._shown.get(role, [])
        ends = (*(t_ns for t_ns, _ in told[1:]), NEVER_NS)
        return tuple(
            (t_ns, end, key) for (t_ns, key), end in zip(told, ends, strict=False) if key is not None
        )

    def _take(self, stamped: Stamped) -> None:
        t_ns, event = stamped.t_ns, stamped.event
        match event:
            case LinkEvent():
                self._link(t_ns, event)
            case DeviceChanged(device):
                self._doubts.begin(device, t_ns)
            case DeviceConfirmed(device) | DeviceReleased(device):
                self._doubts.end(device, t_ns)
            case SourceShown(role, device, ref) if role in set(Role):
                key = ChannelKey(device, ref) if device else None
                self._shown.setdefault(Role(role), []).append((t_ns, key))
            case _:
                return

    def _link(self, t_ns: int, event: LinkEvent) -> None:
        if event.state == LinkState.OFF.value:
            return
        if event.state == LinkState.LIVE.value:
            self._live.add(event.device)
            self._losses.end(event.device, t_ns)
        elif event.device in self._live:
            self._losses.begin(event.device, t_ns)


class _Stretches:
    """Stretches of time of each device, the last of which may still be open."""

    def __init__(self) -> None:
        self._closed: dict[str, tuple[Stretch, ...]] = {}
        self._open: dict[str, int] = {}

    def begin(self, device: str, t_ns: int) -> None:
        self._open.setdefault(device, t_ns)

    def end(self, device: str, t_ns: int) -> None:
        since_ns = self._open.pop(device, None)
        if since_ns is not None:
            self._closed[device] = (*self._closed.get(device, ()), (since_ns, t_ns))

    def ended(self, device: str) -> tuple[Stretch, ...]:
        return self._closed.get(device, ())

    def all(self, device: str) -> tuple[Stretch, ...]:
        """An open one reaches to the end of time."""
        since_ns = self._open.get(device)
        last = () if since_ns is None else ((since_ns, NEVER_NS),)
        return (*self.ended(device), *last)
