"""The Nonin Bluetooth driver: known packets, losses, any bytes, and an emulated 3150 that wants a bond."""

import pytest
from ble_parts import in_room
from driver_events import alerts, faults, readings
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ble_nonin import (
    DF19,
    DF20,
    DF22,
    DF23,
    DRIVER,
    LOST_MOST,
    NoninOximeter,
    Oximetry,
    oximetry,
)
from devices.gatt import BATTERY_LEVEL, FIRMWARE
from devices.protocol import GattProtocol
from devices.sim.ble import nonin as model
from devices.sim.ble.oximeter import Finger
from devices.testing import GattSample, check_driver
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    Fault,
    FaultKind,
    Measured,
    Validity,
    WaveformBlock,
)

GOOD = bytes.fromhex("0a541e019c04d2610048")
NO_FINGER = bytes.fromhex("0a481e000004d37f01ff")
LOW_AND_WEAK = bytes.fromhex("0a721600 2804d45f00f0".replace(" ", ""))
PULSES = bytes.fromhex("08000500019c1f40")
STATE = bytes.fromhex("0701001e500009")


def nonin():
    protocol = NoninOximeter({})
    protocol.opened(0)
    return protocol


def test_known_packets():
    assert oximetry(GOOD) == Oximetry(0x54, 3.0, 4.12, 1234, 97, 72)
    assert oximetry(NO_FINGER) == Oximetry(0x48, 3.0, 0.0, 1235, 127, 511)
    assert oximetry(LOW_AND_WEAK) == Oximetry(0x72, 2.2, 0.40, 1236, 95, 240)


def test_a_good_reading():
    events = nonin().receive(DF19, GOOD, 5)
    assert readings(events, mdc.SPO2) == [Measured(97.0, Validity.VALIDATED)]
    assert readings(events, mdc.PULSE_RATE) == [Measured(72.0, Validity.VALIDATED)]
    assert readings(events, mdc.PERFUSION_INDEX) == [Measured(4.12, Validity.VALIDATED)]
    assert len(events) == 3


def test_no_finger_then_a_weak_one_with_a_low_battery():
    protocol = nonin()
    off = protocol.receive(DF19, NO_FINGER, 1)
    assert readings(off, mdc.SPO2) == [Absent(Validity.NOT_AVAILABLE, 127)]
    assert readings(off, mdc.PULSE_RATE) == [Absent(Validity.NOT_AVAILABLE, 511)]
    assert readings(off, mdc.PERFUSION_INDEX) == [Absent(Validity.NOT_AVAILABLE, 0)]
    assert alerts(off) == [(AlertKind.SENSOR_OFF, True)]
    weak = protocol.receive(DF19, LOW_AND_WEAK, 2)
    assert readings(weak, mdc.SPO2) == [Measured(95.0, Validity.QUESTIONABLE)]
    assert readings(weak, mdc.PULSE_RATE) == [Measured(240.0, Validity.QUESTIONABLE)]
    assert alerts(weak) == [
        (AlertKind.SENSOR_OFF, False),
        (AlertKind.LOW_PERFUSION, True),
        (AlertKind.LOW_BATTERY, True),
    ]
    assert alerts(protocol.closed(3)) == [(AlertKind.LOW_PERFUSION, False), (AlertKind.LOW_BATTERY, False)]


def test_numbers_without_a_finger_are_none():
    events = nonin().receive(DF19, model.numbers(0x40, 97, 72, 4.0, 1), 1)
    assert readings(events, mdc.SPO2) == [Absent(Validity.INVALID, 97)]
    assert readings(events, mdc.PULSE_RATE) == [Absent(Validity.INVALID, 72)]


def test_searching_with_a_finger_is_no_pulse():
    assert alerts(nonin().receive(DF19, model.numbers(0x58, None, None, 0, 1), 1)) == [
        (AlertKind.NO_PULSE, True)
    ]


@pytest.mark.parametrize(("spo2", "pulse"), [(0, 0), (101, 301), (126, 510), (255, 65535)])
def test_what_cannot_be_a_value_is_none(spo2, pulse):
    events = nonin().receive(DF19, model.numbers(0x54, spo2, pulse, 4.0, 1), 1)
    assert readings(events, mdc.SPO2) == [Absent(Validity.INVALID, spo2)]
    assert readings(events, mdc.PULSE_RATE) == [Absent(Validity.INVALID, pulse)]


def test_pulse_intervals():
    assert readings(nonin().receive(DF20, PULSES, 1), mdc.PULSE_INTERVAL) == [Measured(800.0)]
    pulses = [(False, 412, 800.0), (True, 300, 612.5), (False, 1, 0.0)]
    assert readings(nonin().receive(DF20, model.intervals(pulses, 1), 1), mdc.PULSE_INTERVAL) == [
        Measured(800.0),
        Measured(612.5, Validity.QUESTIONABLE),
        Absent(Validity.INVALID, 0),
    ]
    invalid = nonin().receive(DF20, model.intervals(pulses[:1], 1, status=1), 1)
    assert readings(invalid, mdc.PULSE_INTERVAL) == [Absent(Validity.INVALID, 800)]


def test_the_pulse_wave():
    words = [0, 1, 32768, 65535, *range(21)]
    (block,) = nonin().receive(DF22, model.wave(words, 7), 9)
    assert isinstance(block, WaveformBlock)
    assert block.t_ns == 9
    assert (block.samples + 32768.0).tolist() == [1, 1, 32768, 65535, 1, *range(1, 21)]


def test_the_device_state():
    protocol = nonin()
    assert readings(protocol.receive(DF23, STATE, 1), mdc.BATTERY) == [Measured(80.0)]
    assert alerts(protocol.receive(DF23, model.state(1, 80, 10), 2)) == [(AlertKind.SENSOR_OFF, True)]
    assert alerts(protocol.receive(DF19, GOOD, 3)) == []
    assert alerts(protocol.receive(DF23, model.state(5, 80, 11), 4)) == [(AlertKind.SENSOR_FAULT, True)]
    after = protocol.receive(DF19, model.numbers(0x54, 97, 72, 4.0, 1235), 5)
    assert alerts(after) == [(AlertKind.SENSOR_OFF, False)]
    assert alerts(protocol.receive(DF23, model.state(6, 80, 12), 6)) == [
        (AlertKind.SENSOR_FAULT, False),
        (AlertKind.DEVICE_FAULT, True),
    ]


def test_the_battery_service_tells_the_percentage_and_the_device_when_it_is_low():
    protocol = nonin()
    events = protocol.receive(BATTERY_LEVEL, b"\x05", 1)
    assert readings(events, mdc.BATTERY) == [Measured(5.0)]
    assert alerts(events) == []


@pytest.mark.parametrize(
    ("step", "lost"), [(1, 0), (2, 1), (4, 3), (0, 0), (LOST_MOST + 1, LOST_MOST), (5000, 0), (-3, 0)]
)
def test_gaps_in_the_counter_are_lost_packets(step, lost):
    protocol = nonin()
    protocol.receive(DF19, model.numbers(0x54, 97, 72, 4.0, 65534), 1)
    events = protocol.receive(DF19, model.numbers(0x54, 97, 72, 4.0, 65534 + step), 2)
    assert faults(events) == ([(FaultKind.LOST, lost * 10)] if lost else [])
    assert len(readings(events, mdc.SPO2)) == 1
    protocol.opened(3)
    assert faults(protocol.receive(DF19, model.numbers(0x54, 97, 72, 4.0, 7), 4)) == []


@pytest.mark.parametrize("uuid", [DF19, DF20, DF22, DF23])
@pytest.mark.parametrize("data", [b"", b"\x0a", GOOD[:-1] + b"", GOOD + b"\0", b"\x09" + GOOD[1:], bytes(53)])
def test_a_wrong_length_is_a_fault_alone(uuid, data):
    assert faults(nonin().receive(uuid, data, 1)) == [(FaultKind.LENGTH, len(data))]


def test_the_numbers_are_subscribed_first_and_nothing_is_ever_written():
    protocol = NoninOximeter({})
    assert isinstance(protocol, GattProtocol)
    steps = protocol.opened(0)
    assert (steps[0].uuid, steps[0].optional) == (DF19, False)
    assert all(step.optional for step in steps[1:])
    assert not [step for step in steps if step.action == "write"]


@given(st.lists(st.tuples(st.sampled_from([DF19, DF20, DF22, DF23, FIRMWARE, "x"]), st.binary(max_size=60))))
def test_any_bytes_under_any_name_make_no_impossible_value(messages):
    protocol = nonin()
    events = [e for t_ns, (uuid, data) in enumerate(messages) for e in protocol.receive(uuid, data, t_ns)]
    for reading in readings(events, mdc.SPO2):
        assert isinstance(reading, Absent) or 40 <= reading.value <= 100
    for reading in readings(events, mdc.PULSE_RATE):
        assert isinstance(reading, Absent) or 20 <= reading.value <= 300


@given(
    st.none() | st.integers(40, 100), st.none() | st.integers(20, 300), st.integers(1, 3000), st.integers(0)
)
def test_what_the_emulated_oximeter_sends_is_what_the_driver_hears(spo2, pulse, hundredths, counter):
    events = nonin().receive(DF19, model.numbers(0x54, spo2, pulse, hundredths / 100, counter), 1)
    told = [None if isinstance(e.reading, Absent) else e.reading.value for e in events]
    assert told == [spo2, pulse, hundredths / 100]


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 4095), st.integers(0, 65535)), max_size=6),
    st.integers(0, 3),
    st.integers(0),
)
def test_the_intervals_it_sends_are_what_the_driver_hears(pulses, status, counter):
    sent = [(bad, amplitude, tenths / 10) for bad, amplitude, tenths in pulses]
    events = nonin().receive(DF20, model.intervals(sent, counter, status), 1)
    for (bad, _, ms), reading in zip(sent, readings(events, mdc.PULSE_INTERVAL), strict=True):
        if status or not ms:
            assert reading == Absent(Validity.INVALID, ms)
        else:
            assert reading == Measured(ms, Validity.QUESTIONABLE if bad else Validity.VALID)


@given(st.lists(st.integers(0, 65535), min_size=25, max_size=25), st.integers(0))
def test_the_wave_it_sends_is_what_the_driver_hears(words, counter):
    (block,) = nonin().receive(DF22, model.wave(words, counter), 1)
    assert (block.samples + block.metric.offset).tolist() == [max(word, 1) for word in words]


@given(st.sampled_from([0, 1, 5, 6]), st.integers(0, 255), st.integers(0))
def test_the_state_it_sends_is_what_the_driver_hears(error, percent, counter):
    events = nonin().receive(DF23, model.state(error, percent, counter), 1)
    good = Measured(float(percent)) if percent <= 100 else Absent(Validity.INVALID, float(percent))
    assert readings(events, mdc.BATTERY) == [good]
    kinds = {1: AlertKind.SENSOR_OFF, 5: AlertKind.SENSOR_FAULT, 6: AlertKind.DEVICE_FAULT}
    assert alerts(events) == ([(kinds[error], True)] if error else [])


def test_conformance():
    check_driver(
        DRIVER,
        [
            GattSample("numbers", ((DF19, GOOD), (DF19, NO_FINGER), (DF19, LOW_AND_WEAK))),
            GattSample("3150", ((DF20, PULSES), (DF23, STATE), (DF22, model.wave(range(25), 1)))),
        ],
    )


def test_an_emulated_oximeter_is_paired_and_heard():
    async def test(room):
        finger = Finger(97.0, 72.0, 4.12)
        device = model.NoninOximeter(room.air, lambda _t: finger, lambda _t: 0.5, room.clock)
        room.start(device.run())
        ledger, _ = room.pump(DRIVER, model.ADDRESS)
        await ledger.until(lambda: len(ledger.values(mdc.SPO2.ref)) >= 2)
        await ledger.until(lambda: len(ledger.of(WaveformBlock)) >= 3)
        assert device.peripheral.encrypted
        assert set(ledger.values(mdc.PULSE_RATE.ref)) == {72.0}
        assert ledger.of(Fault) == []

    in_room(test)
