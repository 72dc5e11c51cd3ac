"""What was done to a playlist, as the values it had: undone and redone exactly. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from playlists.model import Playlist

MOST: Final = 500
"""More steps back are not kept."""


@dataclass(frozen=True, slots=True)
class History:
    """The playlist as it is, what it was before, what undoing took back, and how it stands in its file."""

    now: Playlist
    past: tuple[Playlist, ...] = ()
    ahead: tuple[Playlist, ...] = ()
    saved: Playlist | None = None

    @property
    def is_unsaved(self) -> bool:
        """Whether the file says something else; an empty list that has no file is nobody's work."""
        return self.now != self.saved and (self.saved is not None or bool(self.now.sections))


def did(history: History, playlist: Playlist) -> History:
    """One more step; what changes nothing is none."""
    if playlist == history.now:
        return history
    return replace(history, now=playlist, past=(*history.past, history.now)[-MOST:], ahead=())


def undone(history: History) -> History:
    """One step back, if there is one."""
    if not history.past:
        return history
    *past, before = history.past
    return replace(history, now=before, past=tuple(past), ahead=(history.now, *history.ahead))


def redone(history: History) -> History:
    """One step on again, if there is one."""
    if not history.ahead:
        return history
    after, *ahead = history.ahead
    return replace(history, now=after, past=(*history.past, history.now)[-MOST:], ahead=tuple(ahead))


def saved(history: History, playlist: Playlist) -> History:
    """This is what stands in the file from now on."""
    return replace(history, saved=playlist)
