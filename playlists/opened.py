"""Opens sound files: whatever one of them holds, it is sound, or words about that one file."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from playlists import mpeg, ogg
from playlists.formats import CONVERT, NotMusic, TooLoud, disguised, for_decoder, too_loud, unplayable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from soundfile import SoundFile

    Frames = NDArray[np.float32]

LONGEST_S: Final = 86_400.0
RATES: Final = (8_000, 384_000)
"""From what speech is kept in to the most that music is sold in; another one is a damaged header."""
MOST_CHANNELS: Final = 32
BREAKS_OFF_S: Final = 0.2
"""A file that ends earlier than it says by more than this is damaged; less is how some formats count."""


log = logging.getLogger(__name__)


@contextmanager
def opened(path: Path) -> Iterator[SoundFile]:
    """The file while it is decoded; NotMusic, in words, for whatever goes wrong with it meanwhile."""
    import soundfile

    with _open(path) as file:
        try:
            yield file
        except NotMusic:
            raise
        except TooLoud as why:
            raise NotMusic(too_loud(path)) from why
        except (soundfile.SoundFileError, OSError, ValueError, ArithmeticError, MemoryError) as why:
            raise NotMusic(unplayable(path)) from why
        except Exception as why:
            log.exception("decoding a sound file failed")
            raise NotMusic(unplayable(path)) from why


def length_s(path: Path, file: SoundFile) -> float:
    """How much sound there is; NotMusic where that is not known, as then a part would never be heard."""
    seconds: float = file.frames / file.samplerate
    if file.format == "OGG" and ogg.has_several(path):
        raise NotMusic(
            f"{path.name} holds several pieces, of which only the first would be played; {CONVERT}"
        )
    if seconds > LONGEST_S:
        says = "does not say how long it is: it is damaged, or several pieces in one file"
        raise NotMusic(f"{path.name} {says}; {CONVERT}")
    held = mpeg.held(path) if file.format == "MP3" else None
    if held is None:
        return seconds
    if held.seconds > seconds + held.slack_s + BREAKS_OFF_S:
        # The decoder stops where it believes the end to be, and cannot be told otherwise.
        says = "is longer than its beginning says" if held.said else "does not say how long it is"
        raise NotMusic(f"{path.name} {says}, so that not all of it would be played; {CONVERT}")
    return seconds if held.said else min(seconds, held.seconds)


def next_frames(file: SoundFile, count: int, ends_s: float) -> Frames:
    """At most so many frames from where it is; none at its end, which is at `ends_s` where that is known.

    What follows the sound in a file, such as a cover, is an error to the library. One read that met it would
    lose the sound before it; so none goes beyond the end, and from there on such an error is the end.
    """
    import soundfile

    at = file.tell()
    left = round(ends_s * file.samplerate) - at
    try:
        frames: Frames = file.read(min(count, left) if left > 0 else count, dtype="float32", always_2d=True)
    except soundfile.SoundFileError:
        if not ends_s or at / file.samplerate < ends_s - BREAKS_OFF_S:
            raise
        frames = file.read(0, dtype="float32", always_2d=True)
    return frames


def _open(path: Path) -> SoundFile:
    import soundfile

    if not path.is_file() or disguised(path):
        raise NotMusic(unplayable(path))
    try:
        file = soundfile.SoundFile(for_decoder(path))
    except Exception as why:
        # The library goes by a file's name, too, and raises TypeError for one that ends in .raw; whatever it
        # raises, it is about this one file, and the others are still to be looked at and played.
        raise NotMusic(unplayable(path)) from why
    wrong = _wrong(path, file)
    if wrong:
        file.close()
        raise NotMusic(wrong)
    return file


def _wrong(path: Path, file: SoundFile) -> str:
    """What no music has; empty where there is nothing of that."""
    if file.format == "RAW":
        return unplayable(path)  # anything at all is sound to the library under names such as x.vox
    least, most = RATES
    if not least <= file.samplerate <= most:
        return f"{path.name} says it has {file.samplerate} samples a second, as no music has; it is damaged"
    if file.channels > MOST_CHANNELS:
        return f"{path.name} says it has {file.channels} channels, as no music has; it is damaged"
    return ""
