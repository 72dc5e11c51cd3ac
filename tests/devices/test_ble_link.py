"""BlePump through bleak's own client against emulated devices: the whole life of a connection."""

import asyncio
import contextlib
from dataclasses import replace

import pytest
from ble_parts import PATIENCE_S, in_room

from devices.drivers import ble_blood_pressure, ble_heart_rate
from devices.gatt import uuid16
from devices.linkwatch import STALE_AFTER_S
from devices.protocol import BleLink, DriverSpec, Evidence, GattAction, GattStep
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.sim.ble.cuff import CuffValues
from devices.transport import ble
from devices.transport.ble_scan import DEAF_AFTER_S, scan
from kapmonitor import mdc
from kapmonitor.model import (
    Direction,
    LinkChanged,
    LinkState,
    Observation,
    WireChunk,
)

pytestmark = pytest.mark.realtime

HR = mdc.HEART_RATE.ref
SYS = mdc.NIBP_SYS.ref
STRAP = strap_model.ADDRESS
CUFF = cuff_model.ADDRESS
SPECS = (ble_heart_rate.DRIVER, ble_blood_pressure.DRIVER)


@pytest.fixture
def outage(caplog):
    """For tests that take a link down: the pump warns once, and that is looked at here."""
    yield
    warnings = [r for r in caplog.get_records("call") if r.levelname == "WARNING"]
    assert len(warnings) == 1, [r.getMessage() for r in warnings]
    assert warnings[0].name == "devices.transport.ble"
    caplog.get_records("call").clear()


def is_live(ledger):
    return ledger.of(LinkChanged)[-1].state is LinkState.LIVE


def problems(ledger):
    return [problem for _, problem in ledger.links() if problem != "none"]


async def beat(strap, ledger, rate, times=1):
    """One message of the strap, and its delivery; then time enough for a second delivery to show."""
    before = len(ledger.values(HR))
    assert await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(rate))
    await ledger.until(lambda: len(ledger.values(HR)) >= before + times)
    await asyncio.sleep(0.1)
    assert ledger.values(HR)[before:] == [float(rate)] * times


def test_a_strap_is_found_connected_and_heard():
    async def test(room):
        strap = room.strap()
        room.start(strap.run())
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP.lower())
        await ledger.until(lambda: len(ledger.values(HR)) >= 3 and ledger.values(mdc.BATTERY.ref))
        assert ledger.links() == [("connecting", "none"), ("live", "none")]
        assert set(ledger.values(HR)) == {72.0}
        assert ledger.values(mdc.BATTERY.ref) == [90.0]
        await ledger.until(lambda: (known := ledger.identity()) and known.serial and known.location)
        identity = ledger.identity()
        assert (identity.serial, identity.location) == ("S-0001", "chest")
        assert all(700 < ms < 950 for ms in ledger.values(mdc.RR_INTERVAL.ref))

    in_room(test)


def test_bytes_are_handed_on_before_what_they_mean():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP)
        await ledger.live()
        await beat(strap, ledger, 66)
        at = next(
            i for i, e in enumerate(ledger.entries) if isinstance(e, Observation) and e.metric.ref == HR
        )
        chunk, observation = ledger.entries[at - 1], ledger.entries[at]
        assert chunk == WireChunk(observation.t_ns, Direction.IN, b"\x06\x42", uuid16(0x2A37))

    in_room(test)


def test_the_scan_names_what_it_hears_and_who_fits():
    async def test(room):
        await room.strap().peripheral.switch_on()
        await room.cuff().peripheral.switch_on()
        found = await scan(room.radio, 1.0, SPECS)
        assert {(f.address, f.name, f.services, f.drivers) for f in found} == {
            (STRAP, "KAP strap", (uuid16(0x180D),), ("ble-heart-rate",)),
            (CUFF, "KAP cuff", (uuid16(0x1810),), ("ble-blood-pressure",)),
        }

    in_room(test)


def test_a_cuff_delivers_confirms_and_ends_itself():
    async def test(room):
        cuff = room.cuff()
        await cuff.peripheral.switch_on(advertise=False)
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, CUFF)
        await ledger.until(lambda: ("waiting", "none") in ledger.links())
        cuff.measure(room.clock.now_ns(), status=4)
        assert await cuff.offer()  # only after every indication was confirmed
        await ledger.until(lambda: ("waiting", "ended") in ledger.links())
        assert ledger.links() == [
            ("connecting", "none"),
            ("waiting", "none"),
            ("connecting", "none"),
            ("live", "none"),
            ("waiting", "ended"),
        ]
        assert ledger.values(SYS) == [120.0]
        assert [e.metric.ref for e in ledger.of(Observation) if e.device_time] == [
            metric.ref for metric in ble_blood_pressure.DRIVER.metrics[:4]
        ]

    in_room(test)


def test_readings_from_the_memory_come_first_and_are_told_apart():
    async def test(room):
        cuff = room.cuff()
        await cuff.peripheral.switch_on(advertise=False)
        for payload in (
            "16 7d 00 50 00 66 00 e1 07 01 10 0c 27 36 40 00 00 00",
            "16 86 00 4d 00 64 00 e1 07 01 10 0d 00 18 3d 00 00 00",
        ):
            cuff.memory.append(bytes.fromhex(payload))
        cuff.measure(room.clock.now_ns())
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, CUFF)
        assert await cuff.offer()
        await ledger.until(lambda: len(ledger.values(SYS)) == 3)
        told = [(e.reading.value, e.stored) for e in ledger.of(Observation) if e.metric.ref == SYS]
        assert told == [(125.0, True), (134.0, True), (120.0, False)]
        # The same three again, as some cuffs do, and a new one.
        cuff.memory.append(bytes.fromhex("167d0050006600e10701100c2736400000 00"))
        cuff.memory.append(frames.blood_pressure((118, 78, 91), pulse=70))
        assert await cuff.offer()
        await ledger.until(lambda: len(ledger.values(SYS)) == 4)
        assert ledger.values(SYS)[3:] == [118.0]

    in_room(test)


def test_a_reading_held_back_is_delivered_while_the_cuff_stays_connected():
    async def test(room):
        cuff = room.cuff()
        await cuff.peripheral.switch_on()
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, CUFF)
        await asyncio.wait_for(cuff.peripheral.subscribed.wait(), PATIENCE_S)
        cuff.measure(room.clock.now_ns())
        assert await cuff.peripheral.push(cuff_model.MEASUREMENT, cuff.memory[0])
        await ledger.until(lambda: ledger.values(SYS))
        assert is_live(ledger)

    in_room(test)


def test_a_cuff_that_wants_to_be_paired_is_paired():
    async def test(room):
        cuff = room.cuff(bonded=True)
        await cuff.peripheral.switch_on(advertise=False)
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, CUFF)
        cuff.measure(room.clock.now_ns())
        assert await cuff.offer()
        assert cuff.peripheral.encrypted
        await ledger.until(lambda: ledger.values(SYS) == [120.0])

    in_room(test)


def test_a_failed_determination_ends_like_any_other():
    async def test(room):
        cuff = room.cuff(lambda _t_ns: CuffValues(None, None, None, None))
        await cuff.peripheral.switch_on(advertise=False)
        cuff.measure(room.clock.now_ns())
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, CUFF)
        assert await cuff.offer()
        await ledger.until(lambda: ("waiting", "ended") in ledger.links())
        assert ledger.values(SYS) == []

    in_room(test)


@pytest.mark.usefixtures("outage")
def test_reconnections_deliver_everything_once():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP)
        for cycle in range(1, 4):
            await ledger.live(cycle)
            await beat(strap, ledger, 60 + cycle)
            await strap.peripheral.hang_up()
            await ledger.until(lambda cycle=cycle: problems(ledger).count("lost") == cycle)
        await ledger.live(4)
        await beat(strap, ledger, 90)
        assert ledger.values(HR) == [61.0, 62.0, 63.0, 90.0]

    in_room(test)


def test_losses_make_it_wait_longer_each_time(caplog):
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP)
        for cycle in range(1, 4):
            await ledger.live(cycle)
            await strap.peripheral.hang_up()
            await ledger.until(lambda cycle=cycle: problems(ledger).count("lost") == cycle)
        waits = [c.retry_in_s for c in ledger.of(LinkChanged) if c.state is LinkState.WAITING]
        assert waits == [0.5, 1.0, 2.0]

    in_room(test)
    caplog.get_records("call").clear()


@pytest.mark.usefixtures("outage")
def test_a_strap_that_leaves_the_room_is_lost_and_comes_back():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP)
        await ledger.live()
        strap.peripheral.vanish()
        await ledger.until(lambda: "lost" in problems(ledger))
        assert not is_live(ledger)
        await strap.peripheral.reappear()
        await ledger.live(2)
        await beat(strap, ledger, 75)
        assert ledger.values(HR) == [75.0]
        assert problems(ledger).count("lost") == 1

    in_room(test)


@pytest.fixture
def soon(monkeypatch):
    """Connections are given up as soon as their drivers say."""
    assert ble.GIVE_UP_AFTER_S == 5.0
    monkeypatch.setattr(ble, "GIVE_UP_AFTER_S", 0.0)


def silent_after(over_s):
    """A strap driver whose connection is given up after that long."""
    spec = ble_heart_rate.DRIVER
    return replace(spec, link=replace(spec.link, silence_s=over_s))


def test_a_strap_that_pauses_is_stale_within_three_seconds_and_live_with_its_next_word():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(silent_after(30.0), STRAP)
        await ledger.live()
        await beat(strap, ledger, 61)
        spoke_ns = ledger.of(Observation)[-1].t_ns
        await ledger.until(lambda: ("stale", "silent") in ledger.links())
        change = ledger.of(LinkChanged)[-1]
        assert STALE_AFTER_S == 3.0
        assert change.t_ns - spoke_ns > (STALE_AFTER_S - 1.0) * 1e9  # what else it said counts, too
        assert "worn" in change.detail
        await beat(strap, ledger, 62)
        assert ledger.links() == [
            ("connecting", "none"),
            ("live", "none"),
            ("stale", "silent"),
            ("live", "none"),
        ]

    in_room(test)


@pytest.mark.usefixtures("outage", "soon")
def test_a_strap_that_stays_silent_is_connected_anew_and_stays_stale_until_it_speaks():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(silent_after(1.0), STRAP)
        await ledger.until(lambda: ("waiting", "silent") in ledger.links())
        await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
        await ledger.until(lambda: ledger.links().count(("stale", "silent")) == 2)
        await asyncio.wait_for(strap.peripheral.subscribed.wait(), PATIENCE_S)
        assert ledger.links() == [
            ("connecting", "none"),
            ("live", "none"),
            ("stale", "silent"),
            ("waiting", "silent"),
            ("connecting", "none"),
            ("stale", "silent"),
        ]
        await beat(strap, ledger, 63)
        assert is_live(ledger)

    in_room(test)


@pytest.mark.usefixtures("outage")
def test_a_device_that_is_not_there_is_waited_for(monkeypatch):
    async def test(room):
        monkeypatch.setattr(ble, "FIND_LIMIT_S", 0.2)
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP)
        await ledger.until(lambda: ("waiting", "not-found") in ledger.links())
        change = ledger.of(LinkChanged)[-1]
        assert change.retry_in_s is None  # it listens all the time
        assert "near" in change.detail
        strap = room.strap()
        await strap.peripheral.switch_on()
        await ledger.live()
        await beat(strap, ledger, 64)

    in_room(test)


def test_a_sleeping_cuff_is_no_trouble(monkeypatch):
    async def test(room):
        monkeypatch.setattr(ble, "FIND_LIMIT_S", 0.05)
        ledger, _ = room.pump(ble_blood_pressure.DRIVER, CUFF)
        await asyncio.sleep(0.5)
        assert ledger.links() == [("connecting", "none"), ("waiting", "none")]

    in_room(test)


def test_a_scanner_that_has_gone_deaf_is_started_anew(monkeypatch):
    async def test(room):
        scanner = room.radio.scanner
        async with scanner.listening(lambda _device, _said: None):
            first = scanner._scanner
            await scanner.refresh()
            assert scanner._scanner is first
            scanner._heard_s -= DEAF_AFTER_S + 1
            await scanner.refresh()
            assert scanner._scanner is not first
            second = scanner._scanner
            scanner.doubt()
            await scanner.refresh()
            assert scanner._scanner is not second
        assert scanner._scanner is None

    in_room(test)


def test_strap_and_cuff_share_the_radio():
    async def test(room):
        strap, cuff = room.strap(), room.cuff()
        room.start(strap.run())
        await cuff.peripheral.switch_on(advertise=False)
        hearts, _ = room.pump(ble_heart_rate.DRIVER, STRAP)
        pressures, _ = room.pump(ble_blood_pressure.DRIVER, CUFF)
        await hearts.live()
        cuff.measure(room.clock.now_ns())
        assert await cuff.offer()
        await pressures.until(lambda: pressures.values(SYS) == [120.0])
        seen = len(hearts.values(HR))
        await hearts.until(lambda: len(hearts.values(HR)) >= seen + 2)
        assert "lost" not in problems(hearts)

    in_room(test)


def test_only_the_chosen_device_is_connected():
    async def test(room):
        mine, other = room.strap(), room.strap(address="C1:00:00:00:00:33", name="Neighbour")
        await other.peripheral.switch_on()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP)
        await asyncio.sleep(0.5)
        assert ledger.links() == [("connecting", "none")]
        await mine.peripheral.switch_on()
        await ledger.live()
        assert other.peripheral.free.is_set()

    in_room(test)


class Wants:
    """A GattProtocol that needs what a strap does not have."""

    def __init__(self, without):
        self._steps = (GattStep(GattAction.READ, uuid16(0x2A49), without=without),)

    def opened(self, _t_ns):
        return self._steps

    def receive(self, uuid, data, t_ns):
        return []

    def closed(self, _t_ns):
        return []


@pytest.mark.usefixtures("outage")
@pytest.mark.parametrize(("without", "told"), [("", "another driver"), ("no cuff", "no cuff")])
def test_a_driver_that_does_not_fit_says_so(without, told):
    spec = DriverSpec(
        "wants", "", "", BleLink(()), (), lambda _options: Wants(without), Evidence("manual", ())
    )

    async def test(room):
        await room.strap().peripheral.switch_on()
        ledger, _ = room.pump(spec, STRAP)
        await ledger.until(lambda: ("waiting", "refused") in ledger.links())
        assert told in ledger.of(LinkChanged)[-1].detail
        assert ("live", "none") not in ledger.links()

    in_room(test)


def test_ending_the_task_frees_the_device():
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, task = room.pump(ble_heart_rate.DRIVER, STRAP)
        await ledger.live()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
        assert ledger.links()[-1] == ("off", "none")
        assert room.radio.scanner._scanner is None

    in_room(test)
