"""Deleting a session: two steps, whole, and a line that stays."""

import itertools
import json
from datetime import datetime, timedelta

import pytest
from record_fixtures import make_record
from vault_parts import Computers, make_encrypted

from kapmonitor.cli import main
from kapmonitor.clock import utc_text
from kapmonitor.commandline import forget
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.user import About, Role
from kapmonitor.places import heads_ledger, people_file, settings_file
from kapmonitor.record.copying import copy_into
from kapmonitor.record.hold import Hold
from kapmonitor.record.moves import Move, beside, moves_ledger, note
from kapmonitor.record.tombstones import Answer, Stone, answer, marked, public_name, stones_file, stones_in

PIN = "correct horse"
REASON = "kept for ten years"
T0 = datetime.fromisoformat("2026-01-31T09:30:00+00:00")


def stone(step="marked", by="eve", utc="2026-01-31T09:30:00Z", digest="d"):
    return Stone(step, "s", "…", digest, utc, by, REASON)


@pytest.mark.parametrize(
    ("has_mark", "same", "at_once", "age_days"),
    list(itertools.product((False, True), (False, True), (False, True), (-1, 0, 6.99, 7, 400))),
)
def test_every_wish_has_its_answer(has_mark, same, at_once, age_days):
    mark = stone(by="eve" if same else "adam") if has_mark else None
    utc = (T0 + timedelta(days=age_days)).isoformat()
    said = answer(mark, "eve", utc, 7.0, at_once=at_once)
    if not has_mark:
        assert said is (Answer.MARK_FIRST if at_once else Answer.MARK)
    elif age_days >= 7 or (at_once and not same):
        assert said is Answer.DELETE
    else:
        assert said is (Answer.SAME_ADMIN if at_once else Answer.TOO_SOON)


def test_a_mark_holds_for_the_record_as_it_was_and_until_it_is_taken_back():
    assert marked((stone(),), "d") == stone()
    assert marked((stone(),), "other") is None
    assert marked((stone(), stone("kept")), "d") is None
    assert marked((stone(), stone("kept"), stone(by="adam")), "d").by == "adam"
    assert marked((stone(), stone("deleted")), "d") is None


def test_of_a_name_only_date_and_time_stay(tmp_path):
    assert public_name(tmp_path / "2026-11-22-1405-4471.kap") == "2026-11-22-1405….kap"
    assert public_name(tmp_path / "Mary Kay.kap") == "….kap"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A computer of its own, with two admins and a nurse, and a second folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    settings_file().parent.mkdir(parents=True)
    (tmp_path / "second").mkdir()
    settings_file().write_text(f'[records]\nbackup = "{tmp_path / "second"}"\n')
    from kapmonitor.people import pin

    monkeypatch.setattr(pin, "MEMORY_KIB", 64)
    monkeypatch.setattr(pin, "PASSES", 1)
    monkeypatch.setattr(forget, "ask", lambda user: PIN)
    book = PeopleBook(people_file())
    book.add(About("eve", "Eve Fox", "EF", Role.ADMIN), PIN, None)
    by = book.unlock("eve", PIN, 1)
    book.add(About("adam", "Adam Elk", "AE", Role.ADMIN), PIN, by)
    book.add(About("cole", "Cole Hare", "CH", Role.NURSE), PIN, by)
    return tmp_path


def forgets(path, user="eve", *more):
    return main(["forget", str(path), "--as", user, "--reason", REASON, *more])


def stones():
    return stones_in(stones_file(heads_ledger()))


def record(home):
    """With all that may lie beside it, in both folders."""
    (home / "first").mkdir(exist_ok=True)
    path = make_record(home / "first" / "2026-11-22-1405-4471X.kap", 3)
    path.with_name(f"{path.name}.heads").write_text("{}\n")
    copy_into(home / "second", path)
    moved = home / "second" / "2026-11-22-1405-4471X-moved.kap"
    moved.write_bytes(path.read_bytes())
    move = Move(path, moved, "", 1, "0" * 64)
    assert note(beside(path), move, "s1", "")
    assert note(moves_ledger(heads_ledger()), move, "s1", "")
    assert note(moves_ledger(heads_ledger()), move, "s2", "")
    return path


def left_in(*folders):
    return sorted(each.name for folder in folders for each in folder.iterdir())


def test_a_session_is_marked_and_then_deleted_by_another_admin(home, capsys):
    path = record(home)
    other = make_record(home / "second" / "2026-11-22-1405-4472.kap", 3)
    assert forgets(path) == 0
    assert path.exists()
    assert "nothing is deleted yet" in capsys.readouterr().out
    assert forgets(path, "eve", "--now") == 2
    assert "another admin" in capsys.readouterr().err
    assert forgets(path, "adam") == 2
    assert "the waiting time is not over" in capsys.readouterr().err
    assert path.exists()
    assert forgets(path, "adam", "--now") == 0
    assert left_in(home / "first", home / "second") == [other.name], "and no other session"
    assert [(each.step, each.by) for each in stones()] == [("marked", "eve"), ("deleted", "adam")]
    kept = stones_file(heads_ledger()).read_text()
    assert "4471X" not in kept
    (line,) = moves_ledger(heads_ledger()).read_text().splitlines()
    assert json.loads(line)["session"] == "s2"
    assert "Fox" not in kept
    capsys.readouterr()
    assert main(["forget", "--list"]) == 0
    listed = capsys.readouterr().out
    assert "deleted  2026-11-22-1405….kap  session s1  by adam (signed)" in listed
    assert REASON in listed


def test_a_week_later_one_admin_is_enough(home, monkeypatch):
    path = record(home)
    assert forgets(path) == 0
    now_ns = forget.time.time_ns() + 7 * 86400 * 10**9
    monkeypatch.setattr(forget, "utc_text", lambda _: utc_text(now_ns))
    assert forgets(path) == 0
    assert left_in(home / "first", home / "second") == []


def test_a_mark_is_taken_back(home):
    path = record(home)
    assert forgets(path, "eve", "--keep") == 2
    assert forgets(path) == 0
    assert forgets(path, "adam", "--keep") == 0
    assert forgets(path, "adam", "--now") == 2
    assert path.exists()


def test_only_admins_with_a_reason_and_the_second_folder_there(home, capsys):
    path = record(home)
    assert forgets(path, "cole") == 2
    assert "only an admin" in capsys.readouterr().err
    assert main(["forget", str(path), "--as", "eve"]) == 2
    assert "--reason" in capsys.readouterr().err
    (home / "second").rename(home / "unplugged")
    assert forgets(path) == 2
    assert "connect it first" in capsys.readouterr().err
    assert stones() == ()


def test_a_record_that_is_being_written_is_not_deleted(home, monkeypatch, capsys):
    path = record(home)
    assert forgets(path) == 0

    class Busy(Hold):
        def __init__(self, path):
            from kapmonitor.errors import RecordInUse

            raise RecordInUse(str(path), "is being written")

    monkeypatch.setattr(forget, "Hold", Busy)
    assert forgets(path, "adam", "--now") == 2
    assert path.exists()
    assert len(stones()) == 1


def test_an_encrypted_session_goes_with_its_keys(home, monkeypatch):
    computers = Computers(home, monkeypatch)
    computers.set_up("data")
    (home / "first").mkdir()
    path = make_encrypted(home / "first" / "a.kap", 3)
    copy_into(home / "second", path)
    keys = home / "data" / "kapmonitor" / "vault" / "keys"
    assert len(list(keys.iterdir())) == 1
    assert forgets(path) == 0
    assert forgets(path, "adam", "--now") == 0
    assert left_in(home / "first", home / "second", keys) == []


def test_a_line_that_somebody_changed_is_told(home, capsys):
    assert forgets(record(home)) == 0
    file = stones_file(heads_ledger())
    told = json.loads(file.read_text())
    changed = ({**told, "by": "adam"}, {**told, "reason": "x"})
    file.write_text("".join(json.dumps(each) + "\n" for each in changed) + "half")
    capsys.readouterr()
    assert main(["forget", "--list", "--json"]) == 0
    assert [each["valid"] for each in json.loads(capsys.readouterr().out)] == [False, False]


def test_what_cannot_be_deleted_is_told_and_on_the_line(home, capsys, monkeypatch):
    path = record(home)
    heads = path.with_name(f"{path.name}.heads")
    heads.unlink()
    heads.mkdir()
    assert forgets(path) == 0
    assert forgets(path, "adam", "--now") == 1
    assert "could not be deleted" in capsys.readouterr().out
    assert [each.left for each in stones()] == [0, 0, 1]


def test_copies_of_a_record_that_nothing_reads_are_pointed_at(home, capsys):
    path = record(home)
    path.write_bytes(b"spoiled" * 100)
    assert forgets(path) == 0
    assert forgets(path, "adam", "--now") == 1
    assert "may be copies, look at them yourself" in capsys.readouterr().out
    assert not path.exists()
    assert stones()[-1].session == ""
