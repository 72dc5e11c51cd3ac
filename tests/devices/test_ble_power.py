"""Bluetooth is switched off and on: while it listens, connects or is connected, told of it or not."""

import asyncio

import pytest
from ble_parts import PATIENCE_S, in_room
from ble_radios import Switch
from wire_parts import until

from devices.drivers import ble_blood_pressure, ble_heart_rate
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.transport import ble, ble_scan
from devices.transport.ble_errors import HINTS
from devices.transport.ble_watch import RadioNews
from kapmonitor import mdc
from kapmonitor.model import LinkChanged, LinkProblem, LinkState

pytestmark = pytest.mark.realtime

HR = mdc.HEART_RATE.ref
STRAP = strap_model.ADDRESS


@pytest.fixture(autouse=True)
def _one_warning(caplog):
    """However often it is tried while the radio is off."""
    yield
    records = caplog.get_records("call")
    assert [record.name for record in records] == ["devices.transport.ble"]
    records.clear()


@pytest.fixture(params=[True, False], ids=["told", "not told"])
def told(request, monkeypatch):
    """Where nothing tells, it is found out in a quarter of a minute; here sooner."""
    if not request.param:
        monkeypatch.setattr(ble, "LISTEN_S", 0.2)
        monkeypatch.setattr(ble_scan, "DEAF_AFTER_S", 0.3)
        monkeypatch.setattr("devices.transport.ble_radio.CONNECT_LIMIT_S", 1.0)
    return request.param


async def without_radio(ledger):
    await ledger.until(lambda: ("waiting", "no-radio") in ledger.links())
    change = next(c for c in ledger.of(LinkChanged) if c.problem is LinkProblem.NO_RADIO)
    assert (change.state, change.detail) == (LinkState.WAITING, HINTS[LinkProblem.NO_RADIO])


async def heard(strap, ledger, rate):
    """One message of the strap to the connection that is new, and its delivery."""
    await asyncio.wait_for(strap.peripheral.subscribed.wait(), PATIENCE_S)
    assert await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(rate))
    await ledger.until(lambda: float(rate) in ledger.values(HR))
    assert ledger.values(HR).count(rate) == 1


def test_off_and_on_while_listening(told):
    async def test(room):
        switch = Switch(room.air, tells=told)
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, switch.radio)
        await until_scanning(switch)
        switch.off()
        await without_radio(ledger)
        await ledger.until(lambda: ledger.links().count(("waiting", "no-radio")) >= 2)
        assert ("live", "none") not in ledger.links()
        strap = room.strap()
        await strap.peripheral.switch_on()
        switch.on()
        await heard(strap, ledger, 61)
        assert ledger.links()[-2:] == [("connecting", "none"), ("live", "none")]
        assert ledger.values(HR) == [61.0]

    in_room(test)


def test_off_and_on_while_a_cuff_is_waited_for(told):
    async def test(room):
        switch, cuff = Switch(room.air, tells=told), room.cuff()
        await cuff.peripheral.switch_on(advertise=False)
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, cuff_model.ADDRESS, switch.radio)
        await until_scanning(switch)
        switch.off()
        await without_radio(ledger)
        switch.on()
        await ledger.until(lambda: ledger.links()[-1:] == [("waiting", "none")])
        cuff.measure(room.clock.now_ns())
        assert await cuff.offer()
        await ledger.until(lambda: ledger.values(mdc.NIBP_SYS.ref) == [120.0])

    in_room(test)


def test_off_and_on_while_connected(told):
    async def test(room):
        switch, strap = Switch(room.air, tells=told), room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, switch.radio)
        await heard(strap, ledger, 61)
        switch.off()
        await without_radio(ledger)
        assert ledger.links()[:3] == [
            ("connecting", "none"),
            ("live", "none"),
            ("waiting", "no-radio" if told else "lost"),
        ]
        await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
        switch.on()
        await heard(strap, ledger, 62)

    in_room(test)


def test_off_and_on_while_connecting(told):
    async def test(room):
        switch, strap = Switch(room.air, tells=told), room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, switch.radio)
        await until(lambda: switch.radio._attempts)
        switch.off()
        await without_radio(ledger)
        assert not ledger.values(HR)
        assert not told or ledger.links() == [("connecting", "none"), ("waiting", "no-radio")]
        switch.on()
        await heard(strap, ledger, 62)

    in_room(test)


def test_it_is_tried_at_once_when_the_radio_is_back():
    async def test(room):
        switch, strap = Switch(room.air), room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, switch.radio)
        await heard(strap, ledger, 61)
        switch.off()
        await ledger.until(lambda: ledger.of(LinkChanged)[-1].retry_in_s == 5.0)
        await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
        back_ns = room.clock.now_ns()
        switch.on()
        await heard(strap, ledger, 62)
        assert room.clock.now_ns() - back_ns < 3e9

    in_room(test)


def test_news_that_come_while_the_last_ones_are_seen_to_are_not_lost():
    async def test(room):
        switch, strap = Switch(room.air), room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, switch.radio)
        await heard(strap, ledger, 61)
        for _ in range(3):
            switch.say(RadioNews.OFF)
            await asyncio.sleep(0)
            switch.say(RadioNews.ON)
        await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
        await heard(strap, ledger, 62)
        assert ("waiting", "no-radio") in ledger.links()
        assert ledger.links()[-1] == ("live", "none")
        assert ledger.values(HR) == [61.0, 62.0]

    in_room(test)


async def until_scanning(switch):
    await until(lambda: switch.radio.scanner._scanner is not None)
