"""The whole way of a bug report: simulators, a recording of bytes alone, a capture, and what comes of it."""

import json
import re
import time

import pytest
from programs import Program, run

from kapmonitor.record.cut import entries
from kapmonitor.record.reader import RecordReader

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

CANARIES = ("Zelda", "Q. Z.", "MRN-771904", "0000056661", "C1:00:00:00:00:02", "127.0.0.1")


def simulator(driver, *more):
    program = Program("simulate", driver, *more)
    return program, program.first_line()


def decoded(path, *more):
    status, out, errors = run("decode", path, *more)
    assert (status, errors) == (0, "")
    return [json.loads(line) for line in out.splitlines()]


def numbers(lines):
    return [
        (line["t_ns"] // 1000, line["metric"], line["value"]) for line in lines if line["kind"] == "numeric"
    ]


def recorded(path, device):
    """The numbers a record has of a device, at microseconds since the first thing on its link."""
    with RecordReader(path) as record:
        names = {c.channel: c.ref for c in record.channels().values() if c.device == device}
        t0_ns = next(entries(record, device)).t_ns
        return [
            ((row.t_ns - t0_ns) // 1000, names[row.channel], row.value)
            for row in record.numerics()
            if row.channel in names
        ]


def check_clean(path):
    text = path.read_text("ascii")
    for canary in CANARIES:
        assert canary not in text
        assert canary.encode().hex() not in text
    assert "c10000000002" not in text


def has_numbers(line):
    """Whether a status line says that every device is live and a number is there."""
    return (
        " live" in line
        and not re.search(r"  (lost|connecting|silent|garbled)", line)
        and bool(re.search(r"(HR|SpO2) \d", line))
    )


@pytest.mark.parametrize(
    "drivers", [("nonin", "masimo"), pytest.param(("ble-heart-rate",), marks=pytest.mark.timeout(200))]
)
def test_a_capture_gives_the_numbers_of_the_live_session(tmp_path, drivers):
    path = tmp_path / "live.kap"
    simulators = [simulator(driver) for driver in drivers]
    try:
        words = [word for _, device in simulators for word in ("--device", device)]
        said = ("--note", "Zelda Q. Z. MRN-771904")
        with Program("record", *words, "--out", path, *said) as recorder:
            recorder.wait_for(lambda _: sum(has_numbers(line) for line in recorder.lines) >= 7, 60)
            assert recorder.end() == 0, recorder.errors
    finally:
        for program, _ in simulators:
            program.end()
            program.__exit__()
    for driver in drivers:
        out = tmp_path / f"{driver}.kapcap"
        status, said, errors = run("capture", path, "--device", driver, "--out", out)
        assert (status, errors) == (0, "")
        assert "left out: names" in said
        check_clean(out)
        found = numbers(decoded(out))
        assert sorted(found) == sorted(recorded(path, driver))
        assert len(found) > 10


def test_bytes_alone_are_recorded_also_without_a_driver_and_when_killed(tmp_path):
    program, device = simulator("nonin")
    with program:
        address = device.partition("@")[2]
        whole = tmp_path / "whole.kap"
        status, out, errors = run("record", "--wire-only", "--device", device, "--for", 5, "--out", whole)
        assert status == 0, errors
        assert "oximeter live  recording" in out
        assert "SpO2" not in out
        assert "nonin: " in out
        killed = tmp_path / "killed.kap"
        raw = f"raw@{address}?baud=9600"
        with Program("record", "--wire-only", "--device", raw, "--out", killed) as recorder:
            recorder.wait_for(lambda line: "unknown device live" in line)
            time.sleep(5)
            recorder.kill()
    assert run("verify", whole)[0] == 0
    assert "interrupted" in run("verify", killed)[1]
    with RecordReader(whole) as record:
        assert list(record.numerics()) == []
        assert record.channels() == {}
        assert list(record.wire())
    for path, id_, more in ((whole, "nonin", ()), (killed, "raw", ("--driver", "nonin"))):
        out = path.with_suffix(".kapcap")
        assert run("capture", path, "--device", id_, "--out", out)[0] == 0
        found = decoded(out, *more)
        assert len(numbers(found)) > 6
        assert found[-1]["samples"] > 75
    status, _, errors = run("decode", killed.with_suffix(".kapcap"))
    assert status == 2
    assert "--driver" in errors
    assert json.loads(killed.with_suffix(".kapcap").read_text().splitlines()[0])["line"]["baud"] == 9600


def test_a_capture_may_come_through_a_pipe(tmp_path):
    path = tmp_path / "a.kapcap"
    path.write_text('{"format":"kapcap","version":1,"driver":"ble-heart-rate"}\n1000 < 2a37 0048\n')
    assert run("decode", "-", data=path.read_bytes())[1] == run("decode", path)[1]
    assert numbers(decoded(path)) == [(1_000_000, "MDC_ECG_HEART_RATE", 72.0)]
