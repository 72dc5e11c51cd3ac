"""Playlists as XSPF version 1, which other players read; what only this program knows is in its extension."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # to write; what is read goes through defusedxml
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from playlists.locations import from_uri, to_uri
from playlists.model import Playlist, Section, Track

SPACE: Final = "http://xspf.org/ns/0/"
OURS: Final = "urn:kapmonitor:playlist:1"
PIN: Final = "urn:sha256:"
IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, however it is written."""

Entry = dict[str, object]
SECTION: Final = ("earliest_s", "latest_s")
TRACK: Final = ("gain_db", "start_s", "end_s", "fade_s", "loudness_lufs", "peak_dbfs")
COURSE: Final = ("crossfade_s", "quick_fade_s", "phase_wait_s")


def entries(data: bytes, path: Path) -> Mapping[str, object]:
    """An XSPF file as if it stood in one of ours; raises ValueError, in words, where it is none."""
    root = _root(data)
    sections = [
        _section_entry(element) for element in root.iterfind(f"{_own('course')}/{_tag('section', OURS)}")
    ]
    title = _text(root, "title") or path.stem
    if not sections:
        sections = [{"name": title, "track": []}]
    number = 0
    for element in root.iterfind(f"{_tag('trackList')}/{_tag('track')}"):
        own = element.find(_own("play"))
        number = _number_of(own, number, len(sections))
        tracks = sections[number]["track"]
        if isinstance(tracks, list):
            tracks.append(_track_entry(element, own))
    course = root.find(_own("course"))
    found: Entry = {"title": title, "section": [section for section in sections if section["track"]]}
    return found if course is None else {**found, **_numbers(course, COURSE), **_flag(course, "example")}


def text(playlist: Playlist, base: Path) -> str:
    """The playlist as it stands in an XSPF file in the folder `base`."""
    ET.register_namespace("", SPACE)
    ET.register_namespace("kap", OURS)
    root = ET.Element(_tag("playlist"), version="1")
    _child(root, "title", playlist.title)
    course = _extension(root, "course")
    course.attrib.update(_written(crossfade_s=playlist.crossfade_s, quick_fade_s=playlist.quick_fade_s))
    course.attrib.update(_written(phase_wait_s=playlist.phase_wait_s, example=playlist.example or None))
    tracks = ET.SubElement(root, _tag("trackList"))
    for number, section in enumerate(playlist.sections):
        _write_section(course, section)
        for track in section.tracks:
            _write_track(tracks, track, number, base)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _tag(name: str, space: str = SPACE) -> str:
    return f"{{{space}}}{name}"


def _own(name: str) -> str:
    return f"{_tag('extension')}[@application='{OURS}']/{_tag(name, OURS)}"


def _root(data: bytes) -> ET.Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: ET.Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as why:
        raise ValueError("an XSPF playlist without a document type or entities") from why
    except (ET.ParseError, ValueError, LookupError, RecursionError) as why:
        raise ValueError(f"an XSPF playlist; this is not XML ({why})") from why
    if root.tag != _tag("playlist"):
        raise ValueError("an XSPF playlist, version 1")
    return root


def _text(element: ET.Element, name: str) -> str:
    return re.sub(r"\s*[\t\n\r]\s*", " ", (element.findtext(_tag(name)) or "").strip())


def _number_of(own: ET.Element | None, before: int, sections: int) -> int:
    """The section of a track; one that another program put in belongs to that of the track before it."""
    said = "" if own is None else own.get("section", "")
    if not said:
        return before
    if not re.fullmatch(r"\d{1,4}", said) or not 1 <= int(said) <= sections:
        raise ValueError(f"each track in one of the sections 1 to {sections}, not in {said[:20]}")
    return int(said) - 1


def _section_entry(element: ET.Element) -> Entry:
    found: Entry = {"name": element.get("name", ""), "track": []}
    phases = element.get("phases", "").split()
    if phases:
        found["phases"] = phases
    if "after" in element.attrib:
        found["after"] = element.get("after")
    return {**found, **_flag(element, "grounding"), **_numbers(element, SECTION)}


def _track_entry(element: ET.Element, own: ET.Element | None) -> Entry:
    found: Entry = {
        "file": from_uri(element.findtext(_tag("location")) or ""),
        "title": _text(element, "title"),
    }
    length = _text(element, "duration")
    if re.fullmatch(r"\d{1,8}", length) and int(length) <= 86_400_000:
        found["duration_s"] = int(length) / 1000
    for pin in element.iterfind(_tag("identifier")):
        if (pin.text or "").strip().startswith(PIN):
            found["sha256"] = (pin.text or "").strip()[len(PIN) :]
    if own is None:
        return found
    if "leave_s" in own.attrib:
        found["leave_s"] = [_number(word) for word in own.get("leave_s", "").split()]
    return {**found, **_numbers(own, TRACK)}


def _numbers(element: ET.Element, names: tuple[str, ...]) -> Entry:
    return {name: _number(element.get(name, "")) for name in names if name in element.attrib}


def _number(word: str) -> float | str:
    """The number, or the word as it stands, which is then told as a mistake."""
    try:
        return float(word)
    except ValueError:
        return word


def _flag(element: ET.Element, name: str) -> Entry:
    said = element.get(name)
    return {} if said is None else {name: {"true": True, "false": False}.get(said, said)}


def _child(element: ET.Element, name: str, said: str) -> None:
    ET.SubElement(element, _tag(name)).text = IN_XML.sub("\ufffd", said)


def _extension(element: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(ET.SubElement(element, _tag("extension"), application=OURS), _tag(name, OURS))


def _written(**values: object) -> dict[str, str]:
    return dict(_said(values))


def _said(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None:
            yield name, "true" if value is True else IN_XML.sub("\ufffd", str(value))


def _write_section(course: ET.Element, section: Section) -> None:
    ET.SubElement(
        course,
        _tag("section", OURS),
        _written(
            name=section.name,
            phases=" ".join(section.phases) or None,
            after=section.after.value,
            grounding=section.grounding or None,
            earliest_s=section.earliest_s or None,
            latest_s=section.latest_s,
        ),
    )


def _write_track(tracks: ET.Element, track: Track, number: int, base: Path) -> None:
    """The order of the elements is the schema's."""
    element = ET.SubElement(tracks, _tag("track"))
    _child(element, "location", to_uri(track.path, base))
    if track.sha256:
        _child(element, "identifier", f"{PIN}{track.sha256}")
    _child(element, "title", track.title)
    if track.duration_s > 0:
        _child(element, "duration", str(round(track.duration_s * 1000)))
    loudness = track.loudness
    _extension(element, "play").attrib.update(
        _written(
            section=number + 1,
            gain_db=track.gain_db or None,
            leave_s=" ".join(map(str, track.leave_s)) or None,
            start_s=track.start_s or None,
            end_s=track.end_s,
            fade_s=track.fade_s,
            loudness_lufs=None if loudness is None else loudness.lufs,
            peak_dbfs=None if loudness is None else loudness.peak_dbfs,
        )
    )
