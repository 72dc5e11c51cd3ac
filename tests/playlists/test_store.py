"""Playlist files: what is read, what is refused and in which words."""

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from playlists.check import check, fingerprint
from playlists.model import After
from playlists.store import example_path, load, read

GOOD = """
title = "Evening"
crossfade_s = 10
[[section]]
name = "Peak"
phases = ["onset", "peak"]
after = "next"
[[section.track]]
file = "music/a.flac"
title = "A"
gain_db = -2.5
leave_s = [30, 12.5]
[[section.track]]
file = "music/b.flac"
[[section]]
name = "Ground"
grounding = true
[[section.track]]
file = "g.flac"
"""


def write(tmp_path, text):
    path = tmp_path / "evening.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_what_is_there_and_fills_in_what_is_not(tmp_path):
    playlist = load(write(tmp_path, GOOD))
    peak, ground = playlist.sections
    assert (playlist.title, playlist.crossfade_s, playlist.quick_fade_s) == ("Evening", 10.0, 4.0)
    assert peak.phases == (Phase.ONSET, Phase.PEAK)
    assert (peak.after, ground.after) == (After.NEXT, After.REPEAT)
    assert peak.tracks[0].path == tmp_path / "music" / "a.flac"
    assert peak.tracks[0].leave_s == (12.5, 30.0)
    assert peak.tracks[1].title == "b"
    assert playlist.grounding() == 1
    assert playlist.section_for(Phase.RETURN) is None


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (('title = "Evening"', 'title = ""'), "title", "text"),
        (("crossfade_s = 10", "crossfade_s = 0"), "crossfade_s", "0.1 to 60"),
        (("crossfade_s = 10", "crossfade_s = true"), "crossfade_s", "number"),
        (("crossfade_s = 10", "crossfade_s = nan"), "crossfade_s", "number"),
        (("crossfade_s = 10", "fade = 10"), "fade", "crossfade_s"),
        (('"onset", "peak"', '"top"'), "section[1].phases", "preparation"),
        (('after = "next"', 'after = "loop"'), "section[1].after", "repeat"),
        (('file = "music/a.flac"', ""), "section[1].track[1].file", "text"),
        (("gain_db = -2.5", "gain_db = 20"), "section[1].track[1].gain_db", "-30 to 6"),
        (("leave_s = [30, 12.5]", "leave_s = [-1]"), "section[1].track[1].leave_s", "above 0"),
        (("leave_s = [30, 12.5]", 'sha256 = "abc"'), "section[1].track[1].sha256", "64"),
        (("grounding = true", 'grounding = true\nphases = ["peak"]'), "section[2].phases", "left out"),
        (("grounding = true", 'phases = ["peak"]'), "section", "it is in Peak and in Ground"),
        (('title = "Evening"', "title = "), "the file", "TOML"),
    ],
)
def test_refuses_in_words_that_name_the_place(tmp_path, change, key, words):
    path = write(tmp_path, GOOD.replace(*change, 1))
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.key == key
    assert words in caught.value.allowed
    assert caught.value.path == str(path)


def test_all_mistakes_are_told_at_once(tmp_path):
    text = GOOD.replace("crossfade_s = 10", "fade = 10").replace("gain_db = -2.5", "gain_db = 20")
    _, mistakes = read(text, tmp_path / "evening.toml")
    assert [mistake.key for mistake in mistakes] == ["fade", "section[1].track[1].gain_db"]


@pytest.mark.parametrize("text", ["a = " + "[" * 3000, "a = " + "9" * 5000, "#" + "x" * 1_000_000])
def test_what_the_reader_of_toml_cannot_take_is_an_error_with_its_path(tmp_path, text):
    with pytest.raises(ConfigError, match=r"evening\.toml"):
        load(write(tmp_path, text))


def test_toml_of_windows_with_its_mark_is_read(tmp_path):
    path = write(tmp_path, f"\ufeff{GOOD}".replace('title = "A"', 'title = " A "'))
    assert load(path).sections[0].tracks[0].title == "A"


def test_missing_file_is_an_error_with_its_path(tmp_path):
    with pytest.raises(ConfigError, match=r"a playlist that can be read \(No such file"):
        load(tmp_path / "nowhere.toml")


@given(st.text(max_size=400))
def test_any_text_is_a_playlist_or_a_config_error(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("p") / "p.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError):
        load(path)


JSONISH = st.recursive(
    st.one_of(st.booleans(), st.integers(-9, 9), st.text("ab", max_size=3)),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from(["title", "section", "crossfade_s", "example"]), JSONISH)
def test_any_value_is_allowed_or_a_config_error(tmp_path_factory, key, value):
    lines = {
        "title": '"t"',
        "section": "[]",
        key: repr(value).replace("True", "true").replace("False", "false"),
    }
    path = tmp_path_factory.mktemp("p") / "p.toml"
    path.write_text("\n".join(f"{k} = {v}" for k, v in lines.items()).replace("'", '"'), encoding="utf-8")
    with pytest.raises(ConfigError):
        load(path)


def test_check_says_which_tracks_cannot_be_played(tmp_path):
    (tmp_path / "music").mkdir()
    soundfile.write(tmp_path / "music" / "a.flac", [[0.0, 0.0]] * 48_000, 24_000)
    (tmp_path / "music" / "b.flac").write_bytes(b"no")
    checked = check(load(write(tmp_path, GOOD)))
    assert checked.playlist.sections[0].tracks[0].duration_s == 2.0
    assert [item.reason for item in checked.unplayable] == [
        "b.flac cannot be read as music; it is damaged, or something else",
        "g.flac is not there",
    ]


def test_check_refuses_a_click(tmp_path):
    (tmp_path / "music").mkdir()
    soundfile.write(tmp_path / "music" / "a.flac", [[0.0, 0.0]] * 100, 48_000)
    checked = check(load(write(tmp_path, GOOD)))
    assert checked.unplayable[0].reason == "a.flac is too short to be played"


def test_example_is_complete_and_its_files_are_the_ones_it_names():
    checked = check(load(example_path()))
    assert checked.unplayable == ()
    assert checked.playlist.example
    tracks = [track for section in checked.playlist.sections for track in section.tracks]
    assert all(fingerprint(track.path) == track.sha256 for track in tracks)
    assert {p for p in Phase if checked.playlist.section_for(p) is None} == set()
    assert checked.playlist.grounding() is not None
    assert 12 * 60 <= sum(track.duration_s for track in tracks) <= 15 * 60
