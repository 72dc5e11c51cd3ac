"""One file of a clinic checked: what it is, told from its content, and every mistake in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from kapmonitor import settings
from kapmonitor.alarms import limits, soundplan
from kapmonitor.alarms.limitentry import rule_of
from kapmonitor.config.load import beside
from kapmonitor.errors import ConfigError
from kapmonitor.protocol import read as protocol
from kapmonitor.tables import THE_FILE, shown, top
from kapmonitor.textfile import read_text
from playlists import store
from playlists.model import Playlist


class Kind(StrEnum):
    """What a file is for."""

    PROTOCOL = "protocol"
    LIMITS = "limits"
    PLAYLIST = "playlist"
    SETTINGS = "settings"
    SOUNDING = "sounding"


@dataclass(frozen=True, slots=True)
class Checked:
    """One file and its mistakes; `kind` is None where nothing in it says what it is."""

    path: str
    kind: Kind | None
    mistakes: tuple[ConfigError, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A file that another one names at a key, and what it must be."""

    key: str
    file: str
    kind: Kind


_OF: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.PROTOCOL: frozenset(protocol.KEYS) - {"name", "signed_by", "signed_on", "example"},
    Kind.LIMITS: frozenset({"limit"}),
    Kind.PLAYLIST: frozenset(store.KEYS) - {"example"},
    Kind.SETTINGS: frozenset(settings.KEYS),
    Kind.SOUNDING: frozenset({"low", "medium", "high", "levels", "idle_s", "unduck_s"}),
}
"""The keys that only files of a kind have."""
UNKNOWN: Final = (
    "a protocol ([route.im], [[phase]], [[tag]] ...), limits ([[limit]]), a playlist ([[section]]), "
    "settings ([outputs], [records] ...) or times of alarm sounds ([medium], [high] ...)"
)


def check(path: Path) -> tuple[Checked, ...]:
    """The file, then those that it names; ConfigError if it cannot be read at all."""
    return (_foreign(path),) if store.is_foreign(path) else _check(path, read_text(path))


def _foreign(path: Path) -> Checked:
    """A playlist of another program, or a folder of music."""
    found, mistakes = store.look(path)
    return Checked(str(path), Kind.PLAYLIST, tuple(mistakes or _lost(found, path)))


def _check(path: Path, text: str) -> tuple[Checked, ...]:
    table = top(text, str(path))
    if table.mistakes:
        return (Checked(str(path), None, tuple(table.mistakes)),)
    kind = kind_of(table.values)
    if kind is None:
        return (Checked(str(path), None, (ConfigError(str(path), THE_FILE, UNKNOWN),)),)
    mistakes, named = _CHECKS[kind](text, path)
    followed = tuple(_follow(path, each) for each in named)
    wrong = (error for errors, _ in followed for error in errors)
    return (
        Checked(str(path), kind, (*mistakes, *wrong)),
        *(checked for _, found in followed for checked in found),
    )


def _follow(path: Path, named: Named) -> tuple[tuple[ConfigError, ...], tuple[Checked, ...]]:
    """What is wrong with the naming itself, and the named file checked."""
    try:
        file = beside(path, named.file)
        if named.kind is Kind.PLAYLIST and store.is_foreign(file):
            return (), (_foreign(file),)
        text = read_text(file)
    except ConfigError as error:
        return (ConfigError(str(path), named.key, error.allowed, shown(named.file)),), ()
    table = top(text, str(file))
    if not table.mistakes and kind_of(table.values) is not named.kind:
        # what it is instead is not looked into: a file that names itself would never end
        return (ConfigError(str(path), named.key, f"a {named.kind} file", shown(named.file)),), ()
    return (), _check(file, text)


def kind_of(values: Mapping[str, object]) -> Kind | None:
    """What a file is for: the kind of which it has most keys."""
    counts = {kind: len(keys & set(values)) for kind, keys in _OF.items()}
    most = max(counts, key=lambda kind: counts[kind])
    return most if counts[most] else None


_Found = tuple[Sequence[ConfigError], tuple[Named, ...]]
"""Mistakes, and the files that are named."""


def _protocol(text: str, path: Path) -> _Found:
    found, mistakes = protocol.read(text, str(path))
    named = (Named("limits", found.limits, Kind.LIMITS), Named("playlist", found.playlist, Kind.PLAYLIST))
    return mistakes, tuple(each for each in named if each.file)


def _settings(text: str, path: Path) -> _Found:
    found, mistakes = settings.read(text, str(path))
    named = Named(found.protocol.key, found.protocol.value, Kind.PROTOCOL)
    return mistakes, (named,) if named.file else ()


def _playlist(text: str, path: Path) -> _Found:
    found, mistakes = store.read(text, path)
    return mistakes or _lost(found, path), ()


def _lost(found: Playlist, path: Path) -> list[ConfigError]:
    return [
        ConfigError(
            str(path), f"section[{s}].track[{t}].file", "a file that is there", shown(str(track.path))
        )
        for s, section in enumerate(found.sections, start=1)
        for t, track in enumerate(section.tracks, start=1)
        if track.elsewhere is None and not track.path.is_file()
    ]


def _limits(text: str, path: Path) -> _Found:
    """Each limit by itself, and then the file as a whole, which stops at its first mistake."""
    entries = top(text, str(path)).values.get("limit")
    found: list[ConfigError] = []
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        found += _first_mistake(partial(rule_of, entry, f"limit[{number}]", str(path)))
    whole = _first_mistake(partial(limits.parse, text, str(path)))
    return [*found, *(error for error in whole if error.key not in {each.key for each in found})], ()


def _sounding(text: str, path: Path) -> _Found:
    return _first_mistake(partial(soundplan.parse, text, str(path))), ()


def _first_mistake(parse: Callable[[], object]) -> list[ConfigError]:
    try:
        parse()
    except ConfigError as error:
        return [error]
    return []


_CHECKS: Final[Mapping[Kind, Callable[[str, Path], _Found]]] = {
    Kind.PROTOCOL: _protocol,
    Kind.LIMITS: _limits,
    Kind.PLAYLIST: _playlist,
    Kind.SETTINGS: _settings,
    Kind.SOUNDING: _sounding,
}
