"""DEVICE texts: `DRIVER@ADDRESS[?key=value&...]`, such as `nonin@/dev/ttyUSB0?format=df7`.

ADDRESS is whatever the transport understands: a serial port (`/dev/ttyUSB0`, `COM4`), any pyserial URL
(`socket://127.0.0.1:5331`), or a Bluetooth address (`AA:BB:CC:DD:EE:FF`, on macOS a UUID).

pyserial URLs may have a query of their own. In an address with `://`, the words that pyserial knows
(URL_WORDS) and words without `=` stay part of the address, and everything else is ours, so both halves can
be written together: `nonin@socket://10.0.0.9:5331?logging=debug&format=df7`. An address without `://` cannot
hold a `?`. Values of options are percent-encoded where they contain a character with a meaning here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Final
from urllib.parse import quote, unquote

from devices.protocol import DriverOption, OptionValue
from kapmonitor.errors import AddressError

URL_WORDS: Final = frozenset(
    {"logging", "ign_set_control", "poll_modem", "timeout", "file", "color", "class", "n", "skip_busy"}
)
"""What pyserial's own URL handlers take after the `?`."""

_DRIVER = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_KEY = re.compile(r"[a-z][a-z0-9_-]*")
_SAFE_IN_VALUE: Final = ":/.,+-_~"
_FORM: Final = "a device is written DRIVER@ADDRESS, for example nonin@/dev/ttyUSB0 or suntech@COM4?baud=9600"


@dataclass(frozen=True, slots=True)
class DeviceAddress:
    """Which driver, where, and with which options; `str()` gives the DEVICE text back."""

    driver: str
    address: str
    options: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        text = f"{self.driver}@{self.address}"
        separator = "&" if "?" in self.address else "?"
        for key, value in self.options:
            text += f"{separator}{key}={quote(value, safe=_SAFE_IN_VALUE)}"
            separator = "&"
        return text

    def option(self, key: str) -> str | None:
        """The value given for `key`, or None."""
        return dict(self.options).get(key)


def parse_device(text: str) -> DeviceAddress:
    """Read a DEVICE text; AddressError says what is wrong and what would be right."""
    driver, at, rest = text.partition("@")
    if not at:
        raise AddressError(text, f"there is no @; {_FORM}")
    if not _DRIVER.fullmatch(driver):
        raise AddressError(text, f"'{driver}' is no driver name (small letters, digits, hyphens); {_FORM}")
    if any(not c.isprintable() or c.isspace() for c in rest):
        raise AddressError(text, f"spaces and control characters cannot stand in an address; {_FORM}")
    where, question, query = rest.partition("?")
    if not where:
        raise AddressError(text, f"there is no address after the @; {_FORM}")
    items = [item for item in query.split("&") if item]
    if question and not items:
        raise AddressError(text, "nothing follows the ?; options are written ?key=value&key=value")
    theirs = [item for item in items if "://" in where and _belongs_to_url(item)]
    ours = tuple(_option(text, item) for item in items if item not in theirs)
    if len({key for key, _ in ours}) < len(ours):
        raise AddressError(text, "an option is given twice; give each one once")
    return DeviceAddress(driver, where + ("?" + "&".join(theirs) if theirs else ""), ours)


def _belongs_to_url(item: str) -> bool:
    key, equals, _ = item.partition("=")
    return not equals or key in URL_WORDS


def _option(text: str, item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not equals or not _KEY.fullmatch(key) or not value:
        raise AddressError(text, f"'{item}' is no option; options are written ?key=value&key=value")
    return key, unquote(value)


def driver_options(
    address: DeviceAddress, known: Iterable[DriverOption], line_words: Iterable[str] = ()
) -> dict[str, OptionValue]:
    """The driver's options with those of the DEVICE text put in, each in the type of its default.

    `line_words` are keys that belong to the transport and are passed over; AddressError for unknown ones.
    """
    options = {option.name: option for option in known}
    values: dict[str, OptionValue] = {option.name: option.default for option in options.values()}
    skipped = set(line_words)
    for key, given in address.options:
        if key in options:
            values[key] = _typed(address, options[key], given)
        elif key not in skipped:
            allowed = ", ".join(sorted(options.keys() | skipped)) or "none"
            raise AddressError(str(address), f"there is no option '{key}'; allowed: {allowed}")
    return values


def _typed(address: DeviceAddress, option: DriverOption, given: str) -> OptionValue:
    words = ", ".join(str(choice) for choice in option.choices)
    try:
        value = _converted(option.default, given)
    except ValueError:
        kind = {bool: "yes or no", int: "a whole number", float: "a number"}[type(option.default)]
        raise AddressError(str(address), f"{option.name} is {words or kind}, not '{given}'") from None
    if option.choices and value not in option.choices:
        raise AddressError(str(address), f"{option.name} is one of {words}, not '{given}'")
    return value


def _converted(default: OptionValue, given: str) -> OptionValue:
    if isinstance(default, bool):
        return yes_no(given)
    value = type(default)(given)
    if isinstance(value, float) and not isfinite(value):
        raise ValueError(given)
    return value


def yes_no(given: str) -> bool:
    """True for yes, true, on, 1; False for no, false, off, 0; ValueError otherwise."""
    if given.lower() in {"yes", "true", "on", "1"}:
        return True
    if given.lower() in {"no", "false", "off", "0"}:
        return False
    raise ValueError(given)
