"""Emulated devices whose table of characteristics changes, as it does with new firmware."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence

from bumble.core import UUID
from bumble.gatt import Characteristic, Service

from devices.sim.ble.peripheral import Peripheral

GAP, GATT = UUID.from_16_bits(0x1800), UUID.from_16_bits(0x1801)
EXTRA = "5b1b0000-0000-4000-8000-6b61706d6f6e"


def move(peripheral: Peripheral) -> None:
    """All services of the device's own get other handles; who is subscribed no longer is."""
    extra = Characteristic(UUID(EXTRA), Characteristic.Properties.READ, Characteristic.READABLE, b"new")
    _rebuild(peripheral, [Service(UUID(EXTRA), [extra]), *_own(peripheral)])


def turn_round(peripheral: Peripheral) -> None:
    """Each service keeps its handles, with its characteristics in the opposite order."""
    services = _own(peripheral)
    for service in services:
        service.characteristics = list(reversed(service.characteristics))
    _rebuild(peripheral, services)


def say_nothing_of_changes(peripheral: Peripheral) -> None:
    """A device without the means to tell that its table has changed; before it is switched on."""
    services = _own(peripheral)
    server = peripheral._device.gatt_server
    kept = [service for service in server.services if service.uuid == GAP]
    _clear(peripheral)
    server.add_services([*kept, *services])


async def tell(peripheral: Peripheral) -> None:
    """Indicate that the whole table has changed, once the central wants to know."""
    device = peripheral._device
    changed = device.gatt_service.service_changed_characteristic
    async with asyncio.timeout(20):
        while not any(changed.handle in states for states in device.gatt_server.subscribers.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await device.indicate_subscribers(changed, struct.pack("<HH", 1, 0xFFFF))


def _own(peripheral: Peripheral) -> list[Service]:
    services = peripheral._device.gatt_server.services
    return [service for service in services if service.uuid not in (GAP, GATT, UUID(EXTRA))]


def _rebuild(peripheral: Peripheral, services: Sequence[Service]) -> None:
    server = peripheral._device.gatt_server
    kept = [service for service in server.services if service.uuid in (GAP, GATT)]
    listening = {bearer: dict(states) for bearer, states in server.subscribers.items()}
    last = max(service.end_group_handle for service in kept)
    _clear(peripheral)
    server.add_services([*kept, *services])
    for bearer, states in listening.items():
        server.subscribers[bearer] = {handle: state for handle, state in states.items() if handle <= last}
    peripheral.subscribed.clear()
    peripheral.subscriptions.clear()


def _clear(peripheral: Peripheral) -> None:
    server = peripheral._device.gatt_server
    server.attributes.clear()
    server.attributes_by_handle.clear()
    server.services.clear()
