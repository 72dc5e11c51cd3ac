"""Runs in the virtual machine of vm.sh: BlePump and the drivers over bleak's own BlueZ backend.

The kernel's virtual adapter (/dev/vhci) is an emulated controller in the same air as the emulated straps,
cuffs and oximeter. Each step prints a line; the first that fails ends the run with a traceback.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import ble_parts
import ble_tables
import cuff_steps
import oximeter_steps
import radio_steps
import strap_steps
from ble_parts import Room
from bumble import hci
from bumble.transport import open_transport
from machine import Bluez, Stopwatch, say

from devices.drivers import ble_blood_pressure, ble_heart_rate, ble_pulse_oximeter
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble.radio import EmulatedController
from devices.transport.ble_radio import Radio
from devices.transport.ble_scan import scan

ADAPTER = "F0:F0:F0:F0:F0:F0"
SILENT = "C1:00:00:00:00:22"
RISKY = "kap_risky=yes" in Path("/proc/cmdline").read_text().split()
"""Whether the adapter is also switched off during an attempt to connect. Linux 6.1.192 may not survive that:
"list_del corruption" in hci_chan_del() once BlueZ closes the socket of the attempt."""
SPECS = (ble_heart_rate.DRIVER, ble_blood_pressure.DRIVER, ble_pulse_oximeter.DRIVER)


async def discovery(radio: Radio) -> None:
    found = {device.name: device for device in await scan(radio, 5.0, SPECS)}
    assert "ble-heart-rate" in found["KAP strap"].drivers
    assert "ble-blood-pressure" in found["KAP cuff"].drivers
    assert "ble-pulse-oximeter" in found["KAP oximeter"].drivers
    say("found", sorted(found))


async def scenario(room: Room) -> None:
    async with await open_transport("vhci") as transport:
        adapter = EmulatedController(
            "adapter",
            host_source=transport.source,
            host_sink=transport.sink,
            link=room.air,
            public_address=ADAPTER,
        )
        # The emulated controller claims more than it can do.
        adapter.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
        bluez, radio = Bluez(), Radio()
        await bluez.power_on()
        say("adapter", bluez.adapter)
        strap, silent = room.strap(), room.strap(address=SILENT, name="KAP silent")
        ble_tables.say_nothing_of_changes(silent.peripheral)
        room.cuffs = {
            cuff_model.ADDRESS: room.cuff(),
            cuff_steps.BONDED: room.cuff(address=cuff_steps.BONDED, name="KAP bonded", bonded=True),
        }
        oximeter = oximeter_steps.oximeter(room)
        for device in (strap, silent, oximeter, *room.cuffs.values()):
            await device.peripheral.switch_on(advertise=False)
            await device.peripheral.advertise(auto_restart=device not in room.cuffs.values())
        await discovery(radio)
        await strap_steps.connections(room, radio, strap)
        await strap_steps.ended_while_connecting(room, radio, strap)
        await cuff_steps.readings(room, radio, cuff_model.ADDRESS, "cuff")
        await cuff_steps.readings(room, radio, cuff_steps.BONDED, "bonded cuff", bonded=True)
        await oximeter_steps.readings(room, radio, oximeter)
        await strap_steps.leftover(room, radio, strap)
        await radio_steps.tables(room, radio, strap, silent, SILENT)
        await radio_steps.off_while_connected(room, radio, strap, bluez)
        await radio_steps.off_while_listening(room, radio, strap, bluez)
        await radio_steps.service_anew(room, radio, strap, bluez)
        if RISKY:
            await radio_steps.off_while_connecting(room, radio, strap, bluez)
        watch = Stopwatch()
        await radio.close()
        say(f"radio closed in {watch}")
    say("ALL PASSED")


async def main() -> None:
    ble_parts.PATIENCE_S = 90.0
    async with ble_parts.room() as room:
        await scenario(room)


logging.basicConfig(format="           log: %(message)s", level=logging.WARNING)
say("imported")
asyncio.run(main())
