"""CSV: our own export value by value, tables of others by a mapping; only numbers become numbers."""

from datetime import UTC, datetime

import exported_session as session
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imported import imported, left_out, numbers, the

from kapmonitor.cli import main
from kapmonitor.errors import ConfigError, ImportRefused
from kapmonitor.export import tidy
from kapmonitor.export.wall import Wall
from kapmonitor.foreign import csvtext, fromcsv, fromtidy
from kapmonitor.foreign.mapping import Mapping, parse
from kapmonitor.session import events as ev

S = 1_000_000_000
MS = 1_000_000
NINE = datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
NINE_NS = int(NINE.timestamp()) * S
TRACK = '[[track]]\nname = "SpO2"\nterm = "MDC_PULS_OXIM_SAT_O2"\n'


def untold(_share):
    return None


def read(path, toml):
    return fromcsv.read(path, parse(toml, "m.toml"), untold)


def table(tmp_path, text, name="t.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tidy")
    record = session.make(folder / "s.kap")
    assert main(["export", str(record), "--to", "csv", "--out", str(folder / "s.csv")]) == 0
    return imported(folder / "s.csv", folder / "back.kap")


def test_the_two_know_the_same_columns():
    assert tuple(tidy.COLUMNS)[: len(fromtidy.COLUMNS)] == fromtidy.COLUMNS


def test_every_value_of_our_own_export_comes_back_to_the_millisecond(ours):
    wall = Wall(row for row in session.rows() if isinstance(row, ev.Stamped))
    start = Wall([ev.Stamped(session.T0, session.STARTED)])
    found = {key: [row[:3] for row in rows] for key, rows in numbers(ours).items()}
    expected = {}
    for row in session.numerics():
        device, term, _, _ = session.TERMS[row.channel]
        doubted = device == session.STRAP and row.t_ns >= session.at(230)
        if not row.stored and not doubted:
            of_time = wall.utc_ms(row.t_ns) if row.t_ns >= session.at(150) else start.utc_ms(row.t_ns)
            expected.setdefault((device, term.ref), []).append((of_time * MS, row.value, row.validity.value))
    assert found == expected


def test_what_was_stored_or_of_another_device_is_left_out_and_said(ours):
    assert "1 rows: taken before the device was connected" in left_out(ours)
    assert "rows: of a device that nobody had confirmed" in left_out(ours)
    assert not the(ev.AlarmChanged, ours)


def test_a_table_of_others_by_its_mapping(tmp_path):
    text = "Zeit;SpO2;Puls;Bemerkung\n31.01.2026 10:30:00,250;97,5;61;ok\n31.01.2026 10:30:01,250;;127;\n"
    toml = (
        'zone = "Europe/Berlin"\n[csv]\ndelimiter = ";"\ndecimal = ","\nencoding = "cp1252"\n'
        '[time]\ncolumn = "Zeit"\nformat = "%d.%m.%Y %H:%M:%S,%f"\n'
        f'{TRACK}device = "ward"\n[[track]]\nname = "Puls"\nterm = "MDC_PULS_OXIM_PULS_RATE"\n'
        "no_value = [127]\n"
    )
    mapping = tmp_path / "m.toml"
    mapping.write_text(toml, "utf-8")
    record = imported(table(tmp_path, text), tmp_path / "t.kap", "--mapping", str(mapping))
    at = NINE_NS + 250 * MS
    assert numbers(record) == {
        ("ward", "MDC_PULS_OXIM_SAT_O2"): [(at, 97.5, "Vld", None)],
        ("import", "MDC_PULS_OXIM_PULS_RATE"): [(at, 61.0, "Vld", None), (at + S, None, "NA", None)],
    }
    assert the(ev.SessionImported, record)[0].mapping == toml
    assert "Bemerkung: not in the mapping" in left_out(record)


@pytest.mark.parametrize(
    ("cell", "format_", "ms"),
    [
        ("2026-01-31T09:30:00.125Z", "iso", 125),
        ("2026-01-31 10:30:00.125+01:00", "iso", 125),
        ("2026-01-31 09:30:00", "iso", 0),
        ("0.125", 'seconds"\nstart = "2026-01-31T09:30:00', 125),
        ("125", 'milliseconds"\nstart = "2026-01-31T09:30:00', 125),
        ("09:30:00 31/01/26", "%H:%M:%S %d/%m/%y", 0),
    ],
)
def test_times_in_the_ways_they_are_written(tmp_path, cell, format_, ms):
    toml = f'[time]\ncolumn = "t"\nformat = "{format_}"\n{TRACK}'
    found = read(table(tmp_path, f"t,SpO2\n{cell},97\n"), toml)
    assert found.readings[0].times.tolist() == [NINE_NS + ms * MS]


def test_times_out_of_order_and_doubled_are_put_right_and_said(tmp_path):
    text = "t,SpO2\n3,93\n1,91\n2,90\n2,92\nlater,99\n"
    found = read(table(tmp_path, text), SECONDS)
    assert found.readings[0].values.tolist() == [91, 92, 93]
    assert found.left_out == (
        "SpO2: 1 values with the time of another one; the last of each is kept",
        "1 rows without a time that can be read",
    )


SECONDS = '[time]\ncolumn = "t"\nformat = "seconds"\nstart = "2026-01-31T09:30:00Z"\n' + TRACK
cells = st.text(st.characters(codec="utf-8", exclude_characters='\x00\r\n",'), max_size=12)


@settings(max_examples=120, deadline=None)
@given(cells=st.lists(cells | st.integers(-999, 999).map(str) | st.floats().map(str), max_size=20))
def test_only_what_is_written_as_a_number_becomes_one(tmp_path_factory, cells):
    lines = "".join(f"{number},{cell}\n" for number, cell in enumerate(cells))
    found = read(table(tmp_path_factory.mktemp("c"), f"t,SpO2\n{lines}"), SECONDS)
    values = dict(
        zip(
            ((found.readings[0].times - NINE_NS) // S).tolist(),
            found.readings[0].values.tolist(),
            strict=True,
        )
    )
    for number, cell in enumerate(cells):
        plain = cell.strip()
        is_one = (
            plain.isascii() and plain[-1:] in "0123456789." and "_" not in plain and plain not in ("", ".")
        )
        try:
            meant = float(plain)
        except ValueError:
            is_one = False
        else:
            is_one = is_one and np.isfinite(meant)
        if number in values:
            assert is_one
            assert values[number] == float(plain)
        elif is_one:
            assert len(plain) > 18


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"t,SpO2\n1,\x00\n", "zero bytes"),
        (b"t,SpO2\n\xff\xfe\x00,1\n", "is not utf-8 text"),
        (b"t,SpO2\n" + b"x" * 200_000, "line of 100000 characters"),
        (b't,SpO2\n1,"' + b"never closed\n" * 20_000, "cannot be read as CSV"),
        (b"t,SpO2\n" + b"," * 3_000 + b"\n", "more than 2000 columns"),
    ],
)
def test_what_is_no_table_is_refused_with_words(tmp_path, raw, words):
    path = tmp_path / "bad.csv"
    path.write_bytes(raw)
    with pytest.raises(ImportRefused, match=words):
        read(path, SECONDS)


def test_more_values_than_any_session_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fromcsv, "MOST_VALUES", 50)
    with pytest.raises(ImportRefused, match="more than 50 values"):
        read(table(tmp_path, "t,SpO2\n" + "".join(f"{n},97\n" for n in range(99))), SECONDS)


@pytest.mark.parametrize(
    ("toml", "key"),
    [
        ('zone = "Mars/Base"\n', "zone"),
        ('zone = "+99:00"\n', "zone"),
        ('[time]\ncolumn = "t"\nformat = "whenever"\n', "time.format"),
        ('[time]\ncolumn = "t"\nformat = "seconds"\nstart = "noon"\n', "time.start"),
        ('[[track]]\nname = "a"\nterm = "MDC_NO_SUCH"\n', r"track\[1\].term"),
        (f'{TRACK}unit = "kPa"\n', r"track\[1\].unit"),
        (f'{TRACK}no_value = ["x"]\n', r"track\[1\].no_value"),
        (SECONDS.replace("SpO2", "Nowhere"), "track.name"),
        (SECONDS.replace('column = "t"', 'column = "u"'), "time.column"),
        (SECONDS.replace("PULS_OXIM_SAT_O2", "PULS_OXIM_PLETH"), "track.term"),
        (TRACK, "time"),
        (SECONDS + TRACK, r"track\[2\].name: another one than that of track\[1\]"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(tmp_path, toml, key):
    with pytest.raises(ConfigError, match=key):
        read(table(tmp_path, "t,SpO2\n1,97\n"), toml)


def test_of_columns_called_the_same_none_is_hidden(tmp_path):
    text = "t,SpO2,SpO2,,SpO2,\n1,97,11,x,12,\n"
    found = read(table(tmp_path, text), SECONDS.replace("SpO2", "SpO2 #2"))
    assert found.readings[0].values.tolist() == [11]
    left = ("SpO2", "column 4", "SpO2 #3", "column 6")
    assert found.left_out == tuple(f"{name}: not in the mapping" for name in left)


def test_a_row_with_more_cells_than_the_head_is_left_out_and_said(tmp_path):
    """As where a decimal comma cuts a number in two, and all behind it stands one column too far."""
    found = read(table(tmp_path, "SpO2,HR,t\n97,5,61,1\n98,62,2\n99,63,3,,\n"), SECONDS)
    assert found.readings[0].values.tolist() == [98, 99]
    assert found.left_out == (
        "HR: not in the mapping",
        "1 rows with more cells than the first line; is the decimal sign the delimiter?",
    )


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(ConfigError, match=r"no column 't'; with the delimiter ',' .* has 't;SpO2';"):
        read(table(tmp_path, "t;SpO2\n1;97\n"), SECONDS)
    many = ",".join(f"c{n}" for n in range(99))
    with pytest.raises(ConfigError, match=r"no column 'SpO2'; .* has 't', 'c0', .*'c6' and 92 more;"):
        read(table(tmp_path, f"t,{many}\n"), SECONDS)
    with pytest.raises(ConfigError, match=r"the first line has 'Ward 3'; .* take lines above"):
        read(table(tmp_path, "Ward 3\nt,SpO2\n1,97\n"), SECONDS)


def test_more_channels_than_any_session_in_our_own_format_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fromtidy, "MOST_CHANNELS", 50)
    rows = (f"2026-01-31T09:30:00Z,0,c{n},150456,97,%,Vld,x,\n" for n in range(99))
    with pytest.raises(ImportRefused, match="more than 50 channels"):
        fromcsv.read(table(tmp_path, ",".join(fromtidy.COLUMNS) + "\n" + "".join(rows)), Mapping(), untold)


def test_without_a_mapping_a_table_of_others_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="--mapping"):
        fromcsv.read(table(tmp_path, "t,SpO2\n1,97\n"), Mapping(), untold)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path):
    assert len(read(table(tmp_path, "\ufefft,SpO2\n1,97\n"), SECONDS).readings[0].times) == 1


def test_numbers_are_read_as_they_are_written():
    assert csvtext.number("1.250,5", ",") is None
    assert csvtext.number("0,5", ",") == 0.5
    assert csvtext.number("1_000") is None
    assert csvtext.number("\u0664\u0662") is None


@pytest.mark.parametrize("name", ["=HR", "'=HR", "@pleth", "-x", "plain", "'quoted'"])
def test_the_apostrophe_of_our_own_export_is_no_part_of_a_name(tmp_path, name):
    row = f'2026-11-01T10:00:00.000Z,0,"{tidy.guarded(name)}",150456,97,%,Vld,"{tidy.guarded(name)}",\n'
    found = fromcsv.read(table(tmp_path, ",".join(fromtidy.COLUMNS) + "\n" + row), Mapping(), untold)
    (readings,) = found.readings
    assert (readings.channel.label, readings.channel.device) == (name, name)
