"""What emulated devices have in common: advertising, one link, common services."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from bumble.att import ATT_WRITE_NOT_PERMITTED_ERROR, ATT_Error, Attribute
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address, HCI_Error

from devices.sim.ble.radio import Air, EmulatedController, host_on

READ: Final = Characteristic.Properties.READ
NOTIFY: Final = Characteristic.Properties.NOTIFY
INDICATE: Final = Characteristic.Properties.INDICATE
WRITE: Final = Characteristic.Properties.WRITE
_READABLE: Final = Attribute.Permissions.READABLE
_WRITEABLE: Final = Attribute.Permissions.WRITEABLE
_CCCD: Final = UUID.from_16_bits(0x2902)
_ENCRYPTED: Final = Attribute.Permissions.WRITE_REQUIRES_ENCRYPTION
_FLAGS: Final = bytes([0x06])
"""Found by everyone, no classic Bluetooth."""

Name = int | str
"""A UUID: an assigned number, or the 128-bit text of a maker's own."""
Value = bytes | Callable[[], bytes]
"""What is read, or what gives it at that moment."""
Readable = Mapping[Name, Mapping[Name, Value]]
"""What is read under each UUID of each service."""
Through = Callable[[Name, bytes], Sequence[bytes]]
"""What becomes of a message on its way: usually the message itself."""
Pushed = Mapping[Name, Sequence[tuple[Name, Characteristic.Properties]]]
"""The characteristics of each service that do more than be read."""
Written = Callable[[bytes], int | None]
"""Takes what a central writes; gives the ATT error to refuse it with."""


def _uuid(name: Name) -> UUID:
    return UUID.from_16_bits(name) if isinstance(name, int) else UUID(name)


def _service_list(service: Name) -> tuple[int, bytes]:
    """The advertisement's list of services; with a 128-bit one there is room for a name of 8 letters."""
    if isinstance(service, int):
        return AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, struct.pack("<H", service)
    return AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, _uuid(service).to_bytes()


def _write_to(written: Written | None) -> Callable[[Connection, bytes], None]:
    def take(_connection: Connection, data: bytes) -> None:
        error = ATT_WRITE_NOT_PERMITTED_ERROR if written is None else written(bytes(data))
        if error:
            raise ATT_Error(error)

    return take


def _value(value: Value | None) -> bytes:
    return value() if callable(value) else value or b""


def _read_only(value: Value) -> CharacteristicValue:
    """A value that refuses to be written; by itself bumble lets everyone write everything."""

    def refuse(_connection: Connection, _data: bytes) -> None:
        raise ATT_Error(ATT_WRITE_NOT_PERMITTED_ERROR)

    return CharacteristicValue(read=lambda _connection: _value(value), write=refuse)


def _unspoiled(_uuid: Name, data: bytes) -> Sequence[bytes]:
    return (data,)


class Peripheral:
    """One device in the air. A value of `readable` is what a central reads under that UUID of that service.

    `pushed` are the characteristics of `service` that do more than be read, `written` takes their writes;
    `more` are those of services that are not advertised.

    `bonded` makes subscribing need an encrypted link, as cuffs do that talk only to the one they know;
    `encrypted` tells of the last subscription whether it was. `through` may spoil what is pushed.
    """

    def __init__(
        self,
        air: Air,
        address: str,
        name: str,
        service: Name,
        pushed: Sequence[tuple[Name, Characteristic.Properties]],
        readable: Readable,
        *,
        written: Mapping[Name, Written] | None = None,
        more: Pushed | None = None,
        bonded: bool = False,
    ) -> None:
        self.controller = EmulatedController(name, link=air, public_address=address)
        self._device = host_on(self.controller, self.controller, address, name)
        own = readable.get(service, {})
        self._pushed = {
            uuid: self._push_characteristic(uuid, how, own.get(uuid), (written or {}).get(uuid))
            for uuid, how in pushed
        }
        services = {service: list(self._pushed.values())}
        for other, extra in (more or {}).items():
            added = {uuid: self._push_characteristic(uuid, how, None, None) for uuid, how in extra}
            services[other] = list(added.values())
            self._pushed |= added
        self._connection: Connection | None = None
        self.encrypted = False
        self.through: Through = _unspoiled
        self.subscribed = asyncio.Event()
        self.subscriptions: set[Name] = set()
        self.free = asyncio.Event()
        self.free.set()
        for uuid, values in readable.items():
            services.setdefault(uuid, []).extend(
                Characteristic(_uuid(name), READ, _READABLE, _read_only(value))
                for name, value in values.items()
                if name not in self._pushed
            )
        for uuid, characteristics in services.items():
            self._device.add_service(Service(_uuid(uuid), characteristics))
        if bonded:
            self._require_bond()
        self._device.on("connection", self._on_connection)
        self._told = [
            (AdvertisingData.FLAGS, _FLAGS),
            _service_list(service),
            (AdvertisingData.COMPLETE_LOCAL_NAME, name.encode()),
        ]
        self._device.advertising_data = bytes(AdvertisingData(self._told))

    @property
    def address(self) -> Address:
        return self._device.random_address

    def announce(self, company: int, data: bytes) -> None:
        """Advertise a maker's data too, as far as there is room for it."""
        own = (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, struct.pack("<H", company) + data)
        self._device.advertising_data = bytes(AdvertisingData([*self._told, own]))

    async def switch_on(self, *, advertise: bool = True) -> None:
        """Boot, and advertise until switched off; a link that ends makes it advertise again."""
        await self._device.power_on()
        if advertise:
            await self.advertise(auto_restart=True)

    async def advertise(self, *, auto_restart: bool = False) -> None:
        if not self._device.is_advertising:
            await self._device.start_advertising(auto_restart=auto_restart)

    async def fall_silent(self) -> None:
        """No longer advertise."""
        if self._device.is_advertising:
            await self._device.stop_advertising()

    async def push(self, uuid: Name, data: bytes) -> bool:
        """Notify or indicate the subscriber; True once it went out, or was confirmed if it is indicated."""
        sent = False
        for message in self.through(uuid, data):
            sent = await self._send(self._pushed[uuid], message)
        return sent

    async def until_subscribed(self, uuid: Name) -> None:
        """Wait for a central that wants to hear this."""
        while uuid not in self.subscriptions:
            self.subscribed.clear()
            await self.subscribed.wait()

    async def _send(self, characteristic: Characteristic, data: bytes) -> bool:
        if self._connection is None:
            return False
        if not characteristic.properties & INDICATE:
            await self._device.notify_subscribers(characteristic, data)
            return True
        # bumble waits 30 s for the confirmation of a central that has gone.
        indicating = self._device.indicate_subscriber(self._connection, characteristic, data)
        sending = asyncio.ensure_future(indicating)
        gone = asyncio.ensure_future(self.free.wait())
        done, waiting = await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return sending in done and sending.exception() is None

    async def hang_up(self) -> None:
        """End the link, as a device that has said all it had to say."""
        if self._connection is None:
            return
        # bumble cancels the request of a link that is lost meanwhile; that must not end our own task.
        ending = asyncio.ensure_future(self._connection.disconnect())
        await asyncio.wait({ending})
        if not ending.cancelled() and (error := ending.exception()) and not isinstance(error, HCI_Error):
            raise error

    def vanish(self) -> None:
        """Leave the room; see EmulatedController."""
        self.controller.vanish()

    async def reappear(self) -> None:
        """Come back into the room and advertise."""
        self.controller.reappear()
        await self.advertise(auto_restart=True)

    def _push_characteristic(
        self, uuid: Name, how: Characteristic.Properties, value: Value | None, written: Written | None
    ) -> Characteristic:
        permissions = Attribute.Permissions(0)
        permissions |= _READABLE if value is not None else permissions
        permissions |= _WRITEABLE if written is not None else permissions
        held = CharacteristicValue(read=lambda _connection: _value(value), write=_write_to(written))
        characteristic = Characteristic(_uuid(uuid), how, permissions, held)
        characteristic.on("subscription", partial(self._on_subscription, uuid))
        return characteristic

    def _require_bond(self) -> None:
        from bumble.keys import MemoryKeyStore
        from bumble.pairing import PairingConfig

        self._device.keystore = MemoryKeyStore()
        self._device.pairing_config_factory = lambda _connection: PairingConfig(
            sc=True, mitm=False, bonding=True
        )
        handles = [characteristic.handle for characteristic in self._pushed.values()]
        for attribute in self._device.gatt_server.attributes:
            if attribute.type == _CCCD and attribute.handle > min(handles):
                attribute.permissions |= _ENCRYPTED

    def _on_connection(self, connection: Connection) -> None:
        # A late packet of an earlier link may have subscribed it again; all would then be sent twice.
        self._device.gatt_server.subscribers.clear()
        self._connection = connection
        self.free.clear()
        connection.once("disconnection", self._on_disconnection)

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = None
        self.subscribed.clear()
        self.subscriptions.clear()
        self.free.set()

    def _on_subscription(self, uuid: Name, connection: Connection, notify: bool, indicate: bool) -> None:
        if notify or indicate:
            self.subscriptions.add(uuid)
            self.encrypted = bool(connection.encryption)
            self.subscribed.set()
