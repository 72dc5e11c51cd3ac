"""What somebody looks at in a review: the window, the cursors, whether waves are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kapmonitor.closeup import CloseUp, Samples
from kapmonitor.model import CuffReading
from kapmonitor.session.state import SessionState
from kapmonitor.view import Role
from ui.trends import cursors as cursor
from ui.trends import lens, wording
from ui.trends.cursors import AWAY, Which
from ui.trends.lanes import Picture
from ui.trends.lens import Lens
from ui.trends.readout import Readout, readout
from ui.trends.wavelane import WaveShown, gather_waves
from ui.trends.window import MINUTE_NS, Span

WAVES_FROM_NS: Final = 2 * MINUTE_NS
"""At this length and below waves come by themselves."""

STEPS: Final = 100
"""A cursor's step is one part in so many of the window, a fine one a tenth of that."""


@dataclass(frozen=True, slots=True)
class Review:
    """What differs over a finished record: all of its session's state at once, and where a click goes.

    `record` answers for single moments; without it there are neither waves nor cursors.
    """

    state: Callable[[], SessionState]
    seek: Callable[[int], None]
    record: CloseUp | None = None


class Looking:
    """Holds it between refreshes; asks the record only for what is shown."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.cursors = AWAY
        self._lens: Lens | None = None
        self._following = True
        self._waves: bool | None = None
        self._asked: tuple[object, Readout] | None = None

    def span(self, whole: Span, now_ns: int) -> Span:
        """The window within these bounds; it goes with the playhead unless somebody moved it away."""
        known = lens.all_of(whole) if self._lens is None else self._lens
        known = lens.upon(known, whole) if known.whole != whole else known
        self._following = self._following or known.holds(now_ns)
        self._lens = lens.following(known, now_ns) if self._following else known
        return self._lens.span

    @property
    def span_shown(self) -> Span | None:
        """The window as it stands, None before anything was shown."""
        return None if self._lens is None else self._lens.span

    def follow(self) -> None:
        """Show the playhead again, wherever it is."""
        self._following = True

    def narrower(self, now_ns: int) -> None:
        """A closer look around the cursor, the playhead or the middle."""
        if self._lens is not None:
            self._show(lens.narrower(self._lens, self._around(self._lens, now_ns)))

    def wider(self, now_ns: int) -> None:
        if self._lens is not None:
            self._show(lens.wider(self._lens, self._around(self._lens, now_ns)))

    def show_all(self) -> None:
        if self._lens is not None:
            self._show(lens.all_of(self._lens.whole))

    def zoom(self, factor: float, around_ns: int) -> None:
        """A window so many times as long around a time."""
        if self._lens is not None:
            self._show(lens.zoomed(self._lens, factor, around_ns))

    def pan(self, by_ns: int) -> None:
        """The window moved; the playhead may leave it, and is then not followed."""
        if self._lens is not None:
            self._show(lens.panned(self._lens, by_ns))

    def pan_windows(self, windows: float) -> None:
        """The window moved by so many of its lengths."""
        if self._lens is not None:
            self.pan(round(windows * self._lens.length_ns))

    def _show(self, wanted: Lens) -> None:
        self._lens, self._following = wanted, False

    def _around(self, known: Lens, now_ns: int) -> int:
        for t_ns in (self.cursors.active_ns, now_ns):
            if t_ns is not None and known.holds(t_ns):
                return t_ns
        return (known.span.t0_ns + known.span.t1_ns) // 2

    @property
    def words(self) -> str:
        """How long the window is, with the keys that change it."""
        if self._lens is None:
            return ""
        return wording.LENS.format(length=wording.lens_name(self._lens.length_ns, whole=self._lens.is_whole))

    # Waves

    @property
    def shows_waves(self) -> bool:
        """Whether waves are shown: in short windows by themselves, else as was asked for."""
        if self.review.record is None:
            return False
        return self._near if self._waves is None else self._waves

    @property
    def _near(self) -> bool:
        return self._lens is not None and self._lens.length_ns <= WAVES_FROM_NS

    def toggle_waves(self) -> None:
        """Show what is not shown, or the other way round; what would be so anyway is so by itself again."""
        wanted = not self.shows_waves
        self._waves = None if wanted == self._near else wanted

    def waves(self, span: Span, width: int) -> tuple[WaveShown, ...]:
        """The waves of a window in `width` columns."""
        return () if self.review.record is None else gather_waves(self.review.record, span, width)

    def readings(self, span: Span) -> tuple[Samples, ...]:
        """Heart rate and saturation as they came, in a window short enough to tell one from the next."""
        if self.review.record is None or not self._near:
            return ()
        return tuple(
            self.review.record.readings(role, span.t0_ns, span.t1_ns) for role in (Role.HR, Role.SPO2)
        )

    # Cursors

    def ask_cursor(self, now_ns: int) -> None:
        """The next cursor at the playhead, in the middle if that is out of view; then the other's turn."""
        if self._lens is not None and self.review.record is not None:
            middle_ns = (self._lens.span.t0_ns + self._lens.span.t1_ns) // 2
            self.cursors = cursor.asked(self.cursors, now_ns if self._lens.holds(now_ns) else middle_ns)

    def put_cursor(self, which: Which | None, t_ns: int) -> None:
        """A cursor at a time; None is the next one, or the nearer of two."""
        if self.review.record is None:
            return
        if which is None and self.cursors.both:
            which = cursor.nearest(self.cursors, t_ns)
        put = cursor.asked(self.cursors, t_ns) if which is None else cursor.put(self.cursors, which, t_ns)
        self.cursors = put

    def move_cursor(self, steps: int, *, fine: bool = False) -> None:
        """The active cursor moved; the window follows it."""
        if self._lens is None or self.cursors.active_ns is None:
            return
        step_ns = max(1, self._lens.length_ns // (STEPS * 10 if fine else STEPS))
        bounds = self._lens.whole
        self.cursors = cursor.moved(self.cursors, steps * step_ns, bounds.t0_ns, bounds.t1_ns)
        at_ns = self.cursors.active_ns
        if at_ns is not None and not self._lens.holds(at_ns):
            self._show(lens.following(self._lens, at_ns))

    def clear_cursors(self) -> bool:
        """Take the cursors away; whether there were any."""
        standing, self.cursors = self.cursors != AWAY, AWAY
        return standing

    def cuff(self, t_ns: int) -> CuffReading | None:
        """The newest cuff reading at a time, however long ago."""
        return None if self.review.record is None else self.review.record.cuff(t_ns)

    def readout(self, picture: Picture) -> Readout | None:
        """What stands at the cursors; asked for again only when something changed."""
        record = self.review.record
        if record is None or self.cursors == AWAY:
            return None
        lines = tuple(shown.line for shown in picture.waves or ())
        key = (self.cursors, lines, picture.content.state)
        if self._asked is None or self._asked[0] != key:
            self._asked = key, readout(record, picture.content, lines, self.cursors)
        return self._asked[1]


def record_span(data: tuple[int, int], state: SessionState) -> tuple[int, int]:
    """From a session's first moment to its last, whether or not there is data then."""
    first, last = data
    if state.started is None:
        return data
    first = min(first, state.started_t_ns) if last > first else state.started_t_ns
    return first, max(first, last, state.closed_t_ns or 0)
