"""The Health Thermometer driver: known payloads, bursts from its memory, any bytes, the emulated one."""

from datetime import datetime, timedelta

import pytest
from ble_parts import in_room
from hypothesis import given
from hypothesis import strategies as st

from devices.burst import HOLD_S
from devices.drivers.ble_thermometer import (
    DRIVER,
    INTERMEDIATE,
    MEASUREMENT,
    PLACES,
    TYPE,
    Thermometer,
    decode,
)
from devices.gatt import BATTERY_LEVEL, FIRMWARE
from devices.gatt_clock import CURRENT_TIME, DATE_TIME
from devices.ieee11073 import date_time_of
from devices.protocol import GattAction, GattProtocol, Timed, WireProtocol
from devices.sim.ble import frames
from devices.sim.ble import thermometer as model
from devices.testing import GattSample, check_driver
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Observation,
    Validity,
)

HOLD_NS = int(HOLD_S * 1e9)
SECOND = 1_000_000_000

# payload, reading, device time, place
PAYLOADS = [
    ("00720100ff", Measured(37.0), None, 0),
    ("07da0300ffea07030e091a3502", Measured(37.0), "2026-03-14T09:26:53", 2),
    ("00ffff7f00", Absent(Validity.NOT_AVAILABLE, 0x7FFFFF), None, 0),
    ("006c0100ff", Measured(36.4), None, 0),
    ("008d0e00fe", Measured(37.25), None, 0),
    ("00c9ffffff", Absent(Validity.INVALID, -5.5), None, 0),
    ("0064000000", Absent(Validity.INVALID, 100.0), None, 0),
    ("00000080 00".replace(" ", ""), Absent(Validity.INVALID, 0x800000), None, 0),
    ("00feff7f00", Absent(Validity.OVERFLOW, 0x7FFFFE), None, 0),
    ("0002008000", Absent(Validity.UNDERFLOW, 0x800002), None, 0),
    ("04720100ff09", Measured(37.0), None, 9),
    ("02720100ff00000000000000", Measured(37.0), None, 0),
    ("f8720100ff", Measured(37.0), None, 0),
]


def thermometer():
    protocol = Thermometer({})
    protocol.opened(0)
    return protocol


def readings(events):
    return [(e.reading, e.stored) for e in events if isinstance(e, Observation)]


def places(events):
    return [e.location for e in events if isinstance(e, DeviceIdentified)]


def at(minutes, degrees=37.0, **more):
    when = datetime(2026, 3, 14, 9, 0, 0) + timedelta(minutes=minutes)  # noqa: DTZ001
    return frames.temperature(degrees, when=when, **more)


@pytest.mark.parametrize(("payload", "reading", "when", "place"), PAYLOADS)
def test_known_payloads(payload, reading, when, place):
    heard = decode(bytes.fromhex(payload), 3)
    assert (heard.t_ns, heard.reading, heard.device_time, heard.place) == (3, reading, when, place)


def test_a_reading_without_time_is_live_at_once():
    events = thermometer().receive(MEASUREMENT, bytes.fromhex("00720100ff"), 5)
    assert [(e.metric.term, e.t_ns) for e in events] == [(mdc.TEMP_BODY, 5)]
    assert readings(events) == [(Measured(37.0), False)]


def test_old_readings_are_told_from_the_new_one():
    protocol = thermometer()
    events = protocol.receive(MEASUREMENT, at(-60, 36.5), 1)
    events += protocol.receive(MEASUREMENT, at(0, 37.1), 2)
    assert protocol.deadline_ns == 2 + HOLD_NS
    assert protocol.on_deadline(1 + HOLD_NS) == []
    events += protocol.on_deadline(2 + HOLD_NS)
    assert readings(events) == [(Measured(36.5), True), (Measured(37.1), False)]
    protocol.opened(SECOND)
    assert readings([*protocol.receive(MEASUREMENT, at(-60, 36.5), SECOND), *protocol.closed(SECOND)]) == []


def test_a_reading_held_back_comes_when_the_link_ends_or_anything_else_is_late():
    protocol = thermometer()
    assert protocol.receive(MEASUREMENT, at(0), 1) == []
    assert readings(protocol.closed(2)) == [(Measured(37.0), False)]
    other = thermometer()
    other.receive(MEASUREMENT, at(0), 1)
    assert readings(other.receive(BATTERY_LEVEL, b"\x50", 1 + HOLD_NS))[0] == (Measured(37.0), False)


def test_an_old_reading_that_was_never_fetched_is_no_new_one():
    protocol = thermometer()
    assert protocol.receive(DATE_TIME, date_time_of(datetime(2026, 3, 14, 11, 0, 0)), 1) == []  # noqa: DTZ001
    events = protocol.receive(MEASUREMENT, at(-60, 38.5, place=9), 2)
    assert readings(events) == [(Measured(38.5), True)]
    assert places(events) == []
    assert readings([*protocol.receive(MEASUREMENT, at(119, 37.1), 3), *protocol.closed(4)]) == [
        (Measured(37.1), False)
    ]


def test_a_temperature_on_its_way_is_marked():
    protocol = thermometer()
    assert readings(protocol.receive(INTERMEDIATE, frames.temperature(35.5), 1)) == [
        (Measured(35.5, Validity.ONGOING), False)
    ]
    assert readings(protocol.receive(INTERMEDIATE, frames.temperature(None), 2)) == [
        (Absent(Validity.NOT_AVAILABLE, 0x7FFFFF), False)
    ]


@pytest.mark.parametrize(("place", "word"), list(enumerate(PLACES))[1:])
def test_where_it_is_measured(place, word):
    once = thermometer()
    assert once.receive(TYPE, bytes([place]), 1) == []
    assert places(once.receive(FIRMWARE, b"1.0", 2)) == [word]
    each = thermometer()
    payload = frames.temperature(37, place=place)
    told = [e for t_ns in (1, 2) for e in each.receive(MEASUREMENT, payload, t_ns)]
    assert places(told) == [word]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", FaultKind.LENGTH),
        (b"\x01\x01", FaultKind.LENGTH),
        (b"\0", FaultKind.CONTENT),
        (b"\x0a", FaultKind.CONTENT),
    ],
)
def test_a_place_nobody_knows_is_a_fault(data, kind):
    assert thermometer().receive(TYPE, data, 1) == [Fault(kind, 1, len(data), data.hex())]


def test_a_reading_of_an_unknown_place_is_a_reading():
    events = thermometer().receive(MEASUREMENT, frames.temperature(37, place=77), 1)
    assert readings(events) == [(Measured(37.0), False)]
    assert places(events) == []


@pytest.mark.parametrize(
    "payload", ["", "00", "00720100", "00720100ff00", "02720100ff", "04720100ff", "ff" * 20]
)
@pytest.mark.parametrize("uuid", [MEASUREMENT, INTERMEDIATE])
def test_a_wrong_length_is_a_fault_alone(uuid, payload):
    data = bytes.fromhex(payload)
    assert thermometer().receive(uuid, data, 1) == [Fault(FaultKind.LENGTH, 1, len(data), payload)]


def test_the_measurement_is_subscribed_first_and_nothing_else_is_needed():
    protocol = Thermometer({})
    steps = protocol.opened(0)
    assert (steps[0].action, steps[0].uuid, steps[0].optional) == (GattAction.SUBSCRIBE, MEASUREMENT, False)
    assert all(step.optional for step in steps[1:])
    assert not [step for step in steps if step.action is GattAction.WRITE]
    assert isinstance(protocol, GattProtocol)
    assert isinstance(protocol, Timed)
    assert not isinstance(protocol, WireProtocol)


uuids = st.sampled_from(
    [MEASUREMENT, INTERMEDIATE, TYPE, DATE_TIME, CURRENT_TIME, BATTERY_LEVEL, FIRMWARE, "", "x"]
)


@given(st.lists(st.tuples(uuids, st.binary(max_size=16), st.integers(0, 3 * SECOND)), max_size=30))
def test_any_bytes_under_any_name_make_events_and_no_impossible_temperature(messages):
    protocol = thermometer()
    t_ns, events = 0, []
    for uuid, data, pause_ns in messages:
        t_ns += pause_ns
        events += protocol.receive(uuid, data, t_ns)
    events += protocol.closed(t_ns)
    assert protocol.deadline_ns is None
    for event in events:
        if isinstance(event, Observation) and event.metric.term is mdc.TEMP_BODY:
            assert isinstance(event.reading, Absent) or 25 <= event.reading.value <= 45


@given(st.none() | st.integers(2500, 4500), st.booleans(), st.none() | st.integers(1, 9))
def test_what_the_emulated_thermometer_sends_is_what_the_driver_hears(hundredths, fahrenheit, place):
    celsius = None if hundredths is None else hundredths / 100
    sent = None if celsius is None else round(celsius * 1.8 + 32, 2) if fahrenheit else celsius
    heard = decode(frames.temperature(sent, fahrenheit=fahrenheit, place=place), 1)
    assert heard.place == (place or 0)
    if celsius is None:
        assert heard.reading == Absent(Validity.NOT_AVAILABLE, 0x7FFFFF)
    elif isinstance(heard.reading, Measured):
        assert heard.reading.value == pytest.approx(celsius, abs=0.011)
    else:
        assert celsius in {25.0, 45.0}  # the rounding of Fahrenheit at the very limits


def test_conformance():
    # One with a time stamp counts once for all connections, so it comes last.
    messages = tuple((MEASUREMENT, bytes.fromhex(p[0])) for p in sorted(PAYLOADS, key=lambda p: p[2] or ""))
    check_driver(DRIVER, [GattSample("known payloads", messages)])


def test_an_emulated_thermometer_delivers_and_ends_itself():
    async def test(room):
        device = model.Thermometer(room.air, lambda _t_ns: 37.2, room.clock)
        await device.peripheral.switch_on(advertise=False)
        device.memory.append(at(-600, 36.9))
        device.measure(room.clock.now_ns())
        ledger, _ = room.pump(DRIVER, model.ADDRESS)
        assert await device.offer()
        await ledger.until(lambda: ("waiting", "ended") in ledger.links())
        told = [e for e in ledger.of(Observation) if e.metric.term is mdc.TEMP_BODY]
        final = [(e.reading.value, e.stored) for e in told if e.reading.validity is Validity.VALID]
        assert final == [(36.9, True), (37.2, False)]
        assert sum(e.reading.validity is Validity.ONGOING for e in told) == 3

    in_room(test)
