"""Looks at a playlist's files before a session; what goes wrong with one of them costs that one alone."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from playlists.check import Checked, Unplayable, check
from playlists.level import levelled
from playlists.model import Place, Playlist, Section

FAILED: Final = "{name} cannot be looked at; please report this: {why}"

log = logging.getLogger(__name__)


def looked_at(playlist: Playlist) -> Checked:
    """As `playlists.check.check`; never fails."""
    try:
        return check(playlist)
    except Exception:
        # A library's fault over one file, that nobody foresaw, must not leave the session without music.
        log.exception("the music files could not be looked at together")
        return _one_by_one(playlist)


def _one_by_one(playlist: Playlist) -> Checked:
    left_out: list[Unplayable] = []
    sections = []
    for number, section in enumerate(playlist.sections):
        tracks = list(section.tracks)
        for index, track in enumerate(section.tracks):
            try:
                alone = check(replace(playlist, sections=(Section(section.name, (track,)),)))
            except Exception as why:  # noqa: BLE001 - was logged with all the others
                reason = FAILED.format(name=track.path.name, why=f"{type(why).__name__}: {why}")
                left_out.append(Unplayable(Place(number, index), track.title, reason))
                continue
            tracks[index] = replace(track, duration_s=alone.playlist.track(Place(0, 0)).duration_s)
            left_out += (replace(item, place=Place(number, index)) for item in alone.unplayable)
        sections.append(replace(section, tracks=tuple(tracks)))
    return Checked(levelled(replace(playlist, sections=tuple(sections))), tuple(left_out))
