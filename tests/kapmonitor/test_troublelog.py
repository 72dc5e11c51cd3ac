"""The file of what failed: written by real processes that fail, read afterwards."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kapmonitor import troublelog

ROOT = Path(__file__).parents[2]
MORE = "logging.getLogger('a').warning('more')"
NOT_KEPT = "what fails cannot be kept in {file}: "
TYPED = "Anna is afraid of the dark"
BEGIN = f"""
import ctypes, logging, sys, threading
from pathlib import Path
from kapmonitor.troublelog import keep
keep(Path(sys.argv[1]))
def read():
    int({TYPED!r})
def ask():
    try:
        read()
    except ValueError as why:
        raise LookupError({TYPED!r}) from why
"""


def failing(file, code):
    """Runs this until it fails: (exit status, what it said on standard error)."""
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + code, file], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.fixture
def file(tmp_path):
    return tmp_path / "state" / "log" / "kapmonitor.log"


def test_an_error_that_was_caught_is_kept_by_its_places_and_said_whole(file):
    code = "try:\n    ask()\nexcept LookupError:\n    logging.getLogger('ui.job').exception('a job failed')"
    status, said = failing(file, code)
    kept = file.read_text()
    assert status == 0
    assert said.startswith("a job failed\nTraceback")
    assert said.count(TYPED) == 2
    head, *lines = kept.splitlines()
    assert head.endswith("ERROR ui.job: a job failed")
    assert [line.split()[-1] for line in lines] == [
        *("ask", "read", "builtins.ValueError"),
        *("<module>", "ask", "builtins.LookupError"),
    ]
    assert TYPED not in kept
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 or sys.platform == "win32"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ask()", "the program ended by a fault"),
        ("t = threading.Thread(target=ask, name='kap-x'); t.start(); t.join()", "kap-x ended by a fault"),
    ],
)
def test_what_nobody_catches_is_kept_and_still_said(file, code, words):
    status, said = failing(file, code)
    assert status == (1 if code == "ask()" else 0)
    assert TYPED in said
    assert words in said
    kept = file.read_text()
    assert words in kept
    assert kept.splitlines()[-1] == "builtins.LookupError"
    assert TYPED not in kept


def test_a_process_that_is_struck_down_says_where_it_was(file):
    status, _ = failing(file, "def struck():\n    ctypes.string_at(0)\nstruck()")
    assert status != 0
    assert "Fatal Python error" in file.read_text()
    assert "in struck" in file.read_text()


def test_a_request_to_end_is_no_fault(file):
    for code in ("raise KeyboardInterrupt", "threading.Thread(target=sys.exit).start()", "sys.exit(3)"):
        failing(file, code)
    assert file.read_text() == ""


def test_news_is_added_and_a_long_file_begins_anew_beside_the_one_before(file):
    for number in range(2):
        failing(file, f"logging.getLogger('a').warning('number %d', {number})\nlogging.info('no trouble')")
    assert [line.split(": ")[-1] for line in file.read_text().splitlines()] == ["number 0", "number 1"]
    long = "x" * (troublelog.MOST_BYTES + 1)
    file.write_text(long)
    failing(file, "logging.getLogger('a').warning('new')")
    assert file.read_text().endswith("new\n")
    assert len(file.read_text()) < 100
    assert (file.parent / "kapmonitor.old.log").read_text() == long


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="a folder that cannot be written")
def test_where_no_file_can_be_the_program_goes_on(file):
    file.parent.parent.mkdir(mode=0o500)
    status, text = failing(file, MORE)
    said = text.splitlines()
    assert (status, said[0].startswith(NOT_KEPT.format(file=file)), said[1:]) == (0, True, ["more"])


def test_a_file_in_the_place_of_its_folder_stops_nothing(file):
    file.parent.parent.write_text("")
    status, text = failing(file, MORE)
    said = text.splitlines()
    assert (status, said[0].startswith(NOT_KEPT.format(file=file)), said[1:]) == (0, True, ["more"])


def test_errors_that_led_to_each_other_in_a_ring_end():
    one, two = ValueError(), TypeError()
    one.__cause__, two.__cause__ = two, one
    assert troublelog.places(one).splitlines() == ["builtins.TypeError", "builtins.ValueError"]
