"""Playlists written as XSPF version 1, which other players read; what only we know is in an extension."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # only to write
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from playlists.locations import to_uri
from playlists.model import Playlist, Section, Track

SPACE: Final = "http://xspf.org/ns/0/"
OURS: Final = "urn:kapmonitor:playlist:1"
PIN: Final = "urn:sha256:"
IN_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, however it is written."""

SECTION: Final = ("earliest_s", "latest_s")
TRACK: Final = ("gain_db", "start_s", "end_s", "fade_s", "loudness_lufs", "peak_dbfs")
COURSE: Final = ("crossfade_s", "quick_fade_s", "phase_wait_s")


def text(playlist: Playlist, base: Path | None) -> str:
    """The playlist as it stands in an XSPF file in the folder `base`; without one, all paths are whole."""
    ET.register_namespace("", SPACE)
    ET.register_namespace("kap", OURS)
    root = ET.Element(tag("playlist"), version="1")
    _child(root, "title", playlist.title)
    course = _extension(root, "course")
    course.attrib.update(_written(crossfade_s=playlist.crossfade_s, quick_fade_s=playlist.quick_fade_s))
    course.attrib.update(_written(phase_wait_s=playlist.phase_wait_s, example=playlist.example or None))
    tracks = ET.SubElement(root, tag("trackList"))
    for number, section in enumerate(playlist.sections):
        _write_section(course, section)
        for track in section.tracks:
            _write_track(tracks, track, number, base)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def tag(name: str, space: str = SPACE) -> str:
    """An element's name as the reader of XML gives it."""
    return f"{{{space}}}{name}"


def _child(element: ET.Element, name: str, said: str) -> None:
    ET.SubElement(element, tag(name)).text = IN_XML.sub("\ufffd", said)


def _extension(element: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(ET.SubElement(element, tag("extension"), application=OURS), tag(name, OURS))


def _written(**values: object) -> dict[str, str]:
    return dict(_said(values))


def _said(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if value is not None:
            yield name, "true" if value is True else IN_XML.sub("\ufffd", str(value))


def _write_section(course: ET.Element, section: Section) -> None:
    ET.SubElement(
        course,
        tag("section", OURS),
        _written(
            name=section.name,
            phases=" ".join(section.phases) or None,
            after=section.after.value,
            grounding=section.grounding or None,
            earliest_s=section.earliest_s or None,
            latest_s=section.latest_s,
        ),
    )


def _write_track(tracks: ET.Element, track: Track, number: int, base: Path | None) -> None:
    """The order of the elements is the schema's."""
    element = ET.SubElement(tracks, tag("track"))
    said = None if track.elsewhere is None else track.elsewhere.location
    location = to_uri(track.path, base) if said is None else said
    if location:
        _child(element, "location", location)
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
