"""The Polar ECG driver: published payloads, the conversation at the control point, an emulated H10."""

import asyncio
import contextlib
import itertools

import pytest
from ble_parts import PATIENCE_S, in_room
from driver_events import faults
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.ble_polar_ecg import CONTROL_POINT, DATA, DRIVER, ECG, PolarEcg, pmd
from devices.drivers.ble_polar_ecg.control import LIMITS_S, TABLE, EcgControl, Heard, State
from devices.gatt import BATTERY_LEVEL, FIRMWARE
from devices.heart_rate_service import BODY_LOCATION, MEASUREMENT
from devices.protocol import GattAction, GattProtocol, GattSender, Timed, WireProtocol
from devices.sim.ble import polar as model
from devices.testing import GattSample, check_driver
from kapmonitor import mdc
from kapmonitor.model import NO_SAMPLE, Fault, FaultKind, Measured, Observation, WaveformBlock

S = 1_000_000_000
FEATURES = bytes([0x0F, 0x05, *bytes(15)])
OFFER = bytes.fromhex("f0010000000001820001010e00")
START = bytes.fromhex("02000001820001010e00")
STARTED = bytes.fromhex("f002000000")
FRAME = bytes.fromhex("00ea54a2428b45520800f4ffff2300002c030038ffff")


def polar():
    protocol = PolarEcg({})
    protocol.opened(0)
    return protocol


def asked(protocol, now_ns=0):
    return [step.data for step in protocol.steps_to_take(now_ns)]


def streaming():
    protocol = polar()
    for said in (FEATURES, OFFER, STARTED):
        assert protocol.receive(CONTROL_POINT, said, 0) == []
        asked(protocol)
    return protocol


def samples(events):
    return [s for e in events if isinstance(e, WaveformBlock) for s in e.samples.tolist()]


def test_published_frames():
    odd = pmd.ecg_frame(bytes.fromhex("0000943577000000000002 80ff028000".replace(" ", "")))
    assert odd == pmd.EcgFrame(2_000_000_000, (-32766, 32770))
    assert pmd.ecg_frame(FRAME) == pmd.EcgFrame(599618164814402794, (-12, 35, 812, -200))


def test_published_settings():
    gyro = bytes.fromhex("0001340001011000 0204f500f401e803d007040103".replace(" ", ""))
    assert pmd.settings(gyro) == {0: (52,), 1: (16,), 2: (245, 500, 1000, 2000), 4: (3,)}
    assert pmd.settings(b"\x00\x01\x82") is None
    assert pmd.settings(b"\x07\x01\x82") is None
    assert pmd.settings(b"\x00") is None


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        ("f0010000000001820001010e00", pmd.Response(1, 0, 0, False, bytes.fromhex("0001820001010e00"))),
        ("f002000000", pmd.Response(2, 0, 0, False, b"")),
        ("f002020000", pmd.Response(2, 2, 0, False, b"")),
        ("f003000000", pmd.Response(3, 0, 0, False, b"")),
        ("f0020006 00", pmd.Response(2, 0, 6, False, b"")),
        ("f0010000010001", pmd.Response(1, 0, 0, True, b"\x00\x01")),
    ],
)
def test_published_responses(data, answer):
    assert pmd.response(bytes.fromhex(data)) == answer


@pytest.mark.parametrize(
    ("data", "offered"), [("0f05", True), ("0f0e", False), ("0f6e", False), ("0f", False)]
)
def test_which_devices_have_an_ecg(data, offered):
    assert pmd.offers_ecg(bytes.fromhex(data)) is offered


def test_the_ecg_is_asked_for_and_flows():
    protocol = polar()
    assert asked(protocol) == []
    protocol.receive(CONTROL_POINT, FEATURES, 1)
    assert asked(protocol) == [b"\x01\x00"]
    assert asked(protocol) == []
    protocol.receive(CONTROL_POINT, OFFER, 2)
    assert asked(protocol) == [START]
    protocol.receive(CONTROL_POINT, STARTED, 3)
    assert asked(protocol) == []
    (block,) = protocol.receive(DATA, FRAME, 4)
    assert (block.metric, block.t_ns, block.samples.tolist()) == (ECG, 4, [-12, 35, 812, -200])
    assert (block.metric.fs, block.metric.unit) == (130.0, "mV")
    assert block.metric.resolution * 812 == pytest.approx(0.812)


def test_settings_may_come_in_parts():
    protocol = polar()
    protocol.receive(CONTROL_POINT, FEATURES, 1)
    asked(protocol)
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("f001000001000182"), 1) == []
    assert asked(protocol) == []
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("f0010000000001010e00"), 1) == []
    assert asked(protocol) == [START]


def test_a_stream_that_runs_already_is_taken():
    protocol = polar()
    for said in (FEATURES, OFFER):
        protocol.receive(CONTROL_POINT, said, 0)
        asked(protocol)
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("f002000600"), 1) == []
    assert protocol.deadline_ns == 1 + 5 * S


@pytest.mark.parametrize("silent_at", range(3))
def test_silence_is_a_fault_and_it_tries_again(silent_at):
    protocol = polar()
    for said in (FEATURES, OFFER, STARTED)[: silent_at + 1]:
        protocol.receive(CONTROL_POINT, said, 0)
        asked(protocol, 0)
    assert protocol.deadline_ns == 5 * S
    assert protocol.on_deadline(5 * S - 1) == []
    assert faults(protocol.on_deadline(5 * S)) == [(FaultKind.TIMEOUT, 0)]
    assert asked(protocol, 5 * S) == []
    assert protocol.on_deadline(15 * S) == []
    assert asked(protocol, 15 * S) == [b"\x01\x00"]


def test_a_stream_that_the_strap_stops_is_started_again():
    protocol = streaming()
    assert protocol.receive(CONTROL_POINT, b"\x01\x00", S) == []
    protocol.on_deadline(11 * S)
    assert asked(protocol, 11 * S) == [b"\x01\x00"]


def test_frames_keep_the_stream_alive():
    protocol = streaming()
    protocol.receive(DATA, FRAME, 4 * S)
    assert protocol.deadline_ns == 9 * S


@pytest.mark.parametrize("refusal", ["f00200 0d00", "f002000a00"])
def test_a_refusal_is_a_fault_and_a_rest(refusal):
    protocol = polar()
    for said in (FEATURES, OFFER):
        protocol.receive(CONTROL_POINT, said, 0)
        asked(protocol)
    assert faults(protocol.receive(CONTROL_POINT, bytes.fromhex(refusal), 0)) == [(FaultKind.CONTENT, 5)]
    assert protocol.deadline_ns == 10 * S


def test_a_stream_is_stopped_before_hanging_up():
    assert [step.data for step in streaming().last_steps()] == [b"\x03\x00"]
    assert polar().last_steps() == ()


def test_a_strap_without_ecg_gives_its_heart_rate():
    protocol = polar()
    assert protocol.receive(CONTROL_POINT, bytes.fromhex("0f0e"), 1) == []
    assert asked(protocol) == []
    events = protocol.receive(MEASUREMENT, bytes.fromhex("163deb03f203"), 2)
    assert [e.reading for e in events if e.metric.term is mdc.HEART_RATE] == [Measured(61.0)]


@pytest.mark.parametrize(
    ("step_ns", "lost"),
    [(30_769_231, 0), (38_461_538, 0), (46_153_846, 2), (592_307_692, 73), (-1, 0), (10**12, 0)],
)
def test_what_the_straps_clock_shows_as_lost(step_ns, lost):
    protocol = streaming()
    protocol.receive(DATA, model.ecg_frame([1, 2, 3, 4], 10**17), 1)
    events = protocol.receive(DATA, model.ecg_frame([1, 2, 3, 4], 10**17 + step_ns), 2)
    assert faults(events) == ([(FaultKind.LOST, 3 * lost)] if lost else [])
    assert samples(events) == [1, 2, 3, 4]


def test_what_no_heart_gives_is_no_sample():
    events = streaming().receive(DATA, model.ecg_frame([-32767, -32768, 32767, 32768, 2**23 - 1], 1), 1)
    assert samples(events) == [-32767, NO_SAMPLE, 32767, NO_SAMPLE, NO_SAMPLE]


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        FRAME[:10],
        FRAME[:-1],
        b"\x02" + FRAME[1:],
        FRAME[:9] + b"\x80" + FRAME[10:],
        FRAME[:9] + b"\x01" + FRAME[10:],
        bytes.fromhex("02ea54a2428b455208810a00ecffe8030403e103c12d01"),
    ],
)
def test_any_other_frame_is_a_fault(frame):
    assert faults(streaming().receive(DATA, frame, 1)) == [(FaultKind.CONTENT, len(frame))]


def test_it_is_what_the_link_wants():
    protocol = PolarEcg({})
    assert isinstance(protocol, GattProtocol)
    assert isinstance(protocol, Timed)
    assert isinstance(protocol, GattSender)
    assert not isinstance(protocol, WireProtocol)
    needed = [step for step in protocol.opened(0) if not step.optional]
    assert [(step.action, step.uuid) for step in needed] == [
        (GattAction.SUBSCRIBE, CONTROL_POINT),
        (GattAction.SUBSCRIBE, DATA),
        (GattAction.READ, CONTROL_POINT),
    ]


SAID = {
    Heard.OFFERED: FEATURES,
    Heard.SETTINGS: OFFER,
    Heard.STARTED: STARTED,
    Heard.STOPPED: b"\x01\x00",
}


def refusal(state):
    return b"\xf0\x01\x00\x03\x00" if state is State.LEARNING else b"\xf0\x02\x00\x03\x00"


@pytest.mark.parametrize(("state", "heard"), list(itertools.product(State, Heard)))
def test_everything_in_every_state(state, heard):
    control = EcgControl()
    control.state = state
    if heard is Heard.SILENCE:
        control.silent(0)
    else:
        good = control.receive(SAID.get(heard) or refusal(state), 0)
        assert good is ((state, heard) in TABLE and heard is not Heard.REFUSED)
    after = TABLE.get((state, heard), state)
    assert control.state is after
    if after is not state:
        sends = {State.LEARNING: b"\x01\x00", State.STARTING: START}.get(after, b"")
        assert control.command_to_send(7) == sends
        assert control.deadline_ns == (7 if sends else 0) + int(LIMITS_S[after] * 1e9)


uuids = st.sampled_from([CONTROL_POINT, DATA, MEASUREMENT, BODY_LOCATION, BATTERY_LEVEL, FIRMWARE, "x"])
payloads = st.binary(max_size=40) | st.sampled_from([FEATURES, OFFER, STARTED, FRAME, b"\x01\x00"])


@given(st.lists(st.tuples(uuids, payloads, st.integers(0, 20 * S)), max_size=30))
def test_any_bytes_under_any_name_are_survived(messages):
    protocol = polar()
    t_ns = 0
    for uuid, data, pause_ns in messages:
        t_ns += pause_ns
        for event in protocol.receive(uuid, data, t_ns):
            if isinstance(event, WaveformBlock):
                assert event.samples.dtype == "int16"
            assert not isinstance(event, Observation) or event.metric in DRIVER.metrics
        assert len(protocol.steps_to_take(t_ns)) <= 1
    protocol.closed(t_ns)
    assert protocol.deadline_ns is None


@given(st.lists(st.integers(-(2**23), 2**23 - 1), min_size=1, max_size=80), st.integers(0, 2**63))
def test_what_the_emulated_strap_sends_is_what_the_driver_hears(microvolts, device_ns):
    assert pmd.ecg_frame(model.ecg_frame(microvolts, device_ns)) == pmd.EcgFrame(device_ns, tuple(microvolts))


def test_conformance():
    messages = ((CONTROL_POINT, FEATURES), (CONTROL_POINT, OFFER), (CONTROL_POINT, STARTED), (DATA, FRAME))
    check_driver(DRIVER, [GattSample("a start", messages)])


def test_an_emulated_strap_streams_loses_a_frame_and_is_told_to_stop():
    async def test(room):
        device = model.PolarStrap(room.air, lambda t_s: t_s % 1, lambda _t_ns: 72.0, room.clock)
        room.start(device.run())
        ledger, task = room.pump(DRIVER, model.ADDRESS)
        await ledger.until(lambda: len(ledger.of(WaveformBlock)) >= 2)
        assert device.asked == [b"\x01\x00", START]
        await ledger.until(lambda: 72.0 in ledger.values(mdc.HEART_RATE.ref))
        device.dropped = 1
        await ledger.until(lambda: ledger.of(Fault))
        assert faults(ledger.of(Fault)) == [(FaultKind.LOST, 3 * 73)]
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert device.asked[2:] == [b"\x03\x00"]
        await asyncio.wait_for(device.peripheral.free.wait(), PATIENCE_S)

    in_room(test)
