"""An import is there whole or not at all, and everybody who looks at it is told what it is."""

import json
from pathlib import Path

import pytest
import vault_parts
from imported import imported, the
from PySide6.QtPdf import QPdfDocument

from kapmonitor.cli import main, parser
from kapmonitor.commandline import importwords
from kapmonitor.errors import ImportRefused
from kapmonitor.foreign import reading, whole
from kapmonitor.foreign.keeping import keep
from kapmonitor.foreign.mapping import Mapping
from kapmonitor.model import GenerationMode
from kapmonitor.record.database import head_of
from kapmonitor.record.verify import INTACT, verify
from kapmonitor.review import Review
from kapmonitor.session import events as ev
from kapmonitor.unfinished import unfinished
from kapmonitor.vault.home import load_vault
from kapmonitor.vault.keys import is_encrypted
from ui.report import wording
from ui.status_face import watermark

VITAL = Path(__file__).parents[2] / "data" / "imports" / "plain.vital"


def untold(_share):
    return None


@pytest.fixture
def record(tmp_path):
    return imported(VITAL, tmp_path / "v.kap")


def test_the_command_knows_the_formats_that_are_read():
    assert set(importwords.FORMATS) == set(reading.FORMATS)


def test_the_record_is_intact_closed_and_nothing_else_is_left(record, tmp_path):
    assert verify(record).kind == INTACT
    assert [each.name for each in tmp_path.iterdir()] == ["v.kap"]


def test_whoever_checks_it_is_told_where_it_comes_from(record, capsys):
    assert main(["verify", str(record)]) == 0
    assert f"imported: from {VITAL.name} (vital, SHA-256 " in capsys.readouterr().out
    assert main(["verify", "--json", str(record)]) == 0
    assert "not a session of this clinic" in json.loads(capsys.readouterr().out)[0]["imported"]


def test_the_same_file_can_be_read_by_its_name_or_by_how_it_begins(record, tmp_path):
    again = imported(VITAL, tmp_path / "again.kap", "--from", "vital")
    assert the(ev.SessionImported, again) == the(ev.SessionImported, record)


@pytest.mark.parametrize("kind", ["edf", "csv"])
def test_a_file_of_another_format_than_was_said_is_refused(kind, tmp_path, capsys):
    assert main(["import", str(VITAL), "--from", kind, "--out", str(tmp_path / "x.kap")]) == 2
    assert str(VITAL) in capsys.readouterr().err
    assert not [*tmp_path.iterdir()]


class _CancelledError(Exception):
    pass


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_of_a_cancelled_import_nothing_is_left(tmp_path, share):
    def tell(far):
        if far >= share:
            raise _CancelledError

    recording = reading.read(VITAL, "", Mapping(), untold)
    origin = reading.origin_of(VITAL, Mapping(), untold)
    with pytest.raises(_CancelledError):
        keep(recording, origin, tmp_path / "v.kap", tell)
    assert not [*tmp_path.iterdir()]


def test_of_an_import_whose_record_cannot_be_written_nothing_is_left(tmp_path, monkeypatch):
    def fail(_folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole, "sync_folder", fail)
    recording = reading.read(VITAL, "", Mapping(), untold)
    origin = reading.origin_of(VITAL, Mapping(), untold)
    with pytest.raises(ImportRefused, match="No space left"):
        keep(recording, origin, tmp_path / "v.kap", untold)
    assert not [*tmp_path.iterdir()]


def test_with_a_vault_it_is_encrypted_and_a_cancelled_one_leaves_no_key(tmp_path, monkeypatch):
    computers = vault_parts.Computers(tmp_path, monkeypatch)
    computers.set_up("here")
    recording = reading.read(VITAL, "", Mapping(), untold)
    origin = reading.origin_of(VITAL, Mapping(), untold)
    keys = tmp_path / "here" / "kapmonitor" / "vault" / "keys"
    out = tmp_path / "v.kap"

    def cancel(_share):
        raise _CancelledError

    with pytest.raises(_CancelledError):
        keep(recording, origin, out, cancel, load_vault())
    assert not [*keys.iterdir()]
    keep(recording, origin, out, untold, load_vault())
    assert is_encrypted(head_of(out))
    assert the(ev.NoteAdded, out)[0].text == "Eyes closed"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["here", "v.kap", "v.kap.key"]


def test_nothing_is_written_over(record, capsys):
    before = record.read_bytes()
    assert main(["import", str(VITAL), "--out", str(record)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert record.read_bytes() == before


@pytest.mark.parametrize("end", [".key", "-wal", "-shm", "-journal", ".heads", ".moved"])
def test_beside_what_another_record_of_that_name_left_nothing_is_written(end, tmp_path, capsys):
    left = tmp_path / f"v.kap{end}"
    left.write_bytes(b"of another record")
    assert main(["import", str(VITAL), "--out", str(tmp_path / "v.kap")]) == 2
    assert f"{left}: is there, and belongs to a record that was here" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == [left.name]
    assert left.read_bytes() == b"of another record"


def test_a_file_that_came_while_it_was_written_is_not_written_over(tmp_path):
    recording = reading.read(VITAL, "", Mapping(), untold)
    origin = reading.origin_of(VITAL, Mapping(), untold)

    def tell(_share):
        (tmp_path / "v.kap").write_bytes(b"of another program")

    with pytest.raises(ImportRefused, match="is there already"):
        keep(recording, origin, tmp_path / "v.kap", tell)
    assert [each.name for each in tmp_path.iterdir()] == ["v.kap"]
    assert (tmp_path / "v.kap").read_bytes() == b"of another program"


def test_a_record_that_cannot_be_made_is_named_as_it_was_asked_for(tmp_path, capsys, monkeypatch):
    def fail(*_):
        raise OSError(13, "Permission denied")

    monkeypatch.setattr("kapmonitor.record.store.os.open", fail)
    assert main(["import", str(VITAL), "--out", str(tmp_path / "v.kap")]) == 2
    said = capsys.readouterr().err
    assert f"{tmp_path / 'v.kap'}: cannot be created (Permission denied)" in said
    assert ".part" not in said


@pytest.mark.parametrize("name", ["nowhere.vital", ""])
def test_what_cannot_be_read_is_said(tmp_path, name, capsys):
    assert main(["import", str(tmp_path / name), "--out", str(tmp_path / "x.kap")]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_a_session_does_not_go_on_in_it(record):
    assert unfinished(record.parent) is None


def test_the_review_says_it_on_every_frame(record):
    review = Review(record, verify(record))
    shot = review.snapshot()
    review.close()
    assert watermark(shot) == "IMPORTED"
    assert shot.mode is GenerationMode.TEST
    assert shot.alarms == ()


def test_the_report_says_it_on_every_page(record, tmp_path, qapp):
    out = tmp_path / "r.pdf"
    assert main(["export", str(record), "--to", "report", "--out", str(out)]) == 0
    pdf = QPdfDocument()
    pdf.load(str(out))
    pages = [pdf.getAllText(page).text() for page in range(pdf.pageCount())]
    pdf.close()
    assert pages
    assert all(wording.IMPORTED in " ".join(page.split()) for page in pages)


@pytest.mark.parametrize("deidentify", [(), ("--deidentify",)])
@pytest.mark.parametrize(
    ("kind", "ending"), [("csv", ".events.csv"), ("json", ".json"), ("fhir", ".fhir.json")]
)
def test_the_exports_say_it(record, tmp_path, kind, ending, deidentify):
    out = tmp_path / f"x{'.csv' if kind == 'csv' else ending}"
    assert main(["export", str(record), "--to", kind, "--out", str(out), *deidentify]) == 0
    text = (tmp_path / f"x{ending}").read_text("utf-8")
    if kind == "json":
        found = json.loads(text)
        assert found["mode"] == "Imported"
        (said,) = (each["body"] for each in found["events"] if each["type"] == "session.imported")
        assert (said["file"] == "") == bool(deidentify)
    else:
        assert "taken over from a file of another program; not a session of this clinic" in text


def test_help_names_an_example(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["import", "--help"])
    assert "kapmonitor import case.vital --out case.kap" in " ".join(capsys.readouterr().out.split())
