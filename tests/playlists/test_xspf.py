"""XSPF: what is written is read again, other programs' files are read, and attacks are refused."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import sound_files
from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from playlists.check import check
from playlists.locations import ODD, from_uri, to_uri
from playlists.model import After, Elsewhere, Loudness, Place, Playlist, Section, Track
from playlists.store import load
from playlists.xspf import text

BASE = Path("/somewhere/music")
NAMES = st.text(
    st.characters(exclude_categories=("C", "Z"), exclude_characters="\u2028\u2029"), min_size=1, max_size=20
)
FILES = st.lists(NAMES.filter(lambda n: n not in {".", ".."} and "/" not in n), min_size=1, max_size=3)
DB = st.integers(-3000, 600).map(lambda n: n / 100)
SECONDS = st.integers(0, 3_600_000).map(lambda n: n / 1000)


@st.composite
def tracks(draw):
    start = draw(SECONDS)
    end = draw(st.none() | SECONDS.map(lambda s: start + 1 + s))
    return Track(
        (BASE if draw(st.booleans()) else Path("/else/where")).joinpath(*draw(FILES)),
        draw(NAMES),
        draw(SECONDS),
        draw(st.just("") | st.text("0123456789abcdef", min_size=64, max_size=64)),
        draw(DB),
        tuple(sorted(draw(st.lists(SECONDS.filter(bool), max_size=3)))),
        start,
        end,
        draw(st.none() | st.integers(0, 60).map(float)),
        draw(st.none() | st.builds(Loudness, DB, DB)),
    )


@st.composite
def playlists(draw):
    phases = draw(st.permutations(list(Phase)))
    sections = []
    for number in range(draw(st.integers(1, 4))):
        earliest = draw(SECONDS)
        sections.append(
            Section(
                draw(NAMES),
                tuple(draw(st.lists(tracks(), min_size=1, max_size=3))),
                tuple(
                    sorted(phases[2 * number : 2 * number + draw(st.integers(0, 2))], key=list(Phase).index)
                ),
                draw(st.sampled_from(After)),
                earliest_s=earliest,
                latest_s=draw(st.none() | SECONDS.map(lambda s, e=earliest: e + s + 1)),
            )
        )
    if draw(st.booleans()):
        sections.append(
            Section("Ground", tuple(draw(st.lists(tracks(), min_size=1, max_size=2))), grounding=True)
        )
    fade = st.integers(1, 30).map(float)
    return Playlist(draw(NAMES), tuple(sections), draw(fade), draw(fade), draw(fade), draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@given(playlists())
def test_what_is_written_is_read_again(tmp_path_factory, playlist):
    path = tmp_path_factory.getbasetemp() / "round.xspf"
    path.write_text(text(playlist, BASE), encoding="utf-8")
    again = load(path)
    assert _moved(again, path.parent) == playlist


def _moved(playlist, base):
    """As if the file had stood in BASE."""
    sections = []
    for section in playlist.sections:
        moved = [
            _with_path(t, BASE / t.path.relative_to(base) if t.path.is_relative_to(base) else t.path)
            for t in section.tracks
        ]
        sections.append(
            type(section)(
                *[getattr(section, f) if f != "tracks" else tuple(moved) for f in section.__slots__]
            )
        )
    return type(playlist)(
        *[getattr(playlist, f) if f != "sections" else tuple(sections) for f in playlist.__slots__]
    )


def _with_path(track, path):
    return Track(*[path if f == "path" else getattr(track, f) for f in track.__slots__])


def test_others_read_what_we_write():
    """The parts of the standard that another player needs, read without our reader."""
    track = Track(BASE / "a b.flac", "A & B", 61.5, "0" * 64)
    root = ET.fromstring(text(Playlist("Evening", (Section("Peak", (track,)),)), BASE))
    x = {"x": "http://xspf.org/ns/0/"}
    assert (root.tag, root.get("version")) == ("{http://xspf.org/ns/0/}playlist", "1")
    found = root.find("x:trackList/x:track", x)
    said = [found.findtext(f"x:{name}", None, x) for name in ("location", "identifier", "title", "duration")]
    assert said == ["./a%20b.flac", f"urn:sha256:{'0' * 64}", "A & B", "61500"]
    assert all(e.get("application") for e in root.iter("{http://xspf.org/ns/0/}extension"))


def write(tmp_path, body, head='<?xml version="1.0" encoding="UTF-8"?>'):
    path = tmp_path / "other.xspf"
    path.write_text(f"{head}\n{body}", encoding="utf-8")
    return path


FOREIGN = """<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>From
 elsewhere</title><trackList>
<track><location>file:///C:/Music/%E9%9F%B3%E6%A5%BD.mp3</location><creator>X</creator><duration>90000</duration></track>
<track><location>sub/b.ogg</location><title>B</title>
<extension application="http://other"><x xmlns="urn:other" section="9"/></extension></track>
</trackList></playlist>"""


def test_another_programs_playlist_is_one_section(tmp_path):
    playlist = load(write(tmp_path, FOREIGN))
    (section,) = playlist.sections
    assert playlist.title == section.name == "From elsewhere"
    first, second = section.tracks
    assert (first.path.name, first.title, first.duration_s) == ("音楽.mp3", "音楽", 90.0)
    assert second.path == tmp_path / "sub" / "b.ogg"


def test_track_that_another_program_put_in_belongs_to_the_section_before(tmp_path):
    ours = text(Playlist("E", tuple(Section(n, (Track(BASE / n, n),)) for n in ("P", "R"))), BASE)
    extra = "<track><location>new.flac</location></track></trackList>"
    playlist = load(write(tmp_path, ours.split("\n", 1)[1].replace("</trackList>", extra)))
    assert [[t.title for t in s.tracks] for s in playlist.sections] == [["P"], ["R", "new"]]


BOMB = """<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>&b;</title><trackList/></playlist>"""
OUTSIDE = """<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>&a;</title><trackList/></playlist>"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BOMB, "without a document type"),
        (OUTSIDE, "without a document type"),
        ("<playlist", "not XML"),
        ("", "not XML"),
        ("<a>" * 300_000, "not XML|at most"),
        ("<asx version='3'/>", "XSPF playlist"),
        ('<playlist xmlns="http://xspf.org/ns/0/"><title>t</title></playlist>', "at least one"),
    ],
)
def test_what_is_no_playlist_of_files_is_refused_in_words(tmp_path, body, words):
    with pytest.raises(ConfigError, match=words):
        load(write(tmp_path, body, head=""))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('gain_db="-2.5"', 'gain_db="loud"'), r"Peak, track 1 \(A\), gain_db: .*-30 to 6; it is 'loud'"),
        (('gain_db="-2.5"', 'gain_db="99"'), "-30 to 6"),
        (('gain_db="-2.5"', 'gain_db="nan"'), "-30 to 6"),
        (('phases="peak"', 'phases="summit"'), "phases"),
        (('section="1"', 'section="7"'), "sections 1 to 1"),
        (('end_s="90.0"', 'end_s="2.0"'), "more than start_s"),
        (('latest_s="600.0"', 'latest_s="30.0"'), "no less than earliest_s"),
        (('loudness_lufs="-20.0"', ""), "together"),
        (('start_s="5.0"', 'start_s="1_0"'), r"Peak, track 1 \(A\), start_s: .*it is '1_0'"),
        (('start_s="5.0"', 'start_s="٥"'), "start_s"),
        (('gain_db="-2.5"', 'gain_bd="-2.5"'), "play without gain_bd, .* did you mean gain_db"),
        (('latest_s="600.0"', 'last_s="600.0"'), "section without last_s"),
        (('crossfade_s="12.0"', 'crosfade_s="12.0"'), "course without crosfade_s, .* mean crossfade_s"),
    ],
)
def test_values_that_are_not_allowed_are_named(tmp_path, change, words):
    track = Track(BASE / "a.flac", "A", 120.0, "", -2.5, (), 5.0, 90.0, 0.0, Loudness(-20.0, -3.0))
    section = Section("Peak", (track,), (Phase.PEAK,), earliest_s=60.0, latest_s=600.0)
    body = text(Playlist("E", (section,)), BASE).split("\n", 1)[1]
    assert load(write(tmp_path, body))
    assert change[0] in body
    with pytest.raises(ConfigError, match=words):
        load(write(tmp_path, body.replace(*change)))


def listed(tmp_path, *tracks, outer="", inner=""):
    """A list of another program's tracks, each the XML within it."""
    body = "".join(f"<track>{track}</track>" for track in tracks)
    head = f'<playlist version="1" xmlns="http://xspf.org/ns/0/" {outer}>'
    return load(write(tmp_path, f"{head}<trackList {inner}>{body}</trackList></playlist>")).sections[0].tracks


GOOD = "<location>good.flac</location>"


@pytest.mark.parametrize(
    ("odd", "title", "why"),
    [
        (
            "<location>https://shop.example/b.ogg</location>",
            "https://shop.example/b.ogg",
            "only files of this computer can be played, not https://shop.example/b.ogg",
        ),
        (
            "<location>//server/b.ogg</location><title>B</title>",
            "B",
            "only files of this computer can be played, not //server/b.ogg",
        ),
        ("<title>B</title>", "B", "the playlist names no file for it"),
        ("<location> </location>", "no title", "the playlist names no file for it"),
        ("<location>file://[x/a.flac</location>", "file://[x/a.flac", "is not the address of a file"),
        ("<location>two%0Alines.flac</location>", "two lines", "holds a line break"),
        ("<location>spotify:track:1</location>", "spotify:track:1", "only files of this computer"),
    ],
)
def test_a_track_that_is_no_file_is_left_out_and_named(tmp_path, odd, title, why):
    track, good = listed(tmp_path, odd, GOOD)
    assert (good.path, good.elsewhere) == (tmp_path / "good.flac", None)
    assert track.title == title
    sound_files.write(tmp_path, "tone.flac").rename(tmp_path / "good.flac")
    checked = check(load(tmp_path / "other.xspf"))
    (left_out,) = checked.unplayable
    assert left_out.title == title
    assert why in left_out.reason
    assert checked.missing == {Place(0, 0)}


def test_what_is_no_file_is_written_as_it_was(tmp_path):
    odd = (
        "<location>https://x.example/%20a?b#c</location>",
        "<title>B</title>",
        "<location>a%0Ab.flac</location>",
    )
    tracks = listed(tmp_path, *odd, GOOD)
    again = tmp_path / "again.xspf"
    again.write_text(text(Playlist("E", (Section("S", tracks),)), tmp_path), "utf-8")
    for track, found in zip(tracks, load(again).sections[0].tracks, strict=True):
        assert (found.path, found.title) == (track.path, track.title)
        assert found.elsewhere == track.elsewhere or found.elsewhere.why == track.elsewhere.why


def test_the_first_location_that_is_a_file_is_taken(tmp_path):
    web = "<location>http://x.example/a.flac</location>"
    first, second = listed(tmp_path, web + GOOD + "<location>c.flac</location>", f"{web}<location/>")
    assert first.path == tmp_path / "good.flac"
    assert second.elsewhere.location == "http://x.example/a.flac"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "LocalHost", ""])
def test_this_computer_is_named_in_any_case(tmp_path, host):
    (track,) = listed(tmp_path, f"<location>file://{host}/m/a.flac</location>")
    assert track.path == Path("/m/a.flac")


@pytest.mark.parametrize("odd", ["&#x85;", "&#9;", "&#x2028;", "\n ", "&#10;"])
def test_characters_that_steer_are_spaces_in_titles(tmp_path, odd):
    (track,) = listed(tmp_path, f"{GOOD}<title> Wait{odd}what </title>")
    assert track.title == "Wait what"


@pytest.mark.parametrize(
    ("outer", "inner", "location", "file"),
    [
        ('xml:base="music/"', "", "a%20b.flac", "music/a b.flac"),
        ('xml:base="music/"', 'xml:base="deep/"', "a.flac", "music/deep/a.flac"),
        ('xml:base="music/list.xspf"', 'xml:base="../other/"', "../a.flac", "a.flac"),
        ('xml:base="file:///m/"', 'xml:base="deep/"', "./a.flac", "/m/deep/a.flac"),
        ('xml:base="file:///m/"', "", "/a.flac", "/a.flac"),
        ('xml:base="http://x.example/"', 'xml:base="file:///m/"', "a.flac", "/m/a.flac"),
        ('xml:base="http://x.example/"', "", "file:///m/a.flac", "/m/a.flac"),
        ('xml:base=""', 'xml:base="music/"', "C:\\M\\a.flac", "C:/M/a.flac"),
    ],
)
def test_a_base_is_what_locations_are_relative_to(tmp_path, outer, inner, location, file):
    (track,) = listed(tmp_path, f"<location>{location}</location>", outer=outer, inner=inner)
    assert track.path == tmp_path / file


def test_a_base_may_stand_at_the_track_and_at_the_location(tmp_path):
    body = (
        '<playlist version="1" xmlns="http://xspf.org/ns/0/" xml:base="a/"><trackList>'
        '<track xml:base="b/"><location xml:base="c/">d.flac</location></track>'
        "<track><location>e.flac</location></track></trackList></playlist>"
    )
    tracks = load(write(tmp_path, body)).sections[0].tracks
    assert [track.path for track in tracks] == [tmp_path / "a/b/c/d.flac", tmp_path / "a/e.flac"]


@pytest.mark.parametrize("base", ["http://x.example/m/", "smb://server/m/", "//server/m/", "file://[x/"])
def test_a_base_that_is_not_on_this_computer_leaves_its_tracks_out(tmp_path, base):
    first, second = listed(
        tmp_path, GOOD, "<location>file:///m/a.flac</location>", outer=f'xml:base="{base}"'
    )
    assert first.elsewhere is not None
    assert second.path == Path("/m/a.flac")


def test_a_name_with_a_question_mark_as_it_stands_is_found(tmp_path):
    for name in ("Who are you?.flac", "track #1.flac", "plain.flac", "is 50%.flac"):
        (tmp_path / name).touch()
    names = (
        "Who are you?.flac",
        "track #1.flac",
        "plain.flac?x=1",
        "plain.flac#t=10",
        "gone?.flac",
        "is 50%.flac",
    )
    tracks = listed(tmp_path, *(f"<location>{name}</location>" for name in names))
    found = ["Who are you?.flac", "track #1.flac", "plain.flac", "plain.flac", "gone?.flac", "is 50%.flac"]
    assert [track.path.name for track in tracks] == found


def test_a_path_of_windows_as_it_stands_is_no_web_address(tmp_path):
    (track,) = listed(tmp_path, "<location>C:\\Music\\a%b.flac</location>")
    assert track.path == tmp_path / "C:/Music/a%b.flac"


@pytest.mark.skipif(sys.platform == "win32", reason="has no such links")
@pytest.mark.parametrize("below", ["link/sub", "real/sub/../sub", "link/sub/../sub/../../real/sub"])
def test_music_below_the_list_is_named_from_there_however_the_folder_is_reached(tmp_path, below):
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    playlist = Playlist("E", (Section("S", (Track(tmp_path / below / "a.flac", "A"),)),))
    for base in ("real", "link"):
        assert "<location>./sub/a.flac</location>" in text(playlist, tmp_path / base)
    assert f"<location>file://{tmp_path}/" in text(playlist, None)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_location_below_any_base_is_a_file_or_elsewhere(uri, base):
    found = from_uri(uri, Path("/music"), base)
    assert isinstance(found, Elsewhere) or not ODD.search(found)


@given(NAMES)
def test_any_file_is_found_under_the_name_it_is_given(name):
    path = Path("/music") / "a" / name.replace("/", "_")
    for base in (Path("/music"), Path("/else"), None):
        found = from_uri(to_uri(path, base), Path("/music"))
        assert isinstance(found, str)
        assert (base or Path("/")) / found == path
