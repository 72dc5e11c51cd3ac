"""Numbers and times as people read them. Pure: no Qt, no clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from kapmonitor import mdc
from kapmonitor.model import Absent, CuffReading, Measured, Reading
from kapmonitor.plausible import RANGES
from kapmonitor.view import Role

CUFF_TOPS: Final = {
    Role.NIBP_SYS.value: RANGES[mdc.NIBP_SYS.ref][1],
    Role.NIBP_DIA.value: RANGES[mdc.NIBP_DIA.ref][1],
    Role.NIBP_MEAN.value: RANGES[mdc.NIBP_MEAN.ref][1],
}

SECOND_NS: Final = 1_000_000_000
MINUTE_NS: Final = 60 * SECOND_NS
NO_VALUE: Final = "---"
NO_PRESSURE: Final = "---/---"
MINUS: Final = "−"


def _clock(seconds: int, *, hours: bool) -> str:
    if hours:
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{seconds // 60:02d}:{seconds % 60:02d}"


def since_dose(t_ns: int, dose_t_ns: int) -> str:
    """The large session clock: `T+ 00:42:17`, before the dose `T− 00:10:00`."""
    seconds = (t_ns - dose_t_ns) // SECOND_NS
    return f"T{'+' if seconds >= 0 else MINUS} {_clock(abs(seconds), hours=True)}"


def elapsed(t_ns: int, start_t_ns: int) -> str:
    """Time since the session was opened, before any dose: `00:12:05`."""
    return _clock(max(0, t_ns - start_t_ns) // SECOND_NS, hours=True)


def offset(t_ns: int, dose_t_ns: int) -> str:
    """A moment in a list, minutes and seconds from the dose: `T+36:10`, `T−00:10`."""
    seconds = (t_ns - dose_t_ns) // SECOND_NS
    return f"T{'+' if seconds >= 0 else MINUS}{_clock(abs(seconds), hours=False)}"


def exact(t_ns: int, dose_t_ns: int | None, clock_ns: int, decimals: int) -> str:
    """A moment to the second or finer: `T+19:44.125` from the dose, `14:24:44.125` where there was none.

    `clock_ns` is what the wall clock showed at time 0. Cut off, not rounded, so that no moment is told late.
    """
    away_ns = t_ns + clock_ns if dose_t_ns is None else t_ns - dose_t_ns
    seconds, rest_ns = divmod(abs(away_ns), SECOND_NS)
    part = f".{rest_ns:09d}"[: decimals + 1] if decimals else ""
    if dose_t_ns is None:
        return _clock(seconds % 86_400, hours=True) + part
    return f"T{'+' if away_ns >= 0 else MINUS}{_clock(seconds, hours=False)}{part}"


def offset_minutes(t_ns: int, dose_t_ns: int) -> str:
    """A tick of the time axis, whole minutes from the dose: `T+10`, `T−10`, `T+0`."""
    minutes = round((t_ns - dose_t_ns) / MINUTE_NS)
    return f"T{'+' if minutes >= 0 else MINUS}{abs(minutes)}"


def duration(length_ns: int) -> str:
    """`0:14`, `2:17`, `1:02:17`; a negative length counts as none."""
    seconds = max(0, length_ns) // SECOND_NS
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{seconds // 60}:{seconds % 60:02d}"


def length(length_ns: int) -> str:
    """A length within a sentence: `12 s`, `3 min 20 s`, `12 min`, `1 h 5 min`; at least a second."""
    seconds = max(1, round(length_ns / SECOND_NS))
    if seconds < 60:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest and minutes < 10 else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def age(length_ns: int) -> str:
    """How long ago: `2:17 ago`."""
    return f"{duration(length_ns)} ago"


def wall(utc_ns: int, offset_min: int, *, seconds: bool = False) -> str:
    """The clock on the wall: `14:47`, or `14:47:03`."""
    local = datetime.fromtimestamp(utc_ns // SECOND_NS, UTC) + timedelta(minutes=offset_min)
    return local.strftime("%H:%M:%S" if seconds else "%H:%M")


def nth(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in {11, 12, 13} else ending}"


def amount(value: float) -> str:
    """A number without needless zeros: `70`, `52.5`."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def alarming(role: str, value: float) -> str:
    """What alarmed; a pressure that no cuff could measure any more is the highest that one could, or more."""
    top = CUFF_TOPS.get(role)
    return f"{value:.0f} or more" if top is not None and value >= top else f"{value:.0f}"


def whole(reading: Reading) -> str:
    """A reading as a whole number, or `---`; a reading that is absent never becomes a number."""
    match reading:
        case Measured(value):
            return f"{value:.0f}"
        case Absent():
            return NO_VALUE


def tenths(reading: Reading) -> str:
    """A reading with one decimal, or `---`."""
    return f"{reading.value:.1f}" if isinstance(reading, Measured) else NO_VALUE


def signed(value: int) -> str:
    """A whole number with a typographic minus: `−62`."""
    return f"{MINUS if value < 0 else ''}{abs(value)}"


def pressure(reading: CuffReading | None) -> str:
    """`141/88`, or `---/---`; a half reading shows what there is."""
    if reading is None:
        return NO_PRESSURE
    return f"{whole(reading.systolic)}/{whole(reading.diastolic)}"


def mean_pressure(reading: CuffReading | None) -> str:
    """`(106)`, or nothing where the device gave no mean."""
    if reading is None or isinstance(reading.mean, Absent):
        return ""
    return f"({whole(reading.mean)})"


def limit(value: float | None) -> str:
    """A limit beside its number, `—` where there is none."""
    return "—" if value is None else amount(value)
