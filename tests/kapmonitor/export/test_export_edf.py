"""EDF+, read back by edfio and pyedflib and compared with what was put into the record."""

from dataclasses import replace
from datetime import datetime, timedelta

import edfio
import exported_session as made
import numpy as np
import pyedflib
import pytest
from past_records import write

from kapmonitor import mdc
from kapmonitor.cli import main
from kapmonitor.export import edf
from kapmonitor.export.tracks import Track
from kapmonitor.model import NO_SAMPLE, Validity
from kapmonitor.record.items import NumericRow
from kapmonitor.session import events as ev
from kapmonitor.session.events import Stamped


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("edf")
    record = made.make(folder / "s.kap")
    assert main(["export", str(record), "--to", "edf", "--out", str(folder / "s.edf")]) == 0
    return folder / "s.edf", folder / "s.part-2.edf"


STARTS_S = (0, made.GAP_S + made.LENGTH_S)


def words_by_second(channel, fs, first_s, n):
    words = np.full(n, NO_SAMPLE, np.int16)
    for piece in made.slices(channel):
        at = round((piece.t0_ns - made.at(first_s)) * fs / 1e9)
        if 0 <= at < n:
            words[at : at + len(piece.samples)] = piece.samples
    return words


def test_an_interruption_parts_two_files_each_at_its_own_time(files):
    began = datetime.fromisoformat("2026-09-21T15:13:20.987")
    for path, start_s in zip(files, STARTS_S, strict=True):
        found = edfio.read_edf(path)
        assert found.startdatetime == began + timedelta(seconds=start_s)
        assert found.reserved == "EDF+C"
        assert found.recording.equipment_code.startswith("kapmonitor")
        assert found.patient.code == "AC-4471"


@pytest.mark.parametrize("part", [0, 1])
def test_waves_are_there_word_by_word_and_gaps_stay_gaps(files, part):
    found = edfio.read_edf(files[part])
    for label, channel, fs, step, offset in (
        ("Pleth", made.PLETH, 75, 1.0, 0.0),
        ("ECG II", made.ECG, 130, 0.005, -1.0),
    ):
        signal = found.get_signal(label)
        assert signal.sampling_frequency == fs
        words = words_by_second(channel, fs, STARTS_S[part], len(signal.digital))
        if label == "ECG II" and part:
            words[20 * fs :] = NO_SAMPLE  # of a device that was not confirmed
            words = words[: len(signal.digital)]
        assert np.array_equal(signal.digital, words)
        there = words != NO_SAMPLE
        assert np.allclose(signal.data[there], words[there] * step + offset, atol=abs(step) / 4)
        assert "no value" in signal.prefiltering


def test_pyedflib_reads_the_numbers_of_each_second(files):
    for path, start_s in zip(files, STARTS_S, strict=True):
        with pyedflib.EdfReader(str(path)) as reader:
            labels = reader.getSignalLabels()
            spo2 = reader.readSignal(labels.index("SpO2"), digital=True)
            physical = reader.readSignal(labels.index("SpO2"))
            hr = reader.readSignal(labels.index("HR"))
        put = {
            (row.t_ns - made.at(start_s)) // made.S: row.value
            for row in made.numerics()
            if row.channel == made.SPO2 and row.validity is not Validity.NOT_AVAILABLE
        }
        for second, word in enumerate(spo2):
            value = put.get(second)
            assert (word == NO_SAMPLE) == (value is None)
            if value is not None:
                assert physical[second] == pytest.approx(value, abs=0.002)
        assert hr[3] == pytest.approx(61.25 + (start_s + 3) % 7, abs=0.002)


def test_cuffs_notes_and_alarms_are_annotations_at_their_millisecond(files):
    with pyedflib.EdfReader(str(files[0])) as reader:
        onsets, lengths, texts = reader.readAnnotations()
    found = dict(zip(texts, zip(onsets, map(float, lengths), strict=True), strict=True))
    assert found["NIBP 162/98 (119) mmHg"][0] == pytest.approx(120.001, abs=0.0011)
    assert "NIBP failed: motion" in found
    assert found["dose: ketamine 70 mg IM left deltoid"][0] == pytest.approx(60, abs=0.0011)
    note = "note: Anna Canary said: “it is only water” 🌊 (amended)"
    assert found[note][0] == pytest.approx(80.25, abs=0.0011)
    assert found["alarm: medium sys-high"][1] == pytest.approx(19, abs=0.0011)


def test_deidentified_it_names_nobody(tmp_path):
    record = made.make(tmp_path / "s.kap")
    out = tmp_path / "out" / "s.edf"
    out.parent.mkdir()
    assert main(["export", str(record), "--to", "edf", "--out", str(out), "--deidentify"]) == 0
    for path in out.parent.iterdir():
        data = path.read_bytes()
        assert [secret for secret in made.SECRETS if secret.encode() in data] == []
        assert edfio.read_edf(path).startdate.year < 2026


def test_a_session_without_channels_is_a_file_with_a_signal_of_no_values(tmp_path):
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), [])
    assert main(["export", str(record), "--to", "edf", "--out", str(tmp_path / "s.edf")]) == 0
    found = edfio.read_edf(tmp_path / "s.edf")
    assert found.labels == ("none",)
    assert [each.text for each in found.annotations] == ["recording begins"]


def test_a_long_session_is_cut_where_memory_would_not_do():
    from fractions import Fraction

    tracks = [Track((), Fraction(500), 1.0, 0.0)] * 4
    assert edf._longest_s(tracks) * 2000 <= edf.MOST_SAMPLES
    assert edf._longest_s(tracks) % edf._record_s(tracks) == 0


def test_a_record_of_months_is_no_edf_of_many_gigabytes_but_has_its_csv(tmp_path, capsys):
    late = NumericRow(made.at(100 * 86_400), made.HR, 61.0, Validity.VALID)
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), [*made.rows(), late])
    assert main(["export", str(record), "--to", "edf", "--out", str(tmp_path / "s.edf")]) == 2
    assert "100 days" in capsys.readouterr().err
    assert list(tmp_path.glob("*.edf")) == []
    assert main(["export", str(record), "--to", "csv", "--out", str(tmp_path / "s.csv")]) == 0


@pytest.mark.parametrize("most", [3_000_000.0, 4_000_000.0, 1e300])
def test_a_value_too_large_for_the_format_is_told_and_not_cut(tmp_path, capsys, most):
    rows = [*made.rows(), NumericRow(made.at(100) + 900_000_000, made.HR, most, Validity.VALID)]
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), rows)
    out = tmp_path / "s.edf"
    status = main(["export", str(record), "--to", "edf", "--out", str(out)])
    if most < 3_276_700:
        part = edfio.read_edf(out)
        places = [label.startswith("HR") or "Heart" in label for label in part.labels]
        heart = part.signals[places.index(True)]
        assert heart.data.max() == pytest.approx(most, abs=100)
        assert status == 0
    else:
        assert status == 2
        assert "EDF has no room for a value" in capsys.readouterr().err
        assert list(tmp_path.glob("*.edf")) == []


@pytest.mark.parametrize(("utc_s", "when"), [(0, "in 1970"), (3_800_000_000, "in 2090"), (9e9, "")])
def test_of_a_year_that_edf_has_not_it_is_said_what_else_there_is(tmp_path, capsys, utc_s, when):
    started = replace(made.STARTED, utc_ns=int(utc_s) * made.S)
    record = write(tmp_path / "s.kap", Stamped(made.T0, started), [])
    out = tmp_path / "out"
    out.mkdir()
    for format_ in ("csv", "json"):
        assert main(["export", str(record), "--to", format_, "--out", str(out / format_)]) == 0
    there = set(out.iterdir())
    capsys.readouterr()
    assert main(["export", str(record), "--to", "edf", "--out", str(out / "a.edf")]) == 2
    said = capsys.readouterr().err
    assert f"begins {when}" in said
    assert "csv and json" in said
    assert set(out.iterdir()) == there


@pytest.mark.parametrize(
    ("label", "term", "told"),
    [
        ("血氧", mdc.SPO2, "PULS_OXIM_SAT_O2"),
        ("", mdc.ART_SYS, "BLD_ART_SYS"),
        (mdc.ART_DIA.ref, mdc.ART_DIA, "BLD_ART_DIA"),
        ("SpO₂\t1", mdc.SPO2, "SpO2 1"),
        ("a long label of a device", mdc.SPO2, "a long label of"),
    ],
)
def test_every_signal_has_a_label(tmp_path, label, term, told):
    described = ev.ChannelDescribed(1, "m", term.ref, term.code, label, term.unit, 0.0, 1.0, 0.0)
    rows = [made.stamped(0, described), NumericRow(made.at(1), 1, 97.0, Validity.VALID)]
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), rows)
    assert main(["export", str(record), "--to", "edf", "--out", str(tmp_path / "s.edf")]) == 0
    (signal,) = edfio.read_edf(tmp_path / "s.edf").signals
    assert signal.label == told
