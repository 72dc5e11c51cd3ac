"""Emulated devices in another process, over TCP; and a computer without bumble."""

import asyncio
import contextlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from ble_parts import PATIENCE_S, in_room

from devices.drivers import ble_blood_pressure, ble_heart_rate
from devices.registry import load
from devices.sim.ble.build import DRIVERS, maker
from devices.sim.ble.serve import end, hci_place, open_tcp_radio, require_bumble, serve_strap
from devices.sim.scenario import bedside
from kapmonitor import mdc
from kapmonitor.clock import SystemClock
from kapmonitor.commandline.simulate import ADDRESSES
from kapmonitor.errors import AddressError, DriverLoadError
from kapmonitor.model import LinkChanged

pytestmark = pytest.mark.realtime

ROOT = Path(__file__).parents[2]
SIMULATOR = ROOT / "tests" / "helpers" / "ble_simulator.py"
HR = mdc.HEART_RATE.ref


@contextlib.contextmanager
def simulator(port=0):
    process = subprocess.Popen(
        [sys.executable, str(SIMULATOR), str(port)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        process.stdout.close()


def problems(ledger):
    return [change.problem.value for change in ledger.of(LinkChanged)]


def test_a_console_hears_a_strap_and_a_cuff_of_another_process(caplog):
    async def test(room):
        with simulator() as port:
            radio = open_tcp_radio("127.0.0.1", port)
            hearts, _ = room.pump(ble_heart_rate.DRIVER, "C1:00:00:00:00:02", radio)
            pressures, _ = room.pump(ble_blood_pressure.DRIVER, "C1:00:00:00:00:01", radio)
            await hearts.until(lambda: len(hearts.values(HR)) >= 2)
            await pressures.until(lambda: pressures.values(mdc.NIBP_SYS.ref))
            assert pressures.values(mdc.NIBP_SYS.ref) == [120.0]
        # The simulator was killed: that is a lost strap, and then a radio that is not there.
        await hearts.until(lambda: "lost" in problems(hearts))
        await hearts.until(lambda: "no-radio" in problems(hearts))
        seen = len(hearts.values(HR))
        with simulator(port):
            await hearts.until(lambda: len(hearts.values(HR)) > seen)
            assert hearts.links()[-1] == ("live", "none")
        assert set(hearts.values(HR)) == {72.0}
        order = problems(hearts)
        assert order.index("lost") < order.index("no-radio")
        await radio.close()

    in_room(test)
    caplog.get_records("call").clear()


def test_a_second_console_is_served_after_the_first_has_left():
    async def test(room):
        with simulator() as port:
            for console in range(1, 3):
                radio = open_tcp_radio("127.0.0.1", port)
                ledger, task = room.pump(ble_heart_rate.DRIVER, "C1:00:00:00:00:02", radio)
                await ledger.until(lambda ledger=ledger: ledger.values(HR))
                assert set(ledger.values(HR)) == {72.0}, f"console {console}"
                assert ledger.links() == [("connecting", "none"), ("live", "none")], f"console {console}"
                await radio.close()  # as a console that crashed: the strap is not told by Bluetooth
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    in_room(test)


@pytest.mark.parametrize(
    ("driver", "ref"),
    [
        ("ble-heart-rate", HR),
        ("ble-blood-pressure", mdc.NIBP_SYS.ref),
        ("ble-pulse-oximeter", mdc.SPO2.ref),
        ("ble-thermometer", mdc.TEMP_BODY.ref),
        ("ble-nonin", mdc.SPO2.ref),
        ("ble-polar-ecg", HR),
        ("ble-viatom", mdc.SPO2.ref),
        ("ble-berry", mdc.SPO2.ref),
    ],
)
def test_every_emulated_device_is_heard_on_the_patient_of_a_room(driver, ref):
    async def test(room):
        device = maker(driver, bedside("quiet", 7, 600), room.clock)(room.air)
        room.start(device.run())
        ledger, _ = room.pump(load().get(driver), ADDRESSES[driver])
        await ledger.until(lambda: ledger.values(ref))

    assert set(DRIVERS) == set(ADDRESSES)
    in_room(test)


@contextlib.contextmanager
def program(*words):
    command = [sys.executable, "-m", "kapmonitor", "simulate", *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.terminate()
        out, errors = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, out, errors) == (0, "", "")


def test_the_program_serves_a_device_with_a_serial_number_and_a_fault():
    async def test(room):
        with program("ble-heart-rate", "--serial", "HR-77", "--fault", "duplicate", "--seed", "3") as served:
            address = served.stdout.readline().strip()
            host, port = hci_place(address.partition("hci=")[2])
            radio = open_tcp_radio(host, port)
            ledger, task = room.pump(ble_heart_rate.DRIVER, ADDRESSES["ble-heart-rate"], radio)
            await ledger.until(lambda: (known := ledger.identity()) and known.serial)
            await ledger.until(lambda: len(ledger.values(HR)) >= 3)
            assert ledger.identity().serial == "HR-77"
            await end(task)
            await radio.close()

    in_room(test)


def test_the_program_refuses_a_fault_that_makes_no_sense_and_lists_those_that_do():
    words = ["simulate", "ble-thermometer", "--fault", "no-finger"]
    told = subprocess.run(
        [sys.executable, "-m", "kapmonitor", *words], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (told.returncode, told.stdout) == (2, "")
    assert "no-finger" in told.stderr
    assert "allowed for ble-thermometer are bitflip, gap" in told.stderr
    assert "stored-readings-first" in told.stderr


def test_a_port_that_is_taken_is_an_error_of_the_simulator():
    async def whole():
        server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(OSError):
                await serve_strap(port, lambda _t_ns: 72.0, SystemClock())

    asyncio.run(whole())


def test_the_place_of_an_emulated_radio():
    assert hci_place("tcp:127.0.0.1:5370") == ("127.0.0.1", 5370)
    assert hci_place("tcp:sim.local:1") == ("sim.local", 1)


@pytest.mark.parametrize(
    "text", ["", "tcp:", "tcp:5370", "tcp:host:", "tcp:host:0", "tcp:host:99999", "usb:0"]
)
def test_a_place_that_is_none(text):
    with pytest.raises(AddressError, match="hci=tcp:HOST:PORT"):
        hci_place(text)


def test_without_bumble_the_error_names_the_extra(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "bumble" else find_spec(name)
    )
    for use in (require_bumble, lambda: open_tcp_radio("127.0.0.1", 1)):
        with pytest.raises(DriverLoadError, match=r"kapmonitor\[simulate\]"):
            use()


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("devices.transport.ble", ("bleak", "bumble", "dbus_fast", "numpy")),
        ("devices.drivers.ble_heart_rate", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.drivers.ble_blood_pressure", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.drivers.ble_pulse_oximeter", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.drivers.ble_nonin", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.drivers.ble_polar_ecg", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.drivers.ble_viatom", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.drivers.ble_berry", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.drivers.ble_thermometer", ("bleak", "bumble", "asyncio", "numpy")),
        ("devices.sim.ble.faults", ("bleak", "bumble")),
        ("devices.sim.ble.serve", ("bumble", "bleak", "numpy")),
    ],
)
def test_nothing_is_imported_before_it_is_used(module, unwanted):
    code = f"import sys, {module}; print([m for m in {unwanted!r} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert told.stdout.strip() == "[]"
