"""A record's music heard again: the same sound, in step with the playhead, and never another file's."""

import shutil
import time
from dataclasses import replace

import numpy as np
import pytest
from heard_parts import BUFFER, EVENTFUL, LOST, READY, TICK, Scripted, Speaker, ns, programme

from playlists.course import RATE
from playlists.heard import lane
from ui.music.hearer import Hearer
from ui.music.ports import OutputState
from ui.music.rehearing import FADE_S, Head, HearView, Rehearing

FADE = round(FADE_S * RATE)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """What was played in a session with everything, and its record's music."""
    folder = tmp_path_factory.mktemp("music")
    room = Scripted(programme(folder))
    room.play(EVENTFUL, end=100)
    room.close()
    return room


class Desk:
    """Somebody's review: its playhead runs with a clock of its own, `offset` frames from the record's."""

    def __init__(self, rows, offset=0):
        self.speaker = Speaker(60 * RATE)
        self.engine = Rehearing(lane(rows), self.speaker)
        self.now = RATE
        self.offset = offset
        self.runs = True
        self.view = HearView()

    def tick(self):
        self.engine.follow(Head(ns(self.now + self.offset), ns(self.now), self.runs))
        self.view = self.engine.tick(ns(self.now))
        end = time.monotonic() + 20
        streams = [voice.stream for voice in self.engine._voices.values()]
        while not all(s.ended or s.available >= RATE for s in streams):
            assert time.monotonic() < end
            time.sleep(0.0005)
        self.now += TICK

    def run(self, seconds):
        for _ in range(round(seconds * RATE / TICK)):
            self.tick()

    def close(self):
        self.engine.close()
        self.engine.join(5.0)


@pytest.fixture
def desk(session):
    made = []

    def make(rows=None, offset=0):
        made.append(Desk(session.rows if rows is None else rows, offset))
        return made[-1]

    yield make
    for one in made:
        one.close()


def same(desk_, session, start, stop, tolerance=0.03):
    """Whether the desk heard from `start` to `stop` of its clock what the room had heard at the playhead."""
    was = session.speaker.sound[start + desk_.offset : stop + desk_.offset]
    assert np.abs(was).max() > 0.05, "there must be something to hear"
    return bool(np.abs(desk_.speaker.sound[start:stop] - was).max() < tolerance)


def test_whole_session_sounds_again_as_it_did(desk, session):
    d = desk()
    d.engine.hear(on=True)
    d.run(session.now / RATE - 2)
    assert same(d, session, RATE, d.now)


def test_nothing_is_written_or_opened_until_somebody_asks(desk):
    d = desk()
    d.speaker.poll = None
    d.run(3)
    assert (d.speaker.end, d.view.on) == (0, False)


def test_seek_is_followed_within_the_buffer_and_lands_in_step(desk, session):
    d = desk(offset=4 * RATE)
    d.engine.hear(on=True)
    d.run(2)
    assert same(d, session, d.now - RATE // 2, d.now)
    d.offset = 2 * RATE
    jumped = d.now
    d.run(2)
    settled = jumped + BUFFER + 2 * FADE + 3 * TICK
    for shift in (-RATE // 20, RATE // 20):
        off = session.speaker.sound[settled + d.offset + shift : d.now + d.offset + shift]
        assert np.abs(d.speaker.sound[settled : d.now] - off).max() > 0.03, "50 ms would be seen"
    assert same(d, session, settled, d.now)


def test_silent_while_the_playhead_stands_or_runs_faster_and_after_mute(desk, session):
    d = desk()
    d.engine.hear(on=True)
    d.run(2)
    d.runs = False
    d.run(1.5)
    assert not d.speaker.sound[d.now - RATE // 4 : d.now].any()
    d.runs = True
    d.run(1.5)
    assert same(d, session, d.now - RATE // 4, d.now)
    d.engine.hear(on=False)
    d.run(1.5)
    assert not d.speaker.sound[d.now - RATE // 4 : d.speaker.end].any()
    assert d.view == HearView()


def test_a_lost_output_is_said_and_the_music_comes_back_in_step(desk, session):
    d = desk()
    d.engine.hear(on=True)
    d.run(1)
    d.speaker.drop(d.now)
    d.speaker.health = LOST
    d.run(0.5)
    assert d.view.output.state is OutputState.LOST
    d.speaker.health = READY
    d.run(1.5)
    assert same(d, session, d.now - RATE // 2, d.now)


def moved(rows, path):
    """The same rows with every file somewhere else."""
    return [(t_ns, replace(event, file=str(path)) if event.file else event) for t_ns, event in rows]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("changed", "0 cannot be heard: other.wav is not the file that was played."),
        ("gone", "0 cannot be heard: other.wav is not there."),
        ("unnamed", "0 cannot be heard: the record does not say which file it was."),
        ("unhashed", "0 cannot be heard: the record cannot tell whether other.wav is still the same."),
    ],
)
def test_another_file_is_named_and_not_played_as_if_it_were_the_same(desk, session, tmp_path, spoil, words):
    path, rows = tmp_path / "other.wav", session.rows
    if spoil != "gone":
        shutil.copy(rows[-1][1].file, path)
        path.write_bytes(path.read_bytes()[:-8] + b"12345678")
    rows = moved(rows, path)
    if spoil == "unnamed":
        rows = [(t_ns, replace(event, file="")) for t_ns, event in rows]
    if spoil == "unhashed":
        rows = [(t_ns, replace(event, track="other.wav")) for t_ns, event in rows]
    d = desk(rows)
    d.engine.hear(on=True)
    d.run(2)
    assert d.view.trouble == words
    assert not d.speaker.sound.any()


def test_hearer_begins_when_asked_and_ends_with_the_review(qapp, session):
    """Its own thread and the computer's clock; the output is a made-up one."""
    speaker = Speaker(RATE)
    speaker.health = replace(READY, state=OutputState.RESERVED)
    made = []

    def make_output():
        made.append(speaker)
        return speaker

    hearer = Hearer(lane(session.rows), make_output=make_output)
    hearer.follow(0, runs=True)
    assert (made, hearer.view().on) == ([], False)
    hearer.toggle()
    end = time.monotonic() + 10
    assert hearer.view().on
    while hearer.view().output is None:
        assert time.monotonic() < end
        time.sleep(0.002)
    assert hearer.view().output.state is OutputState.RESERVED
    hearer.close()
    assert (made, hearer._thread.isRunning(), hearer.view().on) == ([speaker], False, False)
