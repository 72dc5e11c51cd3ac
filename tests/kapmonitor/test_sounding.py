"""The session's use of the sound, with an annunciator and a player that a test is."""

import contextlib
from concurrent.futures import Future

import pytest
from engine_room import HR, SPO2, Room, S
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from kapmonitor.alarms import soundplan
from kapmonitor.alarms.audio import AudioState
from kapmonitor.alarms.signals import OutputReport, OutputRole, OutputWord, Report, SoundName, Stage
from kapmonitor.annunciation import Outputs, outputs_of
from kapmonitor.commands import Acknowledge, CheckTone, PauseAudio, ResumeAudio, ToneHeard
from kapmonitor.duck import ANSWER_NS, LEAD_NS, LONGEST_NS
from kapmonitor.errors import CommandRefused, ConfigError
from kapmonitor.session.events import (
    SoundAsked,
    SoundChanged,
    SoundChecked,
    SoundOutput,
    SoundProcess,
    SoundStaged,
)
from kapmonitor.sounding import Sounding

READY = OutputReport(OutputWord.READY, "Ear")
SPEAKER = OutputReport(OutputWord.READY, "Speaker")
BOTH = Report(staff=READY, room=SPEAKER)


class Desk:
    """An engine with the sound; real time and the session's are the same."""

    def __init__(self, *, optional=False, room=None):
        self.room = room or Room()
        for device in ("oxi", "cuff", "strap"):
            self.room.engine.adopt(device, "test", None)
        self.sounding = Sounding(
            self.room.engine, soundplan.default(), self.room.clock.now_ns, optional=optional
        )
        self.report = BOTH

    @property
    def now_ns(self):
        return self.room.clock.now_ns()

    def after(self, seconds, spo2=97.0):
        for _ in range(round(seconds * 4)):
            self.room.clock.move_to(self.now_ns + S // 4)
            self.room.say("oxi", SPO2, spo2)
            self.room.say("oxi", HR, 70.0)
            if self.report is not None:
                self.sounding.heard(self.report)
            self.room.engine.tick(self.now_ns)
            self.sounding.tick(self.now_ns)
        return self.sounding.want()

    def do(self, command):
        return self.sounding.do(command, self.now_ns)

    def acknowledge(self):
        shown = tuple(alarm.condition for alarm in self.room.engine.snapshot.alarms)
        self.room.engine.handle(Acknowledge(self.now_ns, shown, "AB"))

    def events(self, kind):
        return self.room.recorder.events(kind)

    @property
    def sound(self):
        return self.room.engine.snapshot.sound

    def alarms(self):
        return {a.condition: a.priority.value for a in self.room.engine.snapshot.alarms}


@pytest.fixture
def desk():
    made = Desk()
    made.after(3)
    return made


def test_an_alarm_that_had_reached_the_room_is_there_at_once_after_a_restart(desk, tmp_path):
    assert desk.after(30, 85.0).room is not None
    again = Desk(room=desk.room.killed(tmp_path / "a.kap", 5))
    want = again.after(1, 85.0)
    assert want.staff is not None
    assert want.room is not None


class Player:
    """Lowers the music; answers when told to."""

    def __init__(self):
        self.asked = []
        self.answer = Future()

    def __call__(self, depth_db, over_s):
        self.asked.append((depth_db, over_s))
        return self.answer


def test_outputs_that_work_turn_the_sound_on(desk):
    assert desk.sound.state is AudioState.ON
    assert desk.sound.trouble == ""
    assert desk.sound.wanted
    assert desk.events(SoundChanged) == [SoundChanged("on", "back", 0)]
    assert [(e.output, e.state) for e in desk.events(SoundOutput)] == [("staff", "ready"), ("room", "ready")]


def test_high_is_wanted_of_the_staff_at_once_and_of_the_room_later(desk):
    want = desk.after(12, 85.0)
    assert want.staff.sound is SoundName.SOFT_HIGH
    assert want.room is None
    want = desk.after(16, 85.0)
    assert want.room.sound is SoundName.HIGH
    stages = [event.stage for event in desk.events(SoundStaged)]
    assert stages == ["staff", "louder", "room"]
    desk.acknowledge()
    want = desk.after(0.5, 85.0)
    assert (want.staff, want.room, want.finish) == (None, None, False)


def test_two_consoles_do_not_silence_each_other(desk):
    """Of one room: what somebody acknowledges or pauses on one still sounds on the other."""
    other = Desk()
    other.after(3)
    for console in (desk, other):
        assert console.after(12, 85.0).staff is not None
    desk.acknowledge()
    assert desk.after(0.5, 85.0).staff is None
    assert other.after(0.5, 85.0).staff is not None
    other.do(PauseAudio("AB"))
    desk.after(20)
    assert other.after(0.5, 85.0).staff is None
    assert desk.after(12, 85.0).staff is not None


def test_number_changes_only_with_what_is_wanted(desk):
    first = desk.after(1)
    assert desk.after(1).number == first.number
    assert desk.after(12, 85.0).number > first.number


def test_what_bypasses_its_delay_is_in_the_room_once_the_music_goes_down(desk):
    player = Player()
    desk.sounding.connect_music(player)
    want = desk.after(1, 79.0)
    assert player.asked == [(12.0, 0.5)]
    assert want.staff is not None
    decided_ns = desk.now_ns
    while desk.sounding.want().room is None:
        desk.room.clock.move_to(desk.now_ns + S // 100)
        assert desk.now_ns - decided_ns <= ANSWER_NS
    desk.acknowledge()
    desk.after(0.5, 79.0)
    assert player.asked[-1] == (0.0, 5.0)


def test_room_waits_until_the_music_has_been_going_down_for_a_moment(desk):
    player = Player()
    desk.sounding.connect_music(player)
    desk.after(0.5, 97.0)
    before = len(player.asked)
    while len(player.asked) == before:
        desk.after(0.25, 79.0)
    asked_ns = desk.now_ns
    player.answer.set_result(asked_ns + 400_000_000)
    opened = None
    while opened is None:
        desk.room.clock.move_to(desk.now_ns + S // 100)
        opened = desk.now_ns if desk.sounding.want().room is not None else None
    assert 400_000_000 + LEAD_NS <= opened - asked_ns <= 410_000_000 + LEAD_NS
    assert opened - asked_ns < LONGEST_NS


def test_a_player_far_ahead_or_broken_keeps_nothing_back_for_long():
    for answer in (10 * S, None):
        desk, player = Desk(), Player()
        desk.after(3)
        desk.sounding.connect_music(player)
        while not player.asked:
            desk.after(0.25, 79.0)
        asked_ns = desk.now_ns
        if answer is None:
            player.answer.set_exception(RuntimeError("no"))
        else:
            player.answer.set_result(asked_ns + answer)
        while desk.sounding.want().room is None:
            desk.room.clock.move_to(desk.now_ns + S // 100)
        assert desk.now_ns - asked_ns <= (LONGEST_NS if answer else ANSWER_NS) + S // 100


def test_annunciator_that_is_missing_is_a_fault_and_an_alarm_within_a_second(desk):
    desk.report = None
    desk.sounding.process("ended", "killed", 0)
    desk.after(1)
    assert desk.sound.state is AudioState.FAULT
    assert "look at the bedside monitor" in desk.sound.trouble
    assert desk.alarms()["audio"] == "medium"
    assert [event.what for event in desk.events(SoundProcess)] == ["ended"]
    desk.report = BOTH
    desk.after(1)
    assert desk.sound.state is AudioState.ON
    assert "audio" not in desk.alarms()


def test_it_is_high_while_a_high_alarm_is_not_acknowledged_and_does_not_keep_itself_there(desk):
    desk.after(13, 85.0)
    desk.report = None
    desk.sounding.process("ended")
    desk.after(1, 85.0)
    assert desk.alarms()["audio"] == "high"
    desk.room.engine.handle(Acknowledge(desk.now_ns, ("spo2-very-low", "spo2-low"), "AB"))
    desk.after(1, 85.0)
    assert desk.sounding._facts(desk.room.engine.snapshot.alarms, works=False).unacknowledged is None


def test_annunciator_that_says_nothing_more_is_a_fault(desk):
    desk.report = None
    desk.after(3)
    assert desk.sound.state is AudioState.FAULT


def test_a_core_that_was_held_up_does_not_blame_the_annunciator(desk):
    desk.report = None
    desk.room.clock.move_to(desk.now_ns + 20 * S)
    desk.sounding.tick(desk.now_ns)
    assert desk.sound.state is AudioState.ON


def test_staff_output_lost_sends_the_alarm_to_the_room_at_once_but_not_the_news_of_it(desk):
    desk.report = Report(staff=OutputReport(OutputWord.LOST, "Ear"), room=SPEAKER)
    desk.after(20)
    assert desk.alarms() == {"audio": "medium"}
    assert desk.sounding.want().room is None
    want = desk.after(13, 85.0)
    assert want.room.sound is SoundName.HIGH
    assert want.staff is None


def test_pause_is_refused_for_a_reason_and_ends_when_an_output_goes(desk):
    desk.do(PauseAudio("AB"))
    assert desk.sound.state is AudioState.ON or desk.sounding._audio.state is AudioState.PAUSED
    desk.after(1)
    assert desk.sound.state is AudioState.PAUSED
    assert desk.sound.until_t_ns - desk.now_ns <= 120 * S
    desk.report = Report(staff=OutputReport(OutputWord.LOST, "Ear"), room=SPEAKER)
    desk.after(0.5)
    assert desk.sound.state is AudioState.ON
    assert [(e.action, e.by) for e in desk.events(SoundAsked)] == [("pause", "AB")]
    assert [e.cause for e in desk.events(SoundChanged)][:2] == ["back", "pause"]
    with pytest.raises(CommandRefused, match="audio-not-on"):
        desk.do(ResumeAudio("AB"))


def test_pause_keeps_stages_running_and_a_graver_one_ends_it(desk):
    desk.after(17, 90.0)
    desk.do(PauseAudio("AB"))
    assert desk.after(1, 90.0).staff is None
    want = desk.after(12, 85.0)
    assert desk.sound.state is AudioState.ON
    assert want.staff.sound is SoundName.SOFT_HIGH


def test_check_tone_goes_to_the_output_that_is_asked_about(desk):
    desk.do(CheckTone("room"))
    chime = desk.sounding.want().chime
    assert (chime.output, chime.sound) == (OutputRole.ROOM, SoundName.CHECK)
    desk.do(CheckTone("room"))
    assert desk.sounding.want().chime.number != chime.number
    desk.do(ToneHeard("room", True, "AB"))
    desk.do(ToneHeard("music", False, "AB"))
    desk.after(0.5)
    assert desk.events(SoundChecked) == [
        SoundChecked("room", "Speaker", True, "AB"),
        SoundChecked("music", "", False, "AB"),
    ]
    checks = desk.room.engine.snapshot.session.sound_checks
    assert [(check.of, check.name, check.heard, check.by) for check in checks] == [
        ("room", "Speaker", True, "AB"),
        ("music", "", False, "AB"),
    ]
    desk.report = Report(staff=READY)
    desk.after(0.5)
    for output in ("room", "garden", "music"):
        with pytest.raises(CommandRefused, match="output-not-working"):
            desk.do(CheckTone(output))


def test_with_nobody_there_waiting_is_halved_and_the_screen_asks_before(desk):
    desk.sounding.beat(0.0)
    desk.after(0.5)
    assert not desk.sound.still_there
    desk.sounding.beat(580.0)
    desk.after(0.5)
    assert desk.sound.still_there
    desk.sounding.beat(700.0)
    desk.after(12, 85.0)
    desk.after(8, 85.0)
    assert desk.sound.stage is Stage.ROOM


def test_console_that_stood_still_is_on_record(desk):
    desk.report = Report(staff=READY, room=SPEAKER, failing=True, silent_s=7.0)
    desk.after(1)
    assert desk.events(SoundProcess) == [SoundProcess("console-stopped", "", 7 * S)]


def test_demo_without_a_speaker_says_so_and_raises_nothing():
    desk = Desk(optional=True)
    desk.report = Report()
    desk.after(20)
    assert not desk.sound.wanted
    assert desk.sound.trouble == ""
    assert desk.alarms() == {}


def test_session_without_a_chosen_output_raises_an_alarm():
    desk = Desk()
    desk.report = Report()
    desk.after(20)
    assert desk.alarms() == {"audio": "medium"}
    assert "No output is chosen" in desk.sound.trouble


class Session(RuleBasedStateMachine):
    """People who press everything while outputs come and go (I1 and I3, the whole way to what is sent)."""

    def __init__(self):
        super().__init__()
        self.desk = Desk()
        self.desk.after(3)
        self.spo2 = 97.0
        self.unheard_s = self.silent_s = 0.0

    @rule(spo2=st.sampled_from([97.0, 90.0, 86.0, 79.0]), ticks=st.integers(1, 80))
    def time(self, spo2, ticks):
        for _ in range(ticks):
            self.look(self.desk.after(0.25, spo2))

    @rule(command=st.sampled_from([PauseAudio("AB"), PauseAudio("AB", setup=True), ResumeAudio("AB")]))
    def person(self, command):
        with contextlib.suppress(CommandRefused):
            self.desk.do(command)

    @rule()
    def acknowledges(self):
        self.desk.acknowledge()

    @rule(staff=st.sampled_from(OutputWord), room=st.sampled_from(OutputWord), there=st.booleans())
    def outputs(self, staff, room, there):
        report = Report(staff=OutputReport(staff, "Ear"), room=OutputReport(room, "Speaker"))
        self.desk.report = report if there else None
        if not there:
            self.desk.sounding.process("ended")

    def look(self, want):
        sound = self.desk.sound
        high = any(
            alarm.state == "active-unack" and alarm.priority.value == "high" and alarm.role != "audio"
            for alarm in self.desk.room.engine.snapshot.alarms
        )
        played = (want.staff is not None and sound.staff.works) or (
            want.room is not None and sound.room.works
        )
        silent = high and not played and sound.state is not AudioState.FAULT
        self.silent_s = self.silent_s + 0.25 if silent else 0.0
        self.unheard_s = self.unheard_s + 0.25 if silent and sound.until_t_ns is None else 0.0
        assert self.silent_s <= 120.0
        assert self.unheard_s <= 1.0


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)


@pytest.mark.parametrize(
    ("staff", "room", "music", "option"),
    [("A", "B", "A", "--staff-output"), ("A", "A", "M", "--staff-output"), ("S", "M", "M", "--room-output")],
)
def test_two_purposes_for_one_output_are_refused(staff, room, music, option):
    with pytest.raises(ConfigError) as error:
        outputs_of(staff, room, music)
    assert error.value.key == option


def test_outputs_on_the_command_line():
    assert outputs_of("", "", "") == Outputs()
    words = ("--staff=-x", "--room=b", "--no-music", "--auto")
    assert Outputs("-x", "b", None, auto=True).arguments() == words
