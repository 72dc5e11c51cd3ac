"""Looks at recorded music: silence where none should be, clicks, loudness; and makes music that shows them.

The left channel is a steady tone, in which a click stands out; the right one is noise, in which silence does.
"""

import numpy as np
import soundfile

from playlists.course import RATE
from playlists.loudness import Meter

HZ = 207.3
"""No whole number of waves in a second or a block of the engine: a step there must not always meet a zero."""
SILENT = 1e-4
CLICK_DBFS = -60.0


def made(path, seconds, *, level=0.1, seed=1, start=0):
    """A FLAC file of tone and noise; `start` is the sample at which the tone's wave goes on."""
    n = np.arange(start, start + round(seconds * RATE))
    noise = np.random.default_rng(seed).normal(0, level, len(n))
    sound = np.column_stack((2 * level * np.sin(2 * np.pi * HZ * n / RATE), np.clip(noise, -0.99, 0.99)))
    soundfile.write(path, sound, RATE, subtype="PCM_24")
    return path


def silences(frames):
    """(start, length) in samples of each run in which the noise is silent, 24 samples or longer."""
    quiet = np.concatenate(([False], np.abs(frames[:, 1]) < SILENT, [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(quiet))
    runs = edges.reshape(-1, 2)
    return [(int(a), int(b - a)) for a, b in runs if b - a >= 24]


def click_dbfs(frames):
    """The largest bend of the tone beyond what a tone as high as its highest sample has, in dBFS."""
    if len(frames) < 3:
        return -200.0
    wave = frames[:, 0].astype(np.float64)
    bend = float(np.abs(np.diff(wave, n=2)).max()) - np.abs(wave).max() * (2 * np.pi * HZ / RATE) ** 2
    return 20 * np.log10(max(bend, 1e-10))


def lufs(frames):
    """How loud this is, EBU R128; None where it is silent."""
    meter = Meter(RATE, frames.shape[1])
    meter.push(np.ascontiguousarray(frames, dtype=np.float32))
    found = meter.finish()
    return None if found is None else found.lufs


def power_db(frames, seconds=0.2):
    """The noise's power in consecutive windows, in dB."""
    size = round(seconds * RATE)
    blocks = frames[: len(frames) // size * size, 1].astype(np.float64).reshape(-1, size)
    return 10 * np.log10(np.mean(blocks**2, axis=1) + 1e-12)
