"""The example music itself: seven pieces of chords, bells and air, each a row of data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from playlists.render.space import finish, room
from playlists.render.tones import RATE, Sound, air, bell, drift, drone, pad, tide

LEAD_S: Final = 5.0
"""Chords begin this much before the piece does, so that it opens on a sounding chord."""

FADE_IN_S: Final = 2.5
FADE_OUT_S: Final = 3.5


@dataclass(frozen=True, slots=True)
class Bells:
    """Single tones over the chords: about one each `every_s`, from `notes`."""

    notes: tuple[str, ...]
    every_s: float
    level: float
    decay_s: float = 4.5
    attack_s: float = 0.09


@dataclass(frozen=True, slots=True)
class Air:
    """Breath (even) or water (uneven) beneath the chords, coming each `period_s`."""

    period_s: float
    low_hz: float
    high_hz: float
    level: float
    even: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: chords of `chord_s` each, an arc of brightness and of level from first to last second."""

    slug: str
    title: str
    section: str
    chord_s: float
    chords: tuple[tuple[str, ...], ...]
    bright: tuple[float, ...]
    arc_db: tuple[float, ...]
    drones: tuple[tuple[str, float], ...] = ()
    bells: Bells | None = None
    air: tuple[Air, ...] = field(default=())
    wet: float = 0.5

    @property
    def seconds(self) -> float:
        return self.chord_s * len(self.chords)

    @property
    def leave_s(self) -> tuple[float, ...]:
        """Where a chord ends and the music may be left; not in the first or last 20 seconds."""
        times = (i * self.chord_s for i in range(1, len(self.chords)))
        return tuple(t for t in times if 20 <= t <= self.seconds - 20)


_D = ("D3", "A3", "F#4", "D4")
_G = ("G3", "D4", "B3", "D3")
_BM = ("B3", "D4", "F#4", "B2")
_A = ("A3", "E4", "C#4", "A2")
_DADD = ("D3", "A3", "E4", "F#4")
_GMAJ = ("G2", "D3", "B3", "F#4")
_FSM = ("F#3", "A3", "C#4", "F#2")
_DSUS = ("D3", "A3", "E4", "D2")
_OPEN = ("D2", "A2", "D3", "A3")
_HIGH = ("D3", "A3", "E4", "B4")
_QUINT = ("G2", "D3", "A3", "E4")
_SIXTH = ("B2", "F#3", "D4", "A3")

PIECES: Final = (
    Piece(
        slug="lamplight",
        title="Lamplight",
        section="Preparation",
        chord_s=12.0,
        chords=(_D, _GMAJ, _DADD, _BM, _GMAJ, _D, _FSM, _BM, _GMAJ, _DADD),
        bright=(0.25, 0.4, 0.3),
        arc_db=(-1, 0, -1),
        drones=(("D2", 0.25),),
        bells=Bells(("A4", "B4", "D5", "E5", "F#5"), every_s=5.5, level=0.26),
        air=(Air(period_s=11.0, low_hz=250, high_hz=1_600, level=0.05, even=True),),
    ),
    Piece(
        slug="first-tide",
        title="First Tide",
        section="Onset",
        chord_s=14.0,
        chords=(_DSUS, _QUINT, _DSUS, _GMAJ, _HIGH, _QUINT, _DADD, _SIXTH, _GMAJ, _DADD),
        bright=(0.1, 0.3, 0.55, 0.45),
        arc_db=(-3, -1, 0, 0),
        drones=(("D2", 0.45), ("A2", 0.25)),
        bells=Bells(("D5", "A4", "E5"), every_s=13.0, level=0.14, decay_s=6.0, attack_s=0.2),
        air=(
            Air(period_s=12.5, low_hz=180, high_hz=2_600, level=0.15),
            Air(period_s=19.0, low_hz=90, high_hz=500, level=0.12),
        ),
    ),
    Piece(
        slug="wide-water",
        title="Wide Water",
        section="Peak",
        chord_s=16.0,
        chords=(_HIGH, _QUINT, _SIXTH, _HIGH, _GMAJ, _QUINT, _SIXTH, _DADD, _QUINT),
        bright=(0.55, 0.85, 0.55, 0.95, 0.6),
        arc_db=(-1, 0.5, -0.5, 1, -0.5),
        drones=(("D2", 0.55), ("A2", 0.4), ("D3", 0.2)),
        air=(Air(period_s=16.0, low_hz=200, high_hz=3_000, level=0.11),),
        wet=0.8,
    ),
    Piece(
        slug="high-meadow",
        title="High Meadow",
        section="Peak",
        chord_s=14.0,
        chords=(_GMAJ, _DADD, _A, _SIXTH, _GMAJ, _HIGH, _DADD, _FSM, _GMAJ, _D),
        bright=(0.5, 0.75, 1.0, 0.65),
        arc_db=(-1, 0, 1, -0.5),
        drones=(("D2", 0.35), ("D3", 0.2)),
        bells=Bells(("D5", "E5", "A5", "B4"), every_s=9.0, level=0.13, decay_s=7.0, attack_s=0.3),
        air=(Air(period_s=14.0, low_hz=500, high_hz=3_500, level=0.05),),
        wet=0.8,
    ),
    Piece(
        slug="morning-window",
        title="Morning Window",
        section="Return",
        chord_s=13.0,
        chords=(_GMAJ, _D, _BM, _G, _DADD, _A, _G, _D, _G, _D),
        bright=(0.5, 0.45, 0.35),
        arc_db=(0, 0, -1.5),
        drones=(("D2", 0.22),),
        bells=Bells(("D4", "A4", "B4", "D5", "F#5", "E5"), every_s=3.2, level=0.26),
        air=(Air(period_s=13.0, low_hz=400, high_hz=2_500, level=0.04),),
    ),
    Piece(
        slug="walking-home",
        title="Walking Home",
        section="Integration",
        chord_s=11.0,
        chords=(_D, _G, _D, _BM, _G, _A, _D, _FSM, _G, _D),
        bright=(0.3, 0.4, 0.25),
        arc_db=(-0.5, 0, -1.5),
        drones=(("D2", 0.15),),
        bells=Bells(("D4", "F#4", "A4", "B4", "D5"), every_s=2.2, level=0.32, decay_s=3.0, attack_s=0.05),
        wet=0.4,
    ),
    Piece(
        slug="stone-and-breath",
        title="Stone and Breath",
        section="Grounding",
        chord_s=20.0,
        chords=(_OPEN, ("D2", "A2", "D3"), _OPEN, ("D2", "G2", "D3"), _OPEN),
        bright=(0.05, 0.1, 0.05),
        arc_db=(0, 0, 0),
        drones=(("D2", 0.9), ("A2", 0.35)),
        air=(Air(period_s=10.0, low_hz=200, high_hz=1_100, level=0.24, even=True),),
        wet=0.3,
    ),
)


def _curve(points: tuple[float, ...], n: int) -> Sound:
    """A curve of n values through equally spaced points, rounded at each."""
    at = np.linspace(0, len(points) - 1, n)
    base = np.minimum(at.astype(np.int64), len(points) - 2)
    part = 0.5 - 0.5 * np.cos(np.pi * (at - base))
    values = np.asarray(points)
    return np.asarray(values[base] * (1 - part) + values[base + 1] * part)


def _add(mix: Sound, sound: Sound, at_s: float, level: float) -> None:
    start = int(at_s * RATE)
    first, last = max(0, -start), min(sound.shape[1], mix.shape[1] - start)
    if last > first:
        mix[:, start + first : start + last] += level * sound[:, first:last]


def _chords(piece: Piece, mix: Sound, rng: np.random.Generator, seed: int) -> None:
    n = mix.shape[1]
    bright = np.clip(_curve(piece.bright, n) * drift(n, rng, 17.0, 2.0), 0.0, 1.0)
    for i, chord in enumerate(piece.chords):
        at_s = i * piece.chord_s - LEAD_S
        last = i == len(piece.chords) - 1
        length_s = piece.chord_s + (LEAD_S + 7.0 if last else 6.5)
        shade = bright[max(0, int(at_s * RATE)) :]
        shade = np.pad(shade, (0, max(0, int(length_s * RATE) - shade.size)), mode="edge")
        for note in chord:
            _add(mix, pad(note, length_s, shade, rng, seed), at_s, 0.5 / len(chord) ** 0.5)


def _bells(piece: Piece, rng: np.random.Generator) -> Sound:
    sound = np.zeros((2, int(piece.seconds * RATE)))
    if piece.bells is None:
        return sound
    at_s, before = rng.uniform(4, 7), ""
    while at_s < piece.seconds - 8:
        note = str(rng.choice([note for note in piece.bells.notes if note != before]))
        level = piece.bells.level * rng.uniform(0.55, 1.0)
        _add(sound, bell(note, rng, piece.bells.decay_s, piece.bells.attack_s), at_s, level)
        at_s, before = at_s + piece.bells.every_s * rng.uniform(0.7, 1.4), note
    return sound


def compose(piece: Piece, seed: int) -> Sound:
    """The finished piece, shape (2, n) at 48 kHz; the same for the same seed."""
    rng = np.random.default_rng([seed, *piece.slug.encode()])
    n = int(piece.seconds * RATE)
    mix = np.zeros((2, n))
    _chords(piece, mix, rng, seed)
    for note, level in piece.drones:
        mix += 0.5 * level * drone(note, piece.seconds, rng, seed)
    for layer in piece.air:
        gain = 0.25 + 0.75 * tide(n, layer.period_s, rng, even=layer.even)
        mix += layer.level * gain * air(n, layer.low_hz, layer.high_hz, rng)
    bells = _bells(piece, rng)
    mix += bells + piece.wet * 0.6 * room(mix + 1.6 * bells, 6.0, rng)
    mix *= 10 ** (_curve(piece.arc_db, n) / 20)
    return finish(mix, FADE_IN_S, FADE_OUT_S)
