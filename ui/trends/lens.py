"""Which stretch of a finished record is looked at: any window from two seconds to all of it.

Pure: a lens and a wish in, a lens out. Whatever is wished, the window stays within the record.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from ui.trends.window import MINUTE_NS, Span

SECOND_NS: Final = 1_000_000_000
SHORTEST_NS: Final = 2 * SECOND_NS
LENGTHS_NS: Final = (
    *(seconds * SECOND_NS for seconds in (2, 5, 10, 30)),
    *(minutes * MINUTE_NS for minutes in (1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 720)),
)
"""Lengths that the keys step through; the longest is always the whole record."""

LEAD: Final = 8
"""A window that follows the playhead turns its page so that one part in eight of it lies behind that."""


@dataclass(frozen=True, slots=True)
class Lens:
    """The window `span` upon a record that lies within `whole`."""

    whole: Span
    span: Span

    @property
    def length_ns(self) -> int:
        return self.span.t1_ns - self.span.t0_ns

    @property
    def is_whole(self) -> bool:
        return self.span == self.whole

    def holds(self, t_ns: int) -> bool:
        return self.span.t0_ns <= t_ns <= self.span.t1_ns


def all_of(whole: Span) -> Lens:
    """The whole record."""
    return Lens(whole, whole)


def upon(lens: Lens, whole: Span) -> Lens:
    """The same window upon other bounds; one that showed all still shows all."""
    return (
        all_of(whole)
        if lens.is_whole
        else _placed(replace(lens, whole=whole), lens.span.t0_ns, lens.length_ns)
    )


def resized(lens: Lens, length_ns: int, around_ns: int) -> Lens:
    """A window of another length in which `around_ns` keeps its place, if that lies within it."""
    whole_ns = lens.whole.t1_ns - lens.whole.t0_ns
    length_ns = min(max(length_ns, SHORTEST_NS), whole_ns)
    if not lens.holds(around_ns):
        return _placed(lens, around_ns - length_ns // 2, length_ns)
    before_ns = (around_ns - lens.span.t0_ns) * length_ns // max(1, lens.length_ns)
    return _placed(lens, around_ns - before_ns, length_ns)


def zoomed(lens: Lens, factor: float, around_ns: int) -> Lens:
    """A window `factor` times as long; less than 1 looks closer."""
    return resized(lens, round(lens.length_ns * factor), around_ns)


def narrower(lens: Lens, around_ns: int) -> Lens:
    """The next shorter of the usual lengths."""
    shorter = [length for length in LENGTHS_NS if length < lens.length_ns]
    return resized(lens, shorter[-1] if shorter else SHORTEST_NS, around_ns)


def wider(lens: Lens, around_ns: int) -> Lens:
    """The next longer of the usual lengths, at last the whole record."""
    whole_ns = lens.whole.t1_ns - lens.whole.t0_ns
    longer = [length for length in LENGTHS_NS if lens.length_ns < length < whole_ns]
    return resized(lens, longer[0], around_ns) if longer else all_of(lens.whole)


def panned(lens: Lens, by_ns: int) -> Lens:
    """The window moved by so much, as far as there is record."""
    return _placed(lens, lens.span.t0_ns + by_ns, lens.length_ns)


def following(lens: Lens, t_ns: int) -> Lens:
    """The window, or its next page if a playhead just ran out of it, or one around a playhead that jumped."""
    if lens.holds(t_ns):
        return lens
    length_ns = lens.length_ns
    ahead_ns, behind_ns = t_ns - lens.span.t1_ns, lens.span.t0_ns - t_ns
    if 0 < ahead_ns <= length_ns:
        return _placed(lens, t_ns - length_ns // LEAD, length_ns)
    if 0 < behind_ns <= length_ns:
        return _placed(lens, t_ns - length_ns + length_ns // LEAD, length_ns)
    return _placed(lens, t_ns - length_ns // 2, length_ns)


def _placed(lens: Lens, t0_ns: int, length_ns: int) -> Lens:
    """A window from t0_ns on, moved so that it lies within the record."""
    length_ns = min(length_ns, lens.whole.t1_ns - lens.whole.t0_ns)
    t0_ns = max(lens.whole.t0_ns, min(t0_ns, lens.whole.t1_ns - length_ns))
    return Lens(lens.whole, Span(t0_ns, t0_ns + length_ns))
