"""What a session does again and again: a part of it that fails is told and keeps no other from being done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Final

from kapmonitor.alarms.technical import CONSOLE
from kapmonitor.alarms.types import RAISED

TOLD_S: Final = 20.0
"""For so long after a part last failed the alarm stands."""
QUIET_S: Final = 60.0
"""What fails in each turn is in the log once in so long."""
AGAIN_S: Final = 1.0

log = logging.getLogger(__name__)

Sense = Callable[[str, float, str], None]


class Turns:
    """Lives on the core thread; `sense` is what tells the alarms. Parts are named in words for the screen."""

    def __init__(self, sense: Sense, now_s: Callable[[], float] = time.monotonic) -> None:
        self._sense = sense
        self._now_s = now_s
        self._failed_s: dict[str, float] = {}
        self._logged_s: dict[str, float] = {}

    def take(self, part: str, do: Callable[[], object]) -> bool:
        """Do it; whether that went well."""
        try:
            do()
        except Exception as error:  # noqa: BLE001 - whatever fails, the other parts and the alarms go on
            self.failed(part, error)
            return False
        return True

    def failed(self, part: str, error: Exception) -> None:
        """A part failed: in the log, and soon an alarm."""
        now_s = self._failed_s[part] = self._now_s()
        if now_s - self._logged_s.get(part, -QUIET_S) >= QUIET_S:
            self._logged_s[part] = now_s
            log.error("%s failed", part, exc_info=error)

    def tell(self) -> None:
        """Let the alarms know what failed lately."""
        now_s = self._now_s()
        self._failed_s = {part: at_s for part, at_s in self._failed_s.items() if now_s - at_s < TOLD_S}
        self._sense(CONSOLE, RAISED if self._failed_s else 0.0, ", ".join(sorted(self._failed_s)))

    async def again(self, part: str, make: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run a coroutine to its end, anew each time that it fails."""
        while True:
            try:
                await make()
            except Exception as error:  # noqa: BLE001 - as above
                self.failed(part, error)
            else:
                return
            await asyncio.sleep(AGAIN_S)
