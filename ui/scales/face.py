"""What the page of scales and the dashboard say about them; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kapmonitor.protocol.scales import Scale
from kapmonitor.scaledue import OPEN, Due, Standing, scales_of, standing_scores
from kapmonitor.session.state import SessionState
from ui import format as fmt
from ui.scales import wording
from ui.scales.entering import Entering

TimeText = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One scale: how it stands, and what came of its earlier times; `wanted` asks for something."""

    scale: Scale
    standing: str
    wanted: bool
    history: str


@dataclass(frozen=True, slots=True)
class Foot:
    """What is being entered: what is asked, the digits so far, words for scores, and the keys."""

    ask: str
    typed: str
    more: str
    anchors: str
    said: str
    trouble: str
    keys: str


def row(scale: Scale, found: Sequence[Due], state: SessionState, now_ns: int, time: TimeText) -> Row:
    """One scale of the list."""
    own = [due for due in found if due.scale.id == scale.id]
    open_ = next((due for due in own if due.standing in OPEN), None)
    coming = next((due for due in own if due.standing is Standing.TO_COME), None)
    return Row(scale, _standing(open_, coming, now_ns, time), open_ is not None, _history(own, state, time))


def _standing(open_: Due | None, coming: Due | None, now_ns: int, time: TimeText) -> str:
    if open_ is not None:
        if open_.before:
            return wording.DUE_BEFORE
        if open_.standing is Standing.DUE:
            return wording.DUE
        return wording.OVERDUE.format(length=fmt.length(now_ns - open_.t_ns))
    return wording.NEXT.format(time=time(coming.t_ns)) if coming is not None else wording.NOTHING_DUE


def _history(own: Sequence[Due], state: SessionState, time: TimeText) -> str:
    """Each past time with its score, or that it was missed; then scores nobody had asked for."""
    said = [
        (due.t_ns, wording.MISSED.format(time=wording.BEFORE if due.before else time(due.t_ns)))
        for due in own
        if due.standing is Standing.MISSED
    ]
    scale = own[0].scale.id if own else ""
    said += [
        (score.t_ns, wording.SCORED.format(time=time(score.t_ns), score=fmt.signed(score.score)))
        for score in standing_scores(state.care.scores)
        if score.scale == scale
    ]
    return "     ".join(words for _, words in sorted(said))


def foot(now: Entering, time: TimeText) -> Foot:
    """What stands below the list."""
    scale = now.scale
    if scale is None:
        return Foot("", "", "", "", "", "", wording.KEYS)
    last = now.last
    saved = ""
    if last is not None and not now.begun and now.corrects is None:
        score = fmt.signed(last.score)
        saved = wording.SAVED.format(name=last.scale.name, score=score, time=time(last.t_ns))
    return Foot(
        ask=_ask(now, scale),
        typed=now.typed,
        more=_more(now, scale),
        anchors="     ".join(f"{fmt.signed(score)} {words}" for score, words in scale.anchors),
        said=saved,
        trouble=now.trouble,
        keys=_keys(now),
    )


def _ask(now: Entering, scale: Scale) -> str:
    if scale.items:
        return wording.ASK_ITEM.format(name=scale.name, code=scale.items[len(now.items)])
    return wording.ASK.format(name=scale.name)


def _more(now: Entering, scale: Scale) -> str:
    again = wording.AGAIN.format(score=fmt.signed(now.corrects.score)) if now.corrects is not None else ""
    if scale.items:
        place, count = len(now.items) + 1, len(scale.items)
        parts = [wording.ITEM_OF.format(place=place, count=count, sum=now.sum), again]
    else:
        low, high = fmt.signed(scale.low), fmt.signed(scale.high)
        parts = [wording.FROM_TO.format(low=low, high=high), again]
    return "     ".join(part for part in parts if part)


def _keys(now: Entering) -> str:
    if now.typed:
        return wording.KEYS_MORE
    return wording.KEYS_ITEMS if now.items else wording.KEYS


def wanted_words(open_: Sequence[Due]) -> str:
    """For the dashboard: which scales are due; empty if none is."""
    if not open_:
        return ""
    late = [due for due in open_ if due.standing is Standing.OVERDUE]
    words = wording.WANTED_OVERDUE if late else wording.WANTED
    names = dict.fromkeys(due.scale.name for due in late or open_)
    return words.format(names=", ".join(names))


def marks(state: SessionState) -> tuple[tuple[int, str], ...]:
    """Scores that stand, for the lane of notes."""
    names = {scale.id: scale.name for scale in scales_of(state.care)}
    return tuple(
        (score.t_ns, f"{names.get(score.scale, score.scale)} {fmt.signed(score.score)}")
        for score in standing_scores(state.care.scores)
    )
