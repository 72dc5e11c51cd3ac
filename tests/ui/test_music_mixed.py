"""What the record says was heard, and what is heard where tracks join, are trimmed, sought or levelled."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
import soundfile
from music_parts import Rig, noise
from sound_files import tone

from kapmonitor.session.events import Phase
from playlists.course import RATE, Ask, Cue
from playlists.loudness import Meter
from playlists.model import Playlist, Section, Track
from ui.music.player import Player
from ui.music.resample import Resampler

CLICK = 10 ** (-60 / 20)


@pytest.fixture
def rig():
    made = []

    def make(*tracks, loud=True, **more):
        section = Section("Peak", tracks, (Phase.PEAK,))
        ground = Section("Ground", tracks[:1], grounding=True)
        made.append(
            Rig(Playlist("t", (section, ground), **{"crossfade_s": 1.0, "quick_fade_s": 0.5, **more}))
        )
        if loud:
            made[-1].engine.ask(Cue(Ask.VOLUME, change_db=99), made[-1].now_ns)
        return made[-1]

    yield make
    for one in made:
        one.close()


def steps(frames, hz, peak):
    """The largest change from one sample to the next beyond what the tone itself makes."""
    return np.abs(np.diff(frames[:, 0], n=2)).max() - peak * (2 * np.pi * hz / RATE) ** 2


def test_album_cut_into_tracks_is_whole_again_to_the_sample(rig, tmp_path):
    whole = tone(12.0, -6.0, hz=100.0)
    parts = []
    for number, cut in enumerate(
        (slice(0, 4 * RATE), slice(4 * RATE, 8 * RATE + 7), slice(8 * RATE + 7, None))
    ):
        path = tmp_path / f"{number}.wav"
        soundfile.write(path, whole[cut], RATE, subtype="FLOAT")
        parts.append(Track(path, path.stem, fade_s=0.0))
    r = rig(*parts)
    r.engine.toggle(r.now_ns)
    r.play(12.5)
    sound = r.output.heard()
    start = np.flatnonzero(np.any(sound != 0, axis=1))[0] - 1
    assert np.allclose(sound[start + 2 * RATE : start + 11 * RATE], whole[2 * RATE : 11 * RATE], atol=1e-6)


def test_album_from_a_disc_is_whole_again_at_another_rate(rig, tmp_path):
    """A disc's tracks end at whole sectors of 588 samples, which are 640 at 48 kHz."""
    rate = 44_100
    whole = tone(12.0, -6.0, rate=rate, hz=997.0)
    cuts = [0, 588 * 300, 588 * 600, len(whole)]
    parts = []
    for number, (a, b) in enumerate(pairwise(cuts)):
        soundfile.write(tmp_path / f"{number}.wav", whole[a:b], rate, subtype="FLOAT")
        parts.append(Track(tmp_path / f"{number}.wav", str(number), fade_s=0.0))
    r = rig(*parts)
    r.engine.toggle(r.now_ns)
    r.play(12.5)
    sound = r.output.heard()
    start = np.flatnonzero(np.any(sound != 0, axis=1))[0] - 1
    once = Resampler(rate, RATE)
    expected = np.concatenate((once.push(whole), once.finish()))
    assert np.allclose(sound[start + 2 * RATE : start + 11 * RATE], expected[2 * RATE : 11 * RATE], atol=1e-5)


def test_trimmed_track_sounds_from_its_start_to_its_end(rig, tmp_path):
    path = tmp_path / "ramp.wav"
    ramp = np.repeat(np.linspace(0, 0.5, 10 * RATE, dtype=np.float32)[:, None], 2, axis=1)
    soundfile.write(path, ramp, RATE, subtype="FLOAT")
    r = rig(Track(path, "a", start_s=3.0, end_s=7.0, fade_s=0.0), noise(tmp_path / "b.flac", 3.0))
    r.engine.toggle(r.now_ns)
    r.play(4.2)
    assert r.view.duration_s == 3.0
    sound = r.output.heard()
    first = np.flatnonzero(np.abs(sound).max(axis=1) > 0)[0] - 1
    assert np.allclose(sound[first + RATE : first + 4 * RATE], ramp[4 * RATE : 7 * RATE], atol=1e-5)
    assert r.reports[1].music.position_s == 3.0


def test_seek_pause_skip_and_duck_are_free_of_clicks_and_land_where_they_should(rig, tmp_path):
    peak, hz = 0.2, 200.0
    soundfile.write(tmp_path / "a.wav", tone(20.0, 20 * np.log10(peak), hz=hz), RATE, subtype="FLOAT")
    soundfile.write(tmp_path / "b.wav", tone(20.0, 20 * np.log10(peak), hz=hz), RATE, subtype="FLOAT")
    r = rig(Track(tmp_path / "a.wav", "a"), Track(tmp_path / "b.wav", "b"))
    r.engine.toggle(r.now_ns)
    r.play(2.0)
    for act in (
        lambda: r.engine.ask(Cue(Ask.SEEK, at_s=12.003), r.now_ns),
        lambda: r.engine.duck(-12, 0.5, r.now_ns),
        lambda: r.engine.duck(0, 2.0, r.now_ns),
        lambda: r.engine.toggle(r.now_ns),
        lambda: r.engine.toggle(r.now_ns),
        lambda: r.engine.ask(Cue(Ask.SEEK, at_s=1.0), r.now_ns),
        lambda: r.engine.ask(Cue(Ask.NEXT), r.now_ns),
        lambda: r.engine.toggle_ground(r.now_ns),
    ):
        act()
        r.play(1.5)
    assert steps(r.output.heard(), hz, 2 * peak) < CLICK
    said = {action for action, _ in r.actions()}
    assert {"sought", "ducked", "paused", "resumed", "started"} <= said
    sought = [e.music.position_s for e in r.reports if e.music.action == "sought"]
    assert sought == [12.003, 1.0]


def test_measured_tracks_sit_within_one_lu_of_each_other(rig, tmp_path):
    tracks = []
    for name, level in (("loud", 0.35), ("soft", 0.02), ("mid", 0.1)):
        plain = noise(tmp_path / f"{name}.flac", 6.0, seed=len(name), level=level)
        meter = Meter(RATE, 2)
        meter.push(soundfile.read(plain.path, dtype="float32")[0])
        tracks.append(Track(plain.path, name, loudness=meter.finish()))
    assert tracks[0].loudness.lufs - tracks[1].loudness.lufs > 20
    r = rig(*tracks)
    r.engine.toggle(r.now_ns)
    r.play(15.0)
    sound = r.output.heard()
    found = []
    for start_s in (1.5, 6.5, 11.5):
        meter = Meter(RATE, 2)
        meter.push(sound[round(start_s * RATE) : round((start_s + 3) * RATE)])
        found.append(meter.finish().lufs)
    assert max(found) - min(found) < 1.0
    assert max(found) == pytest.approx(-23, abs=1.0)


def test_every_report_carries_the_hash_of_the_file_that_was_read(rig, tmp_path):
    a, b = noise(tmp_path / "a.flac", 3.0, seed=1), noise(tmp_path / "b.flac", 3.0, seed=2)
    r = rig(a, b)
    r.engine.toggle(r.now_ns)
    r.play(3.0)
    r.engine.duck(-8, 0.1, r.now_ns)
    r.engine.toggle_hold(r.now_ns)
    r.until(lambda: ("held", "b") in r.actions())
    ids = {t.title: f"sha256:{hashlib.sha256(t.path.read_bytes()).hexdigest()}" for t in (a, b)}
    told = [e.music for e in r.reports if e.music.action != "volume"]
    assert {e.action for e in told} == {"started", "ducked", "held"}
    assert all(e.track == ids[e.title] for e in told)
    ducked = next(e for e in told if e.action == "ducked")
    assert (ducked.duck_db, ducked.volume_db) == (-8.0, 0.0)


def test_only_a_further_dose_lets_the_section_begin_anew(qapp, tmp_path):
    a = noise(tmp_path / "a.flac", 3.0)
    player = Player(Playlist("t", (Section("Peak", (a,), (Phase.PEAK,)),)), lambda report: None, lambda: 0)
    r = Rig(Playlist("t", (Section("Peak", (a,), (Phase.PEAK,)),)))
    r.engine.toggle(r.now_ns)
    r.play(1.0)
    grown = r.engine.state.in_section
    assert grown >= RATE // 2
    for doses in (0, 1, 1):
        player.dosed(0, doses)
    assert player._work.empty()
    player.dosed(0, 2)
    player._work.get_nowait()(r.engine)
    assert r.engine.state.in_section == 0
    r.close()
