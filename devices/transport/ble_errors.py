"""What the Bluetooth stacks of three systems throw, in the words of our links."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from kapmonitor.errors import LinkError
from kapmonitor.model import LinkProblem

_NEEDS_BOND: Final = frozenset({0x05, 0x08, 0x0C, 0x0F})
"""ATT errors that mean: pair first."""
_OUT_OF_SYNC: Final = 0x12
"""ATT error: the table has changed and the client does not know."""

HINTS: Final = {
    LinkProblem.NO_RADIO: "switch Bluetooth on in the computer's settings, or plug in a Bluetooth adapter",
    LinkProblem.NOT_FOUND: "bring the device near, switch it on, and end its connection to any other program",
    LinkProblem.BUSY: "the computer's Bluetooth is busy; this is tried again",
    LinkProblem.DENIED: "pair the device in the computer's Bluetooth settings, then try again",
    LinkProblem.REFUSED: "the device does not offer what this driver needs; choose another driver",
    LinkProblem.LOST: "the connection ended; check the device and its battery",
    LinkProblem.SILENT: "connected, but nothing comes; check how the sensor is worn",
}
DEAF: Final = (
    "this computer's Bluetooth hears nothing at all; switch it off and on in the settings, or pull the "
    "adapter out and put it back; if that does not help, start the computer anew"
)
"""For a Bluetooth service that hangs, which says that all is well."""
ASLEEP: Final = "the computer was asleep; connecting anew"
CHANGED: Final = "the device has changed what it offers; connecting anew"
T = TypeVar("T")


async def within(limit_s: float, what: Awaitable[T]) -> T:
    """Await with a limit; TimeoutError. Unlike wait_for() of Python 3.11 it never loses a cancellation."""
    async with asyncio.timeout(limit_s):
        return await what


async def tried(address: str, what: Awaitable[T]) -> T:
    """Await an operation of bleak; whatever the platform throws comes out as LinkError."""
    try:
        return await what
    except Exception as error:
        raise link_error(address, error) from error


def link_error(address: str, error: Exception) -> LinkError:
    """What an exception from bleak or from below it means."""
    if isinstance(error, LinkError):
        return error
    problem = _problem(error)
    detail = HINTS[problem] if problem in HINTS else str(error)
    return LinkError(address, problem, detail)


def needs_bond(error: BaseException | None) -> bool:
    """Whether the device refused because it is not paired."""
    from bleak.exc import BleakGATTProtocolError

    return isinstance(error, BleakGATTProtocolError) and int(error.code) in _NEEDS_BOND


def out_of_date(error: BaseException | None) -> bool:
    """Whether what was asked for is no longer in the table of the device, where it had been."""
    from bleak.exc import BleakDBusError, BleakGATTProtocolError

    if isinstance(error, BleakGATTProtocolError):
        return int(error.code) == _OUT_OF_SYNC
    return isinstance(error, BleakDBusError) and error.dbus_error.endswith(".UnknownObject")


def _problem(error: Exception) -> LinkProblem:
    from bleak.exc import (
        BleakBluetoothNotAvailableError,
        BleakCharacteristicNotFoundError,
        BleakDBusError,
        BleakDeviceNotFoundError,
        BleakGATTProtocolError,
    )

    if isinstance(error, BleakBluetoothNotAvailableError):
        return LinkProblem.DENIED if error.reason.name.startswith("DENIED") else LinkProblem.NO_RADIO
    if isinstance(error, BleakGATTProtocolError):
        return LinkProblem.DENIED if needs_bond(error) else LinkProblem.REFUSED
    if isinstance(error, BleakCharacteristicNotFoundError):
        return LinkProblem.REFUSED
    if isinstance(error, TimeoutError | BleakDeviceNotFoundError):
        return LinkProblem.NOT_FOUND
    if isinstance(error, BleakDBusError):
        return _dbus_problem(error.dbus_error, str(error))
    # No system bus, no Bluetooth service on it, or an emulated radio whose process is not there.
    return LinkProblem.NO_RADIO if isinstance(error, OSError) else LinkProblem.LOST


def _dbus_problem(name: str, text: str) -> LinkProblem:
    last = name.rsplit(".", 1)[-1]
    if "not-powered" in text or last in {"ServiceUnknown", "NotReady", "NameHasNoOwner", "NoReply", "Spawn"}:
        return LinkProblem.NO_RADIO
    if last in {"AuthenticationFailed", "AuthenticationRejected", "AuthenticationCanceled", "NotPermitted"}:
        return LinkProblem.DENIED
    if last in {"AuthenticationTimeout", "NotAuthorized", "AccessDenied"}:
        return LinkProblem.DENIED
    if last == "InProgress":
        return LinkProblem.BUSY
    return LinkProblem.LOST
