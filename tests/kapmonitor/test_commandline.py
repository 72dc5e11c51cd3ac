"""Small parts of the command line."""

from dataclasses import replace

import pytest

import kapmonitor.commandline.record
import kapmonitor.commandline.verify  # noqa: F401 - patched below by name
from devices.registry import Registry, load
from kapmonitor.cli import main, parser
from kapmonitor.commandline.replay import parse_at
from kapmonitor.display import no_display
from kapmonitor.errors import AddressError, ConfigError, DriverLoadError, RecordError
from kapmonitor.members import members, unknown
from kapmonitor.places import new_record_path, record_file


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("T+20:00", 1200),
        ("T-05:30", -330),
        ("T+1:02:03", 3723),
        ("20:00", 1200),
        ("T\N{MINUS SIGN}0:10", -10),
    ],
)
def test_times_to_begin_at(text, seconds):
    assert parse_at(text) == seconds


@pytest.mark.parametrize("text", ["", "T+", "noon", "T+20", "T+20:0", "T+20:00:0x"])
def test_other_texts_are_refused_in_words(text):
    with pytest.raises(AddressError, match="T\\+MM:SS"):
        parse_at(text)


def test_a_missing_display_is_noticed_before_qt_is_loaded():
    assert "no display" in no_display({}, "linux")
    assert no_display({"DISPLAY": ":0"}, "linux") == ""
    assert no_display({"QT_QPA_PLATFORM": "offscreen"}, "linux") == ""
    assert no_display({}, "win32") == ""


def test_record_names_are_never_taken_twice(tmp_path):
    from datetime import UTC, datetime

    began = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
    first = new_record_path(tmp_path, began, "44/71")
    first.touch()
    assert first.name == "2026-11-22-1405-44-71.kap"
    assert new_record_path(tmp_path, began, "44/71").name == "2026-11-22-1405-44-71-2.kap"


COMMANDS = (
    "demo",
    "replay",
    "record",
    "devices",
    "simulate",
    "capture",
    "decode",
    "verify",
    "rehearse",
    "rerun",
    "audio",
    "config",
)


def test_every_command_has_help_with_an_example(capsys):
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            parser().parse_args([command, "--help"])
        assert left.value.code == 0
        assert "Example: kapmonitor" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--speed", "0"],
        ["demo", "--speed", "nan"],
        ["demo", "--size", "10x10"],
        ["nosuch"],
        ["rehearse", "a.kap"],
        ["rehearse", "--limits", "example"],
        ["rerun"],
        ["record", "--device", "nonin@x", "--for", "-1"],
        ["config", "check"],
        ["config", "chek"],
    ],
)
def test_wrong_use_ends_with_status_2(words, capsys):
    with pytest.raises(SystemExit) as left:
        main(words)
    assert left.value.code == 2
    assert capsys.readouterr().err


def test_a_new_record_needs_a_device(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("kapmonitor.commandline.record._stop_on_signals", lambda _stop: None)
    assert main(["record", "--out", str(tmp_path / "a.kap")]) == 2
    assert "--device" in capsys.readouterr().err


def test_two_of_a_kind_get_numbers_and_names():
    found = members(("nonin@a", "nonin@b", "suntech@c?cuff=on&every=300"), load())
    assert [(m.id, m.label) for m in found] == [
        ("nonin", "Oximeter"),
        ("nonin-2", "Oximeter 2"),
        ("suntech", "Cuff"),
    ]
    assert found[2].cuff.on
    assert found[2].cuff.schedule.every_s == 300
    assert str(found[2].address) == "suntech@c"


def test_a_place_whose_device_is_to_be_found_out_keeps_its_cuff_options():
    texts = ("auto@a?cuff=on&every=300", "nonin@b", "auto@c")
    assert [m.id for m in members(texts, load())] == ["nonin"]
    places = unknown(texts, load())
    assert [(str(place.address), place.cuff.on) for place in places] == [("auto@a", True), ("auto@c", False)]


@pytest.mark.parametrize("text", ["auto@a?colour=red", "auto@a?cuff=yes", "auto@a?baud=x"])
def test_a_place_is_refused_before_anything_is_opened(text):
    with pytest.raises(AddressError):
        unknown((text,), load())


@pytest.mark.parametrize(
    "text",
    [
        "nonin@a?cuff=on",
        "suntech@a?cuff=yes",
        "suntech@a?cuff=on&every=x",
        "suntech@a?cuff=on&every=59",
        "suntech@a?cuff=on&every=99999999999",
        "nothing",
        "nonin@a?baud=abc",
        "nonin@a?parity=Q",
        "nonin@a?no=1",
        "ble-heart-rate@C1:00:00:00:00:02?hci=nowhere",
        "ble-heart-rate@C1:00:00:00:00:02?baud=9600",
    ],
)
def test_devices_that_cannot_be_meant(text):
    with pytest.raises(AddressError):
        members((text,), load())


def test_a_driver_that_does_not_start_is_found_out_before_the_session():
    nonin = load().get("nonin")

    def broken(_options):
        raise RuntimeError("no luck")

    registry = Registry((replace(nonin, protocol=broken),), ())
    with pytest.raises(DriverLoadError, match="no luck"):
        members(("nonin@a",), registry)


@pytest.mark.parametrize(
    ("thrown", "status", "words"),
    [
        (KeyboardInterrupt(), 1, "interrupted"),
        (PermissionError(13, "Permission denied", "/x"), 2, "/x: Permission denied"),
        (ConfigError("p", "k", "one\nor two"), 2, "one or two"),
    ],
)
def test_what_a_command_cannot_do_is_one_line(monkeypatch, capsys, thrown, status, words):
    def run(_arguments):
        raise thrown

    monkeypatch.setattr("kapmonitor.commandline.verify.run", run)
    assert main(["verify", "x"]) == status
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("kapmonitor: ")
    assert words in line


def test_a_record_to_be_read_must_be_a_file(tmp_path):
    with pytest.raises(RecordError, match="no such file"):
        record_file(str(tmp_path / "absent.kap"))
    with pytest.raises(RecordError, match="folder"):
        record_file(str(tmp_path))
    with pytest.raises(RecordError, match="cannot be opened"):
        record_file("x" * 5000)
    (tmp_path / "a.kap").touch()
    assert record_file(str(tmp_path / "a.kap")) == tmp_path / "a.kap"
