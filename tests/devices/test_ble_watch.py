"""What the system bus says of Bluetooth, and what it means for links."""

import asyncio
import logging
import shutil
import subprocess

import pytest
from dbus_fast import BusType, Message, MessageType, RequestNameReply, Variant
from dbus_fast.aio import MessageBus
from wire_parts import until

from devices.transport.ble_watch import BluezWatch, RadioNews, device_of, read_signal

STRAP = "C1:00:00:00:00:02"
DEVICE = "/org/bluez/hci0/dev_C1_00_00_00_00_02"
CHARACTERISTIC = f"{DEVICE}/service000e/char000f"
PROPERTIES = "org.freedesktop.DBus.Properties"
OBJECTS = "org.freedesktop.DBus.ObjectManager"


def changed(path, interface, **values):
    body = [interface, {name: Variant("b", value) for name, value in values.items()}, []]
    return Message.new_signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)


def added(path, interface, **values):
    body = [path, {interface: {name: Variant("b", value) for name, value in values.items()}}]
    return Message.new_signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)


def removed(path, *interfaces):
    return Message.new_signal("/", OBJECTS, "InterfacesRemoved", "oas", [path, list(interfaces)])


def owner(name, before, after):
    body = [name, before, after]
    return Message.new_signal(
        "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "sss", body
    )


OFF, ON, TABLE = (RadioNews.OFF, ""), (RadioNews.ON, ""), (RadioNews.TABLE, STRAP)
SIGNALS = {
    "the adapter was switched off": (changed("/org/bluez/hci0", "org.bluez.Adapter1", Powered=False), OFF),
    "the adapter was switched on": (changed("/org/bluez/hci0", "org.bluez.Adapter1", Powered=True), ON),
    "it scans": (changed("/org/bluez/hci0", "org.bluez.Adapter1", Discovering=True), None),
    "a device connected": (changed(DEVICE, "org.bluez.Device1", Connected=True), None),
    "an adapter was put in": (added("/org/bluez/hci1", "org.bluez.Adapter1", Powered=True), ON),
    "an adapter was put in that is off": (
        added("/org/bluez/hci1", "org.bluez.Adapter1", Powered=False),
        None,
    ),
    "a device appeared": (added(DEVICE, "org.bluez.Device1", Connected=False), None),
    "the adapter was pulled out": (removed("/org/bluez/hci0", "org.bluez.Adapter1"), OFF),
    "a characteristic vanished": (removed(CHARACTERISTIC, "org.bluez.GattCharacteristic1"), TABLE),
    "a service vanished": (removed(f"{DEVICE}/service000e", "org.bluez.GattService1"), None),
    "a device was forgotten": (removed(DEVICE, "org.bluez.Device1"), None),
    "a strange path": (removed("/org/bluez/hci0", "org.bluez.GattCharacteristic1"), None),
    "the service ended": (owner("org.bluez", ":1.5", ""), OFF),
    "the service began": (owner("org.bluez", "", ":1.6"), None),
    "another service ended": (owner("org.example", ":1.5", ""), None),
    "something else": (Message.new_signal("/", "org.example", "Surprise", "s", ["x"]), None),
    "without a body": (Message.new_signal("/", "org.example", "PropertiesChanged"), None),
}


@pytest.mark.parametrize("what", SIGNALS)
def test_what_a_signal_means(what):
    signal, news = SIGNALS[what]
    assert read_signal(signal) == news


@pytest.mark.parametrize(
    ("path", "address"),
    [(DEVICE, STRAP), (CHARACTERISTIC, STRAP), ("/org/bluez/hci0", ""), ("", ""), ("/dev_", "")],
)
def test_the_device_of_a_path(path, address):
    assert device_of(path) == address


def test_without_a_bus_it_says_nothing(monkeypatch, caplog):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    told = []

    async def whole():
        watch = BluezWatch(lambda *news: told.append(news))
        await watch.start()
        await watch.start()
        await watch.close()

    with caplog.at_level(logging.DEBUG, "devices.transport"):
        asyncio.run(whole())
    assert told == []
    records = [(record.name, record.levelname) for record in caplog.records]
    assert records == [("devices.transport.ble_watch", "DEBUG")] * 2, "it tries again, and warns nobody"


@pytest.fixture
def bus(tmp_path, monkeypatch):
    """A bus of our own in place of the system's."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    config = tmp_path / "bus.conf"
    config.write_text(
        "<busconfig><type>system</type>"
        f"<listen>unix:path={tmp_path}/bus</listen><auth>EXTERNAL</auth>"
        '<policy context="default"><allow own="*"/><allow send_destination="*"/>'
        '<allow receive_sender="*"/><allow user="*"/><allow eavesdrop="true"/></policy></busconfig>'
    )
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"], stdout=subprocess.PIPE
    )
    try:
        address = daemon.stdout.readline().decode().strip()
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield daemon
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()


async def bluez():
    """A connection that owns BlueZ's name."""
    connection = await MessageBus(bus_type=BusType.SYSTEM).connect()
    assert await connection.request_name("org.bluez") is RequestNameReply.PRIMARY_OWNER
    return connection


def test_on_a_real_bus_it_hears_bluez_alone_and_hears_it_again_after_the_bus_was_lost(bus):
    async def whole():
        heard = []
        service = await bluez()
        stranger = await MessageBus(bus_type=BusType.SYSTEM).connect()
        watch = BluezWatch(lambda news, address: heard.append((news, address)))
        await asyncio.gather(watch.start(), watch.start())
        await watch.start()
        stranger.send(SIGNALS["the adapter was switched off"][0])
        await stranger.call(_ping())
        for what in ("the adapter was switched off", "a characteristic vanished", "it scans"):
            service.send(SIGNALS[what][0])
        await until(lambda: len(heard) >= 2)
        service.disconnect()
        await until(lambda: len(heard) >= 3)
        assert heard == [OFF, TABLE, OFF]
        watch._bus.disconnect()
        await watch._bus.wait_for_disconnect()
        service = await bluez()
        await watch.start()
        service.send(SIGNALS["the adapter was switched on"][0])
        await until(lambda: heard[3:] == [ON])
        await watch.close()
        service.send(SIGNALS["the adapter was switched on"][0])
        await service.call(_ping())
        assert len(heard) == 4
        for connection in (service, stranger):
            connection.disconnect()

    asyncio.run(whole())


def _ping():
    return Message(
        destination="org.freedesktop.DBus",
        path="/org/freedesktop/DBus",
        interface="org.freedesktop.DBus",
        member="GetId",
        message_type=MessageType.METHOD_CALL,
    )
