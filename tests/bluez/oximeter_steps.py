"""A pulse oximeter: kept spot-checks through the record access, then values by notification."""

from __future__ import annotations

from ble_parts import Room
from machine import Stopwatch, say, until
from strap_steps import end, problems

from devices.drivers import ble_pulse_oximeter
from devices.sim.ble import oximeter as model
from devices.sim.ble.oximeter import Finger, Oximeter
from devices.transport.ble_radio import Radio
from kapmonitor import mdc

SPO2 = mdc.SPO2.ref


def oximeter(room: Room) -> Oximeter:
    found = iter([95.0, 96.0, 97.0])
    device = Oximeter(room.air, lambda _t_ns: Finger(next(found, 98.0), 70.0, 2.35), room.clock)
    for _ in range(3):
        device.remember(room.clock.now_ns())
    return device


async def readings(room: Room, radio: Radio, device: Oximeter) -> None:
    ledger, task = room.pump(ble_pulse_oximeter.DRIVER, model.ADDRESS, radio, options={"stored": True})
    watch = Stopwatch()
    await ledger.until(lambda: len(ledger.values(SPO2)) == 3)
    assert ledger.readings(SPO2) == [(95.0, True), (96.0, True), (97.0, True)], ledger.readings(SPO2)
    say(f"oximeter: three kept spot-checks fetched and told as such, {watch} after the start")
    await end(task, device)
    ledger, task = room.pump(ble_pulse_oximeter.DRIVER, model.ADDRESS, radio)
    await ledger.live()
    for cycle in range(1, 4):
        await until(device.peripheral.subscribed.is_set)
        before = len(ledger.readings(SPO2))
        for _ in range(5):
            assert await device.peripheral.push(model.CONTINUOUS, device.message(room.clock.now_ns()))
        await ledger.until(lambda before=before: len(ledger.readings(SPO2)) >= before + 5)
        assert ledger.readings(SPO2)[before:] == [(98.0, False)] * 5
        assert await device.peripheral.push(model.SPOT_CHECK, device.memory[0]), "not confirmed"
        await device.peripheral.hang_up()
        await ledger.until(lambda cycle=cycle: problems(ledger).count("lost") == cycle)
        await ledger.live(cycle + 1)
        say(f"oximeter: five values and a confirmed spot-check, each once; connected again ({cycle})")
    await end(task, device)
