"""What stands at two cursors and what differs between them, in words. No difference without two numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from kapmonitor.closeup import CloseUp, Held, WaveLine, difference
from kapmonitor.model import Absent, CuffReading, Measured, Reading
from kapmonitor.view import Role
from ui import format as fmt
from ui import strings
from ui.trends import wording
from ui.trends.content import Content
from ui.trends.cursors import Cursors, Which
from ui.trends.interruptions import holds

SECOND_NS: Final = 1_000_000_000
MOST_DECIMALS: Final = 4
BEAT_NS: Final = (250_000_000, 3 * SECOND_NS)
"""Two cursors so far apart may stand on two beats; the rate of these is told."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and, in small, what it is worth: its age, its validity, why there is none."""

    value: str
    under: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A cursor, or the difference; one cell for the time and one for each head."""

    name: str
    active: bool
    time: Cell
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Readout:
    """The table: names of what is read, and its rows; `hint` says what a key does next."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that was known at one moment."""

    t_ns: int
    numbers: tuple[Held | None, ...]
    cuff: CuffReading | None
    waves: tuple[Held | None, ...]


NUMBERS: Final = (
    (Role.HR, strings.HR, strings.PER_MINUTE),
    (Role.SPO2, strings.SPO2, strings.PERCENT),
)


def known_at(record: CloseUp, content: Content, lines: tuple[WaveLine, ...], t_ns: int) -> Known:
    """What the record knows of a moment; nothing of a time at which nothing was monitored."""
    if holds(content.state.interruptions, t_ns):
        return Known(t_ns, (None,) * len(NUMBERS), record.cuff(t_ns), (None,) * len(lines))
    numbers = tuple(_unbroken(content, record.newest(role, t_ns), t_ns) for role, _, _ in NUMBERS)
    return Known(t_ns, numbers, record.cuff(t_ns), tuple(record.sample(line.key, t_ns) for line in lines))


def _unbroken(content: Content, held: Held | None, t_ns: int) -> Held | None:
    """A reading, unless the program did not run at some time since."""
    gaps = content.state.interruptions
    return None if held and any(held.t_ns <= gap.t0_ns <= t_ns for gap in gaps) else held


def readout(record: CloseUp, content: Content, lines: tuple[WaveLine, ...], cursors: Cursors) -> Readout:
    """The table for the cursors that stand."""
    heads = (*(name for _, name, _ in NUMBERS), strings.BP, *(line.label for line in lines))
    known = {
        which: known_at(record, content, lines, at)
        for which in Which
        if (at := cursors.at(which)) is not None
    }
    rows = [
        _row(content, lines, which, each, active=which is cursors.active) for which, each in known.items()
    ]
    if len(known) == len(Which):
        rows.append(_difference(lines, known[Which.A], known[Which.B]))
    return Readout(
        heads, tuple(rows), wording.CURSOR_KEYS if len(known) == len(Which) else wording.CURSOR_NEXT
    )


def _row(content: Content, lines: tuple[WaveLine, ...], which: Which, known: Known, *, active: bool) -> Row:
    origin, t_ns = content.origin, known.t_ns
    clock = fmt.exact(t_ns, None, origin.clock_ns, 0) if origin.dose_t_ns is not None else ""
    numbers = (_held(held, t_ns, 0) for held in known.numbers)
    waves = (_held(held, t_ns, decimals(line)) for line, held in zip(lines, known.waves, strict=True))
    time = Cell(origin.fine_text(t_ns, 3), clock)
    return Row(which.value, active, time, (*numbers, _pressure(known.cuff, t_ns), *waves))


def decimals(line: WaveLine) -> int:
    """How many decimals the wave's smallest step has."""
    if line.resolution <= 0:
        return 0
    return min(MOST_DECIMALS, max(0, math.ceil(-math.log10(line.resolution) - 1e-9)))


def _held(held: Held | None, t_ns: int, places: int) -> Cell:
    if held is None:
        return Cell(fmt.NO_VALUE, wording.NO_VALUE_THEN)
    match held.reading:
        case Absent(validity):
            return Cell(fmt.NO_VALUE, wording.VALIDITIES.get(validity, wording.NO_VALUE_THEN))
        case Measured(value, validity):
            doubt = "" if validity in wording.SOUND else wording.VALIDITIES.get(validity, validity.value)
            return Cell(number(value, places), doubt or age_text(t_ns - held.t_ns))


def _pressure(cuff: CuffReading | None, t_ns: int) -> Cell:
    if cuff is None:
        return Cell(fmt.NO_PRESSURE, wording.NO_CUFF_THEN)
    return Cell(fmt.pressure(cuff), age_text(t_ns - cuff.t_ns))


def _difference(lines: tuple[WaveLine, ...], a: Known, b: Known) -> Row:
    numbers = (
        _change(before, after, 0, unit)
        for (_, _, unit), before, after in zip(NUMBERS, a.numbers, b.numbers, strict=True)
    )
    waves = (
        _change(before, after, decimals(line), wording.unit_name(line.unit))
        for line, before, after in zip(lines, a.waves, b.waves, strict=True)
    )
    away_ns = b.t_ns - a.t_ns
    beats = (
        wording.RATE.format(rate=round(60e9 / abs(away_ns)))
        if BEAT_NS[0] <= abs(away_ns) <= BEAT_NS[1]
        else ""
    )
    cells = (*numbers, _pressure_change(a.cuff, b.cuff), *waves)
    return Row(wording.DIFFERENCE, False, Cell(span_text(away_ns), beats), cells)


def _change(before: Held | None, after: Held | None, places: int, unit: str) -> Cell:
    change = difference(before.reading if before else None, after.reading if after else None)
    return Cell(fmt.NO_VALUE if change is None else signed(change, places), unit)


def _pressure_change(before: CuffReading | None, after: CuffReading | None) -> Cell:
    """Of two determinations; the same one at both cursors has no difference to tell."""
    if before is None or after is None:
        return Cell(fmt.NO_VALUE)
    if before == after:
        return Cell(fmt.NO_VALUE, wording.SAME_CUFF)
    pairs: tuple[tuple[Reading, Reading], ...] = (
        (before.systolic, after.systolic),
        (before.diastolic, after.diastolic),
    )
    changes = (difference(*pair) for pair in pairs)
    text = "/".join(fmt.NO_VALUE if change is None else signed(change, 0) for change in changes)
    return Cell(text, strings.MMHG)


def number(value: float, places: int) -> str:
    """A value to its decimals; a whole number's reading that is not whole shows one."""
    places = 1 if places == 0 and round(value, 1) != round(value) else places
    return f"{value:.{places}f}".replace("-", fmt.MINUS)


def signed(value: float, places: int) -> str:
    """The same with its sign: `+6`, `−0.25`, `0`."""
    text = number(value, places)
    return f"+{text}" if value > 0 and float(text.replace(fmt.MINUS, "-")) else text


def age_text(length_ns: int) -> str:
    """How old a value is: `4 ms`, `0.6 s`, `19 s`, `3:55`."""
    if length_ns < SECOND_NS // 10:
        return f"{length_ns / 1e6:.0f} ms"
    if length_ns < 10 * SECOND_NS:
        return f"{length_ns / 1e9:.1f} s"
    return fmt.length(length_ns) if length_ns < 60 * SECOND_NS else fmt.duration(length_ns)


def span_text(length_ns: int) -> str:
    """How far apart: `+0.250 s`, `−10 min 16.0 s`, `+1 h 5 min 16 s`."""
    sign = fmt.MINUS if length_ns < 0 else "+"
    seconds = abs(length_ns) / 1e9
    if seconds < 60:
        return f"{sign}{seconds:.3f} s"
    minutes, rest = divmod(round(seconds * 10), 600)
    if minutes < 60:
        return f"{sign}{minutes} min {rest / 10:.1f} s"
    return f"{sign}{minutes // 60} h {minutes % 60} min {rest // 10} s"
