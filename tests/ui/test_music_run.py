"""A short run of the whole player on a sound server, and that its analysis finds what it is to find."""

import numpy as np
import pytest
from music_run import Run, evening, fast, findings, hours_fast, run, verdict
from music_sound import CLICK_DBFS, click_dbfs, made, silences
from pulse_room import PulseRoom, missing_tools
from soundfile import read

from playlists.course import RATE
from playlists.store import load


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sound")
    return read(made(folder / "a.flac", 6.0), dtype="float32")[0]


def test_analysis_finds_nothing_where_there_is_nothing(sound):
    assert silences(sound) == []
    assert click_dbfs(sound) < -90


@pytest.mark.parametrize("length", [24, 60, 480])
def test_analysis_finds_silence(sound, length):
    broken = sound.copy()
    broken[RATE : RATE + length] = 0.0
    assert [(abs(a - RATE) <= 1, abs(n - length) <= 2) for a, n in silences(broken)] == [(True, True)]


def test_analysis_finds_clicks(sound):
    stepped, cut = sound.copy(), np.concatenate((sound[: 2 * RATE], sound[2 * RATE + 37 :]))
    stepped[RATE:, 0] += 0.003
    assert click_dbfs(stepped) > CLICK_DBFS
    assert click_dbfs(cut) > CLICK_DBFS


def test_analysis_finds_jumps_of_level_and_holes_in_crossfades(sound):
    told = [
        {"action": "started", "title": title, "at": at, "duck_db": 0.0, "volume_db": 0.0}
        for title, at in (("2", 0), ("3", 8 * RATE))
    ]
    long = np.concatenate((sound, sound, sound))
    good = findings(Run(long, long, told))
    assert good.jump_lu < 0.1
    assert good.crossfade_db < 1.0
    jumped = long.copy()
    jumped[8 * RATE :] *= 0.8
    assert findings(Run(jumped, jumped, told)).jump_lu > 1.0
    holed = long.copy()
    holed[9 * RATE : 10 * RATE] *= 0.8
    assert findings(Run(holed, holed, told)).crossfade_db > 1.0


def test_minutes_at_high_speed_have_no_silence_and_no_click(tmp_path):
    silence, click = fast(load(evening(tmp_path)), 2)
    assert silence == 0
    assert click <= CLICK_DBFS


def test_minutes_of_the_script_at_high_speed_meet_the_targets_of_the_soak(tmp_path):
    first, second = hours_fast(load(evening(tmp_path)), 2, part_min=1)
    for seen in (first, second):
        assert all(met for _, met in verdict(seen)), seen
    assert min(first.joins, first.crossfades, second.tracks) > 0


def no_crossfade_curve(piece, count, gain):
    return (gain * np.linspace(piece.level0, piece.level1, count, dtype=np.float32))[:, None]


@pytest.mark.parametrize(
    ("where", "fault", "missed"),
    [
        ("ui.music.engine.VOLUME_RAMP_S", 0.0, ["no click above -60 dBFS"]),
        ("ui.music.engine.GATE_RAMP_S", 0.0, ["no click above -60 dBFS"]),
        ("ui.music.mixer._envelope", no_crossfade_curve, ["crossfade within 1 dB"]),
        (
            "ui.music.mixer.from_db",
            lambda level_db: 10 ** (level_db / 22),
            # Two tracks that are not of one level do not cross over at one, either.
            ["level jump below 1 LU", "crossfade within 1 dB"],
        ),
    ],
)
def test_script_at_high_speed_finds_what_the_mixer_does_wrong(tmp_path, monkeypatch, where, fault, missed):
    monkeypatch.setattr(where, fault)
    (seen,) = hours_fast(load(evening(tmp_path)), 1)
    assert [what for what, met in verdict(seen) if not met] == missed


@pytest.mark.realtime
@pytest.mark.xdist_group("sound")
@pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}")
def test_short_run_has_no_silence_no_click_and_no_jump(tmp_path):
    room = PulseRoom(tmp_path)
    try:
        room.plug("Room")
        folder = tmp_path / "music"
        folder.mkdir()
        acts = [
            (4.6, "duck", -12.0),
            (5.2, "duck", 0.0),
            (5.8, "next", 0.0),
            (6.6, "toggle", 0.0),
            (7.5, "toggle", 0),
        ]
        found = run(room, folder, 9.0, acts, (1.5, 1.5, 4.0, 6.0, 6.0))
    finally:
        room.close()
    seen = findings(found)
    assert seen.joins == 2, found.told
    assert {"ducked", "paused", "resumed", "stopped"} <= {said["action"] for said in found.told}
    assert all(met for _, met in verdict(seen)), seen
    assert all(said["track"].startswith("sha256:") for said in found.told)
