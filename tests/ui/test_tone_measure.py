"""What tests of alarm sounds take for a tone: a burst in the music, and no click of a busy sound server."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tone_measure import NOTHING, match

from kapmonitor.alarms.signals import LOUD, SOFT, SoundName
from kapmonitor.alarms.tones import RATE, render

ALARMS = (*LOUD.values(), *SOFT.values())
SECONDS = 5
LONGEST_GAP = RATE // 10


def music(began_s=0.0):
    """As loud as tests play it, from some moment of it on."""
    t = began_s + np.arange(SECONDS * RATE) / RATE
    return 0.1 * np.sin(2 * np.pi * 110 * t) + 0.05 * np.sin(2 * np.pi * 165 * t)


def burst(sound, gain, at_s=1.0):
    """One burst alone."""
    out, tone = np.zeros(SECONDS * RATE), render(sound) / 32_768 * gain
    out[round(at_s * RATE) :][: len(tone)] = tone
    return out


def gap(samples, at, length):
    """An underrun: nothing for a while."""
    return np.concatenate([samples[:at], np.zeros(length), samples[at + length :]])


def skip(samples, at, length):
    """What a recorder that came too late has not."""
    return np.delete(samples, slice(at, at + length))


def repeat(samples, at, length):
    """What a server plays again when nothing new came."""
    return np.concatenate([samples[: at + length], samples[at:]])


DAMAGES = st.lists(
    st.tuples(
        st.sampled_from([gap, skip, repeat]),
        st.integers(0, (SECONDS - 1) * RATE - LONGEST_GAP),
        st.integers(1, LONGEST_GAP),
    ),
    min_size=1,
    max_size=9,
)


def damaged(samples, damages):
    for damage, at, length in damages:
        samples = damage(samples, at, length)
    return samples


@pytest.mark.parametrize("sound", ALARMS)
@pytest.mark.parametrize("gain", [1e-4, 1e-2, 1.0])
def test_a_burst_in_the_music_is_found_with_its_gain(sound, gain):
    found = match(music() + burst(sound, gain), sound)
    assert found.gain > NOTHING
    assert found.gain == pytest.approx(gain, rel=0.2)
    assert found.tone.max() >= found.gain


@pytest.mark.parametrize("sound", ALARMS)
def test_in_the_music_alone_there_is_nothing_and_nothing_would_be_hidden(sound):
    found = match(music(), sound)
    assert found.gain == 0
    assert found.clear > 0.9


@settings(max_examples=60, deadline=None)
@given(DAMAGES, st.floats(0, 1), st.sampled_from([SoundName.HIGH, SoundName.SOFT_HIGH, SoundName.MEDIUM]))
def test_clicks_are_no_tone(damages, began_s, sound):
    found = match(damaged(music(began_s), damages), sound)
    assume(found.tone.max() > NOTHING)  # what they have of it would pass for one
    assert found.gain <= NOTHING


@pytest.mark.parametrize("period", [92, 240, 480, 960, 1024])
@pytest.mark.parametrize("length", [1, 40, 90])
@pytest.mark.parametrize("count", [2, 5, 100])
def test_clicks_in_a_row_are_no_tone(period, length, count):
    samples = music()
    for number in range(count):
        samples = gap(samples, RATE + number * period, length)
    assert match(samples, SoundName.HIGH).gain <= NOTHING


@settings(max_examples=40, deadline=None)
@given(DAMAGES)
def test_a_burst_of_the_least_gain_is_found_beside_clicks(damages):
    """Of ten pulses one is clear of them, as long as half of the time is."""
    samples = damaged(music() + burst(SoundName.HIGH, 1e-4), damages)
    found = match(samples, SoundName.HIGH)
    assert found.gain > NOTHING or found.clear <= 0.5


def test_where_clicks_hide_everything_that_is_said():
    samples = music()
    for at in range(0, SECONDS * RATE, RATE // 20):
        samples = gap(samples, at, 300)
    assert match(samples, SoundName.HIGH).clear < 0.1
