"""Closes a session with a sign-off: the PIN, what goes on record, the end of the session, the signature.

Everything here blocks, and runs on a thread of its own. A wrong PIN leaves the session running as it was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from kapmonitor.commands import Chart
from kapmonitor.errors import ConfigError, KapError, PinRefused
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.signature import Signer
from kapmonitor.people.user import About
from kapmonitor.record.sign import Outside, Signed, sign
from kapmonitor.session.care_events import CareEvent
from kapmonitor.session.keys_events import KeysEvent, PinTried
from kapmonitor.signoff import Closed, Kept, SignOff, Stage
from kapmonitor.station import Station

ON_DISK_S: Final = 30.0
"""How long what is signed may take to be on disk."""
SIGNED_OFF: Final = "signed-off"
PURPOSE: Final = "sign-off"


class Closing:
    """One session's end. `people` are those who may sign, `trouble` says why they are not known."""

    def __init__(self, station: Station, book: PeopleBook, utc_ns: Callable[[], int] = time.time_ns) -> None:
        self._station = station
        self._book = book
        self._utc_ns = utc_ns
        self._signer: Signer | None = None
        self._off: SignOff | None = None
        self._thread = ThreadPoolExecutor(1, "kap-closing")
        self.people: tuple[About, ...] = ()
        self.trouble = ""
        try:
            self.people = tuple(user.about for user in book.staff().users if not user.off)
        except ConfigError as why:
            self.trouble = str(why)

    def sign_off(self, off: SignOff, pin: str, events: Sequence[CareEvent]) -> Future[None]:
        """Look at the PIN, then put `events` and the sign-off on record; KapError changes nothing else."""
        return self._thread.submit(self._sign_off, off, pin, tuple(events))

    def close(self, told: Callable[[Stage], None]) -> Future[Closed]:
        """End the session that was signed off, and sign its record; `told` is called on another thread."""
        return self._thread.submit(self._close, told)

    def end(self, reason: str) -> None:
        """Wait for what is under way, and end the session if it has not ended."""
        self._thread.shutdown()
        self._station.stop(reason)

    def _sign_off(self, off: SignOff, pin: str, events: tuple[CareEvent, ...]) -> None:
        signer = self._unlock(off, pin) if off.user else None
        for event in (*events, off.event):
            self._chart(event)
        self._signer, self._off = signer, off

    def _unlock(self, off: SignOff, pin: str) -> Signer:
        """Each try is on record, like those for anything else."""
        try:
            signer = self._book.unlock(off.user, pin, self._utc_ns())
        except PinRefused:
            self._chart(PinTried(self._initials(off), PURPOSE, right=False))
            raise
        self._chart(PinTried(self._initials(off), PURPOSE, right=True))
        return signer

    def _initials(self, off: SignOff) -> str:
        return next((about.initials for about in self.people if about.id == off.user), off.user)

    def _chart(self, event: CareEvent | KeysEvent) -> None:
        self._station.submit(Chart(self._station.clock.now_ns(), event)).result(ON_DISK_S)

    def _close(self, told: Callable[[Stage], None]) -> Closed:
        if self._off is None:
            raise RuntimeError("a session is signed off before it is closed")
        told(Stage.CLOSING)
        signed: Signed | None = None
        problem = ""
        try:
            self._station.stop(SIGNED_OFF)
            if self._signer is not None:
                told(Stage.SIGNING)
                signed = self._sign(self._signer, self._off)
                told(Stage.COPYING)
                self._station.copies.keep_last()
        except KapError as why:
            problem = str(why)
        return self._closed(self._off, signed, problem)

    def _sign(self, signer: Signer, off: SignOff) -> Signed:
        outside = Outside(self._book.staff(), self._station.plan.ledger)
        return sign(self._station.record_path, signer, off.meaning, self._utc_ns(), outside)

    def _closed(self, off: SignOff, signed: Signed | None, problem: str) -> Closed:
        station = self._station
        seq, hash_ = (signed.seq, signed.hash) if signed is not None else station.head
        folder = station.copies.folder
        heads = tuple(Kept(str(where), why) for where, why in station.heads.problems.items())
        return Closed(
            session=station.heads.session,
            record=str(station.record_path),
            head_seq=seq,
            head_hash=hash_,
            off=off,
            signed=signed is not None,
            heads=heads,
            copy=None if folder is None else Kept(str(folder), station.copies.problem or ""),
            problem=problem or "; ".join(signed.problems if signed is not None else ()),
        )
