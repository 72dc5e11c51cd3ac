"""The shared radio: what errors mean, who may pair, and when the scanner rests."""

import asyncio
import logging

import pytest
from ble_parts import in_room
from ble_radios import Switch
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakCharacteristicNotFoundError,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from dbus_fast import Message, MessageType

from devices.protocol import BleLink
from devices.transport.ble_agent import PATH, PairingAgent, _answer
from devices.transport.ble_errors import link_error, tried, within
from devices.transport.ble_radio import Radio
from devices.transport.ble_scan import fits
from kapmonitor.errors import LinkError
from kapmonitor.model import LinkProblem

MINE = "/org/bluez/hci0/dev_C1_00_00_00_00_01"
OTHER = "/org/bluez/hci0/dev_C1_00_00_00_00_99"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (FileNotFoundError(2, "no bus"), LinkProblem.NO_RADIO),
        (ConnectionRefusedError(), LinkProblem.NO_RADIO),
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", ["no bluez"]), LinkProblem.NO_RADIO),
        (BleakDBusError("org.bluez.Error.NotReady", []), LinkProblem.NO_RADIO),
        (
            BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF),
            LinkProblem.NO_RADIO,
        ),
        (
            BleakBluetoothNotAvailableError("no", BleakBluetoothNotAvailableReason.DENIED_BY_USER),
            LinkProblem.DENIED,
        ),
        (BleakDBusError("org.bluez.Error.InProgress", []), LinkProblem.BUSY),
        (BleakDBusError("org.bluez.Error.AuthenticationFailed", []), LinkProblem.DENIED),
        (BleakDBusError("org.bluez.Error.Failed", ["le-connection-abort-by-local"]), LinkProblem.LOST),
        (BleakGATTProtocolError(0x05), LinkProblem.DENIED),
        (BleakGATTProtocolError(0x0F), LinkProblem.DENIED),
        (BleakGATTProtocolError(0x03), LinkProblem.REFUSED),
        (BleakCharacteristicNotFoundError("2a37"), LinkProblem.REFUSED),
        (BleakDeviceNotFoundError("x", "gone"), LinkProblem.NOT_FOUND),
        (TimeoutError(), LinkProblem.NOT_FOUND),
        (BleakError("Not connected"), LinkProblem.LOST),
        (EOFError(), LinkProblem.LOST),
        (AssertionError(), LinkProblem.LOST),
    ],
)
def test_whatever_is_thrown_becomes_a_problem_with_a_hint(error, problem):
    told = link_error("C1", error)
    assert (told.problem, told.address) == (problem, "C1")
    assert told.hint


def test_tried_passes_results_and_cancellations():
    async def whole():
        assert await tried("C1", asyncio.sleep(0, "done")) == "done"
        with pytest.raises(LinkError):
            await tried("C1", within(0.01, asyncio.sleep(10)))
        task = asyncio.create_task(tried("C1", asyncio.sleep(10)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(whole())


def test_a_cancellation_that_comes_with_the_answer_is_not_lost():
    async def whole():
        answer = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(within(10, answer))
        await asyncio.sleep(0)
        answer.set_result(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(whole())


def asked(member, body, interface="org.bluez.Agent1", path=PATH):
    signature = {0: "", 1: "o", 2: "ou"}[len(body)]
    return Message(path=path, interface=interface, member=member, signature=signature, body=body, serial=7)


def test_only_devices_that_a_link_connects_to_may_pair():
    agent = PairingAgent()
    agent._allowed.add("C1:00:00:00:00:01")
    for member in ("RequestConfirmation", "RequestAuthorization", "AuthorizeService"):
        assert _answer(asked(member, [MINE]), agent._allows).message_type is MessageType.METHOD_RETURN
        refused = _answer(asked(member, [OTHER]), agent._allows)
        assert refused.error_name == "org.bluez.Error.Rejected"


def test_a_code_is_never_made_up():
    agent = PairingAgent()
    agent._allowed.add("C1:00:00:00:00:01")
    for member in ("RequestPinCode", "RequestPasskey", "Surprise"):
        assert _answer(asked(member, [MINE]), agent._allows).error_name == "org.bluez.Error.Rejected"
    assert _answer(asked("Release", []), agent._allows).message_type is MessageType.METHOD_RETURN


def test_messages_for_others_are_left_alone():
    allows = PairingAgent()._allows
    assert _answer(asked("Release", [], path="/elsewhere"), allows) is None
    assert _answer(asked("Release", [], interface="org.example"), allows) is None


def test_an_agent_without_a_bus_is_no_error(monkeypatch, caplog):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")

    async def whole():
        radio, held = Radio(), []
        for address in ("C1:00:00:00:00:01", "C1:00:00:00:00:02"):
            async with radio.connecting(address):
                held.append(address)
        assert held == ["C1:00:00:00:00:01", "C1:00:00:00:00:02"]
        assert radio._agent._bus is None
        await radio.free("C1:00:00:00:00:01", ())
        await radio.close()

    with caplog.at_level(logging.DEBUG, "devices.transport"):
        asyncio.run(whole())
    said = [(record.name, record.levelname) for record in caplog.records]
    assert said.count(("devices.transport.ble_agent", "DEBUG")) == 2, "it is tried again for each device"
    assert ("devices.transport.ble_radio", "DEBUG") in said
    assert {level for _, level in said} == {"DEBUG"}


def test_the_scanner_runs_only_while_somebody_listens_and_rests_while_one_connects():
    async def test(room):
        scanner = room.radio.scanner
        heard = asyncio.Event()
        async with scanner.listening(lambda _device, _said: heard.set()):
            async with scanner.listening(lambda _device, _said: None):
                first = scanner._scanner
                async with room.radio.connecting("C1:00:00:00:00:01"):
                    assert scanner._scanner is None
                await scanner.rest()
                assert scanner._scanner not in (None, first)
            assert scanner._scanner is not None
            await room.strap().peripheral.switch_on()
            await within(20, heard.wait())
        assert scanner._scanner is None

    in_room(test)


def test_connections_are_made_one_at_a_time():
    async def test(room):
        inside, most = 0, 0

        async def connect(address):
            nonlocal inside, most
            async with room.radio.connecting(address):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0.01)
                inside -= 1

        await asyncio.gather(*(connect(str(i)) for i in range(5)))
        assert most == 1

    in_room(test)


def test_one_who_only_looks_round_hears_again_when_the_radio_is_back():
    """As the device dialog does; no link is there to start the scanner anew."""

    async def test(room):
        switch, strap = Switch(room.air), room.strap()
        await strap.peripheral.switch_on()
        heard = asyncio.Event()
        async with switch.radio.scanner.listening(lambda _device, _said: heard.set()):
            await asyncio.wait_for(heard.wait(), 20)
            switch.off()
            await asyncio.sleep(0.2)
            assert switch.radio.scanner._scanner is None
            heard.clear()
            switch.on()
            await asyncio.wait_for(heard.wait(), 20)

    in_room(test)


@pytest.mark.parametrize(
    ("name", "services", "fitting"),
    [
        ("", ("a",), True),
        ("KAP 1", (), True),
        ("XKAP", ("b",), False),
        ("", (), False),
    ],
)
def test_a_driver_fits_by_service_or_by_name(name, services, fitting):
    assert fits(BleLink(("a",), ("KAP",)), name, services) is fitting


def test_a_driver_without_name_prefixes_fits_no_name():
    assert not fits(BleLink(("a",)), "Anything", ())
