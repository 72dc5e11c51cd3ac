"""Reading anything: records are read, everything else is refused in words, nothing is changed."""

import hashlib
import os
import sqlite3
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_fixtures import begin, make_record, put_second

from kapmonitor.errors import RecordDamaged, RecordLocked, RecordTooNew
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.codec import UnknownEvent
from kapmonitor.vault.keys import is_encrypted


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("record") / "a.kap", 15)


def interrupted(folder):
    writer, clock = begin(folder / "a.kap")
    for second in range(15):
        put_second(writer, clock, second)
    path = folder / "b.kap"
    while writer.status().waiting:
        time.sleep(0.02)
    for ending in ("", "-wal"):
        (folder / f"b.kap{ending}").write_bytes((folder / f"a.kap{ending}").read_bytes())
    writer.close()
    return path


def digests(folder, *names):
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def test_reading_changes_nothing(tmp_path):
    path = interrupted(tmp_path)
    before = digests(tmp_path, "b.kap", "b.kap-wal")
    assert verify(path).kind == "interrupted"
    with RecordReader(path) as reader:
        assert len(list(reader.events())) >= 6
        assert sum(len(chunk.samples) for chunk in reader.waves(2)) == 15 * 500
    assert digests(tmp_path, "b.kap", "b.kap-wal") == before


@contextmanager
def as_somebody_else(folder):
    """Somebody who may read all here and write nothing."""
    for parent in (folder, *folder.parents):
        if parent.is_relative_to(tempfile.gettempdir()) and parent != Path(tempfile.gettempdir()):
            parent.chmod(0o755)
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_record_is_read_from_a_folder_nobody_may_write_to(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = interrupted(folder)
    for file in folder.iterdir():
        file.chmod(0o444)
    with as_somebody_else(folder):
        with pytest.raises(PermissionError):
            (folder / "mine").touch()
        with RecordReader(path) as reader:
            assert len(list(reader.wire())) == 15


def test_spans_are_half_open(record):
    with RecordReader(record) as reader:
        rows = list(reader.numerics())
        middle = sorted({row.t_ns for row in rows})[7]
        before, after = list(reader.numerics(t1_ns=middle)), list(reader.numerics(t0_ns=middle))
    assert len(before) + len(after) == len(rows)
    assert all(row.t_ns < middle for row in before)
    assert all(row.t_ns >= middle for row in after)


def test_events_of_another_program_are_kept_apart(record, tmp_path):
    path = tmp_path / "b.kap"
    path.write_bytes(record.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "INSERT INTO event SELECT max(seq) + 1, 5, 'future.thing', 3, '{\"a\":1}', '', '' FROM event"
        )
        connection.commit()
    with RecordReader(path) as reader:
        known = list(reader.events())
        (unknown,) = reader.unknown_events()
    assert unknown.event == UnknownEvent("future.thing", 3, '{"a":1}', unknown.event.reason)
    with RecordReader(record) as reader:
        assert known == list(reader.events())


def read_all(path):
    with RecordReader(path) as reader:
        list(reader.events())
        reader.unknown_events()
        list(reader.numerics())
        list(reader.wire())
        for channel in (*reader.channels(), 1, 2):
            list(reader.waves(channel))


def try_all(path):
    try:
        verdict = verify(path)
    except RecordTooNew:
        return
    assert verdict.kind in ("intact", "interrupted", "damaged")
    try:
        read_all(path)
    except RecordDamaged:
        assert verdict.kind == "damaged"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=5000))
def test_any_bytes_are_refused_in_words(tmp_path, data):
    path = tmp_path / "x.kap"
    for content in (data, b"SQLite format 3\0" + data):
        path.write_bytes(content)
        if is_encrypted(content):
            for read in (RecordReader, verify):
                with pytest.raises(RecordLocked):
                    read(path)
            continue
        with pytest.raises(RecordDamaged):
            RecordReader(path)
        assert verify(path).kind == "damaged"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(part=st.floats(0, 1))
def test_a_record_cut_short_is_read_or_refused(record, tmp_path, part):
    path = tmp_path / "x.kap"
    data = record.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    try_all(path)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=64)), min_size=1, max_size=8))
def test_a_record_written_over_is_read_or_refused(record, tmp_path, cuts):
    path = tmp_path / "x.kap"
    data = bytearray(record.read_bytes())
    for part, noise in cuts:
        at = int((len(data) - len(noise)) * part)
        data[at : at + len(noise)] = noise
    path.write_bytes(data)
    try_all(path)


def test_other_files_are_named(tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
    with pytest.raises(RecordDamaged, match="another program"):
        RecordReader(tmp_path / "other.db")
    (tmp_path / "empty.kap").write_bytes(b"")
    with pytest.raises(RecordDamaged, match="not a session record"):
        RecordReader(tmp_path / "empty.kap")
    with pytest.raises(RecordDamaged, match="cannot be opened"):
        RecordReader(tmp_path / "none.kap")
    with pytest.raises(RecordDamaged):
        RecordReader(tmp_path)
