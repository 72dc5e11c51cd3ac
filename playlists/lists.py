"""M3U, M3U8 and PLS playlists, as if they stood in one of ours: one section that no phase brings on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from playlists.edits import one_line
from playlists.locations import from_line

Entry = dict[str, object]

UNTITLED: Final = "Playlist"
TITLED: Final = re.compile(r'((?:[^",]|"[^"]*")*),(.*)')
"""Seconds and attributes, which may hold commas between quotes; then the title."""
SAID: Final = re.compile(rb"^#EXTENC:[ \t]*([\w.:-]{1,40})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
ENCODING: Final = re.compile(
    r"utf-?(8|16)|(windows|cp|ibm)-?\d+|(iso-?|latin-?)[\d-]+|koi8-?[a-z]|shift[-_]?jis|euc-?[a-z]+|gb[k\d]+|big5",
    re.IGNORECASE,
)
"""What text is written in; Python has others, which are no text's."""


def m3u(data: bytes, path: Path) -> Mapping[str, object]:
    """The files of an M3U or M3U8 playlist, with the titles and lengths of its extended form."""
    title, tracks, about = path.stem, list[Entry](), Entry()
    for line in _lines(data):
        word = line.strip()
        if word.upper().startswith("#EXTINF:"):
            about = _extinf(word[8:])
        elif word.upper().startswith("#PLAYLIST:"):
            title = one_line(word[10:]) or title
        elif word and not word.startswith("#"):
            tracks.append({"file": from_line(word, path.parent), **about})
            about = {}
    return single(title, tracks)


def pls(data: bytes, path: Path) -> Mapping[str, object]:
    """The files of a PLS playlist, in the order of their numbers."""
    tracks: dict[int, Entry] = {}
    for line in _lines(data):
        found = re.fullmatch(r"\s*(file|title|length)(\d{1,6})\s*=\s*(.*?)\s*", line, re.IGNORECASE)
        if found and found[3]:
            track = tracks.setdefault(int(found[2]), {})
            track.update(_pls_value(found[1].lower(), found[3], path.parent))
    return single(path.stem, [tracks[number] for number in sorted(tracks) if "file" in tracks[number]])


def single(title: str, tracks: Sequence[Entry]) -> Mapping[str, object]:
    """All tracks in one section."""
    name = one_line(title) or UNTITLED
    return {"title": name, "section": [{"name": name, "track": list(tracks)}]}


def _pls_value(key: str, value: str, folder: Path) -> Entry:
    if key == "file":
        return {"file": from_line(value, folder)}
    return {"title": one_line(value)} if key == "title" else _length(value)


def _extinf(text: str) -> Entry:
    """Seconds, perhaps attributes, a comma and the title."""
    found = TITLED.fullmatch(text)
    length, title = found.groups() if found else text.partition(",")[::2]
    about, name = _length(length.split(" ")[0]), one_line(title)
    return {**about, "title": name} if name else about


def _length(text: str) -> Entry:
    """Seconds; players write -1 where they do not know."""
    known = re.fullmatch(r"\d{1,5}(\.\d{1,9})?", text) and float(text) <= 86_400
    return {"duration_s": float(text)} if known else {}


def _lines(data: bytes) -> list[str]:
    """Titles may hold what Unicode calls the end of a line and no playlist does."""
    return re.split(r"\r\n|\n|\r", _text(data))


def _text(data: bytes) -> str:
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return data.decode("latin-1")


def _encodings(data: bytes) -> Iterator[str]:
    """By its mark, as it says itself, UTF-8, or what Windows wrote before that."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16"
    if data[:4:2].count(0) == 0 and data[1:4:2] == b"\0\0":
        yield "utf-16-le"
    said = SAID.search(data[:4_096])
    if said is not None and ENCODING.fullmatch(said[1].decode("ascii", "replace")):
        yield said[1].decode("ascii")
    yield from ("utf-8-sig", "cp1252")
