"""Runs in the virtual machine of vm.sh: BlePump and the drivers over bleak's own BlueZ backend.

The kernel's virtual adapter (/dev/vhci) is an emulated controller in the same air as the emulated strap and
cuffs. Each step prints a line; the first that fails ends the run with a traceback.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import ble_parts
from ble_parts import Ledger, Room
from bumble import hci
from bumble.transport import open_transport
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

from devices.drivers import ble_blood_pressure, ble_heart_rate
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.sim.ble.radio import EmulatedController
from devices.sim.ble.strap import Strap
from devices.transport.ble_radio import Radio
from devices.transport.ble_scan import scan
from kapmonitor import mdc
from kapmonitor.model import LinkChanged, Observation

HR = mdc.HEART_RATE.ref
SYS = mdc.NIBP_SYS.ref
BONDED = "C1:00:00:00:00:11"
BURST = 200
START_S = time.monotonic()
SPECS = (ble_heart_rate.DRIVER, ble_blood_pressure.DRIVER)
LEFTOVER = """
import asyncio, os, sys
from bleak import BleakClient, BleakScanner

async def main():
    device = await BleakScanner.find_device_by_address(sys.argv[1], timeout=60)
    client = BleakClient(device)
    await client.connect()
    os._exit(0)

asyncio.run(main())
"""


def say(*words: object) -> None:
    print(f"[{time.monotonic() - START_S:6.1f} s]", *words, flush=True)


def problems(ledger: Ledger) -> list[str]:
    return [change.problem.value for change in ledger.of(LinkChanged)]


async def power_on() -> str:
    """Switch BlueZ's adapter on, which takes some tries while the kernel still sets it up."""
    bus = await MessageBus(bus_type=BusType.SYSTEM).connect()

    async def call(**message: object) -> Message:
        reply = await bus.call(Message(destination="org.bluez", **message))
        assert reply is not None
        return reply

    try:
        for _ in range(200):
            known = await call(
                path="/", interface="org.freedesktop.DBus.ObjectManager", member="GetManagedObjects"
            )
            if known.message_type is MessageType.METHOD_RETURN:
                for path in (
                    p for p, interfaces in known.body[0].items() if "org.bluez.Adapter1" in interfaces
                ):
                    reply = await call(
                        path=path,
                        interface="org.freedesktop.DBus.Properties",
                        member="Set",
                        signature="ssv",
                        body=["org.bluez.Adapter1", "Powered", Variant("b", True)],
                    )
                    if reply.message_type is MessageType.METHOD_RETURN:
                        return path
            await asyncio.sleep(0.3)
    finally:
        bus.disconnect()
    raise AssertionError("BlueZ shows no adapter")


async def beat(strap: Strap, ledger: Ledger, rate: int) -> None:
    """One message, one delivery."""
    before = len(ledger.values(HR))
    await asyncio.wait_for(strap.peripheral.subscribed.wait(), ble_parts.PATIENCE_S)
    assert await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(rate))
    await ledger.until(lambda: len(ledger.values(HR)) > before)
    await asyncio.sleep(0.5)
    assert ledger.values(HR)[before:] == [float(rate)], "delivered more than once"


async def discovery(room: Room, radio: Radio) -> None:
    found = {device.name: device for device in await scan(radio, 5.0, SPECS)}
    assert found["KAP strap"].drivers == ("ble-heart-rate",)
    assert found["KAP cuff"].drivers == ("ble-blood-pressure",)
    say("found", sorted(found))


async def strap_scenario(room: Room, radio: Radio, strap: Strap) -> None:
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await ledger.live()
    started = time.monotonic()
    await asyncio.wait_for(strap.peripheral.subscribed.wait(), ble_parts.PATIENCE_S)
    for i in range(BURST):
        await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(60 + i % 40, rr=(1000,)))
        await asyncio.sleep(0)
    await ledger.until(lambda: len(ledger.values(HR)) >= BURST)
    assert ledger.values(HR) == [60.0 + i % 40 for i in range(BURST)]
    say(f"{BURST} notifications in order, {BURST / (time.monotonic() - started):.0f}/s")
    for cycle in range(1, 4):
        await strap.peripheral.hang_up()
        await ledger.until(lambda cycle=cycle: problems(ledger).count("lost") == cycle)
        await ledger.live(cycle + 1)
        await beat(strap, ledger, 70 + cycle)
        say(f"disconnected by the strap, connected again ({cycle}): each notification came once")
    gone_s = time.monotonic()
    strap.peripheral.vanish()
    await ledger.until(lambda: problems(ledger).count("lost") == 4)
    say(f"the strap left the room: noticed after {time.monotonic() - gone_s:.1f} s")
    await strap.peripheral.reappear()
    await ledger.live(5)
    await beat(strap, ledger, 80)
    say("the strap came back: connected, each notification came once")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(strap.peripheral.free.wait(), ble_parts.PATIENCE_S)
    say("the task ended: the strap is free")


async def cuff_scenario(room: Room, radio: Radio, address: str, what: str, *, bonded: bool = False) -> None:
    cuff = room.cuffs[address]
    await cuff.peripheral.fall_silent()
    ledger, task = room.pump(ble_blood_pressure.DRIVER, address, radio)
    cuff.memory.append(bytes.fromhex("167d0050006600e10701100c27364000 0000"))
    cuff.measure(room.clock.now_ns(), status=4)
    for reading in (2, 3):
        started = time.monotonic()
        assert await cuff.offer(), "not all indications were confirmed"
        await ledger.until(lambda reading=reading: len(ledger.values(SYS)) == reading)
        await ledger.until(lambda reading=reading: problems(ledger).count("ended") == reading - 1)
        assert cuff.peripheral.encrypted is bonded
        say(f"{what}: reading taken, confirmed and ended in {time.monotonic() - started:.1f} s")
        cuff.memory.append(frames.blood_pressure((118, 78, 91), pulse=70))
    told = [(e.reading.value, e.stored) for e in ledger.of(Observation) if e.metric.ref == SYS]
    assert told == [(125.0, True), (120.0, False), (118.0, False)], told
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def leftover_scenario(room: Room, radio: Radio, strap: Strap) -> None:
    """Another program connected to the strap and crashed; BlueZ keeps the link, so the strap stays hidden."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", LEFTOVER, strap_model.ADDRESS, stderr=subprocess.STDOUT
    )
    assert await process.wait() == 0
    await asyncio.sleep(1.0)
    kept = not strap.peripheral.free.is_set()
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await ledger.live()
    await beat(strap, ledger, 66)
    say(f"after a crash of another program (link kept by BlueZ: {kept}): connected")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def scenario(room: Room) -> None:
    async with await open_transport("vhci") as transport:
        adapter = EmulatedController(
            "adapter",
            host_source=transport.source,
            host_sink=transport.sink,
            link=room.air,
            public_address="F0:F0:F0:F0:F0:F0",
        )
        # The emulated controller claims more than it can do.
        adapter.le_features &= ~(hci.LeFeatureMask.LL_PRIVACY | hci.LeFeatureMask.LE_EXTENDED_ADVERTISING)
        say("adapter", await power_on())
        strap = room.strap()
        room.cuffs = {
            cuff_model.ADDRESS: room.cuff(),
            BONDED: room.cuff(address=BONDED, name="KAP bonded", bonded=True),
        }
        for device in (strap, *room.cuffs.values()):
            await device.peripheral.switch_on(advertise=False)
            await device.peripheral.advertise(auto_restart=device is strap)
        radio = Radio()
        steps: list[Callable[[], Awaitable[None]]] = [
            lambda: discovery(room, radio),
            lambda: strap_scenario(room, radio, strap),
            lambda: cuff_scenario(room, radio, cuff_model.ADDRESS, "cuff"),
            lambda: cuff_scenario(room, radio, BONDED, "cuff that must be paired", bonded=True),
            lambda: leftover_scenario(room, radio, strap),
        ]
        for step in steps:
            await step()
        await radio.close()
    say("ALL PASSED")


async def main() -> None:
    ble_parts.PATIENCE_S = 90.0
    async with ble_parts.room() as room:
        await scenario(room)


say("imported")
asyncio.run(main())
