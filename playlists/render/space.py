"""What a finished piece goes through: a large soft room, one loudness for all, edges without clicks."""

from __future__ import annotations

from typing import Final

import numpy as np

from playlists.render.tones import RATE, Sound

LOUDNESS_LUFS: Final = -21.0
PEAK_DBFS: Final = -3.0


def room(sound: Sound, seconds: float, rng: np.random.Generator) -> Sound:
    """The sound's reverberation alone, as long as the sound, shape (2, n); high tones die away first."""
    n = int(seconds * RATE)
    t = np.arange(n) / RATE
    tails = []
    for _ in range(2):
        noise = np.fft.rfft(rng.standard_normal(n))
        bins = np.fft.rfftfreq(n, 1 / RATE)
        dark = np.fft.irfft(noise / (1 + (bins / 900) ** 2), n) * np.exp(-6.9 * t / seconds)
        light = np.fft.irfft(noise / (1 + (bins / 3_500) ** 2), n) * np.exp(-6.9 * t / (seconds * 0.45))
        tails.append(dark + 0.5 * light)
    tail = np.stack((tails[0] + 0.4 * tails[1], tails[1] + 0.4 * tails[0]))
    tail *= np.minimum(1.0, t / 0.05) / np.sqrt(np.sum(tail**2) / 2)
    size = 1 << (sound.shape[1] + n - 1).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(tail, size), size)
    return np.asarray(wet[:, : sound.shape[1]])


def without_rumble(sound: Sound) -> Sound:
    """The sound without what no loudspeaker of a treatment room can play: below 30 Hz, above 12 kHz."""
    bins = np.maximum(np.fft.rfftfreq(sound.shape[1], 1 / RATE), 0.1)
    keep = 1 / np.sqrt(1 + (30 / bins) ** 6) / np.sqrt(1 + (bins / 12_000) ** 6)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * keep, sound.shape[1]))


def _k_weight(n: int) -> Sound:
    """Magnitude of the K-weighting filters at 48 kHz (ITU-R BS.1770, both stages) for a transform of n."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(n))
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high_pass = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return np.asarray(np.abs(shelf * high_pass))


def loudness_lufs(sound: Sound) -> float:
    """Programme loudness with both gates (ITU-R BS.1770), shape (2, n) at 48 kHz; -inf for silence."""
    weighted = np.fft.irfft(np.fft.rfft(sound) * _k_weight(sound.shape[1]), sound.shape[1])
    block, hop = int(0.4 * RATE), int(0.1 * RATE)
    sums = np.concatenate(([0.0], np.cumsum(np.sum(weighted**2, axis=0))))
    starts = np.arange(0, sound.shape[1] - block + 1, hop)
    power = (sums[starts + block] - sums[starts]) / block
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    if power.size == 0:
        return float("-inf")
    power = power[power > np.mean(power) / 10]
    return float(-0.691 + 10 * np.log10(np.mean(power)))


def finish(sound: Sound, fade_in_s: float, fade_out_s: float) -> Sound:
    """The piece as it is stored: filtered, at LOUDNESS_LUFS, faded at both ends.

    Fails with ValueError where that loudness would put a peak above PEAK_DBFS.
    """
    clean = without_rumble(sound)
    clean *= 10 ** ((LOUDNESS_LUFS - loudness_lufs(clean)) / 20)
    peak_dbfs = 20 * np.log10(np.max(np.abs(clean)))
    if peak_dbfs > PEAK_DBFS:
        raise ValueError(f"peak at {peak_dbfs:.1f} dBFS: make the piece more even")
    rise, fall = int(fade_in_s * RATE), int(fade_out_s * RATE)
    clean[:, :rise] *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, rise))
    clean[:, -fall:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall))
    return clean
