"""The adapter is switched off and on, the service starts anew, a device changes its table."""

from __future__ import annotations

import asyncio

import ble_parts
import ble_tables
from ble_parts import Ledger, Room
from machine import Bluez, Stopwatch, say, until
from strap_steps import beat, end, problems

from devices.drivers import ble_heart_rate
from devices.sim.ble import strap as strap_model
from devices.sim.ble.strap import Strap
from devices.transport.ble_errors import CHANGED, HINTS
from devices.transport.ble_radio import Radio
from kapmonitor import mdc
from kapmonitor.model import LinkChanged, LinkProblem


async def without_radio(ledger: Ledger, watch: Stopwatch, times: int = 1) -> None:
    await ledger.until(lambda: problems(ledger).count("no-radio") >= times)
    change = next(c for c in reversed(ledger.of(LinkChanged)) if c.problem is LinkProblem.NO_RADIO)
    assert change.detail == HINTS[LinkProblem.NO_RADIO]
    assert watch.seconds < 2.0, f"told after {watch}"


async def off_while_connected(room: Room, radio: Radio, strap: Strap, bluez: Bluez) -> None:
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await beat(strap, ledger, 61)
    watch = Stopwatch()
    assert await bluez.power(False)
    await without_radio(ledger, watch)
    say(f"adapter: off while connected, told {watch} after; states", ledger.links()[-2:])
    await asyncio.wait_for(strap.peripheral.free.wait(), ble_parts.PATIENCE_S)
    watch = Stopwatch()
    assert await bluez.power(True)
    await beat(strap, ledger, 62)
    say(f"adapter: on, values again after {watch}, each once")
    await end(task, strap)


async def off_while_listening(room: Room, radio: Radio, strap: Strap, bluez: Bluez) -> None:
    await strap.peripheral.fall_silent()
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await until(lambda: radio.scanner._scanner is not None)
    await asyncio.sleep(1.0)
    watch = Stopwatch()
    assert await bluez.power(False)
    await without_radio(ledger, watch)
    say(f"adapter: off while listening, told {watch} after")
    await asyncio.sleep(3.0)
    await strap.peripheral.advertise(auto_restart=True)
    watch = Stopwatch()
    assert await bluez.power(True)
    await beat(strap, ledger, 63)
    say(f"adapter: on, values after {watch}")
    await end(task, strap)


async def off_while_connecting(room: Room, radio: Radio, strap: Strap, bluez: Bluez) -> None:
    def leave(device: object, _said: object) -> None:
        if device.address == strap_model.ADDRESS:
            strap.peripheral.vanish()

    async with radio.scanner.listening(leave):
        ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
        await until(lambda: radio._attempts)
        await asyncio.sleep(1.0)
    watch = Stopwatch()
    assert await bluez.power(False)
    await without_radio(ledger, watch)
    say(f"adapter: off while connecting, told {watch} after")
    assert await bluez.power(True)
    await strap.peripheral.reappear()
    watch = Stopwatch()
    await beat(strap, ledger, 64)
    say(f"adapter: on and the strap back, values after {watch}")
    await end(task, strap)


async def service_anew(room: Room, radio: Radio, strap: Strap, bluez: Bluez) -> None:
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await beat(strap, ledger, 61)
    watch = Stopwatch()
    await bluez.start_anew()
    await ledger.until(lambda: "no-radio" in problems(ledger))
    say(f"service: killed while connected, told {watch} after")
    await bluez.power_on()
    watch = Stopwatch()
    await beat(strap, ledger, 62)
    say(f"service: started anew, values {watch} after it was ready, each once")
    await end(task, strap)


async def tables(room: Room, radio: Radio, strap: Strap, silent: Strap, silent_address: str) -> None:
    ledger, task = room.pump(ble_heart_rate.DRIVER, strap_model.ADDRESS, radio)
    await beat(strap, ledger, 61)
    watch = Stopwatch()
    ble_tables.move(strap.peripheral)
    await ble_tables.tell(strap.peripheral)
    await ledger.until(lambda: "lost" in problems(ledger))
    assert any(change.detail == CHANGED for change in ledger.of(LinkChanged))
    await beat(strap, ledger, 62)
    say(f"table: changed while connected and told, values from the new one after {watch}")
    await strap.peripheral.hang_up()
    ble_tables.turn_round(strap.peripheral)
    await ledger.until(lambda: problems(ledger).count("lost") == 2)
    await beat(strap, ledger, 63)
    say("table: changed between connections, values from the new one")
    assert set(ledger.values(mdc.BATTERY.ref)) == {90.0}
    await end(task, strap)

    ledger, task = room.pump(ble_heart_rate.DRIVER, silent_address, radio)
    await beat(silent, ledger, 61)
    watch = Stopwatch()
    ble_tables.move(silent.peripheral)
    await ledger.until(lambda: "silent" in problems(ledger))
    say(f"table: changed while connected without a word, stale after {watch}")
    await beat(silent, ledger, 62)
    say(f"table: connected anew, values from the new one after {watch}")
    await silent.peripheral.hang_up()
    ble_tables.turn_round(silent.peripheral)
    await ledger.until(lambda: "lost" in problems(ledger))
    await beat(silent, ledger, 63)
    say("table: changed between connections without a word, values from the new one")
    assert set(ledger.values(mdc.BATTERY.ref)) == {90.0}
    await end(task, silent)
