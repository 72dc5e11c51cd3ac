"""Playlists of other programs, and folders."""

import sys
from pathlib import Path

import pytest
import sound_files
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from playlists.check import look_all
from playlists.gather import gather, gathered
from playlists.model import Place
from playlists.problems import files_only, problems
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
        ("a.m3u", "\x07.mp3\n", "a character that is not seen"),
        ("a.m3u", "", "at least one track; this has none$"),
        ("a.m3u", "a.mp3\n" * 2001, "at most 2000 tracks in a section; a has 2001"),
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


@pytest.mark.parametrize(
    "name", ["Mozart: Requiem.flac", "Mozart:Requiem.flac", "file: a.flac", "CD1: x/a.flac"]
)
def test_a_colon_in_a_name_is_no_web_address(tmp_path, name):
    for file, text in (("a.m3u", f"{name}\nb.flac\n"), ("a.pls", f"[playlist]\nFile1={name}\n")):
        assert load(write(tmp_path, file, text)).sections[0].tracks[0].path == tmp_path / name


@pytest.mark.parametrize(
    ("line", "title", "why"),
    [
        ("http://radio.example/x", "http://radio.example/x", "only files of this computer"),
        ("mms://radio.example/x", "mms://radio.example/x", "only files of this computer"),
        ("file://server/m/a.flac", "file://server/m/a.flac", "only files of this computer"),
        ("file://[x/a.flac", "file://[x/a.flac", "is not the address of a file"),
        ("a\x1b[2J.flac", "a [2J", "a character that is not seen"),
        ("n" * 5000, "n" * 500, "longer than a name can be"),
    ],
)
def test_one_odd_line_among_files_is_left_out_and_named(tmp_path, line, title, why):
    for name, text in (("a.m3u", f"a.flac\n{line}\n"), ("a.pls", f"File1=a.flac\nFile2={line}\n")):
        playlist = load(write(tmp_path, name, text))
        (problem,) = problems(playlist, {})
        assert (problem.place, problem.title, problem.left_out) == (Place(0, 1), title, True)
        assert why in problem.words
        assert len(files_only(playlist).places()) == 1


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\x0b", "\x1c", "\t", "\x07", " \u2029 "])
def test_titles_hold_spaces_for_what_cannot_be_shown_and_do_not_end_there(tmp_path, odd):
    for name, text in (
        ("a.m3u8", f"#EXTINF:3,A{odd}B\na.flac\n"),
        ("a.pls", f"File1=a.flac\nTitle1=A{odd}B\n"),
    ):
        tracks = load(write(tmp_path, name, text)).sections[0].tracks
        assert [(track.title, track.path.name) for track in tracks] == [("A B", "a.flac")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_lists_in_other_unicodes_are_read(tmp_path, encoding):
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    playlist = load(write(tmp_path, "e.m3u8", f"{mark}#EXTM3U\r\n#EXTINF:3,Тихая\r\nвода.flac\r\n", encoding))
    (track,) = playlist.sections[0].tracks
    assert (track.title, track.path.name, track.duration_s) == ("Тихая", "вода.flac", 3)


@pytest.mark.parametrize("said", ["windows-1251", "WINDOWS-1251", "koi8-r", "utf-8"])
def test_a_list_is_read_as_it_says_that_it_is_written(tmp_path, said):
    text = f"#EXTM3U\n#EXTENC: {said}\n#EXTINF:3,Тихая\nвода.flac\n"
    (track,) = load(write(tmp_path, "e.m3u", text, said)).sections[0].tracks
    assert (track.title, track.path.name) == ("Тихая", "вода.flac")


@pytest.mark.parametrize("said", ["rot13", "hex", "unicode_escape", "idna", "none-8", "utf-8; x"])
def test_what_no_text_is_written_in_is_passed_over(tmp_path, said):
    (track,) = load(write(tmp_path, "e.m3u", f"#EXTENC: {said}\nFür Elise.mp3\n")).sections[0].tracks
    assert track.title == "Für Elise"


@pytest.mark.parametrize(
    ("said", "title", "seconds"),
    [
        ('123 tvg-name="a, b" group="c",Real title', "Real title", 123),
        ('123,Say "hi, you"', 'Say "hi, you"', 123),
        ('123 x="open, Title', "Title", 123),
        ("3.7,Dec", "Dec", 3.7),
        ("-1, ", "a", 0),
        ("3", "a", 3),
        ("3,  Led", "Led", 3),
    ],
)
def test_titles_after_attributes_are_read(tmp_path, said, title, seconds):
    (track,) = load(write(tmp_path, "e.m3u", f"#EXTINF:{said}\na.flac\n")).sections[0].tracks
    assert (track.title, track.duration_s) == (title, seconds)


@given(st.binary(max_size=200), st.sampled_from(["a.m3u", "a.m3u8", "a.pls", "a.xspf", "a.toml"]))
def test_any_bytes_are_a_list_or_a_config_error(tmp_path_factory, data, name):
    path = tmp_path_factory.mktemp("p") / name
    path.write_bytes(data)
    try:
        playlist = load(path)
    except ConfigError:
        return
    assert all(track.path.is_absolute() for track in map(playlist.track, playlist.places()))


def test_a_list_is_absolute_however_it_is_named(tmp_path, monkeypatch):
    write(tmp_path, "a.m3u", "a.flac\n")
    write(tmp_path, "a.toml", 'title="x"\n[[section]]\nname="x"\n[[section.track]]\nfile="a.flac"\n')
    (tmp_path / "a.flac").touch()
    monkeypatch.chdir(tmp_path)
    for name in ("a.m3u", "./a.toml", "."):
        assert load(Path(name)).sections[0].tracks[0].path == tmp_path / "a.flac"


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such names")
def test_what_a_folder_holds_and_is_not_played_is_named(tmp_path):
    put(
        tmp_path,
        "1 Peak/a.m4a",
        "2 Peak/b.flac",
        "2 Peak/CD1/deep/c.flac",
        "2 Peak/art/cover.jpg",
        "x\ny.flac",
    )
    put(tmp_path, "2 Peak/.cache/d.flac")
    (tmp_path / "1 Peak/a.m4a").write_bytes(bytes(100))
    playlist = load(tmp_path)
    assert [section.phases for section in playlist.sections] == [(), (), (Phase.PEAK,)]
    said = {
        problem.title: problem.words for problem in problems(playlist, look_all(playlist)) if problem.left_out
    }
    assert "AAC" in said["a"]
    assert said["CD1"] == (
        "CD1 lies too deep: only the folder's own music is taken, and that of the folders in it"
    )
    assert "line break" in said["x y"]
    assert said.keys() == {"a", "b", "CD1", "x y"}


def test_a_folder_that_cannot_be_read_is_left_out_and_named(tmp_path, monkeypatch):
    put(tmp_path, "a.flac", "Peak/b.flac")
    really = Path.iterdir

    def refused(folder):
        if folder.name == "Peak":
            raise PermissionError(13, "Permission denied")
        return really(folder)

    monkeypatch.setattr(Path, "iterdir", refused)
    (problem,) = problems(load(tmp_path), {})
    assert problem.words == "Peak cannot be read (Permission denied)"


@pytest.mark.skipif(sys.platform == "win32", reason="has no such names")
def test_what_is_gathered_from_lists_and_folders_is_named_where_it_cannot_be_taken(tmp_path):
    put(tmp_path, "m/two\nlines.flac")
    sound_files.write(tmp_path, "tone.flac").rename(tmp_path / "m" / "two\nlines.flac")
    sound_files.write(tmp_path, "tone.flac")
    path = write(tmp_path, "e.m3u", "tone.flac\nhttp://x.example/a\n")
    steps = gather([path, tmp_path / "m", tmp_path / "m" / "two\nlines.flac"])
    found = gathered(step.piece for step in steps if step.piece is not None)
    assert [track.path.name for track in found.tracks] == ["tone.flac"]
    assert len(found.problems) == 3
    assert "http://x.example/a: only files of this computer" in found.problems[0]
    assert "two lines.flac: its file's name holds a line break" in found.problems[1]
