"""The whole window: every variant paints without a Qt warning; marks, covers, themes, places, no leaks."""

import gc
import json
import subprocess
import sys
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_session import OPENED_NS, VARIANTS, FakeReplay, FakeSession, S
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget
from shell_parts import HD, LAPTOP, open_window, picture, pixels, shows

from kapmonitor.record.trouble import HANGS
from kapmonitor.session.care import charted
from kapmonitor.session.events import CardFilled, Phase
from ui import alarm_text, strings
from ui.main_window import MainWindow
from ui.screenshot import render, save
from ui.shell import AID, Shell
from ui.status_face import Lamp
from ui.stepper import PhaseStepper
from ui.theme import DAY, SESSION, Theme
from ui.watchdog import Watchdog

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("size", [HD, LAPTOP, QSize(1280, 720)], ids=["hd", "laptop", "small"])
def test_every_variant_is_painted_at_every_size(qtbot, variant, size):
    window = open_window(qtbot, variant, size)
    shot = picture(window, size)
    assert (shot.width(), shot.height()) == (size.width(), size.height())
    assert pixels(shot).std() > 3


def test_a_picture_is_the_same_twice(qtbot, tmp_path):
    window = open_window(qtbot, "high")
    first, second = render(window), render(window)
    assert first == second
    save(window, tmp_path / "shot.png")
    assert (tmp_path / "shot.png").stat().st_size > 10_000
    with pytest.raises(OSError, match="could not be written"):
        save(window, tmp_path / "missing" / "shot.png")


@pytest.mark.parametrize("variant", ["demo", "replay"])
@pytest.mark.parametrize("size", [HD, LAPTOP], ids=["hd", "laptop"])
def test_demo_and_replay_are_marked_over_a_tenth_of_every_frame(qtbot, variant, size):
    window = open_window(qtbot, variant, size)
    assert window.watermark.word() == variant.upper()
    marked = pixels(picture(window, size))
    window.watermark.hide()
    bare = pixels(picture(window, size))
    assert (np.abs(marked - bare).max(axis=2) >= 8).mean() >= 0.10


def test_the_mark_stays_over_what_is_painted_alone(qtbot):
    session = FakeSession("demo")
    window = open_window(qtbot, session)
    sweep = window.numbers.spo2.sweep
    for _ in range(60):
        session.advance(1 / 30)
        window.numbers.advance()
        QApplication.processEvents()
    box = sweep.geometry().translated(window.numbers.spo2.pos())
    marked = pixels(window.grab().toImage(), box)
    window.watermark.hide()
    assert (np.abs(marked - pixels(window.grab().toImage(), box)).max(axis=2) >= 8).mean() > 0.05


def test_a_real_session_has_no_mark_and_another_background(qtbot):
    real, demo = open_window(qtbot, "quiet"), open_window(qtbot, "demo")
    assert not real.watermark.isVisible()
    assert real.theme.palette.window != demo.theme.palette.window


def test_the_status_zone_tells_the_state_of_every_link(qtbot):
    window = open_window(qtbot, "waiting")
    signs = {sign.word: sign for sign in window.status._face.signs}
    assert signs["Oximeter"].trouble == "connecting"
    assert signs["ECG strap"].trouble == "not found"
    assert signs["Cuff"].trouble == ""
    assert len({sign.lamp for sign in signs.values()}) >= 3
    lost = open_window(qtbot, "lost")
    trouble = {sign.word: sign.trouble for sign in lost.status._face.signs}["Oximeter"]
    assert trouble == "lost, again in 0:04"


def test_the_status_zone_tells_who_when_and_what(qtbot):
    face = open_window(qtbot, "quiet").status._face
    assert (face.person, face.visit) == ("M.K.", "4471 · session 3 of 6")
    assert (face.clock, face.dose, face.wall) == ("T+ 00:42:17", "IM 70 mg · 14:05", "14:47")
    before = open_window(qtbot, "baseline").status._face
    assert (before.clock_label, before.clock, before.dose) == ("open for", "00:10:00", "no dose yet")
    empty = open_window(qtbot, "empty").status._face
    assert empty.person == strings.NO_PERSON


def test_what_keeps_the_record_from_the_disk_is_one_sentence_there_and_whole_in_the_alarm_line(qtbot):
    signs = open_window(qtbot, "disk-hangs").status._face.signs
    assert (signs[0].word, signs[0].trouble) == ("NOT SAVED", "The disk is stuck")
    (alarm,) = FakeSession("disk-hangs").snapshot().alarms
    assert alarm_text.technical(alarm) == f"NOT SAVED: {HANGS}"


def test_a_record_that_is_not_written_is_not_called_recording(qtbot):
    signs = open_window(qtbot, "record-trouble").status._face.signs
    assert (signs[0].word, signs[0].trouble) == ("NOT SAVED", "the disk is full")
    assert open_window(qtbot, "empty").status._face.signs[0].word == "no record"


def test_a_record_that_went_on_in_the_second_folder_is_recording_and_says_so(qtbot):
    signs = open_window(qtbot, "record-moved").status._face.signs
    assert (signs[0].lamp, signs[0].word, signs[0].trouble) == (Lamp.REC, "REC", "second folder")
    assert open_window(qtbot, "quiet").status._face.signs[0].trouble == ""


def test_a_missing_staff_sound_is_said(qtbot):
    sign = open_window(qtbot, "room-speaker").status._face.signs[-1]
    assert (sign.word, sign.trouble) == ("Room speaker", "staff ear lost")


def test_a_long_course_gives_way_to_the_phases_and_comes_back_with_room(qtbot):
    session = FakeSession("baseline")
    long = CardFilled("course", "treatment of depression, session 3 of 6 and two boosters", "KL")
    session.state = replace(session.state, care=charted(session.state.care, 1, long))
    window = open_window(qtbot, session, LAPTOP)
    assert window.status._face.visit == "4471"
    assert len(window.status.stepper.boxes()) == len(Phase)
    assert "two boosters" in window.status.accessibleDescription()
    window.resize(2560, 1080)
    QApplication.processEvents()
    assert window.status._face.visit.endswith("two boosters")


@pytest.mark.parametrize("size", [HD, LAPTOP, QSize(1280, 720), QSize(3840, 2160)])
@pytest.mark.parametrize("variant", ["quiet", "waiting", "stale", "demo", "replay"])
def test_nothing_in_the_status_zone_runs_into_its_neighbour(qtbot, size, variant):
    window = open_window(qtbot, variant, size)
    zone = window.status
    person_end = window.theme.px(24) + zone._person_width(zone._face)
    assert person_end <= zone.stepper.x()
    assert zone.stepper.geometry().right() <= zone._clock_x
    clock_end = zone._clock_x + zone._clock_width(zone._face)
    signs = min(zone._signs_width(zone._face, short=short) for short in (False, True))
    assert clock_end <= zone.width() - window.theme.px(24) - signs
    assert Phase.PEAK in dict(zone.stepper.boxes()) or variant == "waiting"


class RealTime:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_core_that_stops_is_noticed_within_a_second_and_a_bit():
    real = RealTime()
    watchdog = Watchdog(real)
    for i in range(20):
        real.now += 0.15
        watchdog.saw(i)
        assert watchdog.silent_s() == 0.0
    for _ in range(8):
        real.now += 0.15
        watchdog.saw(19)
    assert watchdog.silent_s() > 1.0
    watchdog.saw(20)
    assert watchdog.silent_s() == 0.0


def test_a_window_that_was_itself_held_up_does_not_blame_the_core():
    real = RealTime()
    watchdog = Watchdog(real)
    watchdog.saw(1)
    real.now += 30.0
    watchdog.saw(1)
    assert watchdog.silent_s() == 0.0


def test_a_stopped_core_crosses_the_dashboard_out(qtbot):
    session = FakeSession("quiet")
    window = open_window(qtbot, session)
    real = RealTime()
    window._watchdog = Watchdog(real)
    session.freeze()
    for _ in range(12):
        real.now += 0.15
        session.advance(0.15)
        window.refresh()
    assert window.stopped.isVisible()
    shot = window.grab().toImage()
    middle = window.stopped.geometry().adjusted(300, 460, -300, -460)
    assert shows(shot, middle, SESSION.high) > 0.5 * middle.width() * middle.height()
    assert "BEDSIDE MONITOR" in window.stopped.accessibleName()
    session._frozen = None
    real.now += 0.15
    window.refresh()
    assert not window.stopped.isVisible()


def test_a_stopped_core_also_takes_the_numbers_away(qtbot):
    session = FakeSession("quiet")
    window = open_window(qtbot, session)
    session.freeze()
    session.advance(4)
    assert window.numbers._hr_face().digits == "---"
    assert window.numbers._spo2_face().digits == "---"


def test_a_review_that_stands_is_not_a_stopped_console(qtbot):
    session = FakeReplay()
    window = open_window(qtbot, session)
    real = RealTime()
    window._watchdog = Watchdog(real)
    window.set_review(review=True)
    for _ in range(30):
        real.now += 0.15
        window.refresh()
    assert not window.stopped.isVisible()


def test_the_line_about_the_bedside_monitor_is_always_there(qtbot):
    for variant in ("quiet", "high", "lost"):
        window = open_window(qtbot, variant)
        assert window.footer.isVisible()
        assert shows(window.grab().toImage(), window.footer.geometry(), SESSION.secondary, 30) > 100
    assert "first alarm" in AID


def test_the_theme_goes_dark_with_the_dose(qtbot):
    before = open_window(qtbot, "baseline", palette=None)
    after = open_window(qtbot, "quiet", palette=None)
    assert before.theme.palette == DAY
    assert after.theme.palette == SESSION
    session = FakeSession("baseline")
    window = open_window(qtbot, session, palette=None)
    session.__init__("quiet")
    window.refresh()
    assert window.theme.palette == SESSION


class Part(QWidget):
    def __init__(self):
        super().__init__()
        self.themes = []

    def set_theme(self, theme):
        self.themes.append(theme)


def test_parts_take_their_places_and_follow_the_theme(qtbot):
    window = open_window(qtbot, "quiet", HD)
    parts = {name: Part() for name in ("trends", "notes", "music")}
    for name, part in parts.items():
        getattr(window, f"set_{name}")(part)
    assert parts["trends"].geometry().x() == 12
    assert parts["notes"].geometry().bottom() < parts["music"].geometry().top()
    window.resize(LAPTOP)
    for part in parts.values():
        assert part.themes[-1].scale < 0.72
    bottom = Part()
    window.set_bottom(bottom)
    assert parts["music"].geometry().bottom() < bottom.geometry().top()
    again = Part()
    window.set_trends(again)
    assert again.geometry() == parts["trends"].geometry()
    assert window.watermark.parent() is window


def test_a_refused_wish_is_said_in_the_last_line(qtbot):
    window = open_window(qtbot, "quiet")
    window.say("start cuff refused: too soon")
    assert shows(window.grab().toImage(), window.footer.geometry(), SESSION.notes, 40) > 30


def test_no_window_survives_its_closing(qtbot):
    def once():
        window = MainWindow(FakeSession("many"))
        window.show()
        QApplication.processEvents()
        window.close()
        window.deleteLater()
        return weakref.ref(window)

    gone = [once() for _ in range(3)]
    for _ in range(5):
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, 52)
        gc.collect()
    assert [ref() for ref in gone] == [None, None, None]


def test_another_session_can_be_shown_in_the_same_window(qtbot):
    window = open_window(qtbot, "quiet")
    other = FakeSession("waiting")
    window.set_port(other)
    assert window.status._face.clock == "00:00:12"
    assert window.snapshot.t_ns == OPENED_NS + 12 * S


def test_the_shell_paints_first_and_then_holds_the_dashboard(qtbot):
    shell = Shell(SESSION)
    qtbot.addWidget(shell)
    with qtbot.waitExposed(shell):
        shell.show()
    empty = pixels(shell.grab().toImage())
    assert empty.std() > 0.5
    window = MainWindow(FakeSession("quiet"), palette=SESSION)
    shell.hold(window)
    QApplication.processEvents()
    assert window.size() == shell.size()
    assert pixels(shell.grab().toImage()).std() > empty.std() + 3
    asked = []
    window.cuff_hold_asked.connect(asked.append)
    from PySide6.QtCore import Qt

    qtbot.keyClick(shell, Qt.Key.Key_B, Qt.KeyboardModifier.ShiftModifier)
    assert asked == [False]
    shell.close()
    assert not window._timer.isActive()


_FIRST_PAINT = """
import json, sys
sys.path[:0] = [{root!r}, {helpers!r}]
from PySide6.QtWidgets import QApplication
application = QApplication([])
from ui.shell import Shell
shell = Shell()
shell.show()
shell.grab()
heavy = [m for m in ("numpy", "pyqtgraph", "bleak", "soundfile", "bumble") if m in sys.modules]
core = [m for m in sys.modules if m.startswith("kapmonitor.")]
from fake_session import FakeSession
from ui.main_window import MainWindow
window = MainWindow(FakeSession("quiet"))
window.grab()
later = [m for m in ("numpy", "pyqtgraph") if m in sys.modules]
print(json.dumps([heavy, core, later]))
import os; sys.stdout.flush(); os._exit(0)
"""


def test_the_first_paint_loads_nothing_heavy():
    code = _FIRST_PAINT.format(root=str(ROOT), helpers=str(ROOT / "tests" / "helpers"))
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=100)
    assert json.loads(done.stdout) == [[], [], []], done.stderr


def test_a_suggested_phase_is_outlined_and_nothing_moves_by_itself(qtbot):
    stepper = PhaseStepper(Theme(DAY, 1.0))
    qtbot.addWidget(stepper)
    stepper.resize(900, 44)
    stepper.set_phase(Phase.ONSET)
    before = stepper.grab().toImage()
    with qtbot.assertNotEmitted(stepper.asked, wait=50):
        stepper.suggest(Phase.PEAK)
    after = stepper.grab().toImage()
    box = next(box for phase, box in stepper.boxes() if phase is Phase.PEAK).toRect()
    assert stepper.phase() is Phase.ONSET
    assert before.copy(box) != after.copy(box)
    rest = stepper.rect().adjusted(0, 0, box.left() - stepper.width() - 2, 0)
    assert before.copy(rest) == after.copy(rest)
