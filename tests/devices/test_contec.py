"""Contec oximeters: frames of the maker's description and public ones, both protocols, and the dialogue."""

import itertools
import random
import time

import pytest
from driver_events import alerts
from hypothesis import given
from hypothesis import strategies as st

from devices.drivers.contec import DRIVER, packets
from devices.drivers.contec.packets import Ask, Kind
from devices.drivers.contec.protocol import Contec
from devices.protocol import Parting
from devices.testing import Sample, check_driver, run
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Observation,
    Validity,
    WaveformBlock,
)

S = 1_000_000_000
SPO2, RATE, PI = "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE", "MDC_PULS_OXIM_PERF_REL"
NEW_72, NEW_145, NEW_OUT = "01E0C4D29AC8E1FFFF", "018885B08891DFDE81", "01E980C090FFFFFFFF"
OLD_72, OLD_BEAT, OLD_145, OLD_OUT = "8635074861", "C6600C4861", "852044115F", "9040100000"
STORED = (
    "90283500" + "F28000" * 3 + "80817200" + "F08000" * 5 + "F0C45F F0C35F F0C85F F0D45F".replace(" ", "")
)


def of(*frames):
    return bytes.fromhex("".join(frames))


def numbers(events, stored=False):
    found = {}
    for event in events:
        if isinstance(event, Observation) and event.stored == stored:
            value = event.reading.value if isinstance(event.reading, Measured) else event.reading
            found.setdefault(event.metric.ref, []).append(value)
    return found


def wave(events):
    return [int(s) for e in events if isinstance(e, WaveformBlock) for s in e.samples]


def faults(events):
    return [e for e in events if isinstance(e, Fault)]


@pytest.mark.parametrize(
    ("frame", "spo2", "rate", "pi", "sample", "raised"),
    [
        (NEW_72, 97, 72, Absent(Validity.NOT_AVAILABLE, 65535.0), 0x52, []),
        (NEW_145, 95, 145, 3.5, 48, []),
        (
            NEW_OUT,
            Absent(Validity.NOT_AVAILABLE, 127.0),
            Absent(Validity.NOT_AVAILABLE, 255.0),
            Absent(Validity.NOT_AVAILABLE, 65535.0),
            NO_SAMPLE,
            [AlertKind.NO_CONTACT],
        ),
        (OLD_72, 97, 72, None, 53, []),
        (OLD_BEAT, 97, 72, None, 96, []),
        (OLD_145, 95, 145, None, 32, []),
        (
            OLD_OUT,
            Absent(Validity.NOT_AVAILABLE, 0.0),
            Absent(Validity.NOT_AVAILABLE, 0.0),
            None,
            NO_SAMPLE,
            [AlertKind.NO_CONTACT, AlertKind.NO_PULSE],
        ),
    ],
)
def test_published_frames(frame, spo2, rate, pi, sample, raised):
    events = run(DRIVER, [of(frame) * 60])
    expected = {SPO2: [spo2], RATE: [rate]}
    assert numbers(events) == (expected if pi is None else {**expected, PI: [pi]})
    assert wave(events) == [sample] * 60
    assert alerts(events) == [(kind, True) for kind in raised] + [(kind, False) for kind in raised]
    assert not faults(events)


@pytest.mark.parametrize(
    ("frame", "spo2", "rate"), [(NEW_72, 97, 72), (NEW_145, 95, 145), (OLD_72, 97, 72), (OLD_145, 95, 145)]
)
@pytest.mark.parametrize("count", [1, 2])
def test_a_capture_of_nothing_but_a_frame_or_two_is_read(frame, spo2, rate, count):
    found = run(DRIVER, [of(frame) * count])
    assert (numbers(found)[SPO2], numbers(found)[RATE]) == ([spo2], [rate])
    assert len(wave(found)) == count
    assert not faults(found)
    for spoiled in ("80" + frame * count, frame * count + "80", frame * count + "01", "0C80" + frame * count):
        assert numbers(run(DRIVER, [of(spoiled)])) == {}


def test_published_stored_data_of_an_old_device():
    events = run(DRIVER, [of(STORED, OLD_72 * 4)])
    none = [Absent(Validity.NOT_AVAILABLE, 0.0)] * 5
    assert numbers(events, stored=True) == {RATE: [*none, 68, 67, 72, 84], SPO2: [*none, 95, 95, 95, 95]}
    assert numbers(events) == {SPO2: [97], RATE: [72]}, "live data goes on after it"
    assert [(f.size, f.head) for f in faults(events)] == [(4, "90283500")], "the tail of a live frame"
    without_filler = STORED.replace("80817200", "808172")
    assert numbers(run(DRIVER, [of(without_filler)]), stored=True) == numbers(events, stored=True)


def test_published_commands():
    table = {
        Ask.START: "7D81A1808080808080",
        Ask.STOP: "7D81A2808080808080",
        Ask.CONNECTED: "7D81AF808080808080",
        Ask.STOP_STORED: "7D81A7808080808080",
        Ask.WHO: "7D81AA808080808080",
        Ask.LIVE_AGAIN: "F6F6F6",
    }
    assert {ask: ask.value.hex().upper() for ask in Ask} == table
    assert packets.command(0xB2, 20, 24, 1, 31, 3).hex().upper() == "7D81B29498819F8380"
    assert packets.command(0xB1, 12, 34, 56).hex().upper() == "7D81B18CA2B8808080"
    assert len(DRIVER.commands) == len(Ask)
    assert not any(command.on_patient for command in DRIVER.commands)


def test_worked_decoding():
    assert packets.unpack(of(NEW_145)).hex() == "0530089" + "15f5e01"


BEGUN = [
    whole[:size]
    for whole in map(of, (NEW_72 * 3, OLD_72 * 3, "F28000" * 3, "0B80A180", "0C80"))
    for size in range(1, len(whole) + 1)
]


@given(
    st.lists(st.sampled_from(BEGUN) | st.binary(max_size=3), min_size=1, max_size=4),
    st.sampled_from([None, Kind.LIVE_NEW, Kind.LIVE_OLD]),
)
def test_nothing_is_passed_over_that_may_begin_something(parts, known):
    buffer = b"".join(parts)
    for place in range(len(buffer)):
        if packets.find(buffer, place, known, following=False) != packets.NOTHING:
            assert packets.begin_behind(buffer, place) == place


@given(st.binary(min_size=7, max_size=7))
def test_every_byte_survives_packing(data):
    assert packets.unpack(packets.command(data[0], *data[1:])) == data


def new(flags=4, pleth=50, bar=5, rate=72, spo2=97, pi=350):
    data = bytes([flags, pleth, bar, rate, spo2, pi & 0xFF, pi >> 8])
    high = 0x80 | sum((b >> 7) << k for k, b in enumerate(data))
    return bytes([1, high]) + bytes(b | 0x80 for b in data)


@pytest.mark.parametrize(
    ("frame", "raised"),
    [
        (new(flags=0x14), {AlertKind.NO_PULSE}),
        (new(pleth=0x80), {AlertKind.NO_PULSE}),
        (new(flags=0x24), {AlertKind.DEVICE_ALARM}),
        (new(flags=0x80), {AlertKind.NO_CONTACT}),
        (bytes.fromhex("A540054861"), {AlertKind.DEVICE_ALARM}),
        (bytes.fromhex("8540254861"), {AlertKind.NO_PULSE}),
    ],
)
def test_conditions_come_and_go(frame, raised):
    good = new() if frame[0] == 1 else bytes.fromhex(OLD_72)
    events = run(DRIVER, [good * 5 + frame * 5 + good * 5])
    assert set(alerts(events)) == {(kind, present) for kind in raised for present in (True, False)}
    assert [p for _, p in alerts(events)] == [True] * len(raised) + [False] * len(raised)


def test_numbers_do_not_count_without_a_finger():
    found = numbers(run(DRIVER, [new(flags=0x80) * 5]))
    assert found == {
        SPO2: [Absent(Validity.INVALID, 97.0)],
        RATE: [Absent(Validity.INVALID, 72.0)],
        PI: [Absent(Validity.INVALID, 3.5)],
    }


@pytest.mark.parametrize("change", [{"rate": 200}, {"spo2": 60}, {"pi": 100}, {"bar": 0x15}])
def test_one_or_two_odd_frames_are_no_reading(change):
    good, odd = new(), new(**change)
    for count in (1, 2):
        found = numbers(run(DRIVER, [good * 10 + odd * count + good * 3]))
        assert set(found[SPO2]) == {97}
        assert set(found[RATE]) == {72}
        assert set(found[PI]) == {3.5}
    changed = numbers(run(DRIVER, [good * 10 + odd * 3]))
    assert any(len(set(map(str, values))) == 2 for values in changed.values())


def test_steady_numbers_are_told_once_a_second():
    events = run(DRIVER, [new() * 601])
    assert numbers(events)[SPO2] == [97] * 10
    assert len(wave(events)) == 601


@pytest.mark.parametrize(
    ("change", "ref", "raw"),
    [({"rate": 19}, RATE, 19.0), ({"spo2": 39}, SPO2, 39.0), ({"pi": 2201}, PI, 2201.0)],
)
def test_impossible_numbers_are_absent(change, ref, raw):
    found = numbers(run(DRIVER, [new() * 4 + new(**change) * 4]))
    assert found[ref][-1] == Absent(Validity.INVALID, raw)


@pytest.mark.parametrize("frame", [new(pleth=30), bytes.fromhex(OLD_72)])
def test_lost_frames_are_gaps_in_the_wave(frame):
    events = run(DRIVER, [frame * 10 + frame[:3] + frame[4:] + frame * 10])
    samples = wave(events)
    assert samples.count(NO_SAMPLE) == 1
    assert len(samples) == 21
    assert len(faults(events)) == 1
    assert sum(f.size for f in faults(events)) == len(frame) - 1


def test_each_protocol_is_known_in_the_middle_of_the_other():
    events = run(DRIVER, [of(NEW_145 * 5, OLD_72 * 5, NEW_145 * 5)])
    assert numbers(events)[RATE] == [145, 72, 145]
    assert not faults(events)


@pytest.mark.parametrize("seed", range(6))
def test_noise_is_no_reading(seed):
    events = run(DRIVER, [random.Random(seed).randbytes(300_000)])
    assert {type(e) for e in events} == {Fault}
    assert sum(e.size for e in events) > 299_900, "a few look like the two bytes of an idle device"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_conformance_of_both_protocols(seed):
    samples = [
        Sample("new", of(NEW_72 * 70, "0C80", NEW_145 * 70, NEW_OUT * 4), checked=False),
        Sample("old", of(OLD_72 * 65, OLD_BEAT * 6, OLD_145 * 65, OLD_OUT * 4), checked=False),
        Sample("stored", of(STORED), checked=False),
    ]
    check_driver(DRIVER, samples, seed)


@pytest.mark.speed
@pytest.mark.parametrize("frame", [NEW_72, OLD_72])
def test_decoding_is_200_times_faster_than_the_line(frame):
    data = of(frame) * (300_000 // (len(frame) // 2))
    pieces = [data[i : i + 32] for i in range(0, len(data), 32)]
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        run(DRIVER, pieces)
        best = min(best, time.process_time() - began)
    assert len(data) / best > 200 * DRIVER.link.baud / 10


# The dialogue


class Desk:
    """A driver whose device is the test."""

    def __init__(self):
        self.driver = Contec({})
        self.now, self.sent, self.events = 10 * S, [], []
        self.driver.opened(self.now)
        self.take()

    def take(self):
        if data := self.driver.data_to_send():
            self.sent.append((self.now, Ask(data)))

    def hear(self, data):
        self.events += self.driver.receive(data, self.now)
        self.take()

    def wait(self, seconds):
        until = self.now + int(seconds * S)
        while self.driver.deadline_ns <= until:
            assert self.driver.deadline_ns > self.now
            self.now = self.driver.deadline_ns
            self.events += self.driver.on_deadline(self.now)
            self.take()
        self.now = until

    def asked(self):
        asked = [ask for _, ask in self.sent]
        self.sent.clear()
        return asked


def test_opening_ends_what_was_left_running_and_starts():
    desk = Desk()
    for answer in ("0C80", "0C80", "0480C3CDD3B5B0C4AB"):
        desk.wait(0.06)
        desk.hear(bytes.fromhex(answer))
    desk.wait(0.06)
    assert desk.asked() == [Ask.STOP_STORED, Ask.STOP, Ask.WHO, Ask.START]
    assert [e for e in desk.events if isinstance(e, DeviceIdentified)] == [
        DeviceIdentified(desk.events[0].t_ns, manufacturer="Contec", model="CMS50D+")
    ]
    assert not faults(desk.events)


def stream(desk, seconds, frame=NEW_72):
    for _ in range(round(seconds * 10)):
        desk.wait(0.1)
        desk.hear(of(frame) * 6)


def test_a_streaming_device_is_told_every_four_seconds_that_somebody_listens():
    desk = Desk()
    desk.wait(2.5)
    desk.asked()
    stream(desk, 30)
    said = desk.sent
    assert {ask for _, ask in said} == {Ask.CONNECTED}
    assert 7 <= len(said) <= 8
    assert all(b - a <= 4.2 * S for (a, _), (b, _) in itertools.pairwise(said))


def test_a_stream_that_stops_is_started_again():
    desk = Desk()
    stream(desk, 1)
    desk.asked()
    desk.wait(6)
    assert Ask.START in desk.asked()
    assert {f.kind for f in faults(desk.events)} == {FaultKind.TIMEOUT}


def test_a_silent_device_is_asked_again_and_its_silence_counted():
    desk = Desk()
    desk.wait(30)
    starts = desk.asked().count(Ask.START)
    assert 4 <= starts <= 8
    assert [f.kind for f in faults(desk.events)].count(FaultKind.TIMEOUT) in (starts, starts - 1)
    assert len(desk.events) == len(faults(desk.events))


def test_an_old_device_that_streams_is_left_alone():
    desk = Desk()
    stream(desk, 1, OLD_72)
    desk.asked()
    stream(desk, 30, OLD_72)
    assert desk.asked() == []
    assert set(numbers(desk.events)[RATE]) == {72}


def said(desk):
    return [(e.present, e.detail) for e in desk.events if isinstance(e, DeviceAlert)]


def test_refusals_are_taken_note_of():
    desk = Desk()
    desk.hear(bytes.fromhex("0B81A780"))
    desk.wait(0.06)
    assert desk.asked() == [Ask.STOP_STORED, Ask.STOP], "the next question comes at once"
    assert desk.events == []


def test_an_oximeter_that_switches_itself_off_is_told_until_it_streams_again():
    desk = Desk()
    stream(desk, 1)
    desk.hear(bytes.fromhex("0D8081"))
    assert said(desk) == [(True, "ends: switched off")]
    desk.wait(1)
    assert said(desk)[1:] == []
    stream(desk, 1)
    assert said(desk)[1:] == [(False, "")]
    assert wave(desk.events) == [0x52] * 120
    assert not faults(desk.events)


@pytest.mark.parametrize(
    ("reason", "detail"),
    [
        (0x81, "switched off"),
        (0x82, "user changed"),
        (0x83, "recording"),
        (0x84, "not deleted"),
        (0x85, "not supported"),
    ],
)
def test_an_oximeter_that_does_not_start_says_why(reason, detail):
    desk = Desk()
    desk.wait(2)
    assert desk.asked()[-1] is Ask.START
    desk.hear(bytes([0x0B, 0x81, 0xA1, reason]))
    assert said(desk) == [(True, f"does not start: {detail}")]
    stream(desk, 1)
    assert said(desk)[1:] == [(False, "")]


def test_a_start_that_was_taken_is_no_refusal():
    desk = Desk()
    desk.wait(2)
    desk.hear(bytes.fromhex("0B81A180"))
    assert said(desk) == []


def test_packets_among_noise_are_no_messages():
    for packet in ("0D8081", "0480C3CDD3B5B0C4AB"):
        events = run(DRIVER, [b"\x7f\x80" * 20 + bytes.fromhex(packet) + b"\x7f\x80" * 20])
        assert {type(e) for e in events} == {Fault}


def test_a_name_is_told_when_it_changes():
    desk = Desk()
    stream(desk, 1)
    for name in ("0480C3CDD3B5B0C4AB", "0480C3CDD3B5B0C4AB", "0480C3CDD3B5B0C5A0"):
        desk.hear(bytes.fromhex(name))
    assert [e.model for e in desk.events if isinstance(e, DeviceIdentified)] == ["CMS50D+", "CMS50E"]


def test_stored_data_of_a_new_device_is_told_as_old():
    start = (
        packed(0x07, 0, 1, 20, 24, 1, 31) + packed(0x12, 0, 1, 12, 34, 56, 0) + packed(0x08, 0, 1, 3, 0, 0, 0)
    )
    records = (
        packed(0x09, 97, 145, 94, 1)
        + packed(0x09, 0x7F, 0xFF, 0xFF, 0xFF)
        + packed(0x0F, 95, 70, 96, 71, 97, 72)
    )
    events = run(DRIVER, [of("0C80") + start + records + new() * 4])
    none = [Absent(Validity.NOT_AVAILABLE, raw) for raw in (127.0, 255.0, 65535.0)]
    assert numbers(events, stored=True) == {
        SPO2: [97, none[0], 95, 96, 97],
        RATE: [145, none[1], 70, 71, 72],
        PI: [3.5, none[2]],
    }
    assert numbers(events) == {SPO2: [97], RATE: [72], PI: [3.5]}
    assert not faults(events)
    loose = run(DRIVER, [of("0C80") + packed(0x09, 97, 145, 94, 1)])
    assert not numbers(loose, stored=True), "without anything that announces it"


def packed(kind, *data):
    high = 0x80 | sum((b >> 7) << k for k, b in enumerate(data))
    return bytes([kind, high]) + bytes(b | 0x80 for b in data)


def test_an_old_device_that_sends_stored_data_is_brought_back_to_live_data():
    desk = Desk()
    desk.wait(3)
    desk.asked()
    desk.hear(of(STORED))
    desk.wait(5)
    assert desk.asked()[:2] == [Ask.LIVE_AGAIN, Ask.STOP_STORED]
    stream(desk, 3, OLD_72)
    desk.asked()
    desk.wait(6)
    assert Ask.LIVE_AGAIN not in desk.asked()


def test_a_stream_of_the_new_protocol_is_stopped_when_we_leave():
    desk = Desk()
    assert isinstance(desk.driver, Parting)
    stream(desk, 1)
    assert desk.driver.last_words() == Ask.STOP.value
    stream(desk, 1, OLD_72)
    assert desk.driver.last_words() == b""


@pytest.mark.parametrize("frame", [new(flags=0x80), bytes.fromhex(OLD_OUT)])
def test_alerts_outlive_a_stretch_of_noise_and_end_with_the_line(frame):
    good = new() if frame[0] == 1 else bytes.fromhex(OLD_72)
    driver = DRIVER.protocol({})
    driver.opened(0)
    events = driver.receive(frame * 5 + bytes(600) + good * 5, 1)
    kinds = {kind for kind, _ in alerts(events)}
    assert AlertKind.NO_CONTACT in kinds
    assert [present for kind, present in alerts(events) if kind is AlertKind.NO_CONTACT] == [True, False]
    assert alerts(driver.closed(2)) == []
    driver.opened(3)
    driver.receive(frame * 5, 4)
    assert (AlertKind.NO_CONTACT, False) in alerts(driver.closed(5))


@pytest.mark.parametrize(
    "frame", [new(flags=0x14), new(pleth=0xB0), bytes.fromhex("9635074861"), bytes.fromhex("8635274861")]
)
def test_numbers_that_still_stand_while_a_pulse_is_searched_are_doubtful(frame):
    events = run(DRIVER, [frame * 5])
    assert {e.reading.validity for e in events if isinstance(e, Observation)} == {Validity.QUESTIONABLE}


@pytest.mark.parametrize("word", ["8635474 87F".replace(" ", ""), "8635477F7F", "8635070000", "8635477F00"])
def test_words_for_none_in_the_old_protocol(word):
    found = numbers(run(DRIVER, [of(word) * 5]))
    assert isinstance(found[SPO2][0], Absent)
    rate = (0x80 if word[5] == "7" and word[4] == "4" else 0) | int(word[6:8], 16)
    assert isinstance(found[RATE][0], Absent) == (rate in (0, 255))


def test_line_settings_of_both_protocols():
    (old,) = DRIVER.link.also
    assert (DRIVER.link.baud, DRIVER.link.parity) == (115200, "N")
    assert (old.baud, old.bytesize, old.parity, old.stopbits) == (19200, 8, "O", 1)
