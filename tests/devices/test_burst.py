"""Which reading of a burst is the new one: by the device's stamps, by its clock, and whatever the order."""

import tracemalloc
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.burst import HELD_MOST, HOLD_S, STORED_GAP_S, Burst
from devices.gatt_clock import AHEAD_S, CLOCKS_MOST, CURRENT_TIME, DATE_TIME, OLD_S, DeviceClock
from devices.ieee11073 import current_time_of, date_time_of
from kapmonitor.model import Fault, FaultKind

S = 1_000_000_000
MS = 1_000_000
ZERO = datetime(2026, 3, 14, 9, 0, 0)  # noqa: DTZ001


def at(seconds):
    return (ZERO + timedelta(seconds=seconds)).isoformat()


def told(burst, readings, step_ns=50 * MS):
    """Each (name, seconds), then all that was held: name to whether it is stored."""
    out = []
    for place, (name, seconds) in enumerate(readings):
        out += burst.due(place * step_ns)
        out += burst.take(name, None if seconds is None else at(seconds), place * step_ns)
    return {entry.reading: entry.stored for entry in out + burst.release()}


def test_two_old_ones_taken_a_minute_apart_are_both_old():
    readings = [("a", 0), ("b", 50), ("new", 6 * 3600)]
    assert told(Burst(str), readings) == {"a": True, "b": True, "new": False}


def test_a_row_of_inflations_counts_as_one():
    row = [("a", 0), ("b", 50), ("c", 100), ("d", 150)]
    assert told(Burst(str), row) == {"a": False, "b": False, "c": False, "d": False}
    assert told(Burst(str), [*reversed(row), ("old", -STORED_GAP_S - 1)])["old"] is True


def test_each_waits_its_own_time():
    burst = Burst(str)
    burst.take("a", at(0), 0)
    burst.take("b", at(30), S)
    assert burst.deadline_ns == int(HOLD_S * S)
    assert [entry.reading for entry in burst.due(burst.deadline_ns)] == ["a"]
    assert burst.deadline_ns == S + int(HOLD_S * S)


def test_memory_is_bounded_whatever_comes():
    tracemalloc.start()
    burst = Burst(lambda reading: reading)
    for n in range(20_000):
        burst.due(n * S)
        burst.take(("reading", n), at(n * 70), n * S)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000


def test_no_more_are_held_than_a_memory_has():
    burst = Burst(str)
    out = [entry for n in range(3 * HELD_MOST) for entry in burst.take(str(n), at(n / 10), n)]
    assert len(out) == 2 * HELD_MOST


def test_a_stored_one_that_the_device_names_is_told_once():
    burst = Burst(str)
    assert [entry.stored for entry in burst.take_stored("a", at(0))] == [True]
    assert burst.take_stored("a", at(0)) == []
    assert burst.take("a", at(0), 0) == []
    assert [entry.stored for entry in burst.take_stored("untimed", None)] == [True]


@given(st.permutations([("day", -86400), ("hour", -3600), ("half", -1800), ("new", 0)]))
def test_with_the_devices_clock_the_order_is_nothing(readings):
    clock = DeviceClock()
    clock.receive(DATE_TIME, date_time_of(ZERO + timedelta(seconds=40)), 0)
    burst = Burst(str, clock.is_old)
    assert told(burst, readings) == {"day": True, "hour": True, "half": True, "new": False}


def test_the_newest_of_all_may_be_old_too():
    clock = DeviceClock()
    clock.receive(DATE_TIME, date_time_of(ZERO + timedelta(seconds=OLD_S + 10)), 0)
    assert told(Burst(str, clock.is_old), [("only", 0)]) == {"only": True}


def test_a_clock_heard_after_the_reading_still_counts():
    clock = DeviceClock()
    burst = Burst(str, clock.is_old)
    assert burst.take("only", at(0), 0) == []
    clock.receive(CURRENT_TIME, current_time_of(ZERO + timedelta(hours=2)), 200 * MS)
    assert [(entry.reading, entry.stored) for entry in burst.due(2 * S)] == [("only", True)]


def test_a_clock_set_back_does_not_hide_the_new_reading():
    """The old stamps lie in the future of a clock that was five hours ahead when they were made."""
    clock = DeviceClock()
    clock.receive(DATE_TIME, date_time_of(ZERO), 0)
    readings = [("before", 5 * 3600 - 600), ("new", -30)]
    assert told(Burst(str, clock.is_old), readings) == {"before": True, "new": False}
    assert told(Burst(str, clock.is_old), readings[::-1]) == {"before": True, "new": False}


def test_a_reading_is_old_only_by_every_clock():
    clock = DeviceClock()
    clock.receive(DATE_TIME, date_time_of(datetime(2017, 1, 1)), 0)  # noqa: DTZ001
    clock.receive(DATE_TIME, date_time_of(ZERO), S)
    assert not clock.is_old("2016-12-31T23:59:30", 2 * S)
    assert not clock.is_old(at(-20), 2 * S)
    assert clock.is_old("2016-12-31T20:00:00", 2 * S)
    clock.opened()
    assert not clock.is_old("2016-12-31T20:00:00", 2 * S)


@pytest.mark.parametrize(
    ("age_s", "old"),
    [(0, False), (OLD_S - 1, False), (OLD_S + 1, True), (-AHEAD_S + 1, False), (-AHEAD_S - 1, True)],
)
def test_how_old_is_old(age_s, old):
    clock = DeviceClock()
    clock.receive(CURRENT_TIME, current_time_of(ZERO), 10 * S)
    assert clock.is_old(at(-age_s), 10 * S) is old


def test_time_passes_for_the_devices_clock():
    clock = DeviceClock()
    clock.receive(DATE_TIME, date_time_of(ZERO), 0)
    assert clock.is_old(at(0), int((OLD_S + 1) * S))
    assert not clock.is_old(at(600), 600 * S)


@pytest.mark.parametrize("uuid", [DATE_TIME, CURRENT_TIME])
@pytest.mark.parametrize("size", [0, 6, 8, 9, 11])
def test_a_clock_of_a_wrong_length_is_a_fault(uuid, size):
    assert DeviceClock().receive(uuid, bytes(size), 3) == [
        Fault(FaultKind.LENGTH, 3, size, bytes(size).hex())
    ]


def test_a_clock_that_was_never_set_tells_nothing():
    clock = DeviceClock()
    assert clock.receive(DATE_TIME, bytes(7), 0) == []
    assert clock.receive("x", b"y", 0) == []
    assert not clock.is_old(at(0), 0)


def test_no_more_clocks_are_kept_than_there_can_be():
    clock = DeviceClock()
    for day in range(1, 28):
        clock.receive(DATE_TIME, date_time_of(datetime(2026, 1, day)), 0)  # noqa: DTZ001
    assert len(clock._ahead_s) == CLOCKS_MOST
