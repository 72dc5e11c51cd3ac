"""Answers BlueZ when a device wants to be paired; Linux only.

Without an agent, subscribing to a bonded cuff hangs for half a minute and fails. A desktop has one, and
asks the person; a console without a desktop has none. Ours says yes without a code, and only to devices
that a link of this process is connecting to. It does not push itself before the desktop's agent, which can
also show a code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from devices.transport.ble_errors import within
from devices.transport.ble_watch import device_of

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

PATH: Final = "/org/kapmonitor/agent"
_NOTICES: Final = frozenset({"Release", "Cancel"})
_QUESTIONS: Final = frozenset({"RequestConfirmation", "RequestAuthorization", "AuthorizeService"})
"""What can be answered without a code; the device is the first argument of each."""
_LIMIT_S: Final = 5.0
_log = logging.getLogger(__name__)


class PairingAgent:
    """Registered with BlueZ the first time a device is allowed, and again if the bus was lost."""

    def __init__(self) -> None:
        self._bus: MessageBus | None = None
        self._allowed: set[str] = set()

    async def allow(self, address: str) -> None:
        """From now on this device may pair. Never raises: the platform can do without, in its own way."""
        self._allowed.add(address.upper())
        if self._bus is not None and self._bus.connected:
            return
        try:
            self._bus = await within(_LIMIT_S, _register(self._allows))
        except Exception as error:  # noqa: BLE001 - no bus, no BlueZ, another version: all mean no agent
            _log.debug("no pairing agent: %r", error)

    async def close(self) -> None:
        """Leave the bus, which withdraws the agent."""
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()

    def _allows(self, path: str) -> bool:
        return device_of(path) in self._allowed


async def _register(allows: Callable[[str], bool]) -> MessageBus:
    from dbus_fast import BusType, Message, MessageType
    from dbus_fast.aio import MessageBus

    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        await bus.connect()
        bus.add_message_handler(lambda message: _answer(message, allows))
        reply = await bus.call(
            Message(
                destination="org.bluez",
                path="/org/bluez",
                interface="org.bluez.AgentManager1",
                member="RegisterAgent",
                signature="os",
                body=[PATH, "NoInputNoOutput"],
            )
        )
        if reply.message_type is not MessageType.METHOD_RETURN:
            raise ConnectionError("BlueZ took no agent")  # noqa: TRY301
    except BaseException:
        bus.disconnect()
        raise
    return bus


def _answer(message: Message, allows: Callable[[str], bool]) -> Message | None:
    """What to reply to BlueZ; None if the message is not for the agent."""
    from dbus_fast import Message

    if message.path != PATH or message.interface != "org.bluez.Agent1":
        return None
    if message.member in _NOTICES or (message.member in _QUESTIONS and allows(message.body[0])):
        return Message.new_method_return(message)
    return Message.new_error(message, "org.bluez.Error.Rejected", "no link of this console asked for it")
