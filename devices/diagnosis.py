"""What is wrong with a line, from what arrived at which settings; devices.advice puts it into sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from devices import bytestats
from devices.protocol import SerialLink

LEAST_BYTES: Final = 8
"""Fewer, in seconds of listening, are what a plug or an adapter makes."""
KEPT_BYTES: Final = 4096
"""What of the bytes of one setting is looked at."""
CLEAN_BYTES: Final = 50
"""So many bytes without one framing or parity error do not come at a wrong speed."""


@dataclass(frozen=True, slots=True)
class LineErrors:
    """What the port itself counted: bytes without a stop bit, and bytes of the wrong parity."""

    framing: int
    parity: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What came at one setting. `line` is None where there is none, as on a network.

    `drivers` were recognised; `signs` made something of it, but too little; `asked` had their questions sent.
    """

    line: SerialLink | None
    seconds: float
    size: int = 0
    data: bytes = b""
    drivers: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    echo: bool = False
    errors: LineErrors | None = None
    clear_to_send: bool | None = None


class Finding(StrEnum):
    """What a line suffers from, or that it does not."""

    SPEAKS = "speaks"
    SEVERAL = "several"
    """Two drivers or more make sense of it."""
    DAMAGED = "damaged"
    """A device speaks, but much of it arrives wrong."""
    PARITY = "parity"
    """Text with a parity bit that the line is not set for."""
    TEXT = "text"
    """Readable, so the line is set well; no driver knows it."""
    SPEED = "speed"
    """The bytes show at which speed they were sent."""
    HELD = "held"
    """Nothing but zeros: far too fast, or a wire that is held down."""
    STRANGER = "stranger"
    """The speed is right, as the port counted no error or as other speeds show; no driver knows it."""
    UNKNOWN = "unknown"
    """Bytes that tell nothing more."""
    ECHO = "echo"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`line` is where it was found, `fits` are settings that would fit the bytes, likeliest first."""

    finding: Finding
    line: SerialLink | None = None
    drivers: tuple[str, ...] = ()
    fits: tuple[SerialLink, ...] = ()
    tried: tuple[SerialLink, ...] = ()
    asked: bool = False
    handshake_down: bool = False
    """The device does not raise the wire (CTS) that lets this computer send."""


def diagnose(heard: Sequence[Heard]) -> Diagnosis:
    """The most telling of what was heard at all settings."""
    tried = tuple(entry.line for entry in heard if entry.line is not None)
    for finding, drivers in (
        (Finding.SPEAKS, [entry for entry in heard if len(entry.drivers) == 1]),
        (Finding.SEVERAL, [entry for entry in heard if entry.drivers]),
        (Finding.DAMAGED, [entry for entry in heard if entry.signs]),
    ):
        if drivers:
            told = drivers[0].drivers or drivers[0].signs
            return Diagnosis(finding, drivers[0].line, told, tried=tried)
    noisy = [entry for entry in heard if entry.size >= LEAST_BYTES and not entry.echo]
    if noisy:
        return _of_bytes(noisy, tried)
    return Diagnosis(
        Finding.ECHO if any(entry.echo for entry in heard) else Finding.SILENT,
        tried=tried,
        asked=any(entry.asked for entry in heard),
        handshake_down=any(entry.clear_to_send is False for entry in heard),
    )


def _of_bytes(heard: Sequence[Heard], tried: tuple[SerialLink, ...]) -> Diagnosis:
    """Bytes arrive, and no driver makes anything of them."""
    for entry in heard:
        parity = bytestats.text_parity(entry.data)
        if entry.line is not None and parity is not None:
            fits = SerialLink(entry.line.baud, bytesize=7, parity=parity)
            return Diagnosis(Finding.PARITY, entry.line, fits=(fits,), tried=tried)
    for entry in heard:
        if bytestats.is_text(entry.data):
            return Diagnosis(Finding.TEXT, entry.line, tried=tried)
    rates = sent_at(heard)
    new = [rate for rate in rates if rate not in {line.baud for line in tried}]
    if new:
        return Diagnosis(Finding.SPEED, heard[0].line, fits=tuple(map(SerialLink, new)), tried=tried)
    for entry in heard:
        clean = entry.size >= CLEAN_BYTES and entry.errors == LineErrors(0, 0)
        if clean or (entry.line is not None and entry.line.baud in rates):
            return Diagnosis(Finding.STRANGER, entry.line, tried=tried)
    held = all(bytestats.too_fast(entry.data) == bytestats.ALL_ZERO for entry in heard)
    return Diagnosis(Finding.HELD if held else Finding.UNKNOWN, heard[0].line, tried=tried)


def sent_at(heard: Sequence[Heard]) -> tuple[int, ...]:
    """Speeds at which the bytes seem to have been sent, from the setting with the most bytes on."""
    rates = (
        bytestats.sender_rate(entry.line.baud, entry.data)
        for entry in sorted(heard, key=lambda entry: -entry.size)
        if entry.line is not None
    )
    return tuple(dict.fromkeys(rate for rate in rates if rate is not None))
