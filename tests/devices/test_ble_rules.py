"""What all links owe the radio they share: one scanner, one attempt at a time, always disconnect()."""

import asyncio
import contextlib
from dataclasses import replace

import ble_tables
import pytest
from ble_parts import PATIENCE_S, in_room
from ble_radios import Diary
from bleak.backends.scanner import BaseBleakScanner
from wire_parts import until

from devices.drivers import ble_blood_pressure, ble_heart_rate
from devices.sim.ble import cuff as cuff_model
from devices.sim.ble import frames
from devices.sim.ble import strap as strap_model
from devices.transport import ble, ble_scan
from devices.transport.ble_errors import DEAF
from devices.transport.ble_radio import Backend, Radio
from kapmonitor import mdc
from kapmonitor.model import LinkChanged, LinkProblem, LinkState

pytestmark = pytest.mark.realtime

HR = mdc.HEART_RATE.ref
STRAP = strap_model.ADDRESS
QUICK = replace(ble_heart_rate.DRIVER, link=replace(ble_heart_rate.DRIVER.link, silence_s=1.0))


@pytest.fixture(autouse=True)
def _warnings_are_expected(caplog):
    yield
    caplog.get_records("call").clear()


async def hang_up(strap, _pump, _spec):
    await strap.peripheral.hang_up()


async def vanish(strap, _pump, _spec):
    strap.peripheral.vanish()
    await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
    await strap.peripheral.reappear()


async def silence(_strap, _pump, _spec):
    """Said by saying nothing; see QUICK."""


async def change_table(strap, _pump, _spec):
    ble_tables.move(strap.peripheral)
    await ble_tables.tell(strap.peripheral)


async def sleep(_strap, pump, _spec):
    pump.woke(0)


async def garble(strap, pump, _spec):
    def fails(uuid, data, t_ns):
        raise ZeroDivisionError

    protocol = pump._party.protocol
    protocol.receive, kept = fails, protocol.receive
    await strap.peripheral.push(strap_model.MEASUREMENT, frames.heart_rate(61))
    await asyncio.sleep(0.1)
    protocol.receive = kept


ENDS = {
    "lost": hang_up,
    "left the room": vanish,
    "silent": silence,
    "another table": change_table,
    "sleep": sleep,
    "driver failed": garble,
}


def pump_of(room, radio, spec):
    from ble_parts import Ledger

    ledger = Ledger()
    pump = ble.BlePump("d", spec, STRAP, {}, room.clock, ledger, radio, jitter=lambda: 0.0)
    return ledger, pump, room.start(pump.run())


@pytest.mark.parametrize("end", ENDS)
def test_every_connection_ends_with_disconnect_before_the_next_is_made(end, monkeypatch):
    monkeypatch.setattr(ble, "GIVE_UP_AFTER_S", 0.0)

    async def test(room):
        diary, strap = Diary(hang_up_s=1.5), room.strap()
        await strap.peripheral.switch_on()
        ledger, pump, _ = pump_of(
            room, diary.radio(room.air), QUICK if end == "silent" else ble_heart_rate.DRIVER
        )
        await asyncio.wait_for(strap.peripheral.subscribed.wait(), PATIENCE_S)
        await ledger.live()
        await ENDS[end](strap, pump, None)
        await ledger.until(lambda: any(c.state is LinkState.WAITING for c in ledger.of(LinkChanged)))
        await asyncio.wait_for(strap.peripheral.free.wait(), PATIENCE_S)
        await asyncio.wait_for(strap.peripheral.subscribed.wait(), PATIENCE_S)
        assert not diary.wrong
        assert [entry for entry in diary.entries if "connect" in entry][:3] == [
            "connect",
            "disconnect",
            "connect",
        ]

    in_room(test)


def test_an_attempt_that_fails_ends_with_disconnect_too(monkeypatch):
    monkeypatch.setattr("devices.transport.ble_radio.CONNECT_LIMIT_S", 0.5)

    async def test(room):
        diary, strap = Diary(connect_s=0.2), room.strap()
        await strap.peripheral.switch_on()
        ledger, _, _ = pump_of(room, diary.radio(room.air), ble_heart_rate.DRIVER)
        await until(lambda: "connect" in diary.entries)
        strap.peripheral.vanish()
        await ledger.until(lambda: ("waiting", "not-found") in ledger.links())
        await strap.peripheral.reappear()
        await ledger.live()
        assert not diary.wrong
        assert diary.entries.count("disconnect") == diary.entries.count("connect") - 1

    in_room(test)


def test_many_links_share_one_scanner_and_connect_one_after_the_other():
    async def test(room):
        diary = Diary(connect_s=0.05, hang_up_s=0.1)
        radio = diary.radio(room.air)
        straps = [room.strap(address=f"C1:00:00:00:01:{i:02X}", name=f"S{i}") for i in range(5)]
        ledgers = [room.pump(ble_heart_rate.DRIVER, f"C1:00:00:00:01:{i:02X}", radio)[0] for i in range(5)]
        cuff = room.cuff()
        await cuff.peripheral.switch_on(advertise=False)
        cuffs, _ = room.pump(ble_blood_pressure.DRIVER, cuff_model.ADDRESS, radio)
        for strap in straps:
            await strap.peripheral.switch_on()
        for ledger in ledgers:
            await ledger.live()
        for strap in straps[:3]:
            await strap.peripheral.hang_up()
        cuff.measure(room.clock.now_ns())
        assert await cuff.offer()
        await cuffs.until(lambda: cuffs.values(mdc.NIBP_SYS.ref) == [120.0])
        for ledger in ledgers[:3]:
            await ledger.live(2)
        assert diary.entries.count("connect") == 9
        diary.wrong = [
            what for what in diary.wrong if "earlier client" not in what
        ]  # there are several devices
        assert not diary.wrong

    in_room(test)


def test_whoever_ends_does_not_wait_for_a_radio_that_takes_its_time():
    async def test(room):
        diary, strap = Diary(hang_up_s=5.0), room.strap()
        radio = diary.radio(room.air)
        await strap.peripheral.switch_on()
        ledger, task = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
        await ledger.live()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not strap.peripheral.free.is_set()
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
        await ledger.live()
        assert not diary.wrong

    in_room(test)


@pytest.mark.parametrize(("takes_s", "called_off"), [(0.6, 0), (60.0, 1)])
def test_an_attempt_that_nobody_wants_any_more_may_come_about_before_it_is_called_off(takes_s, called_off):
    async def test(room):
        diary, strap = Diary(connect_s=takes_s), room.strap()
        radio = diary.radio(room.air)
        await strap.peripheral.switch_on()
        _, task = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
        await until(lambda: diary.connecting)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await until(lambda: not radio._leaving, 2.0)
        assert diary.entries.count("called off") == called_off
        assert diary.entries[-1] == "disconnect"
        assert strap.peripheral.free.is_set()
        assert not diary.wrong

    in_room(test)


def test_nobody_scans_or_connects_until_an_attempt_that_was_called_off_has_ended():
    async def test(room):
        diary, strap = Diary(connect_s=60.0, call_off_s=0.5), room.strap()
        radio = diary.radio(room.air)
        await strap.peripheral.switch_on()
        _, first = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
        await until(lambda: diary.connecting)
        diary.connect_s = 0.0
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
        first.cancel()
        await ledger.live()
        assert not diary.wrong

    in_room(test)


def test_closing_the_radio_waits_for_what_is_being_let_go():
    async def test(room):
        diary, strap = Diary(hang_up_s=1.5), room.strap()
        radio = diary.radio(room.air)
        await strap.peripheral.switch_on()
        ledger, task = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
        await ledger.live()
        task.cancel()
        await radio.close()
        assert not diary.held
        assert diary.scanning == 0

    in_room(test)


def test_a_leftover_that_is_let_go_waits_for_its_turn_and_leaves_our_own_alone(monkeypatch):
    """As Radio.free() does on Linux, where another program may have left a device connected."""

    async def test(room):
        diary, strap = Diary(connect_s=0.05), room.strap()
        radio = diary.radio(room.air)
        await strap.peripheral.switch_on()
        found = []
        async with radio.scanner.listening(lambda device, _said: found.append(device)):
            await until(lambda: found)

        async def connected(_services):
            return found[:1]

        monkeypatch.setattr("devices.transport.ble_radio._connected", connected)
        backend, radio._backend = radio._backend, None
        monkeypatch.setattr(radio, "client", lambda device, on_lost: _client(device, on_lost, backend))
        await asyncio.gather(radio.free(STRAP, ()), radio.free(STRAP, ()))
        assert not diary.wrong
        assert diary.entries.count("connect") == diary.entries.count("disconnect") == 2
        radio._held.add(STRAP)
        await radio.free(STRAP, ())
        assert diary.entries.count("connect") == 2

    in_room(test)


def _client(device, on_lost, backend):
    from bleak import BleakClient

    return BleakClient(device, disconnected_callback=lambda _c: on_lost(), backend=backend.client)


class Deaf(BaseBleakScanner):
    """A Bluetooth service that hangs: it says that it scans, and nothing ever comes."""

    started = 0

    def __init__(self, callback, uuids, mode, **_platform):
        super().__init__(callback, uuids)

    async def start(self):
        Deaf.started += 1
        self.seen_devices = {}

    async def stop(self):
        pass


class Hanging(Deaf):
    """One that does not even answer."""

    async def start(self):
        await asyncio.Event().wait()


@pytest.mark.parametrize("spec", [ble_heart_rate.DRIVER, ble_blood_pressure.DRIVER], ids=lambda spec: spec.id)
def test_a_bluetooth_service_that_hears_nothing_for_two_minutes_is_told(spec, monkeypatch):
    """Two minutes pass in one second."""
    assert ble_scan.HANGS_AFTER_S == 120.0
    monkeypatch.setattr(ble_scan, "HANGS_AFTER_S", 1.0)
    monkeypatch.setattr(ble_scan, "DEAF_AFTER_S", 0.2)
    monkeypatch.setattr(ble, "LISTEN_S", 0.05)
    monkeypatch.setattr(Deaf, "started", 0)

    async def test(room):
        radio = Radio(Backend(Deaf, None))
        ledger, _ = room.pump(spec, STRAP, radio)
        begun_ns = room.clock.now_ns()
        await ledger.until(lambda: any(c.detail == DEAF for c in ledger.of(LinkChanged)))
        change = ledger.of(LinkChanged)[-1]
        assert (change.state, change.problem) == (LinkState.WAITING, LinkProblem.NOT_FOUND)
        assert 1.0 <= (change.t_ns - begun_ns) / 1e9 < 3.0
        assert Deaf.started > 2  # starting anew was tried before
        radio.scanner._on_advertisement(_Somebody(), None)
        if spec is ble_blood_pressure.DRIVER:
            await ledger.until(lambda: ledger.links()[-1:] == [("waiting", "none")])
        assert not radio.scanner.hangs

    in_room(test)


class _Somebody:
    address = "C1:00:00:00:00:77"


def test_a_bluetooth_service_that_does_not_answer_is_a_state_with_a_hint(monkeypatch):
    monkeypatch.setattr(ble_scan, "START_LIMIT_S", 0.3)

    async def test(room):
        radio = Radio(Backend(Hanging, None))
        ledger, task = room.pump(ble_heart_rate.DRIVER, STRAP, radio)
        await ledger.until(lambda: ("waiting", "no-radio") in ledger.links())
        assert ledger.of(LinkChanged)[-1].detail == DEAF
        await asyncio.sleep(0.6)  # in the middle of the next start
        begun = asyncio.get_running_loop().time()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert asyncio.get_running_loop().time() - begun < 15.0

    in_room(test)
