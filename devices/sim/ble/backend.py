"""bleak's scanner and client over a bumble host: the console's own Bluetooth code meets emulated devices.

bleak takes backend classes, not objects; `backend_over` makes a pair of them that share one host. Refusals
come out as bleak's own errors, a peer that has gone as TimeoutError, a link lost in mid-request as
BleakError.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from bleak.args import SizedBuffer
from bleak.assigned_numbers import CharacteristicPropertyName
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str
from bumble import att, core, device, gatt_client
from bumble.core import AdvertisingData
from bumble.hci import Address

from devices.sim.ble.radio import Air, EmulatedController, host_on
from devices.transport.ble_radio import Backend, Radio

Host = Callable[[], Awaitable[device.Device]]
"""Gives the powered-on bumble host; OSError if there is no way to it."""

T = TypeVar("T")
CONSOLE_ADDRESS: Final = "F0:00:00:00:00:01"
_HANG_UP_S: Final = 1.0
_CALL_OFF_TIMES: Final = 20
_CALL_OFF_S: Final = 0.05
_MTU: Final = 517
_MTU_DEFAULT: Final = 23
_PROPERTIES: Final[dict[int, CharacteristicPropertyName]] = {
    0x02: "read",
    0x04: "write-without-response",
    0x08: "write",
    0x10: "notify",
    0x20: "indicate",
}
_AD = AdvertisingData
_UUID_LISTS: Final = {
    _AD.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _AD.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _AD.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    _AD.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}


def backend_over(host: Host) -> Backend:
    """Backend classes for one emulated radio."""

    class Scanner(EmulatedScanner):
        get_host = staticmethod(host)

    class Client(EmulatedClient):
        get_host = staticmethod(host)

    return Backend(Scanner, Client)


def radio_in(air: Air) -> Radio:
    """A radio of this process in the air of its emulated devices."""
    booted: list[device.Device] = []

    async def host() -> device.Device:
        if not booted:
            controller = EmulatedController("console", link=air, public_address=CONSOLE_ADDRESS)
            booted.append(host_on(controller, controller, CONSOLE_ADDRESS, "console"))
            await booted[0].power_on()
        return booted[0]

    return Radio(backend_over(host))


def _uuid(uuid: core.UUID) -> str:
    return normalize_uuid_str(uuid.to_hex_str("-"))


def _address(address: Address) -> str:
    return str(address.to_string(with_type_qualifier=False)).upper()


def _advertised(advertisement: device.Advertisement, before: AdvertisementData | None) -> AdvertisementData:
    """What a packet says; names and services that an earlier one told are kept."""
    name = before.local_name if before else None
    uuids = list(before.service_uuids) if before else []
    makers = dict(before.manufacturer_data) if before else {}
    for kind, raw in advertisement.data.ad_structures:
        if kind in (_AD.COMPLETE_LOCAL_NAME, _AD.SHORTENED_LOCAL_NAME):
            name = raw.decode("utf-8", "replace")
        elif kind == _AD.MANUFACTURER_SPECIFIC_DATA:
            makers[int.from_bytes(raw[:2], "little")] = raw[2:]
        elif size := _UUID_LISTS.get(kind):
            heard = [_uuid(core.UUID.from_bytes(raw[i : i + size])) for i in range(0, len(raw), size)]
            uuids += [uuid for uuid in heard if uuid not in uuids]
    return AdvertisementData(name, makers, {}, uuids, None, advertisement.rssi, (advertisement,))


class EmulatedScanner(BaseBleakScanner):
    """bleak's scanner over the host of its class; several may share one."""

    get_host: Host

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        **_platform: object,
    ) -> None:
        wanted = None if service_uuids is None else [normalize_uuid_str(uuid) for uuid in service_uuids]
        super().__init__(detection_callback, wanted)
        self._active = scanning_mode == "active"
        self._host: device.Device | None = None

    async def start(self) -> None:
        self.seen_devices = {}
        host = self._host = await type(self).get_host()
        host.on("advertisement", self._on_advertisement)
        if not host.scanning:
            await host.start_scanning(active=self._active, filter_duplicates=False)

    async def stop(self) -> None:
        host, self._host = self._host, None
        if host is None:
            return
        host.remove_listener("advertisement", self._on_advertisement)
        if host.scanning and not host.listeners("advertisement"):
            await host.stop_scanning()

    def _on_advertisement(self, advertisement: device.Advertisement) -> None:
        address = _address(advertisement.address)
        _, before = self.seen_devices.get(address, (None, None))
        said = _advertised(advertisement, before)
        if self.is_allowed_uuid(said.service_uuids):
            device = self.create_or_update_device(
                address, address, said.local_name, advertisement.address, said
            )
            self.call_detection_callbacks(device, said)


async def _reach(host: device.Device, address: Address, limit_s: float) -> device.Connection:
    """Connect; bumble's errors. Only bumble's own limit also calls off the attempt in the controller, so that
    whoever is cancelled has to do it."""
    attempt = asyncio.ensure_future(host.connect(address, timeout=limit_s))
    try:
        return await asyncio.shield(attempt)
    except asyncio.CancelledError:
        for _ in range(_CALL_OFF_TIMES):
            with contextlib.suppress(Exception):  # it may have ended, or not yet have begun
                await host.cancel_connection()
            if (await asyncio.wait((attempt,), timeout=_CALL_OFF_S))[0]:
                break
        if attempt.done() and not attempt.cancelled() and attempt.exception() is None:
            with contextlib.suppress(Exception):
                await attempt.result().disconnect()
        raise


class EmulatedClient(BaseBleakClient):
    """bleak's client over the host of its class."""

    get_host: Host

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None = None,
        timeout: float = 30.0,
        **_platform: object,
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._device = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._connection: device.Connection | None = None
        self._peer: gatt_client.Client | None = None
        self._asking: set[asyncio.Future[Any]] = set()
        self._subscribers: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        known = self._device.name if self._device else None
        return known or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        return int(self._connection.att_mtu) if self._connection else _MTU_DEFAULT

    @property
    def is_connected(self) -> bool:
        return self._connection is not None

    async def connect(self, pair: bool, **_platform: object) -> None:
        """Connect and discover; a bare TimeoutError, as from bleak's own backends, if the device is gone."""
        if self._connection:
            raise BleakError("already connected")
        if self._device is None:
            raise BleakDeviceNotFoundError(self.address, "an emulated device is found by scanning")
        host = await type(self).get_host()
        deadline = asyncio.get_running_loop().time() + self._timeout
        try:
            self._connection = await _reach(host, self._device.details, self._timeout)
        except (core.TimeoutError, core.ConnectionError) as error:
            raise TimeoutError(f"connecting to {self.address}") from error
        self._connection.once("disconnection", self._on_disconnection)
        try:
            async with asyncio.timeout_at(deadline):
                await self._discover()
                if pair:
                    await self.pair()
        except BaseException:
            await self.disconnect()
            raise

    async def _discover(self) -> None:
        connection = self._connection
        if connection is None:
            raise BleakError("disconnected")
        self._peer = connection.gatt_client or gatt_client.Client(connection)
        await self._request(self._peer.request_mtu(_MTU))
        services = BleakGATTServiceCollection()
        for found in await self._request(self._peer.discover_services()):
            service = BleakGATTService(found, found.handle, _uuid(found.uuid))
            services.add_service(service)
            for each in await self._request(self._peer.discover_characteristics([], found)):
                names = [flag for value, flag in _PROPERTIES.items() if int(each.properties) & value]
                characteristic = BleakGATTCharacteristic(
                    each, each.handle, _uuid(each.uuid), names, lambda: self.mtu_size - 3, service
                )
                services.add_characteristic(characteristic)
                for of_it in await self._request(self._peer.discover_descriptors(each)):
                    descriptor = BleakGATTDescriptor(of_it, of_it.handle, _uuid(of_it.type), characteristic)
                    services.add_descriptor(descriptor)
        self.services = services

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = self._peer = self.services = None
        self._subscribers.clear()
        # bumble may have been left without word of the loss: what it still waits for would outlive the loop.
        for asking in tuple(self._asking):
            asking.cancel()
        if self._disconnected_callback:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        if connection := self._connection:
            # It may be lost meanwhile, which is what was asked for, and of which bumble may then not tell.
            with contextlib.suppress(Exception):
                async with asyncio.timeout(_HANG_UP_S):
                    await connection.disconnect()
            if self._connection is connection:
                self._on_disconnection(0)

    async def pair(self, *_arguments: object, **_platform: object) -> None:
        if self._connection is None:
            raise BleakError("not connected")
        try:
            await self._connection.pair()
        except core.BaseBumbleError as error:
            raise BleakError(f"pairing failed: {error}") from error

    async def unpair(self) -> None:
        raise BleakError("an emulated radio keeps no bonds")

    async def _request(self, answer: Awaitable[T]) -> T:
        """Await an answer of the peer; who stops waiting leaves the request to bumble, which needs its end.

        A request whose link is lost is cancelled, by bumble or here.
        """
        asking = asyncio.ensure_future(answer)
        self._asking.add(asking)
        asking.add_done_callback(self._answered)
        try:
            return await asyncio.shield(asking)
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if asking.cancelled() and task is not None and not task.cancelling():
                raise BleakError("disconnected") from None
            raise

    def _answered(self, asking: asyncio.Future[Any]) -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            asking.exception()

    def _server(self) -> gatt_client.Client:
        if self._peer is None:
            raise BleakError("not connected")
        return self._peer

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_platform: object
    ) -> bytearray:
        return bytearray(await self._request(self._server().read_value(characteristic.handle)))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_platform: object
    ) -> bytearray:
        return bytearray(await self._request(self._server().read_value(descriptor.handle)))

    async def write_gatt_char(
        self, characteristic: BleakGATTCharacteristic, data: SizedBuffer, response: bool
    ) -> None:
        await self._request(self._server().write_value(characteristic.handle, bytes(data), response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: SizedBuffer) -> None:
        await self._request(self._server().write_value(descriptor.handle, bytes(data), True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: NotifyCallback, **_platform: object
    ) -> None:
        if characteristic.handle in self._subscribers:
            raise BleakError("notifications of this characteristic are on")

        def deliver(value: bytes) -> None:
            callback(bytearray(value))

        self._subscribers[characteristic.handle] = deliver
        try:
            await self._request(self._server().subscribe(characteristic.obj, deliver, prefer_notify=True))
        except BaseException:
            self._subscribers.pop(characteristic.handle, None)
            raise

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        self._subscribers.pop(characteristic.handle, None)
        await self._request(self._server().unsubscribe(characteristic.obj))
