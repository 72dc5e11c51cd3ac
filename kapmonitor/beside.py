"""Work that may block for as long as a disk or a network likes, done where nothing waits for its end."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def beside(call: Callable[[], T]) -> T:
    """What `call` returns or raises, made in a thread of its own.

    Not asyncio.to_thread: its threads are waited for when the program ends, whatever they hang in.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: Callable[[], None]) -> None:
        if not future.done():
            result()

    def work() -> None:
        try:
            found = call()
        except BaseException as error:  # noqa: BLE001 - raised again where it was asked for
            told = _telling(future.set_exception, error)
        else:
            told = _telling(future.set_result, found)
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits any more
            loop.call_soon_threadsafe(settle, told)

    threading.Thread(target=work, name="kap-beside", daemon=True).start()
    return await future


def _telling(tell: Callable[[T], None], what: T) -> Callable[[], None]:
    return lambda: tell(what)


def in_time(call: Callable[[], object], limit_s: float) -> bool:
    """Whether it was done within so long; if not, it goes on, for as long as the program runs."""
    thread = threading.Thread(target=call, name="kap-in-time", daemon=True)
    thread.start()
    thread.join(limit_s)
    return not thread.is_alive()
