"""The rows of a CSV file from anywhere: lines of bounded length, text only, in the encoding that was said."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from kapmonitor.errors import ImportRefused
from kapmonitor.foreign.recording import Tell

LONGEST_LINE: Final = 100_000
MOST_COLUMNS: Final = 2_000
TOLD_EVERY: Final = 1_000
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,3})?")


def rows(path: Path, encoding: str, delimiter: str, tell: Tell) -> Iterator[tuple[int, list[str]]]:
    """Each row with its line's number; ImportRefused where the file is no such text."""
    size = max(1, path.stat().st_size)
    decoding = "utf-8-sig" if encoding == "utf-8" else encoding
    with path.open("rb") as raw, TextIOWrapper(raw, decoding, newline="") as file:
        reader = csv.reader(_lines(path, file), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                if reader.line_num % TOLD_EVERY == 0:
                    tell(min(1.0, raw.tell() / size))
                if len(row) > MOST_COLUMNS:
                    raise ImportRefused(str(path), f"has more than {MOST_COLUMNS} columns; is this CSV?")
                yield reader.line_num, row
        except UnicodeError as why:
            raise ImportRefused(
                str(path),
                f"is not {encoding} text from line {reader.line_num + 1} on; a mapping can name another",
            ) from why
        except csv.Error as why:
            raise ImportRefused(str(path), f"line {reader.line_num} cannot be read as CSV ({why})") from why


def _lines(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(LONGEST_LINE):
        if "\x00" in line:
            raise ImportRefused(str(path), "is not text: it has zero bytes")
        if len(line) == LONGEST_LINE:
            raise ImportRefused(str(path), f"has a line of {LONGEST_LINE} characters or more; is this CSV?")
        yield line


def number(text: str, decimal: str = ".") -> float | None:
    """A finite number, written in digits; None for anything else."""
    text = text.strip()
    if decimal != ".":
        text = text.replace(".", "x").replace(decimal, ".")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) < float("inf") else None
