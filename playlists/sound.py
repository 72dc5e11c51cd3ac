"""Decoded sound as everything here has it: two channels, and only what can be sound. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from playlists.formats import TooLoud
from playlists.model import PEAK_DBFS

LOUDEST: Final = 10 ** (PEAK_DBFS[1] / 20)
"""More than a playlist can say: no music holds it, a damaged file of floating-point samples does."""

Frames = NDArray[np.float32]


def stereo(frames: Frames) -> Frames:
    """Two channels of what a file has; what is not a number is silence. TooLoud if it is no music."""
    if frames.shape[1] == 1:
        frames = np.repeat(frames, 2, axis=1)
    frames = frames[:, :2]
    if not np.isfinite(frames).all():
        frames = np.nan_to_num(frames, posinf=0.0, neginf=0.0)
    if frames.size and float(np.abs(frames).max()) > LOUDEST:
        raise TooLoud("samples far beyond full scale")
    return frames
