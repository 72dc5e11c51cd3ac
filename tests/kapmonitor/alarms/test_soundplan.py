"""The plan of the sound: what ships is the paper's table; a mistake is named."""

from importlib import resources

import pytest

from kapmonitor.alarms.soundplan import QUIETEST_DB, default, parse
from kapmonitor.errors import ConfigError

TEXT = resources.files("kapmonitor").joinpath("data/sounding-default.toml").read_text("utf-8")


def test_what_ships_is_sound():
    plan = default()
    assert (plan.high.room_after_s, plan.high.full_after_s, plan.bypass_full_after_s) == (15, 30, 10)
    assert (plan.medium.staff_after_s, plan.medium.room_after_s, plan.medium.full_after_s) == (10, 60, None)
    assert plan.low.staff_after_s is None


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("full_after_s = 30.0", "full_after_s = 5.0", "high.full_after_s"),
        ("room_after_s = 15.0", "room_after_s = 3600.0", "high.room_after_s"),
        ("room_after_s = 15.0\n", "", "high.room_after_s"),
        ("room_after_s = 60.0", "full_after_s = 60.0", "medium.full_after_s"),
        ("full_dba = 65.0", "full_dba = 55.0", "high.full_dba"),
        ("room_dba = 50.0", "room_dba = 61.0", "medium.room_dba"),
        ("room_full_dba = 75.0", "room_full_dba = 61.0", "levels.room_full_dba"),
        ("unduck_s = 5.0", "unduck_s = true", "unduck_s"),
        ("unduck_s = 5.0", "unduck_s = nan", "unduck_s"),
        ("unduck_s = 5.0", 'unduck_s = 5.0\nmute = "yes"', "mute"),
        ("reminder_s = 120.0", "reminder_s = 1e9", "high.reminder_s"),
        ("[high]", "[hihg]", "high"),
        ("[high]", "[high", "the file"),
        ("staff_after_s = 0.0", "staff_after_s = 0.0\nchime_after_s = 300.0", "high.chime_after_s"),
    ],
)
def test_a_mistake_is_named(old, new, key):
    assert old in TEXT
    with pytest.raises(ConfigError) as error:
        parse(TEXT.replace(old, new, 1), "sounding.toml")
    assert error.value.key == key
    assert error.value.path == "sounding.toml"


def test_no_level_mutes_an_alarm_and_none_is_above_full_scale():
    plan = parse(TEXT.replace("staff_full_dba = 70.0", "staff_full_dba = 120.0"), "x")
    assert plan.staff_level_db(30.0) == QUIETEST_DB
    assert plan.room_level_db(200.0) == 0.0
