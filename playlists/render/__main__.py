"""Renders the example music and writes the playlist that names it: `python -m playlists.render FOLDER`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

import numpy as np

from playlists.check import fingerprint
from playlists.render.pieces import PIECES, Piece, compose
from playlists.render.tones import RATE, Sound

SEED: Final = 7
OPUS_EFFORT: Final = 0.885
"""libsndfile's compression level; about 72 kbit/s for stereo."""

BLOCK: Final = RATE // 10

HEAD: Final = """\
# An example, to hear how the console plays: seven pieces made for this program by playlists.render.
# It is far too short for a session. Copy this file, name your own music in it, and choose it in the settings.
title = "Example music"
example = true
crossfade_s = 12       # where one track follows another of itself
quick_fade_s = 4       # where a person asked for it: next, ground
phase_wait_s = 45      # the longest that a change of phase waits for a place to leave the music
"""

PHASES: Final = {
    "Preparation": '["preparation", "baseline"]',
    "Onset": '["dosing", "onset"]',
    "Peak": '["peak"]',
    "Return": '["return"]',
    "Integration": '["integration", "discharge"]',
}


def write_opus(path: Path, sound: Sound) -> None:
    """Store a piece as Ogg Opus, shape (2, n) at 48 kHz."""
    import soundfile

    frames = np.ascontiguousarray(sound.T, dtype=np.float32)
    with soundfile.SoundFile(
        str(path), "w", RATE, 2, format="OGG", subtype="OPUS", compression_level=OPUS_EFFORT
    ) as file:
        for start in range(0, len(frames), BLOCK):
            file.write(frames[start : start + BLOCK])


def _section(name: str) -> str:
    bound = f"phases = {PHASES[name]}" if name in PHASES else "grounding = true"
    return f'\n[[section]]\nname = "{name}"\n{bound}\nafter = "repeat"\n'


def _track(piece: Piece, path: Path) -> str:
    leave = ", ".join(f"{t:g}" for t in piece.leave_s)
    return (
        f'\n[[section.track]]\nfile = "{path.name}"\ntitle = "{piece.title}"\n'
        f'duration_s = {piece.seconds:g}\nleave_s = [{leave}]\nsha256 = "{fingerprint(path)}"\n'
    )


def main() -> int:
    """Render every piece into a folder, with example.toml."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    text, section = HEAD, ""
    for piece in PIECES:
        sys.stdout.write(f"{piece.section}: {piece.title}, {piece.seconds:.0f} s\n")
        path = folder / f"{piece.slug}.opus"
        write_opus(path, compose(piece, SEED))
        text += _section(piece.section) if piece.section != section else ""
        text += _track(piece, path)
        section = piece.section
    (folder / "example.toml").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
