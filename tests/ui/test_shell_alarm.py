"""The alarm line: what it says, how it looks, when it flashes, what an acknowledgement covers."""

from dataclasses import replace
from itertools import pairwise

import pytest
from fake_session import NOW_NS, FakeSession, S
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from shell_parts import HD, open_window, picture, pixels, shows

from kapmonitor.alarms import technical
from kapmonitor.alarms.audio import AudioState
from kapmonitor.alarms.signals import OutputReport, OutputWord, SoundState
from kapmonitor.alarms.types import REMIND_S
from kapmonitor.model import NibpFailure
from kapmonitor.snapshot import ActiveAlarm, Priority
from ui import alarm_sound, fonts, strings
from ui import alarm_wording as wording
from ui.alarm_chips import Chip, ChipKind
from ui.alarm_face import AlarmFace, QuietFace, alarm_face, flashing, on_screen
from ui.alarm_text import sentence, short
from ui.flash import RATES_HZ, Flasher, lit, next_edge_s
from ui.status_face import Audio
from ui.theme import SESSION
from ui.tiles.frame import BORDER, HEADER

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
    shot = FakeSession("quiet").snapshot()
    shot = replace(shot, session=replace(shot.session, limits_example=True))
    assert alarm_face(shot, NOW_NS).limits.endswith("— an example, not signed")


def test_an_alarm_names_number_limit_and_duration():
    face = face_of("medium")
    assert face.text == "BP 162/98 — systolic above 154 (baseline 118 + 30 %)"
    assert face.lasted == "0:14"
    assert (face.rhythm, face.acknowledged) == (Priority.MEDIUM, False)
    assert face_of("low").text == "SpO₂ 93 — below 94"


def test_an_acknowledged_alarm_stays_and_stands_still():
    face = face_of("acknowledged")
    assert (face.rhythm, face.acknowledged) == (None, True)
    assert face.reminder == "reminder in 2:51"


def reminded(priority, since_ns, speed=1.0):
    remind_ns = NOW_NS - since_ns + int(REMIND_S[priority] * S)
    alarm = ActiveAlarm("c", "hr", priority, "active-ack", 130.0, 120.0, "high", NOW_NS - 900 * S)
    alarm = replace(alarm, acknowledged_t_ns=NOW_NS - 800 * S, remind_t_ns=remind_ns)
    return flashing(replace(FakeSession("quiet").snapshot(), alarms=(alarm,), speed=speed), NOW_NS)


@pytest.mark.parametrize(
    ("priority", "rhythm"),
    [(Priority.HIGH, Priority.HIGH), (Priority.MEDIUM, Priority.MEDIUM), (Priority.LOW, Priority.MEDIUM)],
)
def test_a_reminder_flashes_three_times_and_no_longer(priority, rhythm):
    length_ns = round(3 / RATES_HZ[rhythm] * S)
    assert reminded(priority, 0) == {rhythm}
    assert reminded(priority, length_ns - S // 100) == {rhythm}
    assert reminded(priority, length_ns + S // 100) == frozenset()
    assert reminded(priority, length_ns + S // 100, speed=20.0) == {rhythm}
    dark = [not lit(rhythm, i / 100) for i in range(length_ns * 100 // S)]
    assert sum(1 for before, now in pairwise([False, *dark]) if now and not before) == 3


def test_an_acknowledgement_is_no_reminder():
    assert flashing(FakeSession("acknowledged").snapshot(), NOW_NS) == frozenset()


def test_an_alarm_that_passed_says_was_and_how_long_ago():
    face = face_of("latched")
    assert isinstance(face, QuietFace)
    chip = Chip(ChipKind.WAS, "SpO₂ 89 < 92, 0:41 ago, lasted 0:22", Priority.MEDIUM)
    assert face.chips == (chip,)
    assert face_of("latched-behind").chips == (chip,)
    assert on_screen(FakeSession("latched").snapshot()) == ("spo2-low-medium",)


def test_the_others_are_counted_and_take_turns_every_two_seconds():
    session = FakeSession("many")
    faces = [alarm_face(session.snapshot(), NOW_NS, turn_s) for turn_s in (0.0, 1.9, 2.0, 4.0, 6.0)]
    assert {face.text for face in faces} == {"SpO₂ 86 — below 88"}
    assert {face.more for face in faces} == {"+3 more"}
    texts = [face.other.text for face in faces]
    assert texts[0] == texts[1] == texts[4] == "BP systolic 184 — above 154"
    assert texts[2].startswith("Oximeter: link lost")
    assert texts[3] == "HR 124 — above 120"


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({}, ""),
        ({"role": "hr"}, "+1 more"),
        ({"direction": "high"}, "+1 more"),
        ({"priority": Priority.HIGH, "limit": 80.0}, "+1 more"),
        ({"limit": None}, "+1 more"),
    ],
)
def test_a_milder_limit_of_the_same_value_is_nothing_more_to_look_at(change, more):
    shot = FakeSession("many").snapshot()
    lead = shot.alarms[0]
    milder = replace(lead, condition="spo2-low", priority=Priority.MEDIUM, limit=92.0)
    face = alarm_face(replace(shot, alarms=(lead, replace(milder, **change))), NOW_NS)
    assert (face.more, face.text) == (more, "SpO₂ 86 — below 88")


def test_a_milder_alarm_that_nobody_acknowledged_leads_before_a_graver_one_that_somebody_did():
    shot = FakeSession("many").snapshot()
    graver = replace(shot.alarms[0], state="active-ack")
    milder = replace(graver, condition="spo2-low", priority=Priority.MEDIUM, limit=92.0, state="active-unack")
    face = alarm_face(replace(shot, alarms=(milder, graver)), NOW_NS)
    assert (face.text, face.more) == ("SpO₂ 86 — below 92", "+1 more")
    elsewhere = replace(milder, role="hr", priority=Priority.HIGH)
    assert alarm_face(replace(shot, alarms=(elsewhere, milder, graver)), NOW_NS).more == "+2 more"


def test_an_acknowledged_other_says_so():
    shot = FakeSession("many").snapshot()
    high, medium, *rest = shot.alarms
    shot = replace(shot, alarms=(high, replace(medium, state="active-ack"), *rest))
    assert alarm_face(shot, NOW_NS).other.acknowledged


def test_what_is_waited_for_is_said():
    assert face_of("repeat").wanted == "repeat BP"
    assert face_of("medium").wanted == ""


@pytest.mark.parametrize(
    ("variant", "text"),
    [
        ("audio-paused", "sound paused 1:42, P ends it"),
        (
            "room-speaker",
            "Staff audio lost, room speaker in use: USB earpiece went away — look at the bedside monitor",
        ),
        ("limit-off", "OFF: HR above 120, back in 12:41"),
        ("no-baseline", "NO BASELINE: fixed limits only — L, then T sets it"),
        ("still-there", "Still there? Any key answers"),
    ],
)
def test_what_is_not_as_usual_has_a_chip(variant, text):
    assert text in [chip.text for chip in face_of(variant).chips]
    assert face_of("quiet").chips == ()


def test_lost_sound_is_said_once():
    face = face_of("audio-lost")
    assert face.text.startswith("No alarm sound")
    assert face.chips == ()


def test_a_pause_counts_down_and_ends():
    session = FakeSession("audio-paused")
    session.advance(101)
    assert alarm_face(session.snapshot(), session.now_ns()).chips[0].text.startswith("sound paused 0:01")


@pytest.mark.parametrize(
    ("staff", "room", "where"),
    [
        (OutputWord.READY, OutputWord.READY, "alarm sound: staff ear, then room"),
        (OutputWord.READY, OutputWord.NOT_CHOSEN, "alarm sound: staff ear only"),
        (OutputWord.LOST, OutputWord.READY, "alarm sound: room speaker"),
        (OutputWord.MUTED, OutputWord.MUSIC, "no alarm sound — look at the bedside monitor"),
    ],
)
def test_where_alarms_are_heard(staff, room, where):
    sound = SoundState(AudioState.ON, staff=OutputReport(staff), room=OutputReport(room), wanted=True)
    assert alarm_sound.where_words(sound) == where
    assert alarm_sound.where_words(replace(sound, wanted=False)) == wording.ON_SCREEN_ONLY


@pytest.mark.parametrize(
    ("variant", "sign"),
    [
        ("quiet", Audio("Staff ear")),
        ("audio-paused", Audio("Staff ear", "paused")),
        ("room-speaker", Audio("Room speaker", "staff ear lost")),
        ("audio-lost", Audio("Alarm sound", "none")),
        ("empty", None),
    ],
)
def test_the_lamp_of_the_sound(variant, sign):
    assert alarm_sound.lamp(FakeSession(variant).snapshot().sound) == sign


def test_a_reading_at_its_limit_is_not_above_it():
    alarm = FakeSession("medium").snapshot().alarms[0]
    alarm = replace(alarm, value=154.0)
    assert sentence(alarm, None) == "BP systolic 154 — at the limit of 154"
    assert short(alarm) == "BP systolic 154 = 154"


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
        ("moved", "/media/second", "the record goes on in the second folder, /media/second"),
        ("cuff:cuff", "Cuff\tmotion", "cuff failed: movement"),
        ("signal:spo2", "Oximeter", "Oximeter: no valid value — LOOK AT THE BEDSIDE MONITOR"),
        ("overdue", "", "BP overdue: the planned reading has not come"),
        ("audio", "No alarm sound", "No alarm sound"),
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


def test_every_condition_of_the_equipment_has_words():
    rules = (*technical.own_rules(), *technical.device_rules("oximeter"))
    for rule in rules:
        assert rule.role.partition(":")[0] in wording.TECHNICAL


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
    assert flashing(FakeSession("acknowledged").snapshot(), NOW_NS) == frozenset()
    every = {Priority.HIGH, Priority.MEDIUM, Priority.LOW}
    assert flashing(FakeSession("many").snapshot(), NOW_NS) == every


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


@pytest.mark.parametrize("variant", ["latched", "latched-behind", "paused-many"])
def test_what_passed_is_seen_by_the_same_key(qtbot, variant):
    window = open_window(qtbot, variant)
    asked = []
    window.acknowledge_asked.connect(lambda conditions, _t_ns: asked.append(conditions))
    assert window.alarm.key.isVisible()
    assert window.alarm.key.text() == ("F seen" if variant == "latched" else "F acknowledge")
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert "spo2-low-medium" in asked[0]


def test_an_alarm_raised_after_key_down_stays_unacknowledged(qtbot):
    session = FakeSession("medium")
    window = open_window(qtbot, session)
    asked = []
    window.acknowledge_asked.connect(lambda conditions, _t_ns: asked.append(conditions))
    session.variant = "many"
    qtbot.keyClick(window, Qt.Key.Key_F)
    assert asked == [("nibp-sys-medium",)]


@pytest.mark.parametrize(
    ("variant", "ends"), [("quiet", False), ("audio-paused", True), ("audio-lost", False)]
)
def test_p_pauses_and_ends_the_pause(qtbot, variant, ends):
    window = open_window(qtbot, variant)
    asked = []
    window.sound_pause_asked.connect(asked.append)
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert asked == [ends]


def test_a_chip_that_does_not_fit_is_counted(qtbot):
    window = open_window(qtbot, "paused-many", QSize(1280, 720))
    shot = FakeSession("paused-many").snapshot()
    face = alarm_face(shot, NOW_NS)
    window.alarm.set_face(replace(face, chips=face.chips * 6))
    window.flasher.set_still(still=True)
    between = QRect(window.alarm.x() + window.alarm.key.x() - 10, window.alarm.y() + 8, 8, 40)
    shown = window.grab().toImage()
    assert shows(shown, between, SESSION.high, 4) == between.width() * between.height()


def test_there_is_no_key_once_all_is_acknowledged(qtbot):
    window = open_window(qtbot, "acknowledged")
    assert not window.alarm.key.isVisible()


def test_the_longest_sentence_is_shortened_not_clipped(qtbot):
    window = open_window(qtbot, "medium")
    text = "BP 162/98 — " + "systolic above 154 " * 20
    long = AlarmFace(Priority.HIGH, text, "0:14", rhythm=Priority.HIGH, wanted="repeat BP")
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
    assert window.over_trends is None
    assert window.mapToGlobal(QPoint(0, 0)) is not None


def test_duration_goes_on_while_the_alarm_stands():
    session = FakeSession("medium")
    session.advance(61)
    assert alarm_face(session.snapshot(), session.now_ns()).lasted == "1:15"
    assert session.now_ns() == NOW_NS + 61 * S


@pytest.mark.parametrize(("variant", "dark_s"), [("high", 0.3), ("medium", 0.9)])
@pytest.mark.parametrize("size", [HD, QSize(1366, 768)])
def test_light_changes_in_the_line_and_the_tiles_frame_and_nowhere_else(qtbot, variant, dark_s, size):
    window = open_window(qtbot, variant, size)
    now = [0.0]
    window.flasher._clock_s = lambda: now[0]
    window.flasher._start_s = 0.0
    window._timer.stop()
    on = pixels(window.grab().toImage())
    now[0] = dark_s
    window.flasher.changed.emit()
    off = pixels(window.grab().toImage())
    changed = (on != off).any(axis=2)
    assert changed.any()
    alarm, tile = window.alarm.geometry(), window.numbers.bp.geometry()
    px = window.theme.px
    body = tile.adjusted(px(BORDER), px(HEADER), -px(BORDER), -px(BORDER)).adjusted(4, 4, -4, -4)
    frame = changed[tile.top() : tile.bottom() + 1, tile.left() : tile.right() + 1].sum()
    inside = changed[body.top() : body.bottom() + 1, body.left() : body.right() + 1].sum()
    line = changed[alarm.top() : alarm.bottom() + 1, alarm.left() : alarm.right() + 1].sum()
    assert frame > 0
    assert inside == 0
    assert changed.sum() == line + frame


def test_a_reminder_flashes_the_line_and_leaves_the_tile_steady(qtbot):
    session = FakeSession("reminder")
    window = open_window(qtbot, session)
    shot = session.snapshot()
    alarm = shot.alarms[0]
    alarm = replace(alarm, remind_t_ns=shot.t_ns + int(REMIND_S[alarm.priority] * S))
    session._frozen = replace(shot, alarms=(alarm,))
    window.refresh()
    now = [0.0]
    window.flasher._clock_s = lambda: now[0]
    window.flasher._start_s = 0.0
    window._timer.stop()
    on = window.grab().toImage()
    now[0] = 0.9
    window.flasher.changed.emit()
    off = window.grab().toImage()
    assert shows(on, ALARM_BOX, SESSION.medium) > 3 * shows(off, ALARM_BOX, SESSION.medium)
    tile = window.numbers.bp.geometry()
    assert on.copy(tile) == off.copy(tile)
