"""Which track comes after which; tracks that cannot be played are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from playlists.model import After, Place, Playlist

Missing = frozenset[Place]


@dataclass(frozen=True, slots=True)
class Coming:
    """A track that comes; `if_moved` where it comes only once somebody moves the session on."""

    place: Place
    if_moved: bool = False


def first_in(playlist: Playlist, section: int, missing: Missing) -> Place | None:
    """The first playable track of a section."""
    tracks = range(len(playlist.sections[section].tracks))
    return next((Place(section, t) for t in tracks if Place(section, t) not in missing), None)


def first_after(playlist: Playlist, section: int, missing: Missing) -> Place | None:
    """The first playable track of the sections after this one; grounding is never come upon in passing."""
    for number in range(section + 1, len(playlist.sections)):
        if not playlist.sections[number].grounding:
            place = first_in(playlist, number, missing)
            if place is not None:
                return place
    return None


def first_before(playlist: Playlist, section: int, missing: Missing) -> int | None:
    """The nearest section before this one in which anything can be played, grounding aside."""
    earlier = (n for n in reversed(range(section)) if not playlist.sections[n].grounding)
    return next((n for n in earlier if first_in(playlist, n, missing) is not None), None)


def rest_of(playlist: Playlist, place: Place, missing: Missing) -> Place | None:
    """The next playable track within the same section."""
    tracks = range(place.track + 1, len(playlist.sections[place.section].tracks))
    found = (Place(place.section, t) for t in tracks)
    return next((p for p in found if p not in missing), None)


def following(playlist: Playlist, place: Place, missing: Missing, *, stay: bool) -> Place | None:
    """What follows of itself; with `stay` the section goes round. None where the music ends."""
    within = rest_of(playlist, place, missing)
    if within is not None:
        return within
    section = playlist.section(place)
    if not stay and section.after is After.STOP:
        return None
    onward = None
    if not stay and section.after is After.NEXT:
        onward = first_after(playlist, place.section, missing)
    return onward or first_in(playlist, place.section, missing)


def asked_next(playlist: Playlist, place: Place, missing: Missing, *, stay: bool) -> Place | None:
    """What a person who asks for the next track gets: after a section's last one the next section."""
    within = rest_of(playlist, place, missing)
    onward = None if stay else first_after(playlist, place.section, missing)
    return within or onward or first_in(playlist, place.section, missing)


def coming(
    playlist: Playlist, place: Place, missing: Missing, *, stay: bool, rows: int
) -> tuple[Coming, ...]:
    """The next tracks: first what follows of itself, once round; then what a later phase would bring."""
    certain = list(islice(_round(playlist, place, missing, stay=stay), rows))
    last = max((c.section for c in certain), default=place.section)
    later = (
        p
        for p in playlist.places()
        if not stay and p.section > last and p not in missing and not playlist.section(p).grounding
    )
    return (
        *(Coming(p) for p in certain),
        *(Coming(p, if_moved=True) for p in islice(later, rows - len(certain))),
    )


def _round(playlist: Playlist, place: Place, missing: Missing, *, stay: bool) -> Iterator[Place]:
    seen = {place}
    after = following(playlist, place, missing, stay=stay)
    while after is not None and after not in seen:
        yield after
        seen.add(after)
        after = following(playlist, after, missing, stay=stay)
