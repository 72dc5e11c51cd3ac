"""What one output plays: bursts again and again, a chime in between, silence otherwise; counted in frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kapmonitor.alarms.signals import SoundName, Tone
from kapmonitor.alarms.tones import RATE, Samples

FADE: Final = RATE // 50
"""A burst that is cut goes quiet in this many frames, so that cutting it is no click."""
SCALE: Final = 1 / 32_768
Frames = NDArray[np.float32]


class Channel:
    """Made of frames alone: whoever takes them decides how fast time passes."""

    def __init__(self, tones: Mapping[SoundName, Samples]) -> None:
        self._tones = tones
        self._tone: Tone | None = None
        self._gap = 0
        self._name = ""
        self._burst: Frames = np.zeros(0, dtype=np.float32)
        self._once: Tone | None = None
        self.bursts = 0

    @property
    def playing(self) -> str:
        """The tone under way or waiting for its next burst, '' in silence."""
        return self._name or (self._tone.sound.value if self._tone is not None else "")

    def want(self, tone: Tone | None, *, finish: bool = False) -> None:
        """Play this again and again; another tone, or a louder one, begins at once."""
        before, self._tone = self._tone, tone
        if tone is None:
            if before is not None and not finish:
                self._cut()
        elif before is None or before.sound is not tone.sound:
            self._cut()
            self._gap = 0
        elif tone.level_db > before.level_db:
            self._gap = 0
        else:
            self._gap = min(self._gap, round(tone.repeat_s * RATE))

    def once(self, sound: SoundName, level_db: float) -> None:
        """Play this one time, when nothing else sounds."""
        self._once = Tone(sound, level_db, 0.0)

    def begin_again(self) -> None:
        """The output is another one: what is wanted is heard from its beginning."""
        self._burst = self._burst[:0]
        self._name = ""
        self._gap = 0

    def take(self, count: int) -> Frames:
        """The next frames, shape (count,)."""
        out = np.zeros(count, dtype=np.float32)
        at = 0
        while at < count:
            if len(self._burst) == 0:
                self._next()
            moved = self._take_burst(out[at:]) or self._take_gap(count - at)
            at += moved
        return out

    def _take_burst(self, into: Frames) -> int:
        moved = min(len(into), len(self._burst))
        into[:moved] = self._burst[:moved]
        self._burst = self._burst[moved:]
        if moved and len(self._burst) == 0:
            self._name = ""
            self._gap = round(self._tone.repeat_s * RATE) if self._tone is not None else 0
        return moved

    def _take_gap(self, most: int) -> int:
        moved = most if self._tone is None and self._once is None else min(most, max(1, self._gap))
        self._gap = max(0, self._gap - moved)
        return moved

    def _next(self) -> None:
        if self._tone is not None and self._gap == 0:
            self._begin(self._tone)
        elif self._tone is None and self._once is not None:
            once, self._once = self._once, None
            self._begin(once)

    def _begin(self, tone: Tone) -> None:
        gain = np.float32(SCALE * 10 ** (tone.level_db / 20))
        self._burst = self._tones[tone.sound].astype(np.float32) * gain
        self._name = tone.sound.value
        self._once = None
        self.bursts += 1

    def _cut(self) -> None:
        rest = self._burst[:FADE]
        self._burst = rest * np.linspace(1, 0, len(rest), dtype=np.float32)
        self._name = ""
