"""What a device has said lately, before anybody adopts it."""

import numpy as np
import pytest
from engine_room import DIA, PLETH, PR, SPO2, SYS, S

from kapmonitor import mdc
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceIdentified,
    LinkChanged,
    LinkState,
    Measured,
    Metric,
    Observation,
    Validity,
    WaveformBlock,
)
from kapmonitor.preview import WAVE_POINTS, Preview, offers
from kapmonitor.view import Role

T = 1000 * S


@pytest.fixture
def preview():
    return Preview(0)


def say(preview, metric, value, t_ns=T, **more):
    reading = Measured(float(value)) if value is not None else Absent(Validity.NOT_AVAILABLE)
    preview.on_event(Observation(metric, t_ns, reading, **more), 0)


def shown(preview, now_ns=T):
    return {value.ref: value.reading for value in preview.values(now_ns)}


def test_a_value_is_kept_while_it_is_fresh(preview):
    say(preview, SPO2, 97)
    assert shown(preview, T + 3 * S) == {SPO2.ref: Measured(97)}
    assert shown(preview, T + 3 * S + 1) == {}
    assert preview.speaks(T)
    assert not preview.speaks(T + 4 * S)


def test_a_cuff_reading_is_kept_for_half_an_hour(preview):
    for metric, value in ((SYS, 118), (DIA, 74)):
        say(preview, metric, value)
    assert len(shown(preview, T + 29 * 60 * S)) == 2
    assert not shown(preview, T + 31 * 60 * S)


def test_stored_readings_and_impossible_ones_are_nothing_to_compare(preview):
    say(preview, SYS, 118, stored=True)
    say(preview, SPO2, 127)
    assert shown(preview) == {SPO2.ref: Absent(Validity.INVALID, 127)}
    assert not preview.speaks(T)


def test_no_value_is_no_speech(preview):
    say(preview, SPO2, None)
    assert not preview.speaks(T)


def test_the_curve_is_the_last_four_seconds_between_0_and_1(preview):
    for n in range(40):
        samples = np.full(25, 1000 + n, np.int16)
        preview.on_event(WaveformBlock(PLETH, T + n * S // 3, samples), 0)
    ref, heights = preview.wave()
    assert ref == PLETH.ref
    assert len(heights) <= 2 * WAVE_POINTS
    assert heights[0] == 0
    assert heights[-1] == 1
    assert not preview.speaks(T + 100 * S)


def test_a_battery_is_nothing_to_compare(preview):
    say(preview, Metric(mdc.BATTERY, "Battery"), 90)
    assert shown(preview) == {mdc.BATTERY.ref: Measured(90)}
    assert not preview.speaks(T)


def test_missing_samples_are_gaps_and_a_wave_without_any_is_none(preview):
    preview.on_event(WaveformBlock(PLETH, T, np.array([5, NO_SAMPLE, 9], np.int16)), 0)
    assert preview.wave()[1] == (0.0, None, 1.0)
    preview.on_event(WaveformBlock(PLETH, T, np.full(300, NO_SAMPLE, np.int16)), 0)
    assert preview.wave()[1] == ()


def test_a_lost_link_takes_curve_and_alerts_along(preview):
    preview.on_event(DeviceAlert(AlertKind.SENSOR_OFF, True, T), 0)
    preview.on_event(WaveformBlock(PLETH, T, np.arange(30, dtype=np.int16)), 0)
    assert preview.alerts == {AlertKind.SENSOR_OFF}
    preview.on_link(LinkChanged(LinkState.WAITING, T))
    assert preview.wave() == ("", ())
    assert not preview.alerts


def test_it_keeps_what_the_device_said_it_is_and_the_place_of_its_clock(preview):
    preview.on_event(DeviceIdentified(T, serial="7"), 0)
    assert preview.identity.serial == "7"
    for n in range(5):
        preview.on_event(
            Observation(SPO2, T + n * S, Measured(97.0), device_time=f"1970-01-01T00:00:1{n}"), n * S
        )
    assert preview.drift.report().ahead_s == 10


def test_what_a_device_can_stand_for():
    assert offers((SPO2, PR, PLETH)) == (Role.HR, Role.SPO2)
    assert offers((SYS, DIA)) == (Role.NIBP_SYS,)
    assert offers((Metric(mdc.TEMP_BODY, "t"),)) == ()
