"""The tracks that are open: those that sound, by voice, and those that may soon, by place."""

from __future__ import annotations

from collections.abc import Mapping

from playlists.course import CueState
from playlists.model import Place, Playlist, Track
from playlists.order import asked_next, first_in, following
from ui.music.decoder import Joined, Stream


def wanted(playlist: Playlist, state: CueState) -> tuple[Place, ...]:
    """Places that may begin soon: what is decided, what follows, what a key may ask for."""
    grounding = playlist.grounding()
    places = [
        state.pending.place if state.pending else None,
        None if state.voices else state.place,
        None if grounding is None else first_in(playlist, grounding, state.missing),
    ]
    if state.place is not None:
        places.append(following(playlist, state.place, state.missing, stay=state.stay))
        places.append(asked_next(playlist, state.place, state.missing, stay=state.stay))
    return tuple(dict.fromkeys(place for place in places if place is not None))


def _start(state: CueState, place: Place) -> int:
    """At which frame a place begins: elsewhere than at its beginning only where somebody seeks."""
    pending = state.pending
    return pending.at or 0 if pending is not None and pending.place == place else 0


def joined(playlist: Playlist, place: Place) -> Joined:
    """The neighbours that a track is joined to without a gap, where neither is trimmed at the join."""
    tracks = playlist.section(place).tracks
    before = tracks[place.track - 1] if place.track > 0 else None
    own = tracks[place.track]
    after = tracks[place.track + 1] if place.track + 1 < len(tracks) else None
    return Joined(
        before.path if before is not None and _meet(before, own) else None,
        after.path if after is not None and _meet(own, after) else None,
    )


def _meet(first: Track, second: Track) -> bool:
    return first.fade_s == 0.0 and first.end_s is None and second.start_s == 0.0


class Shelf:
    """Opens tracks before they are needed and closes them when they no longer are; one thread uses it."""

    def __init__(self, playlist: Playlist) -> None:
        self._playlist = playlist
        self._voices: dict[int, Stream] = {}
        self._waiting: dict[Place, Stream] = {}

    def use(self, playlist: Playlist) -> None:
        """The same playlist with its files looked at again."""
        self._playlist = playlist

    @property
    def voices(self) -> Mapping[int, Stream]:
        return self._voices

    @property
    def waiting(self) -> Mapping[Place, Stream]:
        return self._waiting

    def ready(self) -> frozenset[Place]:
        """Places that can begin at once."""
        return frozenset(place for place, stream in self._waiting.items() if stream.ready)

    def tidy(self, state: CueState) -> None:
        """Open what may be needed, close what ended."""
        places = wanted(self._playlist, state)
        for place in tuple(self._waiting):
            if place not in places or self._waiting[place].at != _start(state, place):
                self.drop(place)
        for place in places:
            if place not in self._waiting:
                self._waiting[place] = Stream(
                    self._playlist.track(place), _start(state, place), joined(self._playlist, place)
                )
        sounding = {voice.id for voice in state.voices}
        for voice in tuple(self._voices):
            if voice not in sounding:
                self._voices.pop(voice).close()

    def begin(self, voice: int, place: Place) -> None:
        """A waiting track sounds from now on; asking again changes nothing."""
        if voice not in self._voices:
            self._voices[voice] = self._waiting.pop(place)

    def fingerprint(self, place: Place) -> str | None:
        """The SHA-256 of a track's file; None while that is being read, '' where it is not open."""
        path = self._playlist.track(place).path
        streams = (*self._voices.values(), *self._waiting.values())
        stream = next((stream for stream in streams if stream.track.path == path), None)
        return "" if stream is None else stream.sha256

    def drop(self, place: Place) -> None:
        """Close a waiting track, if there is one."""
        stream = self._waiting.pop(place, None)
        if stream is not None:
            stream.close()

    def close(self) -> None:
        """Let every file go; the reading threads end by themselves."""
        for stream in (*self._voices.values(), *self._waiting.values()):
            stream.close()

    def join(self, timeout_s: float) -> None:
        """Wait for the reading threads after `close()`."""
        for stream in (*self._voices.values(), *self._waiting.values()):
            stream.join(timeout_s)
