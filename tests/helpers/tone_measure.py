"""How much of an alarm's tone is in a recording, told apart from the clicks of a busy sound server."""

from dataclasses import dataclass

import numpy as np

from kapmonitor.alarms.tones import BURSTS, RATE, render

LOWEST_HZ = 250
"""Below is the tests' music, above is every harmonic of an alarm, also when shifted."""
STEP_RATE = 5_000
"""Places a second at which a pulse is looked for; no harmonic that counts is higher."""
SHIFTS_HZ = tuple(range(30, 151, 8))
MARGIN = 3.0
NOTHING = 5e-5
"""The gain from which on a tone counts as heard."""


@dataclass(frozen=True)
class Match:
    """For each place, the gain of a pulse that begins there, and the greatest one of its neighbours."""

    tone: np.ndarray
    neighbours: np.ndarray

    @property
    def gain(self):
        """The greatest gain of the tone that clicks do not explain, 1 being full scale."""
        return float(np.max(self.tone - MARGIN * self.neighbours, initial=0.0))

    @property
    def clear(self):
        """The share of places at which a tone of `NOTHING` would have been found."""
        return float(np.mean(self.neighbours * MARGIN < NOTHING))


def match(samples, sound):
    """Look for a tone's first pulse, and for the same pulse with all harmonics some hertz higher or lower.

    A gap or a jump in a recording is a click, which has all frequencies: whatever it has of the tone, it has
    of the tone's neighbours at the very same place. A tone has nothing there.
    """
    pulse = render(sound)[: round(BURSTS[sound].pulse_s * RATE)] / 32_768
    size = 1 << (len(samples) + len(pulse)).bit_length()
    width_hz = RATE / size
    bins = round(STEP_RATE / width_hz)
    heard = np.fft.rfft(np.asarray(samples, float), size)[:bins]
    heard[: round(LOWEST_HZ / width_hz)] = 0
    wanted = np.conj(np.fft.rfft(pulse, size)[:bins])
    # Half of a real signal's spectrum and a size of `bins`: what comes out is one half of the match.
    scale = 2 * bins / size / (pulse @ pulse)

    def at(shift_hz):
        return np.abs(np.fft.ifft(heard * np.roll(wanted, round(shift_hz / width_hz)))) * scale

    places = len(samples) * bins // size
    beside = [at(sign * shift)[:places] for shift in SHIFTS_HZ for sign in (1, -1)]
    return Match(at(0)[:places], np.max(beside, axis=0))
