"""The Viatom driver: published frames, replies cut anywhere, the dialogue, and an emulated ring."""

import json

import pytest
from ble_parts import in_room
from driver_events import alerts, faults, readings
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ble_viatom import DRIVER
from devices.drivers.ble_viatom import protocol as viatom
from devices.drivers.ble_viatom.frames import PAYLOAD_MOST, Replies, Reply, crc8, request
from devices.drivers.ble_viatom.live import Info, Live, info, numbers, numbers_and_wave, upright
from devices.drivers.ble_viatom.protocol import REPLIES, REQUESTS, Command, ViatomRing
from devices.protocol import GattAction, GattProtocol, GattSender, Timed, WireProtocol
from devices.sim.ble import viatom as model
from devices.sim.ble.oximeter import Finger
from devices.testing import GattSample, check_driver
from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    AlertKind,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Validity,
    WaveformBlock,
)

S = 1_000_000_000
NO_FINGER = bytes.fromhex("5500ff00000d00ffffff00000000600005000000 43")
WORN = bytes.fromhex("5500ff00000d0062420000000000610092 0a01002f")
REFUSED = bytes.fromhex("5501fe000000004e")
WAVE = bytes.fromhex("5500ff000010006242006100290100000004 00646e789cee")
INFO_TEXT = (
    '{"Region":"CE","Model":"1652","SN":"0000000000","CurTIME":"2026-03-14,09:26:53",'
    '"CurBAT":"97%","FileList":"20260313221500,"}'
)
INFO = bytes.fromhex("5500ff00007c00") + INFO_TEXT.encode() + b"\x14"


def ring(**options):
    protocol = ViatomRing(options)
    protocol.opened(0)
    return protocol


def asked(protocol, now_ns=0):
    steps = protocol.steps_to_take(now_ns)
    assert all((step.action, step.uuid) == (GattAction.WRITE, REQUESTS) for step in steps)
    return [Command(step.data[1]) for step in steps]


def answered(protocol, *replies, t_ns=0):
    """Events of the last of these replies, each to the question that was due."""
    events = []
    for reply in replies:
        protocol.on_deadline(t_ns)
        assert asked(protocol, t_ns)
        events = protocol.receive(REPLIES, reply, t_ns)
        t_ns += S
    return events


@pytest.mark.parametrize(
    ("made", "published"),
    [
        (request(0x14), "aa14eb00000000c6"),
        (request(0x15), "aa15ea000000008d"),
        (request(0x17), "aa17e8000000001b"),
        (request(0x1B, b"\x00"), "aa1be4000001 00005e"),
        (request(0x1B, b"\x01"), "aa1be400000100 0159"),
        (request(0x04, block=1), "aa04fb01000000 7c"),
        (request(0x16, b'{"SetOxiThr":"88"}'), "aa16e90000120 07b225365744f7869546872223a223838227df4"),
        (request(0x16, b'{"SetTIME":"2026-03-14,09:26:53"}')[-1:], "13"),
    ],
)
def test_published_requests(made, published):
    assert made == bytes.fromhex(published.replace(" ", ""))


def test_the_check():
    assert crc8(b"123456789") == 0xF4
    assert model.crc8(b"123456789") == 0xF4


@given(st.binary(max_size=64))
def test_the_check_is_that_of_the_emulated_ring(data):
    assert crc8(data) == model.crc8(data)


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (NO_FINGER, Reply(0, bytes.fromhex("ffffff00000000600005000000"))),
        (WORN, Reply(0, bytes.fromhex("624200000000006100920a0100"))),
        (REFUSED, Reply(1, b"")),
        (INFO, Reply(0, INFO_TEXT.encode())),
    ],
)
def test_published_replies_cut_anywhere(data, reply):
    for cut in range(len(data)):
        replies = Replies()
        assert [*replies.feed(data[:cut], 1), *replies.feed(data[cut:], 2)] == [reply]
        assert replies.flush(3) == []


def test_published_values():
    assert numbers(bytes.fromhex("ffffff00000000600005000000")) == Live(255, 255, 96, 0, 0, 0.0, 5)
    assert numbers(bytes.fromhex("ffffff00000000620100000000")) == Live(255, 255, 98, 1, 0, 0.0, 0)
    assert numbers(bytes.fromhex("624200000000006100920a0100")) == Live(98, 66, 97, 0, 1, 1.0, 146)
    waved = numbers_and_wave(WAVE[7:-1])
    assert waved == Live(98, 66, 97, 0, 1, wave=bytes([100, 110, 120, 156]))
    assert info(INFO_TEXT.encode() + b"\0\0") == Info("1652", "0000000000", "")


def test_beats_are_marks_and_no_samples():
    assert upright(bytes([100, 110, 120, 156]), None) == [100, 90, 80, 80]
    assert upright(bytes([156, 100]), None) == [100, 100]
    assert upright(bytes([156, 100]), 90) == [95, 100]
    assert upright(bytes([100, 156, 156, 110]), None) == [100, 95, 95, 90]
    assert upright(bytes([156]), None) == [44]


@pytest.mark.parametrize("text", [b"", b"[]", b"7", b"{", b"\xff\xfe", b"[" * 4000, b'{"Model":'])
def test_what_is_no_identity(text):
    assert info(text) is None


def test_it_asks_one_thing_at_a_time():
    protocol = ring()
    assert asked(protocol) == [Command.INFO]
    assert asked(protocol) == []
    assert protocol.receive(REPLIES, INFO, 0) == [DeviceIdentified(0, "", "1652", "0000000000", "")]
    assert asked(protocol) == []
    assert protocol.on_deadline(0) == []
    assert asked(protocol) == [Command.WAVE]
    assert protocol.deadline_ns == 3 * S
    protocol.receive(REPLIES, WAVE, S // 2)
    assert protocol.deadline_ns == S
    protocol.on_deadline(S)
    assert asked(protocol, S) == [Command.WAVE]


def test_the_values_of_a_worn_ring():
    events = answered(ring(), INFO, WAVE)
    assert readings(events, mdc.SPO2) == [Measured(98.0)]
    assert readings(events, mdc.PULSE_RATE) == [Measured(66.0)]
    assert readings(events, mdc.BATTERY) == [Measured(97.0)]
    assert readings(events, mdc.PERFUSION_INDEX) == []
    (block,) = [e for e in events if isinstance(e, WaveformBlock)]
    assert (block.samples * block.metric.resolution).tolist() == [50, 45, 40, 40]
    assert (block.metric.fs, block.t_ns) == (125.0, S)


def test_without_the_wave_it_tells_the_perfusion():
    protocol = ring(wave=False)
    events = answered(protocol, INFO, WORN)
    assert readings(events, mdc.PERFUSION_INDEX) == [Measured(1.0)]
    assert readings(answered(protocol, WORN, t_ns=2 * S), mdc.BATTERY) == []


def test_a_ring_that_is_not_worn():
    protocol = ring(wave=False)
    off = answered(protocol, INFO, NO_FINGER)
    assert readings(off, mdc.SPO2) == [Absent(Validity.NOT_AVAILABLE, 255)]
    assert readings(off, mdc.PULSE_RATE) == [Absent(Validity.NOT_AVAILABLE, 255)]
    assert alerts(off) == [(AlertKind.SENSOR_OFF, True)]
    assert alerts(answered(protocol, WORN, t_ns=2 * S)) == [(AlertKind.SENSOR_OFF, False)]


@pytest.mark.parametrize(
    ("spo2", "pulse", "worn", "reading"),
    [
        (98, 66, 0, (Absent(Validity.NOT_AVAILABLE, 98), Absent(Validity.NOT_AVAILABLE, 66))),
        (0, 0, 1, (Absent(Validity.NOT_AVAILABLE, 0), Absent(Validity.NOT_AVAILABLE, 0))),
        (101, 19, 1, (Absent(Validity.INVALID, 101), Absent(Validity.INVALID, 19))),
        (98, 66, 3, (Measured(98.0, Validity.QUESTIONABLE), Measured(66.0, Validity.QUESTIONABLE))),
    ],
)
def test_what_is_no_value(spo2, pulse, worn, reading):
    payload = bytes([spo2, pulse, 0, 0, 0, 0, 0, 97, 0, 0, 10, worn, 0])
    events = answered(ring(wave=False), INFO, model.reply(payload))
    assert (*readings(events, mdc.SPO2), *readings(events, mdc.PULSE_RATE)) == reading


@pytest.mark.parametrize(("battery", "charging", "low"), [(10, 0, True), (10, 1, False), (11, 0, False)])
def test_a_low_battery(battery, charging, low):
    payload = bytes([98, 66, 0, 0, 0, 0, 0, battery, charging, 0, 10, 1, 0])
    events = answered(ring(wave=False), INFO, model.reply(payload))
    assert alerts(events) == ([(AlertKind.LOW_BATTERY, True)] if low else [])


@pytest.mark.parametrize("answer", [REFUSED, WORN + b"", model.reply(b"\0" * 11)])
def test_a_ring_that_does_not_know_the_wave_is_asked_for_numbers(answer):
    protocol = ring()
    answered(protocol, INFO, answer)
    protocol.on_deadline(5 * S)
    assert asked(protocol, 5 * S) == [Command.NUMBERS]


def test_numbers_that_are_refused_are_a_fault_and_asked_for_again():
    protocol = ring(wave=False)
    assert faults(answered(protocol, INFO, REFUSED)) == [(FaultKind.CONTENT, 1)]
    protocol.on_deadline(2 * S)
    assert asked(protocol, 2 * S) == [Command.NUMBERS]


def test_silence_is_a_fault_and_half_a_reply_is_forgotten():
    protocol = ring(wave=False)
    answered(protocol, INFO)
    protocol.on_deadline(S)
    assert asked(protocol, S) == [Command.NUMBERS]
    protocol.receive(REPLIES, WORN[:9], 2 * S)
    assert protocol.on_deadline(4 * S - 1) == []
    assert faults(protocol.on_deadline(4 * S)) == [(FaultKind.TIMEOUT, 0), (FaultKind.LENGTH, 9)]
    assert asked(protocol, 4 * S) == [Command.NUMBERS]
    assert readings(protocol.receive(REPLIES, WORN, 4 * S), mdc.SPO2) == [Measured(98.0)]


def test_a_wrong_check_is_a_fault():
    protocol = ring(wave=False)
    answered(protocol, INFO)
    protocol.on_deadline(S)
    asked(protocol, S)
    bad = WORN[:-1] + b"\x00"
    assert protocol.receive(REPLIES, bad, S) == []
    events = protocol.receive(REPLIES, WORN, S)
    assert faults(events) == [(FaultKind.CHECKSUM, len(bad))]
    assert readings(events, mdc.SPO2) == [Measured(98.0)]


def test_a_reply_to_nothing_is_a_fault():
    protocol = ring(wave=False)
    answered(protocol, INFO, WORN)
    assert [type(e) for e in protocol.receive(REPLIES, WORN, S)] == [Fault]


@pytest.mark.parametrize(
    ("reply", "spo2"), [(WORN, [Measured(98.0)]), (WAVE, [Measured(98.0)]), (INFO, []), (REFUSED, [])]
)
def test_in_a_capture_the_form_of_a_reply_tells_what_it_answers(reply, spo2):
    protocol = ring()
    events = protocol.receive(REPLIES, reply, 1)
    assert readings(events, mdc.SPO2) == spo2
    assert [e.model for e in events if isinstance(e, DeviceIdentified)] == (["1652"] if reply == INFO else [])
    assert faults(events) == ([(FaultKind.CONTENT, 0)] if reply == REFUSED else [])


def test_a_length_nobody_sends_does_not_stop_it():
    replies = Replies()
    endless = bytes([0x55, 0, 0xFF, 0, 0, *(PAYLOAD_MOST + 1).to_bytes(2, "little")])
    out = replies.feed(endless + WORN, 1)
    assert [type(item) for item in out] == [Fault, Reply]


def test_it_is_what_the_link_wants():
    protocol = ViatomRing({})
    assert isinstance(protocol, GattProtocol)
    assert isinstance(protocol, Timed)
    assert isinstance(protocol, GattSender)
    assert not isinstance(protocol, WireProtocol)
    assert protocol.last_steps() == ()


@given(st.lists(st.binary(max_size=40), max_size=20), st.integers(0, 30))
def test_replies_do_not_depend_on_the_cuts_and_no_byte_is_lost(pieces, place):
    data = b"".join(pieces)
    data = data[:place] + WORN + data[place:]
    whole, cut = Replies(), Replies()
    once = [*whole.feed(data, 1), *whole.flush(1)]
    bytewise = [item for byte in data for item in cut.feed(bytes([byte]), 1)] + cut.flush(1)
    assert once == bytewise
    counted = sum(item.size if isinstance(item, Fault) else 8 + len(item.payload) for item in once)
    assert counted == len(data)


pieces = st.binary(max_size=40) | st.sampled_from([WORN, NO_FINGER, REFUSED, WAVE, INFO])


@given(st.lists(st.tuples(pieces, st.integers(0, 4 * S)), max_size=30), st.booleans())
def test_any_bytes_make_no_impossible_value_and_the_questions_go_on(messages, wave):
    protocol = ring(wave=wave)
    t_ns, events = 0, []
    for data, pause_ns in messages:
        t_ns += pause_ns
        assert len(asked(protocol, t_ns)) <= 1
        events += protocol.receive(REPLIES, data, t_ns)
    asked(protocol, t_ns)
    assert protocol.deadline_ns is not None
    for reading in readings(events, mdc.SPO2):
        assert isinstance(reading, Absent) or 40 <= reading.value <= 100


@given(st.none() | st.integers(40, 100), st.none() | st.integers(20, 250), st.integers(1, 255), st.booleans())
def test_what_the_emulated_ring_sends_is_what_the_driver_hears(spo2, pulse, tenths, worn):
    payload = model.numbers(spo2, pulse, perfusion=tenths / 10, worn=worn)
    events = answered(ring(wave=False), INFO, model.reply(payload))
    told = [
        getattr(readings(events, term)[0], "value", None)
        for term in (mdc.SPO2, mdc.PULSE_RATE, mdc.PERFUSION_INDEX)
    ]
    assert told == ([spo2, pulse, tenths / 10] if worn else [None, None, None])


waves = st.binary(max_size=300).map(lambda wave: wave.replace(bytes([model.BEAT]), b"\x00"))


@given(st.none() | st.integers(40, 100), st.none() | st.integers(20, 250), waves, st.booleans())
def test_the_wave_the_emulated_ring_sends_is_what_the_driver_hears(spo2, pulse, wave, worn):
    payload = model.numbers_and_wave(spo2, pulse, wave, worn=worn)
    events = answered(ring(), INFO, model.reply(payload))
    told = [getattr(readings(events, term)[0], "value", None) for term in (mdc.SPO2, mdc.PULSE_RATE)]
    assert told == ([spo2, pulse] if worn else [None, None])
    drawn = [s * e.metric.resolution for e in events if isinstance(e, WaveformBlock) for s in e.samples]
    assert drawn == ([100 - value / 2 for value in wave] if worn else [])


def test_conformance():
    check_driver(DRIVER, [GattSample("replies", tuple((REPLIES, data) for data in (INFO, WAVE, WAVE)))])


FINGER = Finger(97.0, 72.0, 2.5)


@pytest.mark.parametrize("waves", [True, False])
def test_an_emulated_ring_is_asked_and_heard(waves, monkeypatch):
    monkeypatch.setattr(viatom, "PERIOD_S", 0.2)

    async def test(room):
        device = model.ViatomRing(room.air, lambda _t: FINGER, lambda _t: 0.5, room.clock, waves=waves)
        room.start(device.run())
        ledger, _ = room.pump(DRIVER, model.ADDRESS)
        await ledger.until(lambda: len(ledger.values(mdc.SPO2.ref)) >= 3)
        assert set(ledger.values(mdc.PULSE_RATE.ref)) == {72.0}
        assert bool(ledger.of(WaveformBlock)) is waves
        assert set(ledger.values(mdc.PERFUSION_INDEX.ref)) == (set() if waves else {2.5})
        assert [e.model for e in ledger.of(DeviceIdentified)] == ["1652"]
        assert device.asked[:2] == [model.INFO, model.WAVE]
        assert ledger.of(Fault) == []

    in_room(test)


def test_a_ring_that_is_deaf_for_a_while(monkeypatch):
    monkeypatch.setattr(viatom, "ANSWER_S", 0.3)

    async def test(room):
        device = model.ViatomRing(room.air, lambda _t: FINGER, lambda _t: 0.5, room.clock)
        device.deaf = True
        room.start(device.run())
        ledger, _ = room.pump(DRIVER, model.ADDRESS)
        await ledger.until(lambda: len(ledger.of(Fault)) >= 2)
        assert {fault.kind for fault in ledger.of(Fault)} == {FaultKind.TIMEOUT}
        device.deaf = False
        await ledger.until(lambda: ledger.values(mdc.SPO2.ref))

    in_room(test)


def test_the_identity_of_the_emulated_ring_is_json():
    device_says = model.reply(json.dumps({"Model": "1652"}).encode())
    assert Replies().feed(device_says, 1) == [Reply(0, b'{"Model": "1652"}')]
