"""Where each zone stands for a window of any size. Pure: numbers in, boxes out."""

from __future__ import annotations

from dataclasses import dataclass

from ui.theme import scale_for


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in window pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Zones:
    """The dashboard's parts; `bottom` is the strip for the replay bar, empty where there is none."""

    status: Box
    alarm: Box
    trends: Box
    hr: Box
    spo2: Box
    bp: Box
    notes: Box
    music: Box
    bottom: Box
    footer: Box


GAP = 12
STATUS = 44
ALARM = (52, 80)
BODY_TOP = 144
FOOTER = 30
NUMBERS = 548
SIDE = 456
TILE_SHARES = (239, 315, 328)
SIDE_SHARES = (500, 400)
NARROWEST_NUMBERS = 424
NARROWEST_SIDE = 348
SMALLEST = (960, 600)


def arrange(width: int, height: int, bottom_height: int = 0) -> Zones:
    """Boxes for a window of this size; the trends give way first, `bottom_height` is in design pixels."""
    scale = scale_for(width, height)

    def px(length: float) -> int:
        return round(length * scale)

    gap = px(GAP)
    numbers = max(px(NUMBERS), min(NARROWEST_NUMBERS, round(width * 0.32)))
    side = max(px(SIDE), min(NARROWEST_SIDE, round(width * 0.26)))
    top = px(BODY_TOP)
    footer = Box(0, height - px(FOOTER), width, px(FOOTER))
    strip = px(bottom_height)
    end = footer.y - (strip + gap if strip else 0)
    side_x = width - gap - side
    numbers_x = side_x - gap - numbers
    hr, spo2, bp = _stack(Box(numbers_x, top, numbers, end - top), TILE_SHARES, gap)
    notes, music = _stack(Box(side_x, top, side, end - top), SIDE_SHARES, gap)
    return Zones(
        status=Box(0, 0, width, px(STATUS)),
        alarm=Box(gap, px(ALARM[0]), width - 2 * gap, px(ALARM[1])),
        trends=Box(gap, top, numbers_x - 2 * gap, end - top),
        hr=hr,
        spo2=spo2,
        bp=bp,
        notes=notes,
        music=music,
        bottom=Box(gap, footer.y - strip, width - 2 * gap, strip),
        footer=footer,
    )


def body(zones: Zones) -> Box:
    """All that lies between the alarm line and the last lines of the window."""
    left, top = zones.trends.x, zones.trends.y
    return Box(left, top, zones.notes.right - left, zones.trends.bottom - top)


def _stack(column: Box, shares: tuple[int, ...], gap: int) -> tuple[Box, ...]:
    """Boxes one above the other that fill the column, heights in proportion."""
    room = column.height - gap * (len(shares) - 1)
    boxes: list[Box] = []
    y = column.y
    for i, share in enumerate(shares):
        last = i == len(shares) - 1
        height = column.bottom - y if last else round(room * share / sum(shares))
        boxes.append(Box(column.x, y, column.width, height))
        y += height + gap
    return tuple(boxes)
