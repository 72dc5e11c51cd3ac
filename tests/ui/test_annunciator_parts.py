"""The annunciator's parts without a sound device: channels, the heart, which device serves what."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from kapmonitor.alarms.signals import OutputWord, SoundName, Tone
from kapmonitor.alarms.tones import RATE, all_tones
from ui.annunciator import heart as beats
from ui.annunciator.channel import FADE, Channel
from ui.annunciator.goingon import GoingOn
from ui.annunciator.heart import Health, Heart
from ui.annunciator.routing import Names, Route, music_id, routes
from ui.annunciator.window import StoppedWindow
from ui.music.ports import OutputChoice
from ui.theme import SESSION

S = 1_000_000_000
TONES = all_tones()
HIGH = Tone(SoundName.HIGH, -20.0, 5.0)
LENGTH = len(TONES[SoundName.HIGH])


def test_a_record_that_grows_again_says_that_another_console_goes_on(tmp_path):
    record = tmp_path / "a.kap"
    record.write_bytes(b"x")
    going_on = GoingOn(str(record))
    assert not going_on.look()
    assert not going_on.look()
    (tmp_path / "a.kap-wal").write_bytes(b"more")
    assert going_on.look()
    assert not GoingOn("").look()
    assert not GoingOn(str(tmp_path / "none.kap")).look()


def test_a_record_that_moved_is_looked_at_where_it_is(tmp_path):
    old, new = tmp_path / "a.kap", tmp_path / "a-moved.kap"
    new.write_bytes(b"x")
    going_on = GoingOn(str(old))
    assert not going_on.look()
    going_on.follow(str(new))
    assert not going_on.look()
    old.write_bytes(b"nobody goes on with that one")
    assert not going_on.look()
    new.write_bytes(b"more")
    assert going_on.look()


def take(channel, seconds, step=960):
    parts = [channel.take(step) for _ in range(round(seconds * RATE / step))]
    return np.concatenate(parts)


def test_silence_until_something_is_wanted():
    channel = Channel(TONES)
    assert not take(channel, 1.0).any()
    assert (channel.playing, channel.bursts) == ("", 0)


def test_a_burst_begins_at_once_and_comes_again_after_its_gap():
    channel = Channel(TONES)
    take(channel, 0.1)
    channel.want(HIGH)
    sound = take(channel, 12.0)
    expected = TONES[SoundName.HIGH].astype(np.float32) / 32_768 * 0.1
    np.testing.assert_allclose(sound[:LENGTH], expected, atol=1e-6)
    again = LENGTH + 5 * RATE
    assert not sound[LENGTH:again].any()
    np.testing.assert_allclose(sound[again : again + 1000], expected[:1000], atol=1e-6)
    assert channel.bursts == 2


def test_how_it_is_taken_does_not_matter():
    one, other = Channel(TONES), Channel(TONES)
    one.want(HIGH)
    other.want(HIGH)
    whole = one.take(10 * RATE)
    parts = np.concatenate([other.take(n) for n in (1, 7, 960, 48_000, 10 * RATE - 48_968)])
    np.testing.assert_array_equal(whole, parts)


def test_cutting_fades_and_finishing_finishes():
    for finish in (False, True):
        channel = Channel(TONES)
        channel.want(HIGH)
        take(channel, 0.05, 480)
        channel.want(None, finish=finish)
        rest = take(channel, 4.0)
        last = np.flatnonzero(rest).max()
        assert (last > LENGTH // 2) == finish
        if not finish:
            assert last < FADE
        assert channel.playing == ""


def test_a_graver_tone_replaces_at_once_and_a_louder_one_does_not_wait():
    channel = Channel(TONES)
    channel.want(Tone(SoundName.SOFT_MEDIUM, -20.0, 20.0))
    take(channel, 3.0)
    channel.want(Tone(SoundName.SOFT_MEDIUM, -14.0, 20.0))
    assert np.abs(take(channel, 0.2)).max() > 0.1
    channel.want(HIGH)
    take(channel, 0.2)
    assert channel.playing == "high"


def test_a_chime_is_heard_once_and_not_over_an_alarm():
    channel = Channel(TONES)
    channel.once(SoundName.CHECK, -10.0)
    assert take(channel, 1.0).any()
    assert not take(channel, 30.0).any()
    channel.want(HIGH)
    channel.once(SoundName.CHECK, -10.0)
    take(channel, 2.0)
    channel.want(None)
    take(channel, 0.1)
    assert not take(channel, 3.0).any()


def test_another_device_hears_it_from_the_beginning():
    channel = Channel(TONES)
    channel.want(HIGH)
    take(channel, 4.0)
    channel.begin_again()
    assert take(channel, 0.1).any()


TONE = st.builds(Tone, st.sampled_from(SoundName), st.floats(-40, 0), st.floats(0, 30))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.none() | TONE, st.booleans(), st.integers(1, 20_000)), max_size=30))
def test_whatever_is_wanted_it_is_never_too_loud_and_always_as_long(steps):
    channel = Channel(TONES)
    for tone, finish, count in steps:
        channel.want(tone, finish=finish)
        sound = channel.take(count)
        assert len(sound) == count
        assert np.abs(sound).max(initial=0.0) <= 1.0


# The heart


def lived(beats_at, until_s, *, gui=True, gone_at=None):
    """Looks every 20 ms; returns (second, health) at each change."""
    heart, out = Heart(0), [(0.0, Health.WELL)]
    for turn in range(int(until_s * 50)):
        now_ns = turn * S // 50
        if turn % 50 == 0 and beats_at(turn // 50):
            heart = beats.beat(heart, turn if gui else 7, now_ns)
        if gone_at is not None and turn == int(gone_at * 50):
            heart = beats.gone(heart)
        heart = beats.look(heart, now_ns)
        if heart.health is not out[-1][1]:
            out.append((now_ns / S, heart.health))
    return out, heart


def test_three_beats_missed_is_stopped_and_two_seconds_of_life_are_well():
    changes, _ = lived(lambda second: not 10 < second < 20, 30)
    assert [health for _, health in changes] == [Health.WELL, Health.STOPPED, Health.WELL]
    assert 12.9 <= changes[1][0] <= 13.1
    assert 21.9 <= changes[2][0] <= 22.2


def test_two_missed_are_none():
    changes, _ = lived(lambda second: second not in (5, 6, 12), 20)
    assert changes == [(0.0, Health.WELL)]


def test_a_core_that_beats_for_a_dead_screen_is_stopped():
    changes, _ = lived(lambda _second: True, 10, gui=False)
    assert changes[-1][1] is Health.STOPPED


def test_console_that_is_gone_is_said_for_two_minutes_and_ended_later():
    changes, heart = lived(lambda second: second < 5, 130, gone_at=5.0)
    assert changes[1][0] <= 6.0
    stopped_ns = int(changes[1][0] * S)
    assert heart.sounds(stopped_ns + 119 * S)
    assert not heart.sounds(stopped_ns + 121 * S)
    assert not heart.over(stopped_ns + 899 * S)
    assert heart.over(stopped_ns + 901 * S)
    assert beats.seen(heart).over(stopped_ns)


def test_a_console_that_only_hangs_sounds_on_until_somebody_has_seen_it():
    _, heart = lived(lambda second: second < 5, 300)
    assert heart.sounds(300 * S)
    seen = beats.seen(heart)
    assert not seen.sounds(300 * S)
    assert not seen.over(3000 * S)
    assert beats.look(seen, 301 * S).health is Health.SEEN


def test_dismissing_what_is_well_changes_nothing():
    assert beats.seen(Heart(0)) == Heart(0)


def test_the_window_is_above_all_and_any_key_tells_that_it_was_seen(qtbot):
    told = []
    window = StoppedWindow(lambda: told.append(1))
    qtbot.addWidget(window)
    window.appear(4.2)
    assert window.windowTitle() == window.lines()[0] == "CONSOLE STOPPED — LOOK AT THE BEDSIDE MONITOR"
    assert window.lines()[1] == "Nothing has come from the console for 0:04."
    assert window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    qtbot.keyClick(window, "x")
    assert told == [1]
    window.hide()


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (960, 600)])
def test_the_window_hides_the_whole_screen_and_lights_up_little_of_it(qtbot, size):
    window = StoppedWindow(lambda: None)
    qtbot.addWidget(window)
    window.appear(8.0)
    assert window.geometry() == QGuiApplication.primaryScreen().geometry()
    window.resize(*size)
    seen = window.grab().toImage()
    assert {seen.pixelColor(x, y).name() for x in (0, size[0] - 1) for y in (0, size[1] - 1)} == {"#000000"}
    spots = [seen.pixelColor(x, y).name() for x in range(0, size[0], 9) for y in range(0, size[1], 9)]
    assert 0.1 < spots.count(SESSION.high.lower()) / len(spots) < 0.3
    window.hide()


# Which device


OUTPUTS = tuple(OutputChoice(name.lower(), name) for name in ("Music", "Staff", "Room"))


def words(staff, room, music="music", auto=False, outputs=OUTPUTS):
    return tuple(route.word for route in routes(outputs, Names(staff, room, auto), music))


@pytest.mark.parametrize(
    ("staff", "room", "expected"),
    [
        ("Staff", "Room", (OutputWord.READY, OutputWord.READY)),
        ("staff", "", (OutputWord.READY, OutputWord.NOT_CHOSEN)),
        ("Music", "Room", (OutputWord.MUSIC, OutputWord.READY)),
        ("Garden", "Music", (OutputWord.ABSENT, OutputWord.MUSIC)),
        ("", "", (OutputWord.NOT_CHOSEN, OutputWord.NOT_CHOSEN)),
    ],
)
def test_named_outputs(staff, room, expected):
    assert words(staff, room) == expected


def test_the_music_s_output_is_never_a_route():
    names = ("", "Music", "Staff", "Room", "music", "Garden")
    for staff, room, auto, music in product(names, names, (False, True), ("", "music", "staff", "room")):
        for route in routes(OUTPUTS, Names(staff, room, auto), music):
            assert route.id == "" or route.id != music


def test_a_demo_takes_what_the_music_leaves_over():
    staff, room = routes(OUTPUTS, Names(auto=True), "music")
    assert (room.name, staff.name) == ("Staff", "Room")
    staff, room = routes(OUTPUTS[:1], Names(auto=True), "music")
    assert (staff, room) == (Route(OutputWord.NOT_CHOSEN), Route(OutputWord.NOT_CHOSEN))


@pytest.mark.parametrize(
    ("music", "expected"), [(None, ""), ("", "staff"), ("Music", "music"), ("music", "music"), ("Garden", "")]
)
def test_where_the_music_is(music, expected):
    assert music_id(OUTPUTS, music, "staff") == expected
