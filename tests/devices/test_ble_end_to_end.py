"""The SIG services on the emulated radio: links cut in mid-indication, memories, clocks, refusals."""

import asyncio
from datetime import datetime, timedelta

import pytest
from ble_parts import PATIENCE_S, Ledger, in_room
from drivers import load

from devices.drivers import ble_blood_pressure, ble_pulse_oximeter, ble_thermometer, ble_viatom
from devices.drivers.ble_blood_pressure import protocol as cuff_driver
from devices.drivers.ble_blood_pressure.omron import COMPANY, OBJECTION
from devices.gatt import uuid16
from devices.sim.ble import build, common, frames, offering
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble import oximeter as oximeter_model
from devices.sim.ble import strap as strap_model
from devices.sim.ble import thermometer as thermometer_model
from devices.sim.ble.oximeter import Finger
from devices.sim.scenario import bedside
from kapmonitor import mdc
from kapmonitor.commandline.simulate import ADDRESSES
from kapmonitor.model import Direction, LinkChanged, Observation, WireChunk

pytestmark = pytest.mark.realtime

SYS, SPO2, TEMP = mdc.NIBP_SYS.ref, mdc.SPO2.ref, mdc.TEMP_BODY.ref


class CuttingLedger(Ledger):
    """Takes the device out of the room with the n-th message of a characteristic, before it is confirmed."""

    def __init__(self, device, uuid, at):
        super().__init__()
        self.device, self.uuid, self.left = device, uuid16(uuid), at

    def on_wire(self, device, chunk):
        super().on_wire(device, chunk)
        if chunk.channel == self.uuid and chunk.direction is Direction.IN:
            self.left -= 1
            if self.left == 0:
                self.device.peripheral.vanish()


def ago(minutes):
    """By the clock of now: a run of all tests takes longer than a reading stays new."""
    return datetime.now().replace(microsecond=0) - timedelta(minutes=minutes)  # noqa: DTZ005


# The link breaks while a reading is on its way


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_cuff_cut_in_mid_indication_delivers_each_reading_once(at):
    async def test(room):
        cuff = room.cuff()
        await cuff.peripheral.switch_on(advertise=False)
        for minutes, systolic in ((600, 111), (300, 112), (0, 113)):
            cuff.memory.append(frames.blood_pressure((systolic, 70, 84), when=ago(minutes), pulse=60))
        ledger = CuttingLedger(cuff, cuff_model.MEASUREMENT, at)
        room.pump(ble_blood_pressure.DRIVER, cuff_model.ADDRESS, ledger=ledger)
        assert not await cuff.offer()
        assert len(cuff.memory) == 4 - at  # the one on its way was never confirmed
        cuff.peripheral.controller.reappear()
        assert await cuff.offer()
        await ledger.until(lambda: ("waiting", "ended") in ledger.links() and len(ledger.values(SYS)) == 3)
        await asyncio.sleep(0.3)
        assert sorted(ledger.values(SYS)) == [111.0, 112.0, 113.0]
        assert dict(ledger.readings(SYS))[113.0] is False

    in_room(test)


def test_a_thermometer_cut_in_mid_indication_delivers_its_reading_once():
    async def test(room):
        device = thermometer_model.Thermometer(room.air, lambda _t_ns: 37.2, room.clock)
        await device.peripheral.switch_on(advertise=False)
        device.measure(room.clock.now_ns())
        ledger = CuttingLedger(device, thermometer_model.MEASUREMENT, 1)
        room.pump(ble_thermometer.DRIVER, thermometer_model.ADDRESS, ledger=ledger)
        assert not await device.offer()
        device.peripheral.controller.reappear()
        assert await device.offer()
        await ledger.until(lambda: [link for link in ledger.links() if link == ("waiting", "ended")])
        await asyncio.sleep(0.3)
        final = [reading for reading in ledger.readings(TEMP) if reading[0] == 37.2]
        assert final == [(37.2, False)]

    in_room(test)


def test_kept_spot_checks_cut_in_mid_indication_are_fetched_once(caplog):
    async def test(room):
        found = iter([95.0, 96.0, 97.0])
        device = oximeter_model.Oximeter(room.air, lambda _t: Finger(next(found), 70.0), room.clock)
        for _ in range(3):
            device.remember(room.clock.now_ns())
        await device.peripheral.switch_on()
        ledger = CuttingLedger(device, oximeter_model.SPOT_CHECK, 2)
        room.pump(ble_pulse_oximeter.DRIVER, oximeter_model.ADDRESS, ledger=ledger, options={"stored": True})
        await ledger.until(lambda: ("waiting", "lost") in ledger.links())
        assert ledger.values(SPO2) == [95.0, 96.0]
        await device.peripheral.reappear()
        await ledger.until(lambda: len(ledger.values(SPO2)) == 3)
        await asyncio.sleep(0.3)
        assert ledger.readings(SPO2) == [(95.0, True), (96.0, True), (97.0, True)]

    in_room(test)
    caplog.get_records("call").clear()


# Memories


def dated(ledger, ref):
    """What a device gave with a time of its own: not what it finds from second to second."""
    return [
        (event.reading.value, event.stored)
        for event in ledger.of(Observation)
        if event.metric.ref == ref and event.device_time is not None
    ]


@pytest.mark.parametrize(
    ("driver", "ref", "old"),
    [
        ("ble-blood-pressure", SYS, [161.0, 157.0, 149.0]),
        ("ble-thermometer", TEMP, [38.9, 38.4, 38.1]),
        ("ble-pulse-oximeter", SPO2, [88.0, 87.0, 86.0]),
    ],
)
def test_what_a_device_has_kept_comes_first_and_never_looks_new(driver, ref, old, monkeypatch):
    monkeypatch.setattr(build, "EVERY_S", 4.0)

    async def test(room):
        make = build.maker(driver, bedside("quiet", 7, 600), room.clock, fault="stored-readings-first")
        room.start(make(room.air).run())
        ledger, _ = room.pump(load().get(driver), ADDRESSES[driver])
        # An oximeter also says each second what it finds, and may do so before its memory is asked about.
        await ledger.until(lambda: [value for value, stored in dated(ledger, ref) if not stored])
        if driver != "ble-pulse-oximeter":
            # The cuff and the thermometer send their whole memory again, with another new reading.
            await ledger.until(lambda: ledger.links().count(("waiting", "ended")) >= 2)
        assert [value for value, stored in ledger.readings(ref) if stored] == old
        assert [stored for _, stored in dated(ledger, ref)][:4] == [True, True, True, False]
        assert not {value for value, stored in ledger.readings(ref) if not stored} & {*old}

    in_room(test)


def test_a_reading_that_nobody_has_fetched_since_yesterday_is_no_new_one():
    async def test(room):
        cuff = room.cuff()
        await cuff.peripheral.switch_on(advertise=False)
        yesterday = cuff._own.now() - timedelta(days=1)
        cuff.memory.append(frames.blood_pressure((171, 99, 120), when=yesterday, pulse=90, status=4))
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, cuff_model.ADDRESS)
        assert await cuff.offer()
        await ledger.until(lambda: ledger.values(SYS))
        assert ledger.readings(SYS) == [(171.0, True)]

    in_room(test)


# Clocks


@pytest.mark.parametrize("set_clock", [True, False])
def test_a_cuff_whose_clock_is_years_off_is_set_unless_that_is_turned_off(set_clock):
    async def test(room):
        cuff = room.cuff()
        cuff._own.set(frames.date_time(datetime(2017, 1, 1)))  # noqa: DTZ001
        await cuff.peripheral.switch_on(advertise=False)
        cuff.measure(room.clock.now_ns())
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, cuff_model.ADDRESS, options={"set_clock": set_clock})
        assert await cuff.offer()
        await ledger.until(lambda: ledger.values(SYS))
        assert ledger.readings(SYS) == [(120.0, False)]  # new by the clock that stamped it
        written = [c.channel for c in ledger.of(WireChunk) if c.direction is Direction.OUT]
        assert written == ([uuid16(common.DATE_TIME)] if set_clock else [])
        off_s = abs((cuff._own.now() - datetime.now()).total_seconds())  # noqa: DTZ005
        assert (off_s < 60) is set_clock

    in_room(test)


# Who they are


@pytest.mark.parametrize("driver", build.DRIVERS)
def test_every_emulated_device_tells_the_serial_number_it_was_given_and_its_battery(driver, monkeypatch):
    # A cuff and a thermometer hang up as soon as their reading is taken; nobody asks them more after that.
    monkeypatch.setattr(offering, "_LINGER_S", PATIENCE_S)

    async def test(room):
        make = build.maker(driver, bedside("quiet", 7, 600), room.clock, serial="X-4711")
        room.start(make(room.air).run())
        ledger, _ = room.pump(load().get(driver), ADDRESSES[driver])
        await ledger.until(lambda: (known := ledger.identity()) and known.serial and known.model)
        await ledger.until(lambda: ledger.values(mdc.BATTERY.ref))
        assert ledger.identity().serial == "X-4711"

    in_room(test)


# Refusals, with words


def told(ledger):
    return [(c.problem.value, c.detail) for c in ledger.of(LinkChanged) if c.detail]


@pytest.mark.parametrize(
    ("spec", "words"),
    [(ble_blood_pressure.DRIVER, cuff_driver.WITHOUT), (ble_viatom.DRIVER, ble_viatom.protocol.WITHOUT)],
)
def test_a_device_without_the_service_is_refused_in_words_of_the_driver(spec, words, caplog):
    async def test(room):
        await room.strap().peripheral.switch_on()
        ledger, _ = room.pump(spec, strap_model.ADDRESS)
        await ledger.until(lambda: ("waiting", "refused") in ledger.links())
        assert told(ledger)[0] == ("refused", words)

    in_room(test)
    caplog.get_records("call").clear()


@pytest.mark.parametrize(("said", "refused"), [("0109b80064000000", True), ("0129b80064000000", False)])
def test_an_omron_cuff_with_its_own_memory_service_is_never_connected(said, refused, caplog):
    async def test(room):
        cuff = room.cuff()
        cuff.peripheral.announce(COMPANY, bytes.fromhex(said))
        await cuff.peripheral.switch_on()
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, cuff_model.ADDRESS)
        if refused:
            await ledger.until(lambda: ("waiting", "refused") in ledger.links())
            assert told(ledger)[0] == ("refused", OBJECTION)
            assert ("live", "none") not in ledger.links()
        else:
            await asyncio.wait_for(cuff.peripheral.subscribed.wait(), PATIENCE_S)
            await ledger.live()

    in_room(test)
    caplog.get_records("call").clear()


def test_observations_of_one_reading_share_one_time():
    async def test(room):
        cuff = room.cuff()
        await cuff.peripheral.switch_on(advertise=False)
        cuff.measure(room.clock.now_ns())
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, cuff_model.ADDRESS)
        assert await cuff.offer()
        await ledger.until(lambda: ledger.values(mdc.NIBP_PULSE.ref))
        times = {
            (event.t_ns, event.device_time)
            for event in ledger.of(Observation)
            if event.device_time is not None
        }
        assert len(times) == 1

    in_room(test)
