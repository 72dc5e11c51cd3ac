"""Blood pressure cuffs, one of them bonded: memories, confirmations, a link cut in mid-indication."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from ble_parts import Ledger, Room
from machine import Stopwatch, say
from strap_steps import end, problems

from devices.drivers import ble_blood_pressure
from devices.gatt import uuid16
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble import frames
from devices.sim.ble.cuff import Cuff
from devices.transport.ble_radio import Radio
from kapmonitor import mdc
from kapmonitor.model import Direction

SYS = mdc.NIBP_SYS.ref
BONDED = "C1:00:00:00:00:11"


class CuttingLedger(Ledger):
    """Takes the cuff out of the room with the n-th reading, before it is confirmed."""

    def __init__(self, cuff: Cuff) -> None:
        super().__init__()
        self.cuff = cuff
        self.left = 0

    def on_wire(self, device, chunk) -> None:
        super().on_wire(device, chunk)
        if chunk.channel == uuid16(cuff_model.MEASUREMENT) and chunk.direction is Direction.IN:
            self.left -= 1
            if self.left == 0:
                self.cuff.peripheral.vanish()


def remember(cuff: Cuff, minutes: int, systolic: int) -> None:
    """A reading of so many minutes ago, by the cuff's own clock."""
    when = datetime.now().replace(microsecond=0) - timedelta(minutes=minutes)  # noqa: DTZ005
    cuff.memory.append(frames.blood_pressure((systolic, 70, 84), when=when, pulse=60))


async def readings(room: Room, radio: Radio, address: str, what: str, *, bonded: bool = False) -> None:
    cuff = room.cuffs[address]
    await cuff.peripheral.fall_silent()
    ledger = CuttingLedger(cuff)
    _, task = room.pump(ble_blood_pressure.DRIVER, address, radio, ledger=ledger)
    for minutes, systolic in ((600, 111), (300, 112), (0, 113)):
        remember(cuff, minutes, systolic)
    watch = Stopwatch()
    assert await cuff.offer(), "not all indications were confirmed"
    await ledger.until(lambda: len(ledger.values(SYS)) == 3 and "ended" in problems(ledger))
    assert cuff.peripheral.encrypted is bonded
    assert ledger.readings(SYS) == [(111.0, True), (112.0, True), (113.0, False)], ledger.readings(SYS)
    say(f"{what}: two kept readings and a new one taken, confirmed and ended in {watch}; encrypted: {bonded}")
    for systolic in (114, 115):
        remember(cuff, 0, systolic)
        watch = Stopwatch()
        assert await cuff.offer(), "not confirmed"
        await ledger.until(lambda systolic=systolic: systolic in ledger.values(SYS))
        assert cuff.peripheral.encrypted is bonded
        say(f"{what}: connected again, one reading, once, in {watch}")
    ledger.left = 2
    for minutes, systolic in ((2, 116), (1, 117), (0, 118)):
        remember(cuff, minutes, systolic)
    assert not await cuff.offer()
    kept = len(cuff.memory)
    cuff.peripheral.controller.reappear()
    watch = Stopwatch()
    assert await cuff.offer(), "not confirmed after the cut"
    await ledger.until(lambda: 118.0 in ledger.values(SYS))
    await asyncio.sleep(0.5)
    assert sorted(ledger.values(SYS)) == [111.0, 112.0, 113.0, 114.0, 115.0, 116.0, 117.0, 118.0]
    say(
        f"{what}: cut in mid-indication with {kept} not confirmed, all there once, {watch} after it came back"
    )
    await end(task)
