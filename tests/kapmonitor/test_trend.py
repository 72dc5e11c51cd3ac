"""Trend columns against a plain loop; appending while somebody reads."""

import itertools
import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor.columns import column_edges
from kapmonitor.trend import FIRST_SIZE, TrendSeries

GAP = 5


@given(st.integers(-(2**40), 2**61), st.integers(1, 2**61), st.integers(1, 8000))
def test_columns_of_any_span_have_the_edges_that_whole_numbers_give(t0, span, width):
    edges = column_edges(t0, t0 + span, width).tolist()
    assert edges == [t0 + i * span // width for i in range(width + 1)]


def by_hand(readings, t0, t1, width, gap):
    """The same answer, one column at a time."""
    lo, hi = [], []
    edges = [t0 + i * (t1 - t0) // width for i in range(width + 1)]
    for a, b in itertools.pairwise(edges):
        inside = [v for t, v in readings if a <= t < b]
        before = [r for r in readings if r[0] < a]
        after = [r for r in readings if r[0] >= b]
        values = [v for v in inside if v is not None]
        if not inside and before and after and after[0][0] - before[-1][0] <= gap:
            values = [v for v in (before[-1][1],) if v is not None]
        lo.append(min(values, default=math.nan))
        hi.append(max(values, default=math.nan))
    return np.array(lo, np.float32), np.array(hi, np.float32)


@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 250)), max_size=60),
    t0=st.integers(-20, 100),
    span=st.integers(1, 300),
    width=st.integers(1, 40),
)
def test_columns_are_what_a_plain_loop_finds(steps, t0, span, width):
    series, readings, t_ns = TrendSeries(GAP), [], 0
    for step, value in steps:
        t_ns += step
        readings.append((t_ns, value))
        series.append(t_ns, value)
    columns = series.columns(t0, t0 + span, width)
    lo, hi = by_hand(readings, t0, t0 + span, width, GAP)
    np.testing.assert_array_equal(columns.lo, lo)
    np.testing.assert_array_equal(columns.hi, hi)


@given(times=st.lists(st.integers(0, 1000), min_size=1, max_size=50))
def test_a_late_reading_goes_to_its_place(times):
    series = TrendSeries(GAP)
    for t_ns in times:
        series.append(t_ns, float(t_ns))
    kept, values = series.readings().span()
    assert kept.tolist() == sorted(times)
    assert values.tolist() == [float(t) for t in sorted(times)]
    assert series.span() == (min(times), max(times))


def test_what_a_reader_holds_does_not_change():
    series = TrendSeries(GAP)
    for t_ns in range(10):
        series.append(t_ns, 1.0)
    seen = series.readings()
    for t_ns in range(10, 3 * FIRST_SIZE):
        series.append(t_ns, 2.0)
    series.append(3, 9.0)
    times, values = seen.span()
    assert times.tolist() == list(range(10))
    assert values.tolist() == [1.0] * 10


def test_reading_while_another_thread_appends():
    series = TrendSeries(GAP)
    stop = threading.Event()

    def fill():
        t_ns = 0
        while not stop.is_set() and t_ns < 200_000:
            series.append(t_ns, float(t_ns % 1000))
            t_ns += 1

    writer = threading.Thread(target=fill)
    writer.start()
    try:
        for _ in range(300):
            times, values = series.readings().span()
            assert np.array_equal(times, np.arange(len(times)))
            assert np.array_equal(values, (times % 1000).astype(np.float32))
    finally:
        stop.set()
        writer.join()


def test_nothing_is_nothing():
    series = TrendSeries(GAP)
    assert series.span() is None
    assert np.isnan(series.columns(0, 100, 10).lo).all()


def test_a_span_without_extent_is_refused():
    with pytest.raises(ValueError, match="no columns"):
        TrendSeries(GAP).columns(5, 5, 10)
