"""A real record with music in its review: the panel in step, hearing on request, quiet once it is closed."""

import time
from contextlib import ExitStack

import numpy as np
import pytest
from heard_parts import Speaker, frame, ns, rendered
from heard_record import heard_record
from PySide6.QtCore import Qt

from kapmonitor import show_review
from kapmonitor.record.verify import verify
from kapmonitor.review import Review
from kapmonitor.settings import parse
from kapmonitor.underway import Underway
from playlists.course import RATE
from playlists.heard import lane
from ui.music import output as music_output
from ui.music.panel import MusicPanel
from ui.music.wording import IN_SESSION
from ui.shell import Shell

OUTPUTS = '[outputs]\nstaff = "Ear"\nroom = "Wall"\nmusic = "Desk"\n'


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return heard_record(tmp_path_factory.mktemp("heard"))


class Clocked(Speaker):
    """A speaker that runs by the computer's clock, from when it is first looked at."""

    def __init__(self):
        super().__init__(20 * RATE)
        self.began_ns = None
        self.closed = 0

    def poll(self, t_ns):
        self.began_ns = self.began_ns or t_ns
        return super().poll(t_ns - self.began_ns)

    def close(self):
        self.closed += 1


@pytest.fixture
def review(qtbot, recorded, tmp_path, monkeypatch):
    """The whole review of the record; returns its panel, its port, its outputs and what ends it."""
    outputs = []

    def output(wanted, **more):
        outputs.append((wanted, more["avoid"], Clocked()))
        return outputs[-1][2]

    monkeypatch.setattr(music_output, "DeviceOutput", output)
    path, _ = recorded
    made = []
    monkeypatch.setattr(
        show_review, "Review", lambda *args, **more: made.append(Review(*args, **more)) or made[-1]
    )
    found = show_review.Checked(path, verify(path, tmp_path / "heads"), None, parse(OUTPUTS, ""))
    shell = Shell()
    qtbot.addWidget(shell)
    shell.show()
    end = show_review._dress(shell, [found], 0.0)
    (panel,) = shell.findChildren(MusicPanel)

    ending = ExitStack()
    ending.callback(end)
    ending.callback(shell.close)
    yield panel, made[0], outputs, ending.close
    ending.close()


def hear(qtbot, review):
    """Let it run from its third second, press M, and wait for sound."""
    panel, port, outputs, _ = review
    port.seek(3_000_000_000)
    port.play(playing=True)
    qtbot.keyClick(panel.window(), Qt.Key.Key_M)
    qtbot.waitUntil(lambda: bool(outputs) and bool(outputs[0][2].sound.any()), timeout=10_000)


def test_record_on_disk_says_what_was_rendered(recorded, tmp_path):
    path, room = recorded
    review = Review(path, verify(path, tmp_path / "heads"))
    found = lane(review.music())
    review.close()
    points = range(0, room.now, 997)
    assert all(np.allclose(rendered(found.heard(ns(f))), room.speaker.sound[f], atol=1e-3) for f in points)


def test_panel_is_in_step_and_nothing_sounds_until_somebody_asks(qtbot, recorded, review):
    panel, port, outputs, end = review
    heard = lane(recorded[1].rows)
    for seconds in (3.0, 6.5, 12.0, 17.0):
        port.seek(round(seconds * 1e9))
        panel.refresh(port.snapshot())
        now = heard.heard(port.now_ns()).tracks[-1]
        assert panel.face.title == now.event.title
        assert panel.face.times.startswith(f"0:{int(now.position_s):02d} / ")
    assert outputs == []
    end()


def test_m_lets_it_be_heard_in_step_and_the_end_of_the_review_ends_it(qtbot, recorded, review):
    _, _, outputs, end = review
    hear(qtbot, review)
    wanted, avoid, speaker = outputs[0]
    assert (wanted, avoid) == ("Desk", {"Ear", "Wall"})
    end()
    assert speaker.closed


@pytest.mark.realtime
def test_what_is_heard_is_within_50_ms_of_the_playhead(qtbot, recorded, review):
    _, port, outputs, end = review
    hear(qtbot, review)
    speaker = outputs[0][2]
    before = time.monotonic_ns()
    playhead_ns = port.now_ns()
    at = frame(before - speaker.began_ns) + RATE
    qtbot.waitUntil(lambda: speaker.end > at + RATE // 4, timeout=10_000)
    end()
    sound = recorded[1].speaker.sound
    ours, begun = speaker.sound[at : at + RATE // 8], frame(playhead_ns) + RATE
    misses = {
        shift: np.abs(ours - sound[begun + shift : begun + shift + RATE // 8]).max()
        for shift in range(-RATE // 10, RATE // 10, 48)
    }
    best = min(misses, key=misses.__getitem__)
    assert abs(best) <= RATE // 20
    assert misses[best] < 0.003
    assert np.abs(ours).max() > 0.015, "there must be something to hear"


def test_nothing_is_heard_while_a_session_runs_on_this_computer(qtbot, review, tmp_path, monkeypatch):
    panel, port, outputs, _ = review
    monkeypatch.setattr(show_review, "sessions_folder", lambda: tmp_path / "underway")
    session = Underway(tmp_path / "underway")
    qtbot.keyClick(panel.window(), Qt.Key.Key_M)
    panel.refresh(port.snapshot())
    assert panel.face.trouble == IN_SESSION
    session.end()
    assert outputs == []
    hear(qtbot, review)
