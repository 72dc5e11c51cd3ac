"""How the dashboard's parts are put together: what comes before what."""

import pytest
from fake_player import FakePlayer
from fake_session import FakeSession

from ui import dressing
from ui.dressing import Live, dress_live
from ui.shell import Shell

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")


@pytest.mark.parametrize(
    ("fails", "play", "wanted"),
    [
        (False, True, ["trends", "start", "toggle"]),
        (False, False, ["trends", "start"]),
        (True, False, ["start"]),
    ],
)
def test_the_musics_thread_begins_after_pyqtgraph_is_loaded_as_else_pyside_crashes(
    qtbot, monkeypatch, fails, play, wanted
):
    order = []

    class Watched(FakePlayer):
        def __init__(self, *_more, **_named):
            super().__init__()

        def start(self):
            order.append("start")

        def toggle(self, t_ns):
            order.append("toggle")

        def close(self):
            order.append("close")

    def trends(*_parts):
        if fails:
            raise ImportError("pyqtgraph")
        order.append("trends")

    monkeypatch.setattr("ui.music.player.Player", Watched)
    monkeypatch.setattr(dressing, "_add_trends", trends)
    shell = Shell()
    qtbot.addWidget(shell)
    with qtbot.captureExceptions() as raised:
        close = dress_live(shell, Live(FakeSession("quiet"), lambda _wake: None, object(), play=play))
        assert order == []
        qtbot.waitUntil(lambda: order == wanted, timeout=5_000)
    assert len(raised) == int(fails)
    close()
    assert order == [*wanted, "close"]
