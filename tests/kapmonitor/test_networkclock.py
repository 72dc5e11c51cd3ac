"""Whether the network holds the time of day: what the kernel says, on record, and on screen."""

import sys
from dataclasses import replace

import pytest
from fake_session import FakeSession
from session_parts import Session, recorded

from kapmonitor import networkclock
from kapmonitor.model import GenerationMode
from kapmonitor.networkclock import (
    CLOCK_ERROR,
    NANOSECONDS,
    UNSYNCHRONISED,
    NetworkClock,
    network_clock,
    read,
)
from kapmonitor.session.clock_events import ClockHeld
from kapmonitor.snapshot import StationFacts
from ui import alarm_wording
from ui.alarm_chips import chips_of


@pytest.mark.parametrize(
    ("state", "status", "offset", "error_us", "wanted"),
    [
        (0, NANOSECONDS, -1500, 30_000, NetworkClock(True, -1500, 30_000_000)),
        (0, 0, -1500, 30_000, NetworkClock(True, -1_500_000, 30_000_000)),
        (CLOCK_ERROR, UNSYNCHRONISED, 0, 16_000_000, NetworkClock(False, 0, 16_000_000_000)),
        (CLOCK_ERROR, 0, 0, 0, NetworkClock(False, 0, 0)),
        (0, UNSYNCHRONISED, 0, 0, NetworkClock(False, 0, 0)),
        (1, 0, 0, 10, NetworkClock(True, 0, 10_000)),
    ],
)
def test_what_the_kernel_says(state, status, offset, error_us, wanted):
    assert read(state, status, offset, error_us) == wanted


@pytest.mark.parametrize(
    ("clock", "far"),
    [
        (NetworkClock(False, 0, 16_000_000_000), True),
        (NetworkClock(False, -1_200_000_000, 0), True),
        (NetworkClock(False, 0, 900_000_000), False),
        (NetworkClock(True, 0, 16_000_000_000), False),
    ],
)
def test_only_what_nothing_holds_and_may_be_far_off_is_said(clock, far):
    assert clock.may_be_far_off == far
    shot = replace(FakeSession("quiet").snapshot(), station=StationFacts(clock=clock))
    said = [chip.text for chip in chips_of(shot, shot.t_ns)]
    assert (alarm_wording.CLOCK_LOOSE in said) == far
    demo = replace(shot, mode=GenerationMode.DEMO)
    assert alarm_wording.CLOCK_LOOSE not in [chip.text for chip in chips_of(demo, shot.t_ns)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_this_computer_tells():
    found = network_clock()
    assert found is None or found.error_ns >= 0


def test_it_is_on_record_when_a_session_opens_and_when_it_ends(tmp_path, monkeypatch):
    told = iter([NetworkClock(True, 5, 10), NetworkClock(False, 0, 16_000_000_000)])
    monkeypatch.setattr("kapmonitor.station.network_clock", lambda: next(told))
    with Session(tmp_path / "a.kap"):
        pass
    assert recorded(tmp_path / "a.kap", ClockHeld) == [
        ClockHeld(True, 5, 10),
        ClockHeld(False, 0, 16_000_000_000),
    ]


def test_where_the_system_does_not_tell_nothing_is_recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(networkclock.sys, "platform", "darwin")
    assert network_clock() is None
