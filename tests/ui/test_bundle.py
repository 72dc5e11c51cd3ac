"""A bundle: everything of a session in one file, which anybody can check without kapmonitor."""

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile

import exported_session as made
import pytest

from kapmonitor.cli import main
from kapmonitor.commandline.progress import Progress
from kapmonitor.record.verify import INTACT, verify

PARTS = {
    "s.kap",
    "session.json",
    "access.jsonl",
    "report.pdf",
    "READ-ME.txt",
    "check_bundle.py",
    "manifest.json",
    "SHA256SUMS",
}


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return made.make(tmp_path_factory.mktemp("record") / "s.kap")


@pytest.fixture(scope="module")
def unpacked(record, tmp_path_factory, qapp):
    out, found = tmp_path_factory.mktemp("out"), tmp_path_factory.mktemp("unpacked")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("home")))
        for format_, name, more in (("json", "a.json", ["--as", "eve"]), ("bundle", "b.zip", [])):
            assert main(["export", str(record), "--to", format_, "--out", str(out / name), *more]) == 0
    assert sorted(each.name for each in out.iterdir()) == ["a.json", "b.zip"]
    with zipfile.ZipFile(out / "b.zip") as archive:
        archive.extractall(found)
    return found


@pytest.fixture
def bundle(unpacked, tmp_path):
    return shutil.copytree(unpacked, tmp_path / "bundle")


def check(folder):
    return subprocess.run(
        [sys.executable, "-I", str(folder / "check_bundle.py")], capture_output=True, text=True, check=False
    )


def test_the_record_comes_out_as_it_went_in(bundle, record):
    assert {each.name for each in bundle.iterdir()} == PARTS
    there, here = verify(bundle / "s.kap"), verify(record)
    assert (there.kind, there.head) == (INTACT, here.head)
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert manifest["head"] == here.head.split()[-1]
    for each in manifest["files"]:
        data = (bundle / each["name"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (each["size"], each["sha256"])
    assert json.loads((bundle / "access.jsonl").read_text())["user"] == "eve"
    events = json.loads((bundle / "session.json").read_text("utf-8"))["events"]
    assert "note.amended" in {each["type"] for each in events}


def test_anybody_can_check_it(bundle):
    run = check(bundle)
    assert run.returncode == 0, run.stderr
    assert "the record's entries are what was written" in run.stdout


def test_a_file_that_was_changed_is_found(bundle):
    data = (bundle / "report.pdf").read_bytes()
    (bundle / "report.pdf").write_bytes(data[:-1] + b"x")
    assert "report.pdf: is not the file" in check(bundle).stderr


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            "UPDATE event SET body = replace(body, 'onyl', 'only') WHERE type = 'note.added'",
            "is not what was written",
        ),
        ("UPDATE numeric SET t0_ns = t0_ns + 1 WHERE id = 2", "rows of numeric are not what was sealed"),
    ],
)
def test_a_record_that_was_changed_is_found_though_all_sums_were_made_anew(bundle, change, found):
    with sqlite3.connect(bundle / "s.kap") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(change)
    connection.close()
    manifest = json.loads((bundle / "manifest.json").read_text())
    for each in manifest["files"]:
        each["sha256"] = hashlib.sha256((bundle / each["name"]).read_bytes()).hexdigest()
    (bundle / "manifest.json").write_text(json.dumps(manifest))
    run = check(bundle)
    assert run.returncode == 1
    assert found in run.stderr


def test_deidentified_there_is_no_record_in_it_and_nothing_that_tells(record, tmp_path, qapp):
    out = tmp_path / "b.zip"
    assert main(["export", str(record), "--to", "bundle", "--out", str(out), "--deidentify"]) == 0
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tmp_path / "unpacked")
    folder = tmp_path / "unpacked"
    names = {each.name for each in folder.iterdir()}
    assert "s.kap" not in names
    assert "session.csv" in names
    for name in names - {"report.pdf"}:
        text = (folder / name).read_text("utf-8")
        assert [secret for secret in made.SECRETS if secret in text] == [], name
    assert "de-identified" in check(folder).stdout


def test_a_cancelled_bundle_leaves_nothing(record, tmp_path, qapp, monkeypatch):
    def stop(_progress, share):
        if share > 0.4:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "tell", stop)
    assert main(["export", str(record), "--to", "bundle", "--out", str(tmp_path / "b.zip")]) == 1
    assert list(tmp_path.iterdir()) == []
