"""A heart rate strap: a burst, reconnections, the edge of the room, a leftover, an early end."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys

import ble_parts
from ble_parts import Ledger, Room
from machine import Stopwatch, say, until

from devices.drivers import ble_heart_rate
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.sim.ble.strap import Strap
from devices.transport.ble_radio import Radio
from kapmonitor import mdc
from kapmonitor.model import LinkChanged, LinkState

HR = mdc.HEART_RATE.ref
BURST = 200
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


def problems(ledger: Ledger) -> list[str]:
    return [change.problem.value for change in ledger.of(LinkChanged)]


async def beat(strap: Strap, ledger: Ledger, rate: int) -> None:
    """One message, one delivery; it is said again if it went into a link that was about to end."""
    before = len(ledger.values(HR))
    async with asyncio.timeout(ble_parts.PATIENCE_S):
        while len(ledger.values(HR)) == before:
            await strap.peripheral.subscribed.wait()
            await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(rate))
            with contextlib.suppress(TimeoutError):
                await until(lambda: len(ledger.values(HR)) > before, 3.0)
    await asyncio.sleep(0.5)
    assert ledger.values(HR)[before:] == [float(rate)], "delivered more than once"


async def end(task: asyncio.Task[None], device: Strap | None = None) -> Stopwatch:
    """Cancel the task of a link; how long that took. With a device: also wait until BlueZ has hung up."""
    watch = Stopwatch()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert watch.seconds < 2.0, f"ending a link took {watch}"
    if device is not None:
        await asyncio.wait_for(device.peripheral.free.wait(), ble_parts.PATIENCE_S)
    return watch


async def connections(room: Room, radio: Radio, strap: Strap) -> None:
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await ledger.live()
    watch = Stopwatch()
    await asyncio.wait_for(strap.peripheral.subscribed.wait(), ble_parts.PATIENCE_S)
    for i in range(BURST):
        await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(60 + i % 40, rr=(1000,)))
        await asyncio.sleep(0)
    await ledger.until(lambda: len(ledger.values(HR)) >= BURST)
    assert ledger.values(HR) == [60.0 + i % 40 for i in range(BURST)]
    say(f"strap: {BURST} notifications in order, {BURST / watch.seconds:.0f}/s")
    for cycle in range(1, 4):
        await strap.peripheral.hang_up()
        await ledger.until(lambda cycle=cycle: problems(ledger).count("lost") == cycle)
        await ledger.live(cycle + 1)
        await beat(strap, ledger, 70 + cycle)
        say(f"strap: disconnected by itself, connected again ({cycle}): each notification came once")
    watch = Stopwatch()
    strap.peripheral.vanish()
    await ledger.until(lambda: problems(ledger).count("lost") == 4)
    say(f"strap: left the room, noticed after {watch}")
    await strap.peripheral.reappear()
    await ledger.live(5)
    await beat(strap, ledger, 80)
    say("strap: came back, connected, each notification came once")
    watch = Stopwatch()
    await ledger.until(lambda: ledger.of(LinkChanged)[-1].state is LinkState.STALE)
    assert watch.seconds < 3.2
    say(f"strap: says nothing, stale after {watch} and the half second before")
    await beat(strap, ledger, 81)
    assert ledger.of(LinkChanged)[-1].state is LinkState.LIVE
    say("strap: speaks, live again on the same connection")
    watch = await end(task)
    say(f"strap: the link's task ended in {watch}; free: {strap.peripheral.free.is_set()}")
    watch = Stopwatch()
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await asyncio.wait_for(strap.peripheral.free.wait(), ble_parts.PATIENCE_S)
    say(f"strap: free after another {watch}")
    await beat(strap, ledger, 82)
    say("strap: the next link waited for that; each notification came once")
    await end(task, strap)


async def ended_while_connecting(room: Room, radio: Radio, strap: Strap) -> None:
    """What a preview does when its dialog is shut; the radio is free for the next."""
    for delay_s in (0.05, 0.3, 0.6, 0.9, 1.2):
        _, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
        await asyncio.sleep(delay_s)
        await end(task)
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await ledger.live()
    await beat(strap, ledger, 65)
    say("strap: links that were ended while they connected left nothing behind")
    await end(task, strap)


async def leftover(room: Room, radio: Radio, strap: Strap) -> None:
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
    say(f"strap: after a crash of another program (link kept by BlueZ: {kept}) connected")
    await end(task, strap)
