"""The whole way from a value to a speaker, on a real sound server with three unreal speakers."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from alarm_storm import STORM_PLAN, storm
from pulse_room import PulseRoom, missing_tools
from session_parts import recorded
from sound_ear import Console, Ear
from tone_measure import NOTHING

from kapmonitor.alarms.signals import LOUD, SOFT, SoundName
from kapmonitor.alarms.tones import BURSTS
from kapmonitor.annunciation import LIVED_S
from kapmonitor.session.events import SoundChanged, SoundChecked, SoundOutput, SoundProcess
from ui.annunciator.heart import PATIENCE_NS

TRIES = 3
pytestmark = [
    pytest.mark.realtime,
    pytest.mark.xdist_group("sound"),
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
    pytest.mark.timeout(180),
]


@pytest.fixture
def room(tmp_path_factory):
    made = PulseRoom(tmp_path_factory.mktemp("pulse"))
    for name in ("Music", "Staff", "Room"):
        made.plug(name)
    yield made
    made.close()


@pytest.fixture
def ears(room):
    made = {name: Ear(room, name) for name in ("Music", "Staff", "Room")}
    yield made
    for ear in made.values():
        ear.close()


@pytest.fixture
def console(room, tmp_path):
    made = []

    def start(*words):
        made.append(Console(room, tmp_path, *words))
        return made[-1]

    yield start
    for one in made:
        if one.process.poll() is None:
            one.kill()


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_alarm_is_heard_by_staff_then_in_the_room_and_never_in_the_music(console, ears, tmp_path):
    """Music goes down first; an acknowledgement silences both and lets the music return.

    How soon is asked of the storm of alarms, of which one may fall into a moment of a busy computer.
    """
    kap = console("Staff", "Room", "Music", "at_once=80")
    kap.ready()
    time.sleep(2.0)
    began = time.monotonic() - 1.0
    crossed = kap.set_spo2(79.0)
    staff = ears["Staff"].wait_loud(crossed)
    burst = ears["Room"].wait_loud(crossed)
    time.sleep(1.0)
    ducked = ears["Music"].dips(crossed, burst + 0.5, 0.9)
    print(f"staff {staff - crossed:.3f} s, room {burst - crossed:.3f} s, duck {burst - ducked:.3f} s before")
    assert crossed < staff < burst
    assert ducked < burst
    kap.ask("ack")
    kap.until(lambda said: said.get("stage") == "idle")
    silenced = max(ears[name].wait_quiet(0.3) for name in ("Staff", "Room"))
    kap.set_spo2(97.0)
    ears["Music"].wait_level(ears["Music"].level(began, crossed), 30.0)
    assert ears["Room"].first_loud(silenced, time.monotonic()) is None
    assert ears["Staff"].first_loud(silenced, time.monotonic()) is None
    assert ears["Music"].level(burst, burst + 0.5) > 0.005  # lower, and never stopped
    in_room = ears["Room"].contains(SoundName.HIGH, crossed, burst + 0.5)
    in_music = ears["Music"].contains(SoundName.HIGH, began, time.monotonic())
    assert in_music <= NOTHING
    assert in_room > 10 * max(NOTHING, in_music)
    kap.quit()


def test_short_storm_of_alarms_while_music_plays(console, ears):
    """Half of them in time: a busy computer may be late for one. tests/soak/alarm_storm.py asks 99 of 100."""
    kap = console("Staff", "Room", "Music", *STORM_PLAN)
    kap.ready()
    heard = storm(kap, ears, 5)
    print(heard.summary())
    assert np.median(heard.staff_s) <= 1.0
    assert np.median(heard.room_s) <= 2.0
    assert np.median(heard.duck_before_s) >= 0.2
    assert min(heard.duck_before_s) > 0.0
    assert heard.none_in_music()
    kap.quit()


def plugged_again(kap, room, ears):
    """The staff output is back, and there is no alarm."""
    since = len(kap.said)
    room.plug("Staff")
    kap.until(lambda said: said.get("staff") == "ready", since=since)
    kap.ask("ack")
    kap.set_spo2(97.0)
    ears["Room"].wait_quiet(1.0)


def test_staff_output_that_goes_away_is_heard_from_the_room_within_two_seconds(console, room, ears, tmp_path):
    """The best of some: a busy computer may be late for one."""
    kap = console("Staff", "Room", "-")
    kap.ready()
    took_s = []
    for number in range(TRIES):
        if number:
            plugged_again(kap, room, ears)
        crossed = kap.set_spo2(85.0)
        ears["Staff"].wait_loud(crossed)
        assert ears["Room"].first_loud(crossed, time.monotonic()) is None
        unplugged, since = time.monotonic(), len(kap.said)
        room.unplug("Staff")
        took_s.append(ears["Room"].wait_loud(unplugged) - unplugged)
        print(f"heard in the room {took_s[-1]:.3f} s after the staff output went")
        if took_s[-1] <= 2.0:
            break
    assert min(took_s) <= 2.0
    said = kap.until(lambda said: said.get("staff") == "lost", since=since)
    assert "Staff audio lost, room speaker in use" in said["trouble"]
    kap.until(lambda said: any(a.startswith("audio medium") for a in said.get("alarms", ())), since=0)
    _times, samples = ears["Music"].sound(unplugged, time.monotonic())
    assert np.count_nonzero(np.abs(samples) > NOTHING) / 48_000 < 0.25
    since = len(kap.said)
    room.plug("Staff")
    kap.until(lambda said: said.get("staff") == "ready", since=since)
    kap.quit()
    lost = [e.state for e in recorded(tmp_path / "session.kap", SoundOutput) if e.output == "staff"]
    assert lost[-2:] == ["lost", "ready"] or lost[-3:] == ["lost", "absent", "ready"], lost


def staff_was_lost(folder):
    """Whether the staff output, once it worked, did not for a while."""
    states = [e.state for e in recorded(folder / "session.kap", SoundOutput) if e.output == "staff"]
    return any(state != "ready" for state in states[states.index("ready") :])


def test_console_that_is_stopped_is_noticed_and_said(console, ears, tmp_path):
    """It had been silent for three beats; test_annunciator_parts says how soon after the last one."""
    kap = console("Staff", "Room", "-")
    kap.ready()
    time.sleep(1.5)
    kap.signal(signal.SIGSTOP)
    stopped = time.monotonic()
    heard = ears["Staff"].wait_loud(stopped)
    print(f"failure tone {heard - stopped:.3f} s after SIGSTOP")
    in_room = ears["Room"].first_loud(stopped, time.monotonic())
    kap.signal(signal.SIGCONT)
    ears["Staff"].wait_quiet(1.0)
    kap.quit()
    # A sound server that stands still for a second on a busy computer is a staff output that does not work.
    assert in_room is None or staff_was_lost(tmp_path)
    told = recorded(tmp_path / "session.kap", SoundProcess)
    silent_ns = next(event.gap_ns for event in told if event.what == "console-stopped")
    assert silent_ns >= PATIENCE_NS


def test_alarms_that_cannot_be_evaluated_are_as_a_console_that_stopped(console, ears):
    """The program runs on, its screen is painted; and once they can be again, an alarm says what failed."""
    kap = console("Staff", "Room", "-")
    kap.ready()
    time.sleep(1.5)
    kap.ask("break")
    broken = time.monotonic()
    heard = ears["Staff"].wait_loud(broken)
    print(f"failure tone {heard - broken:.3f} s after the fault")
    kap.ask("mend")
    said = kap.until(lambda now: any("console" in alarm for alarm in now.get("alarms", ())))
    assert heard > broken
    assert "console medium active-unack" in said["alarms"]
    kap.quit()


def test_screen_that_hangs_alone_is_noticed_too(console, ears):
    kap = console("Staff", "Room", "-")
    kap.ready()
    time.sleep(1.5)
    kap.ask("hang")
    hung = time.monotonic()
    assert ears["Staff"].wait_loud(hung) > hung
    kap.ask("go")
    kap.quit()


def test_annunciator_that_is_killed_is_back_within_two_seconds(console, tmp_path):
    """The best of some: a busy computer takes its time to start any program."""
    kap = console("Staff", "Room", "-")
    kap.ready()
    took_s, noticed_s = [], []
    for number in range(TRIES):
        if number:
            time.sleep(LIVED_S)  # one that ends sooner, twice in a row, is started again more slowly
        first, since, killed = kap.annunciator(), len(kap.said), time.monotonic()
        os.kill(first, signal.SIGKILL)
        fault = kap.until(lambda said: said.get("state") == "fault", since=since)
        assert "started again" in fault["trouble"]
        back = kap.until(lambda said: said.get("state") == "on", since=kap.said.index(fault))
        took_s.append(back["at_ns"] / 1e9 - killed)
        noticed_s.append(fault["at_ns"] / 1e9 - killed)
        print(f"fault after {noticed_s[-1]:.3f} s, back after {took_s[-1]:.3f} s")
        assert kap.annunciator() != first
        said = kap.said[since:]
        assert any("audio medium" in alarm for one in said for alarm in one.get("alarms", ()))
        if took_s[-1] <= 2.0 and noticed_s[-1] <= 1.0:
            break
    assert min(took_s) <= 2.0
    assert min(noticed_s) <= 1.0
    kap.quit()
    told = [event.what for event in recorded(tmp_path / "session.kap", SoundProcess)]
    assert told[:3] == ["started", "ended", "started"]


def test_annunciator_that_hangs_is_a_fault_and_is_replaced(console, tmp_path):
    kap = console("Staff", "Room", "-")
    kap.ready()
    first, since = kap.annunciator(), len(kap.said)
    os.kill(first, signal.SIGSTOP)
    fault = kap.until(lambda said: said.get("state") == "fault", since=since)
    kap.until(lambda said: said.get("state") == "on", since=kap.said.index(fault))
    assert kap.annunciator() != first
    assert not alive(first)
    kap.quit()
    assert [e.what for e in recorded(tmp_path / "session.kap", SoundProcess)][:2] == ["started", "silent"]


def test_console_that_ends_in_order_takes_it_along_without_a_sound(console, ears, tmp_path):
    kap = console("Staff", "Room", "-")
    kap.ready()
    pid, began = kap.annunciator(), time.monotonic()
    kap.quit()
    assert not alive(pid)
    time.sleep(1.0)
    assert ears["Staff"].first_loud(began, time.monotonic()) is None
    assert ears["Room"].first_loud(began, time.monotonic()) is None


def test_console_that_is_killed_leaves_the_failure_tone(console, ears):
    kap = console("Staff", "Room", "-")
    kap.ready()
    time.sleep(1.5)
    pid = kap.annunciator()
    kap.process.kill()
    killed = time.monotonic()
    try:
        assert ears["Staff"].wait_loud(killed) > killed
        assert alive(pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        kap.quit()


def test_console_that_goes_on_with_the_session_replaces_the_failure_tone(console, ears):
    kap = console("Staff", "Room", "-")
    kap.ready()
    crossed = kap.set_spo2(40.0)
    ears["Staff"].wait_loud(crossed)
    orphan = kap.annunciator()
    kap.process.kill()
    kap.quit()
    try:
        time.sleep(2.0)
        assert alive(orphan)
        began = time.monotonic()
        again = console("Staff", "Room", "-")
        again.ready()
        while alive(orphan) and time.monotonic() < began + 60.0:
            time.sleep(0.1)
        assert not alive(orphan)
        print(f"the old annunciator was gone {time.monotonic() - began:.1f} s after the new start")
        crossed = again.set_spo2(40.0)
        assert ears["Staff"].wait_loud(crossed) > crossed
    finally:
        if alive(orphan):
            os.kill(orphan, signal.SIGKILL)


def test_pause_silences_what_it_covers_and_the_daily_check_is_on_record(console, ears, tmp_path):
    kap = console("Staff", "Room", "-")
    kap.ready()
    crossed = kap.set_spo2(85.0)
    ears["Staff"].wait_loud(crossed)
    kap.ask("pause")
    kap.until(lambda said: said.get("asked") == "PauseAudio" and not said["refused"], since=0)
    kap.until(lambda said: said.get("state") == "paused", since=0)
    quiet_from = ears["Staff"].wait_quiet(0.3)
    kap.ask("pause")
    kap.until(lambda said: said.get("refused") == "audio-high", since=0)
    time.sleep(7.0)
    assert ears["Staff"].first_loud(quiet_from, time.monotonic()) is None
    resumed = time.monotonic()
    kap.ask("resume")
    ears["Staff"].wait_loud(resumed)
    kap.ask("pause")
    kap.until(lambda said: said.get("refused") == "audio-resting", since=0)
    kap.ask("ack")
    kap.until(lambda said: said.get("stage") == "idle")
    asked = ears["Room"].wait_quiet(0.3)
    kap.ask("check room")
    ears["Room"].wait_loud(asked)
    kap.ask("heard room")
    kap.until(lambda said: said.get("asked") == "ToneHeard", since=0)
    kap.quit()
    assert recorded(tmp_path / "session.kap", SoundChecked) == [SoundChecked("room", "Room", True, "AB")]
    states = [(e.state, e.cause) for e in recorded(tmp_path / "session.kap", SoundChanged)]
    assert states == [("on", "back"), ("paused", "pause"), ("on", "resume")]


ALARMS = (*LOUD.values(), *SOFT.values())


def whole_bursts_while_clear(ears):
    """Listen to bursts of HIGH in the room until one came while the music did not click most of the time."""
    since = time.monotonic()
    for _ in range(4):
        began = ears["Room"].wait_tone(SoundName.HIGH, since, 20.0)
        since = began + BURSTS[SoundName.HIGH].length_s + 0.5
        time.sleep(max(0.0, since - time.monotonic()))
        if ears["Music"].clear(SoundName.HIGH, began, since) > 0.5:
            return
    raise AssertionError("the music clicked through each burst: nothing would have been found in it")


def test_output_of_the_music_is_never_taken(console, ears):
    """The music plays on the default output, which is also the one named for the staff."""
    kap = console("Music", "Room", "")
    said = kap.until(lambda said: said.get("staff") == "music" and said.get("room") == "ready", since=0)
    crossed = kap.set_spo2(85.0)
    whole_bursts_while_clear(ears)
    in_music = {sound: ears["Music"].contains(sound, crossed - 2.0, time.monotonic()) for sound in ALARMS}
    print(in_music)
    assert max(in_music.values()) <= NOTHING, in_music
    assert ears["Music"].level(crossed + 1.0, time.monotonic()) > 0.002
    said = kap.until(lambda said: "the music plays on" in said.get("trouble", ""), since=0)
    assert said["staff"] == "music"
    kap.quit()


def test_muted_output_counts_as_lost(console, room, ears):
    kap = console("Staff", "Room", "-")
    kap.ready()
    since = len(kap.said)
    room._pactl("set-sink-mute", "staff", "1")
    said = kap.until(lambda said: said.get("staff") == "muted", since=since)
    assert "muted on this computer" in said["trouble"]
    crossed = kap.set_spo2(85.0)
    ears["Room"].wait_loud(crossed)
    kap.quit()
