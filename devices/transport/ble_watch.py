"""What the computer's Bluetooth does behind the back of those who use it.

bleak tells of lost connections alone. On Linux the rest comes from BlueZ over the system bus: the adapter is
switched off or on or pulled out, the service is started anew, and a connected device has changed its table of
characteristics, after which whoever had subscribed hears nothing more and reads under old handles what is
now something else. On other systems links find out by themselves, later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from devices.transport.ble_errors import within

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

BLUEZ: Final = "org.bluez"
_ADAPTER: Final = "org.bluez.Adapter1"
_CHARACTERISTIC: Final = "org.bluez.GattCharacteristic1"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_OBJECTS: Final = "org.freedesktop.DBus.ObjectManager"
_BUS: Final = "org.freedesktop.DBus"
_RULES: Final = (
    f"type='signal',sender='{BLUEZ}',interface='{_PROPERTIES}',member='PropertiesChanged',arg0='{_ADAPTER}'",
    f"type='signal',sender='{BLUEZ}',interface='{_OBJECTS}'",
    f"type='signal',sender='{_BUS}',interface='{_BUS}',member='NameOwnerChanged',arg0='{BLUEZ}'",
)
_LIMIT_S: Final = 5.0
_log = logging.getLogger(__name__)


class RadioNews(StrEnum):
    """What may happen to a radio, or to a device's table."""

    OFF = "off"
    ON = "on"
    TABLE = "table"


Tell = Callable[[RadioNews, str], None]
"""Called with the news and the address of the device it is about; empty: it is about the radio itself."""


class RadioWatch(Protocol):
    """Tells news of a radio from start() until close()."""

    async def start(self) -> None:
        """Begin, unless it has begun; never raises, and may be tried again."""
        ...

    async def close(self) -> None:
        """Tell no more."""
        ...


class BluezWatch:
    """The RadioWatch of Linux, on a bus connection of its own."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._bus: MessageBus | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        async with self._starting:
            if self._bus is not None and self._bus.connected:
                return
            try:
                self._bus = await within(_LIMIT_S, _listen(self._heard))
            except Exception as error:  # noqa: BLE001 - no bus or no BlueZ: links then find out by themselves
                _log.debug("nothing tells what Bluetooth does: %r", error)

    async def close(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()

    def _heard(self, message: Message) -> None:
        news = read_signal(message)
        if news is not None:
            self._tell(*news)


def read_signal(message: Message) -> tuple[RadioNews, str] | None:
    """What a signal on the system bus means for links; None: nothing."""
    match message.member, message.body:
        case "PropertiesChanged", [str(interface), dict(changed), *_]:
            if interface == _ADAPTER and "Powered" in changed:
                return (RadioNews.ON if changed["Powered"].value else RadioNews.OFF), ""
        case "InterfacesAdded", [str(), dict(interfaces)]:
            adapter = interfaces.get(_ADAPTER)
            if adapter is not None and "Powered" in adapter and adapter["Powered"].value:
                return RadioNews.ON, ""
        case "InterfacesRemoved", [str(path), list(interfaces)]:
            if _ADAPTER in interfaces:
                return RadioNews.OFF, ""
            if _CHARACTERISTIC in interfaces and (address := device_of(path)):
                return RadioNews.TABLE, address
        case "NameOwnerChanged", [str(name), str(), str(owner)]:
            if name == BLUEZ and not owner:
                return RadioNews.OFF, ""
        case _:
            pass
    return None


def device_of(path: str) -> str:
    """The Bluetooth address in the path of one of BlueZ's objects; empty if there is none."""
    _, found, rest = path.partition("/dev_")
    return rest.partition("/")[0].replace("_", ":").upper() if found else ""


async def _listen(heard: Callable[[Message], None]) -> MessageBus:
    from dbus_fast import BusType, Message, MessageType
    from dbus_fast.aio import MessageBus

    def signalled(message: Message) -> None:
        if message.message_type is MessageType.SIGNAL:
            heard(message)

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        await bus.connect()
        bus.add_message_handler(signalled)
        for rule in _RULES:
            reply = await bus.call(
                Message(
                    destination=_BUS,
                    path="/org/freedesktop/DBus",
                    interface=_BUS,
                    member="AddMatch",
                    signature="s",
                    body=[rule],
                )
            )
            if reply.message_type is not MessageType.METHOD_RETURN:
                raise ConnectionError("the system bus does not pass on what BlueZ says")  # noqa: TRY301
    except BaseException:
        bus.disconnect()
        raise
    return bus
