"""Which lanes there are, how tall, and what draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from kapmonitor.closeup import Samples
from ui.panel import paint_panel
from ui.trends import marks, pressure, signals, wavelane, wording
from ui.trends.content import Content
from ui.trends.frame import Frame
from ui.trends.unmonitored import draw_bands
from ui.trends.wavelane import WaveShown


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a lane is drawn from: the content, its pixel columns, and the times of the axis' ticks.

    `waves` is None while waves are not shown; `readings` are heart rate and saturation as they came, in a
    short window.
    """

    content: Content
    columns: int
    grid: tuple[int, ...]
    waves: tuple[WaveShown, ...] | None = None
    readings: tuple[Samples, ...] = ()


DrawLane = Callable[[QPainter, Frame, Picture], None]


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: design pixels tall, growing with the pane if `grows`; drawn below and above the now-line."""

    name: str
    height: int
    grows: bool
    body: DrawLane
    words: DrawLane


def paint_ground(painter: QPainter, frame: Frame) -> None:
    """The panel a lane stands on."""
    painter.save()
    paint_panel(painter, QRectF(0.0, 0.0, frame.width, frame.height), frame.theme)
    painter.restore()


def _waves_body(painter: QPainter, frame: Frame, picture: Picture) -> None:
    wavelane.draw_body(painter, frame, picture.waves or (), picture.grid)
    draw_bands(painter, frame, picture.content)


def _waves_words(painter: QPainter, frame: Frame, picture: Picture) -> None:
    wavelane.draw_words(painter, frame, picture.content, picture.waves or ())


def _signals_body(painter: QPainter, frame: Frame, picture: Picture) -> None:
    content, palette = picture.content, frame.theme.palette
    signals.draw_body(painter, frame, content, picture.columns, picture.grid)
    scales = signals.hr_scale(frame, content.hr), signals.spo2_scale(frame, content.spo2)
    for samples, scale, ink in zip(picture.readings, scales, (palette.hr, palette.spo2), strict=False):
        wavelane.draw_readings(painter, frame, samples, scale, ink)


def _signals_words(painter: QPainter, frame: Frame, picture: Picture) -> None:
    content = picture.content
    signals.draw_words(painter, frame, content)
    if content.state.started is None:
        marks.quiet_word(painter, frame, wording.NO_SESSION)
    elif not len(content.hr.trace.index) and not len(content.spo2.trace.index):
        marks.quiet_word(painter, frame, wording.WAITING if content.live else wording.NO_DATA)


def _pressure_body(painter: QPainter, frame: Frame, picture: Picture) -> None:
    pressure.draw_body(painter, frame, picture.content, picture.grid)


def _pressure_words(painter: QPainter, frame: Frame, picture: Picture) -> None:
    pressure.draw_words(painter, frame, picture.content)
    if not picture.content.pressure.cuffs and picture.content.state.started is not None:
        marks.quiet_word(painter, frame, wording.NO_CUFF if picture.content.live else wording.NO_CUFF_HERE)


def _notes_body(painter: QPainter, frame: Frame, picture: Picture) -> None:
    marks.draw_note_grid(painter, frame, picture.grid)
    draw_bands(painter, frame, picture.content)


def _notes_words(painter: QPainter, frame: Frame, picture: Picture) -> None:
    marks.draw_notes(painter, frame, picture.content)


def _music_body(painter: QPainter, frame: Frame, picture: Picture) -> None:
    draw_bands(painter, frame, picture.content)
    marks.draw_blocks(painter, frame, marks.music_blocks(picture.content), marks.music_inks(frame))


def _music_words(painter: QPainter, frame: Frame, picture: Picture) -> None:
    blocks = marks.music_blocks(picture.content)
    marks.draw_block_words(painter, frame, blocks, marks.music_inks(frame))
    if not blocks and picture.content.state.started is not None:
        marks.quiet_word(painter, frame, wording.NO_MUSIC)


def _phase_body(painter: QPainter, frame: Frame, picture: Picture) -> None:
    marks.draw_blocks(painter, frame, marks.phase_blocks(picture.content), marks.phase_inks(frame))


def _phase_words(painter: QPainter, frame: Frame, picture: Picture) -> None:
    marks.draw_block_words(painter, frame, marks.phase_blocks(picture.content), marks.phase_inks(frame))


PHASES: Final = Lane("phases", 56, False, _phase_body, _phase_words)
WAVES: Final = Lane("waves", 0, False, _waves_body, _waves_words)
"""As tall as it has waves to show."""

SIGNALS: Final = Lane("signals", 330, True, _signals_body, _signals_words)
PRESSURE: Final = Lane("pressure", 372, True, _pressure_body, _pressure_words)
NOTES: Final = Lane("notes", 68, False, _notes_body, _notes_words)
MUSIC: Final = Lane("music", 56, False, _music_body, _music_words)

LIVE_LANES: Final = (SIGNALS, PRESSURE, NOTES, MUSIC)
REVIEW_LANES: Final = (PHASES, WAVES, *LIVE_LANES)
