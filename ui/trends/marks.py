"""The lanes of notes and doses, of music, and of phases: what happened when, in words that never overlap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from kapmonitor.session.events import NoteKind
from kapmonitor.session.state import SessionState
from ui import fonts, strings
from ui.painting import middle_baseline
from ui.scales.face import marks as score_marks
from ui.theme import colour, mix
from ui.trends import wording
from ui.trends.content import Content
from ui.trends.frame import Frame, elided, vertical_grid, words
from ui.trends.labels import Place, Room, Wanted, place
from ui.trends.stretches import draw_stretches
from ui.trends.window import Span

DOSE_RANK: Final = 1_000_000
DOSE_SIGN: Final = "▼ "


@dataclass(frozen=True, slots=True)
class Moment:
    """A line in the notes lane and its words; what began then and lasted has an end."""

    t_ns: int
    text: str
    dose: bool = False
    t1_ns: int | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A filled stretch of a lane; `now` is the one that lasts, `outline` one that is yet to come.

    Neighbours too narrow for their words show the name of the `group` they share.
    """

    t0_ns: int
    t1_ns: int
    text: str
    now: bool = False
    outline: bool = False
    group: str = ""


def moments(state: SessionState, span: Span, end_ns: int) -> tuple[Moment, ...]:
    """Notes and scores that stand, and doses, as far as they touch a span, oldest first.

    What goes on is known up to `end_ns`.
    """
    t0_ns, t1_ns = span.t0_ns, span.t1_ns
    notes = (
        Moment(
            n.t_ns,
            n.text or (wording.MARK if n.kind == NoteKind.MARK else ""),
            t1_ns=(end_ns if n.end_ns is None else n.end_ns) if n.lasts else None,
        )
        for n in state.notes
        if n.t_ns <= t1_ns and not n.withdrawn and (n.t_ns >= t0_ns or n.lasts)
    )
    doses = (
        Moment(d.t_ns, DOSE_SIGN + wording.dose_short(d), dose=True)
        for d in state.doses
        if t0_ns <= d.t_ns <= t1_ns
    )
    scores = (Moment(t_ns, text) for t_ns, text in score_marks(state) if t0_ns <= t_ns <= t1_ns)
    seen = (m for m in (*notes, *scores, *doses) if max(m.t_ns, m.t1_ns or 0) >= t0_ns)
    return tuple(sorted(seen, key=lambda m: (m.t_ns, m.dose)))


@dataclass(frozen=True, slots=True)
class Written:
    """A moment and where its words stand: row 0 or 1 of one or two, None where there was no room."""

    moment: Moment
    weight: int
    at: Place | None
    rows: int

    def reach(self, height: float, edge: float) -> tuple[float, float]:
        """From where to where its line runs: beside its own words, so that it crosses nobody else's."""
        if self.at is None:
            return height - 2.5 * edge, height - edge
        if self.rows == 1:
            return edge, height - edge
        return (edge, height / 2) if self.at.row == 0 else (height / 2, height - edge)

    def middle(self, height: float) -> float:
        if self.rows == 1 or self.at is None:
            return height / 2
        return height * (0.29 if self.at.row == 0 else 0.71)


def written(frame: Frame, content: Content) -> tuple[Written, ...]:
    """Where the words of each moment in view stand: doses first, then the newest; in two rows if need be."""
    seen = moments(content.state, content.span, content.end_ns)
    weights = [fonts.BOLD if m.dose else fonts.MEDIUM for m in seen]
    wanted = [
        Wanted(
            max(frame.time.left, frame.time.x(m.t_ns)),
            fonts.width(m.text, frame.label_px, w) + 1,
            DOSE_RANK + i if m.dose else i,
        )
        for i, (m, w) in enumerate(zip(seen, weights, strict=True))
    ]
    rows, found = 1, place(wanted, _room(frame, 1))
    if any(f is None or f.width < w.width for f, w in zip(found, wanted, strict=True)) and _fits_two(frame):
        rows, found = 2, place(wanted, _room(frame, 2))
    return tuple(Written(m, w, at, rows) for m, w, at in zip(seen, weights, found, strict=True))


def draw_note_grid(painter: QPainter, frame: Frame, grid: tuple[int, ...]) -> None:
    """What lies below the now-line."""
    painter.save()
    frame.clip(painter)
    vertical_grid(painter, frame, grid)
    painter.restore()


def _flat(name: str, width: float) -> QPen:
    return QPen(colour(name), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)


def draw_notes(painter: QPainter, frame: Frame, content: Content) -> None:
    """A line and words for each moment, and bars for what lasted, above the now-line."""
    draw_stretches(painter, frame, content)
    shown = written(frame, content)
    if not shown:
        nothing = wording.HIDDEN if content.state.care.locked else wording.NO_NOTES
        quiet_word(painter, frame, nothing if content.state.started else "")
    px, name = frame.label_px, frame.theme.palette.notes
    cap = fonts.metrics(px).capHeight()
    for one in shown:
        if one.at is not None:
            text = elided(one.moment.text, px, one.at.width, one.weight)
            words(
                painter,
                frame,
                QPointF(one.at.x, one.middle(frame.height) + cap / 2),
                text,
                name,
                px,
                one.weight,
            )
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    pens = {dose: _flat(name, frame.theme.px(3 if dose else 2)) for dose in (False, True)}
    for one in shown:
        if one.moment.t_ns < content.span.t0_ns:
            continue
        painter.setPen(pens[one.moment.dose])
        top, bottom = one.reach(frame.height, frame.theme.px(5))
        x = round(frame.time.x(one.moment.t_ns))
        painter.drawLine(QLineF(x, top, x, bottom))


def _fits_two(frame: Frame) -> bool:
    return frame.height * 0.4 >= fonts.metrics(frame.label_px).capHeight() * 1.5


def _room(frame: Frame, rows: int) -> Room:
    spacing = frame.theme.px(8)
    least = fonts.width("xxxx", frame.label_px)
    return Room(frame.time.left, frame.time.right - spacing, rows, spacing, least)


def music_blocks(content: Content) -> tuple[Block, ...]:
    """Tracks that sounded, the one that sounds, and what the player means to play next, within the window."""
    t0_ns, t1_ns = content.span.t0_ns, content.span.t1_ns
    played = (
        Block(s.t0_ns, s.t1_ns or content.end_ns, s.title, now=s.t1_ns is None, group=s.section)
        for s in content.state.music
        if s.t0_ns <= t1_ns and (s.t1_ns or content.end_ns) >= t0_ns
    )
    coming = (Block(c.t0_ns, c.t1_ns, c.title, outline=True) for c in content.coming)
    return (*played, *coming)


def phase_blocks(content: Content) -> tuple[Block, ...]:
    """The session's phases, each until the next."""
    moves = [(t_ns, strings.PHASES[phase].lower()) for t_ns, phase in content.state.phases]
    return tuple(
        Block(t0_ns, t1_ns, name, now=t0_ns <= content.now_ns < t1_ns)
        for (t0_ns, name), (t1_ns, _) in pairwise([*moves, (content.end_ns, "")])
    )


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of a lane of blocks: usual, lasting, words, and the outline of what is yet to come."""

    fill: str
    now: str
    text: str
    outline: str
    centred: bool = False


def music_inks(frame: Frame) -> Inks:
    """Violet, as in the music panel."""
    palette = frame.theme.palette
    return Inks(palette.music_fill, palette.music_now, palette.text, palette.music)


def draw_blocks(painter: QPainter, frame: Frame, blocks: Sequence[Block], inks: Inks) -> None:
    """Blocks with a hair of black between them; the one that lasts is brighter."""
    painter.save()
    frame.clip(painter)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for block in _in_sight(frame, blocks):
        box = _block_box(frame, block)
        if box.width() <= 0:
            continue
        if block.outline:
            painter.setPen(frame.hairline(inks.outline, 0.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            box.adjust(0.5, 0.5, -0.5, -0.5)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(inks.now if block.now else inks.fill))
        painter.drawRoundedRect(box, frame.theme.px(4), frame.theme.px(4))
    painter.restore()


def _in_sight(frame: Frame, blocks: Sequence[Block]) -> list[Block]:
    """Those that touch the window; the others need not be measured."""
    return [b for b in blocks if b.t1_ns >= frame.time.t0_ns and b.t0_ns <= frame.time.t1_ns]


def _block_box(frame: Frame, block: Block) -> QRectF:
    left, right = frame.time.x(block.t0_ns), frame.time.x(block.t1_ns)
    edge = frame.theme.px(6)
    left, right = max(left, frame.time.left - edge), min(right, frame.time.right + edge)
    return QRectF(left + 1, edge, right - left - 2, frame.height - 2 * edge)


def draw_block_words(painter: QPainter, frame: Frame, blocks: Sequence[Block], inks: Inks) -> None:
    """The name in each block, shortened to it; nothing where not even a few letters fit."""
    px, pad = frame.label_px, frame.theme.px(8)
    painter.setFont(fonts.font(px))
    for block in _joined(frame, _in_sight(frame, blocks)):
        box = _visible(frame, block)
        room = box.width() - 2 * pad
        if not _fits(frame, block):
            continue
        painter.setPen(colour(inks.outline if block.outline else inks.text))
        across = Qt.AlignmentFlag.AlignHCenter if inks.centred else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            box.adjusted(pad, 0, -pad, 0),
            across | Qt.AlignmentFlag.AlignVCenter,
            elided(block.text, px, room),
        )


def _visible(frame: Frame, block: Block) -> QRectF:
    return _block_box(frame, block).intersected(QRectF(frame.time.left, 0, frame.time.width, frame.height))


def _fits(frame: Frame, block: Block) -> bool:
    """Whether its words, or at least a few letters of them, have room."""
    px = frame.label_px
    room = _visible(frame, block).width() - 2 * frame.theme.px(8)
    return room >= min(fonts.width("xxx…", px), fonts.width(block.text, px))


def _joined(frame: Frame, blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks as they are worded: runs of one group that are too narrow become one, with the group's name."""
    for (group, fits), run in groupby(blocks, lambda block: (block.group, _fits(frame, block))):
        members = list(run)
        if fits or not group:
            yield from members
        else:
            yield Block(members[0].t0_ns, members[-1].t1_ns, group)


def quiet_word(painter: QPainter, frame: Frame, text: str) -> None:
    """A faint word in the middle of an empty lane."""
    if not text:
        return
    px = frame.label_px
    left = frame.time.left + (frame.time.width - fonts.width(text, px)) / 2
    baseline = middle_baseline(frame.height / 2, fonts.metrics(px))
    words(painter, frame, QPointF(left, baseline), text, frame.theme.palette.faint, px)


def phase_inks(frame: Frame) -> Inks:
    """Amber, as in the status line's stepper."""
    palette = frame.theme.palette
    usual = mix(palette.panel, palette.notes, 0.16).name()
    now = mix(palette.panel, palette.notes, 0.30).name()
    return Inks(usual, now, palette.notes, palette.notes, centred=True)
