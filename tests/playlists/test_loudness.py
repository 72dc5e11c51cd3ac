"""The loudness meter against the signals of EBU Tech 3341 and 3342, and against how it is fed."""

import numpy as np
import pytest
import sound_files
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playlists.level import CEILING_DBFS, TARGET_LUFS, UNMEASURED, level_db, levelled
from playlists.loudness import Meter
from playlists.model import Loudness, Playlist, Section, Track


def loudness(sound, rate=48_000, size=None):
    meter, size = Meter(rate, sound.shape[1]), size or max(1, len(sound))
    for start in range(0, len(sound), size):
        meter.push(sound[start : start + size])
    return meter.finish()


def parts(*levels, rate=48_000):
    """(dBFS, seconds) of a stereo tone at 1 kHz, one after the other."""
    return np.concatenate([sound_files.tone(seconds, level, rate) for level, seconds in levels])


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (((-23.0, 20),), -23.0),
        (((-33.0, 20),), -33.0),
        (((-36.0, 10), (-23.0, 60), (-36.0, 10)), -23.0),
        (((-72.0, 10), (-36.0, 10), (-23.0, 60), (-36.0, 10), (-72.0, 10)), -23.0),
        (((-26.0, 20), (-20.0, 20.1), (-26.0, 20)), -23.0),
    ],
    ids=["1", "2", "3", "4", "5"],
)
def test_signals_of_the_standard(levels, expected):
    assert loudness(parts(*levels)).lufs == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("rate", [44_100, 96_000, 32_000, 22_050, 8_000])
def test_every_rate_measures_alike(rate):
    assert loudness(parts((-23.0, 10), rate=rate), rate).lufs == pytest.approx(-23.0, abs=0.1)


def test_low_tones_count_less_and_high_ones_more():
    at = {hz: loudness(sound_files.tone(5, -23, hz=hz)).lufs for hz in (25, 100, 1000, 4000)}
    assert at[25] < at[1000] - 10
    assert at[100] == pytest.approx(at[1000] - 1.8, abs=0.3)
    assert at[4000] == pytest.approx(at[1000] + 3.3, abs=0.3)


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.integers(57_600, 57_600 + 4_800), st.integers(115_200, 120_000), st.integers(1, 200_000)))
@example(57_601)
@example(115_200)
def test_a_piece_of_any_length_is_measured(length):
    """Also one that ends less than a step after a block: one in twelve does."""
    sound = np.random.default_rng(3).normal(0, 0.1, (length, 2)).astype(np.float32)
    found = loudness(sound)
    assert (found is None) == (length < 4_800)
    assert found is None or found.lufs == pytest.approx(
        loudness(sound[: length // 4_800 * 4_800]).lufs, abs=0.1
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 200_000))
def test_it_does_not_matter_in_which_pieces_it_is_fed(size):
    sound = np.random.default_rng(3).normal(0, 0.1, (150_000, 2)).astype(np.float32)
    sound[50_000:80_000] *= 0.01
    assert loudness(sound, size=max(size, 500)) == loudness(sound)


def test_silence_has_no_loudness_and_damage_does_no_harm():
    assert loudness(np.zeros((96_000, 2), np.float32)) is None
    assert loudness(np.zeros((0, 2), np.float32)) is None
    sound = sound_files.tone(5, -23)
    sound[100:120] = np.nan
    sound[200] = np.inf
    assert loudness(sound).lufs == pytest.approx(-23, abs=0.1)
    assert loudness(sound_files.tone(0.2, -23)).lufs == pytest.approx(-23, abs=0.5)


def test_peak_is_the_highest_sample():
    sound = sound_files.tone(5, -23)
    sound[1000, 1] = -0.5
    assert loudness(sound).peak_dbfs == pytest.approx(-6.02, abs=0.01)


def test_level_meets_the_target_unless_the_peak_forbids():
    assert level_db(Loudness(-10.0, 0.0)) == pytest.approx(TARGET_LUFS + 10)
    assert level_db(Loudness(-30.0, -20.0)) == pytest.approx(7.0)
    assert level_db(Loudness(-30.0, -3.0)) == pytest.approx(CEILING_DBFS + 3.0)
    assert level_db(Loudness(-60.0, -60.0)) == pytest.approx(20.0)


def test_unmeasured_beside_measured_is_taken_for_loud_and_alone_left_as_it_is(tmp_path):
    bare, known = Track(tmp_path / "a", "a"), Track(tmp_path / "b", "b", loudness=Loudness(-20.0, -2.0))
    alone = Playlist("t", (Section("s", (bare,)),))
    assert levelled(alone) == alone
    both = levelled(Playlist("t", (Section("s", (bare, known)),)))
    assert [t.level_db for t in both.sections[0].tracks] == [level_db(UNMEASURED), -3.0]
