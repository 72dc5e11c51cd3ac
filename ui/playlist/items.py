"""What can be taken from a folder, as lines to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from playlists.folder import natural
from playlists.formats import MUSIC
from playlists.library import Piece, named
from playlists.store import FOREIGN
from ui import format as fmt
from ui.playlist import wording

LISTS: Final = frozenset(FOREIGN) | {".toml"}


class Purpose(StrEnum):
    """What somebody looks for."""

    ADD = "add"
    OPEN = "open"
    SAVE = "save"


class Kind(StrEnum):
    """What a line stands for."""

    UP = "up"
    FOLDER = "folder"
    LIST = "list"
    MUSIC = "music"


@dataclass(frozen=True, slots=True)
class Item:
    """One line; `piece` is what a scan found of it."""

    kind: Kind
    path: Path
    name: str
    right: str = ""
    trouble: str = ""
    piece: Piece | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All lines of a folder."""

    folder: Path
    items: tuple[Item, ...]


def listing(folder: Path, purpose: Purpose) -> Iterator[object]:
    """A Listing of the folder; OSError where it cannot be read."""
    folders, files = list[Path](), list[Path]()
    wanted = MUSIC | LISTS if purpose is Purpose.ADD else LISTS
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            folders.append(path)
        elif path.suffix.lower() in wanted:
            files.append(path)
    up = (Item(Kind.UP, folder.parent, "..", wording.UP),) if folder.parent != folder else ()
    below = (Item(Kind.FOLDER, path, path.name, wording.FOLDER) for path in sorted(folders, key=natural))
    yield Listing(folder, (*up, *below, *(_file(path) for path in sorted(files, key=natural))))


def _file(path: Path) -> Item:
    if path.suffix.lower() in LISTS:
        return Item(Kind.LIST, path, path.name, wording.LIST)
    return Item(Kind.MUSIC, path, path.name)


def scanned(piece: Piece) -> Item:
    """A file that a scan looked at."""
    length = fmt.duration(round(piece.duration_s) * fmt.SECOND_NS) if piece.duration_s else ""
    name = piece.path.name if piece.problem else named(piece)
    return Item(Kind.MUSIC, piece.path, name, length, piece.problem, piece)


def matching(items: tuple[Item, ...], words: str, folder: Path) -> tuple[Item, ...]:
    """Those that have each of the words somewhere in their name, or in their way from the folder."""
    wanted = words.casefold().split()
    return tuple(
        item for item in items if item.kind is Kind.UP or all(word in _said(item, folder) for word in wanted)
    )


def _said(item: Item, folder: Path) -> str:
    way = item.path.relative_to(folder) if item.path.is_relative_to(folder) else item.path.name
    return f"{item.name} {way}".casefold()
