"""What a Nonin oximeter is asked when a format is chosen: bytes as printed, dialogues, and the simulator."""

import itertools
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nonin_frames import df1, df2, df7, packet, slow_bytes
from wire_parts import KeepingSink

from devices.decode import decode
from devices.drivers.nonin import DRIVER, commands
from devices.drivers.nonin.commands import Ask
from devices.drivers.nonin.search import Format
from devices.sim.fastforward import FastForward, Joined
from devices.sim.nonin import Nonin as Oximeter
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.testing import Sample, Talk, check_driver, defaults
from kapmonitor.errors import ConfigError
from kapmonitor.model import (
    AlertKind,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Observation,
    WaveformBlock,
)

S = 1_000_000_000
RATE = "MDC_PULS_OXIM_PULS_RATE"
WAVE = [(i * 7) % 200 + 20 for i in range(25)]
ACK, NAK = b"\x06", b"\x15"
DF7 = bytes.fromhex("02700402072 19E03".replace(" ", ""))
DF7_SHORT, SERIAL, CLOCK = (bytes.fromhex(text) for text in ("027002020703", "0274020202 03", "02720003"))
SERIAL_IS = b"\x02\xf4\x0a\x02501234567\x03"
CLOCK_IS = bytes.fromhex("02F206181F0C0A0F1E03").replace(b"\x18\x1f\x0c", b"\x18\x01\x1f")


def options(**chosen):
    return {**defaults(DRIVER), **chosen}


def stream(frame, packets, **slow):
    return b"".join(f for _ in range(packets) for f in packet(frame, WAVE, slow_bytes(**slow)))


class Desk:
    """A driver whose oximeter is the test."""

    def __init__(self, **chosen):
        self.driver = DRIVER.protocol(options(**chosen))
        self.now, self.sent, self.events = 10 * S, [], []
        self.driver.opened(self.now)
        self.take()

    def take(self):
        if data := self.driver.data_to_send():
            self.sent.append(data)

    def hear(self, data, step=None):
        pieces = [data] if step is None else [data[i : i + step] for i in range(0, len(data), step)]
        for piece in pieces:
            self.events += self.driver.receive(piece, self.now)
            self.take()

    def wait(self, seconds):
        until = self.now + int(seconds * S)
        while self.driver.deadline_ns is not None and self.driver.deadline_ns <= until:
            assert self.driver.deadline_ns >= self.now
            self.now = self.driver.deadline_ns
            self.events += self.driver.on_deadline(self.now)
            assert self.driver.deadline_ns is None or self.driver.deadline_ns > self.now
            self.take()
        self.now = until

    def asked(self):
        sent, self.sent = self.sent, []
        return sent

    def said(self):
        return [(e.present, e.detail) for e in self.events if isinstance(e, DeviceAlert)]


def faults(events):
    return [e for e in events if isinstance(e, Fault)]


def pleth(events):
    return [int(s) for e in events if isinstance(e, WaveformBlock) for s in e.samples]


# Bytes in print


def test_commands_as_they_are_printed():
    assert commands.set_format(Format.DF7, bluetooth=False).hex() == "0270040207017e03"
    assert commands.set_format(Format.DF7, bluetooth=True).hex() == "0270040207219e03"
    assert commands.set_format_short(Format.DF7).hex() == "027002020703"
    assert commands.set_format(Format.DF2, bluetooth=False).hex() == "02700402020179" + "03"
    assert commands.set_format(Format.DF1, bluetooth=False).hex() == "0270040201017803"
    assert commands.GET_SERIAL.hex() == "027402020203"
    assert commands.GET_CLOCK.hex() == "02720003"
    assert commands.set_clock(datetime(2024, 1, 31, 12, 34, 56)).hex() == "02720618011f0c223803"  # noqa: DTZ001
    assert [command.name for command in DRIVER.commands] == [
        "set format",
        *(ask.value for ask in Ask if ask is not Ask.FORMAT),
    ]
    assert not any(command.on_patient for command in DRIVER.commands)


def test_formats_that_are_left_out_cannot_be_chosen():
    (form,) = [option for option in DRIVER.options if option.name == "format"]
    assert form.choices == ("listen", "df1", "df2", "df7")


def test_answers_in_every_state_of_completeness():
    for whole, asked in ((SERIAL_IS, Ask.SERIAL), (CLOCK_IS, Ask.CLOCK), (CLOCK_IS, Ask.SET_CLOCK)):
        for size in range(1, len(whole)):
            assert commands.answer(whole[:size], asked) == b""
        assert commands.answer(whole + b"\x01\x80", asked) == whole
        assert commands.answer(whole[:-1] + b"\x04", asked) is None
    assert commands.answer(SERIAL_IS, Ask.CLOCK) is None
    assert commands.answer(b"\x02\xf4\x40", Ask.SERIAL) is None
    assert commands.answer(b"", Ask.CLOCK) is None
    assert commands.answer(ACK + b"\x01", Ask.CLOCK) == ACK


def test_what_answers_say():
    assert commands.serial_number(SERIAL_IS) == "501234567"
    assert commands.serial_number(SERIAL_IS.replace(b"5", b"\xff")) == ""
    assert commands.serial_number(b"\x02\xf4\x02\x02\x31\x03") == commands.serial_number(ACK) == ""
    assert commands.clock_time(CLOCK_IS) == "2024-01-31T10:15:30"
    assert commands.clock_time(CLOCK_IS.replace(b"\x1f", b"\x20")) is None
    assert commands.clock_time(ACK) is None


# Dialogues


def test_without_a_choice_nothing_is_ever_sent():
    desk = Desk()
    assert desk.driver.deadline_ns is None
    desk.hear(stream(df2, 3))
    assert desk.driver.deadline_ns is None
    assert desk.asked() == []
    assert desk.driver.on_deadline(desk.now) == []


def test_a_chosen_format_is_asked_for_and_then_who_it_is_and_what_time_it_has():
    desk = Desk(format="df7")
    assert desk.asked() == [DF7]
    desk.hear(ACK)
    desk.wait(0.2)
    assert desk.asked() == [SERIAL]
    desk.hear(stream(df7, 1) + SERIAL_IS, step=1)
    desk.wait(0.2)
    assert desk.asked() == [CLOCK]
    desk.hear(CLOCK_IS + stream(df7, 2), step=3)
    (identity,) = [e for e in desk.events if isinstance(e, DeviceIdentified)]
    assert (identity.manufacturer, identity.serial) == ("Nonin", "501234567")
    assert faults(desk.events) == []
    assert len(pleth(desk.events)) == 75
    told = [e.device_time for e in desk.events if isinstance(e, Observation)]
    assert told == ["2024-01-31T10:15:30"] * 2 + [None] * (len(told) - 2)
    desk.wait(59)
    assert desk.asked() == []
    desk.wait(2)
    assert desk.asked() == [CLOCK], "again, so that a drift can be told"
    assert desk.said() == []


def test_a_format_without_bluetooth():
    assert Desk(format="df7", bluetooth=False).asked() == [bytes.fromhex("02700402 07017E03")]


def test_a_format_is_asked_for_again_in_both_forms_until_it_comes():
    desk = Desk(format="df7")
    desk.hear(stream(df2, 2))
    desk.wait(24)
    asked = [data for data in desk.asked() if data[1] == 0x70]
    assert asked == [DF7, DF7_SHORT, DF7, DF7_SHORT, DF7]
    assert desk.said() == [(True, "goes on sending DF2 instead of DF7")]
    desk.hear(stream(df7, 2))
    assert desk.said()[1:] == [(False, "")]
    desk.wait(60)
    assert [data for data in desk.asked() if data[1] == 0x70] == []
    assert {e.reading.value for e in desk.events if isinstance(e, Observation) and e.metric.ref == RATE} == {
        72
    }


def test_a_format_that_comes_by_itself_needs_no_answer():
    desk = Desk(format="df2")
    desk.hear(stream(df2, 1))
    desk.wait(0.2)
    assert desk.asked()[1:] == [SERIAL]


def test_an_oximeter_that_falls_back_into_another_format_is_told_again():
    desk = Desk(format="df7")
    desk.hear(ACK + stream(df7, 2))
    desk.wait(30)
    desk.asked()
    desk.hear(stream(df2, 2))
    desk.wait(0.2)
    assert desk.asked() == [DF7]


def test_an_oximeter_that_says_no_to_both_forms_is_left_alone():
    desk = Desk(format="df7")
    desk.hear(NAK)
    desk.wait(0.2)
    assert desk.asked() == [DF7, DF7_SHORT]
    desk.hear(NAK + stream(df2, 3))
    assert desk.said() == [(True, "does not take the format DF7")]
    desk.wait(60)
    assert not [data for data in desk.asked() if data[1] == 0x70]
    assert faults(desk.events) == []
    events = desk.driver.closed(desk.now)
    assert [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)] == [
        (AlertKind.DEVICE_MESSAGE, False)
    ]


def test_a_silent_oximeter_is_asked_what_it_is_three_times():
    desk = Desk(format="df1")
    desk.wait(300)
    asked = desk.asked()
    assert asked.count(SERIAL) == asked.count(CLOCK) == 3
    assert sum(data[1] == 0x70 for data in asked) == pytest.approx(60, abs=2)
    assert desk.events == []


@pytest.mark.parametrize("no", [NAK, ACK])
def test_a_question_that_is_not_understood_is_given_up(no):
    desk = Desk(format="df2")
    desk.hear(ACK + stream(df2, 1))
    desk.asked()
    asked = []
    for _ in range(20):
        desk.wait(0.2)
        new = desk.asked()
        desk.hear(no * len(new) + stream(df2, 1))
        asked += new
    assert asked.count(SERIAL) == asked.count(CLOCK) == 3
    assert faults(desk.events) == []


def test_the_clock_is_set_to_the_time_that_was_given_and_goes_on_from_there():
    desk = Desk(set_clock="2024-01-31T12:34:56")
    desk.hear(stream(df2, 1))
    assert desk.asked() == [SERIAL]
    desk.hear(SERIAL_IS)
    desk.wait(10)
    assert desk.asked()[0].hex() == "02720618011f0c223803"
    desk.driver.opened(desk.now)
    desk.take()
    desk.hear(SERIAL_IS)
    desk.wait(0.2)
    assert desk.asked()[1].hex() == "02720618011f0c230603", "ten seconds later"


@pytest.mark.parametrize("text", ["now", "2024-02-30T12:00:00", "1999-01-01T00:00:00", "2024-01-31"])
def test_a_time_that_cannot_be_read_is_refused_in_words(text):
    with pytest.raises(ConfigError, match="2024-01-31T12:34:56"):
        DRIVER.protocol(options(set_clock=text))


def test_opening_again_asks_again():
    desk = Desk(format="df7")
    desk.hear(ACK + stream(df7, 1)[:52])
    desk.driver.closed(desk.now)
    desk.asked()
    desk.driver.opened(desk.now)
    desk.take()
    assert desk.asked() == [DF7]


@given(
    st.sampled_from([df2, df7, df1]),
    st.integers(0, 50),
    st.sampled_from([ACK, NAK, SERIAL_IS, CLOCK_IS]),
    st.lists(st.integers(1, 260), max_size=8),
)
def test_an_answer_between_any_two_frames_costs_no_frame(frame, place, answer, cuts):
    frames = [df1(72, 97)] * 75 if frame is df1 else packet(frame, WAVE, slow_bytes()) * 3
    asked = {ACK: Ask.FORMAT, NAK: Ask.FORMAT, SERIAL_IS: Ask.SERIAL, CLOCK_IS: Ask.CLOCK}[answer]
    desk = Desk(format="df7")
    desk.hear(b"".join(frames[:24]))
    desk.driver._talk._line.ask(asked, b"?", desk.now, S)
    desk.take()
    data = b"".join(frames[24 : 24 + place]) + answer + b"".join(frames[24 + place :])
    ends = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    for start, end in itertools.pairwise(ends):
        desk.hear(data[start:end])
    events = desk.events + desk.driver.closed(desk.now)
    assert faults(events) == []
    if frame is not df1:
        assert len(pleth(events)) == 75
    rates = [e.reading for e in events if isinstance(e, Observation) and e.metric.ref == RATE]
    assert rates == [Measured(72.0)] * (75 if frame is df1 else 3)
    serials = [e.serial for e in events if isinstance(e, DeviceIdentified)]
    assert serials == ["501234567"] * (answer == SERIAL_IS)


def test_what_nobody_asked_for_is_no_answer():
    lines = list(decode(DRIVER, [stream(df2, 1) + SERIAL_IS + stream(df2, 1)], options=options(format="df7")))
    assert [line["size"] for line in lines if line["kind"] == "fault"] == [len(SERIAL_IS)]
    assert not [line for line in lines if line["kind"] == "identity"]


def test_an_answer_that_breaks_off_is_a_fault_when_the_line_ends():
    desk = Desk(format="df7")
    desk.hear(ACK)
    desk.wait(0.2)
    desk.hear(SERIAL_IS[:6])
    assert [(e.kind, e.size) for e in faults(desk.driver.closed(desk.now))] == [(FaultKind.NOISE, 6)]


@pytest.mark.parametrize("wanted", ["df2", "df7"])
def test_conformance_of_the_driver_that_asks(wanted):
    chosen = [replace(o, default=wanted) if o.name == "format" else o for o in DRIVER.options]
    heard = (
        (2 * S // 10, ACK),
        (5 * S // 10, stream(df7, 1) + SERIAL_IS),
        (8 * S // 10, stream(df7, 1)[:60]),
        (12 * S // 10, stream(df7, 1)[60:] + CLOCK_IS),
        (2 * S, stream(df7, 2)),
    )
    samples = [Sample("another format", stream(df2, 3)), Talk("a whole conversation", heard)]
    check_driver(replace(DRIVER, options=tuple(chosen)), samples)


# With the simulated oximeter

TRAITS = Traits(pulse=72, spo2=97, rises=(0, 0, 0), anxiety=0, dips=False)


def drive(sim, until_s, **chosen):
    sink = KeepingSink()
    driver = DRIVER.protocol(options(**chosen))
    FastForward([Joined("ox", sim, driver)], sink, 0).run(0, until_s * S, lambda t: None)
    return sink.events


def oximeter(form="df2", serial="501234567"):
    return Oximeter(Bedside(Patient(4, TRAITS)), form, serial)


@pytest.mark.parametrize("form", ["df1", "df2", "df7"])
@pytest.mark.parametrize("wanted", ["df1", "df2", "df7"])
def test_the_simulated_oximeter_changes_its_format(form, wanted):
    events = drive(oximeter(form, serial="700000042"), 130, format=wanted)
    late = [e.metric for e in events if isinstance(e, WaveformBlock) and e.t_ns > 20 * S]
    assert {metric.offset for metric in late} == {"df1": set(), "df2": {0.0}, "df7": {32768.0}}[wanted]
    assert {e.serial for e in events if isinstance(e, DeviceIdentified)} - {""} == {"700000042"}
    assert sum(f.size for f in faults(events)) <= 2 * (form != wanted)
    times = {e.device_time for e in events if isinstance(e, Observation)} - {None}
    assert len(times) == 3, "after opening, then once a minute"
    assert not [e for e in events if isinstance(e, DeviceAlert)]


def test_the_simulated_oximeter_takes_the_time():
    events = drive(oximeter(), 10, set_clock="2031-05-06T07:08:09")
    times = sorted({e.device_time for e in events if isinstance(e, Observation)} - {None})
    assert len(times) == 1
    assert times[0].startswith("2031-05-06T07:08:")


def test_the_simulated_text_printer_takes_no_commands():
    events = drive(oximeter("ascii"), 20, format="df7")
    told = [e.detail for e in events if isinstance(e, DeviceAlert) and e.present]
    assert told == ["goes on sending ASCII instead of DF7"]
    assert len([e for e in events if isinstance(e, Observation)]) >= 36


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("027002020803", "15"),
        ("0270040207017F03", "15"),
        ("027004020D018403", "15"),
        ("0272061802300C223803", "15"),
        ("027504040005 0903", "15"),
        ("FF02027402020203", "02f40a02353031323334353637" + "03"),
        ("02740202", ""),
    ],
)
def test_commands_the_simulated_oximeter_knows_and_does_not_know(command, answer):
    sim = oximeter()
    sim.advance(0)
    sim.receive(bytes.fromhex(command), 0)
    assert sim.advance(1).hex() == answer
