"""Playlists of other programs, and folders."""

import pytest

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from playlists.store import load

M3U = """#EXTM3U
#PLAYLIST:Evening
#EXTINF:123 tvg="x",Someone - Slow, long
music/slow.mp3
# a remark

file:///C:/Music/caf%C3%A9.ogg
..\\other\\b.flac
"""


def write(tmp_path, name, text, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_m3u_gives_files_titles_and_lengths(tmp_path, ending, mark):
    playlist = load(write(tmp_path, "e.M3U8", mark + M3U.replace("\n", ending)))
    slow, cafe, other = playlist.sections[0].tracks
    assert playlist.title == "Evening"
    assert (slow.path, slow.title, slow.duration_s) == (
        tmp_path / "music" / "slow.mp3",
        "Someone - Slow, long",
        123,
    )
    assert cafe.title == "café"
    assert other.path == tmp_path / ".." / "other" / "b.flac"


def test_m3u_of_older_windows_programs(tmp_path):
    playlist = load(write(tmp_path, "old.m3u", "Für Elise.mp3\n", "cp1252"))
    assert playlist.sections[0].tracks[0].title == "Für Elise"


def test_pls_in_the_order_of_its_numbers(tmp_path):
    text = "[playlist]\nFile10=z.ogg\nfile2=a.ogg\nTitle2=First\nLength2=77\nLength10=-1\nTitle9=lost\n"
    playlist = load(write(tmp_path, "e.pls", text))
    assert [(t.path.name, t.title, t.duration_s) for t in playlist.sections[0].tracks] == [
        ("a.ogg", "First", 77),
        ("z.ogg", "z", 0),
    ]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.m3u", "#EXTM3U\n", "at least one"),
        ("a.m3u", "http://radio.example/stream\n", "only files of this computer"),
        ("a.pls", "[playlist]\nFile1=https://radio.example\n", "only files of this computer"),
        ("a.pls", "\x00\x01\x02", "at least one"),
        ("a.m3u", "\x07.mp3\n", "one line"),
        ("a.m3u", "a.mp3\n" * 2001, "at most 2000"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, name, text, words):
    with pytest.raises(ConfigError, match=words):
        load(write(tmp_path, name, text))


def test_folder_is_a_playlist_and_its_folders_sections(tmp_path):
    for name in (
        "02 Peak/10 z.flac",
        "02 Peak/9 y.flac",
        "02 Peak/cover.jpg",
        "01 Settle/a.mp3",
        "03 Peak again/b.mp3",
        "Grounding/g.opus",
        ".hidden/h.mp3",
        "empty/readme.txt",
        "top.wav",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "folder.mp3").mkdir()
    playlist = load(tmp_path)
    said = {s.name: (s.phases, [t.title for t in s.tracks]) for s in playlist.sections}
    assert said == {
        tmp_path.name: ((), ["top"]),
        "01 Settle": ((Phase.PREPARATION, Phase.BASELINE), ["a"]),
        "02 Peak": ((Phase.PEAK,), ["9 y", "10 z"]),
        "03 Peak again": ((), ["b"]),
        "Grounding": ((), ["g"]),
    }
    assert playlist.sections[playlist.grounding()].name == "Grounding"


def test_folder_without_music_is_said(tmp_path):
    with pytest.raises(ConfigError, match="a folder with music"):
        load(tmp_path)
