"""GE / Datex-Ohmeda: what the cuff does, which numbers are new, and when they were measured."""

import pytest
from ge_bench import T0, Bench, S, nibp, no_nibp, numbers

from devices.drivers.ge_dri import DRIVER
from devices.sim import ge_records as records
from devices.sim.ge_records import NO, Group, Shown
from devices.testing import run
from kapmonitor.model import CuffChanged, CuffFailed, CuffState, Observation

SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{which}" for which in ("SYS", "DIA", "MEAN"))
MEASURING, STASIS, OLD = 0x20, 0x40, 0x100


def readings(events):
    return [
        (e.reading.value, e.device_time, e.stored)
        for e in events
        if isinstance(e, Observation) and e.metric.ref == SYS
    ]


def test_numbers_found_on_opening_are_stored_and_told_once():
    bench = Bench()
    events = bench.show(nibp(OLD), 1) + bench.clock(T0 - 600, 2)
    for t_s in range(6, 60, 5):
        events += bench.show(nibp(OLD), t_s) + bench.clock(T0 - 600, t_s + 1)
    assert readings(events) == [(124.0, "2023-11-14T22:03:20", True)]
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [CuffState.IDLE]


def test_without_its_time_the_stored_reading_comes_with_the_next_values():
    bench = Bench()
    assert readings(bench.show(nibp(OLD), 1)) == []
    assert readings(bench.show(nibp(OLD), 6)) == [(124.0, None, True)]


def test_a_determination_told_by_the_label_alone():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    assert readings(bench.show(nibp(OLD | MEASURING), 11)) == []
    told = bench.show(nibp(systolic=131), 16)
    assert readings(told) == [(131.0, "2023-11-14T22:13:36", False)]
    later = bench.show(nibp(systolic=131), 21) + bench.show(nibp(OLD, systolic=131), 80)
    assert readings(later) == []
    states = [e.state for e in bench.events if isinstance(e, CuffChanged)]
    assert states == [CuffState.IDLE, CuffState.MEASURING, CuffState.IDLE]


def test_a_determination_with_the_same_numbers_is_a_new_reading():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    assert [value for value, _, _ in readings(bench.show(nibp(), 36))] == [124.0]


def test_numbers_that_turn_young_are_new_even_if_the_measuring_was_not_seen():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD), 6)
    assert [value for value, _, _ in readings(bench.show(nibp(systolic=140), 60))] == [140.0]


@pytest.mark.parametrize("clock_first", [True, False])
def test_with_its_clock_a_determination_is_one_reading_however_the_two_come(clock_first):
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 6)
    bench.clock(T0 - 600, 30)
    events = []
    for t_s in (36, 41, 46, 51, 100):
        if clock_first:
            events += bench.clock(T0 + 35, t_s)
        events += bench.show(nibp(OLD if t_s == 100 else 0, systolic=131), t_s)
        if not clock_first:
            events += bench.clock(T0 + 35, t_s)
    assert readings(events) == [(131.0, "2023-11-14T22:13:55", False)]


def test_a_stopped_determination_does_not_bring_the_last_numbers_again():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(MEASURING), 6)
    events = []
    for t_s in (11, 16, 21):
        events += bench.show(nibp(), t_s) + bench.clock(T0 - 600, t_s + 1)
    assert readings(events) == []


def test_an_old_mark_does_not_hide_a_reading_whose_time_is_new():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 6)
    events = bench.show(nibp(OLD, systolic=131), 80) + bench.clock(T0 + 78, 81)
    assert [value for value, _, _ in readings(events)] == [131.0]


def test_the_first_determination_of_a_monitor_that_was_just_switched_on_is_told_once():
    bench = Bench()
    bench.show(no_nibp(), 1)
    bench.clock(0, 2)
    bench.show(no_nibp(MEASURING), 6)
    events = (
        bench.show(nibp(), 36) + bench.clock(T0 + 35, 37) + bench.show(nibp(), 41) + bench.show(nibp(), 46)
    )
    assert [value for value, _, _ in readings(events)] == [124.0]


def test_when_its_clock_is_not_told_any_more_the_label_decides():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 40)
    assert [value for value, _, _ in readings(bench.show(nibp(systolic=131), 70))] == [131.0]


def test_a_determination_without_numbers_has_failed():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    events = bench.show(no_nibp(), 36) + bench.clock(T0 + 35, 37) + bench.show(no_nibp(), 41)
    assert [(e.raw, e.t_ns) for e in events if isinstance(e, CuffFailed)] == [(NO, 36 * S)]
    assert SYS not in numbers(events)


def test_numbers_that_cannot_be_a_pressure_are_not_shown():
    bench = Bench()
    bench.show(no_nibp(MEASURING), 1)
    found = numbers(bench.show(nibp(systolic=80, diastolic=120), 6))
    assert found[SYS] == ("Inv", 80.0)
    assert found[DIA] == ("Inv", 120.0)


def test_one_code_among_the_pressures_takes_the_pair_down_but_a_missing_mean_falls_alone():
    bench = Bench()
    bench.show(no_nibp(MEASURING), 1)
    found = numbers(bench.show(Shown(nibp=Group((12400, -32764, 9300, 71))), 6))
    assert (found[SYS], found[DIA], found[MEAN]) == (("Inv", 124.0), ("Uflw", -32764.0), ("Inv", 93.0))
    bench.show(no_nibp(MEASURING), 11)
    found = numbers(bench.show(Shown(nibp=Group((12400, 7800, -32766, 71))), 16))
    assert (found[SYS], found[DIA], found[MEAN]) == (124.0, 78.0, ("NA", -32766.0))


@pytest.mark.parametrize("stamp", [T0 - 600, T0 + 35])
def test_other_numbers_are_new_even_if_their_time_lags_and_are_told_once(stamp):
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 6)
    bench.clock(T0 - 600, 7)
    bench.clock(T0 - 600, 31)
    assert readings(bench.show(nibp(systolic=131), 36)) == []
    events = bench.clock(stamp, 37)
    assert [value for value, _, _ in readings(events)] == [131.0]
    events += (
        bench.show(nibp(systolic=131), 41) + bench.clock(T0 + 35, 42) + bench.show(nibp(systolic=131), 46)
    )
    assert [value for value, _, _ in readings(events)] == [131.0]


def test_numbers_that_wait_for_their_time_do_not_wait_for_ever():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 6)
    bench.clock(T0 - 600, 7)
    assert readings(bench.show(nibp(systolic=131), 11)) == []
    assert [value for value, _, _ in readings(bench.show(nibp(systolic=131), 16))] == [131.0]


def test_the_same_numbers_without_a_word_of_their_time_are_told_when_the_time_has_fallen_silent():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD | MEASURING), 6)
    assert [readings(bench.show(nibp(), t_s)) for t_s in (10, 12, 14)] == [[], [], []]
    assert [value for value, _, _ in readings(bench.show(nibp(), 15))] == [124.0]


def test_numbers_that_still_wait_when_the_line_is_lost_are_told_if_they_are_others():
    for systolic, told in ((131, [131.0]), (124, [])):
        bench = Bench()
        bench.show(nibp(OLD), 1)
        bench.clock(T0 - 600, 2)
        bench.show(nibp(OLD | MEASURING), 6)
        bench.show(nibp(systolic=systolic), 11)
        assert [value for value, _, _ in readings(bench.protocol.closed(12 * S))] == told


def test_a_time_that_moves_tells_of_a_determination_nobody_saw():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(OLD), 6)
    bench.clock(T0 + 30, 100)
    events = bench.show(nibp(OLD), 101) + bench.show(nibp(OLD), 106)
    assert readings(events) == [(124.0, "2023-11-14T22:13:50", False)]


def test_numbers_of_a_long_determination_are_new_although_they_are_marked_as_old():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    events = bench.show(nibp(OLD, systolic=140), 80) + bench.show(nibp(OLD, systolic=140), 85)
    assert [value for value, _, _ in readings(events)] == [140.0]
    bench.show(nibp(OLD | MEASURING, systolic=140), 90)
    assert readings(bench.show(nibp(OLD, systolic=140), 95)) == []


def test_two_determinations_in_a_row_are_two_readings_with_their_own_times():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    events = []
    for start_s, systolic, before in ((6, 130, T0 - 600), (46, 140, T0 + 35)):
        bench.show(nibp(MEASURING), start_s)
        bench.clock(before, start_s + 26)
        events += bench.show(nibp(systolic=systolic), start_s + 30)
        events += bench.clock(T0 + start_s + 29, start_s + 31)
    assert readings(events) == [
        (130.0, "2023-11-14T22:13:55", False),
        (140.0, "2023-11-14T22:14:35", False),
    ]


def test_a_time_that_never_came_does_not_cost_the_next_determination():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.clock(T0 - 600, 2)
    bench.show(nibp(MEASURING), 6)
    assert [value for value, _, _ in readings(bench.show(nibp(systolic=131), 36))] == [131.0]
    bench.show(nibp(MEASURING, systolic=131), 41)
    bench.clock(T0 - 600, 62)
    events = bench.show(nibp(systolic=131), 71) + bench.clock(T0 + 70, 72)
    assert readings(events) == [(131.0, "2023-11-14T22:14:30", False)], "the same numbers again"


def test_a_cuff_held_inflated_is_at_work_but_measures_nothing():
    bench = Bench()
    events = bench.show(nibp(OLD), 1) + bench.show(nibp(OLD | STASIS), 6) + bench.show(nibp(OLD), 11)
    states = [e.state for e in events if isinstance(e, CuffChanged)]
    assert states == [CuffState.IDLE, CuffState.MEASURING, CuffState.IDLE]
    assert [stored for _, _, stored in readings(events)] == [True]


def test_a_module_pulled_out_in_mid_measurement_leaves_the_cuff_at_rest():
    bench = Bench()
    bench.show(nibp(OLD), 1)
    bench.show(nibp(OLD | MEASURING), 6)
    events = bench.show(Shown(), 11) + bench.show(Shown(), 16)
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [CuffState.IDLE]
    back = bench.show(nibp(), 21) + bench.show(nibp(), 26)
    assert [stored for _, _, stored in readings(back)] == [True], "what it shows then was measured before"


def test_values_and_time_may_come_in_one_record():
    def record(label, systolic, stamp, t_s):
        part = records.displayed(nibp(label, systolic), T0 + t_s)
        return records.record(0, [(1, part), (4, records.auxiliary(stamp))], 8)

    data = [
        record(OLD, 124, T0 - 600, 1),
        record(MEASURING, 124, T0 - 600, 6),
        record(0, 131, T0 + 30, 36),
        record(0, 131, T0 + 30, 41),
    ]
    assert readings(run(DRIVER, data)) == [
        (124.0, "2023-11-14T22:03:20", True),
        (131.0, "2023-11-14T22:13:50", False),
    ]
