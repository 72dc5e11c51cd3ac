"""The music lane of a record equals what was played: scripts of acts through the real engine and mixer."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from heard_parts import EVENTFUL, TICK, Scripted, ns, programme, rendered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kapmonitor.session.events import MusicAction, MusicEvent, Phase
from playlists.course import RATE
from playlists.heard import lane
from playlists.model import Place

ACTS = st.one_of(
    st.sampled_from(
        [("toggle",), ("toggle",), ("next",), ("hold",), ("ground",), ("dose",), ("stop",), ("kill",)]
    ),
    st.sampled_from([("lose",), ("back",), ("back",), ("change", "other"), ("change", "room")]),
    st.tuples(st.just("seek"), st.floats(0, 4)),
    st.tuples(st.just("volume"), st.sampled_from([-4.0, 2.0, 99.0, -99.0])),
    st.tuples(st.just("duck"), st.sampled_from([0.0, -8.0, -12.0]), st.sampled_from([0.1, 0.5, 2.0])),
    st.tuples(st.just("phase"), st.sampled_from([Phase.PEAK, Phase.RETURN, Phase.INTEGRATION])),
    st.tuples(st.just("break"), st.sampled_from([Place(0, 1), Place(1, 0)])),
)
SCRIPTS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, TICK - 1), ACTS), max_size=12)


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    return programme(tmp_path_factory.mktemp("music"))


@pytest.fixture
def scripted(music):
    made = []

    def make():
        made.append(Scripted(music))
        return made[-1]

    yield make
    for one in made:
        one.close()


def compare(room, every=331, tolerance=1e-3):
    """The record against the sound at points all over the script; how many of them were not silent."""
    found, loud = lane(room.rows), 0
    for at in range(0, room.now, every):
        said, was = rendered(found.heard(ns(at))), room.speaker.sound[at]
        assert np.allclose(said, was, atol=tolerance), (at / RATE, said, was, found.heard(ns(at)))
        loud += bool(np.abs(was).max() > 0.01)
    for t_ns, voices in room.places:
        heard = found.heard(t_ns)
        if heard.sounds and all(abs(t_ns - time_ns) > ns(1) for time_ns in found.times_ns):
            said = [(track.event.title, track.position_s) for track in heard.tracks]
            assert [title for title, _ in said] == [title for title, _ in voices], (t_ns / 1e9, said, voices)
            for (_, said_s), (_, was_s) in zip(said, voices, strict=True):
                assert said_s == pytest.approx(was_s, abs=0.002)
    return loud


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(SCRIPTS)
def test_record_says_what_was_rendered_whatever_was_done(music, script):
    room = Scripted(music)
    try:
        room.play([(0, 0, ("volume", 9.0)), (5, 0, ("toggle",)), *script])
        compare(room)
    finally:
        room.close()


def test_one_session_with_everything_is_told_to_the_sample(scripted):
    """A skip in a crossfade, a pause in another, both outputs, an alarm, a second dose, a kill, the end."""
    room = scripted()
    script = [
        *EVENTFUL,
        (30, 0, ("change", "other")),
        (30, 0, ("dose",)),
        (5, 0, ("kill",)),
        (5, 0, ("toggle",)),
        (45, 0, ("ground",)),
        (30, 0, ("ground",)),
        (30, 5, ("phase", Phase.RETURN)),
        (260, 0, ("phase", Phase.INTEGRATION)),
    ]
    room.play(script, end=160)
    assert compare(room, every=53) > 10_000
    told = {event.action for _, event in room.rows if isinstance(event, MusicEvent)}
    assert told == {action.value for action in MusicAction} - {"missing", "at", "released", "output-back"}
    sounded = [e for _, e in room.rows if isinstance(e, MusicEvent) and e.action in {"started", "sought"}]
    files = {event.track: event.file for event in sounded}
    for track, file in files.items():
        assert track == "sha256:" + hashlib.sha256(Path(file).read_bytes()).hexdigest()


def test_sound_that_came_late_is_put_right_in_the_record(scripted):
    room = scripted()
    room.act(("volume", 9.0))
    room.act(("toggle",))
    for _ in range(20):
        room.tick()
    room.tick(RATE)
    late = room.now
    for _ in range(45):
        room.tick()
    at = next(t_ns for t_ns, event in room.rows if event.action == MusicAction.AT.value)
    assert 1e9 <= at - ns(late) <= 1.1e9
    heard = lane(room.rows)
    for frame in range(room.now - RATE // 4, room.now, 331):
        assert np.allclose(rendered(heard.heard(ns(frame))), room.speaker.sound[frame], atol=1e-3)


def test_music_that_runs_on_time_is_not_put_right(scripted):
    room = scripted()
    room.play([(0, 0, ("toggle",))], end=300)
    assert MusicAction.AT.value not in {event.action for _, event in room.rows}
