"""The thread that owns a record's file while a session runs.

What is put goes to an unbounded inbox and is on disk a quarter of a second later; something durable is
committed at once, and its future resolves only then. While the disk fails, everything is kept in memory and
tried again every second; after half an hour the oldest waves go first, events never. Where there is a second
folder, the record goes on there once its disk has failed for ten seconds.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from kapmonitor.clock import Clock
from kapmonitor.errors import RecordDamaged, RecordError, RecordFull
from kapmonitor.record import schema
from kapmonitor.record.batch import FOLD_NS
from kapmonitor.record.database import ERRORS
from kapmonitor.record.hold import Hold
from kapmonitor.record.items import DataRow, NumericRow, RecordStatus, WaveSlice, WireRow
from kapmonitor.record.moves import Move, first_name
from kapmonitor.record.moving import AFTER_CLOSING_S, AFTER_S, Mover, what_is_left
from kapmonitor.record.store import Store, create_record
from kapmonitor.record.trouble import FAILED, HANGS, refused, trouble
from kapmonitor.session.events import RecordMoved, SessionClosed, Stamped
from kapmonitor.vault.home import Vault

log = logging.getLogger(__name__)

BATCH_S: Final = 0.25
MOST_ITEMS: Final = 5000
"""Items of one transaction."""
RETRY_S: Final = 1.0
CLOSE_S: Final = 10.0
"""How long closing goes on trying to write what the disk refuses."""
KEEP_WAVES_S: Final = 30 * 60.0
KEEP_NUMERICS_S: Final = 4 * 3600.0
"""How long waves and wire, and numerics, are kept in memory while the disk fails."""
CHECKPOINT_S: Final = 10.0
HANGS_S: Final = 15.0
"""A disk that takes nothing for so long, and says nothing, hangs."""
CLOSING_HANGS_S: Final = 60.0
"""Sealing a long record, or carrying it to the second folder, takes its time; after that closing gives up."""
REFUSED_TOLD_S: Final = 30.0

_BAD_ITEM: Final = (ArithmeticError, LookupError, TypeError, ValueError)
"""What an item raises that does not fit the file, as opposed to a disk that cannot be written to."""
_NO_ROOM: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
"""Errors of opening a record on a full disk: after a power cut its -shm has to be made anew."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Something that is not on disk yet."""

    now_ns: int
    item: Stamped | DataRow
    future: Future[int] | None = None


class RecordWriter:
    """Keeps what it is given (kapmonitor.record.items.Recorder). Any thread may put; one closes."""

    def __init__(self, path: Path, clock: Clock, store: Store, hold: Hold, mover: Mover) -> None:
        self._path = path
        self._mover = mover
        self._clock = clock
        self._store = store
        self._holds = [hold]
        self._inbox: SimpleQueue[_Waiting] = SimpleQueue()
        self._backlog: deque[_Waiting] = deque()
        self._wake = threading.Event()
        self._closing: SessionClosed | None = None
        self._closed = False
        self._problem = ""
        self._must_reopen = False
        self._lost = False
        self._drained_ns, self._drained_s = clock.now_ns(), time.monotonic()
        self._refused = ""
        self._refused_until_s = 0.0
        self._committed_ns = clock.now_ns()
        self._retry_s = 0.0
        self._checkpoint_s = 0.0
        self._thread = threading.Thread(target=self._run, name="kap-record", daemon=True)
        self._thread.start()

    @classmethod
    def create(
        cls,
        path: Path,
        started: Stamped,
        clock: Clock,
        vault: Vault | None = None,
        spare: Path | None = None,
        also: Sequence[Stamped] = (),
    ) -> RecordWriter:
        """Begin a record with session.started and what belongs to that, encrypted if there is a vault.

        `spare` is the folder where it goes on if its disk fails. RecordError if the file exists or cannot be
        made.
        """
        create_record(path, started, clock.now_ns(), vault, also)
        return cls.resume(path, clock, spare)

    @classmethod
    def resume(cls, path: Path, clock: Clock, spare: Path | None = None) -> RecordWriter:
        """Go on with a record that was not closed; the caller then puts session.resumed."""
        schema.check(path)
        hold = Hold(path)
        mover = Mover(spare)
        try:
            return cls(path, clock, Store(path, mover.journal), hold, mover)
        except (*ERRORS, ValueError) as why:
            hold.release()
            if getattr(why, "sqlite_errorcode", sqlite3.SQLITE_OK) in _NO_ROOM:
                raise RecordFull(
                    str(path), "cannot be gone on with: the disk is full. Make room on it"
                ) from why
            raise RecordDamaged(str(path), f"cannot be gone on with ({why})") from why

    def put(self, row: Stamped | DataRow) -> None:
        """Keep this; arrays in it must not change afterwards."""
        self._put(_Waiting(self._clock.now_ns(), row))

    def put_durable(self, row: Stamped) -> Future[int]:
        """Keep this and resolve with its seq once it is on disk; fails with a RecordError only at close."""
        future: Future[int] = Future()
        self._put(_Waiting(self._clock.now_ns(), row, future))
        self._wake.set()
        return future

    def status(self) -> RecordStatus:
        return RecordStatus(
            path=str(self._path),
            waiting=len(self._backlog) + self._inbox.qsize(),
            oldest_wait_s=self._clock.real_delay_s(self._oldest_wait_ns()),
            committed_t_ns=self._committed_ns,
            problem=self._problem or self._unsaid(),
            moved=str(self._path.parent) if first_name(self._path) != self._path.stem else "",
        )

    def _oldest_wait_ns(self) -> int:
        """Of what the thread has taken over; if that is nothing, since it last looked what there is."""
        try:
            since_ns = self._backlog[0].now_ns
        except IndexError:
            if self._inbox.empty():
                return 0
            since_ns = self._drained_ns
        return self._clock.now_ns() - since_ns

    def _unsaid(self) -> str:
        """What no error of the disk said."""
        now_s = time.monotonic()
        if now_s - self._drained_s > HANGS_S and (self._backlog or not self._inbox.empty()):
            return HANGS
        return self._refused if now_s < self._refused_until_s else ""

    @property
    def path(self) -> Path:
        """The file that the record is in now."""
        return self._path

    @property
    def other_folder(self) -> Path | None:
        """The second folder; after a move the one that the record came from."""
        return self._mover.folder

    @property
    def moved(self) -> Move | None:
        """Its last move to another folder; None while it is where it began."""
        return self._mover.last

    @property
    def head(self) -> tuple[int, str]:
        """The last entry on disk and its hash; also after closing."""
        return self._store.head

    def close(self, reason: str = "ended") -> None:
        """Write everything, seal it, add session.closed unless it is there, and leave the record as one file.

        RecordFull if the disk would not take the rest within ten seconds, or does not answer for a minute;
        what is on it stays readable.
        """
        if self._closed:
            return
        self._closed = True
        self._closing = SessionClosed(reason, self._clock.utc_ns())
        self._wake.set()
        self._thread.join(CLOSING_HANGS_S)
        if self._thread.is_alive():
            # The file stays claimed for as long as this process lives: the thread may yet write to it.
            raise RecordFull(str(self._path), HANGS)
        self._drain()
        self._fail_all(RecordError(str(self._path), "is closed"))
        for hold in self._holds:
            hold.release()
        if self._problem:
            raise RecordFull(str(self._path), self._problem)

    def _put(self, waiting: _Waiting) -> None:
        if self._closed:
            raise RecordError(str(self._path), "is closed")
        self._inbox.put(waiting)

    def _run(self) -> None:
        try:
            while (closed := self._closing) is None:
                self._wake.wait(BATCH_S)
                self._wake.clear()
                self._step()
            self._finish(closed, time.monotonic() + CLOSE_S)
        except BaseException:
            self._problem = FAILED
            raise

    def _step(self) -> None:
        now_ns = self._clock.now_ns()
        self._drain()
        if self._problem and time.monotonic() < self._retry_s:
            self._forget()
            return
        if self._write() or (self._mover.is_due(AFTER_S) and self._move() and self._write()):
            self._committed_ns = now_ns

    def _drain(self) -> None:
        self._drained_ns, self._drained_s = self._clock.now_ns(), time.monotonic()
        try:
            while True:
                self._backlog.append(self._inbox.get_nowait())
        except Empty:
            return

    def _write(self) -> bool:
        """All that waits; whether it is on disk now."""
        try:
            if self._must_reopen:
                self._done(self._store.reopen())
                self._must_reopen = False
            while self._backlog:
                batch = self._next_batch()
                if batch:
                    self._commit(batch)
                else:
                    self._store.fold(self._backlog[0].now_ns)
            self._tidy()
        except (*ERRORS, RecordError) as why:
            self._fail(why)
            return False
        except Exception:
            log.exception("the record's writer failed")
            self._must_reopen, self._problem = True, FAILED
            self._retry_s = time.monotonic() + RETRY_S
            return False
        self._problem = ""
        self._mover.well()
        return True

    def _move(self) -> bool:
        """Go on in the second folder, with the same chain; False if that does not take the record either."""
        hold = self._mover.carry(self._path, self._taken)
        if hold is None:
            return False
        # What was left stays claimed: nobody is to go on with it as well.
        self._holds.append(hold)
        return True

    def _taken(self, made: Path) -> Move:
        """The copy is the record from now on; one entry says so, before everything that waited."""
        cause, _, _ = self._problem.partition(".")
        self._must_reopen = True
        try:
            self._done(self._store.reopen(made))
        except ERRORS as why:
            raise RecordError(str(made), f"cannot be gone on with ({why})") from why
        self._must_reopen = False
        left = what_is_left(self._path, made, rebuilt=self._mover.rebuilt)
        move = Move(self._path, made, cause, *self._store.head, left)
        now_ns = self._clock.now_ns()
        event = RecordMoved(str(move.source), str(made), move.why, move.left)
        first_ns = self._backlog[0].now_ns if self._backlog else now_ns
        self._backlog.appendleft(_Waiting(first_ns, Stamped(now_ns, event)))
        self._path = made
        return move

    def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            places = self._store.commit([(waiting.now_ns, waiting.item) for waiting in batch])
        except _BAD_ITEM as why:
            if len(batch) == 1:
                self._refuse(self._backlog.popleft(), why)
                return
            for waiting in batch:
                self._commit([waiting])
            return
        self._done(places)

    def _done(self, places: Sequence[int]) -> None:
        """The first of what waits is on disk, at these places."""
        for place in places:
            future = self._backlog.popleft().future
            if future is not None and future.set_running_or_notify_cancel():
                future.set_result(place)

    def _refuse(self, waiting: _Waiting, why: Exception) -> None:
        """One item that fits no table must not keep the others from the disk."""
        # Neither the item nor what the error quotes of it: nothing about a person belongs in a log.
        log.error("cannot record a %s (%s)", _kind(waiting.item), type(why).__name__)
        self._refused = refused(_kind(waiting.item))
        self._refused_until_s = time.monotonic() + REFUSED_TOLD_S
        self._fail_future(waiting, RecordError(str(self._path), f"cannot hold this ({why})"))

    def _fail_future(self, waiting: _Waiting, why: RecordError) -> None:
        if waiting.future is not None and waiting.future.set_running_or_notify_cancel():
            waiting.future.set_exception(why)

    def _next_batch(self) -> list[_Waiting]:
        """What arrived before the next fold is due, as much as one transaction takes."""
        due_ns = min(self._store.fold_due_ns, self._backlog[0].now_ns + FOLD_NS)
        return list(takewhile(lambda waiting: waiting.now_ns < due_ns, islice(self._backlog, MOST_ITEMS)))

    def _tidy(self) -> None:
        """What is due but nobody waits for: folding, and moving the log into the file."""
        now_ns = self._clock.now_ns()
        if now_ns >= self._store.fold_due_ns:
            self._store.fold(now_ns)
        if time.monotonic() >= self._checkpoint_s:
            self._checkpoint_s = time.monotonic() + CHECKPOINT_S
            self._store.checkpoint()

    def _fail(self, why: Exception) -> None:
        found = trouble(why)
        self._must_reopen = found.must_reopen
        self._retry_s = time.monotonic() + RETRY_S
        lost = " Waves older than half an hour are lost." if self._lost else ""
        if found.is_disk:
            self._mover.failing()
        other = f" Nor does the second folder take it: {self._mover.problem}." * bool(self._mover.problem)
        self._problem = f"{found.cause}; until then everything is kept in memory only.{other}{lost}"

    def _forget(self) -> None:
        """Bound what is kept in memory: the oldest waves and wire go first, then numerics, events never."""
        now_ns = self._clock.now_ns()
        if not self._backlog or self._clock.real_delay_s(now_ns - self._backlog[0].now_ns) < KEEP_WAVES_S:
            return
        kept = deque(waiting for waiting in self._backlog if self._is_kept(waiting, now_ns))
        self._lost = self._lost or len(kept) < len(self._backlog)
        self._backlog = kept

    def _is_kept(self, waiting: _Waiting, now_ns: int) -> bool:
        age_s = self._clock.real_delay_s(now_ns - waiting.now_ns)
        match waiting.item:
            case WaveSlice() | WireRow():
                return age_s < KEEP_WAVES_S
            case NumericRow():
                return age_s < KEEP_NUMERICS_S
            case _:
                return True

    def _finish(self, closed: SessionClosed, until_s: float) -> None:
        """Write the rest and close the file; what cannot be written by `until_s` fails."""
        while True:
            self._drain()
            if self._write() and self._seal(closed):
                return
            if self._mover.is_due(AFTER_CLOSING_S) and self._move():
                continue
            if time.monotonic() >= until_s:
                break
            time.sleep(RETRY_S / 4)
        self._store.abandon()
        self._fail_all(RecordFull(str(self._path), self._problem))

    def _fail_all(self, why: RecordError) -> None:
        while self._backlog:
            self._fail_future(self._backlog.popleft(), why)

    def _seal(self, closed: SessionClosed) -> bool:
        try:
            self._store.finish(self._clock.now_ns(), closed)
        except ERRORS as why:
            self._fail(why)
            return False
        return True


def _kind(item: Stamped | DataRow) -> str:
    return item.event.TYPE if isinstance(item, Stamped) else type(item).__name__
