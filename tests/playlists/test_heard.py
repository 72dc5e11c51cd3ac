"""What was heard, from events alone: old records, takings-up, what was written ahead and taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.session.codec import decode
from kapmonitor.session.events import MusicAction, MusicEvent, SessionResumed
from playlists.course import Mode
from playlists.heard import Heard, lane, what_happened

S = 1_000_000_000


def event(action, title="a", at_s=0.0, **more):
    return MusicEvent(action, "Peak", f"sha256:{title}", title, at_s, 60.0, -6.0, "Room", **more)


def titles(heard):
    return [track.event.title for track in heard.tracks]


def test_before_any_music_nothing_is_heard():
    assert lane(()).heard(5) == Heard(5)
    assert lane([(S, event("started"))]).heard(S - 1) == Heard(S - 1)


def test_a_crossfade_sounds_with_one_power_and_each_track_where_it_is():
    found = lane([(0, event("started")), (20 * S, event("started", "b", fade_s=4.0, heard_after_s=0.5))])
    assert titles(found.heard(20 * S)) == ["a"]
    heard = found.heard(21_500_000_000)
    assert heard.crossing
    assert titles(heard) == ["a", "b"]
    assert [track.position_s for track in heard.tracks] == pytest.approx([21.5, 1.0])
    assert sum(track.gain**2 for track in heard.tracks) == pytest.approx(1.0)
    assert titles(found.heard(25 * S)) == ["b"]


def test_volume_duck_and_pause_are_in_the_gain_and_pause_keeps_the_place():
    rows = [
        (0, event("started")),
        (5 * S, event("ducked", at_s=5.0, duck_db=-12.0, fade_s=0.5)),
        (8 * S, event("paused", at_s=8.0, duck_db=-12.0, fade_s=0.8)),
        (60 * S, event("resumed", at_s=8.8, duck_db=-12.0, fade_s=0.8)),
    ]
    found = lane(rows)
    assert found.heard(4 * S).master == pytest.approx(10 ** (-6 / 20))
    assert found.heard(7 * S).master == pytest.approx(10 ** (-18 / 20))
    paused = found.heard(30 * S)
    assert (paused.mode, paused.sounds, titles(paused)) == (Mode.PAUSED, False, ["a"])
    assert paused.tracks[0].position_s == pytest.approx(8.8)
    assert found.heard(62 * S).tracks[0].position_s == pytest.approx(10.8)
    assert found.heard(62 * S).duck_db == -12.0


def test_what_was_written_ahead_of_a_lost_output_was_never_heard():
    rows = [
        (0, event("started")),
        (10 * S, event("started", "b", fade_s=1.0, heard_after_s=0.5)),
        (10 * S + S // 5, event("output-lost", "b", 0.3)),
        (20 * S, event("resumed", "b", 0.3, fade_s=0.8)),
    ]
    found = lane(rows)
    assert titles(found.heard(10 * S + S // 10)) == ["a"]
    lost = found.heard(12 * S)
    assert (lost.lost, lost.sounds) == (True, False)
    assert titles(found.heard(22 * S)) == ["b"]


def test_a_taking_up_ends_the_music_when_the_program_did():
    rows = [(0, event("started")), (5 * S, event("held", at_s=5.0)), (30 * S, SessionResumed(0, 20 * S))]
    found = lane(rows)
    assert found.heard(10 * S - 1).sounds
    assert found.heard(10 * S) == Heard(10 * S, volume_db=found.heard(10 * S).volume_db)


def test_a_track_that_breaks_off_or_comes_to_its_end_is_not_heard_after_it():
    found = lane([(0, event("started", end_s=9.0)), (30 * S, event("missing", "b"))])
    assert titles(found.heard(9 * S - S // 10)) == ["a"]
    assert titles(found.heard(9 * S)) == []
    broken = lane([(0, event("started")), (3 * S, event("missing"))])
    assert titles(broken.heard(4 * S)) == []


def test_a_record_of_the_version_before_still_says_what_sounded():
    body = (
        '{"action":"started","by":"","duck_db":0,"duration_s":60,"gain_db":-3,"output":"Room","position_s":4,'
        '"section":"Peak","title":"a","track":"a.flac","volume_db":-12}'
    )
    old = decode("music", 3, body)
    assert (old.heard_after_s, old.fade_s, old.end_s, old.file) == (0.0, 0.0, 0.0, "")
    paused = event("paused", "a")
    heard = lane([(0, old), (20 * S, paused)])
    assert heard.heard(10 * S).tracks[0].position_s == pytest.approx(14.0)
    assert heard.heard(10 * S).tracks[0].gain_db == pytest.approx(-3.0)
    assert not heard.heard(21 * S).sounds


def test_what_happened_is_said_for_a_while_and_corrections_are_not():
    found = lane([(0, event("started")), (5 * S, event("volume")), (6 * S, event("at"))])
    assert what_happened(found, 7 * S, 4 * S) == (5 * S, found.events[1][1])
    assert what_happened(found, 30 * S, 4 * S) is None


EVENTS = st.builds(
    event,
    st.sampled_from([action.value for action in MusicAction]),
    st.sampled_from(["a", "b"]),
    st.floats(0, 60),
    heard_after_s=st.floats(0, 1),
    fade_s=st.floats(0, 5),
    end_s=st.sampled_from([0.0, 30.0]),
    duck_db=st.sampled_from([0.0, -8.0]),
)


@given(st.lists(st.tuples(st.integers(0, 100 * S), EVENTS), max_size=12), st.integers(0, 120 * S))
def test_no_events_in_any_order_make_it_fail_or_sound_too_loud(rows, t_ns):
    heard = lane(rows).heard(t_ns)
    assert 0.0 <= heard.master <= 1.0
    assert all(0.0 <= track.gain <= 1.0 for track in heard.tracks)
