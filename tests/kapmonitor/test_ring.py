"""The ring against a plain list, and under a writer that never pauses."""

import threading
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor import mdc
from kapmonitor.model import NO_SAMPLE, Metric
from kapmonitor.ring import FOLD, Ring, RingTap, fold
from kapmonitor.view import WaveTap

WINDOW = 50


def ramp(start: int, frames: int, channels: int) -> np.ndarray:
    """Frames that tell their own number: frame n holds n, n + 1, ... modulo 30 000."""
    return ((np.arange(start, start + frames)[:, None] + np.arange(channels)) % 30_000).astype(np.int16)


@settings(max_examples=60, deadline=None)
@given(
    chunks=st.lists(st.integers(0, 4 * WINDOW), max_size=40),
    channels=st.integers(1, 4),
    as_bytes=st.booleans(),
)
def test_what_was_written_can_be_read(chunks, channels, as_bytes):
    ring = Ring(channels, WINDOW)
    for frames in chunks:
        words = ramp(ring.head, frames, channels).reshape(-1)
        ring.write_bytes(words.tobytes()) if as_bytes else ring.write(words)
    head = sum(chunks)
    assert ring.head == head
    held = ring.held_from()
    assert held <= max(0, head - WINDOW)
    read = ring.read(-10, head + 10)
    assert (read[:10] == NO_SAMPLE).all()
    assert (read[head + 10 :] == NO_SAMPLE).all()
    assert (read[10 : 10 + held] == NO_SAMPLE).all()
    assert np.array_equal(read[10 + held : 10 + head], ramp(held, head - held, channels))


@settings(max_examples=40, deadline=None)
@given(chunks=st.lists(st.integers(0, 3 * WINDOW), max_size=30))
def test_a_window_is_the_last_frames(chunks):
    ring = Ring(2, WINDOW)
    everything = np.full((WINDOW, 2), NO_SAMPLE, np.int16)
    for frames in chunks:
        words = ramp(ring.head, frames, 2)
        everything = np.concatenate((everything, words))[-WINDOW:]
        ring.write(words.reshape(-1))
        assert np.array_equal(np.asarray(ring.window(WINDOW)).reshape(-1, 2), everything)


def test_a_window_is_not_copied_and_stays_for_six_windows():
    ring = Ring(1, WINDOW)
    for start in range(0, 40 * WINDOW, 10):
        ring.write(ramp(start, 10, 1).reshape(-1))
        view, head = ring.window(WINDOW), ring.head
        before = bytes(view)
        later = Ring(1, WINDOW)
        later._words[:] = ring._words
        later._lap.base, later._lap.end, later._oldest = ring._lap.base, ring._lap.end, ring._oldest
        at = ring._lap.end
        for more in range(0, 6 * WINDOW, 10):
            later.write(ramp(head + more, 10, 1).reshape(-1))
        assert bytes(later._words[at - WINDOW : at]) == before


def test_half_frames_are_refused():
    ring = Ring(4, WINDOW)
    with pytest.raises(ValueError, match="whole frames"):
        ring.write(np.zeros(5, np.int16))
    with pytest.raises(ValueError, match="whole frames"):
        ring.write_bytes(bytes(4))
    assert ring.head == 0


def test_a_ring_of_nothing_is_refused():
    with pytest.raises(ValueError, match="holds nothing"):
        Ring(0, 10)


def test_writing_allocates_nothing_that_stays():
    ring = Ring(4, 500)
    words = ramp(0, 10, 4).reshape(-1)
    ring.write(words)
    tracemalloc.start()
    try:
        ring.write(words)
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20_000):
            ring.write(words)
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 512


def test_no_window_is_torn_while_a_writer_hammers():
    """Every frame read carries its own number, or is marked as gone."""
    ring = Ring(4, 1000)
    stop = threading.Event()
    steps = [ramp(start, 10, 4).reshape(-1) for start in range(0, 30_000, 10)]

    def hammer():
        at = 0
        while not stop.is_set():
            ring.write(steps[at])
            at = (at + 1) % len(steps)

    writer = threading.Thread(target=hammer)
    writer.start()
    torn = gone = 0
    try:
        for _ in range(5000):
            start = max(0, ring.head - 1000)
            frames = ring.read(start, start + 1000)
            there = frames[:, 0] != NO_SAMPLE
            gone += int(not there.all())
            torn += int(not np.array_equal(frames[there], ramp(start, 1000, 4)[there]))
    finally:
        stop.set()
        writer.join()
    assert torn == 0
    assert gone < 5000


@given(words=st.lists(st.integers(-32768, 32767), min_size=FOLD, max_size=4 * FOLD))
def test_folding_ignores_missing_samples(words):
    frames = np.array(words[: len(words) // FOLD * FOLD], np.int16).reshape(-1, 1)
    lo, hi = fold(frames)
    for at, part in enumerate(frames.reshape(-1, FOLD)):
        there = part[part != NO_SAMPLE]
        assert lo[at, 0] == (there.min() if len(there) else NO_SAMPLE)
        assert hi[at, 0] == (there.max() if len(there) else NO_SAMPLE)


def wave_of(frames: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    wave = rng.integers(-2000, 2000, (frames, 2)).astype(np.int16)
    wave[1500:1700] = NO_SAMPLE
    return wave


@pytest.mark.parametrize(
    ("start", "stop", "width"), [(0, 40_000, 100), (0, 40_000, 20), (39_000, 40_000, 100)]
)
def test_columns_have_each_columns_extremes(start, stop, width):
    """Old frames are folded, so a column may reach one fold to either side; new ones are exact."""
    ring = Ring(2, 1000, history_frames=64_000)
    wave = wave_of(40_000)
    for at in range(0, 40_000, 100):
        ring.write(wave[at : at + 100].reshape(-1))
    lo, hi = ring.columns(1, start, stop, width)
    step = (stop - start) // width
    for column in range(width):
        at = start + column * step
        exact = wave[at : at + step, 1]
        near = wave[max(0, at - FOLD) : at + step + FOLD, 1]
        exact, near = exact[exact != NO_SAMPLE], near[near != NO_SAMPLE]
        if not len(near):
            assert np.isnan(lo[column])
            continue
        if at >= 33_000:
            assert (lo[column], hi[column]) == (exact.min(), exact.max())
        if not np.isnan(lo[column]):
            assert near.min() <= lo[column] <= hi[column] <= near.max()
    assert np.nanmax(hi) == wave[start:stop, 1].max()


def test_history_has_no_hole_and_an_end():
    ring = Ring(1, 1000, history_frames=10_240)
    for start in range(0, 60_000, 30):
        ring.write(ramp(start, 30, 1).reshape(-1))
        if ring.head % 7 == 0:
            lo, _ = ring.columns(0, max(0, ring.head - 9600), ring.head, 100)
            assert not np.isnan(lo).any()
    lo, _ = ring.columns(0, 0, ring.head, 100)
    assert np.isnan(lo[0])
    assert not np.isnan(lo[-20:]).any()


def test_a_magnified_wave_is_a_line_between_its_samples():
    ring = Ring(1, 100)
    ring.write(np.array([0, 100, 200, NO_SAMPLE, 400, 500], np.int16))
    lo, hi = ring.columns(0, 0, 6, 24)
    assert np.all(np.diff(lo[:9]) > 0)
    assert np.isnan(lo[9:16]).all()
    assert hi[16] == 400
    assert lo[20] == 500


def test_nothing_written_is_nothing_drawn():
    lo, hi = Ring(1, 100, 1000).columns(0, 0, 5000, 10)
    assert np.isnan(lo).all()
    assert np.isnan(hi).all()


def test_a_tap_is_one_channel():
    ring = Ring(3, 100)
    ring.write(ramp(0, 20, 3).reshape(-1))
    tap: WaveTap = RingTap(ring, 2, Metric(mdc.PLETH, "Pleth", fs=75.0, resolution=0.5, offset=1.0))
    assert tap.head() == 20
    assert tap.read(5, 8).tolist() == [7, 8, 9]
    assert (tap.fs, tap.resolution, tap.offset) == (75.0, 0.5, 1.0)
    with pytest.raises(ValueError, match="not a wave"):
        RingTap(ring, 0, Metric(mdc.SPO2, "SpO2"))
