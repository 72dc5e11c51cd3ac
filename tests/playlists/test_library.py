"""Scanning a folder, tags, and a playlist made complete."""

import itertools
import os

import pytest
import sound_files

from kapmonitor.errors import ConfigError
from playlists import store, xspf
from playlists.check import fingerprint, look_all
from playlists.complete import Done, complete
from playlists.library import look, measure, scan
from playlists.model import LUFS, PEAK_DBFS, Loudness, Playlist, Section, Track
from playlists.problems import NOT_MEASURED, problems
from playlists.tags import Tags, tags
from ui.music.decoder import Stream

NAMES = (
    "Für Elise",
    "音楽",
    "музыка",
    "موسيقى",
    "संगीत",
    "ดนตรี",
    "음악",
    "🎵 quiet",
    "a' b; $(c)",
    "e\u0301t\u00e9",
)


def test_names_in_several_scripts_are_kept(tmp_path):
    data = sound_files.write(tmp_path, "tone.wav").read_bytes()
    for name in NAMES:
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.wav").write_bytes(data)
    pieces = [step.piece for step in scan(tmp_path) if step.piece]
    assert {piece.path.stem for piece in pieces} == {"tone", *NAMES}
    assert not any(piece.problem for piece in pieces)


def test_name_that_is_no_text_does_no_harm(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    try:
        path.write_bytes(sound_files.write(tmp_path, "tone.wav").read_bytes())
    except OSError:
        pytest.skip("this disk takes no such name")
    pieces = [step.piece for step in scan(tmp_path) if step.piece]
    assert len(pieces) == 2
    assert not any(piece.problem for piece in pieces)
    _, playlist = done(Playlist("t", (Section("s", (Track(path, "x"),)),)))
    assert playlist.sections[0].tracks[0].loudness.lufs == pytest.approx(-20, abs=0.1)


def test_scan_says_how_far_it_is_and_may_be_stopped(tmp_path):
    for number in range(30):
        (tmp_path / f"{number}.mp3").touch()
    (tmp_path / "notes.txt").touch()
    steps = list(scan(tmp_path))
    assert [(s.done, s.of) for s in steps] == [
        *((n, 0) for n in range(1, 31)),
        *((n, 30) for n in range(1, 31)),
    ]
    assert [s.piece.path.stem for s in steps[30:]] == [str(n) for n in range(30)]
    begun = scan(tmp_path)
    assert len(list(itertools.islice(begun, 3))) == 3
    begun.close()
    assert list(scan(tmp_path / "nowhere")) == []


def tagged(tmp_path, name="a.mp3", **frames):
    data = sound_files.write(tmp_path, "tone.mp3").read_bytes()
    path = tmp_path / name
    path.write_bytes(sound_files.id3(**frames) + data)
    return path


def test_tags_and_replaygain_are_read(tmp_path):
    gain = (("replaygain_track_gain", "-7.30 dB"), ("REPLAYGAIN_TRACK_PEAK", "0.5"))
    path = tagged(tmp_path, TIT2="Wide\nWater", TPE1="音楽", TALB="Album", TRCK="3/9", TXXX=gain)
    assert tags(path) == Tags("Wide Water", "音楽", "Album", None, 3, Loudness(-10.7, -6.02))
    assert look(path).duration_s == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("gain", ["", "loud", "-99 dB", "nan", "1e9", "-7,3 dB"])
def test_replaygain_that_says_nothing_is_not_believed(tmp_path, gain):
    assert tags(tagged(tmp_path, TXXX=(("replaygain_track_gain", gain),))).loudness is None


@pytest.mark.parametrize(("gain", "lufs"), [("-28.00 dB", 10.0), ("+40.00 dB", -58.0)])
def test_replaygain_is_believed_as_far_as_a_playlist_can_say_it(tmp_path, gain, lufs):
    path = tagged(tmp_path, TXXX=(("replaygain_track_gain", gain),))
    assert tags(path).loudness == Loudness(lufs, 0.0)
    assert written(tmp_path, tags(path).loudness) == tags(path).loudness


@pytest.mark.parametrize("gain", ["-28.01 dB", "-35.00 dB", "-40.00 dB"])
def test_replaygain_of_what_is_louder_than_a_playlist_can_say_is_not_believed(tmp_path, gain):
    assert tags(tagged(tmp_path, TXXX=(("replaygain_track_gain", gain),))).loudness is None


@pytest.mark.parametrize("peak", ["0.00015", "0.0", "10.5", "99999", "-0.5"])
def test_a_peak_that_cannot_be_is_taken_for_the_highest(tmp_path, peak):
    gain = (("replaygain_track_gain", "-7.00 dB"), ("replaygain_track_peak", peak))
    assert tags(tagged(tmp_path, TXXX=gain)).loudness == Loudness(-11.0, 0.0)


def written(folder, loudness):
    """As it comes back from a playlist's file; ConfigError where that cannot hold it."""
    playlist = Playlist("t", (Section("s", (Track(folder / "a.flac", "t", loudness=loudness),)),))
    path = folder / "written.xspf"
    path.write_text(xspf.text(playlist, folder))
    return store.load(path).sections[0].tracks[0].loudness


def test_what_is_believed_and_measured_is_what_a_playlist_can_hold(tmp_path):
    for loudness in (Loudness(LUFS[0], PEAK_DBFS[0]), Loudness(LUFS[1], PEAK_DBFS[1])):
        assert written(tmp_path, loudness) == loudness
    beyond = [
        (LUFS[0] - 0.1, 0.0),
        (LUFS[1] + 0.1, 0.0),
        (0.0, PEAK_DBFS[0] - 0.1),
        (0.0, PEAK_DBFS[1] + 0.1),
    ]
    for lufs, peak in beyond:
        with pytest.raises(ConfigError):
            written(tmp_path, Loudness(lufs, peak))


@pytest.mark.parametrize("level", [18.0, 21.6])
def test_what_is_louder_than_any_music_is_left_out(tmp_path, level):
    path = sound_files.write(tmp_path, "tone-float.wav", sound_files.tone(level_dbfs=level))
    (step,), playlist = done(Playlist("t", (Section("s", (Track(path, "t"),)),)))
    assert step.problem == "tone-float.wav is far louder than any music; it is damaged"
    assert playlist.sections == ()


def test_samples_beyond_what_a_playlist_can_say_are_not_played(tmp_path):
    """Unmeasured, nothing would bring it down."""
    path = sound_files.write(tmp_path, "tone-float.wav", sound_files.tone(level_dbfs=21.6))
    stream = Stream(Track(path, "t"))
    stream.join(20)
    assert stream.problem == "tone-float.wav is far louder than any music; it is damaged"
    assert stream.available == 0


def test_a_peak_softer_than_a_playlist_can_say_makes_it_no_louder(tmp_path):
    path = sound_files.write(tmp_path, "tone-float.wav", sound_files.tone(3, level_dbfs=-72.0, hz=10_000))
    _, playlist = done(Playlist("t", (Section("s", (Track(path, "t"),)),)))
    loudness = playlist.sections[0].tracks[0].loudness
    assert loudness.peak_dbfs == PEAK_DBFS[0]
    assert written(tmp_path, loudness) == loudness


def test_no_tags_and_broken_tags_are_none(tmp_path):
    assert tags(sound_files.write(tmp_path, "tone.flac")) == Tags()
    path = tmp_path / "b.mp3"
    path.write_bytes(b"ID3\x03\0\0\x7f\x7f\x7f\x7f" + bytes(100))
    assert tags(path) == Tags()
    assert tags(tmp_path / "gone.mp3") == Tags()
    assert tags(tmp_path) == Tags()


def done(playlist, measured=False):
    *steps, last = complete(playlist, measured=measured)
    assert all(isinstance(step, Done) for step in steps)
    return steps, last


def test_complete_playlist_is_pinned_named_measured_and_joined_where_an_album_is(tmp_path):
    gain = (("replaygain_track_gain", "-7.00 dB"), ("replaygain_track_peak", "1.0"))
    one = tagged(tmp_path, "1.mp3", TIT2="One", TALB="Album", TRCK="1", TXXX=gain)
    two = tagged(tmp_path, "2.mp3", TIT2="Two", TALB="Album", TRCK="2")
    plain = sound_files.write(tmp_path, "tone.flac")
    tracks = (
        Track(one, "1"),
        Track(two, "my words", gain_db=-2.0),
        Track(plain, "tone"),
        Track(tmp_path / "x", "x"),
    )
    steps, playlist = done(Playlist("t", (Section("s", tracks), Section("gone", tracks[3:]))))
    assert [bool(step.problem) for step in steps] == [False, False, False, True, True]
    (section,) = playlist.sections
    first, second, third = section.tracks
    assert [t.title for t in section.tracks] == ["One", "my words", "tone"]
    assert [t.fade_s for t in section.tracks] == [0.0, None, None]
    assert [t.sha256 for t in section.tracks] == [fingerprint(path) for path in (one, two, plain)]
    assert first.loudness == Loudness(-11.0, 0.0)
    assert second.loudness.lufs == pytest.approx(-20.0, abs=1.2)
    assert third.loudness.lufs == pytest.approx(-20.0, abs=0.1)
    assert second.gain_db == -2.0
    _, measured = done(playlist, measured=True)
    assert measured.sections[0].tracks[0].loudness.lufs == pytest.approx(-20.0, abs=1.2)


def test_a_pinned_file_that_changed_is_named_and_left_out_not_pinned_anew(tmp_path):
    """Its loudness was measured of another file: at the gain for that one, this would be far too loud."""
    path = sound_files.write(tmp_path, "tone.flac", sound_files.tone(level_dbfs=-45.0))
    _, before = done(Playlist("t", (Section("s", (Track(path, "t"),)),)))
    sound_files.write(tmp_path, "tone.flac", sound_files.tone(level_dbfs=-3.0))
    (step,), after = done(before)
    assert step.problem == "tone.flac is not the file that the playlist names: it was changed or replaced"
    assert after.sections == ()
    (step,), after = done(before, measured=True)
    assert step.problem
    assert after.sections == ()


def test_a_track_that_check_leaves_out_is_left_out(tmp_path):
    path = sound_files.write(tmp_path, "tone.flac")
    (step,), playlist = done(Playlist("t", (Section("s", (Track(path, "t", start_s=1.5),)),)))
    assert step.problem == "tone.flac is shorter than where the playlist begins it"
    assert playlist.sections == ()


def test_a_file_that_changes_while_it_is_measured_is_left_out(tmp_path, monkeypatch):
    path = sound_files.write(tmp_path, "tone.flac", sound_files.tone(level_dbfs=-45.0))

    def measured(path):
        yield from measure(path)
        sound_files.write(tmp_path, "tone.flac", sound_files.tone(level_dbfs=-3.0))

    monkeypatch.setattr("playlists.library.measure", measured)
    (step,), playlist = done(Playlist("t", (Section("s", (Track(path, "t"),)),)))
    assert step.problem == "tone.flac was changed or replaced meanwhile; its loudness was not measured"
    assert playlist.sections == ()


def test_mono_is_as_loud_as_it_is_played(tmp_path):
    mono = sound_files.write(tmp_path, "tone.flac", sound_files.tone(3, -20, channels=1))
    _, playlist = done(Playlist("t", (Section("s", (Track(mono, "m"),)),)))
    assert playlist.sections[0].tracks[0].loudness.lufs == pytest.approx(-20.0, abs=0.1)


def test_problems_are_named_before_the_session(tmp_path):
    good = sound_files.write(tmp_path, "tone.flac")
    changed = sound_files.write(tmp_path, "tone.wav")
    tracks = (
        Track(good, "good", sha256=fingerprint(good), loudness=Loudness(-20, -10)),
        Track(changed, "changed", sha256=fingerprint(changed), loudness=Loudness(-20, -10)),
        Track(tmp_path / "gone.mp3", "gone"),
        Track(good, "late", start_s=1.5),
        Track(good, "bare"),
    )
    playlist = Playlist("t", (Section("s", tracks),))
    changed.write_bytes(sound_files.write(tmp_path, "tone24.wav", 0.5 * sound_files.tone()).read_bytes())
    found = look_all(playlist)
    assert [(p.title, p.words, p.left_out) for p in problems(playlist, found)] == [
        ("changed", "tone.wav is not the file that the playlist names: it was changed or replaced", True),
        ("gone", "gone.mp3 is not there", True),
        ("late", "tone.flac is shorter than where the playlist begins it", True),
        ("bare", NOT_MEASURED, False),
    ]
    assert problems(playlist, {}) == ()


def test_looking_at_all_files_says_how_far_it_is_and_may_be_stopped(tmp_path):
    tracks = tuple(Track(tmp_path / f"{n}.mp3", str(n)) for n in range(5))
    heard = []

    def go_on(done, of):
        heard.append((done, of))
        return done < 3

    found = look_all(Playlist("t", (Section("s", tracks),)), go_on)
    assert heard == [(n, 5) for n in range(4)]
    assert len(found) == 3
