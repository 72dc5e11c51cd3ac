"""The program behind `make alarm-pictures`: its courses are the ten states, and the room knows them."""

import sys

import pytest
from alarm_scenes import ACTIVE, BY_NAME, SCENES, add_scenarios, alarm
from fake_session import FakeSession

from devices.sim.scenario import SCENARIOS, bedside
from kapmonitor.alarms.limits import baseline_example

STATES = {
    *("low", "medium", "high", "several", "latched", "audio-paused", "audio-lost", "stale"),
    *("cuff-overdue", "console-stopped"),
}


@pytest.fixture
def scenarios(monkeypatch):
    monkeypatch.setattr(sys.modules["alarm_scenes"], "SCENARIOS", known := dict(SCENARIOS))
    add_scenarios()
    return known


def test_there_is_a_course_for_each_state(scenarios):
    assert set(BY_NAME) == STATES <= set(scenarios)
    assert len(SCENES) == len(STATES)


def test_a_course_needs_all_its_steps_and_is_live_before_its_end(scenarios):
    for scene in SCENES:
        assert scene.steps
        assert scenarios[scene.name].look_s == scene.live_s > 0


@pytest.mark.parametrize(
    ("scene", "least", "most"), [("low", 92, 93.4), ("high", 83, 87), ("several", 83, 87)]
)
def test_the_saturation_falls_as_far_as_the_picture_needs(scenarios, monkeypatch, scene, least, most):
    monkeypatch.setitem(SCENARIOS, scene, scenarios[scene])
    room = bedside(scene, 7, 720.0)
    lowest = min(float(room.patient.spo2(720.0 + t)) for t in range(2540, 2640, 5))
    assert least - 0.5 <= lowest <= most


def test_the_limits_that_are_waited_for_exist():
    known = {rule.id for rule in baseline_example().rules}
    assert {"spo2-falling", "spo2-very-low", "sys-high"} <= known


def test_a_step_waits_for_an_alarm_in_a_state():
    shot = FakeSession("acknowledged").snapshot()
    assert alarm("nibp-sys")(shot)
    assert alarm("nibp-sys", ACTIVE[1])(shot)
    assert not alarm("nibp-sys", ACTIVE[0])(shot)
    assert not alarm("spo2")(shot)
