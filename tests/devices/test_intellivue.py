"""IntelliVue frames and answers: published bytes, every sentinel, cuff results, waves, alarms."""

import itertools
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intellivue_frames import (
    CONFIRM,
    EXTENDED_ALARMS,
    EXTENDED_NUMERICS,
    EXTENDED_WAVES,
    KEEP_ALIVE,
    MODEL,
    NUMERICS,
    PLETH,
    RELEASE,
    SET_ECG_II,
    SINGLE_POLL,
    att,
    crc,
    create,
    framed,
    lst,
    nibp,
    num,
    obj,
    published,
    reply,
    single,
)

from devices.drivers.intellivue import DRIVER, codes, messages
from devices.drivers.intellivue.apdu import absolute_time
from devices.drivers.intellivue.framing import MOST_BYTES, Frames, fcs, frame
from devices.drivers.intellivue.protocol import Intellivue
from devices.testing import run
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
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
SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{x}" for x in ("SYS", "DIA", "MEAN"))
SPO2, HR, PULSE = "MDC_PULS_OXIM_SAT_O2", "MDC_ECG_HEART_RATE", "MDC_PULS_OXIM_PULS_RATE"
TEMP, CORE, RESP = "MDC_TEMP", "MDC_TEMP_BODY", "MDC_RESP_RATE"


def heard(*data, times=None):
    """Events of bytes that come a second apart."""
    driver = Intellivue({})
    driver.opened(10 * S)
    return [
        event
        for number, piece in enumerate(data)
        for event in driver.receive(piece, times[number] if times else (11 + number) * S)
    ]


def numbers(events):
    return [(e.metric.ref, e.reading) for e in events if isinstance(e, Observation)]


def values(events):
    return [(ref, reading.value) for ref, reading in numbers(events) if isinstance(reading, Measured)]


# Frames


@pytest.mark.parametrize(
    ("data", "check"),
    [("3A71", "9B26"), ("3A91", "95C1"), ("313233343536373839", "6E90")],
)
def test_published_check_sequences(data, check):
    assert fcs(bytes.fromhex(data)).hex().upper() == check


@given(st.binary(max_size=300))
def test_check_sequence_is_that_of_the_bitwise_definition(data):
    assert fcs(data) == crc(data).to_bytes(2, "little")


def test_every_published_request_is_what_is_sent():
    assert frame(messages.SINGLE_NUMERICS.user_data) == published(SINGLE_POLL)
    assert frame(messages.EXTENDED_NUMERICS.user_data) == published(EXTENDED_NUMERICS)
    assert frame(messages.EXTENDED_WAVES.user_data) == published(EXTENDED_WAVES)
    assert frame(messages.EXTENDED_ALARMS.user_data) == published(EXTENDED_ALARMS)
    assert frame(messages.IDENTITY.user_data) == published(KEEP_ALIVE)
    assert frame(messages.RELEASE) == published(RELEASE)
    assert frame(messages.confirm_create(1, 0xABD00)) == published(CONFIRM)
    assert messages.set_waves(7, (0x0102,)).user_data == published(SET_ECG_II)


def test_the_association_request_has_the_published_size_and_check():
    assert len(messages.ASSOCIATE) == 300
    assert fcs(b"\x11\x01\x01\x2c" + messages.ASSOCIATE).hex() == "f6fe"


def test_check_bytes_are_escaped_too():
    data = next(
        bytes([a, b]) for a in range(256) for b in range(256) if 0xC1 in fcs(b"\x11\x01\0\2" + bytes([a, b]))
    )
    sent = frame(data)
    assert sent.count(b"\xc1") == 1
    assert Frames().feed(sent, 0) == [data]


@given(st.lists(st.binary(min_size=1, max_size=200), max_size=5), st.lists(st.integers(0, 1500), max_size=6))
def test_frames_come_back_however_they_are_cut(sent, cuts):
    stream = b"".join(frame(data) for data in sent)
    assert stream == b"".join(framed(data) for data in sent)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    frames = Frames()
    pieces = [stream[a:b] for a, b in itertools.pairwise(places)]
    assert [item for piece in pieces for item in frames.feed(piece, 0)] == sent
    assert frames.finish(0) == []


GOOD = frame(b"good")


@pytest.mark.parametrize(
    ("spoiled", "kind"),
    [
        (b"\xc0\x11\x01\x7d\xc1", FaultKind.LOST),
        (GOOD[:6] + bytes([GOOD[6] ^ 1]) + GOOD[7:], FaultKind.CHECKSUM),
        (b"\xc0\x11\x01\xc1", FaultKind.LENGTH),
        (b"\xc0" + b"\x12\x01\0\1x" + fcs(b"\x12\x01\0\1x") + b"\xc1", FaultKind.CONTENT),
        (b"\xc0" + b"\x11\x01\0\2x" + fcs(b"\x11\x01\0\2x") + b"\xc1", FaultKind.LENGTH),
        (b"\xc0" + b"\x11\x01\0\0" + fcs(b"\x11\x01\0\0") + b"\xc1", FaultKind.LENGTH),
        (GOOD[:-3], FaultKind.LENGTH),
        (b"noise", FaultKind.NOISE),
        (b"\xc1", FaultKind.NOISE),
        (b"\xc0\x11\x01\x7d\x7d\xc1", FaultKind.LOST),
    ],
)
def test_what_is_no_frame_is_counted_and_the_next_is_found(spoiled, kind):
    out = Frames().feed(spoiled + GOOD, 5)
    assert out[-1] == b"good"
    (fault,) = out[:-1]
    assert (fault.kind, fault.t_ns, fault.size) == (kind, 5, len(spoiled))


def test_a_frame_that_does_not_end_is_given_up():
    frames = Frames()
    faults = frames.feed(b"\xc0" + bytes(3 * MOST_BYTES), 1)
    assert sum(fault.size for fault in faults) >= 2 * MOST_BYTES
    assert frames.feed(GOOD, 2)[-1] == b"good"


# Numbers


def test_the_published_answer():
    events = heard(NUMERICS)
    assert values(events) == [(SYS, 121), (DIA, 75), (MEAN, 92), (SPO2, 97), (HR, 72)]
    assert [e.stored for e in events if isinstance(e, Observation)] == [True, True, True, False, False]


@pytest.mark.parametrize(("word", "value"), [("FD007D00", 32.0), ("FF000140", 32.0), ("FF00016F", 36.7)])
def test_float_words(word, value):
    assert values(heard(reply(single(0x4B48, 6048, word)))) == [(TEMP, value)]


@pytest.mark.parametrize(
    ("word", "validity"),
    [
        ("007FFFFF", Validity.NOT_AVAILABLE),
        ("FF7FFFFF", Validity.NOT_AVAILABLE),
        ("00800000", Validity.INVALID),
        ("007FFFFE", Validity.OVERFLOW),
        ("FE7FFFFE", Validity.OVERFLOW),
        ("00800002", Validity.UNDERFLOW),
        ("00800001", Validity.INVALID),
    ],
)
@pytest.mark.parametrize("physio", [p for p in codes.NUMERICS if p not in codes.APERIODIC])
def test_special_words_are_absent(physio, word, validity):
    ((_, reading),) = numbers(heard(reply(single(physio, 544, word))))
    assert isinstance(reading, Absent)
    assert reading.validity is validity


@pytest.mark.parametrize(
    ("state", "reading"),
    [
        (0x0000, Measured(97.0)),
        (0x8000, Absent(Validity.INVALID, 97.0)),
        (0x2000, Absent(Validity.NOT_AVAILABLE, 97.0)),
        (0xA000, Absent(Validity.NOT_AVAILABLE, 97.0)),
        (0x1000, Absent(Validity.CALIBRATING, 97.0)),
        (0x4000, Measured(97.0, Validity.QUESTIONABLE)),
        (0x0800, Measured(97.0, Validity.QUESTIONABLE)),
        (0x0400, Measured(97.0, Validity.QUESTIONABLE)),
        (0x0480, Measured(97.0, Validity.QUESTIONABLE)),
        (0x0080, Measured(97.0, Validity.VALIDATED)),
        (0x0020, Measured(97.0, Validity.ONGOING)),
        (0x0040, Measured(97.0, Validity.ONGOING)),
        (0x4020, Measured(97.0, Validity.QUESTIONABLE)),
        (0x00A0, Measured(97.0, Validity.ONGOING)),
        (0x0002, Measured(97.0)),
        (0x0001, Measured(97.0)),
    ],
)
def test_state_bits(state, reading):
    assert numbers(heard(reply(single(0x4BB8, 544, "00000061", state)))) == [(SPO2, reading)]


@pytest.mark.parametrize(
    ("physio", "unit", "word", "ref", "reading"),
    [
        (0x4182, 2720, "00000048", HR, Measured(72.0)),
        (0x4822, 2752, "00000048", PULSE, Measured(72.0)),
        (0x480A, 2720, "00000048", PULSE, Measured(72.0)),
        (0x500A, 2784, "00000000", RESP, Measured(0.0)),
        (0x4B60, 6048, "FF00016F", CORE, Measured(36.7)),
        (0xE004, 6048, "FF00016F", CORE, Measured(36.7)),
        (0x4B74, 6048, "FF00014E", "MDC_TEMP_SKIN", Measured(33.4)),
        (0x4A11, 3872, "00000079", "MDC_PRESS_BLD_ART_SYS", Measured(121.0)),
        (0x4A12, 3872, "0000004B", "MDC_PRESS_BLD_ART_DIA", Measured(75.0)),
        (0x4A13, 3872, "0000005C", "MDC_PRESS_BLD_ART_MEAN", Measured(92.0)),
        (0x4A15, 3872, "00000079", "MDC_PRESS_BLD_ART_ABP_SYS", Measured(121.0)),
        (0x4A16, 3872, "00FFFFFB", "MDC_PRESS_BLD_ART_ABP_DIA", Measured(-5.0)),
        (0x4A17, 3843, "FF00007B", "MDC_PRESS_BLD_ART_ABP_MEAN", Measured(92.0)),
        (0x4BB0, 512, "FF00001E", "MDC_PULS_OXIM_PERF_REL", Measured(3.0)),
        (0x50B0, 3843, "FF000035", "MDC_AWAY_CO2_ET", Measured(40.0)),
        (0x50B0, 3872, "00000026", "MDC_AWAY_CO2_ET", Measured(38.0)),
        (0x4182, 544, "00000048", HR, Absent(Validity.INVALID, 72.0)),
        (0x4B48, 3872, "00000025", TEMP, Absent(Validity.INVALID, 37.0)),
        (0x4BB8, 544, "00000065", SPO2, Absent(Validity.INVALID, 101.0)),
        (0x4182, 2720, "7F7FFFFD", HR, Absent(Validity.INVALID, 8388605e127)),
    ],
)
def test_units_and_limits(physio, unit, word, ref, reading):
    assert numbers(heard(reply(single(physio, unit, word)))) == [(ref, reading)]


def test_numbers_nobody_asks_for_and_unknown_attributes_are_passed_over():
    strange = obj(9, att(0x0950, num(0x4A44, 3872, "00000079")), att(0x1234, b"x"), att(0x0927, b"\0\2A"))
    assert heard(reply(strange)) == []


def test_an_unknown_rate_waits_behind_that_of_the_oximeter():
    any_source, finger = single(0x480A, 2720, "00000050"), single(0x4822, 2752, "00000048")
    gone = single(0x4822, 2752, "007FFFFF")
    assert values(heard(reply(finger), reply(any_source))) == [(PULSE, 72)]
    assert values(heard(reply(any_source), reply(any_source))) == [(PULSE, 80)] * 2
    later = heard(reply(finger), *[reply(gone, any_source)] * 12)
    assert values(later) == [(PULSE, 72), (PULSE, 80), (PULSE, 80), (PULSE, 80)]


def test_demonstration_is_said_once_and_withdrawn():
    demo, real = (reply(single(0x4BB8, 544, "00000061", state)) for state in (0x0400, 0))
    alerts = [(e.kind, e.present) for e in heard(demo, demo, real, real) if isinstance(e, DeviceAlert)]
    assert alerts == [(AlertKind.SIMULATED, True), (AlertKind.SIMULATED, False)]


def test_a_wave_of_a_demonstration_counts_too():
    demo = reply(wave(0x4BB4, [1], state=0x0400), polled=9, extended=True)
    real = reply(single(0x4BB8, 544, "00000061"))
    over = reply(wave(0x4BB4, [1]), polled=9, extended=True)
    alerts = [(e.kind, e.present) for e in heard(demo, real, demo, over) if isinstance(e, DeviceAlert)]
    assert alerts == [(AlertKind.SIMULATED, True), (AlertKind.SIMULATED, False)]


# Times


def test_numbers_carry_the_monitors_clock():
    (told,) = heard(reply(single(0x4BB8, 544, "00000061"), clock="2024013112345678"))
    assert (told.device_time, told.stored) == ("2024-01-31T12:34:56", False)
    (told,) = heard(reply(single(0x4BB8, 544, "00000061"), clock="FF" * 8))
    assert told.device_time is None


def spot(word, stamp=None, relative=None):
    attributes = [att(0x0950, num(0x4B48, 6048, word))]
    if stamp is not None:
        attributes.append(att(0x0990, bytes.fromhex(stamp)))
    if relative is not None:
        attributes.append(att(0x0991, relative.to_bytes(4, "big")))
    return obj(6, *attributes)


def test_a_number_measured_a_while_ago_is_told_once_and_never_as_one_of_now():
    old = reply(spot("FF00016F", "2024013112300000"), clock="2024013112345600")
    (told,) = heard(old, old, old)
    assert (told.device_time, told.stored) == ("2024-01-31T12:30:00", True)
    later_s = (5, 12, 20, 30)
    new = [reply(spot("FF000170", "2024013112345700"), clock=f"202401311235{s:02d}00") for s in later_s]
    times = [11 * S, *((15 + s) * S for s in later_s)]
    told = [e for e in heard(old, *new, times=times) if isinstance(e, Observation)]
    values = [(e.reading.value, e.stored, e.t_ns // S) for e in told]
    assert values == [(36.7, True, 11), (36.8, False, 20)]


def test_a_number_with_the_monitors_running_time_has_a_clock_time():
    (told,) = heard(reply(spot("FF00016F", relative=800_000), ticks=816_000))
    assert told.device_time == "2024-01-31T12:34:54"


def test_that_an_old_number_is_gone_is_always_told():
    gone = reply(spot("007FFFFF", "2024013112300000"), clock="2024013112345600")
    assert len(heard(gone, gone)) == 2


# Cuff results


def cuff(*data, times=None):
    events = heard(*data, times=times)
    told = [
        (e.metric.ref, e.reading.value, e.stored)
        for e in events
        if isinstance(e, Observation) and isinstance(e.reading, Measured)
    ]
    return events, told


NOW = {"clock": "2024013112345600"}
OLD, NEW, NEWER = "2024013112300000", "2024013112345500", "2024013112345700"
FIRST = (121, 75, 92)


def test_a_result_is_told_once_however_often_it_is_repeated():
    _, told = cuff(*[reply(nibp(FIRST, NEW), **NOW)] * 5)
    assert told == [(SYS, 121, False), (DIA, 75, False), (MEAN, 92, False)]


def test_a_new_time_stamp_is_a_new_result_even_with_the_same_numbers():
    _, told = cuff(reply(nibp(FIRST, OLD), **NOW), reply(nibp(FIRST, NEWER), clock="2024013112345800"))
    assert [stored for ref, _, stored in told if ref == SYS] == [True, False]


def test_other_numbers_with_the_same_stamp_are_no_new_result():
    _, told = cuff(reply(nibp(FIRST, NEW), **NOW), reply(nibp((140, 90, 105), NEW), **NOW))
    assert [value for ref, value, _ in told if ref == SYS] == [121]


def test_the_age_may_follow_from_running_time():
    _, told = cuff(reply(nibp(FIRST, relative=80_000), ticks=96_000))
    assert told[0] == (SYS, 121, False)
    _, told = cuff(reply(nibp(FIRST, relative=80_000), ticks=80_000 + 60 * 8000))
    assert told[0] == (SYS, 121, True)
    _, told = cuff(reply(nibp(FIRST, relative=100), ticks=50))
    assert told[0] == (SYS, 121, False)


@pytest.mark.parametrize(("stamp", "stored"), [("2024013112300000", True), ("2024013112343000", False)])
def test_a_measurement_stopped_right_after_opening_does_not_make_the_last_result_new(stamp, stored):
    going_on = reply(nibp(FIRST, stamp, state=0x0020), clock="2024013112345600")
    _, told = cuff(going_on, reply(nibp(FIRST, stamp), clock="2024013112345800"))
    assert [one for ref, _, one in told if ref == SYS] == [stored], (
        "unless it may bear the time of its beginning"
    )


def test_without_a_clock_the_first_result_counts_as_old():
    _, told = cuff(reply(nibp(FIRST, NEW), clock="FF" * 8), reply(nibp(FIRST, NEWER), clock="FF" * 8))
    assert [stored for ref, _, stored in told if ref == SYS] == [True, True]


def test_without_stamps_a_measurement_seen_makes_a_result_new():
    quiet, going_on = reply(nibp(FIRST)), reply(nibp(FIRST, state=0x0020))
    events, told = cuff(quiet, quiet, going_on, going_on, quiet, quiet)
    assert [stored for ref, _, stored in told if ref == SYS] == [True, False]
    states = [e.state for e in events if isinstance(e, CuffChanged)]
    assert states == [CuffState.IDLE, CuffState.MEASURING, CuffState.IDLE]


def test_an_early_systolic_is_not_told_before_the_result():
    early = [reply(nibp((130, 75, 92), NEW, state=state), **NOW) for state in (0x0060, 0x0040)]
    events, told = cuff(*early)
    assert told == []
    assert [e.state for e in events if isinstance(e, CuffChanged)] == [CuffState.MEASURING]


def test_a_result_without_numbers_is_a_failure():
    events, told = cuff(reply(nibp(FIRST, OLD), **NOW), reply(nibp(None, NEW, state=0x2000), **NOW))
    assert [value for ref, value, _ in told] == [121, 75, 92]
    assert [(e.raw) for e in events if isinstance(e, CuffFailed)] == [0x2000]
    assert sum(isinstance(e, Observation) and isinstance(e.reading, Absent) for e in events) == 3


def test_a_cuff_that_never_measured_says_nothing():
    events, told = cuff(*[reply(nibp(None, state=0x2000))] * 3)
    assert told == []
    assert not [e for e in events if isinstance(e, Observation | CuffFailed)]


def test_pressures_that_cannot_be_are_absent():
    events, told = cuff(reply(nibp((90, 120, 100), NEW), **NOW))
    assert told == []
    assert [e.reading for e in events if isinstance(e, Observation)] == [
        Absent(Validity.INVALID, float(v)) for v in (90, 120, 100)
    ]


@pytest.mark.parametrize("high", ["0000005A", "00000078"])
def test_a_pair_without_a_mean_is_judged_too(high):
    words = [num(0x4A05, 3872, high), num(0x4A06, 3872, "0000004E")]
    for extra in ([], [num(0x4A07, 3872, "007FFFFF")]):
        value = obj(1, att(0x094B, lst(*words, *extra)), att(0x0990, bytes.fromhex(NEW)))
        told = [e.reading for e in heard(reply(value, **NOW)) if isinstance(e, Observation)]
        assert [isinstance(r, Measured) for r in told[:2]] == [True, True]
    low = [num(0x4A05, 3872, high), num(0x4A06, 3872, "00000078")]
    value = obj(1, att(0x094B, lst(*low)), att(0x0990, bytes.fromhex(NEW)))
    assert not [r for r in numbers(heard(reply(value, **NOW))) if isinstance(r[1], Measured)]


def test_pressures_in_kilopascal_become_whole_mmhg():
    words = [num(p, 3843, w) for p, w in ((0x4A05, "FF0000A0"), (0x4A06, "FF000064"), (0x4A07, "FF000078"))]
    _, told = cuff(reply(obj(1, att(0x094B, lst(*words)), att(0x0990, bytes.fromhex(NEW))), **NOW))
    assert [value for _, value, _ in told] == [120, 75, 90]


def test_the_cuffs_pulse_is_told_with_its_result():
    pulse = obj(2, att(0x0950, num(0xF0E5, 2752, "00000046")), att(0x0990, bytes.fromhex(NEW)))
    events, told = cuff(*[reply(nibp(FIRST, NEW), pulse, **NOW)] * 3)
    assert told[3:] == [("MDC_PULS_RATE_NON_INV", 70, False)]
    assert len({(e.t_ns, e.device_time, e.stored) for e in events if isinstance(e, Observation)}) == 1


def test_after_a_reconnection_the_same_result_is_not_told_again():
    driver = Intellivue({})
    told = []
    for opened in (10, 20):
        driver.opened(opened * S)
        told += driver.receive(reply(nibp(FIRST, NEW), **NOW), (opened + 2) * S)
        driver.closed((opened + 3) * S)
    assert len([e for e in told if isinstance(e, Observation)]) == 3


@given(st.binary(min_size=8, max_size=8))
def test_any_eight_bytes_are_a_time_or_none(data):
    text = absolute_time(data)
    assert text is None or text.replace("-", "").replace("T", "").replace(":", "") == data[:7].hex()


# Waves


def samples(event):
    return (event.samples.astype(float) * event.metric.resolution + event.metric.offset).tolist()


def wave(physio, words, *attributes, state=0, handle=7):
    data = np.array(words, ">u2").tobytes()
    head = physio.to_bytes(2, "big") + state.to_bytes(2, "big") + len(data).to_bytes(2, "big")
    return obj(handle, *attributes, att(0x096E, head + data))


SPEC14 = att(0x096D, bytes.fromhex("0080100E2000"))
SCALE = att(0x096F, bytes.fromhex("FEFFF000 FE000FFF 0000 3FFF"))
PERIOD = att(0x098D, bytes.fromhex("00000010"))


def blocks(*data):
    return [e for e in heard(*data) if isinstance(e, WaveformBlock)]


def test_the_published_wave():
    (block,) = blocks(PLETH)
    assert samples(block) == [1648, 1748, 1848, 1948, 2048, 2148, 2248, 2348]
    assert (block.metric.ref, block.metric.fs) == ("MDC_PULS_OXIM_PLETH", 125.0)


def test_scale_and_rate_are_told_once_and_kept():
    told, later = blocks(
        reply(wave(0x0102, [0, 0x3FFF], SPEC14, SCALE, PERIOD), polled=9, extended=True),
        reply(wave(0x0102, [0xFFFF, 0x1FFF]), polled=9, extended=True),
    )
    assert told.metric == later.metric
    assert told.metric.fs == 500.0
    assert samples(told) == pytest.approx([-40.96, 40.95])
    assert samples(later)[0] == pytest.approx(40.95), "bits that do not count are masked"


def test_the_usual_scale_holds_until_one_is_told():
    ecg, breath = blocks(reply(wave(0x0102, [0, 0x3FFF]), wave(0x5000, [0, 0x0FFF], handle=8), polled=9))
    assert samples(ecg) == pytest.approx([-40.96, 40.955])
    assert samples(breath) == pytest.approx([-0.6, 1.9])
    assert (ecg.metric.fs, breath.metric.fs) == (500.0, 62.5)


def test_all_sixteen_bits_fit_and_none_becomes_a_gap():
    (block,) = blocks(reply(wave(0x4BB4, [0, 1, 0x8000, 0xFFFF]), polled=9))
    assert NO_SAMPLE not in block.samples
    assert samples(block) == [1, 1, 0x8000, 0xFFFF]


@pytest.mark.parametrize("state", [0x8000, 0x2000, 0x1000])
def test_invalid_samples_are_gaps(state):
    (block,) = blocks(reply(wave(0x4BB4, [5, 6], state=state), polled=9))
    assert block.samples.tolist() == [NO_SAMPLE] * 2


def test_eight_bit_samples():
    spec = att(0x096D, bytes.fromhex("000308080000"))
    data = obj(7, spec, att(0x096E, bytes.fromhex("4BB400000003") + bytes([0, 128, 255])))
    (block,) = blocks(reply(data, polled=9))
    assert samples(block) == [0, 128, 255]


def test_only_so_many_waves_are_remembered():
    driver = Intellivue({})
    driver.opened(0)
    for handle in range(300):
        described = wave(0x0102, [0, 1], SPEC14, SCALE, PERIOD, handle=handle)
        (block,) = driver.receive(reply(described, polled=9), handle)
        assert block.metric.fs == 500.0
    assert len(driver._readings._waves._packing) <= 64


@pytest.mark.parametrize(
    ("physio", "ref", "low", "high"), [(0x4A10, "ART", -40, 520), (0x4A14, "ART_ABP", -40, 520)]
)
def test_pressure_waves_have_their_usual_scale(physio, ref, low, high):
    (block,) = blocks(reply(wave(physio, [0x00A0, 0x23A0]), polled=9))
    assert samples(block) == pytest.approx([low, high])
    assert (block.metric.ref, block.metric.fs) == (f"MDC_PRESS_BLD_{ref}", 125.0)


@pytest.mark.parametrize(
    ("physio", "lead"),
    [
        (0x0100, ""),
        (0x0101, "_I"),
        (0x0102, "_II"),
        *((0x0102 + n, f"_V{n}") for n in range(1, 7)),
        (0x013D, "_III"),
        (0x013E, "_AVR"),
        (0x013F, "_AVL"),
        (0x0140, "_AVF"),
        (0x0143, "_V"),
    ],
)
def test_every_ecg_lead_has_its_name(physio, lead):
    (block,) = blocks(reply(wave(physio, [0, 1]), polled=9))
    assert block.metric.ref == f"MDC_ECG_ELEC_POTL{lead}"


def test_leads_without_a_name_are_not_told():
    assert blocks(reply(wave(0x0141, [0, 1]), wave(0x0142, [0, 1], handle=8), polled=9)) == []


def pleth(words, sequence, **more):
    return reply(wave(0x4BB4, words), polled=9, extended=True, sequence=sequence, **more)


def test_a_missing_answer_leaves_a_gap_and_parts_of_one_do_not():
    found = blocks(
        pleth([1], 0xFFFE), pleth([2], 0xFFFF), pleth([3], 0), pleth([4], 0), pleth([5], 3), pleth([6], 4)
    )
    assert [b.samples.tolist()[:-1] for b in found] == [[], [], [], [], [NO_SAMPLE], []]


@pytest.mark.parametrize("spoiled", [b"noise", pleth([9], 2)[:-4] + b"\xc1"])
def test_what_could_not_be_read_leaves_a_gap_in_waves(spoiled):
    found = blocks(pleth([1], 1), spoiled, pleth([2], 2), pleth([3], 3))
    assert [len(b.samples) for b in found] == [1, 2, 1]
    assert found[1].samples[0] == NO_SAMPLE


def test_the_first_block_of_a_wave_has_no_gap_before_it():
    (block,) = blocks(b"noise", pleth([1], 7))
    assert len(block.samples) == 1


def test_compound_waves():
    one = bytes.fromhex("010100000004") + bytes(4)
    two = bytes.fromhex("010200000004") + bytes(4)
    found = blocks(reply(obj(7, att(0x0967, lst(one, two))), polled=9))
    assert [b.metric.label for b in found] == ["ECG I", "ECG II"]


@pytest.mark.parametrize(
    "attributes",
    [
        (att(0x096D, b"\0"), att(0x096E, bytes.fromhex("4BB40000000200010002"))),
        (att(0x096E, bytes.fromhex("4BB4000000FF0001")),),
        (att(0x096D, bytes.fromhex("000820200000")), att(0x096E, bytes.fromhex("4BB40000000400010002"))),
        (att(0x0950, b"\0\1"),),
        (att(0x094B, b"\0\2\0\1x"),),
        (att(0x0902, b"\0\2\0\0"),),
    ],
)
def test_an_object_that_contradicts_itself_is_a_fault_and_spoils_no_other(attributes):
    events = heard(reply(obj(3, *attributes), single(0x4BB8, 544, "00000061")))
    assert [e.kind for e in events if isinstance(e, Fault)] == [FaultKind.CONTENT]
    assert values(events) == [(SPO2, 97)]


# The rest


def alarm(state=0, code=0x12, info=b""):
    return (
        bytes.fromhex("4BB8")
        + code.to_bytes(2, "big")
        + b"\0\1"
        + state.to_bytes(2, "big")
        + bytes(6)
        + (b"\0\1" + len(info).to_bytes(2, "big") + info)
    )


def test_alarms_of_the_monitor_are_told_when_they_change():
    def alarms(*found, key=0x0902):
        return reply(obj(1, att(key, lst(*found))), polled=0x36)

    events = heard(
        alarms(),
        alarms(alarm(info=b"abcd"), alarm(0x0400, 0x99)),
        alarms(alarm(info=b"abcd")),
        alarms(alarm(0x0400), alarm(0x0200)),
        alarms(alarm(0x0008), key=0x0904),
    )
    assert [(e.kind, e.present, e.detail) for e in events] == [
        (AlertKind.DEVICE_ALARM, True, "source 4BB8 code 0012 type 0001"),
        (AlertKind.DEVICE_ALARM, False, ""),
        (AlertKind.DEVICE_MESSAGE, True, "source 4BB8 code 0012 type 0001"),
    ]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (0x8000, [(AlertKind.ALARM_SILENCED, "inhibited")]),
        (0x4000, [(AlertKind.ALARM_SILENCED, "suspended")]),
        (
            0x1000,
            [
                (AlertKind.DEVICE_ALARM, "source 4BB8 code 0012 type 0001"),
                (AlertKind.ALARM_SILENCED, "silenced"),
            ],
        ),
        (0x2000, [(AlertKind.DEVICE_ALARM, "source 4BB8 code 0012 type 0001")]),
        (0x0100, [(AlertKind.DEVICE_ALARM, "source 4BB8 code 0012 type 0001 (demonstration)")]),
        (0x0200, []),
        (0x0400, []),
    ],
)
def test_states_of_an_alarm(state, told):
    driver = Intellivue({})
    driver.opened(0)
    events = driver.receive(reply(obj(1, att(0x0902, lst(alarm(state)))), polled=0x36), 1)
    assert [(e.kind, e.detail) for e in events] == told
    assert all(e.present for e in events)
    gone = driver.closed(2)
    assert [(e.kind, e.present) for e in gone] == [(kind, False) for kind, _ in told]


@pytest.mark.parametrize("with_object", [False, True])
def test_the_real_model_attribute(with_object):
    events = heard(create(with_object=with_object), create(2, with_object=with_object))
    assert events == [DeviceIdentified(11 * S, "Philips", "866062")]


def entry(kind, component, words):
    return struct.pack(">HHH", kind, component, len(words)) + words


PRODUCTION = att(
    0x092D,
    lst(
        entry(1, 0x0050, b"board"),
        entry(1, 0x0008, b"DE12345678\0\0"),
        entry(2, 0x0008, b"part"),
        entry(4, 0x0058, b"G.01.80\0"),
    ),
)


def test_serial_number_and_software():
    answer = reply(obj(0, MODEL, PRODUCTION), polled=0x21, invoke=1)
    events = heard(create(), answer, answer)
    assert events == [
        DeviceIdentified(11 * S, "Philips", "866062"),
        DeviceIdentified(12 * S, "Philips", "866062", "DE12345678", "G.01.80"),
    ]


def test_they_may_come_with_the_first_word_of_the_monitor():
    (told,) = heard(create(attributes=MODEL, more=PRODUCTION))
    assert (told.serial, told.firmware) == ("DE12345678", "G.01.80")


@given(st.binary(max_size=40))
def test_a_production_list_that_contradicts_itself_says_nothing_wrong(value):
    events = heard(reply(obj(0, att(0x092D, value)), polled=0x21, invoke=1))
    assert not [e for e in events if isinstance(e, Observation)]


def test_parts_of_an_answer_are_read_as_they_come():
    first = reply(single(0x4BB8, 544, "00000061"), part=1)
    last = reply(single(0x4182, 2720, "00000048"))
    assert values(heard(first, last)) == [(SPO2, 97), (HR, 72)]


def continuous(events):
    """What is measured all the time; a cuff's result is told once however often it is sent."""
    return [(ref, value) for ref, value in values(events) if ref not in (SYS, DIA, MEAN)]


@given(st.data())
def test_spoiled_lengths_raise_nothing(data):
    body = bytearray(published(NUMERICS.hex())[5:-3])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(4, 60))] = data.draw(st.integers(0, 255))
    cut = body[: data.draw(st.integers(1, len(body)))]
    good = published(NUMERICS.hex())
    expected = continuous(run(DRIVER, [good]))
    assert expected
    events = run(DRIVER, [framed(bytes(body)), framed(bytes(cut)), good])
    assert continuous(events)[-len(expected) :] == expected, "the next good answer is read as ever"


@given(st.binary(min_size=1, max_size=80))
def test_any_user_data_is_survived(body):
    events = run(DRIVER, [framed(body), framed(b"\xe1\0\0\2" + body)])
    assert not [e for e in events if isinstance(e, Observation)]
