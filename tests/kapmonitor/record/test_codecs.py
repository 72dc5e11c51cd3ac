"""Blocks of waves, numerics and minima there and back; broken ones are refused."""

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kapmonitor.model import NO_SAMPLE, Validity
from kapmonitor.record import pyramid
from kapmonitor.record.items import NumericRow
from kapmonitor.record.numbers import VALIDITIES, pack_readings, rows_of
from kapmonitor.record.wave import pack, squeeze, unpack

words = hnp.arrays(np.int16, st.integers(0, 300))
rows = st.lists(
    st.builds(
        NumericRow,
        t_ns=st.integers(-(2**50), 2**50),
        channel=st.integers(0, 65535),
        value=st.none() | st.floats(allow_nan=False),
        validity=st.sampled_from(Validity),
        raw=st.none() | st.floats(allow_nan=False),
        device_time=st.none() | st.text(),
        stored=st.booleans(),
    ),
    min_size=1,
    max_size=40,
)


@given(words=words)
def test_a_wave_block_comes_back(words):
    assert np.array_equal(unpack(pack(words), len(words)), words)


@given(block=st.binary(max_size=200), n=st.integers(0, 2**40))
def test_any_bytes_are_a_block_or_refused(block, n):
    with contextlib.suppress(ValueError):
        assert len(unpack(block, n)) == n


def test_a_block_of_another_length_is_refused():
    block = pack(np.arange(100, dtype=np.int16))
    with pytest.raises(ValueError, match="not as long"):
        unpack(block, 99)
    with pytest.raises(ValueError, match="not as long"):
        unpack(squeeze(bytes(10)), 2**40)


@given(rows=rows)
def test_readings_come_back_in_order_of_time(rows):
    t0_ns, t1_ns, block, rest = pack_readings(rows)
    back = list(rows_of(block, t0_ns, len(rows), rest))
    assert sorted(map(repr, back)) == sorted(map(repr, rows))
    assert [row.t_ns for row in back] == sorted(row.t_ns for row in rows)
    assert (t0_ns, t1_ns) == (back[0].t_ns, back[-1].t_ns)


def test_every_validity_has_its_place():
    assert set(VALIDITIES) == set(Validity)


@given(words=hnp.arrays(np.int16, st.integers(1, 200)), size=st.integers(1, 50))
def test_folding_finds_extremes_of_what_is_there(words, size):
    lo, hi = pyramid.fold(words, size)
    for at, start in enumerate(range(0, len(words), size)):
        there = [word for word in words[start : start + size].tolist() if word != NO_SAMPLE]
        assert lo[at] == min(there, default=NO_SAMPLE)
        assert hi[at] == max(there, default=NO_SAMPLE)


@settings(max_examples=50)
@given(
    starts=st.lists(st.integers(0, 10**14), max_size=5),
    rows=rows.filter(lambda rows: max(r.t_ns for r in rows) - min(r.t_ns for r in rows) < 10**15),
)
def test_minutes_come_back(starts, rows):
    waves = [pyramid.wave_buckets(3, t0, 50.0, np.arange(230, dtype=np.int16)) for t0 in starts]
    numerics = [pyramid.numeric_buckets(rows)]
    stored = [(*row, 0) for row in pyramid.minutes(waves, numerics)]
    wave, numeric = map(pyramid.Level, pyramid.read_minutes(stored))
    expected = pyramid.all_of(pyramid.NO_WAVES, *waves)
    found = wave.of(3)
    assert np.all(np.abs(found.t - np.sort(expected.t)) < 1000)
    assert len(found.lo) == 5 * len(starts)
    assert len(wave.of(4).t) == 0
    for channel in set(numerics[0].channel.tolist()):
        mine = numerics[0].pick(numerics[0].channel == channel)
        assert np.array_equal(np.sort(numeric.of(channel).lo), np.sort(mine.lo), equal_nan=True)


def test_a_cut_minute_is_refused():
    with pytest.raises(ValueError, match="cut off"):
        pyramid.read_minutes([(0, bytes(11), b"", 0)])
