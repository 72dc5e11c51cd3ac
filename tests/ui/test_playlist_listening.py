"""Listening in the editor: nothing is opened while a session runs anywhere on this computer."""

import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from editor_parts import SHIFT, Desk, K, saved, view

from kapmonitor import show_editor
from kapmonitor.places import sessions_folder
from kapmonitor.underway import Underway, is_underway
from playlists.course import Mode
from playlists.model import After
from ui.music import output
from ui.music.ports import OutputHealth, OutputState
from ui.playlist import wording
from ui.playlist.window import Edited, _make

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


class Sinks:
    """Stands for both kinds of sink: keeps on which device one was opened, and takes nothing."""

    def __init__(self):
        self.made = []

    def of_qt(self, device, _buffer_s, _server_ms):
        return self._open(device.description())

    def of_server(self, device_id, _buffer_s):
        return self._open(device_id.decode())

    def _open(self, name):
        self.made.append(name)
        return SimpleNamespace(
            free=lambda: 0,
            buffered=lambda: 0,
            write=lambda _frames: None,
            stopped=lambda: False,
            failed=lambda: False,
            played=lambda: 0,
            end=lambda: None,
        )


@pytest.fixture(params=[False, True], ids=["qt", "server"])
def sinks(monkeypatch, request):
    """Two speakers, and sinks that are only counted, whichever of the two kinds this computer has."""

    def device(name):
        return SimpleNamespace(
            id=lambda: SimpleNamespace(data=name.encode),
            description=lambda: name,
            isNull=lambda: False,
        )

    devices = [device("Room"), device("Staff")]
    made = Sinks()
    listed = {"audioOutputs.return_value": devices, "defaultAudioOutput.return_value": devices[0]}
    server = SimpleNamespace(
        start=str,
        close=str,
        missing=lambda _id: False,
        has=lambda _id: request.param,
        silent=lambda _id: False,
    )
    monkeypatch.setattr(output, "QtSink", made.of_qt)
    monkeypatch.setattr(output, "PulseSink", made.of_server)
    monkeypatch.setattr(output, "QMediaDevices", Mock(**listed))
    monkeypatch.setattr("ui.music.player.SoundServer", lambda: server)
    return made


def real(qtbot, tmp_path, **more):
    """The editor with the player that it has when it is started from the command line."""
    path = saved(tmp_path)
    edited = Edited(path, tmp_path, barred=show_editor._barred, **more)
    desk = Desk(qtbot, tmp_path, path=path, make=_make(edited), barred=edited.barred)
    desk.press(K.Key_Down)
    return desk


def test_outside_a_session_it_plays_on_the_chosen_output(qtbot, tmp_path, sinks):
    desk = real(qtbot, tmp_path, output="Staff")
    desk.press(K.Key_Space)
    qtbot.waitUntil(lambda: sinks.made == ["Staff"])
    desk.listener.end()
    assert not desk.listener.is_playing


def test_while_a_session_runs_no_sink_is_opened_and_the_reason_is_said(qtbot, tmp_path, sinks):
    desk = real(qtbot, tmp_path)
    session = Underway(sessions_folder())
    try:
        for key in (K.Key_Space, (K.Key_Space, SHIFT)):
            desk.press(key)
            assert desk.page.foot().said == wording.NOT_LISTENED.format(why=wording.IN_SESSION)
            assert not desk.listener.is_playing
        qtbot.wait(300)
        assert sinks.made == []
    finally:
        session.end()
    desk.press(K.Key_Space)
    qtbot.waitUntil(lambda: sinks.made == ["Room"])
    desk.listener.end()


def test_a_session_that_begins_stops_it(qtbot, tmp_path, sinks):
    desk = real(qtbot, tmp_path)
    desk.press(K.Key_Space)
    qtbot.waitUntil(lambda: sinks.made == ["Room"])
    session = Underway(sessions_folder())
    try:
        qtbot.waitUntil(lambda: not desk.listener.is_playing)
        assert wording.IN_SESSION in desk.listener.words
    finally:
        session.end()
        desk.listener.end()


@pytest.mark.parametrize("chosen", ["", "Room"])
def test_the_alarms_output_is_never_opened(qtbot, tmp_path, sinks, chosen):
    desk = real(qtbot, tmp_path, output=chosen, avoid=("Room", ""))
    desk.press(K.Key_Space)
    qtbot.waitUntil(lambda: not desk.listener.is_playing)
    assert "alarms are heard on Room" in desk.listener.words
    assert sinks.made == []
    desk.listener.end()


def test_a_session_of_another_program_counts_and_one_that_died_does_not(tmp_path):
    assert not is_underway(tmp_path)
    program = (
        "import pathlib, sys; from kapmonitor.underway import Underway;"
        "sign = Underway(pathlib.Path(sys.argv[1])); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        assert is_underway(tmp_path)
        other.kill()
        other.wait()
        assert not is_underway(tmp_path)
    assert not list(tmp_path.glob("*.session"))


def test_two_sessions_of_one_computer_are_each_seen(tmp_path, monkeypatch):
    first = Underway(tmp_path)
    monkeypatch.setattr("kapmonitor.underway.os.getpid", lambda: 1)
    second = Underway(tmp_path)
    first.end()
    assert is_underway(tmp_path)
    second.end()
    assert not is_underway(tmp_path)


# What the page makes of a player


@pytest.fixture
def desk(qtbot, tmp_path):
    made = Desk(qtbot, tmp_path, path=saved(tmp_path))
    made.press(K.Key_Down)
    return made


def test_one_track_is_heard_as_it_would_sound_and_space_stops_it(desk):
    desk.press(K.Key_Space)
    (player,) = desk.players
    (section,) = player.playlist.sections
    assert (section.after, [track.title for track in section.tracks]) == (After.STOP, ["Lamplight"])
    assert player.asked == ["start", "toggle"]
    desk.listener._watch()
    assert desk.page.foot().said == "Listening to Lamplight on Speakers"
    desk.press(K.Key_Space)
    desk.listener.end()
    assert player.asked[-1] == "close"
    assert not desk.listener.is_playing


def test_esc_stops_it_before_it_leaves(desk):
    desk.press(K.Key_Space, K.Key_Escape)
    assert not desk.listener.is_playing
    assert not desk.left
    desk.listener.end()


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ({"trouble": "Lamplight left out: it is not there"}, "left out"),
        ({"output": OutputHealth(OutputState.NONE)}, "no sound output"),
        ({"output": OutputHealth(OutputState.LOST, "Speakers")}, "Speakers is not connected any more"),
        ({"output": OutputHealth(OutputState.FAILED, "Speakers")}, "does not take sound"),
    ],
)
def test_what_keeps_it_from_sounding_is_said(desk, shown, said):
    desk.press(K.Key_Space)
    desk.players[0].shown = view(**shown)
    desk.listener._watch()
    assert said in desk.listener.words
    assert not desk.listener.is_playing
    desk.listener.end()


def test_it_is_over_when_the_track_is(desk):
    desk.press(K.Key_Space)
    desk.players[0].shown = view(mode=Mode.STOPPED)
    desk.listener._watch()
    assert desk.listener.is_playing, "it has not begun yet"
    desk.players[0].shown = view()
    desk.listener._watch()
    desk.players[0].shown = view(mode=Mode.STOPPED)
    desk.listener._watch()
    assert not desk.listener.is_playing
    assert desk.listener.words == "That was Lamplight"
    desk.listener.end()
