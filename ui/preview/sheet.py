"""One page of a PDF on the screen: as a whole, or larger and moved about."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtPdf import QPdfDocument

ZOOMS: Final = (1.0, 1.6, 2.4)
"""Times as large as a page that is seen as a whole."""
STEP: Final = 0.15
"""Of what is in view: how far an arrow key moves."""


class Sheet:
    """Which page is seen, how large, and which part of it. Holds the pixels of one page."""

    def __init__(self) -> None:
        self._buffer = QBuffer()
        self._pdf = QPdfDocument()
        self._drawn: tuple[int, QSize, QImage] | None = None
        self.page = 0
        self.zoom = 0
        self._corner = QPointF()
        """What of the page is at the upper left, from 0 to 1 of what lies outside the view."""

    def load(self, pdf: bytes) -> bool:
        """Show this from its first page on; whether it can be shown."""
        self._drawn, self.page = None, 0
        self._pdf.close()
        self._buffer.close()
        self._buffer.setData(pdf)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._pdf.load(self._buffer)
        return self.count > 0

    @property
    def count(self) -> int:
        return self._pdf.pageCount()

    def turn(self, by: int) -> None:
        """Another page, from its top."""
        page = min(max(self.page + by, 0), max(0, self.count - 1))
        if page != self.page:
            self.page, self._corner = page, QPointF(self._corner.x(), 0.0)

    def scale(self) -> None:
        """The next size; after the largest the whole page again."""
        self.zoom = (self.zoom + 1) % len(ZOOMS)

    def move(self, dx: int, dy: int) -> None:
        """Look at another part, in steps; nothing where the page is seen as a whole."""
        if self.zoom:
            x, y = self._corner.x() + dx * STEP, self._corner.y() + dy * STEP
            self._corner = QPointF(min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))

    def paint(self, painter: QPainter, room: QRectF, ratio: float) -> None:
        """The page in its room, sharp on a screen of so many dots to the pixel."""
        page = self._pdf.pagePointSize(self.page)
        scale = min(room.width() / page.width(), room.height() / page.height()) * ZOOMS[self.zoom]
        size = QSize(round(page.width() * scale * ratio), round(page.height() * scale * ratio))
        image = self._image(size)
        shown = QRectF(0, 0, size.width() / ratio, size.height() / ratio)
        shown.moveTo(
            _place(room.left(), room.width(), shown.width(), self._corner.x()),
            _place(room.top(), room.height(), shown.height(), self._corner.y()),
        )
        painter.save()
        painter.setClipRect(room)
        painter.fillRect(shown, QColor("white"))
        painter.drawImage(shown, image)
        painter.restore()

    def _image(self, size: QSize) -> QImage:
        if self._drawn is None or self._drawn[:2] != (self.page, size):
            self._drawn = (self.page, size, self._pdf.render(self.page, size))
        return self._drawn[2]


def _place(start: float, room: float, length: float, share: float) -> float:
    """Centred where it fits, else moved by a share of what does not."""
    return start + (room - length) * (0.5 if length <= room else share)
