"""Settings of a computer: defaults, the file, the command line, and where each value came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.errors import ConfigError
from kapmonitor.settings import KEYS, Origin, default, parse, read

GOOD = """
[records]
folder = "/data/records"
backup = "~/second"
[outputs]
staff = "Ear"
room = "Speakers"
music = "Headphones"
[session]
protocol = "clinic.toml"
author = "AB"
[lock]
idle_min = 5
[emergency]
phones = ["112 ambulance", "Dr. Berg 0170 1234567"]
[computer]
hold_off_sleep = false
[screen]
distance_m = 2.5
px_per_mm = 3.78
[report]
paper = "letter"
"""


def test_without_a_file_everything_is_a_default():
    assert {setting.origin for setting in default().each()} == {Origin.DEFAULT}
    assert default().idle_lock_min.value == 10
    assert default().hold_off_sleep.value


def test_every_key_of_the_file_is_a_setting_under_its_name():
    keys = [f"{table}.{key}" for table, keys in KEYS.items() for key in keys]
    assert [setting.key for setting in default().each()] == keys


def test_each_value_knows_that_it_came_from_the_file():
    settings = parse(GOOD, "kapmonitor.toml")
    assert settings.staff_output.value == "Ear"
    assert settings.screen_px_per_mm.value == 3.78
    assert settings.report_paper.value == "letter"
    assert not settings.hold_off_sleep.value
    assert settings.emergency_phones.value == ("112 ambulance", "Dr. Berg 0170 1234567")
    defaults = [setting.key for setting in settings.each() if setting.origin is Origin.DEFAULT]
    assert defaults == ["records.forget_days", "computer.hold_off_updates"]


def test_the_command_line_wins_where_it_says_something():
    staff = parse(GOOD, "kapmonitor.toml").staff_output
    assert staff.said("") is staff
    assert (staff.said("Other").value, staff.said("Other").origin) == ("Other", Origin.COMMAND_LINE)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("[records]", "[recrods]"), "recrods"),
        (("backup", "bakup"), "records.bakup"),
        (('"~/second"', '"/data/records"'), "records.backup"),
        (('"Ear"', "1"), "outputs.staff"),
        (('"Speakers"', '"Ear"'), "outputs.room"),
        (('"Headphones"', '"Ear"'), "outputs.music"),
        (("idle_min = 5", "idle_min = -1"), "lock.idle_min"),
        (('"112 ambulance"', "112"), "emergency.phones"),
        (('"112 ambulance"', '" "'), "emergency.phones"),
        (('["112 ambulance"', '["1", "2", "3", "4", "5", "6"'), "emergency.phones"),
        (("= false", '= "no"'), "computer.hold_off_sleep"),
        (("2.5", "20"), "screen.distance_m"),
        (("3.78", "0"), "screen.px_per_mm"),
        (('"letter"', '"Letter"'), "report.paper"),
        (('"letter"', "4"), "report.paper"),
        (("[lock]\nidle_min = 5", "[lock"), "the file"),
    ],
)
def test_a_mistake_is_named_by_its_key(change, key):
    text = GOOD.replace(*change, 1)
    assert [mistake.key for mistake in read(text, "k.toml")[1]] == [key]
    with pytest.raises(ConfigError, match=r"^k\.toml: "):
        parse(text, "k.toml")


@given(st.text(max_size=200), st.sampled_from(GOOD.splitlines()[1:]))
def test_any_text_is_settings_or_config_errors(text, line):
    for changed in (f"{line}\n{text}", GOOD.replace(line, text)):
        _, mistakes = read(changed, "k.toml")
        assert all(str(mistake).startswith("k.toml: ") for mistake in mistakes)
        if not mistakes:
            assert parse(changed, "k.toml") == read(changed, "k.toml")[0]
