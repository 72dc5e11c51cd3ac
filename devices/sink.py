"""Where device tasks deliver; implemented by the station, faked in tests."""

from __future__ import annotations

from typing import Protocol

from kapmonitor.model import DeviceEvent, LinkChanged, WireChunk


class DeviceSink(Protocol):
    """Called on the core thread only, in the order in which things happened."""

    def on_event(self, device: str, event: DeviceEvent) -> None:
        """The driver made something of the bytes."""
        ...

    def on_link(self, device: str, change: LinkChanged) -> None:
        """The link changed state."""
        ...

    def on_wire(self, device: str, chunk: WireChunk) -> None:
        """Bytes went in or out; called before the events made of them."""
        ...
