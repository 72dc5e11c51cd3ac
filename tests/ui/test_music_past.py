"""What a review's panel says of the music, at any time and whatever is heard of it."""

from dataclasses import replace

import pytest
from fake_session import DOSE_NS, FakeReplay
from past_parts import FakeHearer, past_of

from kapmonitor.session.events import MusicAction, MusicEvent
from playlists.heard import lane
from ui.music import wording
from ui.music.past import ASKS_S, past_face, why
from ui.music.ports import OutputHealth, OutputState
from ui.music.rehearing import HearView

S = 1_000_000_000
MIN = 60 * S


def event(action, title="Long light", at_s=0.0, **more):
    return MusicEvent(action, "Peak", f"sha256:{title}", title, at_s, 400.0, -14.0, "room speakers", **more)


ROWS = (
    (0, event("started")),
    (60 * S, event("held", at_s=60.0)),
    (90 * S, event("ducked", at_s=90.0, duck_db=-8.0, fade_s=0.5)),
    (120 * S, event("started", "Tidal", duck_db=-8.0, fade_s=12.0)),
    (200 * S, event("paused", "Tidal", 80.0, fade_s=0.8)),
    (260 * S, event("resumed", "Tidal", 80.8, fade_s=0.8)),
    (300 * S, event("output-lost", "Tidal", 120.8)),
    (360 * S, event("output-back", "Tidal", 120.8)),
    (400 * S, event("stopped", "Tidal", 120.8)),
)


def at(seconds, hearing=None, silent_why="", rows=ROWS):
    return past_face(lane(rows), round(seconds * S), 30 * S, hearing or HearView(), silent_why)


@pytest.mark.parametrize(
    ("seconds", "title", "line", "times"),
    [
        (30, "Long light", "Peak", "0:30 / 6:40"),
        (75, "Long light", "Peak · held", "1:15 / 6:40"),
        (100, "Long light", "Peak · held", "1:40 / 6:40"),
        (125, "Tidal", "Peak · held · after Long light", "0:05 / 6:40"),
        (230, "Tidal", "Peak · paused · held", "1:20 / 6:40"),
        (330, "Tidal", "Peak · room speakers lost · held", "2:00 / 6:40"),
        (450, "no music at this moment", "", ""),
    ],
)
def test_panel_says_what_was_heard_where_in_it_and_what_held(seconds, title, line, times):
    face = at(seconds)
    assert (face.title, face.line, face.times) == (title, line, times)
    assert face.quiet == (seconds in {230, 330, 450})


def test_what_happened_is_said_for_ten_seconds_and_then_what_came_next():
    assert at(64).lately == "held, 4 s ago"
    assert at(91).lately == "lowered for an alarm just now"
    assert (at(80).caption, at(80).lately) == ("later", "")
    assert [(row.title, row.right) for row in at(80).rows] == [("Tidal", "T+01:30")]
    assert at(150).caption == "earlier"
    assert [row.title for row in at(150).rows] == ["Long light"]


def test_volume_is_shown_as_it_was():
    assert (at(30).segments, at(30).footer) == (9, "−14 dB")
    assert at(100).footer == "−14 dB · lowered −8 dB"
    assert at(450).segments is None


@pytest.mark.parametrize("action", MusicAction)
def test_every_thing_that_can_happen_has_words(action):
    assert wording.HAPPENED[action].format(title="t", output="o", volume="v")


READY = HearView(on=True, output=OutputHealth(OutputState.READY, "desk speaker"))


def test_muted_until_asked_and_then_says_from_where_or_why_not():
    assert (at(30).right, at(30).keys[0].word) == ("from the record, muted", "Hear the music")
    face = at(30, READY)
    assert (face.right, face.amber, face.keys[0].word, face.keys[0].lit) == (
        "heard from desk speaker",
        False,
        "Mute the music",
        True,
    )
    assert at(30, READY, why(playing=False, speed=1.0)).right == "silent while it stands"
    assert at(30, READY, why(playing=True, speed=0.5)).right == "silent at 0.5×"


@pytest.mark.parametrize("state", OutputState)
def test_every_output_that_is_not_ready_is_amber_and_explained(state):
    face = at(30, HearView(on=True, output=OutputHealth(state, "desk speaker")))
    fine = state in (OutputState.READY, OutputState.SILENT)
    assert face.amber is not fine
    assert bool(face.trouble) is not fine


def test_a_changed_file_is_named_and_only_while_somebody_wants_to_hear():
    trouble = "Tidal cannot be heard: tidal.flac is not the file that was played."
    face = at(130, replace(READY, trouble=trouble))
    assert (face.trouble, face.right, face.amber) == (trouble, "not heard", True)
    assert at(130, replace(READY, on=False, trouble=trouble)).trouble == ""


def test_a_record_without_music_has_no_key_and_cannot_be_heard():
    face = at(30, rows=())
    assert (face.title, face.keys, face.right) == ("no music at this moment", (), "from the record")


def test_the_made_up_record_is_followed_from_its_dose():
    replay = FakeReplay()
    past = past_of(replay)
    replay.seek(DOSE_NS + 10 * MIN)
    face = past.face(replay.snapshot())
    assert (face.title, face.rows[0].title, face.rows[0].right) == ("Ascent I", "River, no banks", "T+16:00")


def test_nothing_of_a_record_is_heard_while_a_session_runs_nor_once_one_begins():
    replay, hearer, running, now_s, asked = FakeReplay(), FakeHearer(), ["a session runs"], [0.0], []
    past = past_of(
        replay, hearer, barred=lambda: asked.append(now_s[0]) or running[0], now_s=lambda: now_s[0]
    )
    past.toggle()
    assert hearer.toggled == 0
    assert past.face(replay.snapshot()).trouble == "a session runs"
    running[0] = ""
    past.toggle()
    assert hearer.view().on
    assert past.face(replay.snapshot()).trouble == ""
    asked.clear()
    for _ in range(90):
        now_s[0] += 1 / 30
        past.face(replay.snapshot())
    assert 2 <= len(asked) <= 3
    running[0] = "a session runs"
    now_s[0] += ASKS_S
    assert past.face(replay.snapshot()).trouble == "a session runs"
    assert not hearer.view().on
