"""Who starts the process that sounds alarms, and who never does."""

import json
import os
import time
from pathlib import Path

import pytest
from programs import Program, run
from pulse_room import PulseRoom, missing_tools

pytestmark = [
    pytest.mark.system,
    pytest.mark.xdist_group("sound"),
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]


@pytest.fixture
def room(tmp_path_factory):
    made = PulseRoom(tmp_path_factory.mktemp("pulse"))
    for name in ("Music", "Staff", "Room"):
        made.plug(name)
    yield made
    made.close()


def annunciators(parent):
    """The process ids of a program's annunciators."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            stat = (path.parent / "stat").read_text().rsplit(")", 1)[1].split()
            if int(stat[1]) == parent and b"ui.annunciator" in path.read_bytes():
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found


def watched(program):
    """Every annunciator that a program has had until its end."""
    seen = set()
    while program.process.poll() is None:
        seen.update(annunciators(program.process.pid))
        time.sleep(0.05)
    return seen


def test_demo_sounds_alarms_and_ends_its_annunciator_and_a_replay_has_none(room, tmp_path):
    env = {**room.environment, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    picture = tmp_path / "demo.png"
    with Program("demo", "--speed", "20", "--screenshot", picture, "--after", "6", env=env) as demo:
        seen = watched(demo)
        assert demo.process.returncode == 0, demo.errors
    assert len(seen) == 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in seen)
    record = next(tmp_path.rglob("*.kap"))
    picture = tmp_path / "replay.png"
    with Program("replay", record, "--screenshot", picture, env=env) as replay:
        assert watched(replay) == set()
        assert replay.process.returncode == 0, replay.errors
    assert picture.exists()


def test_recording_without_a_window_has_none(tmp_path):
    out = tmp_path / "x.kap"
    with Program("record", "--device", "nonin@socket://127.0.0.1:9", "--out", out, "--for", "2") as program:
        assert watched(program) == set()


def test_audio_plays_the_check_tone_on_what_is_named(room, monkeypatch):
    for name, value in room.environment.items():
        monkeypatch.setitem(os.environ, name, value)
    status, said, _ = run("audio", "--staff-output", "Staff", "--room-output", "Room", "--output", "Music")
    assert status == 0
    assert "Staff output: Staff - the check tone was played" in said
    assert "Room speaker: Room - the check tone was played" in said
    status, said, _ = run("audio", "--staff-output", "Garden", "--json", "--list")
    assert status == 1
    assert '"name": "Garden", "state": "absent", "played": false' in said
    status, _, errors = run("audio", "--staff-output", "Music", "--output", "Music")
    assert status == 2
    assert "--staff-output" in errors


def test_audio_goes_by_the_settings_of_the_computer_and_what_is_named_wins(room, monkeypatch, tmp_path):
    for name, value in room.environment.items():
        monkeypatch.setitem(os.environ, name, value)
    monkeypatch.setitem(os.environ, "XDG_CONFIG_HOME", str(tmp_path))
    settings = tmp_path / "kapmonitor" / "kapmonitor.toml"
    settings.parent.mkdir()
    settings.write_text('[outputs]\nstaff = "Staff"\nroom = "Garden"\nmusic = "Music"\n')
    status, said, errors = run("audio", "--room-output", "Room", "--json", "--list")
    assert status == 0, errors
    found = json.loads(said)
    assert (found["staff"]["name"], found["staff"]["state"]) == ("Staff", "ready")
    assert (found["room"]["name"], found["music"]) == ("Room", "Music")
    settings.write_text("[outputs]\nstaff = 3\n")
    status, said, errors = run("audio", "--list")
    assert (status, said) == (2, "")
    assert str(settings) in errors
