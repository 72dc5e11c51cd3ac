"""Joins a record in review to the console."""

from __future__ import annotations

from pathlib import Path

from kapmonitor.record.verify import verify
from kapmonitor.review import Review
from ui.console import Console, Dress, Progress
from ui.dressing import Reviewed, dress_review

CHECKING = "Checking the record"
FIRST_LOOK_NS = 60_000_000_000
"""Without a wish, a review begins this long before the end: the whole session is behind the playhead."""


def prepare(console: Console, path: Path, at_s: float | None) -> None:
    """Let the console check and open the record."""

    def make(progress: Progress) -> Dress:
        progress(0.0, CHECKING)
        review = Review(path, verify(path))
        review.seek(_where(review, at_s))
        reviewed = Reviewed(review, review.whole, review.close)
        return lambda shell: dress_review(shell, reviewed)

    console.prepare(make)


def _where(review: Review, at_s: float | None) -> int:
    first, last = review.span()
    if at_s is None:
        return max(first, last - FIRST_LOOK_NS)
    zero_ns = review.whole().dose_t_ns or first
    return zero_ns + int(at_s * 1e9)
