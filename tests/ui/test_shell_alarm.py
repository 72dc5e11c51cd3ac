"""The alarm line: what it says, how it looks, when it flashes, what an acknowledgement covers."""

from dataclasses import replace
from itertools import pairwise

import pytest
from fake_session import NOW_NS, FakeSession, S
from PySide6.QtCore import QPoint, QRect, Qt
from shell_parts import HD, open_window, picture, shows

from kapmonitor.model import NibpFailure
from kapmonitor.snapshot import ActiveAlarm, Priority
from ui import fonts, strings
from ui.alarm_face import AlarmFace, QuietFace, alarm_face, flashing, on_screen
from ui.alarm_text import sentence
from ui.flash import RATES_HZ, Flasher, lit, next_edge_s
from ui.theme import SESSION

ALARM_BOX = QRect(12, 52, 1896, 80)


def face_of(variant):
    session = FakeSession(variant)
    return alarm_face(session.snapshot(), session.now_ns())


def test_quiet_names_where_the_limits_come_from():
    face = face_of("quiet")
    assert isinstance(face, QuietFace)
    assert face.headline == "No active alarms"
    assert face.limits == "limits from baseline 118/74, HR 72, SpO₂ 98 — signed by prescriber"
    assert face_of("empty").limits == strings.NO_LIMITS


def test_an_alarm_names_number_limit_and_duration():
    face = face_of("medium")
    assert (face.text, face.lasted) == ("BP 162/98 — systolic above 154", "0:14")
    assert (face.flashing, face.acknowledged, face.passed) == (True, False, False)
    assert face_of("low").text == "SpO₂ 93 — below 94"


def test_an_acknowledged_alarm_stays_and_stands_still():
    face = face_of("acknowledged")
    assert (face.flashing, face.acknowledged) == (False, True)


def test_an_alarm_that_passed_says_was():
    face = face_of("latched")
    assert face.text == "was BP systolic 162 — above 154"
    assert (face.flashing, face.passed, face.acknowledged) == (False, True, False)


def test_the_rest_is_counted_and_listed():
    face = face_of("many")
    assert face.priority is Priority.HIGH
    assert face.more == "+3 more"
    assert [text for _, text in face.others][1] == "HR 124 — above 120"


def test_a_new_alarm_leads_before_an_acknowledged_higher_one():
    shot = FakeSession("many").snapshot()
    high, medium, *rest = shot.alarms
    shot = replace(shot, alarms=(replace(high, state="active-ack"), medium, *rest))
    face = alarm_face(shot, NOW_NS)
    assert (face.priority, face.acknowledged) == (Priority.MEDIUM, False)
    assert high.condition not in on_screen(shot)
    assert len(on_screen(shot)) == 3


@pytest.mark.parametrize(
    ("role", "text", "said"),
    [
        ("link:oximeter", "Oximeter", "Oximeter: link lost — LOOK AT THE BEDSIDE MONITOR"),
        ("sensor:oximeter", "Oximeter", "Oximeter: sensor off or no pulse — LOOK AT THE BEDSIDE MONITOR"),
        ("record", "the disk is full", "NOT SAVED: the disk is full"),
        ("cuff:cuff", "Cuff\tmotion", "cuff failed: movement"),
        ("something-new", "said by the core", "said by the core"),
    ],
)
def test_technical_alarms_say_what_failed(role, text, said):
    alarm = ActiveAlarm(role, role, Priority.MEDIUM, "active-unack", 1.0, None, "flag", 0, text)
    assert sentence(alarm, None) == said


@pytest.mark.parametrize("failure", list(NibpFailure))
def test_every_cuff_failure_has_words(failure):
    alarm = ActiveAlarm("c", "cuff:c", Priority.LOW, "active-unack", 1.0, None, "flag", 0, f"Cuff\t{failure}")
    assert strings.CUFF_FAILURES[failure] in sentence(alarm, None)


def test_rhythms_are_those_of_their_priority():
    for priority, rate in RATES_HZ.items():
        steps = [lit(priority, i / 1000) for i in range(10_000)]
        assert abs(sum(steps) / len(steps) - 0.5) < 0.05
        rises = sum(1 for a, b in pairwise(steps) if b and not a)
        assert abs(rises / 10 - rate) <= 0.11
    assert all(lit(Priority.LOW, i / 100) for i in range(500))


def test_no_rhythm_flashes_three_times_in_a_second():
    assert max(RATES_HZ.values()) < 3


def test_edges_come_when_something_changes():
    both = frozenset({Priority.HIGH, Priority.MEDIUM})
    t = 0.0
    for _ in range(40):
        edge = next_edge_s(both, t)
        assert edge is not None
        assert t < edge <= t + 0.25 + 1e-9
        t = edge
    assert next_edge_s(frozenset({Priority.LOW}), 0.0) is None
    assert next_edge_s(frozenset(), 0.0) is None


def test_a_flasher_starts_lit_and_sleeps_when_all_is_quiet(qtbot):
    now = [100.0]
    flasher = Flasher(clock_s=lambda: now[0])
    flasher.set_flashing(frozenset({Priority.HIGH}))
    assert flasher.lit(Priority.HIGH)
    now[0] += 0.3
    assert not flasher.lit(Priority.HIGH)
    assert flasher.lit(Priority.MEDIUM)
    flasher.set_flashing(frozenset())
    assert not flasher._timer.isActive()


def test_an_acknowledged_alarm_gives_nothing_to_flash_for():
    assert flashing(FakeSession("acknowledged").snapshot()) == frozenset()
    assert flashing(FakeSession("many").snapshot()) == {Priority.HIGH, Priority.MEDIUM, Priority.LOW}


@pytest.mark.parametrize(
    ("variant", "block"), [("high", SESSION.high), ("medium", SESSION.medium), ("low", SESSION.low)]
)
def test_the_block_has_the_colour_of_its_priority(qtbot, variant, block):
    shot = picture(open_window(qtbot, variant))
    assert shows(shot, ALARM_BOX, block) > 0.6 * ALARM_BOX.width() * ALARM_BOX.height()


def test_without_an_alarm_there_is_no_block(qtbot):
    shot = picture(open_window(qtbot, "quiet"))
    for block in (SESSION.high, SESSION.medium, SESSION.low):
        assert shows(shot, ALARM_BOX, block, 4) == 0


def test_only_line_and_tile_flash(qtbot):
    window = open_window(qtbot, "high")
    now = [0.0]
    window.flasher._clock_s = lambda: now[0]
    window.flasher._start_s = 0.0
    zones = (window.alarm.geometry(), window.numbers.bp.geometry())
    on = window.grab().toImage()
    now[0] = 0.3
    window.flasher.changed.emit()
    off = window.grab().toImage()
    for box in zones:
        assert shows(on, box, SESSION.high) > 3 * shows(off, box, SESSION.high)
    for still in (window.numbers.hr, window.status, window.numbers.spo2.sweep):
        assert still.isVisible()
    hr = window.numbers.hr.geometry()
    assert on.copy(hr) == off.copy(hr)


def test_the_key_asks_for_what_is_on_screen(qtbot):
    window = open_window(qtbot, "many")
    asked = []
    window.acknowledge_asked.connect(lambda conditions, t_ns: asked.append((conditions, t_ns)))
    qtbot.mouseClick(window.alarm.key, Qt.MouseButton.LeftButton)
    assert len(asked) == 1
    assert set(asked[0][0]) == set(on_screen(window.snapshot))
    assert asked[0][1] == window._port.now_ns()


def test_there_is_no_key_once_all_is_acknowledged(qtbot):
    window = open_window(qtbot, "acknowledged")
    assert not window.alarm.key.isVisible()


def test_the_longest_sentence_is_shortened_not_clipped(qtbot):
    window = open_window(qtbot, "medium")
    long = AlarmFace(
        Priority.HIGH, "BP 162/98 — " + "systolic above 154 " * 20, "0:14", "", (), True, False, False
    )
    window.alarm.set_face(long)
    window.flasher.set_still(still=True)
    shot = window.grab().toImage()
    between = QRect(window.alarm.x() + window.alarm.key.x() - 20, 60, 16, 64)
    assert shows(shot, between, SESSION.high, 4) == between.width() * between.height()


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 768), (1280, 720)])
def test_the_usual_sentence_is_whole_at_every_size(qtbot, size):
    window = open_window(qtbot, "medium", HD.scaled(*size, Qt.AspectRatioMode.IgnoreAspectRatio))
    room = window.alarm.key.x() - window.theme.px(300)
    text = "BP 204/118 — systolic above 154 (baseline 118 + 30 %)"
    assert fonts.width(text, window.theme.text_px(22), fonts.BOLD) < room


def test_the_alarm_line_is_never_covered(qtbot):
    from PySide6.QtWidgets import QDialog

    window = open_window(qtbot, "medium")
    form = QDialog()
    window.open_over_trends(form)
    assert form.isVisible()
    assert not form.geometry().intersects(window.alarm.geometry())
    assert not form.geometry().intersects(window.numbers.bp.geometry())
    assert window.childAt(window.alarm.geometry().center()) in (window.alarm, window.alarm.key)
    window.close_over_trends()
    assert window._over_trends is None
    assert window.mapToGlobal(QPoint(0, 0)) is not None


def test_duration_goes_on_while_the_alarm_stands():
    session = FakeSession("medium")
    session.advance(61)
    assert alarm_face(session.snapshot(), session.now_ns()).lasted == "1:15"
    assert session.now_ns() == NOW_NS + 61 * S
