"""The session's devices on the page: each with what it shows now, and what to do where one is missing."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from kapmonitor.nearby import NearbyDevice, NearbyState
from kapmonitor.view import Role
from ui import fonts, painting
from ui.before import wording
from ui.before.places import inner
from ui.devices.drawing import ROW, paint_row
from ui.devices.face import row_face
from ui.ports import SessionPort
from ui.theme import Theme, colour

GAP: Final = 10
OURS: Final = frozenset({NearbyState.ADOPTED, NearbyState.LOST, NearbyState.CHANGED})


def adopted(devices: tuple[NearbyDevice, ...]) -> tuple[NearbyDevice, ...]:
    """Those of the session."""
    return tuple(each for each in devices if each.state in OURS or each.device)


def wanting(devices: tuple[NearbyDevice, ...]) -> tuple[str, ...]:
    """What no device of the session gives."""
    offered = {role for each in devices for role in each.offers}
    pulse = () if offered & {Role.HR, Role.SPO2} else (wording.NO_PULSE,)
    return pulse if Role.NIBP_SYS in offered else (*pulse, wording.NO_CUFF)


def paint_devices(painter: QPainter, theme: Theme, panel: QRectF, port: SessionPort, who: str) -> None:
    """As many rows as there is room for; the last says how many more there are."""
    room, ours = inner(theme, panel), adopted(port.nearby().devices)
    if not ours:
        _say(painter, theme, room, wording.NO_DEVICES)
        return
    step = theme.px(ROW) + theme.px(GAP)
    fit = max(1, int((room.height() + theme.px(GAP)) // step))
    notes = wanting(ours)
    shown = ours if len(ours) + bool(notes) <= fit else ours[: max(1, fit - 1)]
    now_ns = port.now_ns()
    for number, device in enumerate(shown):
        box = QRectF(room.x(), room.y() + number * step, room.width(), theme.px(ROW))
        paint_row(
            painter, box, theme, row_face(device, now_ns, who), (device.wave_ref, device.wave), chosen=False
        )
    y = room.y() + len(shown) * step + theme.text_px(16)
    more = (wording.MORE_DEVICES.format(count=len(ours) - len(shown)),) if len(shown) < len(ours) else ()
    said = "   ".join((*more, *notes))
    ink, size = colour(theme.palette.notes), theme.text_px(17)
    if y < room.bottom():
        painting.line(painter, room.x(), y, said, ink, size, room=room.width())


def _say(painter: QPainter, theme: Theme, room: QRectF, words: str) -> None:
    size = theme.text_px(18)
    base = painting.middle_baseline(room.center().y(), fonts.metrics(size))
    ink = colour(theme.palette.notes)
    painting.line(
        painter, room.center().x(), base, words, ink, size, room=room.width(), align=painting.CENTRE
    )
