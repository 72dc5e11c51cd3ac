"""What is said to people about lines: settings, steps of a search, and what a diagnosis means for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from devices.diagnosis import Diagnosis, Finding
from devices.protocol import SerialLink
from kapmonitor.model import LinkProblem

PARITIES: Final = {
    "N": "no parity",
    "E": "even parity",
    "O": "odd parity",
    "M": "mark parity",
    "S": "space parity",
}
MOST_NAMED: Final = 4

PROBLEMS: Final = {
    Finding.SEVERAL: LinkProblem.GARBLED,
    Finding.DAMAGED: LinkProblem.GARBLED,
    Finding.PARITY: LinkProblem.GARBLED,
    Finding.TEXT: LinkProblem.GARBLED,
    Finding.SPEED: LinkProblem.GARBLED,
    Finding.HELD: LinkProblem.GARBLED,
    Finding.STRANGER: LinkProblem.GARBLED,
    Finding.UNKNOWN: LinkProblem.GARBLED,
    Finding.ECHO: LinkProblem.SILENT,
    Finding.SILENT: LinkProblem.SILENT,
    Finding.SPEAKS: LinkProblem.NONE,
}
"""What each finding is among the states of a link."""


def line_words(line: SerialLink | None) -> str:
    """`9600 8N1`, `19200 8E1 RTS/CTS`; empty where there is no setting."""
    if line is None:
        return ""
    words = f"{line.baud} {line.bytesize}{line.parity}{line.stopbits:g}"
    return f"{words} RTS/CTS" if line.rtscts else words


def listening(line: SerialLink | None) -> str:
    """The step of a search that only listens."""
    return f"listening at {line_words(line)}" if line is not None else "listening"


def asking(label: str, line: SerialLink | None) -> str:
    """The step of a search that asks one kind of device."""
    return f"asking for {_a(label)}{_at(line)}"


def searching(step: str, elapsed_s: float, most_s: float) -> str:
    """What a search is doing, and how long it may go on."""
    return f"{step} ({elapsed_s:.0f} s of at most {most_s:.0f} s)"


def another(label: str, *, where_was: str) -> str:
    """A port has another device than before."""
    new = _a(label)
    return (
        f"{new[0].upper()}{new[1:]} is connected now where {_a(where_was)} was. Its values are not taken: "
        "connect the first one again, or add this one as a new device."
    )


def sentences(diagnosis: Diagnosis, labels: Mapping[str, str]) -> str:
    """One or two sentences; `labels` are the drivers' names by id."""
    named = [labels.get(driver, driver) for driver in diagnosis.drivers]
    at = _at(diagnosis.line)
    match diagnosis.finding:
        case Finding.SPEAKS:
            return f"This is {_a(named[0])}{at}."
        case Finding.SEVERAL:
            return f"What arrives{at} fits more than one device: {_either(named)}. Choose the right one."
        case Finding.DAMAGED:
            return (
                f"Something like {_a(_either(named))} speaks{at}, but too little arrives whole. "
                "Check the plugs and the cable; speed or parity may be a little off."
            )
        case Finding.ECHO:
            return (
                "Only what this computer sends comes back, so there is no device behind this cable. "
                "Check where the cable goes."
            )
        case Finding.SILENT:
            return _silent(diagnosis)
        case _:
            return _noise(diagnosis, at)


def _silent(diagnosis: Diagnosis) -> str:
    said = "Nothing arrives, and nothing answers" if diagnosis.asked else "Nothing arrives"
    said += ": check that the device is on and that its serial output is switched on (output mode). "
    if diagnosis.handshake_down:
        return f"{said}Its handshake wire (CTS) is down: the cable may lack it (null-modem with RTS/CTS)."
    return f"{said}Many monitors need a null-modem (crossed) cable, some one with all wires (RTS/CTS)."


def _noise(diagnosis: Diagnosis, at: str) -> str:
    """Bytes arrive that are nobody's."""
    fits = diagnosis.fits[0] if diagnosis.fits else SerialLink(0)
    match diagnosis.finding:
        case Finding.PARITY:
            return (
                f"Text of 7 data bits with {PARITIES[fits.parity]} arrives{at}. "
                f"Set the device to 8 data bits and no parity, or give ?bytesize=7&parity={fits.parity}."
            )
        case Finding.TEXT:
            return (
                f"Readable text arrives{at}, so speed and parity are right, but no driver knows it. "
                "Check which output format is set in the device's menu."
            )
        case Finding.SPEED:
            rates = _either([str(line.baud) for line in diagnosis.fits])
            return (
                f"Bytes arrive{at} at the wrong speed: they look as if sent at {rates} baud. "
                f"Set the device to the speed its driver expects, or give ?baud={fits.baud}."
            )
        case Finding.HELD:
            return (
                f"Only zeros arrive{at}. The device's speed is far lower, or the cable does not fit "
                "(wrong pins, or TTL instead of RS-232)."
            )
        case Finding.STRANGER:
            return (
                f"Bytes arrive{at} at the right speed, but no driver knows them. "
                "Check the parity, and which output format is set in the device's menu."
            )
        case _:
            return (
                f"Bytes arrive{at} that no driver understands. Mostly the speed or the parity is wrong: "
                "compare them with the device's menu; or it is a device that this program does not know."
            )


def _a(label: str) -> str:
    return f"{'an' if label[:1] in 'AEIOU' else 'a'} {label}"


def _at(line: SerialLink | None) -> str:
    return f" at {line_words(line)}" if line is not None else ""


def _either(words: Sequence[str]) -> str:
    *most, last = words[:MOST_NAMED]
    return f"{', '.join(most)} or {last}" if most else last
