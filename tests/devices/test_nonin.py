"""Nonin: frames of a public unit test, frames constructed from the format tables, and streams of both."""

import random

import pytest
from driver_events import alerts, faults
from hypothesis import given, settings
from hypothesis import strategies as st
from nonin_frames import df1, df2, df7, packet, slow_bytes

from devices.drivers.nonin import DRIVER
from devices.drivers.nonin.values import PLETH_8, PLETH_16
from devices.testing import run
from kapmonitor.model import (
    NO_SAMPLE,
    Absent,
    AlertKind,
    DeviceIdentified,
    Fault,
    FaultKind,
    Measured,
    Observation,
    Validity,
    WaveformBlock,
)

SPO2, RATE = "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE"


def events_of(data, step=None):
    if isinstance(data, str):
        data = bytes.fromhex(data)
    pieces = [data] if step is None else [data[i : i + step] for i in range(0, len(data), step)]
    return run(DRIVER, pieces)


def numbers(events, ref):
    return [
        e.reading.value if isinstance(e.reading, Measured) else e.reading
        for e in events
        if isinstance(e, Observation) and e.metric.ref == ref
    ]


def pleth(events):
    return [int(s) for e in events if isinstance(e, WaveformBlock) for s in e.samples]


NONE_SPO2, NONE_RATE = Absent(Validity.NOT_AVAILABLE, 127.0), Absent(Validity.NOT_AVAILABLE, 511.0)


@pytest.mark.parametrize(
    ("source", "frames", "spo2", "rate", "samples"),
    [
        (
            "public unit test: packet start, then low byte 72",
            "01 81 01 00 83 01 80 01 48 CA",
            [],
            [72],
            [1, 1],
        ),
        ("its worked checksum alone", "01 80 01 48 CA", [], [], [1]),
        ("DF1 72/97", "80 48 61", [97], [72], []),
        ("DF1 145/95", "81 11 5F", [95], [145], []),
        ("DF1 disconnected", "C3 7F 7F", [NONE_SPO2], [NONE_RATE], []),
        (
            "DF1, the three as one stream",
            "80 48 61 81 11 5F C3 7F 7F",
            [97, 95, NONE_SPO2],
            [72, 145, NONE_RATE],
            [],
        ),
        ("DF2 145/95, green", "01 83 64 01 E9 01 82 68 11 FC 01 82 6E 5F 50", [95], [145], [100, 104, 110]),
        ("DF7 72/97", "83 81 23 00 27 82 81 90 48 DB 82 82 10 61 75", [97], [72], [291, 400, 528]),
        ("text line", "53 50 4F 32 3D 30 39 37 20 48 52 3D 30 37 32 0D 0A", [97], [72], []),
    ],
)
def test_published_and_constructed_frames(source, frames, spo2, rate, samples):
    for step in (None, 1, 4):
        events = events_of(frames, step)
        assert numbers(events, SPO2) == spo2
        assert numbers(events, RATE) == rate
        assert pleth(events) == samples
        assert faults(events) == []


def test_the_public_frame_with_a_wrong_checksum_gives_no_rate():
    events = events_of("01 81 01 00 83 01 80 01 48 CB")
    assert numbers(events, RATE) == []
    assert faults(events) == [(FaultKind.CHECKSUM, 5)]


WAVE = [(i * 7) % 200 + 20 for i in range(25)]


def stream(frame, packets, slow=None, status=0):
    return [f for _ in range(packets) for f in packet(frame, WAVE, slow or slow_bytes(), status)]


@pytest.mark.parametrize(("frame", "metric", "shift"), [(df2, PLETH_8, 0), (df7, PLETH_16, 32768)])
def test_whole_packets_give_one_set_of_numbers_each_and_every_sample(frame, metric, shift):
    events = events_of(b"".join(stream(frame, 6)))
    assert numbers(events, SPO2) == [97] * 6
    assert numbers(events, RATE) == [72] * 6
    assert pleth(events) == [w - shift for w in WAVE] * 6
    assert {e.metric for e in events if isinstance(e, WaveformBlock)} == {metric}
    assert metric.fs == 75
    assert faults(events) == []


@pytest.mark.parametrize("rate", [20, 72, 127, 128, 145, 255, 256, 300])
def test_the_rate_is_two_bits_and_seven(rate):
    assert numbers(events_of(b"".join(stream(df7, 3, slow_bytes(rate=rate)))), RATE) == [rate] * 3
    assert set(numbers(events_of(df1(rate, 97) * 8), RATE)) == {float(rate)}


def test_values_for_display_take_precedence_once_they_come():
    plain, display = slow_bytes(80, 90), slow_bytes(80, 90, rate_display=66, spo2_display=98)
    lost = slow_bytes(80, 90, rate_display=511, spo2_display=127)
    events = events_of(b"".join(stream(df2, 2, plain) + stream(df2, 2, display) + stream(df2, 1, lost)))
    assert numbers(events, RATE) == [80, 80, 66, 66, NONE_RATE]
    assert numbers(events, SPO2) == [90, 90, 98, 98, NONE_SPO2]


def test_no_data_is_absent_and_never_a_number():
    events = events_of(b"".join(stream(df2, 3, slow_bytes(511, 127, 511, 127), 0x48)))
    assert numbers(events, RATE) == [NONE_RATE] * 3
    assert numbers(events, SPO2) == [NONE_SPO2] * 3
    assert set(pleth(events)) == {NO_SAMPLE}, "the device repeats its last sample while the sensor is off"


def test_a_number_without_a_sensor_is_not_believed():
    events = events_of(b"".join(stream(df2, 2, slow_bytes(72, 97), 0x40)))
    assert numbers(events, RATE) == [Absent(Validity.INVALID, 72.0)] * 2


@pytest.mark.parametrize(("rate", "spo2"), [(0, 0), (19, 39), (301, 101), (321, 126)])
def test_implausible_numbers_keep_their_raw_word(rate, spo2):
    events = events_of(b"".join(stream(df7, 2, slow_bytes(rate, spo2))))
    assert numbers(events, RATE) == [Absent(Validity.INVALID, float(rate))] * 2
    assert numbers(events, SPO2) == [Absent(Validity.INVALID, float(spo2))] * 2


def test_df7_uses_all_sixteen_bits_and_never_forms_the_gap_word():
    values = [0, 1, 32767, 32768, 65535] * 5
    slow = slow_bytes()
    frames = [df7(1 if i == 0 else 0, v, slow[i]) for i, v in enumerate(values)]
    physical = [s + PLETH_16.offset for s in pleth(events_of(b"".join(frames * 2)))]
    assert physical == [1, 1, 32767, 32768, 65535] * 10


def alerts_while_open(data):
    """Without those that are withdrawn because the line ends."""
    nonin = DRIVER.protocol({})
    nonin.opened(0)
    return alerts(nonin.receive(data, 1))


@pytest.mark.parametrize(
    ("frame", "status", "kind"),
    [
        (df2, 0x40, AlertKind.SENSOR_OFF),
        (df2, 0x20, AlertKind.ARTEFACT),
        (df2, 0x10, AlertKind.NO_PULSE),
        (df2, 0x08, AlertKind.SENSOR_OFF),
        (df7, 0x08, AlertKind.SENSOR_OFF),
        (df7, 0x10, AlertKind.NO_PULSE),
        (df2, 0x04, AlertKind.LOW_PERFUSION),
        (df2, 0x06, AlertKind.MARGINAL_PERFUSION),
    ],
)
def test_alerts_come_and_go(frame, status, kind):
    good = stream(frame, 12, status=0x02)
    events = events_of(b"".join(stream(frame, 2, status=0x02) + stream(frame, 3, status=status) + good))
    assert alerts(events) == [(kind, True), (kind, False)]


def test_green_perfusion_is_no_alert():
    assert alerts(events_of(b"".join(stream(df2, 4, status=0x02)))) == []


def test_an_artefact_seen_with_each_pulse_is_one_alert():
    slow = b"".join(stream(df2, 1, status=0x20) + stream(df2, 3)) * 5
    assert alerts_while_open(slow) == [(AlertKind.ARTEFACT, True)]


def test_low_battery_is_df7s_alone():
    slow = slow_bytes(battery=0x01)
    assert alerts_while_open(b"".join(stream(df7, 3, slow))) == [(AlertKind.LOW_BATTERY, True)]
    assert alerts(events_of(b"".join(stream(df7, 3, slow_bytes(battery=0x20))))) == []
    assert alerts(events_of(b"".join(stream(df2, 3, slow)))) == []


@pytest.mark.parametrize("data", [b"".join(stream(df2, 3, status=0x40)), df1(72, 97, 0x40) * 6])
def test_a_line_that_ends_takes_its_alerts_back(data):
    assert alerts(events_of(data)) == [(AlertKind.SENSOR_OFF, True), (AlertKind.SENSOR_OFF, False)]
    assert alerts_while_open(data) == [(AlertKind.SENSOR_OFF, True)]


def readings(data):
    return {e.reading for e in events_of(data) if isinstance(e, Observation)}


def test_a_smart_point_is_df7s_word_for_a_good_reading():
    slow = slow_bytes(battery=0x20)
    good = {Measured(72.0, Validity.VALIDATED), Measured(97.0, Validity.VALIDATED)}
    assert readings(b"".join(stream(df7, 3, slow))) == good
    assert readings(b"".join(stream(df2, 3, slow))) == {Measured(72.0), Measured(97.0)}
    lost = {Measured(72.0, Validity.QUESTIONABLE), Measured(97.0, Validity.QUESTIONABLE)}
    assert readings(b"".join(stream(df7, 3, slow, status=0x10))) == lost


@pytest.mark.parametrize(
    "data",
    [b"".join(stream(df2, 2, status=0x10)), b"".join(stream(df7, 2, status=0x10)), df1(72, 97, 0x20) * 5],
)
def test_numbers_that_still_stand_when_the_pulse_is_lost_are_doubtful(data):
    assert readings(data) == {Measured(72.0, Validity.QUESTIONABLE), Measured(97.0, Validity.QUESTIONABLE)}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (0x40, AlertKind.SENSOR_OFF),
        (0x20, AlertKind.NO_PULSE),
        (0x10, AlertKind.LOW_PERFUSION),
        (0x08, AlertKind.MARGINAL_PERFUSION),
        (0x04, AlertKind.ARTEFACT),
    ],
)
def test_df1_has_its_own_status_bits(status, kind):
    events = events_of(df1(72, 97) * 6 + df1(72, 97, status) * 2 + df1(72, 97))
    assert alerts(events) == [(kind, True), (kind, False)]


def test_firmware_is_told_when_it_changes():
    frames = stream(df2, 3, slow_bytes(firmware=20)) + stream(df2, 2, slow_bytes(firmware=21))
    identities = [e.firmware for e in events_of(b"".join(frames)) if isinstance(e, DeviceIdentified)]
    assert identities == ["20", "21"]


# Lost and damaged bytes


@pytest.mark.parametrize("frame", [df2, df7])
@pytest.mark.parametrize("place", [30, 49, 50, 51, 62, 74])
def test_a_damaged_frame_is_a_fault_and_a_gap_of_one_sample(frame, place):
    frames = stream(frame, 5)
    expected = pleth(events_of(b"".join(frames)))
    frames[place] = frames[place][:-1] + bytes([frames[place][-1] ^ 0x55])
    events = events_of(b"".join(frames))
    expected[place] = NO_SAMPLE
    assert pleth(events) == expected
    assert faults(events) == [(FaultKind.CHECKSUM, 5)]
    assert 3 <= len(numbers(events, RATE)) <= 4
    assert set(numbers(events, RATE)) == {72.0}


@pytest.mark.parametrize("frame", [df2, df7])
@pytest.mark.parametrize(("place", "missing"), [(30, 1), (30, 7), (45, 5), (55, 19), (26, 24)])
def test_missing_frames_become_a_gap_of_their_number(frame, place, missing):
    frames = stream(frame, 6)
    del frames[place : place + missing]
    events = events_of(b"".join(frames))
    samples = pleth(events)
    assert len(samples) == 150
    assert samples.count(NO_SAMPLE) == missing
    assert (FaultKind.LOST, missing * 5) in faults(events)
    assert set(numbers(events, RATE)) == {72.0}


@pytest.mark.parametrize("frame", [df2, df7])
@pytest.mark.parametrize("missing", [1, 3, 24])
def test_frames_missing_from_the_start_of_a_packet_leave_their_gap_there(frame, missing):
    frames = stream(frame, 5)
    expected = pleth(events_of(b"".join(frames)))
    expected[50 : 50 + missing] = [NO_SAMPLE] * missing
    del frames[50 : 50 + missing]
    assert pleth(events_of(b"".join(frames))) == expected


@pytest.mark.parametrize("frame", [df2, df7])
@pytest.mark.parametrize("lost", [1, 2, 3, 4, 6, 13, 27])
def test_missing_bytes_are_made_up_for_at_the_next_sync(frame, lost):
    data = b"".join(stream(frame, 6))
    cut = 33 * 5 + 2
    events = events_of(data[:cut] + data[cut + lost :])
    samples, clean = pleth(events), pleth(events_of(data))
    assert len(samples) == 150, "what is missing is filled, so the time of later samples is right"
    assert samples[-70:] == clean[-70:]
    assert 0 < samples.count(NO_SAMPLE) <= lost // 5 + 2
    assert set(numbers(events, RATE)) == {72.0}


@pytest.mark.parametrize("frame", [df2, df7])
def test_frames_lost_between_slow_bytes_never_mix_two_meanings(frame):
    slow = slow_bytes(72, 97, 66, 98, firmware=127)
    for first in range(25):
        for missing in range(1, 25):
            frames = stream(frame, 4, slow)
            del frames[25 + first : 25 + first + missing]
            events = events_of(b"".join(frames))
            assert set(numbers(events, RATE)) <= {66.0}
            assert set(numbers(events, SPO2)) <= {98.0}


def test_noise_between_packets_costs_those_packets_only():
    data = b"".join(stream(df7, 4))
    noise = random.Random(5).randbytes(37)
    events = events_of(data + noise + data)
    assert len(numbers(events, RATE)) >= 6
    assert set(numbers(events, RATE)) == {72.0}
    assert len(faults(events)) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_device_that_changes_its_format_is_recognised_again(seed):
    rng = random.Random(seed)
    parts = [
        ("df2", b"".join(stream(df2, 4, slow_bytes(61, 91)))),
        ("df7", b"".join(stream(df7, 4, slow_bytes(62, 92)))),
        ("df1", df1(63, 93) * 8),
        ("text", b"SPO2=094 HR=064\r\n" * 3),
    ]
    rng.shuffle(parts)
    values = {"df2": 61.0, "df7": 62.0, "df1": 63.0, "text": 64.0}
    events = events_of(b"".join(data for _, data in parts))
    found = numbers(events, RATE)
    assert [v for i, v in enumerate(found) if i == 0 or found[i - 1] != v] == [values[n] for n, _ in parts]


def test_a_stream_that_begins_in_the_middle_of_a_packet():
    for frame in (df2, df7):
        data = b"".join(stream(frame, 4))
        for start in range(1, 130, 11):
            events = events_of(data[start:])
            assert set(numbers(events, RATE)) == {72.0}
            assert sum(size for _, size in faults(events)) < 5


# DF1, which has no checksum


@pytest.mark.parametrize(("noise", "agreeing"), [(b"", 3), (b"\x61", 3), (b"\x48\x61", 3), (b"\x48" * 3, 5)])
def test_df1_says_nothing_before_several_frames_agree(noise, agreeing):
    nonin = DRIVER.protocol({})
    nonin.opened(0)
    pieces = [noise + df1(72, 97), *[df1(72, 97)] * 7]
    heard = [len(nonin.receive(piece, second)) for second, piece in enumerate(pieces)]
    held = bool(noise) + 2 * agreeing
    assert heard == [0] * (agreeing - 1) + [held] + [2] * (8 - agreeing), (
        "the noise, and all that was held back"
    )


def test_df1_values_held_back_keep_their_times():
    events = run(DRIVER, [df1(72, 97)] * 6, range(10, 70, 10))
    assert [e.t_ns for e in events if isinstance(e, Observation)] == [
        t for t in range(10, 70, 10) for _ in "ab"
    ]


def test_a_single_leap_in_df1_is_taken_for_damage():
    events = events_of(df1(72, 97) * 6 + df1(72, 41) + df1(73, 97) * 3)
    assert set(numbers(events, SPO2)) == {97.0}
    assert faults(events) == [(FaultKind.CONTENT, 3)]


def test_a_lasting_leap_in_df1_is_told_one_frame_later():
    events = events_of(df1(72, 97) * 6 + df1(140, 97) * 3)
    assert numbers(events, RATE) == [72.0] * 6 + [140.0] * 3
    assert faults(events) == []


def test_df1_that_breaks_is_searched_again():
    events = events_of(df1(72, 97) * 6 + b"\x11" + df1(75, 96) * 6)
    assert numbers(events, RATE) == [72.0] * 6 + [75.0] * 6
    assert faults(events) == [(FaultKind.NOISE, 1)]


# Text


def test_text_lines():
    lines = b"NONIN 2500 SN 12345 03/14/26\r\nSPO2=--- HR=---\r\nSPO2=097 HR=072 F\r\nSPO2=098 HR=101 *\r\n"
    events = events_of(lines)
    assert numbers(events, SPO2) == [Absent(Validity.NOT_AVAILABLE), 97, 98]
    assert numbers(events, RATE) == [Absent(Validity.NOT_AVAILABLE), 72, 101]


@pytest.mark.parametrize("end", [b"*", b" *", b" F*", b" F *", b" F", b"  "])
def test_marks_at_the_end_of_a_text_line(end):
    events = events_of((b"SPO2=097 HR=072" + end + b"\r\n") * 2)
    assert numbers(events, SPO2) == [97, 97]
    assert numbers(events, RATE) == [72, 72]
    assert faults(events) == []


def test_a_garbled_line_is_a_fault_and_a_header_is_not():
    events = events_of(b"SPO2=097 HR=072\r\nSPO2=0x7 HR=072\r\nHELLO\r\nSPO2=096 HR=070\r\n")
    assert numbers(events, SPO2) == [97, 96]
    assert faults(events) == [(FaultKind.CONTENT, 17)]


# Bytes that look like the beginning of a frame


@pytest.mark.parametrize("frame", [df2, df7])
@pytest.mark.parametrize("value", [0x01, 0x81, 0x02, 0x06, 0x15])
@pytest.mark.parametrize("start", [0, 1, 3, 7])
def test_a_sample_or_a_slow_byte_that_looks_like_a_start_splits_no_frame(frame, value, start):
    sample = value if frame is df2 else value << 8 | value
    slow = slow_bytes(rate=129, spo2=97, firmware=value)
    data = b"".join(packet(frame, [sample] * 25, slow)) * 4
    events = events_of(data[start:])
    assert set(numbers(events, RATE)) == {129.0}
    assert sum(size for _, size in faults(events)) < 5
    offset = 0 if frame is df2 else 32768
    assert pleth(events) == [sample - offset] * (100 - (1 if start else 0) - start // 5)


# Nothing from noise


@pytest.mark.parametrize("seed", range(8))
def test_a_megabyte_of_noise_is_no_value(seed):
    events = events_of(random.Random(seed).randbytes(1_000_000))
    assert all(isinstance(e, Fault) for e in events)
    assert sum(e.size for e in events) == 1_000_000


@pytest.mark.parametrize("frame", [df2, df7])
def test_noise_after_a_device_was_unplugged_is_no_value(frame):
    data = b"".join(stream(frame, 3))
    clean = set(pleth(events_of(data))) | {NO_SAMPLE}
    for seed in range(40):
        events = events_of(data + random.Random(seed).randbytes(5_000))
        assert set(pleth(events)) <= clean
        assert set(numbers(events, RATE)) == {72.0}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([df2, df7]),
    st.lists(st.tuples(st.integers(20, 300), st.integers(40, 100)), min_size=1, max_size=6),
    st.integers(0, 255),
)
def test_what_is_encoded_is_decoded(frame, vitals, base):
    pleths = [[(base + 3 * i + p) % 256 for i in range(25)] for p in range(len(vitals))]
    data = b"".join(
        f
        for wave, (rate, spo2) in zip(pleths, vitals, strict=True)
        for f in packet(frame, wave, slow_bytes(rate, spo2))
    )
    events = events_of(data)
    assert numbers(events, RATE) == [rate for rate, _ in vitals]
    assert numbers(events, SPO2) == [spo2 for _, spo2 in vitals]
    offset = 32768 if frame is df7 else 0
    expected = [value for wave in pleths for value in wave]
    assert [s + offset for s in pleth(events)] == ([max(1, v) for v in expected] if offset else expected)
