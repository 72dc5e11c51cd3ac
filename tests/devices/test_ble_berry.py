"""The Berry driver: known packets of both protocols, cuts, any bytes, and an emulated clip."""

import pytest
from ble_parts import in_room
from driver_events import faults, readings, worded
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ble_berry import DRIVER
from devices.drivers.ble_berry.packets import Finding, Packet, Packets, long, short
from devices.drivers.ble_berry.protocol import STREAM, BerryClip
from devices.gatt import BATTERY_LEVEL, FIRMWARE
from devices.protocol import GattAction, GattProtocol
from devices.sim.ble import berry as model
from devices.sim.ble.oximeter import Finger
from devices.testing import GattSample, check_driver
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    Fault,
    FaultKind,
    Measured,
    Observation,
    Validity,
    WaveformBlock,
)

S = 1_000_000_000
PLAIN = bytes.fromhex("8732074861")
BEAT = bytes.fromhex("c7584d0c62")
NOTHING = bytes.fromhex("9000507f7f")
LONG = bytes.fromhex("ffaa0708616148489b00292a3c40e2010064641f")
WRONG_SUM = bytes.fromhex("ffaa0808616148489b00292a3c40e2010064641f")
"""The next one, whose sum should be 20."""


def clip():
    protocol = BerryClip({})
    protocol.opened(0)
    return protocol


def samples(events):
    return [s for e in events if isinstance(e, WaveformBlock) for s in e.samples.tolist()]


def long_packet(
    *, spo2=97, pulse=72, interval=155, perfusion=41, status=8, battery=100, number=7, off_by=0
) -> bytes:
    """A V1.5 packet."""
    body = bytes([0xFF, 0xAA, number, status, spo2, spo2, pulse, pulse, interval & 0xFF, interval >> 8])
    body += bytes([perfusion, perfusion, 60, 1, 2, 3, 4, battery, 100])
    return body + bytes([(sum(body) + off_by) % 256])


def test_known_packets():
    assert short(PLAIN) == Packet(Finding(97, 72, False, False, False, False), wave=50)
    assert short(BEAT) == Packet(Finding(98, 140, False, False, False, False), wave=88)
    assert short(NOTHING) == Packet(Finding(127, 255, False, True, True, False), wave=0)
    assert long(LONG) == Packet(
        Finding(97, 72, False, False, False, False, 4.1), interval_ms=775, battery=100, sound=True
    )
    assert not long(WRONG_SUM).sound


@pytest.mark.parametrize(
    ("flags", "bars", "finding"),
    [
        (0x20, 0x00, {"unplugged": True}),
        (0x10, 0x00, {"no_pulse": True}),
        (0x00, 0x10, {"no_finger": True}),
        (0x00, 0x20, {"searching": True}),
        (0x4F, 0x0F, {}),
    ],
)
def test_each_flag(flags, bars, finding):
    found = short(bytes([0x80 | flags, 1, bars, 72, 97])).finding
    none = {"unplugged": False, "no_pulse": False, "no_finger": False, "searching": False}
    assert found == Finding(97, 72, **{**none, **finding})


def test_a_clip_on_a_finger():
    events = clip().receive(STREAM, PLAIN + BEAT, 5)
    assert readings(events, mdc.SPO2) == [Measured(97.0), Measured(98.0)]
    assert readings(events, mdc.PULSE_RATE) == [Measured(72.0), Measured(140.0)]
    assert samples(events) == [50, 88]
    assert {e.t_ns for e in events} == {5}


def test_numbers_that_stand_are_told_once_a_second():
    protocol = clip()
    events = [e for t in range(251) for e in protocol.receive(STREAM, PLAIN, t * S // 100)]
    assert len(readings(events, mdc.SPO2)) == 3
    assert len(samples(events)) == 251


def test_a_finger_out_then_back_then_searching():
    protocol = clip()
    off = protocol.receive(STREAM, NOTHING, 1)
    assert readings(off, mdc.SPO2) == [Absent(Validity.NOT_AVAILABLE, 127)]
    assert readings(off, mdc.PULSE_RATE) == [Absent(Validity.NOT_AVAILABLE, 255)]
    assert worded(off) == [(AlertKind.SENSOR_OFF, True, "")]
    on = protocol.receive(STREAM, bytes.fromhex("8732274861"), 2)
    assert readings(on, mdc.SPO2) == [Measured(97.0, Validity.QUESTIONABLE)]
    assert worded(on) == [(AlertKind.SENSOR_OFF, False, ""), (AlertKind.NO_PULSE, True, "")]
    assert worded(protocol.closed(3)) == [(AlertKind.NO_PULSE, False, "")]


@pytest.mark.parametrize(("head", "detail"), [("a732074861", "unplugged"), ("8732174861", "")])
def test_without_a_finger_no_number_counts(head, detail):
    events = clip().receive(STREAM, bytes.fromhex(head), 1)
    assert readings(events, mdc.SPO2) == [Absent(Validity.INVALID, 97)]
    assert readings(events, mdc.PULSE_RATE) == [Absent(Validity.INVALID, 72)]
    assert worded(events) == [(AlertKind.SENSOR_OFF, True, detail)]


@pytest.mark.parametrize(("spo2", "pulse"), [(0, 0), (101, 19), (39, 1)])
def test_what_cannot_be_a_value_is_none(spo2, pulse):
    events = clip().receive(STREAM, model.packet(spo2, pulse, 50), 1)
    assert readings(events, mdc.SPO2) == [Absent(Validity.INVALID, spo2)]
    assert readings(events, mdc.PULSE_RATE) == [Absent(Validity.INVALID, pulse)]


def test_the_longer_protocol():
    events = clip().receive(STREAM, LONG, 1)
    assert readings(events, mdc.SPO2) == [Measured(97.0)]
    assert readings(events, mdc.PERFUSION_INDEX) == [Measured(4.1)]
    assert readings(events, mdc.PULSE_INTERVAL) == [Measured(775.0)]
    assert readings(events, mdc.BATTERY) == [Measured(100.0)]
    assert samples(events) == []


@pytest.mark.parametrize("status", [1, 2, 4])
def test_the_longer_protocol_without_a_pulse(status):
    events = clip().receive(STREAM, long_packet(status=status | 8), 1)
    for term in (mdc.SPO2, mdc.PULSE_RATE, mdc.PERFUSION_INDEX, mdc.PULSE_INTERVAL):
        assert [reading.validity for reading in readings(events, term)] == [Validity.INVALID]
    kind = AlertKind.NO_PULSE if status == 4 else AlertKind.SENSOR_OFF
    assert [alert[:2] for alert in worded(events)] == [(kind, True)]


def test_an_interval_comes_with_each_beat_alone():
    protocol = clip()
    events = [e for status in (8, 0, 0, 8) for e in protocol.receive(STREAM, long_packet(status=status), 1)]
    assert len(readings(events, mdc.PULSE_INTERVAL)) == 2


def test_wrong_sums_in_a_row_make_numbers_doubtful_and_are_told_once():
    protocol = clip()
    events = [e for n in range(5) for e in protocol.receive(STREAM, long_packet(number=n, off_by=1), n)]
    assert faults(events) == [(FaultKind.CHECKSUM, 20), (FaultKind.CHECKSUM, 20)]
    assert len(readings(events, mdc.SPO2)) == 1  # the first is not believed, the others say the same
    assert {r.validity for r in readings(events, mdc.SPO2)} == {Validity.QUESTIONABLE}
    good = protocol.receive(STREAM, long_packet(), 9)
    assert readings(good, mdc.SPO2) == [Measured(97.0)]


@pytest.mark.parametrize("number", [7, 9, 0])
def test_a_wrong_sum_out_of_the_row_is_no_reading(number):
    protocol = clip()
    protocol.receive(STREAM, LONG, 1)
    events = protocol.receive(STREAM, long_packet(spo2=60, number=number, off_by=1), 2)
    assert readings(events + protocol.closed(3), mdc.SPO2) == []


def test_half_a_packet_of_the_longer_protocol_is_no_packet_of_the_shorter():
    for cut in range(1, 20):
        protocol = clip()
        events = protocol.receive(STREAM, LONG + LONG[:cut] + LONG + LONG[cut:], 1) + protocol.closed(2)
        assert {r.value for r in readings(events, mdc.SPO2)} == {97.0}
        assert samples(events) == []


def test_after_much_noise_the_shorter_protocol_is_found_again():
    protocol = clip()
    protocol.receive(STREAM, LONG, 1)
    events = protocol.receive(STREAM, PLAIN * 60, 2)
    assert samples(events)[:2] == [50, 50]


def test_a_low_battery():
    protocol = clip()
    assert worded(protocol.receive(STREAM, long_packet(battery=9), 1)) == [(AlertKind.LOW_BATTERY, True, "")]
    assert worded(protocol.receive(STREAM, long_packet(battery=0x80 | 50), 2)) == [
        (AlertKind.LOW_BATTERY, False, "")
    ]
    assert readings(protocol.receive(STREAM, long_packet(battery=50), 3), mdc.BATTERY) == []


@given(
    st.lists(st.binary(max_size=30) | st.sampled_from([PLAIN, BEAT, NOTHING, LONG, WRONG_SUM]), max_size=20)
)
def test_packets_do_not_depend_on_the_cuts_and_no_byte_is_lost(pieces):
    data = b"".join(pieces)
    whole, cut = Packets(), Packets()
    once = [*whole.feed(data, 1), *whole.flush(1)]
    bytewise = [item for byte in data for item in cut.feed(bytes([byte]), 1)] + cut.flush(1)
    assert once == bytewise
    counted = sum(item.size if isinstance(item, Fault) else 20 if item.wave is None else 5 for item in once)
    assert counted == len(data)


def test_a_gap_ends_what_is_gathered_of_the_wave():
    events = clip().receive(STREAM, PLAIN + b"\x01\x02" + BEAT, 1)
    kinds = [type(e) for e in events if isinstance(e, WaveformBlock | Fault)]
    assert kinds == [WaveformBlock, Fault, WaveformBlock]


def test_it_only_listens():
    steps = BerryClip({}).opened(0)
    assert (steps[0].action, steps[0].uuid, steps[0].optional) == (GattAction.SUBSCRIBE, STREAM, False)
    assert all(step.optional and step.action is not GattAction.WRITE for step in steps[1:])
    assert isinstance(BerryClip({}), GattProtocol)


@given(st.lists(st.tuples(st.sampled_from([STREAM, BATTERY_LEVEL, FIRMWARE, "x"]), st.binary(max_size=64))))
def test_any_bytes_under_any_name_make_no_impossible_value(messages):
    protocol = clip()
    events = [e for t_ns, (uuid, data) in enumerate(messages) for e in protocol.receive(uuid, data, t_ns)]
    declared = {metric.ref for metric in DRIVER.metrics}
    assert {e.metric.ref for e in events if isinstance(e, Observation)} <= declared
    for reading in readings(events, mdc.SPO2):
        assert isinstance(reading, Absent) or 40 <= reading.value <= 100


@given(st.none() | st.integers(40, 100), st.none() | st.integers(20, 254), st.integers(0, 100))
def test_what_the_emulated_clip_sends_is_what_the_driver_hears(spo2, pulse, wave):
    events = clip().receive(STREAM, model.packet(spo2, pulse, wave), 1)
    if spo2 is None and pulse is None:
        assert [r.validity for r in readings(events, mdc.SPO2)] == [Validity.NOT_AVAILABLE]
    else:
        told = [readings(events, term)[0] for term in (mdc.SPO2, mdc.PULSE_RATE)]
        assert [None if isinstance(r, Absent) else r.value for r in told] == [spo2, pulse]
    assert samples(events) == [wave or -32768]


@given(
    st.integers(40, 100), st.integers(20, 254), st.integers(1, 600), st.integers(0, 255), st.integers(0, 100)
)
def test_what_the_longer_protocol_says_is_what_the_driver_hears(spo2, pulse, interval, perfusion, battery):
    packet = long_packet(spo2=spo2, pulse=pulse, interval=interval, perfusion=perfusion, battery=battery)
    events = clip().receive(STREAM, packet, 1)
    terms = (mdc.SPO2, mdc.PULSE_RATE, mdc.PULSE_INTERVAL, mdc.PERFUSION_INDEX, mdc.BATTERY)
    told = [readings(events, term)[0].value for term in terms]
    assert told == [spo2, pulse, 5 * interval, perfusion / 10, battery]


def test_conformance():
    check_driver(
        DRIVER,
        [
            GattSample("V1.2", ((STREAM, PLAIN), (STREAM, BEAT), (STREAM, NOTHING))),
            GattSample("V1.5", ((STREAM, LONG), (STREAM, WRONG_SUM))),
        ],
    )


def test_an_emulated_clip_is_heard():
    async def test(room):
        device = model.BerryClip(room.air, lambda _t: Finger(97.0, 72.0), lambda _t: 0.5, room.clock)
        room.start(device.run())
        ledger, _ = room.pump(DRIVER, model.ADDRESS)
        await ledger.until(lambda: len(ledger.values(mdc.SPO2.ref)) >= 2)
        assert set(ledger.values(mdc.PULSE_RATE.ref)) == {72.0}
        assert set(samples(ledger.of(WaveformBlock))) == {50}
        assert ledger.of(Fault) == []

    in_room(test)
