"""A device whose table of characteristics changes must not leave the console deaf or misled."""

import asyncio
from dataclasses import replace

import ble_tables
import pytest
from ble_parts import in_room
from ble_radios import Switch
from bleak.exc import BleakDBusError, BleakGATTProtocolError

from devices.drivers import ble_heart_rate
from devices.gatt import uuid16
from devices.protocol import BleLink, DriverSpec, Evidence, GattAction, GattStep
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.transport import ble
from devices.transport.ble_errors import CHANGED, link_error, out_of_date
from devices.transport.ble_watch import RadioNews
from kapmonitor import mdc
from kapmonitor.model import LinkChanged, LinkProblem, LinkState

pytestmark = pytest.mark.realtime

HR = mdc.HEART_RATE.ref
STRAP = strap_model.ADDRESS
PATIENT = replace(ble_heart_rate.DRIVER, link=replace(ble_heart_rate.DRIVER.link, silence_s=600.0))
"""A driver that never gives a connection up by itself, so that only the change can end it."""


@pytest.fixture(autouse=True)
def _one_warning(caplog):
    yield
    records = caplog.get_records("call")
    assert len(records) <= 1, [record.getMessage() for record in records]
    records.clear()


async def connected(room, spec=PATIENT, radio=None, *, tells=True):
    strap = room.strap()
    if not tells:
        ble_tables.say_nothing_of_changes(strap.peripheral)
    await strap.peripheral.switch_on()
    ledger, _ = room.pump(spec, STRAP, radio)
    await heard(strap, ledger, 61)
    return strap, ledger


async def heard(strap, ledger, rate):
    await asyncio.wait_for(strap.peripheral.subscribed.wait(), 20)
    assert await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(rate))
    await ledger.until(lambda: float(rate) in ledger.values(HR))
    await asyncio.sleep(0.1)
    assert ledger.values(HR).count(rate) == 1


async def ended_by_the_change(ledger):
    await ledger.until(lambda: ("waiting", "lost") in ledger.links())
    change = next(c for c in ledger.of(LinkChanged) if c.state is LinkState.WAITING)
    assert (change.problem, change.detail, change.retry_in_s) == (LinkProblem.LOST, CHANGED, 0.5)


def test_a_device_that_tells_of_its_new_table_is_connected_anew_at_once():
    async def test(room):
        strap, ledger = await connected(room)
        ble_tables.move(strap.peripheral)
        await ble_tables.tell(strap.peripheral)
        await ended_by_the_change(ledger)
        await heard(strap, ledger, 62)
        assert ledger.values(HR) == [61.0, 62.0]
        assert ledger.links() == [
            ("connecting", "none"),
            ("live", "none"),
            ("waiting", "lost"),
            ("connecting", "none"),
            ("live", "none"),
        ]

    in_room(test)


def test_a_device_that_says_nothing_of_it_is_stale_and_then_connected_anew(monkeypatch):
    monkeypatch.setattr(ble, "GIVE_UP_AFTER_S", 0.0)

    async def test(room):
        spec = replace(PATIENT, link=replace(PATIENT.link, silence_s=1.0))
        strap, ledger = await connected(room, spec, tells=False)
        ble_tables.move(strap.peripheral)
        await ledger.until(lambda: ("waiting", "silent") in ledger.links())
        assert ("stale", "silent") in ledger.links()
        await heard(strap, ledger, 62)

    in_room(test)


@pytest.mark.parametrize("change", [ble_tables.move, ble_tables.turn_round])
@pytest.mark.parametrize("tells", [True, False])
def test_a_table_that_changed_between_connections_is_read_anew(change, tells):
    async def test(room):
        strap, ledger = await connected(room, tells=tells)
        await strap.peripheral.hang_up()
        change(strap.peripheral)
        await ledger.until(lambda: ("waiting", "lost") in ledger.links())
        await heard(strap, ledger, 62)
        assert set(ledger.values(mdc.BATTERY.ref)) == {90.0}

    in_room(test)


def test_what_the_platform_tells_of_a_table_counts_for_that_device_alone():
    async def test(room):
        switch = Switch(room.air)
        strap, ledger = await connected(room, radio=switch.radio, tells=False)
        switch.say(RadioNews.TABLE, "C1:00:00:00:00:99")
        await heard(strap, ledger, 62)
        assert ("waiting", "lost") not in ledger.links()
        ble_tables.move(strap.peripheral)
        switch.say(RadioNews.TABLE, STRAP)
        await ended_by_the_change(ledger)
        await heard(strap, ledger, 63)

    in_room(test)


class Writes:
    """A GattSender that writes again and again to what may no longer be there."""

    def __init__(self, _options):
        self.again = False

    def opened(self, _t_ns):
        return (GattStep(GattAction.SUBSCRIBE, uuid16(0x2A37)),)

    def receive(self, uuid, data, t_ns):
        self.again = True
        return []

    def closed(self, _t_ns):
        return []

    def steps_to_take(self, _now_ns):
        again, self.again = self.again, False
        return (GattStep(GattAction.READ, uuid16(0x2A19), optional=True),) if again else ()

    def last_steps(self):
        return ()


WRITES = DriverSpec("w", "", "", BleLink((), silence_s=None), (), Writes, Evidence("manual", ()))


def test_a_step_that_finds_its_characteristic_gone_ends_the_connection_even_if_it_is_optional(monkeypatch):
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(WRITES, STRAP)
        await asyncio.wait_for(strap.peripheral.subscribed.wait(), 20)
        client = room.radio._backend.client

        async def gone(self, characteristic, **_named):
            raise BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["no such object"])

        with monkeypatch.context() as patch:
            patch.setattr(client, "read_gatt_char", gone)
            assert await strap.peripheral.push(strap_model.MEASUREMENT, b"\x06\x3c")
            await ended_by_the_change(ledger)
        await ledger.live(2)

    in_room(test)


@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (BleakDBusError("org.freedesktop.DBus.Error.UnknownObject", ["x"]), True),
        (BleakDBusError("org.bluez.Error.NotPermitted", ["x"]), False),
        (BleakGATTProtocolError(0x12), True),
        (BleakGATTProtocolError(0x03), False),
        (TimeoutError(), False),
        (None, False),
    ],
)
def test_which_errors_mean_that_the_table_is_another(error, gone):
    assert out_of_date(error) is gone
    if error is not None:
        assert link_error("C1", error).hint
