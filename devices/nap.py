"""A wait for the next try that news may cut short."""

from __future__ import annotations

import asyncio
import contextlib


class Nap:
    """One wait at a time, on the loop that runs it."""

    def __init__(self) -> None:
        self._woken: asyncio.Event | None = None

    async def take(self, wait_s: float) -> None:
        """Wait that long, or until `wake`."""
        self._woken = asyncio.Event()
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
        finally:
            self._woken = None

    def wake(self) -> bool:
        """End the wait; False if nobody waits."""
        if self._woken is None:
            return False
        self._woken.set()
        return True
