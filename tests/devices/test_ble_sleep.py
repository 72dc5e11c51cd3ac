"""The computer was asleep: a Bluetooth link does not trust what it had, and is soon back."""

import asyncio

import pytest
from ble_parts import PATIENCE_S, Ledger, in_room
from wire_parts import until

from devices.backoff import Retries
from devices.drivers import ble_blood_pressure, ble_heart_rate
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.transport.ble import BlePump
from devices.transport.ble_errors import ASLEEP
from kapmonitor import mdc
from kapmonitor.model import LinkChanged, LinkProblem, LinkState

pytestmark = pytest.mark.realtime

HR = mdc.HEART_RATE.ref
STRAP = strap_model.ADDRESS


@pytest.fixture(autouse=True)
def _warnings_are_expected(caplog):
    yield
    caplog.get_records("call").clear()


def running(room, spec=ble_heart_rate.DRIVER, address=STRAP):
    ledger = Ledger()
    pump = BlePump("d", spec, address, {}, room.clock, ledger, room.radio, jitter=lambda: 0.0)
    room.start(pump.run())
    return ledger, pump


async def heard(strap, ledger, rate):
    await asyncio.wait_for(strap.peripheral.subscribed.wait(), PATIENCE_S)
    assert await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(rate))
    await ledger.until(lambda: float(rate) in ledger.values(HR))


def test_what_was_connected_is_connected_anew_after_the_shortest_wait():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, pump = running(room)
        await heard(strap, ledger, 61)
        for _ in range(3):
            pump._retries.wait_s()
        pump.woke(room.clock.now_ns())
        await ledger.until(lambda: ("waiting", "lost") in ledger.links())
        change = ledger.of(LinkChanged)[-1]
        assert (change.problem, change.detail, change.retry_in_s) == (LinkProblem.LOST, ASLEEP, 0.5)
        await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
        await heard(strap, ledger, 62)
        assert ledger.values(HR) == [61.0, 62.0]

    in_room(test)


def test_what_was_waited_for_is_tried_at_once():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, pump = running(room)
        await heard(strap, ledger, 61)
        pump._retries = Retries(lambda attempt: 60.0 + attempt)
        await strap.peripheral.hang_up()
        await ledger.until(lambda: ledger.of(LinkChanged)[-1].retry_in_s == 60.0)
        pump.woke(room.clock.now_ns())
        await heard(strap, ledger, 62)
        assert pump._retries.wait_s() == 60.0  # should it be lost again, the waits begin anew

    in_room(test)


def test_who_listens_goes_on_with_a_scanner_started_anew():
    async def test(room):
        ledger, pump = running(room)
        scanner = room.radio.scanner
        await until(lambda: scanner._scanner is not None)
        first = scanner._scanner
        pump.woke(room.clock.now_ns())
        await until(lambda: scanner._scanner not in (None, first))
        assert ledger.links() == [("connecting", "none")]
        strap = room.strap()
        await strap.peripheral.switch_on()
        await heard(strap, ledger, 61)

    in_room(test)


def test_a_scanner_that_others_keep_running_is_not_trusted_either():
    async def test(room):
        scanner = room.radio.scanner
        _, pump = running(room)
        async with scanner.listening(lambda _device, _said: None):
            first = scanner._scanner
            assert first is not None
            pump.woke(room.clock.now_ns())
            await until(lambda: scanner._scanner not in (None, first), 5)

    in_room(test)


def test_a_cuff_that_is_asleep_too_is_no_trouble():
    async def test(room):
        ledger, pump = running(room, ble_blood_pressure.DRIVER, cuff_model.ADDRESS)
        await ledger.until(lambda: ledger.links()[-1:] == [("waiting", "none")])
        pump.woke(room.clock.now_ns())
        await asyncio.sleep(0.3)
        assert ledger.links()[-1] == ("waiting", "none")
        assert all(change.problem is LinkProblem.NONE for change in ledger.of(LinkChanged))

    in_room(test)


def test_an_attempt_is_made_anew():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, pump = running(room)
        await until(lambda: room.radio._attempts)
        pump.woke(room.clock.now_ns())
        await heard(strap, ledger, 61)
        assert [c.state for c in ledger.of(LinkChanged)].count(LinkState.LIVE) == 1

    in_room(test)


def test_a_sleep_before_the_link_has_begun_changes_nothing():
    async def test(room):
        ledger = Ledger()
        pump = BlePump("d", ble_heart_rate.DRIVER, STRAP, {}, room.clock, ledger, room.radio)
        pump.woke(0)
        assert not ledger.entries

    in_room(test)
