"""Standard input, output and error as found: perhaps closed, perhaps not able to hold every character."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import Final

STANDARD: Final = (0, 1, 2)


def prepare() -> None:
    """Fill closed standard streams, and let no character that the other side lacks stop a line."""
    _fill_closed()
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the program
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
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


def finish() -> None:
    """Write out what was printed, here, where it can still be said that it could not be written."""
    sys.stdout.flush()


def let_go_of_output() -> None:
    """Forget what the output does not take; otherwise Python complains of it once more when it ends."""
    try:
        finish()
    except OSError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
