"""The model of a power cut: it takes away what was not synced, and nothing else."""

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from powercut import Disk, compiled, compiler, cut, lay_out, said, steps, watched

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(compiler() is None, reason="the model needs Linux and a C compiler"),
]

WRITER = """
import os, sqlite3, sys
path, how = sys.argv[1:]
base = sqlite3.connect(path, isolation_level=None)
base.execute("PRAGMA journal_mode=WAL")
base.execute("PRAGMA synchronous=FULL")
base.execute("CREATE TABLE kept (number INTEGER)")
folder = os.open(os.path.dirname(path), os.O_RDONLY)
os.fsync(folder)
base.execute(f"PRAGMA synchronous={how}")
for number in range(20):
    base.execute("INSERT INTO kept VALUES (?)", (number,))
    if number == 10:
        base.execute("PRAGMA wal_checkpoint(PASSIVE)")
    os.write(1, b'{"saved": %d}\\n' % number)
os._exit(0)
"""


@pytest.fixture
def written(tmp_path):
    """A function: what was done by a program that commits twenty rows in that way, and its disk before."""
    folder = tmp_path / "disk"
    folder.mkdir()
    library = compiled(tmp_path)

    def write(how):
        disk = Disk(folder)
        env = {**os.environ, **watched(library, folder, tmp_path / "log")}
        words = [sys.executable, "-c", WRITER, str(folder / "a.db"), how]
        subprocess.run(words, env=env, check=True, stdout=subprocess.DEVNULL)
        return disk, steps(tmp_path / "log")

    return write


def lost(disk, done, folder):
    """Of what was said to be saved, how much is gone after a cut at each step that said so, both ways."""
    found = 0
    for at, step in enumerate(done, 1):
        if not step.data.startswith(b'{"saved"'):
            continue
        answered = {told["saved"] for told in said(done[:at])}
        for content in cut(disk, done[:at], random.Random(at)):
            lay_out(content, folder)
            with closing(sqlite3.connect(folder / "a.db")) as base:
                kept = {number for (number,) in base.execute("SELECT number FROM kept")}
                assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found += len(answered - kept)
    return found


def test_what_was_synced_is_kept(written, tmp_path):
    assert lost(*written("FULL"), tmp_path / "after") == 0


def test_what_was_answered_before_it_was_synced_is_lost(written, tmp_path):
    assert lost(*written("NORMAL"), tmp_path / "after") > 50


def test_a_name_is_kept_once_its_folder_was_synced(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    script = (
        "import os, sys\n"
        "folder = os.open(sys.argv[1], os.O_RDONLY)\n"
        "def make(name):\n"
        "    file = os.open(os.path.join(sys.argv[1], name), os.O_CREAT | os.O_WRONLY, 0o600)\n"
        "    os.write(file, b'x'); os.fsync(file)\n"
        "make('a'); os.fsync(folder); make('b'); os.unlink(os.path.join(sys.argv[1], 'a'))\n"
    )
    disk = Disk(folder)
    env = {**os.environ, **watched(compiled(tmp_path), folder, tmp_path / "log")}
    subprocess.run([sys.executable, "-c", script, str(folder)], env=env, check=True)
    least, _ = cut(disk, steps(tmp_path / "log"), random.Random(1))
    assert least == {str(folder / "a"): b"x"}
