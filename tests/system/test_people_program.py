"""People, signing and verifying as whole programs; PINs come from a terminal or standard input alone."""

import json
import os
import pty
import subprocess
import sys
import time

import pytest
from programs import ROOT, run
from record_fixtures import make_record

pytestmark = [pytest.mark.system, pytest.mark.timeout(180)]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A computer of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "kapmonitor"


def add(user, role, pins, *more):
    words = ("--name", f"Full {user}", "--initials", "XY", "--role", role, *more)
    return run("people", "add", user, *words, data=pins)


@pytest.fixture
def people(home):
    assert add("eve", "admin", b"correct horse\n")[0] == 0
    assert add("cole", "nurse", b"correct horse\nstapler!\n", "--by", "eve")[0] == 0
    return home


def test_people_sign_and_verify_says_who(people, tmp_path):
    path = make_record(tmp_path / "a.kap", 3)
    status, out, errors = run("sign", path, "--as", "cole", "--meaning", "author", data=b"stapler!\n")
    assert (status, errors) == (0, "")
    assert "signed by Full cole (nurse) as author" in out
    status, out, _ = run("verify", path)
    assert (status, out.splitlines()[0]) == (0, f"{path}: intact")
    assert "Full cole (nurse) as author" in out
    assert "heads kept in this computer's ledger" in out
    (verdict,) = json.loads(run("verify", "--json", path)[1])
    assert verdict["signatures"][0]["finding"] == "valid"
    assert verdict["signatures"][0]["signed"]["user"] == "cole"


def test_a_list_is_for_people_and_programs(people):
    _, out, _ = run("people")
    assert [line.split("  ")[0] for line in out.splitlines()] == ["eve", "cole"]
    listed = json.loads(run("people", "list", "--json")[1])
    assert [each["role"] for each in listed] == ["admin", "nurse"]
    assert not any("locked" in each for each in listed)


def test_a_pin_is_changed_forgotten_and_a_person_turned_off(people, tmp_path):
    path = make_record(tmp_path / "a.kap", 3)
    assert run("people", "pin", "cole", data=b"stapler!\nanother 7\n")[0] == 0
    assert (
        run("people", "pin", "cole", "--forgotten", "--by", "eve", data=b"correct horse\nthird 99\n")[0] == 0
    )
    assert run("sign", path, "--as", "cole", "--meaning", "witness", data=b"another 7\n")[0] == 2
    assert run("sign", path, "--as", "cole", "--meaning", "witness", data=b"third 99\n")[0] == 0
    assert run("people", "off", "cole", "--by", "eve", data=b"correct horse\n")[0] == 0
    status, _, errors = run("sign", path, "--as", "cole", "--meaning", "author", data=b"third 99\n")
    assert (status, "was turned off" in errors) == (2, True)


def test_a_wrong_pin_signs_nothing(people, tmp_path):
    path = make_record(tmp_path / "a.kap", 3)
    before = path.read_bytes()
    for said in (b"", b"\n", b"wrong one\n"):
        status, out, errors = run("sign", path, "--as", "cole", "--meaning", "author", data=said)
        assert (status, out, errors.count("\n")) == (2, "", 1)
    assert path.read_bytes() == before


def test_a_record_is_verified_where_the_list_of_people_is_spoiled(people, tmp_path):
    path = make_record(tmp_path / "a.kap", 3)
    (people / "people.json").write_text("spoiled")
    status, out, errors = run("verify", path)
    assert (status, out.splitlines()[0]) == (2, f"{path}: intact")
    assert "no signer is known" in errors


def test_no_command_takes_a_pin_as_an_argument():
    from kapmonitor.cli import parser

    (commands,) = (a.choices for a in parser()._actions if isinstance(a.choices, dict))
    for name in ("people", "sign"):
        options = [option for action in commands[name]._actions for option in action.option_strings]
        assert not any("pin" in option or "password" in option for option in options)


def test_a_terminal_does_not_show_the_pin(people, tmp_path):
    path = make_record(tmp_path / "a.kap", 3)
    main, other = pty.openpty()
    words = [sys.executable, "-m", "kapmonitor", "sign", str(path), "--as", "cole", "--meaning", "author"]
    program = subprocess.Popen(
        words, cwd=ROOT, stdin=other, stdout=other, stderr=other, start_new_session=True
    )
    os.close(other)
    shown = b""
    limit = time.monotonic() + 60
    while b"PIN of cole: " not in shown and time.monotonic() < limit:
        shown += os.read(main, 1000)
    os.write(main, b"stapler!\n")
    while b"signed by" not in shown and time.monotonic() < limit:
        try:
            shown += os.read(main, 1000)
        except OSError:
            break
    assert program.wait(30) == 0
    os.close(main)
    assert b"signed by Full cole" in shown
    assert b"stapler" not in shown
