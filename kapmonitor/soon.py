"""Calls put together: one at the end of the loop's present turn, however often it is asked for.

A device's bytes become several events in one turn of the loop. To wake the screen at the first of them would
draw half of what has come, and the rest a whole frame later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Soon:
    """Call it as often as you like; `function` runs once, when the loop's present turn is over.

    Where no loop runs, as in a stretch of virtual time, there is no turn to wait for and it runs at once.
    """

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function
        self._waiting = False

    def __call__(self) -> None:
        if self._waiting:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._function()
            return
        self._waiting = True
        loop.call_soon(self._run)

    def _run(self) -> None:
        self._waiting = False
        self._function()
