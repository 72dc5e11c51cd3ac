"""Every format by itself: what is played is played, what is not is said, and nothing damaged stops us."""

import numpy as np
import pytest
import sound_files
import soundfile

from playlists.check import check, duration_s
from playlists.formats import MUSIC, NOT_PLAYED, PLAYED
from playlists.library import look, measure, scan
from playlists.model import Playlist, Section, Track
from ui.music.decoder import Stream


def test_every_ending_that_is_played_is_tested():
    assert {f".{name.rpartition('.')[2]}" for name in sound_files.FORMATS} == PLAYED
    assert not PLAYED & set(NOT_PLAYED)


@pytest.mark.parametrize("name", sound_files.FORMATS)
def test_format_is_really_decoded(tmp_path, name):
    path = sound_files.write(tmp_path, name)
    assert duration_s(path) == pytest.approx(2.0, abs=0.03)
    stream = Stream(Track(path, name))
    stream.join(20)
    assert stream.problem == ""
    heard = stream.read(stream.available)[:, 0]
    middle = heard[24_000:72_000]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) == pytest.approx(1000, abs=1)
    assert 20 * np.log10(np.sqrt(2 * np.mean(middle**2))) == pytest.approx(-20, abs=1.0)


def measured_trouble(path):
    """What is wrong with a file whose sound is read to the end; '' if nothing."""
    try:
        *_, last = measure(path)
    except ValueError as why:
        return str(why)
    assert last.share == 1.0
    return ""


@pytest.mark.parametrize(
    "name",
    ["tone.wav", "tone-float.wav", "tone.flac", "tone.ogg", "tone.opus", "tone.mp3", "tone.aiff", "tone.caf"],
)
def test_damaged_file_ends_in_words_or_in_sound_never_in_a_crash(tmp_path, name):
    good = sound_files.write(tmp_path, name).read_bytes()
    said = 0
    for number, (how, data) in enumerate(sound_files.damaged(good, seed=7)):
        path = tmp_path / f"{number}-{name}"
        path.write_bytes(data)
        piece = look(path)
        trouble = measured_trouble(path)
        assert not trouble or trouble.startswith(path.name), how
        said += bool(trouble)
        if piece.problem:
            assert piece.problem.startswith(path.name), how
        stream = Stream(Track(path, name))
        stream.join(20)
        sound = stream.read(stream.available)
        assert np.isfinite(sound).all(), how
        if how in {"noise", "empty", "cut to its beginning"}:
            assert piece.problem, how
            assert stream.problem, how
    assert said >= 3


@pytest.mark.parametrize(
    ("name", "head", "words"),
    [
        ("a.m4a", b"\0\0\0\x20ftypM4A ", "AAC or Apple Lossless"),
        ("a.aac", b"\xff\xf1\x50\x80", "is AAC"),
        ("a.wma", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "is Windows Media"),
        ("a.m4p", b"\0\0\0\x20ftypM4P ", "protected by its shop"),
        ("really-aac.mp3", b"\0\0\0\x20ftypM4A ", "AAC or Apple Lossless"),
        ("really-protected.mp3", b"\0\0\0\x20ftypM4P ", "protected by its shop"),
        ("really-wma.mp3", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"), "is Windows Media"),
        ("a.mid", b"MThd", "no sound"),
        ("text.mp3", b"not music at all", "cannot be read as music"),
    ],
)
def test_what_is_not_played_is_said_in_its_own_words(tmp_path, name, head, words):
    path = tmp_path / name
    path.write_bytes(head + bytes(5_000))
    assert path.suffix in MUSIC
    assert words in look(path).problem
    assert words in check(Playlist("t", (Section("s", (Track(path, "t"),)),))).unplayable[0].reason


def test_folder_empty_file_and_pipe_are_said(tmp_path):
    (tmp_path / "folder.mp3").mkdir()
    (tmp_path / "empty.mp3").touch()
    assert look(tmp_path / "folder.mp3").problem == "folder.mp3 is a folder"
    assert look(tmp_path / "empty.mp3").problem == "empty.mp3 is empty"
    assert look(tmp_path / "gone.mp3").problem == "gone.mp3 is not there"
    assert [step.piece.problem for step in scan(tmp_path) if step.piece] == ["empty.mp3 is empty"]


def test_samples_far_beyond_full_scale_are_damage_and_are_never_played(tmp_path):
    sound = sound_files.tone(6)
    sound[5 * 48_000] = 1e30
    path = sound_files.write(tmp_path, "tone-float.wav", sound)
    assert measured_trouble(path) == f"{path.name} is far louder than any music; it is damaged"
    stream = Stream(Track(path, "tone"))
    while not stream.ended:
        assert np.abs(stream.read(min(stream.available, 4_800))).max(initial=0.0) < 1.0
    assert stream.problem == measured_trouble(path)


def test_file_that_breaks_off_is_found_by_measuring(tmp_path):
    path = sound_files.write(tmp_path, "tone.wav", sound_files.tone(30))
    assert list(measure(path))[-1].share == 1.0
    flac = sound_files.write(tmp_path, "tone.flac", np.random.default_rng(1).normal(0, 0.1, (30 * 48_000, 2)))
    flac.write_bytes(flac.read_bytes()[:-200_000])
    with pytest.raises(ValueError, match=r"tone.flac (breaks off|cannot be read)"):
        list(measure(flac))


def test_decoder_reads_what_it_should():
    """The bundled library is new enough for MP3 and Opus on every platform."""
    assert {"MP3", "OGG", "FLAC", "WAV", "AIFF"} <= set(soundfile.available_formats())
