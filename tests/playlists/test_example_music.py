"""The shipped music, by measurement: level, peaks, clicks, mono, edges; and that it can be made again."""

import dataclasses

import numpy as np
import pytest
import soundfile

from playlists.render.pieces import PIECES, compose
from playlists.render.space import LOUDNESS_LUFS, PEAK_DBFS, loudness_lufs
from playlists.render.tones import RATE, pitch_hz
from playlists.store import example_path, load

FILES = [track.path for section in load(example_path()).sections for track in section.tracks]


@pytest.fixture(scope="module")
def sounds():
    return {path.stem: soundfile.read(path, dtype="float32")[0] for path in FILES}


def test_whole_is_small_enough_to_ship():
    assert sum(path.stat().st_size for path in FILES) < 9_000_000


def test_all_are_stereo_at_48_khz_in_opus():
    for path in FILES:
        info = soundfile.info(str(path))
        assert (info.samplerate, info.channels, info.subtype) == (RATE, 2, "OPUS")


def test_all_have_one_loudness_and_room_above(sounds):
    for name, sound in sounds.items():
        middle = sound[10 * RATE : 60 * RATE].T.astype(np.float64)
        assert loudness_lufs(middle) == pytest.approx(LOUDNESS_LUFS, abs=1.5), name
        assert 20 * np.log10(np.abs(sound).max()) < PEAK_DBFS, name


def test_nothing_clicks(sounds):
    for name, sound in sounds.items():
        steps = np.abs(np.diff(sound, axis=0)).max(axis=1)
        assert steps.max() < 0.03, name
        blocks = steps[: len(steps) // 480 * 480].reshape(-1, 480).max(axis=1)
        assert np.max(blocks[1:] - blocks[:-1]) < 0.02, name


def test_nothing_is_sudden(sounds):
    for name, sound in sounds.items():
        n = RATE // 2
        body = sound[4 * RATE : -5 * RATE]
        blocks = body[: len(body) // n * n].reshape(-1, 2 * n)
        level = 10 * np.log10(np.mean(blocks**2, axis=1))
        assert np.abs(np.diff(level)).max() < 7, name
        assert level.min() > -36, name


def test_mono_loses_nothing(sounds):
    for name, sound in sounds.items():
        mono, both = np.mean(sound.mean(axis=1) ** 2), np.mean(sound**2)
        assert 10 * np.log10(mono / both) > -2, name


def test_edges_come_from_and_go_to_silence(sounds):
    for name, sound in sounds.items():
        assert np.abs(sound[: RATE // 100]).max() < 0.003, name
        assert np.abs(sound[-RATE // 100 :]).max() < 0.003, name


def test_sections_have_their_characters(sounds):
    def bright_db(name):
        power = np.abs(np.fft.rfft(sounds[name][30 * RATE : 62 * RATE].mean(axis=1))) ** 2
        tones = np.fft.rfftfreq(32 * RATE, 1 / RATE)
        return 10 * np.log10(power[(tones > 1_600) & (tones < 5_000)].sum() / power.sum())

    grounding = bright_db("stone-and-breath")
    assert grounding < bright_db("lamplight") - 2
    assert min(bright_db("wide-water"), bright_db("high-meadow")) > bright_db("lamplight")


def test_same_seed_makes_the_same_music_and_another_does_not():
    short = dataclasses.replace(PIECES[0], chords=PIECES[0].chords[:1])
    first = compose(short, 7)
    assert np.array_equal(first, compose(short, 7))
    assert not np.allclose(first, compose(short, 8), atol=1e-3)


def test_loudness_of_the_standard_tone():
    tone = 10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * np.arange(20 * RATE) / RATE)
    assert loudness_lufs(np.stack((tone, tone))) == pytest.approx(-23.0, abs=0.1)
    assert loudness_lufs(np.zeros((2, RATE))) == float("-inf")


def test_notes_are_whole_number_ratios():
    assert pitch_hz("A3") / pitch_hz("D3") == pytest.approx(3 / 2)
    assert pitch_hz("D4") / pitch_hz("D2") == pytest.approx(4)
