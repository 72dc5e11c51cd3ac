"""An export is there whole or not at all, and says nothing that it must not."""

import os
import re
import signal
import zipfile
import zlib
from contextlib import closing, suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import get_args

import exported_session as made
import pytest
from tampering import tamper, unguarded
from vault_parts import Computers, make_encrypted

from kapmonitor.cli import main
from kapmonitor.commandline import export, exportwords
from kapmonitor.commandline.progress import Progress
from kapmonitor.errors import ExportError
from kapmonitor.export.policy import ASKED_FOR, CHOICES, KEPT, Policy, leaving
from kapmonitor.export.standing import SOMEWHERE, nameless
from kapmonitor.export.target import whole
from kapmonitor.export.wall import Wall, seconds_text
from kapmonitor.record.access import accesses
from kapmonitor.record.database import connect
from kapmonitor.record.verify import DAMAGED, Verdict
from kapmonitor.session.events import SessionEvent


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return made.make(tmp_path_factory.mktemp("record") / "session.kap")


def end_politely(_progress, share):
    if share > 0.3:
        os.kill(os.getpid(), signal.SIGTERM)


def press_ctrl_c(_progress, share):
    if share > 0.3:
        os.kill(os.getpid(), signal.SIGINT)


def break_disk(_progress, share):
    if share > 0.3:
        raise OSError(28, "No space left on device")


TROUBLES = ((press_ctrl_c, 1), (end_politely, 1), (break_disk, 2))


@pytest.mark.parametrize(
    ("format_", "trouble", "status"),
    [
        *(("csv", *each) for each in TROUBLES),
        *((name, *TROUBLES[0]) for name in export.FORMATS if name != "csv"),
    ],
)
def test_a_cancelled_or_failed_export_leaves_nothing(
    record, tmp_path, monkeypatch, capsys, format_, trouble, status
):
    monkeypatch.setattr(Progress, "tell", trouble)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as of what a script starts in the background
    out = tmp_path / "out"
    out.mkdir()
    try:
        found = main(["export", str(record), "--to", format_, "--out", str(out / "a.x")])
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert found == status
    assert list(out.iterdir()) == []
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("format_", ["csv", "json", "edf", "fhir"])
def test_of_a_damaged_record_there_is_no_half_export(tmp_path, capsys, format_):
    record = made.make(tmp_path / "s.kap")
    connection, guards = unguarded(record)
    for statement in ("UPDATE numeric SET data = x'00' WHERE id = 2", *guards):
        connection.execute(statement)
    connection.close()
    out = tmp_path / "out"
    out.mkdir()
    assert main(["export", str(record), "--to", format_, "--out", str(out / "a.x")]) == 2
    assert "cannot be read further" in capsys.readouterr().err
    assert list(out.iterdir()) == []


def test_what_is_there_is_not_written_over(record, tmp_path, capsys):
    out = tmp_path / "a.json"
    out.write_text("mine")
    assert main(["export", str(record), "--to", "json", "--out", str(out)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]
    assert out.read_text() == "mine"


def test_of_several_files_all_get_their_names_or_none(tmp_path):
    (tmp_path / "a.second.csv").mkdir()

    def two():
        with whole(tmp_path / "a.csv") as draft:
            draft.file().write_text("1")
            draft.file(".second.csv").write_text("2")

    with pytest.raises(ExportError):
        two()
    assert [each.name for each in tmp_path.iterdir()] == ["a.second.csv"]


def test_what_a_killed_export_left_is_in_nobodys_way(tmp_path):
    (tmp_path / ".a.csv.part").write_text("half")
    with whole(tmp_path / "a.csv") as draft:
        draft.file().write_text("whole")
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "whole"


def test_without_a_ledger_nothing_is_exported(record, tmp_path, monkeypatch, capsys):
    (tmp_path / "home").write_text("in the way")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    out = tmp_path / "a.json"
    assert main(["export", str(record), "--to", "json", "--out", str(out)]) == 2
    assert "who reads records" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("format_", export.FORMATS)
def test_deidentified_no_file_and_no_name_of_a_file_tells_who_or_when_it_was(
    record, tmp_path, monkeypatch, format_, qapp
):
    """Looks into what is compressed, and at what says by whom and when the file was made."""
    monkeypatch.chdir(tmp_path)
    named = tmp_path / "2026-09-21-1513-AC-4471.kap"
    named.write_bytes(record.read_bytes())
    words = ["--deidentify"] if format_ != export.HANDOVER else []
    assert main(["export", str(named), "--to", format_, "--as", "Dr Canary", *words]) == 0
    named.unlink()
    files = [each for each in tmp_path.iterdir() if not each.name.startswith(named.name)]
    assert files
    year = datetime.now(UTC).year
    for file in files:
        for part, raw in opened_up(file):
            text = raw.decode("latin-1") + raw.decode("utf-8", "ignore")
            assert [each for each in made.SECRETS if each in part or each in text] == [], part
            assert not re.search(rf"2026|AC.4471|1513|{year}-\d\d|D:{year}", part), part
            assert not re.search(rf"2026-09|21-SEP-2026|21\.09\.26|{year}-\d\d-\d\d|D:{year}", text), part


def opened_up(file):
    """Its parts by name, what is deflated in a PDF as it is then."""
    raw = file.read_bytes()
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)
        return
    yield file.name, raw
    for match in re.finditer(rb"stream\r?\n(.*?)endstream", raw, re.DOTALL):
        with suppress(zlib.error):
            yield file.name, zlib.decompress(match[1])


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_deidentified_nothing_tells_who_it_was(record, tmp_path, format_):
    out = tmp_path / f"a.{format_}"
    assert main(["export", str(record), "--to", format_, "--out", str(out), "--deidentify"]) == 0
    text = "".join(each.read_text("utf-8") for each in tmp_path.iterdir())
    assert [secret for secret in made.SECRETS if secret in text] == []
    assert "2026" not in text
    assert "left deltoid" in text


def test_what_is_chosen_is_kept(record, tmp_path):
    out = tmp_path / "a.json"
    words = ["--deidentify", "--keep", "notes", "--keep", "names"]
    assert main(["export", str(record), "--to", "json", "--out", str(out), *words]) == 0
    text = out.read_text("utf-8")
    assert "it is only water" in text
    assert "Dr Canary" in text
    assert [secret for secret in ("AC-4471", "A.C.", "1980-02-29", "SN-99887") if secret in text] == []


def test_keep_alone_is_refused(record, tmp_path, capsys):
    out = str(tmp_path / "a.json")
    assert main(["export", str(record), "--to", "json", "--out", out, "--keep", "notes"]) == 2
    assert "--deidentify" in capsys.readouterr().err


@pytest.mark.parametrize("kind", get_args(SessionEvent))
def test_of_each_event_only_listed_fields_leave(kind):
    """New events and new fields stay at home until somebody decides that they may leave."""
    assert set(KEPT.get(kind, ())) <= {field.name for field in fields(kind)}
    for kept in ASKED_FOR.values():
        assert set(kept.get(kind, ())) <= {field.name for field in fields(kind)}


def test_dates_move_by_whole_days_and_lengths_stay():
    day = 86_400 * made.S
    policy = Policy(deidentified=True, shift_ns=-500 * day)
    whole_, moved = Wall(made_events()), Wall(made_events(), policy.shift_ns)
    assert moved.text(made.at(5)) == "2025-05-09T14:13:25.987Z"
    assert whole_.text(made.at(5))[10:] == moved.text(made.at(5))[10:]
    first = leaving(made_events(), policy)[0]
    assert first.event == replace(
        made.STARTED, session="", zone="", person="", initials="", utc_ns=made.UTC0 - 500 * day
    )


def made_events():
    return [made.stamped(0, made.STARTED), *(row for row in made.rows() if hasattr(row, "event"))]


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0.000"),
        (1_499_999, "0.001"),
        (-1_500_000, "-0.002"),
        (-400_000, "0.000"),
        (3_600_000_000_000, "3600.000"),
    ],
)
def test_seconds_are_exact_to_the_millisecond(ns, text):
    assert seconds_text(ns) == text


def test_of_an_encrypted_record_it_is_said_that_the_export_is_plain(tmp_path, monkeypatch, capsys):
    computers = Computers(tmp_path, monkeypatch)
    computers.set_up("clinic")
    record = make_encrypted(tmp_path / "s.kap")
    for format_, name in (("csv", "a.events.csv"), ("json", "b.json"), ("fhir", "c.json"), ("edf", "d.edf")):
        out = tmp_path / name.replace(".events", "")
        assert main(["export", str(record), "--to", format_, "--out", str(out)]) == 0
        assert capsys.readouterr().err.count("is encrypted; what is exported is not") == 1
        assert b"canary note" in (tmp_path / name).read_bytes()
    told = [line.access.what for line in accesses(tmp_path / "clinic/kapmonitor/sessions.access")]
    assert told == ["export csv", "export json", "export fhir", "export edf"]


def test_each_format_that_is_offered_is_there():
    assert set(exportwords.FORMATS) == set(export.FORMATS)
    assert set(exportwords.KEPT) == set(CHOICES)


def with_destroyed_dose(path):
    """The record with another dose's body; returns its path and the dose's entry."""
    made.make(path)
    with closing(connect(path, "ro")) as connection:
        (seq,) = connection.execute("SELECT seq FROM event WHERE type = 'dose.given'").fetchone()
    other = "UPDATE event SET body = replace(body, 'ketamine', 'esketamine') WHERE seq = ?"
    assert tamper(path, other, (seq,)) == 1
    return path, seq


PLACES = {
    "csv": ("a.dictionary.csv", "a.events.csv"),
    "json": ("a.x",),
    "edf": ("a.x", "a.part-2.x"),
    "fhir": ("a.x",),
}


@pytest.mark.parametrize("format_", list(PLACES))
@pytest.mark.parametrize("words", [(), ("--deidentify",)])
def test_an_export_of_a_damaged_record_says_so_and_where(tmp_path, capsys, format_, words):
    record, seq = with_destroyed_dose(tmp_path / "s.kap")
    out = tmp_path / "out"
    out.mkdir()
    assert main(["export", str(record), "--to", format_, "--out", str(out / "a.x"), *words]) == 0
    assert f"damaged: entry {seq}" in capsys.readouterr().err
    for name in PLACES[format_]:
        text = (out / name).read_bytes()
        assert f"entry {seq}".encode() in text
        assert b"damaged" in text


@pytest.mark.parametrize("format_", list(PLACES))
def test_an_export_says_that_the_record_was_interrupted_or_is_intact(record, tmp_path, capsys, format_):
    interrupted = made.make(tmp_path / "s.kap", closed=False)
    for path, word in ((record, "intact"), (interrupted, "interrupted")):
        out = tmp_path / word
        out.mkdir()
        assert main(["export", str(path), "--to", format_, "--out", str(out / "a.x")]) == 0
        assert ("interrupted: it was not closed" in capsys.readouterr().err) == (word == "interrupted")
        for name in PLACES[format_]:
            assert word.encode() in (out / name).read_bytes()


def test_deidentified_what_is_missing_or_damaged_names_no_path_person_or_channel():
    verdict = Verdict(
        DAMAGED,
        "entry 40 (record.signed): Dr Canary (nurse) as author: not what was signed",
        (
            "all after entry 7: its disk failed, and it goes on in /home/AC-4471.kap",
            "Anna Canary of canary drive: nothing for 3.0 s from 10:11:12",
            "60 s without monitoring before 10:11:12",
        ),
        (),
        {},
        head="entry 7, SHA-256 00",
    )
    said = nameless(verdict, {"Anna Canary of canary drive": "MDC_X of device 1"})
    assert said.first_bad == "entry 40"
    assert said.missing == (
        "MDC_X of device 1: nothing for 3.0 s from 10:11:12",
        "60 s without monitoring before 10:11:12",
    )
    assert nameless(replace(verdict, first_bad="Anna"), {}).first_bad == SOMEWHERE


def test_a_link_that_leads_nowhere_is_not_written_over(record, tmp_path, capsys):
    out = tmp_path / "a.json"
    out.symlink_to(tmp_path / "nowhere")
    assert main(["export", str(record), "--to", "json", "--out", str(out)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert out.is_symlink()
    assert [each.name for each in tmp_path.iterdir()] == ["a.json"]


def test_an_error_names_the_file_that_was_asked_for(tmp_path, capsys, qapp):
    record, _ = with_destroyed_dose(tmp_path / "s.kap")
    out = tmp_path / "a.zip"
    assert main(["export", str(record), "--to", "bundle", "--out", str(out)]) == 2
    said = capsys.readouterr().err
    assert f"{out}: a bundle holds the record, and no copy of the record could be kept there" in said
    assert "/." not in said.replace(str(record), "")

    def broken():
        with whole(tmp_path / "b.pdf") as draft:
            raise ExportError(str(draft.file()), "cannot be written to its end")

    with pytest.raises(ExportError) as error:
        broken()
    assert str(error.value) == f"{tmp_path / 'b.pdf'}: cannot be written to its end"
