"""Captures: what crossed a device's link as plain text, for bug reports and tests.

The first line is a JSON object that says whose bytes they are. Each line after it is one thing that happened:

    {"format":"kapcap","version":1,"driver":"ble-heart-rate",...}
    0 = connecting
    1000.07 < 2a37 0048
    1000.07 = live
    1900.204 > 2a39 01
    9031.5 = waiting lost

Milliseconds since the capture began, with up to six decimals; `<` bytes from the device or `>` to it, on
Bluetooth with the characteristic's UUID, in hex, `-` for none; `=` the link's new state and, where there is
one, its problem. Lines stand in the order in which things happened. What follows a # is for people alone;
text among the bytes is repeated there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from devices.capture_header import Header, WrongHeader, header_text, read_header
from kapmonitor.errors import CaptureError
from kapmonitor.model import Direction, LinkChanged, LinkProblem, LinkState, WireChunk

LONGEST_LINE: Final = 1 << 18
"""Characters. What a port gives at once is far shorter, and longer chunks are written as several."""
MOST_BYTES: Final = 1 << 16
"""Of one line, when writing."""
SNIFF_BYTES: Final = 64
"""So many bytes tell whether a file is a capture."""

Entry = WireChunk | LinkChanged

_TEXT: Final = re.compile(rb"[\x20-\x7e]{8}")
"""So much text in a row is not there by chance, and is shown."""
_START: Final = re.compile(rb'\s*\{\s*"format"\s*:\s*"kapcap"')
_TIME: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2})+|-")
_UUID_16: Final = re.compile(r"(?:0[xX])?([0-9a-fA-F]{4}|[0-9a-fA-F]{8})")
_UUID_128: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BASE: Final = "-0000-1000-8000-00805f9b34fb"
_ARROWS: Final = {"<": Direction.IN, ">": Direction.OUT}
_FORM: Final = "a line is TIME < HEX, TIME > HEX, TIME < UUID HEX, TIME > UUID HEX or TIME = STATE [PROBLEM]"
_STATES: Final = frozenset(state.value for state in LinkState)
_PROBLEMS: Final = frozenset(problem.value for problem in LinkProblem)


class _WrongLine(Exception):
    """What is wrong with a line, and what would be right."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A capture that is being read: its entries come once, and raise CaptureError where a line is wrong."""

    header: Header
    entries: Iterator[Entry]


def is_capture(head: bytes) -> bool:
    """Whether a file that begins with `head`, SNIFF_BYTES of it or all, is meant to be a capture."""
    return _START.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def write(header: Header, entries: Iterable[Entry]) -> Iterator[str]:
    """The lines of a capture, without their ends."""
    yield header_text(header)
    for entry in entries:
        yield from _lines_of(entry)


def _lines_of(entry: Entry) -> Iterator[str]:
    time = _time_text(entry.t_ns)
    if isinstance(entry, LinkChanged):
        problem = f" {entry.problem}" if entry.problem is not LinkProblem.NONE else ""
        yield f"{time} = {entry.state}{problem}"
        return
    arrow = "<" if entry.direction is Direction.IN else ">"
    where = f" {short_uuid(entry.channel)}" if entry.channel else ""
    for start in range(0, max(1, len(entry.data)), MOST_BYTES):
        part = entry.data[start : start + MOST_BYTES]
        yield f"{time} {arrow}{where} {part.hex() or '-'}{_remark(part)}"


def _remark(data: bytes) -> str:
    """Text among the bytes, for people; a dot for each byte that is none."""
    if _TEXT.search(data) is None:
        return ""
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)
    return f" # {text.strip('. ')}"


def _time_text(t_ns: int) -> str:
    sign = "-" if t_ns < 0 else ""
    whole, part = divmod(abs(t_ns), 1_000_000)
    return f"{sign}{whole}.{part:06d}".rstrip("0").rstrip(".") if part else f"{sign}{whole}"


def lines_of(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file that comes in pieces; what is too long for one is cut, and read() refuses it."""
    rest = bytearray()
    for chunk in chunks:
        rest += chunk
        if b"\n" in chunk:
            *lines, rest = rest.split(b"\n")
            for line in lines:
                yield line.decode("utf-8", "replace")
        if len(rest) > LONGEST_LINE:
            yield rest.decode("utf-8", "replace")
            rest = bytearray()
    if rest:
        yield rest.decode("utf-8", "replace")


def read(lines: Iterable[str], name: str) -> Capture:
    """The capture in these lines, with or without their ends; `name` stands in errors.

    CaptureError if the first line is no header that this program understands.
    """
    numbered = enumerate(lines, 1)
    _, first = next(numbered, (1, ""))
    _check_length(first, name, 1)
    try:
        header = read_header(first)
    except WrongHeader as why:
        raise CaptureError(name, 1, str(why)) from None
    return Capture(header, _entries(numbered, name))


def _check_length(line: str, name: str, number: int) -> None:
    if len(line) > LONGEST_LINE:
        raise CaptureError(name, number, f"it is too long; a line has at most {LONGEST_LINE} characters")


def _entries(numbered: Iterator[tuple[int, str]], name: str) -> Iterator[Entry]:
    for number, line in numbered:
        _check_length(line, name, number)
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            entry = _entry(words)
        except _WrongLine as why:
            raise CaptureError(name, number, str(why)) from None
        yield entry


def _entry(words: list[str]) -> Entry:
    """One line that is not empty."""
    t_ns = _time(words[0])
    sign = words[1] if len(words) > 1 else ""
    if sign in _ARROWS:
        return _chunk(t_ns, _ARROWS[sign], words[2:])
    if sign != "=":
        raise _WrongLine(f"'{_shown(sign)}' is none of <, > and =; {_FORM}")
    return _link(t_ns, words[2:])


def _time(word: str) -> int:
    match = _TIME.fullmatch(word)
    if match is None:
        allowed = "a time is milliseconds since the beginning, such as 12 or 1000.25, with up to 6 decimals"
        raise _WrongLine(f"'{_shown(word)}' is no time; {allowed}")
    t_ns = int(match[2]) * 1_000_000 + int((match[3] or "0").ljust(6, "0"))
    return -t_ns if match[1] else t_ns


def _chunk(t_ns: int, direction: Direction, words: list[str]) -> WireChunk:
    """The rest of a line of bytes: hex, or a UUID and hex."""
    if len(words) not in (1, 2):
        raise _WrongLine(f"bytes are one word of hex, without spaces, - for none; {_FORM}")
    channel = full_uuid(words[0]) if len(words) == 2 else ""
    if channel is None:
        raise _WrongLine(f"'{_shown(words[0])}' is no UUID of 4, 8 or 32 hex digits; {_FORM}")
    if _HEX.fullmatch(words[-1]) is None:
        raise _WrongLine(f"'{_shown(words[-1])}' is no hex: two of 0-9 and a-f for each byte, - for none")
    return WireChunk(t_ns, direction, bytes.fromhex(words[-1].replace("-", "")), channel)


def _link(t_ns: int, words: list[str]) -> LinkChanged:
    state, problem = [*words, "", ""][:2]
    if len(words) > 2 or state not in _STATES or problem not in _PROBLEMS | {""}:
        problems = ", ".join(sorted(_PROBLEMS))
        allowed = f"after = stands one of {', '.join(sorted(_STATES))}, and perhaps one of {problems}"
        raise _WrongLine(f"'{_shown(' '.join(words))}' is no state of a link; {allowed}")
    return LinkChanged(LinkState(state), t_ns, LinkProblem(problem or LinkProblem.NONE))


def _shown(text: str) -> str:
    """The beginning of what stands there, fit to be printed."""
    return "".join(c if c.isprintable() else "?" for c in text[:40])


def full_uuid(text: str) -> str | None:
    """128-bit lower-case text of a UUID given in any length; None if it is none."""
    if _UUID_128.fullmatch(text):
        return text.lower()
    if (short := _UUID_16.fullmatch(text)) is not None:
        return f"{short[1].lower():0>8}{_BASE}"
    return None


def short_uuid(uuid: str) -> str:
    """The four digits of an assigned number, other UUIDs as they are."""
    return uuid[4:8] if len(uuid) == 36 and uuid.startswith("0000") and uuid.endswith(_BASE) else uuid
