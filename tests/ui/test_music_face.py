"""What the panel says in each state; every state says something."""

from dataclasses import replace
from pathlib import Path

import pytest
from fake_player import PLAYING, VIEWS

from kapmonitor.session.events import Phase
from playlists.course import RATE, Ask, Cue, Mode
from playlists.cues import initial, step
from playlists.model import After, Playlist, Section, Track
from playlists.tape import advance
from ui.music.face import SEGMENTS, Glyph, live, no_playlist, segments
from ui.music.picture import picture
from ui.music.ports import OutputHealth, OutputState


def test_playing_says_what_and_how_far():
    face = live(PLAYING)
    assert (face.title, face.line, face.times, face.right) == (
        "Long light",
        "Peak",
        "3:12 / 6:40",
        "room speakers",
    )
    assert face.progress == pytest.approx(0.48)
    assert face.glyph is Glyph.PAUSE
    assert not face.amber
    assert [row.faint for row in face.rows] == [False, False, True, True]
    assert face.rows[0].right == "8:05"


@pytest.mark.parametrize(
    ("view", "line", "glyph"),
    [
        ("paused", "Peak · paused", Glyph.PLAY),
        ("ready", "Peak · ready", Glyph.PLAY),
        ("ended", "Ground · ended", Glyph.PLAY),
        ("held", "Peak · held", Glyph.PAUSE),
        ("going", "Peak · to Return soon", Glyph.PAUSE),
    ],
)
def test_line_says_what_the_music_is_about_to_do(view, line, glyph):
    face = live(VIEWS[view])
    assert (face.line, face.glyph) == (line, glyph)


@pytest.mark.parametrize("state", OutputState)
@pytest.mark.parametrize("duck_db", [0.0, -8.0])
def test_only_a_ready_output_is_not_amber_and_what_fails_is_explained(state, duck_db):
    face = live(replace(PLAYING, output=OutputHealth(state, "Room"), duck_db=duck_db))
    assert face.right
    assert face.amber == (state is not OutputState.READY or duck_db < 0)
    assert bool(face.trouble) == (state not in (OutputState.READY, OutputState.SILENT))
    assert face.quiet == bool(face.trouble)
    if duck_db and not face.trouble:
        assert face.right == "lowered for an alarm"


def test_missing_file_is_said_under_the_rows():
    assert live(VIEWS["missing"]).trouble == "Tidal left out: tidal.flac cannot be read as music"


def test_music_that_has_ended_says_so_and_a_lost_speaker_goes_before_it():
    assert live(VIEWS["ended"]).trouble.startswith("The music has ended")
    lost = replace(VIEWS["ended"], output=VIEWS["lost"].output)
    assert live(lost).trouble == live(VIEWS["lost"]).trouble


def seen_of(state):
    return picture(EVENING, state, PLAYING.output, 0.0, "")


def after(state, seconds):
    return advance(EVENING, state, round(seconds * RATE), frozenset(EVENING.places())).state


EVENING = Playlist(
    "Evening",
    (
        Section("Peak", (Track(Path("a.flac"), "a", 20.0), Track(Path("b.flac"), "b", 20.0)), (Phase.PEAK,)),
        Section("End", (Track(Path("c.flac"), "c", 20.0),), (Phase.INTEGRATION,), After.STOP),
    ),
)


def test_only_music_that_came_to_its_end_has_ended():
    before = initial(EVENING, Phase.INTEGRATION)
    assert not seen_of(before).ended
    playing = after(step(EVENING, before, Cue(Ask.PLAY))[0], 5)
    assert not seen_of(playing).ended
    over = after(playing, 30)
    assert seen_of(over).ended
    assert seen_of(over).title == "c"
    again = after(step(EVENING, over, Cue(Ask.PLAY))[0], 1)
    assert (seen_of(again).ended, seen_of(again).mode) == (False, Mode.PLAYING)
    there = step(EVENING, over, Cue(Ask.PHASE, phase=Phase.PEAK))[0]
    assert not seen_of(there).ended


def test_nothing_playable_leaves_no_key_that_would_do_nothing():
    face = live(VIEWS["unplayable"])
    assert face.glyph is None
    assert not any(key.enabled for key in face.keys)
    assert face.trouble


def test_keys_say_what_pressing_them_does_now():
    assert [key.word for key in live(PLAYING).keys] == ["hold", "softer", "ground", "next"]
    assert [key.lit for key in live(VIEWS["held"]).keys] == [True, False, False, False]
    grounded = live(VIEWS["grounded"]).keys
    assert (grounded[2].word, grounded[2].lit) == ("back", True)
    assert (grounded[1].word, grounded[1].enabled) == ("softest", False)


def test_without_a_grounding_section_there_is_no_such_key():
    assert not live(replace(PLAYING, can_ground=False)).keys[2].enabled


def test_volume_bar_has_a_segment_for_each_two_decibels():
    assert [segments(-2.0 * i) for i in range(SEGMENTS)] == list(range(SEGMENTS, 0, -1))
    assert (segments(5), segments(-99)) == (SEGMENTS, 1)


def test_states_without_music_still_say_why():
    assert no_playlist().word
    assert live(VIEWS["checking"]).word == "Looking at the music files"
