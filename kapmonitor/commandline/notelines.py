"""Lines that become notes, from whatever is connected to standard input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

LONGEST_NOTE: Final = 2000
"""Characters of one line that become a note: a file piped in by mistake must not become one huge note."""
_KEPT_BYTES: Final = 4 * LONGEST_NOTE
"""As many as so many characters can have; of a longer line the rest is passed over, not collected."""


def note_lines(read: Callable[[], bytes], encoding: str) -> Iterator[str]:
    """Each line that says something, as soon as it is whole; `read` gives what has come, empty at the end."""
    line = bytearray()
    while data := read():
        *ended, rest = data.split(b"\n")
        for piece in ended:
            line += piece[: _KEPT_BYTES - len(line)]
            yield from _note(line, encoding)
            line.clear()
        line += rest[: _KEPT_BYTES - len(line)]
    yield from _note(line, encoding)


def _note(line: bytearray, encoding: str) -> Iterator[str]:
    text = clean(line.decode(encoding, "replace"))
    if text:
        yield text


def clean(text: str) -> str:
    """One printable line of at most LONGEST_NOTE characters."""
    return "".join(c if c.isprintable() else " " for c in text[:LONGEST_NOTE]).strip()
