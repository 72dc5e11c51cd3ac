"""XSPF as it is read: other programs' files, and what of ours stands in its extension."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # for its types; what is read goes through defusedxml
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from playlists.edits import one_line
from playlists.locations import NO_FILE, folder_uri, from_uri, joined
from playlists.model import Elsewhere
from playlists.xspf import COURSE, OURS, PIN, SECTION, TRACK, tag

BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
NUMBER: Final = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?", re.ASCII)
"""As XML writes them; Python would take more for one."""

Entry = dict[str, object]


def entries(data: bytes, path: Path) -> Mapping[str, object]:
    """An XSPF file as if it stood in one of ours; raises ValueError, in words, where it is none."""
    root = _root(data)
    sections = [
        _section_entry(element) for element in root.iterfind(f"{_own('course')}/{tag('section', OURS)}")
    ]
    title = _text(root, "title") or one_line(path.stem) or "Playlist"
    if not sections:
        sections = [{"name": title, "track": []}]
    number = 0
    for above in root.iterfind(tag("trackList")):
        for element in above.iterfind(tag("track")):
            own = element.find(_own("play"))
            number = _number_of(own, number, len(sections))
            tracks = sections[number]["track"]
            if isinstance(tracks, list):
                tracks.append({"file": _file((root, above, element), path), **_track_entry(element, own)})
    course = root.find(_own("course"))
    found: Entry = {"title": title, "section": [section for section in sections if section["track"]]}
    if course is None:
        return found
    _refuse_unknown(course, *COURSE, "example")
    return {**found, **_numbers(course, COURSE), **_flag(course, "example")}


def _own(name: str) -> str:
    return f"{tag('extension')}[@application='{OURS}']/{tag(name, OURS)}"


def _root(data: bytes) -> ET.Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: ET.Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as why:
        raise ValueError("an XSPF playlist without a document type or entities") from why
    except (ET.ParseError, ValueError, LookupError, RecursionError) as why:
        raise ValueError(f"an XSPF playlist; this is not XML ({why})") from why
    if root.tag != tag("playlist"):
        raise ValueError("an XSPF playlist, version 1")
    return root


def _text(element: ET.Element, name: str) -> str:
    return one_line(element.findtext(tag(name)) or "")


def _file(above: tuple[ET.Element, ...], path: Path) -> str | Elsewhere:
    """The first of a track's locations that is a file, else what the first is."""
    found = [
        from_uri(location.text or "", path.parent, _base((*above, location), path))
        for location in above[-1].iterfind(tag("location"))
    ]
    files = (file for file in found if isinstance(file, str))
    return next(files, found[0] if found else Elsewhere("", NO_FILE, ""))


def _base(elements: tuple[ET.Element, ...], path: Path) -> str:
    """What relative locations are meant below, as the elements say from without to within; or nothing."""
    found = ""
    for said in filter(None, (element.get(BASE, "").strip() for element in elements)):
        try:
            found = joined(found or folder_uri(path), said)
        except ValueError:
            # What is no address can only be told where it is used.
            return said
    return found


def _number_of(own: ET.Element | None, before: int, sections: int) -> int:
    """The section of a track; one that another program put in belongs to that of the track before it."""
    said = "" if own is None else own.get("section", "")
    if not said:
        return before
    if not re.fullmatch(r"[0-9]{1,4}", said) or not 1 <= int(said) <= sections:
        raise ValueError(f"each track in one of the sections 1 to {sections}, not in {said[:20]}")
    return int(said) - 1


def _section_entry(element: ET.Element) -> Entry:
    _refuse_unknown(element, *SECTION, "name", "phases", "after", "grounding")
    found: Entry = {"name": element.get("name", ""), "track": []}
    phases = element.get("phases", "").split()
    if phases:
        found["phases"] = phases
    if "after" in element.attrib:
        found["after"] = element.get("after")
    return {**found, **_flag(element, "grounding"), **_numbers(element, SECTION)}


def _track_entry(element: ET.Element, own: ET.Element | None) -> Entry:
    found: Entry = {"title": _text(element, "title")}
    length = _text(element, "duration")
    if re.fullmatch(r"\d{1,8}", length) and int(length) <= 86_400_000:
        found["duration_s"] = int(length) / 1000
    for pin in element.iterfind(tag("identifier")):
        if (pin.text or "").strip().startswith(PIN):
            found["sha256"] = (pin.text or "").strip()[len(PIN) :]
    if own is None:
        return found
    _refuse_unknown(own, *TRACK, "section", "leave_s")
    if "leave_s" in own.attrib:
        found["leave_s"] = [_number(word) for word in own.get("leave_s", "").split()]
    return {**found, **_numbers(own, TRACK)}


def _refuse_unknown(element: ET.Element, *known: str) -> None:
    """A slip in what only this program writes; what other programs add there has a space of its own."""
    for name in sorted(set(element.keys()) - {*known}):
        if not name.startswith("{"):
            kind = element.tag.rpartition("}")[2]
            nearest = get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]}? " if nearest else ""
            raise ValueError(
                f"{kind} without {name[:40]}, which is not known; {hint}known are {', '.join(known)}"
            )


def _numbers(element: ET.Element, names: tuple[str, ...]) -> Entry:
    return {name: _number(element.get(name, "")) for name in names if name in element.attrib}


def _number(word: str) -> float | str:
    """The number, or the word as it stands, which is then told as a mistake."""
    return float(word) if NUMBER.fullmatch(word.strip()) else word


def _flag(element: ET.Element, name: str) -> Entry:
    said = element.get(name)
    return {} if said is None else {name: {"true": True, "false": False}.get(said, said)}
