"""`kapmonitor capture` and `decode` on records made here: what stays, what goes, and what people are told."""

import json
import tracemalloc
from dataclasses import replace

import pytest
from capture_parts import ORIGIN_NS, S, live_gatt, live_wire, told
from drivers import load

from devices.decode import decode_capture
from kapmonitor.cli import main
from kapmonitor.clock import ManualClock
from kapmonitor.commandline.capture import _span
from kapmonitor.errors import ConfigError
from kapmonitor.model import DeviceIdentified, Direction, WireChunk
from kapmonitor.record.cut import Session
from kapmonitor.record.items import WireRow
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import (
    DeviceAdded,
    DeviceIdentity,
    DoseGiven,
    LinkEvent,
    NoteAdded,
    SessionStarted,
    Stamped,
)

UTC_NS = 1_790_000_000 * S
CANARIES = ("Zelda", "Q.Z.", "MRN-771904", "4471-MASIMO", "C1:00:00:00:00:02", "ttyUSB7", "17900")
STARTED = SessionStarted(
    "s", "Real", "kapmonitor 9.9", UTC_NS, 60, "Europe/Berlin", "MRN-771904", "Q.Z.", 3, 6
)


def record(path, devices, *, closed=True, mode="Real"):
    """A record of `devices`, (id, DEVICE text, what was taken down)."""
    clock = ManualClock(ORIGIN_NS - S, UTC_NS)
    writer = RecordWriter.create(path, Stamped(ORIGIN_NS - S, replace(STARTED, mode=mode)), clock)
    writer.put(Stamped(ORIGIN_NS, NoteAdded("n", "text", "Zelda cried", "Q.Z.", 0)))
    writer.put(Stamped(ORIGIN_NS + 10 * S, DoseGiven("ketamine", 70.0, "im", "Zelda's arm", "Q.Z.")))
    for device, address, taken in devices:
        writer.put(Stamped(ORIGIN_NS, DeviceAdded(device, address.partition("@")[0], "Zelda's", address)))
        for entry in taken.entries:
            writer.put(_row(device, entry))
        for event in taken.events:
            if isinstance(event, DeviceIdentified):
                said = (event.manufacturer, f"{event.model} {event.serial}", event.serial, event.firmware)
                writer.put(Stamped(event.t_ns, DeviceIdentity(device, *said)))
    if closed:
        writer.close()
    else:
        writer.put_durable(Stamped(ORIGIN_NS, NoteAdded("m", "text", "", "", 0))).result(10)
    return writer


def _row(device, entry):
    if isinstance(entry, WireChunk):
        return WireRow(entry.t_ns, device, entry.direction, entry.data, entry.channel)
    return Stamped(entry.t_ns, LinkEvent(device, entry.state.value, entry.problem.value, "at ttyUSB7"))


def capture(capsys, *words):
    status = main(["capture", *map(str, words)])
    said = capsys.readouterr()
    return status, said.out, said.err


def decoded(capsys, *words):
    assert main(["decode", *map(str, words)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


SESSIONS = {
    "nonin": ("nonin@/dev/ttyUSB7?format=df7&baud=9600", lambda: live_wire("nonin?format=df7", 20)),
    "masimo": ("masimo@/dev/ttyUSB7", lambda: live_wire("masimo", 20)),
    "suntech": ("suntech@/dev/ttyUSB7?patient=adult", lambda: live_wire("suntech", 60)),
    "ble-heart-rate": (
        "ble-heart-rate@C1:00:00:00:00:02?hci=tcp:127.0.0.1:9",
        lambda: live_gatt("ble-heart-rate", 8),
    ),
}


@pytest.mark.parametrize("driver", SESSIONS)
@pytest.mark.parametrize("closed", [True, False])
def test_decode_makes_of_a_capture_what_was_made_of_the_live_bytes(tmp_path, capsys, driver, closed):
    address, live = SESSIONS[driver]
    taken = live()
    out = tmp_path / "a.kapcap"
    writer = record(tmp_path / "a.kap", [(driver, address, taken)], closed=closed)
    try:
        status, said, errors = capture(capsys, tmp_path / "a.kap", "--device", driver, "--out", out)
    finally:
        writer.close()
    assert (status, errors) == (0, "")
    assert said.startswith(f"{out}: {driver}, ")
    spec = load().get(driver)
    text = out.read_text("ascii")
    for canary in (*CANARIES, "0000056661"):
        assert canary not in text
        assert canary.encode().hex() not in text
    was = list(decode_capture(spec, moved(taken.entries)))
    now = decoded(capsys, out)
    assert numbers(now) == numbers(was)
    assert [line["samples"] for line in now if line["kind"] == "wave"] == [
        line["samples"] for line in was if line["kind"] == "wave"
    ]
    assert len(numbers(now)) == len([line for line in told(taken.events)[0] if line["kind"] == "numeric"])


def moved(entries):
    return [replace(entry, t_ns=(entry.t_ns - entries[0].t_ns) // 1000 * 1000) for entry in entries]


def numbers(lines):
    return [
        (line["t_ns"], line["metric"], line["value"], line["validity"])
        for line in lines
        if line["kind"] == "numeric"
    ]


def test_the_header_says_whose_bytes_they_are_and_not_whose_body(tmp_path, capsys):
    address, live = SESSIONS["nonin"]
    record(tmp_path / "a.kap", [("nonin", address, live())], mode="Demo")
    capture(capsys, tmp_path / "a.kap", "--device", "nonin", "--out", tmp_path / "a.kapcap")
    header = json.loads((tmp_path / "a.kapcap").read_text().splitlines()[0])
    assert header == {
        "format": "kapcap",
        "version": 1,
        "driver": "nonin",
        "origin": "simulated",
        "software": "kapmonitor 9.9",
        "line": {"baud": 9600, "bytesize": 8, "parity": "N", "stopbits": 1, "rtscts": False},
        "options": {"format": "df7"},
        "device": header["device"],
        "removed": header["removed"],
        "may_remain": header["may_remain"],
    }
    assert header["device"]["manufacturer"] == "Nonin"
    assert header["removed"]
    assert header["may_remain"]


def test_a_serial_number_in_the_name_of_a_model_goes_too(tmp_path, capsys):
    address, live = SESSIONS["masimo"]
    record(tmp_path / "a.kap", [("masimo", address, live())])
    capture(capsys, tmp_path / "a.kap", "--device", "masimo", "--out", tmp_path / "a.kapcap")
    header = json.loads((tmp_path / "a.kapcap").read_text().splitlines()[0])
    assert header["device"] == {"manufacturer": "Masimo", "model": "", "firmware": ""}


def test_a_driver_that_is_not_installed_is_cut_with_a_warning(tmp_path, capsys):
    taken = live_wire("nonin", 5)
    record(tmp_path / "a.kap", [("theirs", "theirs@/dev/ttyUSB7?baud=1200&name=Zelda", taken)])
    status, said, _ = capture(
        capsys, tmp_path / "a.kap", "--device", "theirs", "--out", tmp_path / "a.kapcap"
    )
    assert status == 0
    assert "may remain in the bytes: whatever the device says of itself" in said
    header = json.loads((tmp_path / "a.kapcap").read_text().splitlines()[0])
    assert (header["driver"], header["line"], header["options"]) == ("theirs", {"baud": "1200"}, {})
    assert main(["decode", str(tmp_path / "a.kapcap")]) == 2
    assert "theirs" in capsys.readouterr().err
    assert decoded(capsys, "--driver", "nonin", tmp_path / "a.kapcap")[-1]["observations"] > 0


@pytest.mark.parametrize(
    ("begin", "seconds", "first_s", "last_s"),
    [
        (None, None, 0, 20),
        ("5", 4, 4, 8),
        ("0", None, 0, 20),
        ("T+00:02", 3, 12, 15),
        ("T-00:05", 2, 5, 7),
        (None, 3, 0, 2),
    ],
)
def test_a_stretch_is_cut_where_it_was_asked_for(tmp_path, capsys, begin, seconds, first_s, last_s):
    """The record begins a second before the first byte, the dose is ten seconds behind that byte."""
    taken = live_wire("masimo", 20)
    record(tmp_path / "a.kap", [("masimo", "masimo@x", taken)])
    words = [] if begin is None else ["--from", begin]
    words += [] if seconds is None else ["--for", seconds]
    capture(capsys, tmp_path / "a.kap", "--device", "masimo", *words, "--out", tmp_path / "a.kapcap")
    count = len(numbers(decoded(capsys, tmp_path / "a.kapcap")))
    expected = [
        line
        for line in told(taken.events)[0]
        if line["kind"] == "numeric" and first_s * S <= line["t_ns"] - ORIGIN_NS < last_s * S + (last_s == 20)
    ]
    assert count == len(expected)
    assert count > 0


def test_without_a_dose_times_count_from_the_start():
    assert _span(Session(STARTED, 7 * S, None), "T+00:02", 3.0) == (9 * S, 12 * S)
    assert _span(Session(STARTED, 7 * S, 50 * S), "2", 3.0) == (9 * S, 12 * S)
    for wrong in ("soon", "T+2", "nan", "inf", ""):
        with pytest.raises(ConfigError, match="--from"):
            _span(Session(STARTED, 7 * S, None), wrong, 3.0)


def test_devices_of_the_record_are_named_where_none_or_a_wrong_one_was_given(tmp_path, capsys):
    record(tmp_path / "a.kap", [("masimo", "masimo@x", live_wire("masimo", 3))])
    for words in ([], ["--device", "nonin"]):
        status, out, errors = capture(capsys, tmp_path / "a.kap", *words, "--out", tmp_path / "a.kapcap")
        assert (status, out) == (2, "")
        assert "--device" in errors
        assert "masimo (" in errors
        assert len(errors.splitlines()) == 1
    assert not (tmp_path / "a.kapcap").exists()


def test_nothing_is_overwritten_and_nothing_half_is_left(tmp_path, capsys):
    record(tmp_path / "a.kap", [("masimo", "masimo@x", live_wire("masimo", 3))])
    there = tmp_path / "there.kapcap"
    there.write_text("mine")
    status, _, errors = capture(capsys, tmp_path / "a.kap", "--device", "masimo", "--out", there)
    assert status == 2
    assert "not overwritten" in errors
    assert there.read_text() == "mine"
    status, _, errors = capture(
        capsys, tmp_path / "a.kap", "--device", "masimo", "--from", 3000, "--out", tmp_path / "none.kapcap"
    )
    assert status == 1
    assert "nothing crossed the link" in errors
    status, _, errors = capture(
        capsys, tmp_path / "a.kap", "--device", "masimo", "--out", tmp_path / "no" / "folder.kapcap"
    )
    assert status == 2
    assert "cannot be made" in errors
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.kap", "there.kapcap"]


def test_of_a_record_that_ends_in_damage_nothing_half_is_left(tmp_path, capsys):
    clock = ManualClock(ORIGIN_NS, UTC_NS)
    writer = RecordWriter.create(tmp_path / "a.kap", Stamped(ORIGIN_NS, STARTED), clock)
    writer.put(Stamped(ORIGIN_NS, DeviceAdded("raw", "raw", "Unknown device", "raw@x")))
    writer.put(WireRow(ORIGIN_NS + 1, "raw", Direction.IN, b"abc"))
    writer.put(Stamped(ORIGIN_NS + 2, LinkEvent("raw", "dreaming", "none", "")))
    writer.close()
    status, _, errors = capture(capsys, tmp_path / "a.kap", "--device", "raw", "--out", tmp_path / "a.kapcap")
    assert status == 2
    assert "cannot be read further" in errors
    assert not (tmp_path / "a.kapcap").exists()


@pytest.mark.parametrize("content", [b"", b"no record", b"SQLite format 3\0" + bytes(3000)])
def test_what_is_no_record_is_said(tmp_path, capsys, content):
    (tmp_path / "x.kap").write_bytes(content)
    status, _, errors = capture(capsys, tmp_path / "x.kap", "--device", "a", "--out", tmp_path / "a.kapcap")
    assert status == 2
    assert "x.kap" in errors
    assert not (tmp_path / "a.kapcap").exists()


def test_a_long_record_is_cut_in_little_memory(tmp_path, capsys):
    clock = ManualClock(ORIGIN_NS, UTC_NS)
    writer = RecordWriter.create(tmp_path / "a.kap", Stamped(ORIGIN_NS, STARTED), clock)
    writer.put(Stamped(ORIGIN_NS, DeviceAdded("raw", "raw", "Unknown device", "raw@x?baud=115200")))
    for number in range(20_000):
        writer.put(WireRow(ORIGIN_NS + number * 1_000_000, "raw", Direction.IN, bytes(500)))
    writer.close()
    tracemalloc.start()
    try:
        status, said, _ = capture(
            capsys, tmp_path / "a.kap", "--device", "raw", "--out", tmp_path / "a.kapcap"
        )
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert status == 0
    assert "10000000 bytes received" in said
    assert most < 8_000_000
    assert (tmp_path / "a.kapcap").stat().st_size > 20_000_000


def test_decode_says_what_is_wrong_with_a_capture(tmp_path, capsys):
    path = tmp_path / "a.kapcap"
    path.write_text('{"format":"kapcap","version":1,"driver":"nonin","options":{"format":"df99"}}\n')
    assert main(["decode", str(path)]) == 2
    assert "line 1" in capsys.readouterr().err
    path.write_text('{"format":"kapcap","version":1,"driver":"nonin"}\n1 < 00\n2 < 0x\n')
    assert main(["decode", str(path)]) == 2
    assert "a.kapcap: line 3: " in capsys.readouterr().err
    path.write_text('{"format":"kapcap","version":1,"driver":"raw"}\n1 < 00\n')
    assert main(["decode", str(path)]) == 2
    assert "--driver" in capsys.readouterr().err
    assert main(["decode", "--rate", "9", str(path)]) == 2
    assert "--rate" in capsys.readouterr().err
    path.write_bytes(b"\x01\x81\x01\x00\x83")
    assert main(["decode", str(path)]) == 2
    assert "--driver ID" in capsys.readouterr().err


def test_a_header_of_another_driver_does_not_bring_its_options(tmp_path, capsys):
    path = tmp_path / "a.kapcap"
    path.write_text(
        '{"format":"kapcap","version":1,"driver":"suntech","options":{"patient":"child"}}\n1 < 00\n'
    )
    assert decoded(capsys, "--driver", "nonin", path)[-1]["bytes"] == 1


def test_raw_is_refused_where_values_are_expected(tmp_path, capsys):
    words = ["record", "--device", "raw@/dev/ttyUSB7", "--out", str(tmp_path / "a.kap")]
    assert main(words) == 2
    assert "--wire-only" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
