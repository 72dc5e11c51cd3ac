"""The first line of a capture: whose bytes they are, as a JSON object."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Final

from devices.protocol import Options, OptionValue

FORMAT: Final = "kapcap"
VERSION: Final = 1

DEVICE: Final = "device"
SIMULATED: Final = "simulated"
ORIGINS: Final = (DEVICE, SIMULATED)

_DRIVER: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BEGINS: Final = f'it begins with {{"format":"{FORMAT}","version":{VERSION},"driver":...'


class WrongHeader(Exception):
    """What is wrong with a first line, and what would be right."""


@dataclass(frozen=True, slots=True)
class Header:
    """Whose bytes they are. Nothing here names a person, a place, a day, or one device among others.

    `line` are the serial settings, `options` those of the DEVICE text that the driver knows, `removed` and
    `may_remain` what was taken out of the bytes and what may still be in them, in words for people.
    """

    driver: str
    origin: str = DEVICE
    software: str = ""
    line: Options = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    removed: tuple[str, ...] = ()
    may_remain: tuple[str, ...] = ()


def header_text(header: Header) -> str:
    """The header as one line of ASCII."""
    device = {"manufacturer": header.manufacturer, "model": header.model, "firmware": header.firmware}
    fields = {
        "format": FORMAT,
        "version": VERSION,
        "driver": header.driver,
        "origin": header.origin,
        "software": header.software,
        "line": dict(header.line),
        "options": dict(header.options),
        "device": device,
        "removed": list(header.removed),
        "may_remain": list(header.may_remain),
    }
    return json.dumps(fields, ensure_ascii=True, separators=(",", ":"))


def read_header(text: str) -> Header:
    """The header in a line, keys that are not known passed over; WrongHeader says what is wrong with it."""
    try:
        fields = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise WrongHeader(f"the header is no JSON object; {_BEGINS}") from None
    if not isinstance(fields, dict) or fields.get("format") != FORMAT:
        raise WrongHeader(f"the header is not that of a capture; {_BEGINS}")
    _check_version(fields.get("version"))
    driver, origin = fields.get("driver"), fields.get("origin", DEVICE)
    if not isinstance(driver, str) or not _DRIVER.fullmatch(driver):
        raise WrongHeader("driver is the id of a driver: small letters, digits, hyphens")
    if origin not in ORIGINS:
        raise WrongHeader(f"origin is one of {', '.join(ORIGINS)}")
    device = _object(fields, "device")
    return Header(
        driver=driver,
        origin=origin,
        software=_text(fields, "software"),
        line=_values(fields, "line"),
        options=_values(fields, "options"),
        manufacturer=_text(device, "manufacturer"),
        model=_text(device, "model"),
        firmware=_text(device, "firmware"),
        removed=_texts(fields, "removed"),
        may_remain=_texts(fields, "may_remain"),
    )


def _check_version(version: object) -> None:
    if type(version) is not int or version < 1:
        raise WrongHeader(f"version is a whole number, {VERSION} at present")
    if version > VERSION:
        raise WrongHeader(f"version {version} needs a newer kapmonitor; this one reads {VERSION}")


def _object(fields: dict[str, object], key: str) -> dict[str, object]:
    value = fields.get(key, {})
    if not isinstance(value, dict):
        raise WrongHeader(f"{key} is a JSON object")
    return value


def _values(fields: dict[str, object], key: str) -> Options:
    values: dict[str, OptionValue] = {}
    for name, value in _object(fields, key).items():
        if not isinstance(value, str | int | float):
            raise WrongHeader(f"{key} holds texts and numbers alone")
        values[name] = value
    return values


def _text(fields: dict[str, object], key: str) -> str:
    value = fields.get(key, "")
    if not isinstance(value, str):
        raise WrongHeader(f"{key} is a text")
    return value


def _texts(fields: dict[str, object], key: str) -> tuple[str, ...]:
    value = fields.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise WrongHeader(f"{key} is a list of texts")
    return tuple(value)
