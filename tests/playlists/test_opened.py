"""Files that are not what they say: words about that one file, and all others are played."""

import io
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import sound_files
import soundfile
from sound_files import id3

from playlists import library, mpeg
from playlists.check import check, duration_s
from playlists.formats import CONVERT, NotMusic
from playlists.library import look, measure, scan
from playlists.model import Playlist, Section, Track
from ui.music.decoder import Stream, neighbour

NOT_READ = "cannot be read as music; it is damaged, or something else"


def read_all(stream):
    parts, end = [], time.monotonic() + 20
    while not (stream.ended and stream.available == 0):
        parts.append(stream.read(min(stream.available, 4_800)))
        assert time.monotonic() < end
    return np.concatenate(parts) if parts else None


def troubles(path):
    """What is said of a file by a look, by measuring, and by the stream that plays it."""
    found = [look(path).problem]
    try:
        list(measure(path))
        found.append("")
    except NotMusic as why:
        found.append(str(why))
    stream = Stream(Track(path, "t"))
    read_all(stream)
    return [*found, stream.problem]


def named(path):
    """What `check` says of this file, beside a good one, which it leaves in."""
    good = sound_files.write(path.parent, "tone.flac")
    checked = check(Playlist("t", (Section("s", (Track(path, "t"), Track(good, "good"))),)))
    return [item.reason for item in checked.unplayable]


def said_by_all(path):
    """The one sentence that each part of the program has for a file that it refuses."""
    (said,) = {*troubles(path), *named(path)}
    assert named(path) == [said]
    assert neighbour(path, 48_000, last=True) is None
    return said.removeprefix(f"{path.name} ")


@pytest.mark.parametrize("name", ["x.raw", "x.RAW", "x.vox", "x.gsm", "x.snd", "x.sd2"])
def test_what_the_decoder_guesses_at_by_its_name_is_not_music(tmp_path, name):
    """Under some of these names anything at all would be played, as noise."""
    path = tmp_path / name
    path.write_bytes(np.random.default_rng(5).bytes(30_000))
    assert said_by_all(path) == NOT_READ


RAISED = [
    TypeError("samplerate must be specified"),
    ValueError("negative dimensions are not allowed"),
    OverflowError("int too large"),
    RuntimeError("?"),
    struct.error("?"),
    MemoryError(),
    AttributeError("_file"),
]


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("when", ["__init__", "read"])
def test_whatever_the_decoder_raises_is_about_that_file(tmp_path, monkeypatch, caplog, error, when):
    path = sound_files.write(tmp_path, "tone.wav")
    real = getattr(soundfile.SoundFile, when)

    def failing(self, *args, **more):
        name = args[0] if when == "__init__" else self.name
        if str(path) in str(name):
            raise error
        return real(self, *args, **more)

    monkeypatch.setattr(soundfile.SoundFile, when, failing)
    said = f"tone.wav {NOT_READ}"
    assert troubles(path) == ["" if when == "read" else said, said, said]
    assert named(path) == ([] if when == "read" else [said])
    caplog.clear()


def test_a_failure_of_the_program_is_that_files_trouble(tmp_path, monkeypatch, caplog):
    bad, good = sound_files.write(tmp_path, "tone.wav"), sound_files.write(tmp_path, "tone.flac")

    def failing(path):
        if path == bad:
            raise RuntimeError("a bug")
        return duration_s(path)

    monkeypatch.setattr(library, "duration_s", failing)
    monkeypatch.setattr("playlists.check.duration_s", failing)
    said = "tone.wav cannot be looked at: the program has failed (RuntimeError: a bug); please report this"
    assert {step.piece.path: step.piece.problem for step in scan(tmp_path) if step.piece} == {
        bad: said,
        good: "",
    }
    assert named(bad) == [said]
    caplog.clear()


def test_whatever_broken_tags_raise_the_music_is_played(tmp_path, monkeypatch):
    path = sound_files.write(tmp_path, "tone.mp3")
    monkeypatch.setattr("tinytag.TinyTag.get", lambda *_, **__: struct.unpack(">I", b""))
    assert look(path).problem == ""


# Rates and channels


@pytest.mark.parametrize("rate", [1, 10, 7_999, 384_001, 1_000_003, 2_000_000_000])
def test_a_rate_that_no_music_has_is_a_damaged_header(tmp_path, rate):
    path = sound_files.write(tmp_path, "tone.wav", sound_files.tone(5))
    data = bytearray(path.read_bytes())
    data[24:28] = struct.pack("<I", rate)
    path.write_bytes(data)
    assert said_by_all(path) == f"says it has {rate} samples a second, as no music has; it is damaged"


def test_channels_that_no_music_has_are_a_damaged_header(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((96_000, 600), dtype=np.int16), 48_000)
    assert said_by_all(path) == "says it has 600 channels, as no music has; it is damaged"


# MP3s that do not say how long they are


def mp3(folder, mode, *, said, loud_s=6.0):
    """Noise, then silence, or with `loud_s` below 0 the other way round, as silence needs a lower bit rate.

    Without the first frame, which says how many there are, where `said` is false.
    """
    sound = np.zeros((12 * 48_000, 2), dtype=np.float32)
    loud = round(loud_s * 48_000)
    noisy = sound[:loud] if loud > 0 else sound[loud:]
    noisy[:] = np.random.default_rng(1).normal(0, 0.1, noisy.shape)
    path = folder / "tone.mp3"
    soundfile.write(path, sound, 48_000, format="MP3", bitrate_mode=mode, compression_level=0.4)
    data = path.read_bytes()
    mark = max(data.find(b"Xing"), data.find(b"Info"))
    assert 0 < mark < 100
    if not said:
        path.write_bytes(data[data.index(data[mark - 36 : mark - 34], mark) :])
    return path


UNSAID = f"does not say how long it is, so that not all of it would be played; {CONVERT}"
LONGER = f"is longer than its beginning says, so that not all of it would be played; {CONVERT}"


@pytest.mark.parametrize("mode", ["CONSTANT", "VARIABLE"])
def test_an_mp3_that_says_its_length_is_played_and_its_frames_are_not_counted(tmp_path, mode):
    path = mp3(tmp_path, mode, said=True)
    assert mpeg.held(path) is None
    assert troubles(path) == ["", "", ""]
    assert duration_s(path) == pytest.approx(12.0, abs=0.1)


def test_an_mp3_of_one_bit_rate_that_does_not_say_its_length_is_played_in_full(tmp_path):
    path = mp3(tmp_path, "CONSTANT", said=False)
    assert duration_s(path) == pytest.approx(12.0, abs=0.1)
    assert troubles(path) == ["", "", ""]


def test_an_mp3_of_which_a_part_would_never_be_heard_is_named(tmp_path):
    path = mp3(tmp_path, "VARIABLE", said=False)
    assert soundfile.info(path).duration < 11.0
    assert mpeg.held(path).seconds == pytest.approx(12.0, abs=0.1)
    assert look(path).problem == f"tone.mp3 {UNSAID}"
    assert named(path) == [f"tone.mp3 {UNSAID}"]


def test_an_mp3_that_is_shorter_than_was_estimated_is_played_in_full_and_not_called_damaged(tmp_path):
    path = mp3(tmp_path, "VARIABLE", said=False, loud_s=-6.0)
    assert soundfile.info(path).duration > 20.0
    assert duration_s(path) == pytest.approx(12.0, abs=0.1)
    assert troubles(path) == ["", "", ""]


def test_several_mp3s_in_one_file_are_named(tmp_path):
    path = mp3(tmp_path, "CONSTANT", said=True)
    path.write_bytes(path.read_bytes() * 2)
    assert duration_of(path) == f"tone.mp3 {LONGER}"


@pytest.mark.parametrize("said", [True, False])
def test_what_follows_the_sound_of_an_mp3_is_no_damage(tmp_path, said):
    """A cover in a tag at the end, which an estimate from the file's size takes for sound."""
    plain = mp3(tmp_path, "CONSTANT", said=said, loud_s=12.0)
    whole = Stream(Track(plain, "t", duration_s(plain)))
    heard = read_all(whole)
    path = tmp_path / "covered.mp3"
    path.write_bytes(id3(TIT2="t" * 5_000) + plain.read_bytes() + b"APETAGEX" + bytes(400_000))
    assert duration_s(path) == pytest.approx(12.0, abs=0.1)
    assert [step.share for step in measure(path)][-1] == 1.0
    stream = Stream(Track(path, "t", duration_s(path)))
    assert np.array_equal(read_all(stream), heard)
    assert stream.problem == ""


def test_an_mp3_that_was_cut_off_is_damaged_as_it_says_how_long_it_was(tmp_path):
    path = mp3(tmp_path, "CONSTANT", said=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(NotMusic, match="breaks off after"):
        list(measure(path))


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"\xff\xfb\x90\x00" * 3, b"\xff" * 200_000, b"ID3" + bytes(9)]
)
def test_frames_are_counted_in_anything(tmp_path, data):
    path = tmp_path / "a.mp3"
    path.write_bytes(data)
    assert mpeg.held(path) is None


def test_frames_behind_a_hole_are_counted(tmp_path):
    path = mp3(tmp_path, "CONSTANT", said=False)
    data = path.read_bytes()
    path.write_bytes(data[:100_000] + bytes(200_000) + data[100_000:])
    assert mpeg.held(path).seconds == pytest.approx(12.0, abs=0.1)


def test_what_only_looks_like_frames_is_read_once(monkeypatch):
    frame = b"\xff\xfb\x90\x00".ljust(417, b"\0")
    data = frame * 4 + b"\xff\xfb\x00\x00" * 250_000
    read = []

    class Told(io.BytesIO):
        def read(self, size=-1):
            got = super().read(size)
            read.append(len(got))
            return got

    monkeypatch.setattr(Path, "open", lambda *_, **__: Told(data))
    assert mpeg.held(Path("a.mp3")).seconds == pytest.approx(4 * 1152 / 44_100)
    assert sum(read) < 2 * len(data)


def duration_of(path):
    try:
        return duration_s(path)
    except NotMusic as why:
        return str(why)


@pytest.mark.parametrize("seconds", [2, 30])
@pytest.mark.parametrize("name", ["tone.ogg", "tone.opus"])
def test_several_pieces_in_one_ogg_are_named_and_one_is_not(tmp_path, name, seconds):
    path, noise = tmp_path / name, np.random.default_rng(2).normal(0, 0.1, (48_000, 2))
    how = {"format": "OGG", **sound_files.FORMATS[name]}
    with soundfile.SoundFile(path, "w", 48_000, 2, **how) as file:
        for _ in range(seconds):
            file.write(noise)
    assert duration_of(path) == pytest.approx(seconds, abs=0.1)
    other = sound_files.write(tmp_path, "tone.oga").read_bytes()
    path.write_bytes(path.read_bytes() + other)
    said = f"{name} holds several pieces, of which only the first would be played; {CONVERT}"
    assert duration_of(path) == said


def test_a_length_that_no_piece_has_is_said_in_plain_words(tmp_path, monkeypatch):
    path = sound_files.write(tmp_path, "tone.flac")
    monkeypatch.setattr(soundfile.SoundFile, "frames", 2**63 - 1)
    said = f"tone.flac does not say how long it is: it is damaged, or several pieces in one file; {CONVERT}"
    assert duration_of(path) == said


# What is under another name


def adts(frames=20, size=120):
    """Frames of bare AAC, as far as their heads go."""
    head = bytes((0xFF, 0xF1, 0x4C, 0x80 | size >> 11, size >> 3 & 0xFF, (size & 7) << 5 | 0x1F, 0xFC))
    return (head + bytes(size - len(head))) * frames


@pytest.mark.parametrize("before", [b"", id3(TIT2="Title")], ids=["bare", "tagged"])
def test_aac_named_mp3_is_called_aac(tmp_path, before):
    path = tmp_path / "a.mp3"
    path.write_bytes(before + adts() + sound_files.write(tmp_path, "tone.mp3").read_bytes())
    assert said_by_all(path) == f"is AAC, which this program does not play; {CONVERT}"


# Folders that are linked to


def test_linked_folders_are_looked_through_once(tmp_path):
    library_folder, elsewhere = tmp_path / "library", tmp_path / "elsewhere"
    (library_folder / "real").mkdir(parents=True)
    elsewhere.mkdir()
    sound_files.write(library_folder / "real", "tone.wav")
    sound_files.write(elsewhere, "tone.flac")
    try:
        (library_folder / "real" / "linked").symlink_to(elsewhere)
        (library_folder / "real" / "loop").symlink_to(library_folder)
        (library_folder / "twice").symlink_to(elsewhere)
        (library_folder / "gone").symlink_to(tmp_path / "gone")
    except OSError:
        pytest.skip("this disk takes no links")
    pieces = [step.piece for step in scan(library_folder) if step.piece]
    assert [piece.path.name for piece in pieces] == ["tone.wav", "tone.flac"]
    assert not any(piece.problem for piece in pieces)
