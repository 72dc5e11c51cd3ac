"""The sound check: what its steps say, what its keys ask for, and what a real engine keeps of it."""

import itertools
from dataclasses import replace

import pytest
from engine_room import Room
from fake_session import FakeSession
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kapmonitor.alarms import soundplan
from kapmonitor.alarms.signals import OutputReport, OutputWord, Report, SoundName, SoundState
from kapmonitor.commands import AllowCuff, CheckTone, ConfirmBedside, SetBaseline, ToneHeard
from kapmonitor.model import GenerationMode
from kapmonitor.session.events import BedsideConfirmed, MusicEvent, SoundChecked
from kapmonitor.session.state import BEDSIDE, MusicSpan, SessionState, SoundCheck
from kapmonitor.snapshot import Snapshot
from kapmonitor.sounding import Sounding
from ui import alarm_sound
from ui import alarm_wording as wording
from ui.alarm_chips import Chip, ChipKind
from ui.alarm_face import alarm_face
from ui.devices.face import Tone
from ui.limits import LimitsPage
from ui.screenshot import render
from ui.soundcheck import SoundCheckPage, page
from ui.soundcheck.face import LOOKS, Standing, Step, left_words, step_face
from ui.theme import SESSION, Theme

K = Qt.Key
S = 1_000_000_000
EAR, SPEAKER = OutputReport(OutputWord.READY, "Ear"), OutputReport(OutputWord.READY, "Speaker")
PLAYING = (MusicSpan(0, None, "t", "Long light", "Peak"),)
STOPPED = (replace(PLAYING[0], t1_ns=S),)
NAMES = {Step.STAFF: "Ear", Step.ROOM: "Speaker", Step.MUSIC: "", Step.BEDSIDE: ""}


def shot(staff=EAR, room=SPEAKER, checks=(), music=PLAYING, **more):
    state = SessionState(sound_checks=tuple(checks), music=music)
    sound = SoundState(staff=staff, room=room, wanted=True)
    return Snapshot(t_ns=100 * S, utc_ns=100 * S, session=state, sound=sound, **more)


def check(step, *, heard=True, name=None):
    return SoundCheck(40 * S, step.value, NAMES[step] if name is None else name, heard, "KL")


ALL = tuple(check(step) for step in Step)


def row(step, picture, *, asked=False):
    return step_face(step, picture, asked=asked).row


# What a step says

ANSWERS = {"none": None, "heard": True, "not": False, "elsewhere": True}


def expected(word, answer, *, asked):
    if asked:
        return Standing.ASKED
    if word is OutputWord.NOT_CHOSEN:
        return Standing.IDLE
    if word is not OutputWord.READY:
        return Standing.STUCK
    return {
        "none": Standing.OPEN,
        "heard": Standing.GOOD,
        "not": Standing.BAD,
        "elsewhere": Standing.OTHER,
    }[answer]


@pytest.mark.parametrize("step", [Step.STAFF, Step.ROOM])
def test_an_output_over_the_whole_product_of_how_it_is_and_what_was_said(step):
    for word, answer, asked in itertools.product(OutputWord, ANSWERS, (False, True)):
        heard, name = ANSWERS[answer], "Elsewhere" if answer == "elsewhere" else None
        checks = () if heard is None else (check(step, heard=heard, name=name),)
        picture = shot(**{step.value: OutputReport(word, NAMES[step])}, checks=checks)
        face = step_face(step, picture, asked=asked)
        assert face.standing is expected(word, answer, asked=asked), (word, answer)
        assert (face.row.lamp, face.row.tone) == LOOKS[face.standing]
        assert face.plays == ((step.value,) if word is OutputWord.READY else ())
        assert face.row.beneath
        if checks and not asked:
            assert "KL 00:00" in face.row.prompt


@pytest.mark.parametrize(
    ("checks", "music", "standing"),
    [
        ((), PLAYING, Standing.OPEN),
        ((), STOPPED, Standing.IDLE),
        ((), (), Standing.IDLE),
        (ALL, PLAYING, Standing.GOOD),
        (ALL, STOPPED, Standing.GOOD),
        ((check(Step.MUSIC, heard=False),), STOPPED, Standing.BAD),
    ],
)
def test_the_music_is_checked_while_it_plays(checks, music, standing):
    face = step_face(Step.MUSIC, shot(checks=checks, music=music), asked=False)
    assert face.standing is standing
    assert face.plays == (("staff", "room") if music is PLAYING else ())
    assert face.row.beneath == ("now: Long light" if music is PLAYING else "no music plays: M starts it")


def test_with_no_output_that_works_the_music_step_says_so():
    gone = OutputReport(OutputWord.LOST, "Ear")
    face = step_face(Step.MUSIC, shot(staff=gone, room=gone), asked=False)
    assert (face.standing, face.row.beneath) == (Standing.IDLE, "no output of alarms works")


@pytest.mark.parametrize(
    ("word", "beneath"),
    [
        (OutputWord.READY, "Ear"),
        (OutputWord.NOT_CHOSEN, "no output is chosen: --staff-output names one"),
        (OutputWord.ABSENT, "Ear not found"),
        (OutputWord.LOST, "Ear went away"),
        (OutputWord.FAILED, "Ear cannot be used"),
        (OutputWord.MUSIC, "the music plays on Ear"),
        (OutputWord.MUTED, "Ear muted on this computer"),
    ],
)
def test_an_output_that_cannot_be_used_is_said_in_words(word, beneath):
    said = row(Step.STAFF, shot(staff=OutputReport(word, "Ear")))
    assert said.beneath == beneath
    assert ("where the music plays" in said.details[0]) == (word is OutputWord.MUSIC)


@pytest.mark.parametrize(
    ("step", "checks", "asked", "value", "prompt"),
    [
        (Step.STAFF, (), False, "", "Enter: play the tone"),
        (Step.STAFF, ALL, True, "", "J heard it     X not heard"),
        (Step.STAFF, ALL, False, "heard", "KL 00:00"),
        (Step.ROOM, (check(Step.ROOM, heard=False),), False, "NOT HEARD", "KL 00:00"),
        (
            Step.ROOM,
            (check(Step.ROOM, name="HDMI"),),
            False,
            "",
            "check again: heard on HDMI, KL 00:00",
        ),
        (Step.MUSIC, (), False, "", "Enter: play the alarm tones"),
        (Step.MUSIC, ALL, False, "music, no tone", "KL 00:00"),
        (Step.MUSIC, (check(Step.MUSIC, heard=False),), False, "NOT RIGHT", "KL 00:00"),
        (Step.BEDSIDE, (), False, "", "Enter: yes, it is on"),
        (Step.BEDSIDE, ALL, False, "on", "KL 00:00"),
    ],
)
def test_what_was_answered_by_whom_and_when_stands_on_the_row(step, checks, asked, value, prompt):
    said = row(step, shot(checks=checks), asked=asked)
    assert (said.value, said.prompt) == (value, prompt)


def test_a_lost_output_is_not_called_heard():
    said = row(Step.STAFF, shot(staff=OutputReport(OutputWord.LOST, "Ear"), checks=ALL))
    assert (said.value, said.tone) == ("", Tone.TROUBLE)
    assert said.prompt == "before: heard, KL 00:00"


def test_an_answer_without_a_name_says_so():
    nameless = replace(check(Step.STAFF), by="")
    assert row(Step.STAFF, shot(checks=(nameless,))).prompt == "no name 00:00"


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (shot(), "4 still to do"),
        (shot(checks=ALL[:1], music=()), "2 still to do"),
        (shot(room=OutputReport(), checks=ALL[:1]), "2 still to do"),
        (shot(checks=ALL), "done"),
        (shot(staff=OutputReport(), room=OutputReport()), "no output for alarms: nothing to check"),
    ],
)
def test_how_much_is_left(picture, said):
    assert left_words(picture) == said


# The alarm line


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (shot(), wording.SOUND_UNCHECKED),
        (shot(checks=ALL[1:]), wording.SOUND_UNCHECKED),
        (shot(checks=ALL[:-1]), wording.SOUND_UNCHECKED),
        (shot(checks=ALL[:2] + ALL[3:]), wording.SOUND_UNCHECKED),
        (shot(checks=ALL[:2] + ALL[3:], music=()), ""),
        (shot(checks=ALL), ""),
        (shot(checks=(*ALL[1:], check(Step.STAFF, name="HDMI"))), wording.SOUND_UNCHECKED),
        (shot(checks=(*ALL[1:], check(Step.STAFF, heard=False))), wording.SOUND_UNHEARD),
        (shot(checks=(check(Step.STAFF, heard=False),)), wording.SOUND_UNHEARD),
        (shot(room=OutputReport(), checks=(ALL[0], *ALL[2:])), ""),
        (shot(staff=OutputReport(), room=OutputReport()), ""),
        (shot(mode=GenerationMode.DEMO), ""),
        (shot(mode=GenerationMode.TEST), ""),
        (replace(shot(), sound=replace(shot().sound, wanted=False)), ""),
    ],
)
def test_the_alarm_line_says_quietly_that_it_was_not_checked(picture, said):
    assert alarm_sound.unchecked_words(picture) == said
    chips = [Chip(ChipKind.NOTE, said)] if said else []
    assert [chip for chip in alarm_face(picture, picture.t_ns).chips if chip.text == said] == chips


# The page


@pytest.fixture
def session():
    return FakeSession("sound-unchecked")


@pytest.fixture
def asks(session, monkeypatch):
    monkeypatch.setattr(page, "NEXT_TONE_MS", 40)
    return []


@pytest.fixture
def opened(qtbot, session, asks):
    made = SoundCheckPage(session, Theme(SESSION), "KL")
    qtbot.addWidget(made)
    made.resize(868, 870)
    made.asked.connect(asks.append)
    made.asked.connect(session.submit)
    made.show()
    return made


def press(widget, *keys):
    for key in keys:
        QTest.keyClick(widget, key)


def test_the_whole_check_by_keys(qtbot, opened, session, asks):
    press(opened, K.Key_Return, K.Key_J, K.Key_Enter, K.Key_X, K.Key_Down)
    assert opened.chosen is Step.MUSIC
    press(opened, K.Key_Return)
    qtbot.waitUntil(lambda: asks[-1] == CheckTone("room"), timeout=5000)
    press(opened, K.Key_J)
    assert opened.chosen is Step.BEDSIDE
    press(opened, K.Key_Return)
    assert asks == [
        CheckTone("staff"),
        ToneHeard("staff", True, "KL"),
        CheckTone("room"),
        ToneHeard("room", False, "KL"),
        CheckTone("staff"),
        CheckTone("room"),
        ToneHeard("music", True, "KL"),
        ConfirmBedside("KL"),
    ]
    opened.refresh()
    assert [face.row.value for face in opened.faces()] == ["heard", "NOT HEARD", "music, no tone", "on"]
    assert left_words(session.snapshot()) == "1 still to do"


@pytest.mark.parametrize("key", [K.Key_J, K.Key_X])
def test_nothing_is_answered_about_a_tone_that_was_not_played(opened, asks, key):
    press(opened, key, K.Key_Return, K.Key_Down, key, K.Key_Down, K.Key_Down, key)
    assert asks == [CheckTone("staff")]


def test_one_tone_is_answered_once(opened, asks):
    press(opened, K.Key_Return, K.Key_X, K.Key_X, K.Key_J)
    assert asks == [CheckTone("staff"), ToneHeard("staff", False, "KL")]


def test_a_tone_in_the_music_is_said_at_once_and_its_absence_only_after_the_last(qtbot, opened, asks):
    press(opened, K.Key_Down, K.Key_Down, K.Key_Return, K.Key_J)
    assert asks == [CheckTone("staff")]
    press(opened, K.Key_X)
    qtbot.wait(120)
    assert asks == [CheckTone("staff"), ToneHeard("music", False, "KL")]


def test_an_output_lost_after_its_tone_cannot_have_been_heard(opened, session, asks):
    press(opened, K.Key_Return)
    session.variant = "room-speaker"
    press(opened, K.Key_J)
    assert asks == [CheckTone("staff")]
    press(opened, K.Key_X)
    assert asks[-1] == ToneHeard("staff", False, "KL")


def test_an_output_that_does_not_work_plays_nothing(opened, session, asks):
    session.variant = "audio-lost"
    press(opened, K.Key_Return, K.Key_J, K.Key_X)
    assert asks == []


def test_a_held_key_is_one_word(opened, asks):
    for again in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, K.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", again, 1)
        QApplication.sendEvent(opened, event)
    assert asks == [CheckTone("staff")]


def test_closed_it_plays_no_further_tone(qtbot, opened, asks):
    press(opened, K.Key_Down, K.Key_Down, K.Key_Return)
    opened.hide()
    qtbot.wait(120)
    assert asks == [CheckTone("staff")]


def test_it_opens_at_what_is_still_to_do(qtbot):
    made = SoundCheckPage(FakeSession("sound-check"), Theme(SESSION), "KL")
    qtbot.addWidget(made)
    assert made.chosen is Step.ROOM
    closed = []
    made.left.connect(lambda: closed.append(1))
    press(made, K.Key_Up, K.Key_Up)
    assert made.chosen is Step.STAFF
    press(made, K.Key_Escape)
    assert closed == [1]


def test_it_is_the_same_picture_each_time_and_other_when_answered(opened):
    before = render(opened, QSize(560, 640))
    assert render(opened, QSize(560, 640)) == before
    press(opened, K.Key_Return, K.Key_J)
    assert render(opened, QSize(560, 640)) != before


# In the dashboard, which looks for sound outputs as well: a computer without PipeWire says so


@pytest.fixture
def dressed(qtbot, session):
    from ui.dressing import Live, dress_live
    from ui.main_window import MainWindow
    from ui.shell import Shell

    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    close = dress_live(shell, Live(session, lambda _wake: None, author="KL"))
    shell.show()
    shell.activateWindow()
    qtbot.waitUntil(shell.isActiveWindow, timeout=10_000)
    yield shell.findChild(MainWindow)
    close()


whole_dashboard = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


@whole_dashboard
def test_t_opens_and_closes_it_and_its_letters_are_its_own(dressed, session):
    press(dressed, K.Key_T)
    assert isinstance(dressed.over_trends, SoundCheckPage)
    assert not dressed.over_trends.geometry().intersects(dressed.alarm.geometry())
    press(dressed.over_trends, K.Key_J, K.Key_X, K.Key_Up, K.Key_Down, K.Key_Up, K.Key_Return, K.Key_J)
    assert session.commands == [CheckTone("staff"), ToneHeard("staff", True, "KL")]
    press(dressed.over_trends, K.Key_T)
    assert dressed.over_trends is None
    press(dressed, K.Key_J)
    assert len(session.commands) == 3


@whole_dashboard
def test_other_pages_keep_their_t(dressed, session):
    press(dressed, K.Key_L)
    press(dressed.over_trends, K.Key_T)
    assert isinstance(dressed.over_trends, LimitsPage)
    press(dressed.over_trends, K.Key_Return)
    assert session.commands == [SetBaseline("KL")]


@whole_dashboard
def test_the_device_dialog_keeps_its_t(dressed, session):
    from nearby_rows import around

    session.around = around(session.now_ns())
    press(dressed, K.Key_C)
    dialog = dressed.over_trends
    while dialog.chosen.key != "cuff":
        press(dialog, K.Key_Down)
    press(dialog, K.Key_T)
    assert dressed.over_trends is dialog
    assert session.commands[-1] == AllowCuff("suntech", True, "KL")


# A real engine


def test_what_is_asked_and_answered_reaches_the_record_and_the_rows(qtbot):
    room = Room()
    sounding = Sounding(room.engine, soundplan.default(), room.clock.now_ns, optional=False)

    class Port:
        def snapshot(self):
            return replace(room.engine.snapshot, mode=GenerationMode.REAL)

    def later():
        room.after(0.5)
        sounding.heard(Report(staff=EAR, room=SPEAKER))
        sounding.tick(room.clock.now_ns())
        return Port().snapshot()

    room.engine.record(MusicEvent("started", "Arrive", "t", "Larkspur", 0.0, 60.0, -12.0, "headphones"))
    later()
    later()
    assert alarm_sound.unchecked_words(later()) == wording.SOUND_UNCHECKED
    opened = SoundCheckPage(Port(), Theme(SESSION), "KL")
    qtbot.addWidget(opened)
    opened.asked.connect(lambda command: (sounding.do(command, room.clock.now_ns()), later()))
    press(opened, K.Key_Return)
    assert sounding.want().chime.sound is SoundName.CHECK
    assert room.recorder.events(SoundChecked) == []
    press(opened, K.Key_J, K.Key_Return, K.Key_J, K.Key_Return, K.Key_X)
    assert alarm_sound.unchecked_words(later()) == wording.SOUND_UNHEARD
    press(opened, K.Key_Down, K.Key_Return)
    assert room.recorder.events(SoundChecked) == [
        SoundChecked("staff", "Ear", True, "KL"),
        SoundChecked("room", "Speaker", True, "KL"),
        SoundChecked("music", "", False, "KL"),
    ]
    assert room.recorder.events(BedsideConfirmed) == [BedsideConfirmed("KL")]
    checks = later().session.sound_checks
    assert [(each.of, each.heard) for each in checks][-1] == (BEDSIDE, True)
    sounding.do(ToneHeard("music", True, "RN"), room.clock.now_ns())
    assert alarm_sound.unchecked_words(later()) == ""
