"""The window as a picture of a given size, the same every time for the same content."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from ui.flash import Flasher

FULL_HD: Final = QSize(1920, 1080)


def render(window: QWidget, size: QSize = FULL_HD) -> QImage:
    """The window at this size, one device pixel to a pixel, whatever the screen's scaling is."""
    before = window.size()
    flashers = window.findChildren(Flasher)
    for flasher in flashers:
        flasher.set_still(still=True)
    window.resize(size)
    QApplication.processEvents()
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(1.0)
    image.fill(0)
    painter = QPainter(image)
    window.render(painter, QPoint(0, 0))
    painter.end()
    window.resize(before)
    for flasher in flashers:
        flasher.set_still(still=False)
    return image


def save(window: QWidget, path: Path, size: QSize = FULL_HD) -> None:
    """Write the window as a PNG file; OSError if it cannot be written, and then nothing is left of it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not render(window, size).save(buffer, "PNG"):  # type: ignore[call-overload]
        raise OSError(f"{path}: this computer cannot make PNG pictures")
    fresh = path.with_name(f".{path.name}.part")
    try:
        fresh.write_bytes(data.data())
        fresh.replace(path)
    except OSError as why:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise OSError(
            f"{path}: the picture could not be written ({why.strerror}); choose another place"
        ) from why
