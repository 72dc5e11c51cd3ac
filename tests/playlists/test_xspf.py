"""XSPF: what is written is read again, other programs' files are read, and attacks are refused."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from playlists.model import After, Loudness, Playlist, Section, Track
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
        (FOREIGN.replace("sub/b.ogg", "https://shop.example/b.ogg"), "only files of this computer"),
        (FOREIGN.replace("sub/b.ogg", "//server/b.ogg"), "only files of this computer"),
        (FOREIGN.replace("sub/b.ogg", ""), "must be given"),
        ('<playlist xmlns="http://xspf.org/ns/0/"><title>t</title></playlist>', "at least one"),
    ],
)
def test_what_is_no_playlist_of_files_is_refused_in_words(tmp_path, body, words):
    with pytest.raises(ConfigError, match=words):
        load(write(tmp_path, body, head=""))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (('gain_db="-2.5"', 'gain_db="loud"'), r"section\[1\].track\[1\].gain_db: .*-30 to 6"),
        (('gain_db="-2.5"', 'gain_db="99"'), "-30 to 6"),
        (('gain_db="-2.5"', 'gain_db="nan"'), "-30 to 6"),
        (('phases="peak"', 'phases="summit"'), "phases"),
        (('section="1"', 'section="7"'), "sections 1 to 1"),
        (('end_s="90.0"', 'end_s="2.0"'), "more than start_s"),
        (('latest_s="600.0"', 'latest_s="30.0"'), "no less than earliest_s"),
        (('loudness_lufs="-20.0"', ""), "together"),
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
