"""The mixed stream itself, without any sound device: joins, fades, lost files, lost outputs."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from music_parts import ArrayOutput, Rig, noise, playlist

from kapmonitor.session.events import Phase
from playlists.course import RATE, Ask, Cue, Mode
from playlists.model import Playlist, Section, Track
from ui.music.engine import BLOCK
from ui.music.ports import OutputHealth, OutputState

LOST = OutputHealth(OutputState.LOST, "Room")


@pytest.fixture
def rig(tmp_path):
    made = []

    def make(playlist_=None, phase=Phase.PEAK):
        made.append(Rig(playlist_ or playlist(tmp_path), phase))
        return made[-1]

    yield make
    for one in made:
        one.close()


def level_db(frames, window_s=0.1):
    """RMS of consecutive windows in dB."""
    n = round(window_s * RATE)
    blocks = frames[: len(frames) // n * n].reshape(-1, n * 2)
    return 10 * np.log10(np.mean(blocks.astype(np.float64) ** 2, axis=1) + 1e-12)


def loud(rig):
    """Full volume, so that levels can be compared with the files'."""
    rig.engine.ask(Cue(Ask.VOLUME, change_db=99), 0)
    rig.engine.toggle(0)


def test_join_of_two_tracks_has_no_silence_and_no_dip(rig):
    r = rig()
    loud(r)
    r.play(9.0)
    heard = r.output.heard()[2 * RATE : 8 * RATE]
    assert [a for a, _ in r.actions()].count("started") >= 2
    assert np.count_nonzero(np.all(heard == 0, axis=1)) == 0
    levels = level_db(heard)
    assert levels.min() > -20 - 1.0
    assert levels.max() < -20 + 1.0


def test_join_is_the_sum_of_both_tracks_sample_by_sample(rig, tmp_path):
    r = rig()
    loud(r)
    r.play(9.0)
    heard = r.output.heard()
    first, second = (soundfile.read(tmp_path / f"{n}.flac", dtype="float32")[0] for n in ("k1", "k2"))
    start = np.flatnonzero(np.any(heard != 0, axis=1))[0]
    lag = next(
        i for i in range(start - 100, start + 100) if np.allclose(heard[i + 96000], first[96000], atol=1e-6)
    )
    turn = np.linspace(0, np.pi / 2, RATE, endpoint=False)[:, None]
    expected = first[3 * RATE :] * np.cos(turn) + second[:RATE] * np.sin(turn)
    assert np.allclose(heard[lag + 3 * RATE : lag + 4 * RATE], expected, atol=2e-6)


def test_start_pause_volume_and_duck_make_no_click(rig, tmp_path):
    n = np.arange(8 * RATE)
    tone = 0.5 * np.sin(2 * np.pi * 100 * n / RATE)
    soundfile.write(tmp_path / "tone.flac", np.column_stack((tone, tone)), RATE)
    r = rig(Playlist("t", (Section("Peak", (Track(tmp_path / "tone.flac", "tone"),), (Phase.PEAK,)),)))
    loud(r)
    r.play(2.0)
    r.engine.ask(Cue(Ask.VOLUME, change_db=-4), 0)
    r.play(1.0)
    r.engine.duck(-12, 0.5, r.now_ns)
    r.play(1.0)
    r.engine.toggle(0)
    r.play(2.0)
    r.engine.duck(0, 0.5, r.now_ns)
    r.engine.toggle(0)
    r.play(1.5)
    steepest = 0.5 * 2 * np.pi * 100 / RATE
    assert np.abs(np.diff(r.output.heard(), axis=0)).max() < 1.1 * steepest


def test_pause_is_silent_and_resumes_where_it_was(rig, tmp_path):
    r = rig(playlist(tmp_path, seconds=8.0))
    loud(r)
    r.play(1.5)
    r.engine.toggle(0)
    r.play(1.5)
    at = r.view.at_s
    assert not r.output.heard()[-RATE // 4 :].any()
    r.play(1.0)
    assert r.view.at_s == at
    r.engine.toggle(0)
    r.play(1.0)
    assert r.view.at_s > at + 0.5
    assert [a for a, _ in r.actions()] == ["volume", "started", "paused", "resumed"]


def test_ducked_music_is_softer_by_that_much_and_volume_stays(rig):
    r = rig()
    loud(r)
    r.play(1.2)
    r.engine.duck(-8, 0.1, r.now_ns)
    r.play(1.0)
    assert level_db(r.output.heard()[-RATE // 2 :]).mean() == pytest.approx(-28, abs=0.5)
    assert r.view.duck_db == -8
    assert r.view.volume_db == 0


def test_phase_brings_its_section(rig):
    r = rig()
    loud(r)
    r.play(1.0)
    r.engine.follow(Phase.RETURN, 5)
    r.engine.follow(Phase.RETURN, 6)
    assert r.tick().going_to == "Return"
    r.until(lambda: r.view.section == "Return")
    assert r.actions()[-1] == ("started", "r1")


def test_softer_than_the_files_gain(rig, tmp_path):
    track = noise(tmp_path / "a.flac", 4.0)
    quiet = Track(track.path, "a", gain_db=-10.0)
    r = rig(Playlist("t", (Section("Peak", (quiet,), (Phase.PEAK,)),)))
    loud(r)
    r.play(2.0)
    assert level_db(r.output.heard()[-RATE // 2 :]).mean() == pytest.approx(-30, abs=0.5)


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (44_100, 1), (96_000, 2), (22_050, 6)])
def test_other_rates_and_channels_play_at_their_level_and_length(rig, tmp_path, rate, channels):
    track = noise(tmp_path / "other.flac", 4.0, rate=rate, channels=channels)
    r = rig(Playlist("t", (Section("Peak", (track,), (Phase.PEAK,)),), crossfade_s=1.0))
    loud(r)
    r.play(6.0)
    heard = r.output.heard()[2 * RATE : 5 * RATE]
    assert np.count_nonzero(np.all(heard == 0, axis=1)) == 0
    lost_db = 10 * np.log10(min(1.0, RATE / rate) * 0.92)
    assert np.median(level_db(heard)) == pytest.approx(-20 + lost_db, abs=0.7)


def test_missing_and_broken_files_are_passed_over_and_said(rig, tmp_path):
    p = playlist(tmp_path)
    (tmp_path / "k1.flac").unlink()
    (tmp_path / "r1.flac").write_bytes(b"fLaC" + bytes(400))
    r = rig(p)
    assert r.actions() == [("missing", "k1"), ("missing", "r1")]
    r.tick()
    assert r.view.title == "k2"
    assert "r1 left out: r1.flac cannot be read as music" in r.view.trouble
    loud(r)
    r.play(1.0)
    assert ("started", "k2") in r.actions()


def test_file_that_breaks_off_early_is_left_for_the_next(rig, tmp_path):
    p = playlist(tmp_path)
    good = (tmp_path / "k1.flac").read_bytes()
    (tmp_path / "k1.flac").write_bytes(good[: len(good) // 2])
    r = rig(p)
    loud(r)
    r.until(lambda: ("started", "k2") in r.actions())
    assert ("missing", "k1") in r.actions()
    assert "k1 left out" in r.view.trouble


def test_file_changed_since_the_playlist_was_made_is_not_played(rig, tmp_path):
    k1, k2 = noise(tmp_path / "k1.flac", 4.0), noise(tmp_path / "k2.flac", 4.0)
    pinned = Track(k1.path, "k1", sha256="0" * 64)
    r = rig(Playlist("t", (Section("Peak", (pinned, k2), (Phase.PEAK,)),)))
    loud(r)
    r.until(lambda: ("started", "k2") in r.actions())
    assert "k1.flac is not the file that the playlist names" in r.view.trouble


def test_nothing_playable_says_so_and_recovers_when_files_return(rig, tmp_path):
    p = playlist(tmp_path)
    for path in tmp_path.glob("*.flac"):
        path.rename(path.with_suffix(".away"))
    r = rig(p)
    assert r.tick().title == ""
    assert r.view.trouble
    r.tick(step_ns=120_000_000_000)
    assert r.view.trouble == "None of the tracks can be played"
    r.engine.toggle(0)
    r.tick()
    assert r.view.mode is Mode.STOPPED
    for path in tmp_path.glob("*.away"):
        path.rename(path.with_suffix(".flac"))
    r.engine.toggle(0)
    r.until(lambda: ("started", "k1") in r.actions())
    assert r.view.trouble == ""
    assert r.view.duration_s == 4.0


def test_a_pause_as_a_track_ends_is_filled_like_any_other(rig, tmp_path):
    """Else the speaker runs dry, and is silent for longer than the record and the mixed stream say."""
    one, two = (replace(noise(tmp_path / f"{n}.flac", 2.0, seed=n), fade_s=0.0) for n in (1, 2))
    r = rig(Playlist("x", (Section("Peak", (one, two), (Phase.PEAK,)),), crossfade_s=1.0))
    r.output.limit = BLOCK
    r.engine.toggle(r.now_ns)
    r.until(lambda: r.output.seconds() >= 2.0 - BLOCK / RATE)
    r.engine.toggle(r.now_ns)
    before = r.output.seconds()
    for _ in range(20):
        r.tick()
    assert r.output.seconds() - before >= 19 * BLOCK / RATE
    assert np.abs(r.output.heard()[-10 * BLOCK :]).max() == 0.0
    r.engine.toggle(r.now_ns)
    r.play(1.0)
    assert level_db(r.output.heard()[-RATE // 2 :]).max() > -40


def test_lost_output_pauses_and_the_same_place_goes_on(rig):
    r = rig()
    loud(r)
    r.play(1.5)
    r.output.health = LOST
    r.tick()
    at, written = r.view.at_s, r.output.seconds()
    for _ in range(20):
        r.tick()
    assert r.output.seconds() == written
    assert r.view.at_s == at
    r.output.health = ArrayOutput().health
    r.play(0.5)
    assert r.view.at_s > at
    assert [a for a, _ in r.actions()][1:] == ["started", "output-lost", "resumed"]


def test_paused_while_the_output_is_lost_stays_paused(rig):
    r = rig()
    loud(r)
    r.play(1.0)
    r.output.health = LOST
    r.tick()
    r.engine.toggle(0)
    r.output.health = ArrayOutput().health
    r.play(0.5)
    assert "resumed" not in [a for a, _ in r.actions()]
    assert not r.output.heard()[-RATE // 4 :].any()


def test_another_output_is_said(rig):
    r = rig()
    loud(r)
    r.play(1.0)
    r.engine.choose_output("staff")
    assert r.output.chosen == ["staff"]
    r.output.health = OutputHealth(OutputState.READY, "Staff")
    r.play(0.3)
    assert r.reports[-1].music.action == "output-changed"
    assert r.reports[-1].music.output == "Staff"


def test_two_loud_tracks_in_a_crossfade_never_exceed_full_scale(rig, tmp_path):
    n = np.arange(4 * RATE)
    square = np.where(np.sin(2 * np.pi * 50 * n / RATE) > 0, 0.99, -0.99)
    for name in ("a", "b"):
        soundfile.write(tmp_path / f"{name}.flac", np.column_stack((square, square)), RATE)
    tracks = tuple(Track(tmp_path / f"{name}.flac", name) for name in ("a", "b"))
    r = rig(Playlist("t", (Section("Peak", tracks, (Phase.PEAK,)),), crossfade_s=1.0))
    loud(r)
    r.play(6.0)
    assert np.abs(r.output.heard()).max() <= 1.0


def test_stopping_fades_out(rig):
    r = rig()
    loud(r)
    r.play(1.5)
    assert r.engine.stop(9) == pytest.approx(0.8 + 0.5, abs=0.01)
    r.play(1.0)
    heard = r.output.heard()
    assert not heard[-RATE // 10 :].any()
    levels = level_db(heard[-RATE:])
    assert levels[0] > -21
    assert -35 < levels[5] < -23
    assert r.actions()[-1] == ("stopped", "k1")


def test_closing_says_that_it_stopped_and_lets_everything_go(tmp_path):
    r = Rig(playlist(tmp_path))
    loud(r)
    r.play(0.5)
    r.close()
    assert r.actions()[-1] == ("stopped", "k1")
    assert r.output.closed


def test_events_carry_what_the_record_needs(rig):
    r = rig()
    loud(r)
    r.play(2.0)
    r.engine.toggle(77)
    report = r.reports[-1]
    assert report.t_ns == 77
    assert report.music.action == "paused"
    assert report.music.section == "Peak"
    assert report.music.position_s == pytest.approx(r.engine.state.at / RATE, abs=0.001)
    assert report.music.duration_s == 4.0
    assert report.music.output == "Room"
