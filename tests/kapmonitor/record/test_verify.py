"""Tampering is found, whatever it is; interruptions and damage are told apart."""

import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from record_fixtures import T0_NS, begin, make_record, put_second

from kapmonitor.errors import RecordTooNew
from kapmonitor.record import chain, schema
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.events import NoteAdded, Stamped

TABLES = {
    "event": ("seq", ("t_ns", "type", "version", "body", "prev_hash", "hash")),
    "wave": ("id", ("channel", "t0_ns", "fs", "n", "fine_crc", "crc", "fine", "data")),
    "numeric": ("id", ("t0_ns", "t1_ns", "n", "crc", "data", "extra")),
    "minute": ("id", ("t0_ns", "wave_to", "numeric_to", "crc", "waves", "numerics")),
    "wire": ("id", ("t_ns", "device", "direction", "channel", "data")),
    "header": ("id", ("body",)),
}
EDITS = 400
FLIPS = 400


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("record") / "a.kap", 65)


@pytest.fixture
def copy(record, tmp_path):
    return shutil.copy(record, tmp_path / "copy.kap")


def unguarded(path):
    """A connection that can do what the triggers refuse, and puts them back as they were."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA journal_mode=MEMORY")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    return connection, [sql for _, sql in triggers]


def tamper(path, statement, values=()):
    connection, triggers = unguarded(path)
    changed = connection.execute(statement, values).rowcount
    for sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()
    return changed


def other(value, rng):
    """Something of the same kind that is not the same."""
    if isinstance(value, int):
        return value + rng.choice((-1, 1, 1000))
    if isinstance(value, float):
        return value * 1.5 + 1
    if isinstance(value, bytes):
        at = rng.randrange(len(value)) if value else 0
        return value[:at] + bytes([(value[at] if value else 0) ^ (1 << rng.randrange(8))]) + value[at + 1 :]
    at = rng.randrange(len(value)) if value else 0
    return value[:at] + ("x" if value[at : at + 1] != "x" else "y") + value[at + 1 :]


def random_edit(path, rng):
    """One change of any row of any table; its description."""
    table = rng.choice(list(TABLES))
    number, columns = TABLES[table]
    connection, triggers = unguarded(path)
    rows = [n for (n,) in connection.execute(f"SELECT {number} FROM {table}")]
    row = rng.choice(rows)
    kind = rng.choice(("change", "change", "change", "delete", "insert", "swap", "renumber"))
    if kind == "change":
        column = rng.choice(columns)
        (value,) = connection.execute(f"SELECT {column} FROM {table} WHERE {number} = ?", (row,)).fetchone()
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {number} = ?", (other(value, rng), row))
    elif kind == "delete":
        connection.execute(f"DELETE FROM {table} WHERE {number} = ?", (row,))
    elif kind == "insert":
        names = ",".join(columns)
        place = max(rows) + 1
        connection.execute(
            f"INSERT INTO {table} SELECT {place}, {names} FROM {table} WHERE {number} = ?", (row,)
        )
    elif kind == "swap" and len(rows) > 1:
        one, two = rng.sample(rows, 2)
        for old, new in ((one, -1), (two, one), (-1, two)):
            connection.execute(f"UPDATE {table} SET {number} = ? WHERE {number} = ?", (new, old))
    else:
        kind = "renumber"
        connection.execute(f"UPDATE {table} SET {number} = ? WHERE {number} = ?", (max(rows) + 7, row))
    for sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()
    return f"{kind} {table} {row}"


def test_an_untouched_record_is_intact(record):
    verdict = verify(record)
    assert (verdict.kind, verdict.first_bad, verdict.missing) == ("intact", None, ())
    assert verdict.counts["readings"] == 65 * 2 + 4 - 1
    assert verdict.counts["wire"] == 65


def test_every_edit_is_found(record, tmp_path):
    rng = random.Random(1)
    for _ in range(EDITS):
        path = shutil.copy(record, tmp_path / "edited.kap")
        edit = random_edit(path, rng)
        verdict = verify(path)
        assert verdict.kind == "damaged", edit
        assert verdict.first_bad, edit


def everything(path):
    """All that can be read from a record, row by row."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        connection.text_factory = bytes
        tables = [*TABLES, "wave_tail", "numeric_tail", "sqlite_master"]
        return [
            connection.execute(f"SELECT * FROM {t} ORDER BY 1, rowid").fetchall()
            if t != "sqlite_master"
            else connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
            for t in tables
        ]


def test_every_flipped_byte_is_found_or_changes_nothing(record, tmp_path):
    """Bytes that no entry lies in may change unseen: then every row still reads as it was written."""
    rng = random.Random(2)
    data = record.read_bytes()
    before = everything(record)
    path = tmp_path / "flipped.kap"
    for _ in range(FLIPS):
        at = rng.randrange(len(data))
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :])
        try:
            kind = verify(path).kind
        except RecordTooNew:
            continue
        if kind != "damaged":
            assert kind == "intact"
            assert everything(path) == before, f"byte {at}"


def test_every_flipped_byte_of_an_entry_is_found(record, tmp_path):
    """Inside what rows hold nothing may change unseen, however empty the pages around it are."""
    rng = random.Random(3)
    data = record.read_bytes()
    cells = [cell for rows in everything(record) for row in rows for cell in row]
    pieces = [bytes(cell[:48]) for cell in cells if isinstance(cell, bytes) and len(cell) >= 48]
    places = [data.find(piece) for piece in pieces if data.count(piece) == 1]
    assert len(places) > 20
    path = tmp_path / "flipped.kap"
    for _ in range(FLIPS // 2):
        at = rng.choice(places) + rng.randrange(48)
        path.write_bytes(data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :])
        assert verify(path).kind == "damaged", f"byte {at}"


@pytest.mark.parametrize(
    ("statement", "values", "named"),
    [
        (
            "UPDATE event SET body = replace(body, 'note at 5', 'note at 6') WHERE body LIKE '%note at 5\"%'",
            (),
            "note",
        ),
        ("UPDATE event SET t_ns = t_ns + 1 WHERE seq = 3", (), "entry 3"),
        ("DELETE FROM event WHERE seq = 4", (), "entry 4: is not there"),
        ("DELETE FROM wave WHERE id = 2", (), "wave row 2"),
        ("UPDATE wave SET data = x'00' WHERE id = 5", (), "wave row 5"),
        ("UPDATE numeric SET crc = 0 WHERE id = 1", (), "numeric row 1"),
        ("UPDATE wire SET data = x'00' WHERE id = 17", (), "wire rows"),
        (
            "INSERT INTO numeric_tail VALUES (1, 1, 1, 1.0, 'Vld', NULL, NULL, 0)",
            (),
            "after the record was closed",
        ),
    ],
)
def test_the_first_bad_entry_is_named(copy, statement, values, named):
    assert tamper(copy, statement, values) == 1
    verdict = verify(copy)
    assert verdict.kind == "damaged"
    assert named in verdict.first_bad


def test_guards_refuse_what_a_program_might_do_by_mistake(copy):
    connection = sqlite3.connect(copy)
    for table, (_, columns) in TABLES.items():
        row = connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()
        places = ",".join("?" * len(row))
        for statement, values in (
            (f"UPDATE {table} SET {columns[0]} = {columns[0]}", ()),
            (f"DELETE FROM {table}", ()),
            (f"INSERT OR REPLACE INTO {table} VALUES ({places})", row),
            (
                f"INSERT INTO {table} VALUES ({places}) ON CONFLICT DO UPDATE SET {columns[0]} = 1",
                row,
            ),
            (f"INSERT INTO {table} VALUES ({places})", (row[0] + 10_000, *row[1:])),
            (f"INSERT INTO {table} VALUES ({places})", (None, *row[1:])),
        ):
            with pytest.raises(sqlite3.IntegrityError, match="rows are"):
                connection.execute(statement, values)
    connection.close()
    assert verify(copy).kind == "intact"


def test_removed_guards_are_noticed(copy):
    connection, _ = unguarded(copy)
    connection.commit()
    connection.close()
    verdict = verify(copy)
    assert verdict.kind == "damaged"
    assert "guards" in verdict.first_bad


@pytest.mark.parametrize("seconds", [0, 3, 35])
def test_a_record_that_was_not_closed_is_interrupted(tmp_path, seconds):
    writer, clock = begin(tmp_path / "a.kap")
    for second in range(seconds):
        put_second(writer, clock, second)
    writer._store.finish = lambda *_: writer._store.abandon()
    writer.close()
    verdict = verify(tmp_path / "a.kap")
    assert verdict.kind == "interrupted"
    assert "not closed" in verdict.missing[0]
    if not seconds:
        assert "Pleth of dev: no samples at all" in verdict.missing
    assert verdict.counts["samples"] == 575 * seconds
    assert ("sealed" in verdict.recovered[-1]) == (seconds % 10 != 0 or seconds == 0)


def test_a_wave_that_ended_early_is_missing(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    put_second(writer, clock, 0)
    clock.move_to(T0_NS + 9_000_000_000)
    writer.put(Stamped(clock.now_ns(), NoteAdded("n", "text", "later", "AB", 1)))
    writer._store.finish = lambda *_: writer._store.abandon()
    writer.close()
    missing = verify(tmp_path / "a.kap").missing
    assert "Pleth of dev: nothing in the last 8.0 s before the end" in missing


def test_an_unsealed_block_that_was_changed_is_damage(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    put_second(writer, clock, 0)
    writer._store.finish = lambda *_: writer._store.abandon()
    writer.close()
    assert tamper(tmp_path / "a.kap", "UPDATE wave_tail SET data = zeroblob(length(data))") == 2
    assert "wave_tail" in verify(tmp_path / "a.kap").first_bad


def test_a_hundred_thousand_entries_take_less_than_five_seconds(tmp_path):
    import time

    writer, _ = begin(tmp_path / "a.kap")
    for number in range(100_000):
        writer.put(Stamped(T0_NS + number, NoteAdded(str(number), "text", "x", "AB", number)))
    writer.close()
    began = time.thread_time()
    verdict = verify(tmp_path / "a.kap")
    assert time.thread_time() - began < 5
    assert verdict.kind == "intact"


def test_an_event_hash_is_over_rfc_8785():
    import hashlib

    import rfc8785

    body = {"text": 'a "quoted" \u00e9\u2028 line', "n": 1.5}
    text = rfc8785.dumps(body).decode()
    row = {"body": body, "prev": "ab", "seq": 7, "t_ns": "123", "type": "note.added", "version": 2}
    assert (
        chain.event_hash(7, 123, "note.added", 2, text, "ab")
        == hashlib.sha256(rfc8785.dumps(row)).hexdigest()
    )


def test_newer_versions_are_left_alone(copy):
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(f"PRAGMA user_version={(schema.MAJOR + 1) * 1000}")
        connection.commit()
    with pytest.raises(RecordTooNew, match="newer version"):
        verify(copy)
    with pytest.raises(RecordTooNew):
        RecordReader(copy)
