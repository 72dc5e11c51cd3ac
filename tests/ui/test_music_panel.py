"""The panel itself: keys and clicks reach the player, every state paints, nothing repaints for nothing."""

import time

import pytest
from fake_player import CHOICES, PLAYING, VIEWS, FakePlayer
from fake_session import FakeReplay, FakeSession
from past_parts import FakeHearer, past_of
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from kapmonitor.session.events import Phase
from playlists.course import Mode
from ui.keytable import LIVE, REVIEW
from ui.layout import arrange
from ui.music.panel import MusicPanel
from ui.music.player import NO_ANSWER, Player
from ui.music.ports import MusicView, OutputState
from ui.shortcuts import Dispatcher
from ui.theme import DAY, SESSION, Theme, scale_for

SIZES = ((1920, 1080), (1366, 768))


@pytest.fixture
def session():
    return FakeSession()


@pytest.fixture
def shown(qtbot, session):
    """A panel on a window whose keys are bound, shown; returns it with its player."""

    windows = []

    def make(view=PLAYING, *, player=True, size=SIZES[0], palette=SESSION):
        window = QWidget()
        windows.append(window)  # qtbot does not keep it alive, and a panel goes with its window
        qtbot.addWidget(window)
        fake = FakePlayer(view) if player else None
        panel = MusicPanel(Theme(palette, scale_for(*size)), fake, session.now_ns, parent=window)
        box = arrange(*size).music
        window.resize(box.width, box.height)
        panel.resize(box.width, box.height)
        panel.bind(Dispatcher(window, session.now_ns, LIVE))
        window.show()
        qtbot.waitExposed(window)
        panel.refresh(session.snapshot())
        return panel, fake

    yield make
    windows.clear()


def asked(player):
    return [call[0] for call in player.asked if call[0] not in {"follow", "dosed"}]


KEYS = [
    (Qt.Key.Key_M, ("toggle",)),
    (Qt.Key.Key_H, ("hold",)),
    (Qt.Key.Key_S, ("volume",)),
    (Qt.Key.Key_G, ("ground",)),
    (Qt.Key.Key_Up, ("volume",)),
    (Qt.Key.Key_Down, ("volume",)),
]


@pytest.mark.parametrize(("key", "calls"), KEYS)
def test_keys_reach_the_player_with_the_time_of_the_press(qtbot, session, shown, key, calls):
    panel, player = shown()
    qtbot.keyClick(panel, key)
    assert tuple(asked(player)) == calls
    assert player.asked[-1][1] == session.now_ns()


def test_softer_is_four_decibels_and_the_arrows_are_two(qtbot, shown):
    panel, player = shown()
    for key in (Qt.Key.Key_S, Qt.Key.Key_Up, Qt.Key.Key_Down):
        qtbot.keyClick(panel, key)
    assert [call[2] for call in player.asked if call[0] == "volume"] == [-4.0, 2.0, -2.0]


def test_next_needs_its_key_held(qtbot, shown):
    panel, player = shown()
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    qtbot.wait(700)
    assert asked(player) == []
    qtbot.keyPress(panel, Qt.Key.Key_Right)
    assert panel._keys[3]._holding
    qtbot.waitUntil(lambda: asked(player) == ["next"], timeout=10_000)
    qtbot.keyRelease(panel, Qt.Key.Key_Right)
    assert asked(player) == ["next"]


def test_next_needs_its_button_held(qtbot, shown):
    panel, player = shown()
    button = panel._keys[3]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.wait(700)
    assert asked(player) == []
    qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: asked(player) == ["next"], timeout=10_000)
    qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert asked(player) == ["next"]


def test_buttons_do_what_their_keys_do(qtbot, shown):
    panel, player = shown()
    for button in (panel._play, *panel._keys[:3]):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert asked(player) == ["toggle", "hold", "volume", "ground"]


def test_panel_tells_the_player_the_phase(shown):
    _, player = shown()
    assert ("follow", Phase.PEAK) in player.asked


def test_outputs_are_offered_by_name_and_only_a_press_chooses(shown):
    panel, player = shown()
    menu = panel.output_menu()
    assert [action.text() for action in menu.actions()] == [choice.name for choice in CHOICES]
    assert "output" not in asked(player)
    menu.actions()[1].trigger()
    assert player.asked[-1] == ("output", "bb")


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_press_on_the_output_name_opens_the_menu(qtbot, shown):
    panel, _ = shown()
    where = QPointF(panel.width() - 40, 22)
    press = QMouseEvent(
        QEvent.Type.MouseButtonPress,
        where,
        panel.mapToGlobal(where),
        Qt.MouseButton.LeftButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(panel, press)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("palette", [SESSION, DAY], ids=lambda p: p.name)
def test_every_state_paints_differently(shown, size, palette):
    pictures = {}
    for name, view in VIEWS.items():
        panel, _ = shown(view, size=size, palette=palette)
        image = panel.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        pictures[name] = bytes(image.constBits())
    assert len(set(pictures.values())) == len(VIEWS)


@pytest.mark.parametrize("size", SIZES)
def test_keys_stay_inside_and_apart(shown, size):
    panel, _ = shown(VIEWS["long"], size=size)
    boxes = [key.geometry() for key in (panel._play, *panel._keys)]
    for i, box in enumerate(boxes):
        assert panel.rect().contains(box)
        assert box.height() >= 24
        assert not any(box.intersects(other) for other in boxes[i + 1 :])


def test_without_a_playlist_keys_are_not_bound_and_the_panel_says_so(qtbot, shown):
    panel, _ = shown(player=False)
    qtbot.keyClick(panel, Qt.Key.Key_M)
    assert panel.face.word == "No playlist chosen"
    assert not panel._play.isVisible()


@pytest.fixture
def past(qtbot):
    """A panel in review whose keys are bound; returns it with its record and what plays the music."""
    windows = []

    def make(view=None):
        window, replay, hearer = QWidget(), FakeReplay(), FakeHearer(view)
        windows.append(window)
        qtbot.addWidget(window)
        panel = MusicPanel(
            Theme(), None, replay.now_ns, past=past_of(replay, hearer, lambda: replay.speed), parent=window
        )
        window.resize(456, 400)
        panel.resize(456, 400)
        panel.bind(Dispatcher(window, replay.now_ns, REVIEW))
        window.show()
        qtbot.waitExposed(window)
        replay.set_speed(1.0)
        panel.refresh(replay.snapshot())
        return panel, replay, hearer

    yield make
    windows.clear()


def test_review_has_one_key_and_says_that_it_is_muted(past):
    panel, replay, hearer = past()
    assert (panel.face.title, panel.face.right) == ("Long light", "from the record, muted")
    assert [key.isVisible() for key in (panel._play, *panel._keys)] == [False, True, False, False, False]
    assert panel.output_menu() is None
    assert (hearer.followed[-1], hearer.toggled) == ((replay.now_ns(), False), 0)


def test_review_is_heard_by_its_key_or_by_m_and_only_at_the_pace_of_the_session(qtbot, past):
    panel, replay, hearer = past()
    qtbot.mouseClick(panel._keys[0], Qt.MouseButton.LeftButton)
    qtbot.keyClick(panel, Qt.Key.Key_M)
    qtbot.keyClick(panel, Qt.Key.Key_M)
    assert hearer.toggled == 3
    said = []
    for playing, speed in ((False, 1.0), (True, 4.0), (True, 1.0)):
        replay.play(playing=playing)
        replay.set_speed(speed)
        panel.refresh(replay.snapshot())
        said.append((panel.face.right, hearer.followed[-1][1]))
    assert said == [
        ("silent while it stands", False),
        ("silent at 4×", False),
        ("looking for the sound output", True),
    ]


def test_same_picture_is_not_painted_twice(qtbot, session, shown):
    panel, player = shown()
    qtbot.wait(50)
    paints = []
    panel.paintEvent = paints.append
    for _ in range(20):
        panel.refresh(session.snapshot())
    qtbot.wait(50)
    assert paints == []
    player.shown = VIEWS["held"]
    panel.refresh(session.snapshot())
    assert panel.face.line == "Peak · held"


def test_words_for_a_screen_reader(shown):
    panel, _ = shown(VIEWS["lost"])
    assert "room speakers lost" in panel.accessibleDescription()


def test_player_that_stops_answering_says_so(tmp_path):
    from music_parts import playlist

    player = Player(playlist(tmp_path), [].append, time.monotonic_ns)
    assert player.view().checking
    player._view = MusicView(mode=Mode.PLAYING, title="x")
    assert player.view().trouble == ""
    player._ticked_ns -= 3_000_000_000
    assert player.view().trouble == NO_ANSWER


def test_silent_player_runs_without_a_speaker_and_reports(qtbot, tmp_path, monkeypatch):
    from music_parts import playlist

    monkeypatch.setattr("ui.music.player.has_outputs", lambda: False)
    reports = []
    player = Player(playlist(tmp_path), reports.append, time.monotonic_ns, silent=True, phase=Phase.PEAK)
    player.start()
    player.toggle(5)
    qtbot.waitUntil(lambda: player.view().at_s > 0.5, timeout=20_000)
    assert player.view().output.state is OutputState.SILENT
    player.hold(6)
    player.change_volume(7, -4.0)
    player.follow(8, Phase.RETURN)
    qtbot.waitUntil(lambda: player.view().volume_db == -16.0, timeout=20_000)
    player.close()
    actions = [report.music.action for report in reports]
    assert actions == ["started", "held", "volume", "stopped"]
    assert reports[0].music.output == "silent"
