"""EDF and EDF+: our own export and files of edfio value by value; gaps; headers that cannot be."""

import os
from contextlib import suppress
from datetime import UTC, date, datetime, time

import edf_files as made
import edfio
import exported_session as session
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imported import events, imported, left_out, numbers, samples, the

from kapmonitor import mdc
from kapmonitor.cli import main
from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import fromedf
from kapmonitor.foreign.daytime import EARLIEST_NS, LATEST_NS
from kapmonitor.foreign.mapping import Mapping, parse
from kapmonitor.foreign.recording import LONGEST_NS
from kapmonitor.model import NO_SAMPLE
from kapmonitor.session import events as ev

S = 1_000_000_000
PLETH = made.signal("Pleth", 4)
NOTES = made.signal("EDF Annotations", 32)


def untold(_share):
    return None


def read(path, toml=""):
    return fromedf.read(path, parse(toml, "m.toml") if toml else Mapping(), untold)


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edf")
    record = session.make(folder / "s.kap")
    assert main(["export", str(record), "--to", "edf", "--out", str(folder / "s.edf")]) == 0
    return imported(folder / "s.edf", folder / "back.kap")


def test_the_time_zone_of_our_own_export_is_taken_over(ours):
    first = events(ours)[0].event
    assert first.utc_ns == session.UTC0 - session.UTC0 % 1_000_000
    assert (first.utc_offset_min, first.zone) == (60, "UTC+01:00, as the file says")


@pytest.mark.parametrize(
    ("number", "ref", "step", "offset"),
    [(session.PLETH, mdc.PLETH.ref, 1.0, 0.0), (session.ECG, mdc.ECG_II.ref, 0.005, -1.0)],
)
def test_samples_of_our_own_export_come_back_word_by_word(ours, number, ref, step, offset):
    there = [value for _, value in samples(ours, ref)]
    fs = session.TERMS[number][3]
    words = np.full(len(there), NO_SAMPLE, np.int16)
    for piece in session.slices(number):
        at = round((piece.t0_ns - session.T0) * fs / S)
        if 0 <= at < len(there):
            words[at : at + len(piece.samples)] = piece.samples[: len(there) - at]
    expected = [None if word == NO_SAMPLE else word * step + offset for word in words.tolist()]
    assert len(there) >= session.GAP_S * fs
    assert there == [None if value is None else pytest.approx(value, abs=1e-6) for value in expected]


def test_readings_of_our_own_export_come_back_by_second_and_cuffs_to_the_millisecond(ours):
    found = numbers(ours)
    began_ns = session.UTC0 - session.UTC0 % 1_000_000
    spo2 = {t_ns - began_ns: value for t_ns, value, _, _ in found[session.OXI, mdc.SPO2.ref]}
    put = [row for row in session.numerics() if row.channel == session.SPO2 and row.t_ns < session.at(150)]
    assert spo2 == {(row.t_ns - session.T0) // S * S: row.value for row in put if row.value is not None}
    for term, place in ((mdc.NIBP_SYS, 0), (mdc.NIBP_DIA, 1), (mdc.NIBP_MEAN, 2)):
        cuffs = [(t_ns - session.UTC0, value) for t_ns, value, _, _ in found["import", term.ref]]
        assert cuffs == [(s * S + 1_000_000, float(session.CUFFS[s][place])) for s in (30, 120)]


def test_a_failed_cuff_is_one_again_and_alarms_are_words_not_alarms(ours):
    assert [each.failure for each in the(ev.CuffEvent, ours)] == ["motion"]
    assert not the(ev.AlarmChanged, ours)
    texts = [each.text for each in the(ev.NoteAdded, ours)]
    assert any("speaking" in text or "only water" in text for text in texts)
    assert not any("NIBP" in text or text == "recording begins" for text in texts)


def test_a_file_of_edfio_is_taken_over_by_label_and_unit(tmp_path):
    t = np.arange(2000) / 200
    file = edfio.Edf(
        [
            edfio.EdfSignal(
                300 * np.sin(t), 200, label="ECG II", physical_dimension="uV", physical_range=(-400, 400)
            ),
            edfio.EdfSignal(
                np.full(10, 96.0), 1, label="SpO2", physical_dimension="%", physical_range=(0, 100)
            ),
            edfio.EdfSignal(
                np.arange(10.0), 1, label="EEG Fpz", physical_dimension="uV", physical_range=(0, 100)
            ),
        ],
        starttime=time(10, 20, 30, 250_000),
        recording=edfio.Recording(startdate=date(2026, 3, 2)),
        annotations=[edfio.EdfAnnotation(1.5, None, "Lights out")],
    )
    file.write(tmp_path / "e.edf")
    record = imported(tmp_path / "e.edf", tmp_path / "e.kap")
    began = round(datetime(2026, 3, 2, 10, 20, 30, 250_000, tzinfo=UTC).timestamp() * 1000) * 1_000_000
    ecg = samples(record, mdc.ECG_II.ref)
    assert ecg[0][0] == began
    assert [value for _, value in ecg] == [pytest.approx(0.3 * np.sin(each), abs=2e-5) for each in t]
    spo2 = numbers(record)["edf", mdc.SPO2.ref]
    assert [(t_ns, round(value, 2)) for t_ns, value, _, _ in spo2] == [
        (began + n * S, 96.0) for n in range(10)
    ]
    assert "EEG Fpz: not known here" in left_out(record)
    (note,) = (each for each in events(record) if isinstance(each.event, ev.NoteAdded))
    first = events(record)[0]
    assert (note.event.text, note.t_ns - first.t_ns) == ("Lights out", 1_500_000_000)


def test_a_discontinuous_file_has_its_gaps_and_the_lowest_word_is_no_value(tmp_path):
    records = [made.words(range(4 * n, 4 * n + 4)) + made.tal(at) for n, at in enumerate((0, 1, "10.5"))]
    records[1] = made.words([4, -32768, 6, 7]) + made.tal(1, ("1.25", "Töne"))
    found = read(made.write(tmp_path / "d.edf", [PLETH, NOTES], records, reserved="EDF+D"))
    began = found.stretches[0].utc_ns
    assert [(each.utc_ns - began, each.n) for each in found.stretches] == [(0, 8), (10_500_000_000, 4)]
    assert found.stretches[0].read(0, 8).tolist() == [0, 1, 2, 3, 4, NO_SAMPLE, 6, 7]
    assert found.stretches[1].read(1, 3).tolist() == [9, 10]
    assert [(each.utc_ns - began, each.text) for each in found.remarks] == [(1_250_000_000, "Töne")]


@pytest.mark.parametrize(("note", "lowest"), [("digital -2048 = no value", NO_SAMPLE), ("HP:0.1Hz", -2048)])
def test_the_digital_minimum_is_a_value_unless_the_signal_says_otherwise(tmp_path, note, lowest):
    wave = made.signal("Pleth", 3, digital=(-2048, 2047), physical=(-2048, 2047), prefiltering=note)
    found = read(made.write(tmp_path / "m.edf", [wave], [made.words([-2048, 5, 2047])]))
    assert found.stretches[0].read(0, 3).tolist() == [lowest, 5, 2047]
    assert found.left_out == ()


def test_words_outside_the_digital_range_are_no_values_and_counted(tmp_path):
    wave = made.signal("Pleth", 4, digital=(-2048, 2047), physical=(-1, 1))
    number = made.signal("SpO2", 4, "%", physical=(0, 100), digital=(0, 100))
    words = made.words([-2049, -2048, 2047, 5000]) + made.words([97, 101, 100, -1])
    found = read(made.write(tmp_path / "o.edf", [wave, number], [words] * 3))
    assert found.stretches[0].read(4, 8).tolist() == [NO_SAMPLE, -2048, 2047, NO_SAMPLE]
    assert found.readings[0].values.tolist() == [97, 100] * 3
    assert np.diff(found.readings[0].times).tolist() == [S // 2] * 5
    assert found.left_out == (
        "Pleth: 6 samples outside its digital range, -2048 to 2047",
        "SpO2: 6 samples outside its digital range, 0 to 100",
    )


def test_the_lowest_number_is_kept_where_16_bits_are_used_and_the_lowest_sample_counted(tmp_path):
    """Libraries take the data's own extremes as a signal's range: its minimum is the deepest desaturation."""
    wave = made.signal("Pleth", 2)
    number = made.signal("SpO2", 2, "%", physical=(71, 99))
    words = made.words([-32768, 5]) * 2
    found = read(made.write(tmp_path / "l.edf", [wave, number], [words]))
    assert found.stretches[0].read(0, 2).tolist() == [NO_SAMPLE, 5]
    assert found.readings[0].values.tolist()[0] == 71
    assert found.left_out == ("Pleth: 1 samples at -32768, which means no sample here",)


@pytest.mark.parametrize("year", ["9999", "0001", "1026", "2200"])
def test_a_year_that_cannot_be_is_refused(tmp_path, year):
    said = f"Startdate 31-JAN-{year} X X X"
    file = made.write(tmp_path / "y.edf", [PLETH], [made.words([1, 2, 3, 4])], recording=said)
    with pytest.raises(ImportRefused, match=f"start is in the year {int(year)}"):
        read(file)


@pytest.mark.parametrize(
    ("samples", "duration"), [(1, "3600"), (9999, "1e-4"), (1000, "1e-9"), (4, "0"), (4, "1e-10")]
)
def test_a_wave_at_a_rate_that_cannot_be_is_left_out_and_named(tmp_path, samples, duration):
    wave = made.signal("Pleth", samples)
    record = made.words([7] * samples) + made.tal(0, (0, "there"))
    found = read(made.write(tmp_path / "r.edf", [wave, NOTES], [record], duration=duration, reserved="EDF+C"))
    assert found.stretches == ()
    assert [each.text for each in found.remarks] == ["there"]
    assert f"Pleth: {samples} samples in" in found.left_out[0]
    assert "are no rate that is taken over" in found.left_out[0]


@pytest.mark.parametrize("onset", [999_999_999_999, -999_999_999_999, 700_000])
def test_data_records_further_apart_than_a_session_are_refused(tmp_path, onset):
    records = [made.words([1, 2, 3, 4]) + made.tal(at) for at in (0, onset)]
    records[1] = records[1].replace(b"+-", b"-").ljust(len(records[0]), b"\x00")
    file = made.write(tmp_path / "f.edf", [PLETH, NOTES], records, reserved="EDF+D")
    with pytest.raises(ImportRefused, match="further apart than a week"):
        read(file)


def test_many_long_data_records_are_refused_before_their_times_are_counted(tmp_path):
    number = made.signal("SpO2", 500_000, "%", physical=(0, 100))
    file = made.write(tmp_path / "l.edf", [number], [bytes(1_000_000)] * 8, duration=86400)
    with pytest.raises(ImportRefused, match="further apart than a week"):
        read(file)


def test_the_times_of_a_long_data_record_are_exact(tmp_path):
    number = made.signal("SpO2", 500_000, "%", physical=(0, 100))
    found = read(made.write(tmp_path / "l.edf", [number], [made.words([9] * 500_000)], duration=86400))
    times = found.readings[0].times
    assert [int(times[n] - times[0]) for n in (1, 499_999)] == [172_800_000, 499_999 * 172_800_000]


def test_an_annotation_far_from_all_data_is_left_out_and_counted(tmp_path):
    record = made.words([1, 2, 3, 4]) + made.tal(0, (999_999_999_999, "far"), (1, "near"))
    found = read(made.write(tmp_path / "a.edf", [PLETH, NOTES], [record], reserved="EDF+C"))
    assert [each.text for each in found.remarks] == ["near"]
    assert found.left_out == ("1 annotations more than a week from the beginning",)


def test_without_an_annotation_signal_a_discontinuous_file_is_refused(tmp_path):
    file = made.write(tmp_path / "d.edf", [PLETH], [made.words([1, 2, 3, 4])] * 2, reserved="EDF+D")
    with pytest.raises(ImportRefused, match="not all of its data records say when"):
        read(file)


def test_data_records_beyond_those_that_the_header_names_are_counted(tmp_path):
    found = read(made.write(tmp_path / "b.edf", [PLETH], [made.words([1, 2, 3, 4])] * 3, count=1))
    assert found.stretches[0].n == 4
    assert found.left_out == ("the end: 2 data records more than the header names",)


def test_a_track_of_the_mapping_that_the_file_has_not_is_named(tmp_path):
    toml = '[[track]]\nname = "Plet"\nterm = "MDC_PULS_OXIM_PLETH"\nunit = "1"\n'
    found = read(made.write(tmp_path / "t.edf", [PLETH], [made.words([1, 2, 3, 4])]), toml)
    assert found.left_out == ("Plet: named in the mapping, not in the file",)


def test_the_mapping_says_the_zone_and_what_a_signal_is(tmp_path):
    file = made.write(tmp_path / "z.edf", [made.signal("Foo", 1, "%")], [made.words([97])])
    toml = 'zone = "+02:00"\n[[track]]\nname = "Foo"\nterm = "MDC_PULS_OXIM_SAT_O2"\n'
    found = read(file, toml)
    assert (found.zone, found.offset_min) == ("+02:00", 120)
    assert found.readings[0].times.tolist() == [
        int(datetime(2026, 3, 2, 8, 20, 30, tzinfo=UTC).timestamp()) * S
    ]
    assert "taken for UTC" in read(file).zone


def test_of_a_file_that_is_cut_short_the_whole_data_records_are_taken_over(tmp_path):
    file = made.write(tmp_path / "c.edf", [PLETH], [made.words([1, 2, 3, 4])] * 3)
    file.write_bytes(file.read_bytes()[:-3])
    found = read(file)
    assert found.stretches[0].n == 8
    assert "the end: only 2 of 3 data records are there" in found.left_out


def test_a_file_that_shrinks_or_goes_while_it_is_read_is_said_to(tmp_path):
    records = [made.words([1, 2, 3, 4]) + made.tal(at) for at in range(1000)]
    file = made.write(tmp_path / "c.edf", [PLETH, NOTES], records)
    (stretch,) = read(file).stretches
    assert list(stretch.read(3996, 4000)) == [1, 2, 3, 4]
    os.truncate(file, file.stat().st_size - 100)
    with pytest.raises(ImportRefused, match="became shorter while it was read"):
        stretch.read(3996, 4000)
    assert list(stretch.read(0, 3)) == [1, 2, 3]
    file.unlink()
    with pytest.raises(ImportRefused, match=r"can no longer be read \(No such file"):
        stretch.read(0, 3)


@pytest.mark.parametrize("others", [1, 3000])
def test_a_signal_is_read_right_beside_few_others_and_many(tmp_path, others):
    beside = made.signal("Resp", others)
    records = [made.words([at] * others) + made.words(range(at, at + 4)) for at in range(600)]
    wave = next(
        each
        for each in read(made.write(tmp_path / "m.edf", [beside, PLETH], records)).stretches
        if each.channel.name == "Pleth"
    )
    assert list(wave.read(2 * 4 + 3, 599 * 4 + 2)) == [at + k for at in range(600) for k in range(4)][11:2398]


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"ns": 9999}, "number of signals is '9999'"),
        ({"ns": -1}, "number of signals is '-1'"),
        ({"ns": 400}, "cut short in its header"),
        ({"size": 12345}, "contradicts itself"),
        ({"count": "1e9"}, "number of data records"),
        ({"duration": "nan"}, "data record lasts"),
        ({"duration": "-1"}, "data record lasts"),
        ({"starts": "31.02.26"}, "start is"),
        ({"version": "\xffBIOSEMI"}, "24 bits"),
        ({"version": "1"}, "does not begin as one"),
        ({"reserved": "EDF+D"}, "not all of its data records say when"),
    ],
)
def test_a_header_that_cannot_be_is_refused_with_words(tmp_path, odd, words):
    file = made.write(tmp_path / "h.edf", [PLETH, NOTES], [made.words([1, 2, 3, 4]) + bytes(64)], **odd)
    with pytest.raises(ImportRefused, match=words):
        read(file)


def test_a_signal_that_claims_gigabytes_is_refused_without_them(tmp_path):
    file = made.write(tmp_path / "g.edf", [made.signal("Pleth", 99_999_999)], [])
    with pytest.raises(ImportRefused, match="number of samples is '99999999'"):
        read(file)


@pytest.mark.parametrize(
    "scale",
    [
        {"physical": (0, 0)},
        {"physical": ("x", 1)},
        {"physical": (0, "5e-324")},
        {"digital": (5, 5)},
        {"digital": (0, 99999)},
        {"digital": (0, "1.5")},
        {"digital": ("nan", 5)},
    ],
)
def test_a_signal_without_a_scale_is_left_out(tmp_path, scale):
    found = read(made.write(tmp_path / "s.edf", [made.signal("Pleth", 1, **scale)], [made.words([3])]))
    assert found.stretches == ()
    assert found.left_out == ("Pleth: its range is no number that can be",)


@settings(max_examples=100, deadline=None)
@given(at=st.integers(0, 767), junk=st.binary(min_size=1, max_size=12))
def test_no_header_brings_it_down(tmp_path_factory, at, junk):
    file = made.write(
        tmp_path_factory.mktemp("h") / "h.edf", [PLETH, NOTES], [made.words([1, 2, 3, 4]) + made.tal(0)]
    )
    raw = bytearray(file.read_bytes())
    raw[at : at + len(junk)] = junk
    file.write_bytes(raw)
    with suppress(ImportRefused):
        assert all(len(each.read(0, each.n)) == each.n for each in read(file).stretches)


EVIL = st.sampled_from(
    [
        "0",
        "1",
        "-1",
        "1e-9",
        "1e308",
        "5e-324",
        "nan",
        "inf",
        "99999999",
        "-32768",
        "32767",
        "86400",
        "0.5",
        "",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    ends=st.tuples(EVIL, EVIL, EVIL, EVIL),
    duration=EVIL,
    year=st.integers(0, 9999),
    at=st.sampled_from(["0", "1", "-1", "604800", "604801", "999999999999"]),
    reserved=st.sampled_from(["", "EDF+C", "EDF+D"]),
    label=st.sampled_from(["Pleth", "SpO2"]),
)
def test_no_field_of_a_header_brings_it_down(tmp_path_factory, ends, duration, year, at, reserved, label):
    unit = "%" if label == "SpO2" else ""
    signal = made.signal(label, 4, unit, physical=ends[:2], digital=ends[2:])
    records = [made.words([1, -32768, 32767, 0]) + made.tal(when, (at, "x")) for when in (0, at)]
    odd = {"duration": duration, "reserved": reserved, "recording": f"Startdate 31-JAN-{year:04d} X X X"}
    file = made.write(tmp_path_factory.mktemp("e") / "e.edf", [signal, NOTES], records, **odd)
    with suppress(ImportRefused):
        found = read(file)
        assert all(fromedf.SLOWEST_HZ <= each.channel.fs <= fromedf.FASTEST_HZ for each in found.stretches)
        first, last = found.span() or (0, 0)
        far_ns = 2 * LONGEST_NS
        assert EARLIEST_NS - far_ns <= first <= last <= LATEST_NS + far_ns < 2**63
