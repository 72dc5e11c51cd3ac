"""The rendered tones, measured without a sound device."""

from itertools import pairwise

import numpy as np
import pytest

from kapmonitor.alarms.signals import SoundName
from kapmonitor.alarms.tones import BURSTS, RATE, all_tones

TONES = all_tones()
PUBLISHED = {
    SoundName.HIGH: (523.0, (0, 0.2, 0.4, 0.8, 1.0, 1.72, 1.92, 2.12, 2.52, 2.72), 2.84),
    SoundName.MEDIUM: (440.0, (0, 0.4, 0.8), 1.0),
    SoundName.LOW: (440.0, (0, 0.4), 0.6),
}
ALARMS = (*PUBLISHED, SoundName.SOFT_HIGH, SoundName.SOFT_MEDIUM, SoundName.SOFT_LOW)


def pulses(samples):
    """(begin, end) in seconds of everything that is not silence."""
    loud = np.abs(samples.astype(float)) > 0
    window = RATE // 200  # a sine crosses nought more often than this
    filled = np.convolve(loud, np.ones(window), "full")[: len(loud)] > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], filled, [False]]).astype(int)))
    return [(begin / RATE, (end - window) / RATE) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def spectrum(samples, begin_s, end_s):
    piece = samples[round(begin_s * RATE) : round(end_s * RATE)].astype(float)
    size = 1 << 17
    level = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), size))
    return np.fft.rfftfreq(size, 1 / RATE), level


def level_at(frequencies, level, hz):
    near = (frequencies > hz - 12) & (frequencies < hz + 12)
    return float(level[near].max())


@pytest.mark.parametrize("name", PUBLISHED)
def test_onsets_and_length_are_the_table_s(name):
    _, onsets, length = PUBLISHED[name]
    found = pulses(TONES[name])
    assert [begin for begin, _ in found] == pytest.approx(onsets, abs=0.005)
    assert len(TONES[name]) / RATE == pytest.approx(length, abs=0.005)


@pytest.mark.parametrize("name", ALARMS)
def test_at_least_four_harmonics_within_15_db(name):
    for (begin, end), hz in zip(pulses(TONES[name]), BURSTS[name].pitches_hz, strict=True):
        frequencies, level = spectrum(TONES[name], begin, end)
        first = level_at(frequencies, level, hz)
        assert 150 <= hz <= 1000
        harmonics = [n * hz for n in range(1, 9) if 300 <= n * hz <= 4000]
        near = [h for h in harmonics if level_at(frequencies, level, h) > first * 10 ** (-15 / 20)]
        assert len(near) >= 4
        assert frequencies[level.argmax()] == pytest.approx(hz, abs=3)


@pytest.mark.parametrize("name", SoundName)
def test_pulses_of_a_burst_are_equally_loud(name):
    samples = TONES[name].astype(float)
    rms = [np.sqrt(np.mean(samples[round(a * RATE) : round(b * RATE)] ** 2)) for a, b in pulses(TONES[name])]
    assert 20 * np.log10(max(rms) / min(rms)) <= 10


@pytest.mark.parametrize("name", ALARMS)
def test_edges_rise_within_the_allowed_share_of_a_pulse(name):
    burst = BURSTS[name]
    assert 0.1 <= burst.edge_s / burst.pulse_s <= 0.4
    assert 0.075 <= burst.pulse_s <= 0.25


def test_no_tone_clips_or_begins_with_a_click():
    for samples in TONES.values():
        assert samples.dtype == np.int16
        assert 30_000 < np.abs(samples.astype(int)).max() <= 32_767
        assert abs(int(samples[0])) < 100
        assert abs(int(samples[-1])) < 100


def test_the_failure_tone_has_no_long_pause_and_is_no_alarm_burst():
    found = pulses(TONES[SoundName.FAILURE])
    assert max(b[0] - a[1] for a, b in pairwise(found)) <= 0.21
    assert set(BURSTS[SoundName.FAILURE].pitches_hz).isdisjoint(
        {BURSTS[name].pitches_hz[0] for name in ALARMS}
    )
