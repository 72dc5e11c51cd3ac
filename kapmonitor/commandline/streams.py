"""Standard input, output and error as found: perhaps closed, perhaps not able to hold every character."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Final, TextIO, cast

STANDARD: Final = (0, 1, 2)


def prepare() -> None:
    """Fill closed standard streams, and let no character that the other side lacks stop a line."""
    _fill_closed()
    sys.stdin = sys.stdin or _nowhere("r")
    sys.stdout = sys.stdout or _nowhere("w")
    sys.stderr = sys.stderr or _nowhere("w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _fill_closed() -> None:
    """Otherwise the next file or port would get such a number, and what a library prints would end in it."""
    for number in STANDARD:
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def say(text: str) -> None:
    """Print what comes out of a record or a file of others, which must not be able to steer a terminal."""
    print(harmless(text))


def harmless(text: str) -> str:
    """A line that cannot steer a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def finish() -> None:
    """Write out what was printed, here, where it can still be said that it could not be written."""
    sys.stdout.flush()


def let_go_of_output() -> None:
    """Forget what the output does not take; otherwise Python complains of it once more when it ends."""
    try:
        finish()
    except OSError:
        sys.stdout = _nowhere("w")


def _nowhere(mode: str) -> TextIO:
    return cast("TextIO", Path(os.devnull).open(mode, encoding="utf-8"))
