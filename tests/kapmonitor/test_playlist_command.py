"""`kapmonitor playlist`: what it says and what it answers."""

import json
import sys

import pytest
import sound_files

from kapmonitor.cli import main
from kapmonitor.config.check import Kind, check
from playlists import keeping
from playlists.library import Measured
from playlists.model import Loudness, Playlist, Section, Track
from playlists.store import load


@pytest.fixture
def folder(tmp_path):
    music = tmp_path / "music"
    for name in ("1 Peak", "2 Ground"):
        (music / name).mkdir(parents=True)
        sound_files.write(music / name, "tone.flac")
    return music


def test_make_then_check_then_change(folder, capsys):
    out = folder / "evening.xspf"
    assert main(["playlist", "make", str(folder), "--out", str(out)]) == 0
    assert main(["playlist", "check", str(out)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{out}: 2 of 2 tracks can be played"
    playlist = load(out)
    assert playlist.grounding() == 1
    assert all(t.sha256 and t.loudness for s in playlist.sections for t in s.tracks)
    sound_files.write(folder / "1 Peak", "tone.flac", 0.5 * sound_files.tone())
    assert main(["playlist", "check", str(out)]) == 1
    said = capsys.readouterr().out
    assert "1 Peak, tone: tone.flac is not the file that the playlist names" in said
    assert "it will be left out" in said
    assert main(["playlist", "check", str(out), "--json"]) == 1
    assert [row["left_out"] for row in json.loads(capsys.readouterr().out)] == [True]


def test_scan_names_what_cannot_be_played(folder, capsys):
    assert main(["playlist", "scan", str(folder)]) == 0
    (folder / "x.m4a").write_bytes(bytes(100))
    assert main(["playlist", "scan", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "x.m4a is AAC or Apple Lossless" in said
    assert "2 of 3 music files can be played" in said
    main(["playlist", "scan", str(folder), "--json"])
    assert len(json.loads(capsys.readouterr().out)) == 3


def test_make_leaves_out_what_cannot_be_played_and_says_so(folder, capsys):
    (folder / "1 Peak" / "broken.mp3").write_bytes(bytes(3_000))
    out = folder / "e.xspf"
    assert main(["playlist", "make", str(folder), "--out", str(out), "--measure"]) == 1
    assert "broken.mp3 cannot be read as music" in capsys.readouterr().out
    assert len(load(out).places()) == 2


def test_playlists_that_a_protocol_names_may_be_of_other_programs(tmp_path):
    (tmp_path / "evening.m3u").write_text("a.flac\n")
    (tmp_path / "clinic.toml").write_text('name = "C"\nplaylist = "evening.m3u"\n[[phase]]\nphase = "peak"\n')
    _, playlist = check(tmp_path / "clinic.toml")
    assert playlist.kind is Kind.PLAYLIST
    assert [mistake.key for mistake in playlist.mistakes] == ["section[1].track[1].file"]
    (checked,) = check(tmp_path / "evening.m3u")
    assert list(map(str, checked.mistakes)) == list(map(str, playlist.mistakes))
    (tmp_path / "evening.m3u").write_text("")
    (checked,) = check(tmp_path / "evening.m3u")
    assert "at least one" in checked.mistakes[0].allowed


def make(source, out):
    return main(["playlist", "make", str(source), "--out", str(out)])


@pytest.fixture
def nothing_measured(monkeypatch):
    """A failure where it looks at music, which takes long."""
    monkeypatch.setattr(
        "kapmonitor.commandline.playlist.complete", lambda *_, **__: pytest.fail("it measures")
    )


OTHERS = (
    '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>a</location></track>'
)


@pytest.mark.parametrize(
    ("name", "holds", "said"),
    [
        ("tone.flac", b"music", "a name that ends in .xspf"),
        ("keep.m3u", b"tone.flac", "a name that ends in .xspf"),
        ("none.toml", None, "a name that ends in .xspf"),
        ("film.xspf", b"a film", "is not a playlist of this program, and is not written over"),
        ("empty.xspf", b"", "is not a playlist of this program, and is not written over"),
        ("theirs.xspf", f"{OTHERS}</trackList></playlist>".encode(), "is not a playlist of this program"),
        ("no/e.xspf", None, "a folder that is there; make it first"),
    ],
)
def test_make_writes_over_nothing_but_its_own_and_says_so_first(
    folder, tmp_path, capsys, nothing_measured, name, holds, said
):
    out = tmp_path / name
    if holds is not None:
        out.write_bytes(holds)
    assert make(folder, out) == 2
    assert said in capsys.readouterr().err
    assert not out.exists() if holds is None else out.read_bytes() == holds


def test_make_does_not_write_over_its_source(folder, capsys):
    source = folder / "1 Peak" / "keep.m3u"
    source.write_text("tone.flac\n")
    assert make(source, source) == 2
    assert source.read_text() == "tone.flac\n"


def test_make_again_writes_over_its_own_unless_tracks_would_be_lost(folder, capsys):
    out = folder / "e.xspf"
    assert make(folder, out) == 0
    assert make(out, out) == make(folder, out) == 0
    (folder / "2 Ground" / "tone.flac").unlink()
    before = out.read_bytes()
    assert make(out, out) == 2
    assert "would lose the tracks that cannot be played now; nothing was written" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_make_names_music_below_its_list_from_there_however_it_is_called(folder, capsys, monkeypatch):
    (folder / "one.m3u").write_text("1 Peak/tone.flac\n")
    monkeypatch.chdir(folder)
    for source in ("one.m3u", str(folder / "one.m3u"), "../music/one.m3u"):
        assert make(source, "e.xspf") == 0
        assert "<location>./1%20Peak/tone.flac</location>" in (folder / "e.xspf").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="has no such links")
def test_make_through_a_link_to_another_folder_names_music_that_both_find(folder, tmp_path, capsys):
    (tmp_path / "kept").mkdir()
    (folder / "link.xspf").symlink_to(tmp_path / "kept" / "e.xspf")
    assert make(folder, folder / "link.xspf") == 0
    assert (folder / "link.xspf").is_symlink()
    for path in (folder / "link.xspf", tmp_path / "kept" / "e.xspf"):
        assert main(["playlist", "check", str(path)]) == 0


def test_make_writes_nothing_that_could_not_be_read_again(folder, capsys, monkeypatch):
    monkeypatch.setattr("playlists.complete.heard", lambda *_: iter([Measured(1.0, Loudness(3900.0, -3.0))]))
    assert make(folder, folder / "e.xspf") == 2
    said = capsys.readouterr().err
    assert "e.xspf: 1 Peak, track 1 (tone), loudness_lufs: a number from" in said
    assert not (folder / "e.xspf").exists()


def test_make_says_what_is_missing_where_only_grounding_can_be_played(folder, capsys):
    (folder / "1 Peak" / "tone.flac").write_bytes(bytes(100))
    assert make(folder, folder / "e.xspf") == 2
    assert (
        "a section that is not for grounding, with music that can be played; nothing"
        in capsys.readouterr().err
    )
    (folder / "2 Ground" / "tone.flac").unlink()
    assert make(folder, folder / "e.xspf") == 2
    assert "at least one track that can be played; nothing was written" in capsys.readouterr().err
    assert not (folder / "e.xspf").exists()


def test_a_list_of_2000_tracks_with_long_names_is_made_and_read(tmp_path):
    tracks = tuple(
        Track(
            tmp_path / f"{'Тихая вода ' * 12}{n}.flac", "Т" * 150, 60.0, "0" * 64, loudness=Loudness(-20, -3)
        )
        for n in range(2000)
    )
    playlist = Playlist("E", (Section("S", tracks),))
    keeping.save(tmp_path / "e.xspf", playlist, keeping.NOT_THERE)
    assert load(tmp_path / "e.xspf") == playlist


def test_make_leaves_out_what_is_no_file_and_names_it(folder, capsys):
    (folder / "e.m3u").write_text("1 Peak/tone.flac\nhttp://radio.example/x\n")
    assert make(folder / "e.m3u", folder / "e.xspf") == 1
    assert "http://radio.example/x: only files of this computer" in capsys.readouterr().out
    assert len(load(folder / "e.xspf").places()) == 1
    assert main(["playlist", "check", str(folder / "e.m3u"), "--json"]) == 1
    assert [row["file"] for row in json.loads(capsys.readouterr().out)] == ["http://radio.example/x"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("nowhere", "there is no such folder"), ("1 Peak/tone.flac", "this is a file; playlist check looks")],
)
def test_scan_of_what_is_no_folder_is_wrong_use(folder, capsys, name, said):
    assert main(["playlist", "scan", str(folder / name)]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="has no such names")
def test_names_of_files_do_not_steer_the_terminal(folder, capsys):
    (folder / "1 Peak" / "\x1b[31m\x1b[2J.flac").write_bytes(bytes(100))
    (folder / "1 Peak" / "two\nlines.flac").write_bytes((folder / "1 Peak" / "tone.flac").read_bytes())
    assert main(["playlist", "scan", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "two lines.flac: its file's name holds a line break" in said
    assert "2 of 4 music files can be played" in said
    assert main(["playlist", "check", str(folder)]) == 1
    assert make(folder, folder / "e.xspf") == 1
    assert main(["playlist", "check", str(folder / "\x1b[31m.m3u")]) == 2
    heard = capsys.readouterr()
    assert "\x1b" not in said + heard.out + heard.err


@pytest.mark.parametrize("command", [["demo"], ["audio", "--list"], ["playlist", "edit"]])
def test_a_playlist_for_the_console_is_not_passed_over_by_a_command(capsys, command, monkeypatch):
    monkeypatch.setattr("importlib.import_module", lambda _name: pytest.fail("it runs"))
    assert main(["--playlist", "evening.xspf", *command]) == 2
    assert "no command takes it, the demo neither" in capsys.readouterr().err
