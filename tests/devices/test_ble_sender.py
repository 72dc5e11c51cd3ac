"""What BlePump does for protocols that answer what they hear, and for devices that may be silent."""

import asyncio
from dataclasses import replace

import pytest
from ble_parts import in_room

from devices.drivers import ble_pulse_oximeter
from devices.drivers.ble_pulse_oximeter.protocol import PulseOximeter
from devices.sim.ble import oximeter as model
from kapmonitor import mdc

pytestmark = pytest.mark.realtime

FINGER = model.Finger(97.0, 72.0, 2.35)
SPO2 = mdc.SPO2.ref


@pytest.fixture
def troubled(caplog):
    """For tests in which the pump or the log complains, which the test looks at itself."""
    yield caplog
    caplog.get_records("call").clear()


def oximeter(room):
    return model.Oximeter(room.air, lambda _t_ns: FINGER, room.clock)


@pytest.mark.usefixtures("troubled")
def test_a_spot_check_device_may_be_silent_and_a_continuous_one_may_not():
    spec = replace(ble_pulse_oximeter.DRIVER, link=replace(ble_pulse_oximeter.DRIVER.link, silence_s=1.0))

    async def test(room):
        device = oximeter(room)
        await device.peripheral.switch_on()
        ledger, _ = room.pump(spec, model.ADDRESS)
        await ledger.until(lambda: ledger.values(mdc.BATTERY.ref))
        await asyncio.sleep(1.5)
        assert ledger.links() == [("connecting", "none"), ("live", "none")]
        assert await device.peripheral.push(model.CONTINUOUS, device.message(0))
        await ledger.until(lambda: ("stale", "silent") in ledger.links())
        assert ledger.values(SPO2) == [97.0]

    in_room(test)


class FailsToOpen(PulseOximeter):
    def opened(self, t_ns):
        raise ValueError("opened")


class FailsToAnswer(PulseOximeter):
    def steps_to_take(self, now_ns):
        raise ValueError("steps")


@pytest.mark.parametrize("protocol", [FailsToOpen, FailsToAnswer])
def test_a_driver_that_fails_ends_its_connection_and_nothing_else(protocol, troubled):
    async def test(room):
        await oximeter(room).peripheral.switch_on()
        spec = replace(ble_pulse_oximeter.DRIVER, protocol=protocol)
        ledger, task = room.pump(spec, model.ADDRESS)
        await ledger.until(lambda: ("waiting", "garbled") in ledger.links())
        assert not task.done()

    in_room(test)
    assert any("the driver failed" in record.getMessage() for record in troubled.records)


class Parting(PulseOximeter):
    def last_steps(self):
        raise ValueError("last")


def test_a_driver_that_fails_to_part_is_let_go(troubled):
    async def test(room):
        device = oximeter(room)
        await device.peripheral.switch_on()
        ledger, task = room.pump(replace(ble_pulse_oximeter.DRIVER, protocol=Parting), model.ADDRESS)
        await ledger.live()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert ledger.links()[-1] == ("off", "none")
        await asyncio.wait_for(device.peripheral.free.wait(), 20)

    in_room(test)
    assert any("the driver failed" in record.getMessage() for record in troubled.records)
