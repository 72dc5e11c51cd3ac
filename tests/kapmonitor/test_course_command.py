"""kapmonitor course: a table, JSON, a picture, and what it says where it cannot."""

import json

import pytest
from course_records import DAY_NS, UTC0, made

from kapmonitor.cli import main
from kapmonitor.record.access import accesses


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    file = tmp_path / "kept" / "access"
    monkeypatch.setattr("kapmonitor.viewing.access_ledger", lambda: file)
    monkeypatch.setattr("kapmonitor.commandline.course.heads_ledger", lambda: tmp_path / "kept" / "heads")
    return file


@pytest.fixture
def folder(tmp_path, ledger):
    there = tmp_path / "records"
    there.mkdir()
    for number in (1, 2):
        made(there / f"{number}.kap", number=number, utc_ns=UTC0 + number * DAY_NS)
    made(there / "other.kap", number=3, person="9")
    (there / "junk.kap").write_bytes(b"junk")
    return there


def test_a_record_stands_for_its_persons_course(folder, capsys):
    assert main(["course", str(folder / "2.kap")]) == 0
    out = capsys.readouterr().out
    assert "4471 MK: 2 sessions" in out
    lines = [line.split() for line in out.splitlines()]
    assert any({"70", "IM", "1.00", "140", "165/95", "T+20:00"} <= set(line) for line in lines)
    assert "10 of 50 min, limit 160/100" in out
    assert "junk.kap: damaged: not a session record" in out
    assert "1 record is of another person" in out
    assert "other.kap" not in out


def test_a_folder_of_several_people_asks_whose(folder, capsys):
    assert main(["course", str(folder)]) == 2
    assert "say whose sessions with --person (4471, 9)" in capsys.readouterr().err
    assert main(["course", str(folder), "--person", "9"]) == 0
    assert main(["course", str(folder), "--person", "77"]) == 2
    assert "no record here is of the person 77" in capsys.readouterr().err


def test_a_number_of_two_people_asks_which_and_never_mixes_them(folder, capsys):
    made(folder / "z.kap", number=8, birth_date="1991-05-06", initials="ZZ")
    asked = ["course", str(folder), "--person", "4471"]
    assert main(asked) == 2
    said = capsys.readouterr().err
    assert "several people have the record number 4471; say which with --born or --initials" in said
    assert "ZZ" not in said
    assert main([*asked, "--born", "1991-05-06"]) == 0
    assert "4471 ZZ: 1 session\n" in capsys.readouterr().out
    assert main([*asked, "--initials", "m.k."]) == 0
    assert "4471 MK: 2 sessions\n" in capsys.readouterr().out
    assert main([*asked, "--initials", "XX"]) == 2
    assert "no record here is of the person 4471 with the initials XX" in capsys.readouterr().err
    assert main(["course", str(folder / "z.kap")]) == 0
    assert "4471 ZZ: 1 session\n" in capsys.readouterr().out


def test_json_has_minutes_and_none_for_what_is_not_known(folder, capsys):
    assert main(["course", str(folder), "--person", "4471", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["person"] == "4471"
    first = told["sessions"][0]
    peak = first["peak"]
    assert (peak["at_min"], peak["systolic"], peak["diastolic"]) == (20.0, 165.0, 95.0)
    assert first["pressure_above"] == {"min": 10.0, "of_min": 50.0, "limits": [[160.0], [100.0]]}
    assert (first["ready_min"], first["left_min"]) == (None, None)
    assert told["other_people"] == 1
    assert [out["why"] for out in told["out"]] == ["damaged"]


def test_only_the_records_named_count_where_several_are(folder, capsys):
    assert main(["course", str(folder / "1.kap"), str(folder / "other.kap")]) == 0
    out = capsys.readouterr().out
    assert "1 session\n" in out
    assert "1 record is of another person" in out


def test_a_record_that_is_none_or_nobodys_is_refused(folder, capsys):
    assert main(["course", str(folder / "junk.kap")]) == 2
    assert "junk.kap: not a session record" in capsys.readouterr().err
    made(folder / "nobody.kap", number=7, person="", initials="")
    assert main(["course", str(folder / "nobody.kap")]) == 2
    assert "no record number is in it" in capsys.readouterr().err
    assert main(["course", str(folder / "absent.kap")]) == 2


def test_who_looked_at_which_session_is_kept(folder, ledger):
    assert main(["course", str(folder / "1.kap"), "--as", "eve", "--purpose", "before the fourth"]) == 0
    kept = [line.access for line in accesses(ledger)]
    assert [(each.session, each.what, each.user) for each in kept] == [
        ("session-1", "view", "eve"),
        ("session-2", "view", "eve"),
    ]
