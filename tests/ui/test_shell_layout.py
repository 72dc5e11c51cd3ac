import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.layout import SMALLEST, arrange

SIZES = [(960, 600), (1280, 720), (1366, 768), (1440, 860), (1920, 1080), (2560, 1440), (3840, 2160)]


def boxes(zones):
    return {name: getattr(zones, name) for name in zones.__dataclass_fields__ if getattr(zones, name).height}


def overlap(a, b):
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("bottom", [0, 60])
def test_zones_fill_the_window_without_overlap(size, bottom):
    zones = boxes(arrange(*size, bottom))
    for name, box in zones.items():
        assert box.x >= 0, name
        assert box.y >= 0, name
        assert box.right <= size[0], name
        assert box.bottom <= size[1], name
        assert box.width > 0, name
    names = sorted(zones)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert not overlap(zones[one], zones[other]), (one, other)


def test_the_design_size_gives_the_designs_columns():
    zones = arrange(1920, 1080)
    assert (zones.trends.x, zones.trends.right) == (12, 880)
    assert (zones.hr.x, zones.hr.right) == (892, 1440)
    assert (zones.notes.x, zones.notes.right) == (1452, 1908)
    assert (zones.alarm.y, zones.alarm.bottom) == (52, 132)


def test_on_a_small_screen_the_trends_give_way_first():
    small, large = arrange(1366, 768), arrange(1920, 1080)
    kept = small.hr.width / large.hr.width
    assert kept > 1366 / 1920
    assert small.trends.width / large.trends.width < 1366 / 1920
    assert small.trends.width > small.notes.width


@given(st.integers(SMALLEST[0], 5000), st.integers(SMALLEST[1], 3000))
def test_any_size_keeps_the_order_of_the_zones(width, height):
    zones = arrange(width, height)
    assert zones.status.bottom <= zones.alarm.y < zones.alarm.bottom <= zones.hr.y
    assert zones.trends.right < zones.hr.x < zones.hr.right < zones.notes.x
    assert zones.hr.bottom < zones.spo2.y < zones.spo2.bottom < zones.bp.y
    assert zones.bp.bottom <= zones.footer.y
    assert zones.music.bottom == zones.bp.bottom == zones.trends.bottom
    assert zones.trends.width > 150
