"""The simulated IntelliVue monitor, against frames written by hand, and with the real driver."""

import itertools
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intellivue_frames import (
    CONFIRM,
    EXTENDED_NUMERICS,
    EXTENDED_WAVES,
    RELEASE,
    SINGLE_POLL,
    crc,
    framed,
    published,
)
from wire_parts import KeepingSink

from devices.drivers.intellivue import DRIVER, codes, messages
from devices.drivers.intellivue.protocol import Intellivue
from devices.sim import intellivue_frames as frames
from devices.sim.fastforward import FastForward, Joined
from devices.sim.faults import with_fault
from devices.sim.intellivue import IntelliVue
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside, Incident, IncidentKind
from devices.testing import run
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    DeviceIdentified,
    Direction,
    Fault,
    LinkState,
    Measured,
    Observation,
    WaveformBlock,
)

S = 1_000_000_000
TRAITS = Traits(
    systolic=120, diastolic=76, pulse=66, spo2=97, breaths=14, rises=(0, 0, 0), anxiety=0, dips=False
)
REQUEST = framed(messages.ASSOCIATE)
CONFIRM_SENT, ONCE = published(CONFIRM), published(SINGLE_POLL)
NUMBERS, WAVES = published(EXTENDED_NUMERICS), published(EXTENDED_WAVES)


def monitor(*incidents, every_s=300.0, **room):
    return IntelliVue(Bedside(Patient(4, TRAITS), incidents, **room), every_s)


def whole(data):
    """User data of whole frames, unescaped and checked here."""
    out = []
    for part in data.split(b"\xc1")[:-1]:
        assert part[0] == 0xC0
        body = (
            part[1:].replace(b"\x7d\xe0", b"\xc0").replace(b"\x7d\xe1", b"\xc1").replace(b"\x7d\x5d", b"\x7d")
        )
        assert crc(body[:-2]) == int.from_bytes(body[-2:], "little")
        assert int.from_bytes(body[2:4], "big") == len(body) - 6
        out.append(body[4:-2])
    return out


def ask(sim, data, t_s):
    sim.receive(data, int(t_s * S))
    return whole(sim.advance(int(t_s * S)))


def associated(sim=None, t_s=1000.0):
    sim = sim or monitor()
    sim.advance(int(t_s * S))
    accept, created = ask(sim, REQUEST, t_s)
    assert accept[0] == 0x0E
    assert created[24:26] == b"\x0d\x06"
    assert ask(sim, CONFIRM_SENT, t_s) == []
    return sim


def test_association_polls_and_release():
    sim = monitor()
    assert ask(sim, ONCE, 1) == [], "nobody is associated yet"
    associated(sim)
    (answer,) = ask(sim, ONCE, 1001)
    assert answer[:4] == b"\xe1\0\0\2"
    assert answer[4:6] == b"\0\2"
    (released,) = ask(sim, published(RELEASE), 1002)
    assert released[0] == 0x0A
    assert ask(sim, ONCE, 1003) == []


def test_a_second_host_is_refused():
    assert ask(associated(), REQUEST, 1001) == [b"\x0c\0"]


def test_a_host_that_does_not_confirm_is_cut_off():
    sim = monitor()
    ask(sim, REQUEST, 1)
    assert whole(sim.advance(int(5.9 * S))) == []
    assert whole(sim.advance(int(6.1 * S))) == [b"\x19\0"]


def test_a_silent_host_is_cut_off_unless_an_extended_poll_runs():
    sim = associated()
    assert whole(sim.advance(1011 * S)) == [b"\x19\0"]
    sim = associated()
    ask(sim, NUMBERS, 1001)
    answers = whole(sim.advance(1590 * S))
    assert len(answers) == 589
    rest = whole(sim.advance(1700 * S))
    assert len(rest) == 12
    assert rest[-1] == b"\x19\0"


def test_answers_of_an_extended_poll_are_numbered_and_come_each_second():
    sim = associated()
    ask(sim, NUMBERS, 1001)
    sizes = [len(whole(sim.advance(int(t * S / 4) + 1001 * S))) for t in range(1, 17)]
    assert sizes == [0, 0, 0, 1] * 4
    answers = whole(sim.advance(1010 * S))
    numbers = [int.from_bytes(a[26:28], "big") for a in answers]
    assert numbers == list(range(numbers[0], numbers[0] + len(answers)))


@given(cuts=st.lists(st.integers(0, 8 * S), min_size=1, max_size=12))
@settings(deadline=None, max_examples=25)
def test_the_bytes_do_not_depend_on_how_often_it_is_asked(cuts):
    one, two = associated(), associated()
    for sim in (one, two):
        ask(sim, NUMBERS + WAVES, 1000)
    parts = b"".join(two.advance(1000 * S + t) for t in sorted(cuts))
    assert one.advance(1000 * S + max(cuts)) == parts


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_any_bytes_are_survived(chunks):
    sim = associated()
    for number, chunk in enumerate(chunks):
        sim.receive(chunk, 1000 * S + number)
        sim.receive(framed(b"\xe1\0\0\2" + chunk), 1000 * S + number)
        whole(sim.advance(1000 * S + number))
    assert associated(sim, 1100.0) is sim, "it still takes a host"


def test_an_answer_too_long_for_one_frame_comes_in_parts():
    poll = frames.Asked(3, frames.EXTENDED, 2, 6, 0)
    item = frames.number(0x4BB8, 544, 97)
    objects = [struct.pack(">H", n) + frames.listed([frames.attribute(0x0950, item)]) for n in range(200)]
    parts = frames.answer(poll, 0, 0, bytes(8), objects)
    assert [part[4:6] for part in parts] == [b"\0\5"] * (len(parts) - 1) + [b"\0\2"]
    assert [part[8] for part in parts[:-1]] == [1] + [2] * (len(parts) - 2)
    assert all(len(part) <= 1456 for part in parts)
    events = run(DRIVER, [frames.wrapped(part) for part in parts])
    assert len([e for e in events if isinstance(e, Observation)]) == 200


# Encoder of the simulator, decoder of the driver

UNITS = {"/min": 2720, "%": 544, "mm[Hg]": 3872, "Cel": 6048}
PERIODIC = [physio for physio in codes.NUMERICS if physio not in codes.APERIODIC]


SPECIAL = {0x7FFFFF: "NA", 0x800000: "Inv", 0x7FFFFE: "Oflw", 0x800002: "Uflw", 0x800001: "Inv"}
STATES = st.sampled_from(
    [0, 0x8000, 0x4000, 0x2000, 0x1000, 0x0800, 0x0400, 0x0080, 0x0040, 0x0020, 0x0002, 1]
)


def answered(*attributes, polled=6):
    """The events of an answer with one object."""
    poll = frames.Asked(0, frames.SINGLE, 1, polled, 0)
    thing = b"\0\1" + frames.listed([frames.attribute(key, value) for key, value in attributes])
    (data,) = frames.answer(poll, 0, 0, bytes(8), [thing])
    return run(DRIVER, [frames.wrapped(data)])


def of(events, kind):
    return [e for e in events if isinstance(e, kind)]


@given(
    st.sampled_from(PERIODIC),
    st.one_of(st.integers(-(2**23) + 3, 2**23 - 3), st.integers(0, 400), st.sampled_from(sorted(SPECIAL))),
    st.integers(-8, 4),
    STATES,
)
def test_every_number_comes_back_or_is_absent(physio, mantissa, exponent, state):
    metric = codes.NUMERICS[physio]
    item = frames.number(physio, UNITS[metric.unit], mantissa, exponent, state)
    (told,) = of(answered((0x0950, item)), Observation)
    assert told.metric is metric
    if mantissa in SPECIAL:
        assert told.reading.validity.value == SPECIAL[mantissa]
        assert isinstance(told.reading, Absent)
        return
    value = float(f"{mantissa}e{exponent}")
    if state & 0xB000:
        assert told.reading.validity.value == {0x8000: "Inv", 0x2000: "NA", 0x1000: "Calib"}[state]
        assert isinstance(told.reading, Absent)
    elif isinstance(told.reading, Measured):
        assert told.reading.value == value
        doubt = {0x4000: "Qst", 0x0800: "Qst", 0x0400: "Qst", 0x0080: "Vldated", 0x0040: "Ong", 0x0020: "Ong"}
        assert told.reading.validity.value == doubt.get(state, "Vld")
    else:
        assert told.reading.raw == value


@given(
    st.integers(40, 280),
    st.integers(20, 220),
    st.one_of(st.integers(25, 240), st.sampled_from(sorted(SPECIAL))),
    st.one_of(st.integers(20, 300), st.sampled_from(sorted(SPECIAL))),
    STATES,
)
def test_every_cuff_result_comes_back_or_is_no_result(systolic, diastolic, mean, pulse, state):
    pressures = zip((0x4A05, 0x4A06, 0x4A07), (systolic, diastolic, mean), strict=True)
    items = [frames.number(physio, 3872, mantissa, 0, state) for physio, mantissa in pressures]
    events = answered((0x094B, frames.listed(items))) + answered((0x0950, frames.number(0xF0E5, 2752, pulse)))
    told = {e.metric.label: e.reading for e in of(events, Observation)}
    if state in (0x0020, 0x0040):
        assert set(told) <= {"Pulse (cuff)"}
        return
    good = {n for n, r in told.items() if isinstance(r, Measured)}
    whole = not state & 0xB000 and systolic - diastolic >= 10
    assert ({"NIBP sys", "NIBP dia"} <= good) == whole
    assert ("NIBP mean" in good) == (whole and mean not in SPECIAL and diastolic < mean < systolic)
    assert ("Pulse (cuff)" in good) == (pulse not in SPECIAL)
    if "NIBP sys" in good:
        assert (told["NIBP sys"].value, told["NIBP dia"].value) == (systolic, diastolic)


@given(st.sampled_from(sorted(codes.WAVES)), st.integers(1, 16), st.data())
def test_every_sample_comes_back_as_it_was_sent(physio, bits, data):
    raw = data.draw(st.lists(st.integers(0, (1 << bits) - 1), min_size=1, max_size=100))
    scale = frames.float_word(-40, -1) + frames.float_word(60, -1) + struct.pack(">HH", 0, (1 << bits) - 1)
    words = struct.pack(f">{len(raw)}H", *raw)
    (block,) = of(
        answered(
            (0x096D, struct.pack(">HBBH", len(raw), 16, bits, 0)),
            (0x096F, scale),
            (0x098D, struct.pack(">I", 40)),
            (0x096E, struct.pack(">HHH", physio, 0, len(words)) + words),
            polled=9,
        ),
        WaveformBlock,
    )
    step = 10 / ((1 << bits) - 1)
    assert (block.metric.term, block.metric.fs) == (codes.WAVES[physio].term, 200.0)
    got = block.samples.astype(float) * block.metric.resolution + block.metric.offset
    assert got == pytest.approx([word * step - 4 for word in raw], abs=1.1 * step if bits == 16 else 1e-6)


# With the real driver


def drive(sim, t0_s, t1_s, tick=lambda t: None, **options):
    sink = KeepingSink()
    FastForward([Joined("monitor", sim, Intellivue(options))], sink, 0).run(t0_s * S, t1_s * S, tick)
    return sink


def by_ref(sink, ref):
    return [
        e.reading.value if isinstance(e.reading, Measured) else None
        for e in sink.events
        if isinstance(e, Observation) and e.metric.ref == ref and not e.stored
    ]


def test_a_quarter_of_an_hour():
    sink = drive(monitor(), 400, 1300)
    assert not [e for e in sink.events if isinstance(e, Fault)]
    for ref, value, off in (
        ("MDC_PULS_OXIM_SAT_O2", 97, 3),
        ("MDC_ECG_HEART_RATE", 66, 9),
        ("MDC_PULS_OXIM_PULS_RATE", 66, 9),
        ("MDC_RESP_RATE", 14, 0),
        ("MDC_TEMP", 36.8, 0),
    ):
        told = by_ref(sink, ref)
        assert len(told) == pytest.approx(900 + 900 / 2, abs=8), (
            "nor is the renewal after nine minutes to be seen"
        )
        assert all(v == pytest.approx(value, abs=off + 1e-9) for v in told), ref
    pressures = by_ref(sink, "MDC_PRESS_BLD_NONINV_SYS")
    assert len(pressures) == 3
    assert all(abs(v - 120) < 12 for v in pressures)
    stored = [e for e in sink.events if isinstance(e, Observation) and e.stored]
    assert len(stored) == 4, "the result from before the connection: three pressures and their pulse"
    states = [e.state for e in sink.events if isinstance(e, CuffChanged)]
    assert states == [CuffState.IDLE, *[CuffState.MEASURING, CuffState.IDLE] * 3]


@pytest.mark.parametrize(
    ("ref", "fs", "low", "high"),
    [
        ("MDC_ECG_ELEC_POTL_II", 500, -0.5, 1.6),
        ("MDC_PULS_OXIM_PLETH", 125, 0, 4095),
        ("MDC_RESP", 62.5, -0.6, 1.9),
    ],
)
def test_waves_come_at_their_rate_and_in_their_scale(ref, fs, low, high):
    sink = drive(monitor(), 400, 430)
    blocks = [e for e in sink.events if isinstance(e, WaveformBlock) and e.metric.ref == ref]
    (metric,) = {block.metric for block in blocks}
    assert metric.fs == fs
    assert sum(len(block.samples) for block in blocks) == pytest.approx(28.5 * fs, rel=0.05)
    values = [s * metric.resolution + metric.offset for block in blocks for s in block.samples.tolist()]
    assert low <= min(values) < max(values) <= high
    assert max(values) - min(values) > (high - low) / 3


@pytest.mark.parametrize("waves", [True, False])
def test_something_comes_at_least_every_three_seconds(waves):
    sink = drive(monitor(), 400, 460, waves=waves)
    times = [400 * S, *(c.t_ns for c in sink.wire if c.direction is Direction.IN), 460 * S]
    assert max(b - a for a, b in itertools.pairwise(times)) <= DRIVER.link.silence_s * S
    first = next(e for e in sink.events if isinstance(e, Observation))
    assert first.t_ns - 400 * S < DRIVER.link.silence_s * S, "also right after opening"


def test_the_monitor_says_which_one_it_is_and_another_one_is_noticed():
    told = []
    driver = Intellivue({})
    for t0_s, serial in ((400, "DE1"), (500, "DE2")):
        sim = IntelliVue(Bedside(Patient(4, TRAITS), ()), serial=serial)
        sink = KeepingSink()
        FastForward([Joined("monitor", sim, driver)], sink, 0).run(t0_s * S, (t0_s + 10) * S, lambda _t: None)
        told.append([(e.model, e.serial, e.firmware) for e in sink.events if isinstance(e, DeviceIdentified)])
    assert told == [[("866062", "", ""), ("866062", serial, "G.01.80")] for serial in ("DE1", "DE2")]


def test_its_last_words_free_the_monitor_for_the_next_host():
    sim, driver = monitor(), Intellivue({})
    FastForward([Joined("monitor", sim, driver)], KeepingSink(), 0)
    sim.advance(400 * S)
    driver.opened(400 * S)
    for t_ns in range(400 * S, 406 * S, S // 20):
        if t_ns >= driver.deadline_ns:
            driver.on_deadline(t_ns)
        sim.receive(driver.data_to_send(), t_ns)
        driver.receive(sim.advance(t_ns), t_ns)
    assert ask(sim, REQUEST, 406)[-1] == b"\x0c\0", "taken"
    assert driver.last_words() == published(RELEASE)
    assert ask(sim, driver.last_words(), 407)[-1][0] == 0x0A
    assert ask(sim, REQUEST, 408)[0][0] == 0x0E


@pytest.mark.parametrize("kind", [IncidentKind.FINGER_OFF, IncidentKind.SENSOR_OFF])
def test_without_a_finger_no_number_counts_and_the_monitor_says_so(kind):
    sink = drive(monitor(Incident(kind, 430, 30)), 400, 480)
    told = by_ref(sink, "MDC_PULS_OXIM_SAT_O2")
    runs = [present for present, _ in itertools.groupby(value is not None for value in told)]
    assert runs == [True, False, True]
    alerts = [(e.kind, e.present) for e in sink.events if isinstance(e, DeviceAlert)]
    assert alerts == [(AlertKind.DEVICE_MESSAGE, True), (AlertKind.DEVICE_MESSAGE, False)]
    assert None not in by_ref(sink, "MDC_ECG_HEART_RATE")


def test_a_leak_is_a_failure():
    sink = drive(monitor(Incident(IncidentKind.CUFF_LEAK, 590, 100)), 400, 700)
    assert len([e for e in sink.events if isinstance(e, CuffFailed)]) == 1
    assert by_ref(sink, "MDC_PRESS_BLD_NONINV_SYS") == [None]


def test_its_cuff_takes_the_pulse_from_a_finger_of_the_same_arm():
    sink = drive(monitor(same_arm=True), 580, 660)
    assert None in by_ref(sink, "MDC_PULS_OXIM_SAT_O2")
    assert by_ref(sink, "MDC_PULS_OXIM_SAT_O2")[-1] is not None


def test_a_pulled_cable_is_followed_by_a_new_association():
    sink = drive(monitor(Incident(IncidentKind.CABLE_OUT, 420, 20, "intellivue")), 400, 460)
    states = [change.state for change in sink.links]
    assert states.count(LinkState.LIVE) == 2
    times = [e.t_ns for e in sink.events if isinstance(e, Observation)]
    assert not [t for t in times if 420 * S < t < 440 * S]
    assert [t for t in times if t > 442 * S]
    sent = [c.data for c in sink.wire if c.direction is Direction.OUT]
    assert sent.count(published(RELEASE)) == 2


@pytest.mark.parametrize("fault", ["bitflip", "gap", "truncate", "duplicate", "stall"])
def test_a_bad_line_costs_values_but_makes_none(fault):
    clean = drive(monitor(), 400, 520)
    bad = drive(with_fault(monitor(), fault, 3, "intellivue", Bedside(Patient(4, TRAITS), ())), 400, 520)
    for ref, low, high in (("MDC_PULS_OXIM_SAT_O2", 90, 100), ("MDC_ECG_HEART_RATE", 55, 80)):
        told = by_ref(bad, ref)
        assert 10 < len(told) <= 2 * len(by_ref(clean, ref))
        assert all(low <= value <= high for value in told if value is not None)
    late = [e.t_ns for e in bad.events if isinstance(e, Observation)]
    assert max(late) > 510 * S, "it goes on to the end"
