"""Resampler, ring, streams, ramps and the watch on an output, each by itself."""

import itertools
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from music_parts import noise

from playlists.course import RATE
from ui.music.decoder import Ring, Stream
from ui.music.mixer import Ramp, soften
from ui.music.output import SilentOutput
from ui.music.resample import Resampler, _phases
from ui.music.watch import STUCK_NS, Seen, Watch, judge

S = 1_000_000_000


@pytest.mark.parametrize("rate", [44_100, 96_000, 22_050, 8_000, 47_999, 8_001, 191_999, 383_999])
def test_resampled_tone_is_the_tone_whatever_the_pieces(rate):
    x = np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)
    x = np.column_stack((x, -x)).astype(np.float32)
    resampler, made, at = Resampler(rate, RATE), [], 0
    sizes = np.random.default_rng(3).integers(1, 9_000, 500)
    for size in sizes:
        made.append(resampler.push(x[at : at + size]))
        at += size
    made.append(resampler.finish())
    y = np.concatenate(made)
    assert len(y) == 2 * RATE
    error = y[:, 0] - np.sin(2 * np.pi * 440 * np.arange(len(y)) / RATE)
    assert 20 * np.log10(np.sqrt(np.mean(error[500:-500] ** 2))) < -80
    assert np.array_equal(y[:, 0], -y[:, 1])


@pytest.mark.parametrize("rate", [8_000, 8_001, 47_999, 191_999, 192_000, 383_999, 384_000])
def test_no_rate_needs_much_memory(rate):
    x = np.zeros((rate // 2, 2), dtype=np.float32)
    tracemalloc.start()
    try:
        resampler = Resampler(rate, RATE)
        resampler.push(x)
        resampler.push(x)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


@pytest.mark.parametrize("rate", [96_000, 95_999, 191_999, 384_000])
def test_resampling_down_lets_nothing_fold_back(rate):
    x = np.sin(2 * np.pi * 30_000 * np.arange(rate) / rate)
    resampler = Resampler(rate, RATE)
    y = resampler.push(np.column_stack((x, x)).astype(np.float32))
    assert np.abs(y[500:-500]).max() < 1e-3


@pytest.mark.parametrize("rate", [8_001, 44_101, 95_999, 191_999])
def test_a_filter_between_two_kept_ones_is_as_good_as_its_own(rate):
    x = np.random.default_rng(4).normal(0, 0.3, (rate, 2)).astype(np.float32)
    between, own = Resampler(rate, RATE), Resampler(rate, RATE)
    own._kept = own._up
    own._taps = _phases(own._up, own._half, 0.92 / max(1.0, rate / RATE))
    error = between.push(x) - own.push(x)
    assert 20 * np.log10(np.sqrt(np.mean(error**2)) / 0.3) < -110


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=40))
def test_ring_gives_back_what_it_took_in_order(sizes):
    ring, sent, got = Ring(64), 0, []
    for write, read in itertools.zip_longest(sizes[::2], sizes[1::2], fillvalue=0):
        count = min(write, ring.room)
        ring.write(np.repeat(np.arange(sent, sent + count, dtype=np.float32)[:, None], 2, axis=1))
        sent += count
        got.extend(ring.read(read)[:, 0])
    got.extend(ring.read(64)[:, 0])
    assert got == list(range(sent))


def wait(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_stream_reads_ahead_and_then_waits(tmp_path):
    stream = Stream(noise(tmp_path / "a.flac", 8.0))
    wait(lambda: stream.available >= 4 * RATE)
    time.sleep(0.1)
    assert stream.available < 6 * RATE
    total = 0
    while not (stream.ended and stream.available == 0):
        total += len(stream.read(min(RATE // 2, stream.available)))
        time.sleep(0.001)
    assert total == 8 * RATE
    stream.close()
    stream.join(5)


def test_stream_closed_while_full_ends_its_thread(tmp_path):
    stream = Stream(noise(tmp_path / "a.flac", 8.0))
    wait(lambda: stream.ready)
    stream.close()
    stream.join(5)
    assert not stream._thread.is_alive()


@pytest.mark.parametrize("content", [b"", b"not music", b"RIFF\x00\x00\x00\x00WAVE", b"OggS" + bytes(300)])
def test_stream_of_rubbish_says_so(tmp_path, content):
    track = noise(tmp_path / "a.flac", 1.0)
    track.path.write_bytes(content)
    stream = Stream(track)
    wait(lambda: stream.ended)
    assert stream.problem.startswith(
        "a.flac is empty" if content == b"" else "a.flac cannot be read as music"
    )
    assert not stream.ready


def test_stream_of_a_file_that_went_says_so(tmp_path):
    track = noise(tmp_path / "a.flac", 1.0)
    track.path.unlink()
    stream = Stream(track)
    wait(lambda: stream.ended)
    assert stream.problem == "a.flac is not there"


def test_ramp_is_even_and_ends_exactly():
    ramp = Ramp(1.0)
    ramp.to(0.0, 0.1)
    values = np.concatenate([np.broadcast_to(ramp.take(n), n) for n in (1000, 3000, 2000)])
    assert np.abs(np.diff(values)).max() < 1.01 / (0.1 * RATE)
    assert values[-1] == 0.0
    assert ramp.take(5) == 0.0


def test_ramp_turned_round_half_way_does_not_jump():
    ramp = Ramp(0.0)
    ramp.to(1.0, 0.1)
    first = ramp.take(2400)
    ramp.to(0.0, 0.1)
    second = ramp.take(100)
    assert abs(second[0] - first[-1]) < 1e-3


def test_soften_leaves_quiet_alone_and_never_passes_full_scale():
    x = np.linspace(-3, 3, 1001, dtype=np.float32)[:, None].repeat(2, axis=1)
    y = soften(x)
    assert np.abs(y).max() <= 1.0
    assert np.all(np.diff(y[:, 0]) >= 0)
    quiet = np.abs(x) <= 0.89
    assert np.array_equal(y[quiet], x[quiet])


@pytest.mark.parametrize(
    ("listed", "stopped", "failed", "progress", "late", "word"),
    [
        (*flags, word)
        for flags in itertools.product((True, False), repeat=5)
        for word in [
            "removed"
            if not flags[0]
            else "stopped"
            if flags[1] or flags[2]
            else "stuck"
            if flags[4] and not flags[3]
            else ""
        ]
    ],
)
def test_watch_over_the_whole_product(listed, stopped, failed, progress, late, word):
    t_ns = STUCK_NS + 1 if late else STUCK_NS - 1
    seen = Seen(t_ns, listed=listed, stopped=stopped, failed=failed, played=9 if progress else 5)
    watch, problem = judge(Watch(0, 5), seen)
    assert problem == word
    assert watch.since_ns == (t_ns if progress else 0)


def test_silent_output_takes_sound_at_the_pace_of_time():
    output = SilentOutput()
    output.poll(S)
    taken = 0
    for tick in range(1, 101):
        output.poll(S + tick * 40_000_000)
        room = output.room()
        taken += room
        output.write(np.zeros((room, 2), dtype=np.float32))
    assert taken == pytest.approx(4 * RATE + RATE // 2, abs=RATE // 10)
