"""Faults of emulated Bluetooth devices by name: which there are, and that each does what it says."""

import asyncio
import random
from itertools import groupby, pairwise
from types import SimpleNamespace

import pytest
from ble_parts import in_room

from devices.gatt import uuid16
from devices.registry import load
from devices.sim.ble import build, faults
from devices.sim.ble import strap as strap_model
from devices.sim.ble.faults import FAULTS, check_fault, skewed, with_fault
from devices.sim.faults import FAULTS as SERIAL_FAULTS
from devices.sim.faults import SKEW, afflict
from devices.sim.scenario import bedside
from kapmonitor import mdc
from kapmonitor.clock import ManualClock
from kapmonitor.commandline.simulate import ADDRESSES
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffFailed,
    DeviceAlert,
    NibpFailure,
    Observation,
    WireChunk,
)

pytestmark = pytest.mark.realtime

S = 1_000_000_000
HR, SPO2, SYS = mdc.HEART_RATE.ref, mdc.SPO2.ref, mdc.NIBP_SYS.ref
MESSAGES = [bytes(range(n, n + 12)) for n in range(200)]
SPOILS = ("bitflip", "gap", "duplicate", "truncate")


def test_the_names_are_those_of_the_serial_ones_that_a_radio_can_have():
    assert set(FAULTS) == {*SERIAL_FAULTS, "stored-readings-first"} - {"wrong-speed"}
    assert {driver for drivers in FAULTS.values() for driver in drivers} == set(build.DRIVERS)


@pytest.mark.parametrize("driver", build.DRIVERS)
@pytest.mark.parametrize("name", [*FAULTS, "wrong-speed", "no-such"])
def test_a_fault_that_makes_no_sense_for_a_device_is_refused_with_those_that_do(name, driver):
    if driver in FAULTS.get(name, ()):
        check_fault(name, driver)
        return
    with pytest.raises(ConfigError, match="allowed for") as caught:
        check_fault(name, driver)
    assert "bitflip" in caught.value.allowed
    assert name not in caught.value.allowed.replace(",", "").split()


def through(name, seed=1, clock=None):
    """What becomes of the messages of a device with that fault."""
    device = SimpleNamespace(peripheral=SimpleNamespace(through=None))
    with_fault(device, "ble-heart-rate", name, None, clock or ManualClock(), seed)
    return [list(device.peripheral.through(1, data)) for data in MESSAGES]


@pytest.mark.parametrize("name", SPOILS)
def test_what_is_spoiled_is_decided_by_the_seed_and_is_a_share(name):
    whole = [[data] for data in MESSAGES]
    spoiled = through(name)
    assert spoiled == through(name)
    assert spoiled != through(name, seed=2)
    assert 20 <= sum(a != b for a, b in zip(spoiled, whole, strict=True)) <= 60


def test_how_messages_are_spoiled():
    for got, data in zip(through("bitflip"), MESSAGES, strict=True):
        changed = sum((a ^ b).bit_count() for a, b in zip(got[0], data, strict=True))
        assert changed in (0, 1)
    assert all(
        got in ([data], [data, data]) for got, data in zip(through("duplicate"), MESSAGES, strict=True)
    )
    assert all(got in ([data], []) for got, data in zip(through("gap"), MESSAGES, strict=True))
    assert all(data.startswith(got[0]) for got, data in zip(through("truncate"), MESSAGES, strict=True))
    assert faults._bitflip(b"\0", random.Random(1)) != (b"\0",)


def test_a_stall_is_twenty_silent_seconds_in_each_minute():
    clock = ManualClock(5 * S)
    device = SimpleNamespace(peripheral=SimpleNamespace(through=None))
    with_fault(device, "ble-heart-rate", "stall", None, clock, 1)
    silent = []
    for second in range(120):
        clock.move_to((5 + second) * S)
        if not device.peripheral.through(1, b"x"):
            silent.append(second)
    assert silent == [*range(10, 30), *range(70, 90)]


def test_a_skewed_clock_loses_a_fiftieth():
    clock = ManualClock(100 * S, 1000 * S)
    slow = skewed(clock)
    clock.move_to(200 * S)
    assert slow.now_ns() == int((100 + 100 * SKEW) * S)
    assert slow.utc_ns() == int((1000 + 100 * SKEW) * S)
    assert slow.real_delay_s(int(SKEW * S)) == pytest.approx(1.0)


def device_with(room, driver, fault, **more):
    """The emulated device with a fault from now on, running, and what the console hears of it."""
    bed = bedside("quiet", 7, 600)
    afflict(bed, fault, room.clock.now_ns() / 1e9 - 10)
    make = build.maker(driver, bed, room.clock, fault=fault, **more)
    device = make(room.air)
    task = room.start(device.run())
    ledger, _ = room.pump(load().get(driver), ADDRESSES[driver])
    return device, ledger, task


@pytest.mark.parametrize("driver", [d for d in build.DRIVERS if d in FAULTS["sensor-off"]])
def test_a_sensor_that_is_off_gives_no_value(driver):
    async def test(room):
        _, ledger, _ = device_with(room, driver, "sensor-off")
        wanted = HR if driver in faults.STRAPS else SPO2
        absent = lambda: [  # noqa: E731
            e for e in ledger.of(Observation) if e.metric.ref == wanted and isinstance(e.reading, Absent)
        ]
        await ledger.until(absent)
        assert ledger.values(wanted) == []
        kinds = {alert.kind for alert in ledger.of(DeviceAlert) if alert.present}
        assert kinds & {AlertKind.SENSOR_OFF, AlertKind.NO_CONTACT}

    in_room(test)


@pytest.mark.parametrize("driver", faults.OXIMETERS)
def test_without_a_finger_there_is_no_value(driver):
    async def test(room):
        _, ledger, _ = device_with(room, driver, "no-finger")
        await ledger.until(lambda: [a for a in ledger.of(DeviceAlert) if a.kind is AlertKind.SENSOR_OFF])
        assert ledger.values(SPO2) == []

    in_room(test)


@pytest.mark.parametrize(
    ("fault", "failure"), [("leak", NibpFailure.CUFF_LOOSE), ("motion", NibpFailure.MOTION)]
)
def test_a_cuff_that_leaks_or_is_moved_fails_and_says_why(fault, failure):
    async def test(room):
        _, ledger, _ = device_with(room, "ble-blood-pressure", fault)
        await ledger.until(lambda: ledger.of(CuffFailed))
        assert [failed.failure for failed in ledger.of(CuffFailed)] == [failure]
        assert ledger.values(SYS) == []

    in_room(test)


@pytest.mark.parametrize("driver", ["ble-pulse-oximeter", "ble-nonin"])
def test_a_moving_finger_makes_the_numbers_doubtful(driver):
    async def test(room):
        _, ledger, _ = device_with(room, driver, "motion")
        await ledger.until(lambda: len(ledger.values(SPO2)) >= 2)
        words = {e.reading.validity.value for e in ledger.of(Observation) if e.metric.ref == SPO2}
        assert words == ({"Qst"} if driver == "ble-pulse-oximeter" else {"Vld"})

    in_room(test)


def test_a_device_that_comes_and_goes_is_lost_and_found(caplog, monkeypatch):
    monkeypatch.setattr("devices.sim.faults.LASTS_S", 2.0)
    monkeypatch.setitem(vars(faults), "LOOK_S", 0.05)

    async def test(room):
        bed = bedside("quiet", 7, 600)
        device = build.maker("ble-heart-rate", bed, room.clock, fault="disconnect")(room.air)
        room.start(device.run())
        ledger, _ = room.pump(load().get("ble-heart-rate"), ADDRESSES["ble-heart-rate"])
        await ledger.until(lambda: ledger.values(HR))
        now_s = room.clock.now_ns() / 1e9
        afflict(bed, "disconnect", now_s - 10)
        await ledger.until(lambda: ("waiting", "lost") in ledger.links())
        lost_at = len(ledger.entries)
        await asyncio.sleep(0.5)
        assert not [e for e in ledger.entries[lost_at:] if isinstance(e, Observation)]
        bed.incidents = ()
        seen = len(ledger.values(HR))
        await ledger.until(lambda: len(ledger.values(HR)) > seen)
        states = [state for state, _ in groupby(state for state, _ in ledger.links())]
        assert states == ["connecting", "live", "waiting", "connecting", "live"]

    in_room(test)
    caplog.get_records("call").clear()


def test_a_cuff_whose_link_breaks_again_and_again_delivers_each_reading_once(monkeypatch):
    monkeypatch.setattr(build, "EVERY_S", 2.0)
    monkeypatch.setattr(faults, "BREAKS_EVERY", 2)
    monkeypatch.setattr(faults, "BACK_S", 1.0)

    async def test(room):
        _, ledger, _ = device_with(room, "ble-blood-pressure", "disconnect")
        await ledger.until(lambda: len(ledger.values(SYS)) >= 4)
        times = [e.device_time for e in ledger.of(Observation) if e.metric.ref == SYS]
        assert len(set(times)) == len(times)

    in_room(test)


def test_a_strap_that_says_everything_twice_is_heard_twice():
    async def test(room):
        _, ledger, _ = device_with(room, "ble-heart-rate", "duplicate", seed=3)
        uuid = uuid16(strap_model.MEASUREMENT)

        def twice():
            """Where among the strap's messages one is that came right after the same one."""
            said = [(c.t_ns, c.data) for c in ledger.of(WireChunk) if c.channel == uuid]
            pairs = enumerate(pairwise(said), start=1)
            return [i for i, (a, b) in pairs if a[1] == b[1] and b[0] - a[0] < S // 10]

        await ledger.until(twice)
        second = twice()[0]
        await ledger.until(lambda: len(ledger.values(HR)) > second)
        assert ledger.values(HR)[second - 1] == ledger.values(HR)[second]
        assert all(b - a > 1 for a, b in pairwise(twice())), "twice, not three times"

    in_room(test)


@pytest.mark.parametrize("driver", ["ble-blood-pressure", "ble-thermometer", "ble-pulse-oximeter"])
def test_a_device_with_a_slow_clock_stamps_its_readings_with_it(driver):
    async def test(room):
        clock = ManualClock(0, 1_790_000_000 * S)
        device = build.maker(driver, bedside("quiet", 7, 600), clock, fault="clock-skew")(room.air)
        before = device._own.now()
        clock.move_to(1000 * S)
        assert (device._own.now() - before).total_seconds() == 1000 * SKEW

    in_room(test)
