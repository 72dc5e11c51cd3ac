"""Tampering is found, whatever it is; interruptions and damage are told apart."""

import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from record_fixtures import SECOND, T0_NS, UTC0_NS, begin, make_record, put_second
from signed_records import kept_record, sign_as, signature_of_another, staff
from tampering import TABLES, add_event, everything, flip, names, random_edit, tamper, unguarded

from kapmonitor.errors import RecordTooNew
from kapmonitor.people.user import Meaning
from kapmonitor.record import chain, schema
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.events import ClockAnchored, NoteAdded, RecordHeads, SessionResumed, Stamped

EDITS = 1000
FLIPS = 400


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("record") / "a.kap", 65)


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    """A record with two signatures and heads beside it."""
    path = kept_record(tmp_path_factory.mktemp("signed") / "a.kap", 65)
    sign_as(path, "diaz")
    sign_as(path, "berg", Meaning.REVIEWER)
    assert verify(path, staff=staff()).kind == "intact"
    return path


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    return signature_of_another(tmp_path_factory.mktemp("another"))


@pytest.fixture
def copy(record, tmp_path):
    return shutil.copy(record, tmp_path / "copy.kap")


def test_an_untouched_record_is_intact(record):
    verdict = verify(record)
    assert (verdict.kind, verdict.first_bad, verdict.missing) == ("intact", None, ())
    assert verdict.counts["readings"] == 65 * 2 + 4 - 1
    assert verdict.counts["wire"] == 65


def test_after_the_clock_was_set_times_of_day_are_those_of_the_new_clock(tmp_path):
    """The session begins at 23:13:20; twenty seconds later the clock is set an hour forward."""
    path = tmp_path / "set.kap"
    writer, clock = begin(path)

    def at(second, event):
        clock.move_to(T0_NS + second * SECOND)
        writer.put(Stamped(T0_NS + second * SECOND, event))

    at(10, RecordHeads("here", "full"))
    at(20, ClockAnchored(UTC0_NS + 3620 * SECOND, 3600 * SECOND))
    at(30, RecordHeads("there", "full"))
    at(50, SessionResumed(UTC0_NS + 50 * SECOND, 15 * SECOND))
    at(60, RecordHeads("nowhere", "full"))
    writer.close("ended")
    assert verify(path).missing == (
        "heads kept here, from 23:13:30 on (full)",
        "heads kept there, from 00:13:50 on (full)",
        "15 s without monitoring before 23:14:10",
        "heads kept nowhere, from 23:14:20 on (full)",
    )


def test_every_edit_is_found_and_named(signed, foreign, tmp_path):
    rng = random.Random(1)
    path = tmp_path / "edited.kap"
    shutil.copy(signed.with_name("a.kap.heads"), tmp_path / "edited.kap.heads")
    seen = set()
    for _ in range(EDITS):
        shutil.copy(signed, path)
        edit = random_edit(path, rng, foreign)
        verdict = verify(path, staff=staff())
        assert verdict.kind == "damaged", edit
        assert names(verdict.first_bad, edit.table, edit.row), (edit, verdict.first_bad)
        seen.add((edit.kind, edit.table))
    # Five kinds on each table, but there are no two headers to swap; an end cut off, a signature moved.
    assert len(seen) == 5 * len(TABLES) - 1 + 2


def test_every_flipped_byte_is_found_or_changes_nothing(signed, tmp_path):
    """Bytes that no entry lies in may change unseen: then every row still reads as it was written."""
    rng = random.Random(2)
    data = signed.read_bytes()
    before = everything(signed)
    path = tmp_path / "flipped.kap"
    kinds = []
    for _ in range(FLIPS):
        at = rng.randrange(len(data))
        flip(path, data, at, rng)
        try:
            verdict = verify(path, staff=staff())
        except RecordTooNew:
            continue
        kinds.append(verdict.kind)
        if verdict.kind != "damaged":
            assert verdict.kind == "intact"
            assert everything(path) == before, f"byte {at}"
        elif hits := rows_hit(path, before):
            assert any(names(verdict.first_bad, *hit) for hit in hits), (at, verdict.first_bad, hits[:5])
    assert kinds.count("damaged") > FLIPS // 2


def rows_hit(path, before):
    """Rows that read otherwise than before; none if the file cannot be read as a whole any more."""
    try:
        after = everything(path)
    except (sqlite3.Error, UnicodeDecodeError):
        return []
    if after["sqlite_master"] != before["sqlite_master"]:
        return []
    return [
        (table, row[0])
        for table in TABLES
        for row, now in zip(before[table], after[table], strict=False)
        if row != now
    ]


def test_every_flipped_byte_of_an_entry_is_found(record, tmp_path):
    """Inside what rows hold nothing may change unseen, however empty the pages around it are."""
    rng = random.Random(3)
    data = record.read_bytes()
    cells = [cell for rows in everything(record).values() for row in rows for cell in row]
    pieces = [bytes(cell[:48]) for cell in cells if isinstance(cell, bytes) and len(cell) >= 48]
    places = [data.find(piece) for piece in pieces if data.count(piece) == 1]
    assert len(places) > 20
    path = tmp_path / "flipped.kap"
    for _ in range(FLIPS // 2):
        at = rng.choice(places) + rng.randrange(48)
        flip(path, data, at, rng)
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


def test_what_was_added_after_the_end_is_named(copy):
    seq = add_event(copy, "note.added", '{"by":"AB","kind":"text","note":"n","saved_t_ns":1,"text":"late"}')
    verdict = verify(copy)
    assert verdict.kind == "damaged"
    assert verdict.first_bad == f"entry {seq} (note.added): was added after the session was closed"


def test_what_concerns_the_record_alone_may_follow_its_end(copy):
    add_event(copy, "record.seen-by-a-later-version", '{"by":"AB"}')
    assert verify(copy).kind == "intact"


def test_removed_guards_are_noticed(copy):
    connection, _ = unguarded(copy)
    connection.commit()
    connection.close()
    verdict = verify(copy)
    assert verdict.kind == "damaged"
    assert "guards" in verdict.first_bad


@pytest.mark.parametrize("column", ["name", "tbl_name"])
def test_a_part_of_the_file_under_another_name_is_noticed(copy, column):
    """SQLite takes names without regard to capitals, so everything still reads as before."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(f"UPDATE sqlite_master SET {column} = upper({column}) WHERE name = 'wave_at'")
        connection.commit()
    assert "were changed" in verify(copy).first_bad


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
