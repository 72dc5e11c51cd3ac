"""Wrong PINs slow the next try down, so that nobody finds a PIN by trying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FREE: Final = 3
"""So many wrong PINs in a row cost nothing: everybody mistypes."""
FIRST_WAIT_S: Final = 15.0
LONGEST_WAIT_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong PINs since the last right one, and when the last of them was."""

    wrong: int = 0
    last_utc_ns: int = 0


NONE: Final = Tries()


def wait_s(tries: Tries, now_utc_ns: int) -> float:
    """Seconds until another PIN is looked at; a clock that was set back makes that no longer than ever."""
    if tries.wrong < FREE:
        return 0.0
    pause_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(tries.wrong - FREE, 10))
    return max(0.0, min(pause_s, pause_s - (now_utc_ns - tries.last_utc_ns) / 1e9))


def one_more(tries: Tries, now_utc_ns: int) -> Tries:
    """After a wrong PIN."""
    return Tries(tries.wrong + 1, now_utc_ns)
