"""Tells the record what the music did, each with the hash of the file that was played.

A file that the playlist does not pin is hashed while its beginning already sounds; what is told of it waits
for that, and everything after it waits too, so that the record keeps the order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kapmonitor.commands import ReportMusic
from playlists.model import Place

LONGEST_NS: Final = 10_000_000_000

Report = Callable[[ReportMusic], object]
Fingerprint = Callable[[Place], str | None]


class Teller:
    """Passes reports on in their order. `fingerprint` answers None while a file is being read."""

    def __init__(self, report: Report, fingerprint: Fingerprint) -> None:
        self._report = report
        self._fingerprint = fingerprint
        self._known: dict[Place, str] = {}
        self._waiting: deque[tuple[ReportMusic, Place | None]] = deque()
        self._since_ns = 0

    def tell(self, report: ReportMusic, place: Place | None) -> None:
        """Pass this on, now if its file is known or will not be."""
        self._waiting.append((report, place))
        while self._waiting and self._is_known(self._waiting[0][1]):
            self._pass_one()

    def pass_on(self, real_ns: int) -> None:
        """Pass on what can be; nothing waits longer than LONGEST_NS."""
        while self._waiting and self._is_known(self._waiting[0][1]):
            self._pass_one()
            self._since_ns = real_ns
        if not self._waiting:
            self._since_ns = real_ns
        elif real_ns - self._since_ns > LONGEST_NS:
            self.close()

    def close(self) -> None:
        """Pass on everything as it is known now."""
        while self._waiting:
            self._pass_one()

    def _is_known(self, place: Place | None) -> bool:
        if place is None:
            return True
        found = self._fingerprint(place)
        if found:
            self._known[place] = found
        return found is not None

    def _pass_one(self) -> None:
        report, place = self._waiting.popleft()
        sha256 = self._known.get(place, "") if place is not None else ""
        if sha256:
            report = replace(report, music=replace(report.music, track=f"sha256:{sha256}"))
        self._report(report)
