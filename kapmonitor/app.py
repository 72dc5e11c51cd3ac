"""The desktop program: makes sessions and reviews, and hands them to the Qt side."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from kapmonitor.commands import Command
from kapmonitor.duck import Ducker
from kapmonitor.model import ChannelKey
from kapmonitor.nearby import Nearby
from kapmonitor.snapshot import Snapshot
from kapmonitor.soon import Soon
from kapmonitor.station import Station
from kapmonitor.view import SignalView, WaveTap


class StationPort:
    """A running station as the dashboard sees it (ui.ports.SessionPort and SoundPort)."""

    def __init__(self, station: Station) -> None:
        self._station = station

    def snapshot(self) -> Snapshot:
        return self._station.engine.snapshot

    def view(self) -> SignalView:
        return self._station.engine.view

    def tap(self, key: ChannelKey) -> WaveTap | None:
        return self._station.engine.tap(key)

    def now_ns(self) -> int:
        return self._station.clock.now_ns()

    def nearby(self) -> Nearby:
        return self._station.surroundings.nearby

    def submit(self, command: Command) -> Future[None]:
        return self._station.submit(command)

    def beat(self, idle_s: float) -> None:
        if self._station.sounding is not None:
            self._station.sounding.beat(idle_s)

    def leave(self) -> None:
        if self._station.sounding is not None:
            self._station.sounding.leave()

    def connect_music(self, ducker: Ducker) -> None:
        if self._station.sounding is not None:
            self._station.sounding.connect_music(ducker)

    def music_at(self, output_id: str) -> None:
        if self._station.sounding is not None and output_id:
            self._station.sounding.music = output_id

    def on_samples(self, wake: Callable[[], None]) -> None:
        """Call this, on the core thread, once after each batch of new samples."""
        self._station.engine.on_samples = Soon(wake)
