"""What the panel says in each state; every state says something."""

from dataclasses import replace

import pytest
from fake_player import PLAYING, VIEWS

from ui.music.face import SEGMENTS, Glyph, live, no_playlist, segments
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


def test_nothing_playable_leaves_no_key_that_would_do_nothing():
    face = live(VIEWS["unplayable"])
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
