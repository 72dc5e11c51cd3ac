"""BlePump when the radio, the device or the driver fails it."""

import asyncio

import pytest
from ble_parts import Ledger, in_room

from devices.drivers import ble_heart_rate
from devices.gatt import uuid16
from devices.protocol import BleLink, DriverSpec, Evidence, GattAction, GattStep
from devices.sim.ble import strap as strap_model
from devices.transport import ble
from devices.transport.ble_radio import Radio
from devices.transport.ble_scan import scan
from kapmonitor.errors import LinkError
from kapmonitor.model import Direction, LinkChanged, LinkProblem, LinkState, WireChunk

STRAP = strap_model.ADDRESS


def problems(ledger):
    return [problem for _, problem in ledger.links() if problem != "none"]


def test_a_computer_without_bluetooth_is_a_state_with_a_hint_and_is_tried_again(monkeypatch, caplog):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")

    async def test(room):
        ledger, _ = room.pump(ble_heart_rate.DRIVER, STRAP, radio=Radio())
        await ledger.until(lambda: problems(ledger).count("no-radio") == 2)
        change = ledger.of(LinkChanged)[-1]
        assert (change.state, change.retry_in_s) == (LinkState.WAITING, 1.0)
        assert "Bluetooth adapter" in change.detail

    in_room(test)
    warnings = caplog.get_records("call")
    assert len(warnings) == 1  # however often it is tried
    warnings.clear()


def test_a_scan_without_bluetooth_is_an_error_with_a_hint(monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    with pytest.raises(LinkError) as caught:
        asyncio.run(scan(Radio(), 0.1, (ble_heart_rate.DRIVER,)))
    assert caught.value.problem == LinkProblem.NO_RADIO


class Stubborn:
    """A GattProtocol that asks for a characteristic nobody has, writes, and fails on a word."""

    def __init__(self, _options):
        pass

    def opened(self, _t_ns):
        return (
            GattStep(GattAction.SUBSCRIBE, uuid16(0x2A37)),
            GattStep(GattAction.READ, uuid16(0x2AFF), optional=True),
            GattStep(GattAction.WRITE, uuid16(0x2A19), b"\x01", optional=True),
            GattStep(GattAction.READ, uuid16(0x2A19)),
        )

    def receive(self, uuid, data, t_ns):
        if data == b"\x06\x63":
            raise ZeroDivisionError
        return []

    def closed(self, _t_ns):
        return []


STUBBORN = DriverSpec("stubborn", "", "", BleLink((), silence_s=None), (), Stubborn, Evidence("manual", ()))


def test_optional_steps_may_fail():
    async def test(room):
        await room.strap().peripheral.switch_on()
        ledger, _ = room.pump(STUBBORN, STRAP)
        await ledger.until(lambda: ledger.of(WireChunk) and ledger.of(WireChunk)[-1].data == b"\x5a")
        assert [(c.direction, c.channel[4:8]) for c in ledger.of(WireChunk)] == [
            (Direction.OUT, "2a19"),
            (Direction.IN, "2a19"),
        ]
        assert ledger.links()[-1] == ("live", "none")

    in_room(test)


def test_a_driver_with_a_bug_costs_its_connection_only(caplog):
    async def test(room):
        strap = room.strap()
        await strap.peripheral.switch_on()
        ledger, _ = room.pump(STUBBORN, STRAP)
        await ledger.live()
        await strap.peripheral.push(strap_model.MEASUREMENT, b"\x06\x63")
        await ledger.until(lambda: "garbled" in problems(ledger))
        await ledger.live(2)

    in_room(test)
    assert any("driver failed" in r.getMessage() for r in caplog.get_records("call"))
    caplog.get_records("call").clear()


def test_a_serial_driver_is_refused():
    spec = DriverSpec("x", "", "", None, (), Stubborn, Evidence("manual", ()))
    with pytest.raises(TypeError):
        ble.BlePump("d", spec, STRAP, {}, None, Ledger(), None)
