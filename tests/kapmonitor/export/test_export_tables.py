"""CSV and JSON, read back by other programs and compared with what was put into the record."""

import json

import exported_session as made
import numpy as np
import polars as pl
import pytest
from past_records import write

from kapmonitor import mdc
from kapmonitor.cli import main, parser
from kapmonitor.commandline import replay
from kapmonitor.model import NO_SAMPLE, Validity
from kapmonitor.record.access import accesses
from kapmonitor.record.items import NumericRow
from kapmonitor.record.reader import RecordReader
from kapmonitor.session import events as ev


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return made.make(tmp_path_factory.mktemp("record") / "session.kap")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "kapmonitor"


@pytest.fixture(scope="module")
def csv(record):
    out = record.with_name("s.csv")
    assert main(["export", str(record), "--to", "csv", "--out", str(out), "--waves"]) == 0
    return out


def expected_ms(t_ns):
    """UTC milliseconds; from the set clock on, two seconds later."""
    later = 2 * made.S if t_ns >= made.at(made.GAP_S + made.LENGTH_S + 1) else 0
    return round((t_ns - made.T0 + made.UTC0 + later) / 1e6)


def test_csv_has_every_reading_of_the_record_at_its_time(csv):
    table = pl.read_csv(csv, schema_overrides={"value": pl.Float64})
    for channel in (made.SPO2, made.HR, made.SYS, made.DIA, made.MEAN, made.PULSE):
        device, term, label, _ = made.TERMS[channel]
        rows = table.filter(pl.col("channel") == label)
        put = [row for row in made.numerics() if row.channel == channel]
        assert rows["value"].to_list() == [row.value for row in put]
        assert rows["validity"].to_list() == [row.validity.value for row in put]
        assert set(rows["mdc_code"]) == {term.code}
        assert set(rows["unit"]) == {term.unit}
        assert set(rows["device"]) == {device}
        ms = rows["utc"].str.to_datetime(time_unit="ms", time_zone="UTC").dt.timestamp("ms")
        assert ms.to_list() == [expected_ms(row.t_ns) for row in put]
        relative = [(row.t_ns - made.T0) / 1e9 for row in put]
        assert np.abs(rows["t_rel_s"].to_numpy() - relative).max() <= 0.0005


def test_csv_has_every_sample_and_no_row_where_there_was_none(csv):
    table = pl.read_csv(csv, schema_overrides={"value": pl.Float64})
    for channel, scale, offset in ((made.PLETH, 1.0, 0.0), (made.ECG, 0.005, -1.0)):
        rows = table.filter(pl.col("channel") == made.TERMS[channel][2])
        words = np.concatenate([piece.samples for piece in made.slices(channel)])
        there = words[words != NO_SAMPLE]
        assert np.allclose(rows["value"].to_numpy(), there * scale + offset, rtol=1e-8, atol=1e-9)
    pleth = table.filter(pl.col("channel") == "Pleth")["t_rel_s"].to_numpy()
    holes = np.diff(pleth)[np.diff(pleth) > 0.1]
    assert np.allclose(sorted(holes), [21 / 75, made.LENGTH_S + 1 / 75], atol=0.002)


def test_csv_marks_what_is_not_known_to_be_of_this_person_now(csv):
    table = pl.read_csv(csv)
    stored = table.filter(pl.col("flags") == "stored")
    assert stored["device_time"].to_list() == ["2026-01-01T00:00:00"]
    strange = table.filter(pl.col("flags") == "unconfirmed")
    assert set(strange["device"]) == {made.STRAP}
    assert strange["t_rel_s"].min() == pytest.approx(230, abs=0.01)
    wave = table.filter((pl.col("channel") == "ECG II") & (pl.col("t_rel_s") >= 230.001))
    assert set(wave["flags"]) == {"unconfirmed"}
    assert len(strange) == len(wave) + 71


def test_the_dictionary_and_the_events_say_the_rest(csv):
    dictionary = pl.read_csv(csv.with_name("s.dictionary.csv"))
    columns = pl.read_csv(csv).columns
    assert dictionary.filter(pl.col("kind") == "column")["name"].to_list() == columns
    spo2 = dictionary.filter(pl.col("name") == "SpO₂").to_dicts()[0]
    assert (spo2["mdc_ref"], spo2["loinc"], spo2["unit"]) == ("MDC_PULS_OXIM_SAT_O2", "2708-6", "%")
    events = pl.read_csv(csv.with_name("s.events.csv"))
    told = dict(zip(events["kind"], events["text"], strict=True))
    assert told["dose"] == "ketamine 70 mg IM left deltoid"
    assert told["interruption"] == "not monitored"
    assert "Anna Canary said: “it is only water” 🌊 (amended)" in events["text"].to_list()


def test_without_being_asked_waves_stay_out_of_csv_and_that_is_said(record, tmp_path):
    out = tmp_path / "s.csv"
    assert main(["export", str(record), "--to", "csv", "--out", str(out)]) == 0
    assert "Pleth" not in set(pl.read_csv(out)["channel"])
    assert "left out of this export" in out.with_name("s.dictionary.csv").read_text("utf-8")


def test_json_has_every_event_value_and_sample(record, tmp_path):
    out = tmp_path / "s.json"
    assert main(["export", str(record), "--to", "json", "--out", str(out), "--waves"]) == 0
    found = json.loads(out.read_text("utf-8"))
    with RecordReader(record) as reader:
        events = [row.stamped for row in reader.events()]
        numerics = list(reader.numerics())
    assert [(each["t_ns"], each["type"]) for each in found["events"]] == [
        (each.t_ns, each.event.TYPE) for each in events
    ]
    assert [(v["t_ns"], v["channel"], v["value"], v["validity"]) for v in found["values"]] == [
        (row.t_ns, row.channel, row.value, row.validity.value) for row in numerics
    ]
    pleth = [s for piece in found["waves"] if piece["channel"] == made.PLETH for s in piece["samples"]]
    words = np.concatenate([piece.samples for piece in made.slices(made.PLETH)]).tolist()
    assert pleth == [None if word == NO_SAMPLE else word for word in words]


def test_an_interrupted_record_is_exported_as_far_as_it_goes(tmp_path):
    record = made.make(tmp_path / "cut.kap", closed=False)
    out = tmp_path / "cut.json"
    assert main(["export", str(record), "--to", "json", "--out", str(out)]) == 0
    found = json.loads(out.read_text("utf-8"))
    assert not found["closed"]
    assert len(found["values"]) == len(made.numerics())


def test_every_export_is_put_on_file_with_user_and_purpose(record, tmp_path, home, capsys):
    for name, more in (("a", ["--as", "berg", "--purpose", "referral"]), ("b", ["--deidentify"])):
        out = str(tmp_path / f"{name}.json")
        assert main(["export", str(record), "--to", "json", "--out", out, *more]) == 0
    first, second = (line.access for line in accesses(home / "sessions.access"))
    assert (first.session, first.what, first.user, first.purpose) == (
        "session-canary",
        "export json",
        "berg",
        "referral",
    )
    assert (second.deidentified, second.purpose) == (True, "not said")
    assert second.files[0][0] == "b.json"
    lines = (home / "sessions.access").read_text("utf-8")
    (home / "sessions.access").write_text(lines.replace("referral", "research"), "utf-8")
    assert [line.access is None for line in accesses(home / "sessions.access")] == [True, False]


def test_looking_at_a_record_is_put_on_file_too(record, tmp_path, home):
    words = parser().parse_args(["replay", str(record), "--as", "eve", "--purpose", "audit"])
    replay._put_on_file(record, words)
    (line,) = accesses(home / "sessions.access")
    assert (line.access.session, line.access.what, line.access.user, line.access.purpose) == (
        "session-canary",
        "view",
        "eve",
        "audit",
    )


def test_a_record_is_shown_also_where_that_cannot_be_put_on_file(record, tmp_path, monkeypatch, capsys):
    (tmp_path / "home").write_text("in the way")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    replay._put_on_file(record, parser().parse_args(["replay", str(record)]))
    assert "who reads records" in capsys.readouterr().err


FORMULAS = ("=1+1", "+4", "-1", "@SUM(A1)", "\t=1", "'=1")


def test_no_text_in_csv_is_a_formula_and_none_is_lost(tmp_path):
    rows = [
        made.stamped(10 + place, ev.NoteAdded(f"n{place}", "text", text, "=KL", made.at(10)))
        for place, text in enumerate((*FORMULAS, "plain - text", "'tis"))
    ]
    described = ev.ChannelDescribed(1, "=dev", mdc.SPO2.ref, mdc.SPO2.code, "@label", "%", 0.0, 1.0, 0.0)
    rows += [made.stamped(1, described), NumericRow(made.at(30), 1, -97.5, Validity.VALID)]
    record = write(tmp_path / "s.kap", made.stamped(0, made.STARTED), rows)
    assert main(["export", str(record), "--to", "csv", "--out", str(tmp_path / "s.csv")]) == 0
    events = pl.read_csv(tmp_path / "s.events.csv", quote_char='"')
    notes = events.filter(pl.col("kind") == "note")
    assert notes["text"].to_list() == [*(f"'{text}" for text in FORMULAS), "plain - text", "'tis"]
    assert set(notes["by"]) == {"'=KL"}
    value = pl.read_csv(tmp_path / "s.csv").to_dicts()[0]
    assert (value["channel"], value["device"], value["value"]) == ("'@label", "'=dev", -97.5)
    dictionary = pl.read_csv(tmp_path / "s.dictionary.csv")
    assert (
        "no spreadsheet takes it for a formula" in dictionary.filter(pl.col("kind") == "text")["meaning"][0]
    )
