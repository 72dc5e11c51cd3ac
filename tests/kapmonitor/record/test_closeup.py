"""A record close up: what was recorded comes back sample by sample, and what was not is not there."""

import sqlite3
from itertools import pairwise

import numpy as np
import pytest
from fault_parts import damaged_waves
from hypothesis import given, settings
from hypothesis import strategies as st
from record_fixtures import CHANNELS, SECOND, T0_NS, begin, wave_of

from kapmonitor.closeup import difference
from kapmonitor.model import NO_SAMPLE, Absent, ChannelKey, CuffReading, Measured, Validity
from kapmonitor.record.closeup import RecordCloseUp
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.record.view import RecordView
from kapmonitor.session.events import LinkEvent, Stamped
from kapmonitor.view import Role

FS, RESOLUTION, OFFSET = 500.0, 0.01, 0.5
SECONDS, GAP = 64, (30, 36)
"""Between these seconds nothing was recorded."""
ECG = ChannelKey("dev", "MDC_ECG_ELEC_POTL_II")
END_NS = T0_NS + SECONDS * SECOND


def words_of(second):
    """A second of the wave; each seventh has a few words that stand for no sample."""
    words = wave_of(2, second * 500, 500)
    if second % 7 == 3:
        words[100:140] = NO_SAMPLE
    return words


def has_wave(second):
    return not GAP[0] <= second < GAP[1]


def write(path):
    writer, clock = begin(path)
    writer.put(Stamped(T0_NS, LinkEvent("dev", "live", "none", "")))
    for second in range(SECONDS):
        t_ns = T0_NS + second * SECOND
        clock.move_to(t_ns)
        if has_wave(second):
            writer.put(WaveSlice(t_ns, 2, FS, words_of(second)))
        good = second % 5 != 2
        validity = Validity.VALID if good else Validity.INVALID
        if has_wave(second):
            writer.put(NumericRow(t_ns, 11, 90.0 + second % 5 if good else None, validity, raw=127.0))
    writer.close("ended")
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("closeup") / "a.kap")


@pytest.fixture(scope="module")
def record(path):
    view = RecordView(path)
    yield RecordCloseUp(view)
    view.close()


def truth():
    """Times and values of every sample that there is, NaN for words that stand for none."""
    seconds = [second for second in range(SECONDS) if has_wave(second)]
    times = np.concatenate([T0_NS + second * SECOND + np.arange(500) * (SECOND // 500) for second in seconds])
    words = np.concatenate([words_of(second) for second in seconds])
    values = words.astype(np.float32) * np.float32(RESOLUTION) + np.float32(OFFSET)
    values[words == NO_SAMPLE] = np.nan
    return times, values


TIMES, VALUES = truth()
moments = st.integers(T0_NS - 2 * SECOND, END_NS + 2 * SECOND)


@settings(deadline=None)
@given(moments, st.integers(1, 12 * SECOND))
def test_a_window_holds_just_the_samples_that_were_recorded(record, t0_ns, length_ns):
    found = record.samples(ECG, t0_ns, t0_ns + length_ns)
    within = (found.times >= t0_ns) & (found.times <= t0_ns + length_ns)
    there = (t0_ns <= TIMES) & (t0_ns + length_ns >= TIMES)
    assert np.array_equal(found.times[within], TIMES[there])
    assert np.array_equal(found.values[within], VALUES[there], equal_nan=True)
    assert np.all(np.diff(found.times) > 0)


@settings(deadline=None)
@given(moments)
def test_a_single_moment_has_the_newest_sample_or_none(record, t_ns):
    found = record.sample(ECG, t_ns)
    place = int(np.searchsorted(TIMES, t_ns, side="right")) - 1
    if place < 0 or t_ns - TIMES[place] > SECOND // 20:
        assert found is None
    elif t_ns - TIMES[place] < SECOND // 500:
        assert found.t_ns == TIMES[place]
        expected = VALUES[place]
        assert found.reading == (
            Absent(Validity.NOT_AVAILABLE) if np.isnan(expected) else Measured(float(expected))
        )


@settings(deadline=None, max_examples=50)
@given(moments, st.floats(0.05, 70), st.integers(50, 1600))
def test_columns_at_any_zoom_show_no_value_that_was_not_recorded_near_there(record, t0_ns, length_s, width):
    columns = record.columns(ECG, t0_ns, t0_ns + round(length_s * SECOND), width)
    step_ns = length_s * SECOND / width
    for i in np.flatnonzero(~np.isnan(columns.lo)).tolist()[:: max(1, width // 40)]:
        near = np.abs(TIMES - (t0_ns + (i + 0.5) * step_ns)) <= step_ns + SECOND * 1.1
        assert (
            np.nanmin(VALUES[near]) - 1e-4 <= columns.lo[i] <= columns.hi[i] <= np.nanmax(VALUES[near]) + 1e-4
        )


@pytest.mark.parametrize(("length_s", "width"), [(8, 1600), (20, 400), (64, 300)])
def test_a_gap_stays_a_gap_at_every_level(record, length_s, width):
    t0_ns = T0_NS + 33 * SECOND - length_s * SECOND // 2
    columns = record.columns(ECG, t0_ns, t0_ns + length_s * SECOND, width)
    middle = np.isnan(columns.lo[round(width * (0.5 - 1 / length_s)) : round(width * (0.5 + 1 / length_s))])
    assert middle.all()
    assert not np.isnan(columns.lo).all()


@settings(deadline=None)
@given(st.integers(T0_NS, END_NS))
def test_a_reading_that_was_not_valid_is_never_a_number(record, t_ns):
    held = record.newest(Role.SPO2, t_ns)
    second = (t_ns - T0_NS) // SECOND
    newest = max((s for s in range(min(second, SECONDS - 1) + 1) if has_wave(s)), default=None)
    if second - newest > 10:
        assert held is None
    elif second - newest < 9:
        assert held.t_ns == T0_NS + newest * SECOND
        assert held.reading == (
            Measured(90.0 + newest % 5) if newest % 5 != 2 else Absent(Validity.INVALID, 127.0)
        )


def test_readings_come_as_they_came(record):
    found = record.readings(Role.SPO2, T0_NS, T0_NS + 9 * SECOND)
    assert found.times.tolist() == [T0_NS + second * SECOND for second in range(10)]
    assert np.flatnonzero(np.isnan(found.values)).tolist() == [2, 7]


def test_after_a_link_was_lost_nothing_is_known_until_a_reading_came_again(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    writer.put(Stamped(T0_NS, LinkEvent("dev", "live", "none", "")))
    writer.put(NumericRow(T0_NS + SECOND, 11, 97.0, Validity.VALID))
    writer.put(Stamped(T0_NS + 3 * SECOND, LinkEvent("dev", "waiting", "lost", "")))
    writer.put(Stamped(T0_NS + 6 * SECOND, LinkEvent("dev", "live", "none", "")))
    clock.move_to(T0_NS + 9 * SECOND)
    writer.close()
    view = RecordView(tmp_path / "a.kap")
    known = [RecordCloseUp(view).newest(Role.SPO2, T0_NS + second * SECOND) for second in range(9)]
    assert [held is not None for held in known] == [False, True, True, *[False] * 6]
    view.close()


def test_a_damaged_chunk_is_a_gap_and_its_neighbours_are_shown(path, tmp_path):
    with sqlite3.connect(path) as database:
        chunks = database.execute("SELECT id, t0_ns, n FROM wave WHERE channel = 2 ORDER BY id").fetchall()
    database.close()
    number, t0_ns, n = chunks[1]
    view = RecordView(damaged_waves(path, tmp_path / "bad.kap", number))
    found = RecordCloseUp(view).samples(ECG, T0_NS, END_NS)
    lost = (t0_ns <= TIMES) & (t0_ns + n * SECOND // 500 > TIMES)
    assert lost.any()
    assert np.array_equal(found.times, TIMES[~lost])
    fine = view.wave(ECG, T0_NS, T0_NS + 30 * SECOND, 400)
    assert np.isnan(fine.lo).any()
    assert not np.isnan(fine.lo).all()
    view.close()


def test_a_record_of_one_event_has_no_waves_and_knows_nothing(tmp_path):
    writer, _ = begin(tmp_path / "a.kap")
    writer.close()
    view = RecordView(tmp_path / "a.kap")
    record = RecordCloseUp(view)
    assert [line.label for line in record.waves()] == [c.label for c in CHANNELS if c.fs > 0]
    assert record.sample(ECG, T0_NS) is None
    assert record.newest(Role.HR, T0_NS) is None
    assert record.cuff(T0_NS) is None
    assert not len(record.samples(ECG, T0_NS, T0_NS + SECOND).times)
    view.close()


def test_the_newest_cuff_is_the_last_one_with_numbers(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    for second, value in ((1, 120.0), (60, 140.0), (90, None)):
        validity = Validity.VALID if value else Validity.INVALID
        writer.put(NumericRow(T0_NS + second * SECOND, 13, value, validity))
    clock.move_to(T0_NS + 100 * SECOND)
    writer.close()
    view = RecordView(tmp_path / "a.kap")
    record = RecordCloseUp(view)
    found = [record.cuff(T0_NS + second * SECOND) for second in (0, 30, 60, 99)]
    assert [None if cuff is None else cuff.systolic for cuff in found] == [
        None,
        Measured(120.0),
        Measured(140.0),
        Measured(140.0),
    ]
    assert all(isinstance(cuff, CuffReading) for cuff in found[1:])
    view.close()


readings = st.one_of(
    st.none(),
    st.builds(Absent, st.sampled_from(list(Validity)), st.none() | st.floats(0, 255)),
    st.builds(Measured, st.floats(-1e6, 1e6)),
)


@settings(deadline=None)
@given(readings, readings)
def test_a_difference_is_exact_and_needs_two_numbers(before, after):
    found = difference(before, after)
    if isinstance(before, Measured) and isinstance(after, Measured):
        assert found == after.value - before.value
    else:
        assert found is None


def test_the_truth_of_these_tests_has_gaps_and_absent_samples():
    assert np.isnan(VALUES).any()
    assert max(after - before for before, after in pairwise(TIMES.tolist())) > 5 * SECOND
