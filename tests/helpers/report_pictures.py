"""Pages of a PDF as they look on white paper."""

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument


def pictures(path, width=1240):
    """A QImage of each page."""
    pdf = QPdfDocument()
    pdf.load(str(path))
    found = []
    for page in range(pdf.pageCount()):
        size = pdf.pagePointSize(page)
        drawn = pdf.render(page, QSize(width, round(width * size.height() / size.width())))
        white = QImage(drawn.size(), QImage.Format.Format_RGB32)
        white.fill("white")
        painter = QPainter(white)
        painter.drawImage(0, 0, drawn)
        painter.end()
        found.append(white)
    pdf.close()
    return found


def pixels(image):
    """Grey values, shape (height, width)."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()
