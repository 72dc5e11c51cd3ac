"""Parts of the tests of faults: small disks, bad records, lines of shell."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time

import pytest
from programs import ROOT

from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import NoteAdded


def one_line(errors):
    lines = errors.strip().splitlines()
    assert len(lines) == 1, errors
    assert lines[0].startswith("kapmonitor: ")
    return lines[0]


def notes_of(path):
    with RecordReader(path) as reader:
        return [r.stamped.event.text for r in reader.events() if isinstance(r.stamped.event, NoteAdded)]


def until(condition, limit_s=40):
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, "did not happen"
        time.sleep(0.02)


@contextlib.contextmanager
def small_disk(folder):
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=600k", "none", str(folder)]
    if shutil.which("mount") is None or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path):
    with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def damaged_waves(good, path, number=None):
    """The record with other bytes in all its waves, or in those of one chunk and in its fine level."""
    shutil.copy(good, path)
    database = sqlite3.connect(path)
    guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        database.execute(f"DROP TRIGGER {name}")
    if number is None:
        database.execute("UPDATE wave SET data = randomblob(500)")
    else:
        database.execute(
            "UPDATE wave SET data = randomblob(500), fine = randomblob(90) WHERE id = ?", (number,)
        )
    for _, text in guards:
        database.execute(text)
    database.commit()
    database.close()
    return path


def made_bad(kind, good, path):
    match kind:
        case "empty":
            path.write_bytes(b"")
        case "noise":
            path.write_bytes(os.urandom(50_000))
        case "truncated":
            path.write_bytes(good.read_bytes()[:20_000])
        case "of another program":
            with contextlib.closing(sqlite3.connect(path)) as database:
                database.execute("CREATE TABLE t (a)")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "missing":
            pass
    return path


def shell(text, **env):
    """A line of shell in which $K is the program: (status, output, errors), as bytes."""
    words = ["bash", "-c", text]
    env = {**os.environ, "K": f"{sys.executable} -m kapmonitor", "QT_QPA_PLATFORM": "offscreen", **env}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr
