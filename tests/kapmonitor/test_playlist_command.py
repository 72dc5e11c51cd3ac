"""`kapmonitor playlist`: what it says and what it answers."""

import json

import pytest
import sound_files

from kapmonitor.cli import main
from kapmonitor.config.check import Kind, check
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
    assert main(["playlist", "make", str(folder), "--out", str(folder / "no" / "e.xspf")]) == 2


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
