"""M3U, M3U8 and PLS playlists, as if they stood in one of ours: one section that no phase brings on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from playlists.locations import from_line

Entry = dict[str, object]


def m3u(data: bytes, path: Path) -> Mapping[str, object]:
    """The files of an M3U or M3U8 playlist, with the titles and lengths of its extended form."""
    title, tracks, about = path.stem, list[Entry](), Entry()
    for line in _text(data).splitlines():
        word = line.strip()
        if word.upper().startswith("#EXTINF:"):
            about = _extinf(word[8:])
        elif word.upper().startswith("#PLAYLIST:"):
            title = word[10:].strip() or title
        elif word and not word.startswith("#"):
            tracks.append({"file": from_line(word), **about})
            about = {}
    return single(title, tracks)


def pls(data: bytes, path: Path) -> Mapping[str, object]:
    """The files of a PLS playlist, in the order of their numbers."""
    tracks: dict[int, Entry] = {}
    for line in _text(data).splitlines():
        found = re.fullmatch(r"\s*(file|title|length)(\d{1,6})\s*=\s*(.*?)\s*", line, re.IGNORECASE)
        if found and found[3]:
            track = tracks.setdefault(int(found[2]), {})
            track.update(_pls_value(found[1].lower(), found[3]))
    return single(path.stem, [tracks[number] for number in sorted(tracks) if "file" in tracks[number]])


def single(title: str, tracks: Sequence[Entry]) -> Mapping[str, object]:
    """All tracks in one section."""
    return {"title": title, "section": [{"name": title, "track": list(tracks)}]}


def _pls_value(key: str, value: str) -> Entry:
    if key == "file":
        return {"file": from_line(value)}
    return {"title": value} if key == "title" else _length(value)


def _extinf(text: str) -> Entry:
    """Seconds, perhaps attributes, a comma and the title."""
    length, _, title = text.partition(",")
    about = _length(length.split(" ")[0])
    return {**about, "title": title.strip()} if title.strip() else about


def _length(text: str) -> Entry:
    """Whole seconds; players write -1 where they do not know."""
    return {"duration_s": int(text)} if re.fullmatch(r"\d{1,5}", text) and int(text) <= 86_400 else {}


def _text(data: bytes) -> str:
    """UTF-8, or what Windows wrote before it."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
