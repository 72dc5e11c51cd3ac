"""How tiles stand to their alarms: pending, unarmed, switched off, acknowledged; whose limits they show."""

from dataclasses import replace

import pytest
from fake_session import NOW_NS, FakeSession
from PySide6.QtCore import QRect
from shell_parts import HD, LAPTOP, open_window, picture, shows

from kapmonitor.snapshot import Priority
from ui.flash import Flasher
from ui.theme import SESSION, Theme
from ui.tiles.face import NumberFace, Trust
from ui.tiles.look import BP_ROLES, HR_ROLES, SPO2_ROLES, Crossed, Look, look
from ui.tiles.number import NumberTile


def look_of(variant, roles=HR_ROLES):
    return look(FakeSession(variant).snapshot(), roles, NOW_NS)


@pytest.mark.parametrize(
    ("variant", "roles", "seen"),
    [
        ("quiet", HR_ROLES, Look(note="baseline 72")),
        ("quiet", SPO2_ROLES, Look(note="fixed limits")),
        ("quiet", BP_ROLES, Look(note="baseline 118/74")),
        ("no-baseline", HR_ROLES, Look(note="no baseline")),
        ("changed", HR_ROLES, Look(note="set by RN")),
        ("unarmed", HR_ROLES, Look(armed=False, note="not armed now")),
        ("unarmed", BP_ROLES, Look(note="baseline 118/74")),
        ("pending", HR_ROLES, Look(pending=Priority.MEDIUM, note="baseline 72")),
        ("pending", SPO2_ROLES, Look(note="fixed limits")),
        ("limit-off", HR_ROLES, Look(off="12:41", note="baseline 72")),
        ("limit-off", SPO2_ROLES, Look(note="fixed limits")),
        (
            "acknowledged",
            BP_ROLES,
            Look(acknowledged=True, note="baseline 118/74", crossed={"nibp-sys": Crossed(high=154.0)}),
        ),
        ("medium", BP_ROLES, Look(note="baseline 118/74", crossed={"nibp-sys": Crossed(high=154.0)})),
        ("low", SPO2_ROLES, Look(note="fixed limits", crossed={"spo2": Crossed(low=94.0)})),
        ("latched", SPO2_ROLES, Look(note="fixed limits")),
    ],
)
def test_each_state_has_a_look_of_its_own(variant, roles, seen):
    assert look_of(variant, roles) == seen


def test_the_gravest_pending_counts_and_other_phases_do_not():
    shot = FakeSession("pending").snapshot()
    limits = tuple(
        replace(limit, state="pending") if limit.rule == "hr-very-high" else limit for limit in shot.limits
    )
    assert look(replace(shot, limits=limits), HR_ROLES, NOW_NS).pending is Priority.HIGH
    away = tuple(replace(limit, in_phase=False) for limit in limits)
    assert look(replace(shot, limits=away), HR_ROLES, NOW_NS) == Look()


def test_of_several_limits_of_a_value_the_gravest_that_alarms_is_shown():
    shot = FakeSession("low").snapshot()
    low = shot.alarms[0]
    graver = replace(low, condition="spo2-very-low", priority=Priority.HIGH, limit=88.0, value=86.0)
    for alarms in ((low, graver), (graver, low)):
        assert look(replace(shot, alarms=alarms), SPO2_ROLES, NOW_NS).crossed_of("spo2") == Crossed(low=88.0)
    over = replace(graver, state="latched")
    assert look(replace(shot, alarms=(low, over)), SPO2_ROLES, NOW_NS).crossed_of("spo2").low == 94.0


def test_a_baseline_pressure_is_written_as_a_pressure():
    shot = FakeSession("quiet").snapshot()
    mean = next(replace(each, role="nibp-mean") for each in shot.limits if each.role == "nibp-dia")
    mean = replace(mean, source="89 + 30 %")
    assert look(replace(shot, limits=(*shot.limits, mean)), BP_ROLES, NOW_NS).note == "baseline 118/74 (89)"


def test_a_limit_is_off_no_longer_than_its_time():
    shot = FakeSession("limit-off").snapshot()
    until_ns = next(limit.off_until_t_ns for limit in shot.limits if limit.off_until_t_ns)
    assert look(shot, HR_ROLES, until_ns - 1).off == "0:00"
    assert look(shot, HR_ROLES, until_ns).off == ""


@pytest.mark.parametrize("size", [HD, LAPTOP])
def test_a_pending_limit_is_a_steady_thin_border_and_no_block(qtbot, size):
    window = open_window(qtbot, "pending", size)
    shot = picture(window, size)
    box = window.numbers.hr.geometry()
    edge = QRect(box.x(), box.y() + 60, 3, box.height() - 120)
    assert shows(shot, edge, SESSION.medium) >= edge.height()
    assert shows(shot, box, SESSION.medium) < 4 * 2 * (box.width() + box.height())
    assert shows(shot, window.alarm.geometry(), SESSION.medium, 4) == 0


@pytest.mark.parametrize("size", [HD, LAPTOP])
def test_a_crossed_bell_stands_on_the_tile_alone(qtbot, size):
    window = open_window(qtbot, "limit-off", size)
    shot = picture(window, size)
    for tile, there in (("hr", True), ("spo2", False), ("bp", False)):
        box = getattr(window.numbers, tile).geometry()
        header = QRect(box.x(), box.y(), box.width(), window.theme.px(54))
        assert (shows(shot, header, SESSION.notes, 20) > 40) is there


def test_dashes_stand_around_the_one_limit_that_there_is(qtbot):
    face = NumberFace("---", Trust.GONE, "link lost", "", "91", "", None, look=Look(armed=False))
    theme = Theme(SESSION, 1.0)
    tile = NumberTile(theme, Flasher(), "SpO₂", "%", lambda: face)
    qtbot.addWidget(tile)
    tile.resize(548, 315)
    shot = tile.grab().toImage()
    first_row, second_row = (QRect(548 - 90, top, 89, 22) for top in (62, 94))
    assert shows(shot, first_row, SESSION.secondary, 20) == 0
    assert shows(shot, second_row, SESSION.secondary, 20) > 20


def test_dashes_stand_around_limits_that_are_not_armed(qtbot):
    shots = {variant: picture(open_window(qtbot, variant)) for variant in ("quiet", "unarmed")}
    window = open_window(qtbot, "quiet")
    box = window.numbers.hr.geometry()
    corner = QRect(box.right() - 90, box.y() + 55, 88, 80)
    assert shows(shots["unarmed"], corner, SESSION.secondary) > shows(
        shots["quiet"], corner, SESSION.secondary
    )
