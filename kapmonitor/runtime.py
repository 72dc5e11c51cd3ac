"""The core thread: one asyncio loop for the whole life of the process, on which all session state lives."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Final, TypeVar

from kapmonitor.errors import CommandRefused

SWITCH_INTERVAL_S: Final = 0.001
"""How often a busy Python thread lets others run: at the default 5 ms, samples paint up to 35 ms late."""

STOP_LIMIT_S: Final = 10.0
LEFT_S: Final = 1.0

T = TypeVar("T")


class Runtime:
    """Runs coroutines and calls on the core thread; every method may be called from any other thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="kap-core", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin; once only."""
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._let_go()
            self._loop.close()

    def _let_go(self) -> None:
        """End what was held up when it was told to; what still does not end is left."""
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=LEFT_S))

    def spawn(self, work: Coroutine[object, object, None], name: str) -> None:
        """Run a coroutine until it ends or the runtime stops."""
        self._loop.call_soon_threadsafe(self.task, work, name)

    def task(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        """The same on the core thread, for whoever may want to cancel it."""
        task = self._loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._loop.call_exception_handler(
                {"message": f"task {task.get_name()} failed", "exception": failure}
            )

    def call(self, function: Callable[[], None]) -> None:
        """Call on the core thread, soon; for what needs no answer."""
        self._loop.call_soon_threadsafe(function)

    def submit(self, function: Callable[[], Future[int]]) -> Future[None]:
        """Call on the core thread; the future ends as the one that `function` returns does."""
        out: Future[None] = Future()

        def run() -> None:
            try:
                inner = function()
            except Exception as error:  # noqa: BLE001 - whatever went wrong belongs to who asked
                out.set_exception(error)
            else:
                inner.add_done_callback(lambda done: _copy(done, out))

        try:
            self._loop.call_soon_threadsafe(run)
        except RuntimeError:  # the loop is closed
            out.set_exception(CommandRefused("this", "the session has ended"))
        return out

    def ask(self, function: Callable[[], T], timeout_s: float = STOP_LIMIT_S) -> T:
        """Call on the core thread and wait for the answer; never from the GUI thread while a session runs."""

        async def run() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout_s)

    def stop(self) -> None:
        """Cancel every task, wait for them, and end the thread; TimeoutError if something holds it up."""
        if self._thread.ident is None:  # never started
            self._loop.close()
            return
        if not self._thread.is_alive():
            return
        try:
            asyncio.run_coroutine_threadsafe(self._cancel(), self._loop).result(STOP_LIMIT_S)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_LIMIT_S)

    async def _cancel(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_LIMIT_S / 2)


def _copy(done: Future[int], out: Future[None]) -> None:
    error = done.exception()
    if error is not None:
        out.set_exception(error)
    else:
        out.set_result(None)
