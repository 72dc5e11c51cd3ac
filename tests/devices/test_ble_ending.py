"""A Bluetooth link may be ended at any moment, and leaves nothing behind: no scan, no connection, no task."""

import asyncio
import random

import pytest
from ble_parts import PATIENCE_S, Ledger, in_room
from ble_radios import Diary, Switch
from wire_parts import until

from devices.drivers import ble_blood_pressure, ble_heart_rate, ble_polar_ecg
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.transport.ble import BlePump
from devices.transport.ble_radio import LET_GO_S
from devices.transport.ble_scan import REST_LIMIT_S
from devices.transport.ble_talk import PARTING_LIMIT_S
from kapmonitor import mdc

pytestmark = pytest.mark.realtime

HR = mdc.HEART_RATE.ref
STRAP = strap_model.ADDRESS
PROMISED_S = 2.0
END_LIMIT_S = 15.0
"""Shows on a busy computer, too, that an end comes; how long it waits by itself, is asked apart."""


@pytest.fixture(autouse=True)
def _warnings_are_expected(caplog):
    yield
    caplog.get_records("call").clear()


def test_a_link_ends_sooner_than_was_promised():
    assert PARTING_LIMIT_S + LET_GO_S + REST_LIMIT_S < PROMISED_S


async def ended(task):
    """Cancel it; how long that took."""
    begun = asyncio.get_running_loop().time()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled() or not task.exception()
    return asyncio.get_running_loop().time() - begun


async def nothing_left(radio, peripheral):
    await until(lambda: radio.scanner._scanner is None and not radio._leaving, END_LIMIT_S)
    await until(peripheral.free.is_set, END_LIMIT_S)
    assert not radio._connecting.locked()
    assert not radio._links
    assert not radio._attempts
    assert not radio._held


async def still_works(room, radio, strap):
    """A new link is live, and hears everything once."""
    ledger, task = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
    await asyncio.wait_for(strap.peripheral.subscribed.wait(), PATIENCE_S)
    await ledger.live()
    assert await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(61))
    await ledger.until(lambda: ledger.values(HR))
    await asyncio.sleep(0.02)
    assert ledger.values(HR) == [61.0]
    await ended(task)


@pytest.mark.parametrize("spec", [ble_heart_rate.DRIVER, ble_polar_ecg.DRIVER, ble_blood_pressure.DRIVER])
def test_after_any_number_of_steps_of_the_loop(spec):
    """From the first step until long after it is live; each time a new link on the same radio."""

    async def test(room):
        diary, strap = Diary(), room.strap()
        radio = diary.radio(room.air)
        await strap.peripheral.switch_on()
        steps, done = random.randrange(23), 0
        while done < 5:
            ledger, task = room.pump(spec, STRAP, radio)
            for _ in range(steps):
                await asyncio.sleep(0)
            assert await ended(task) < END_LIMIT_S
            await nothing_left(radio, strap.peripheral)
            done += bool(ledger.values(mdc.BATTERY.ref) or ("waiting", "refused") in ledger.links())
            steps += 23
        assert not diary.wrong
        await still_works(room, radio, strap)
        await nothing_left(radio, strap.peripheral)

    in_room(test)


def test_at_random_moments_while_the_device_comes_and_goes():
    async def test(room):
        diary, strap = Diary(connect_s=0.02, hang_up_s=0.05), room.strap()
        radio = diary.radio(room.air)
        await strap.peripheral.switch_on()
        for _ in range(25):
            _, task = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
            await asyncio.sleep(random.uniform(0, 0.15))
            if random.random() < 0.5:
                await strap.peripheral.hang_up()
                await asyncio.sleep(random.uniform(0, 0.1))
            assert await ended(task) < END_LIMIT_S
        await nothing_left(radio, strap.peripheral)
        assert not diary.wrong
        await still_works(room, radio, strap)

    in_room(test)


def test_while_a_connection_is_attempted_that_never_comes():
    async def test(room):
        switch, strap = Switch(room.air), room.strap()
        await strap.peripheral.switch_on()
        _, task = room.pump(ble_heart_rate.DRIVER, STRAP, switch.radio)
        await until(lambda: switch.radio._attempts)
        strap.peripheral.vanish()
        await asyncio.sleep(0.3)
        assert await ended(task) < END_LIMIT_S
        await nothing_left(switch.radio, strap.peripheral)
        await strap.peripheral.reappear()
        await asyncio.sleep(0.3)
        assert strap.peripheral.free.is_set()  # what was called off does not connect later
        await still_works(room, switch.radio, strap)

    in_room(test)


def test_many_at_once_of_which_some_go_on():
    async def test(room):
        diary = Diary()
        radio = diary.radio(room.air)
        straps = [room.strap(address=f"C1:00:00:00:01:{i:02X}", name=f"S{i}") for i in range(6)]
        for strap in straps:
            await strap.peripheral.switch_on()
        running = [room.pump(ble_heart_rate.DRIVER, str(s.peripheral.address)[:17], radio) for s in straps]
        await asyncio.sleep(random.uniform(0, 0.4))
        for _, task in running[::2]:
            assert await ended(task) < END_LIMIT_S
        for ledger, _ in running[1::2]:
            await ledger.live()
        for strap in straps[::2]:
            await until(strap.peripheral.free.is_set)
        assert not [what for what in diary.wrong if "earlier client" not in what]

    in_room(test)


def test_no_task_stays_behind():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        await room.pump(ble_heart_rate.DRIVER, STRAP)[0].live()
        await room.clear()
        await nothing_left(room.radio, strap.peripheral)
        before = asyncio.all_tasks()
        pump = BlePump("d", ble_heart_rate.DRIVER, STRAP, {}, room.clock, Ledger(), room.radio)
        task = asyncio.ensure_future(pump.run())
        await asyncio.wait_for(strap.peripheral.subscribed.wait(), PATIENCE_S)
        await ended(task)
        await nothing_left(room.radio, strap.peripheral)
        await asyncio.sleep(0.05)
        assert asyncio.all_tasks() - before == set()

    in_room(test)
