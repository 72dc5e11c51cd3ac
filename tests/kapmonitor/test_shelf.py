"""The records of a folder: whose, when, and what state each is in."""

import dataclasses
import shutil
import sqlite3
from contextlib import closing

import pytest
from past_records import write
from record_fixtures import SECOND, STARTED, T0_NS, UTC0_NS, make_record
from vault_parts import Computers, make_encrypted

from kapmonitor import shelf as shelf_module
from kapmonitor.errors import RecordInUse
from kapmonitor.session.events import PersonIdentified, Stamped
from kapmonitor.shelf import Shelved, Standing, same_person_first, shelf, shelved


def nothing(_share):
    """Nobody wants to know how far it is."""


def test_a_closed_record_tells_whose_it_is_and_when(tmp_path):
    started = dataclasses.replace(STARTED, mode="Real", person="4471", initials="M.K.", number=3, of=6)
    path = make_record(tmp_path / "a.kap", 3, started)
    assert shelved(path) == Shelved(path, Standing.CLOSED, "4471", "M.K.", 3, 6, "Real", UTC0_NS, 60)


def test_who_was_named_during_the_session_counts(tmp_path):
    told = Stamped(T0_NS, PersonIdentified("5120", "1980-02-29", "A.B.", "RN"))
    path = write(tmp_path / "a.kap", Stamped(T0_NS, STARTED), [told], closed=True)
    found = shelved(path)
    assert (found.person, found.initials) == ("5120", "A.B.")


def test_an_interrupted_one_and_one_that_is_being_written(tmp_path, monkeypatch):
    path = write(tmp_path / "a.kap", Stamped(T0_NS, STARTED), [], closed=False)
    assert shelved(path).standing is Standing.INTERRUPTED

    def held(_path):
        raise RecordInUse("a.kap", "is being written")

    monkeypatch.setattr(shelf_module, "Hold", held)
    assert shelved(path).standing is Standing.WRITTEN


def test_what_cannot_be_read_is_listed_as_that(tmp_path, monkeypatch):
    (tmp_path / "a.kap").write_bytes(b"")
    (tmp_path / "b.kap").mkdir()
    good = make_record(tmp_path / "c.kap", 3)
    newer = shutil.copy(good, tmp_path / "d.kap")
    with closing(sqlite3.connect(newer)) as database:
        database.execute("PRAGMA user_version=2000")
    found = {each.path.name: each.standing for each in shelf([tmp_path], nothing)}
    assert found == {
        "a.kap": Standing.UNREADABLE,
        "b.kap": Standing.UNREADABLE,
        "c.kap": Standing.CLOSED,
        "d.kap": Standing.TOO_NEW,
    }


def test_an_encrypted_one_whose_key_is_not_here_is_locked(tmp_path, monkeypatch):
    computers = Computers(tmp_path, monkeypatch)
    computers.set_up("one")
    path = make_encrypted(tmp_path / "a.kap")
    assert shelved(path).standing is Standing.CLOSED
    computers.use("two")
    assert shelved(path).standing is Standing.LOCKED


def test_the_newest_is_first_and_a_file_in_two_folders_is_one(tmp_path):
    for name, days in (("a", 0), ("b", 2), ("c", 1)):
        begun = dataclasses.replace(STARTED, utc_ns=UTC0_NS + days * 86_400 * SECOND)
        write(tmp_path / f"{name}.kap", Stamped(T0_NS, begun), [], closed=True)
    shares = []
    found = shelf([tmp_path, tmp_path / ".", tmp_path / "not-there"], shares.append)
    assert [each.path.stem for each in found] == ["b", "c", "a"]
    assert shares == pytest.approx([0, 1 / 3, 2 / 3])
    assert list(tmp_path.glob(".*.lock")) == []


def test_those_of_the_same_person_come_first_in_their_order(tmp_path):
    records = [
        Shelved(tmp_path / name, Standing.CLOSED, person, "M.K.")
        for name, person in (("a", "1"), ("b", "2"), ("c", "1"), ("d", ""))
    ]
    assert [each.path.name for each in same_person_first(records, "1", "M.K.")] == ["a", "c", "b", "d"]
    assert same_person_first(records, "", "") == tuple(records)
