"""What failed in this program, kept in a file of this computer: where in the code and when.

An error's own words may quote what somebody typed, so they go to the terminal alone: of an error the file
has its type and the lines of code that it came through. What Python did when the process itself was struck
down (a fault in a library's machine code) comes there, too.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

MOST_BYTES: Final = 1_000_000
"""A file longer than this begins anew with the next start; the one before is kept beside it."""
LINE: Final = "%(asctime)sZ %(process)d %(levelname)s %(name)s: %(message)s"

log = logging.getLogger(__name__)


def keep(path: Path) -> None:
    """Until this process ends, keep warnings, errors and what nobody catches in this file, if it can be."""
    root = logging.getLogger()
    root.addHandler(logging.StreamHandler(sys.stderr))
    try:
        file = _opened(path)
    except OSError as why:
        log.warning("what fails cannot be kept in %s: %s", path, why.strerror or why)
        return
    handler = logging.StreamHandler(file)
    written = logging.Formatter(LINE, "%Y-%m-%dT%H:%M:%S")
    written.converter = time.gmtime
    handler.setFormatter(written)
    handler.addFilter(_without_words)
    root.addHandler(handler)  # after the terminal's, which writes an error out in full: see _without_words
    faulthandler.enable(file)
    threading.excepthook = _thread_failed
    sys.excepthook = _program_failed


def _opened(path: Path) -> TextIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):  # not there yet; or, on Windows, open in another of our programs
        if path.stat().st_size > MOST_BYTES:
            path.replace(path.with_suffix(".old.log"))
    number = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    return os.fdopen(number, "a", encoding="utf-8", errors="backslashreplace")


def _without_words(record: logging.LogRecord) -> bool:
    """Put an error's places where logging looks for the text that it has already made of one."""
    if record.exc_info is not None and record.exc_info[1] is not None:
        record.exc_text = places(record.exc_info[1])
    return True


def places(error: BaseException) -> str:
    """The types of an error and of those that led to it, with the lines of code of each; itself last."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n".join(line for each in reversed(chain) for line in _came_through(each))


def _came_through(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [
        *(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames),
        f"{type(error).__module__}.{type(error).__qualname__}",
    ]


def _thread_failed(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not isinstance(failed.exc_value, SystemExit):
        whose = failed.thread.name if failed.thread is not None else "a thread"
        why = (failed.exc_type, failed.exc_value, failed.exc_traceback)
        log.error("%s ended by a fault", whose, exc_info=why)


def _program_failed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, Exception):
        log.critical("the program ended by a fault", exc_info=(kind, error, trace))
    else:
        sys.__excepthook__(kind, error, trace)
