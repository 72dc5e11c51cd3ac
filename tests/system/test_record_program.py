"""The whole program: simulators, a recording, a kill in the middle, and what the record says."""

import itertools
import random
import sqlite3
import time

import pytest
from programs import Program, run

from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import LinkEvent, NoteAdded

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def simulator(folder, driver, *more):
    program = Program("simulate", driver, "--port", f"pty:{folder / driver}", *more)
    return program, program.first_line()


def test_a_simulator_killed_and_started_again_leaves_a_gap_and_readings_after_it(tmp_path):
    path = tmp_path / "a.kap"
    nonin, device = simulator(tmp_path, "nonin")
    suntech, cuff = simulator(tmp_path, "suntech")
    recorder = Program("record", "--device", cuff, "--device", device, "--out", path)
    with suntech, recorder:
        with nonin:
            recorder.wait_for(lambda line: "SpO2 9" in line)
            nonin.end()  # its port goes with it, as that of a cable pulled out
            recorder.wait_for(lambda line: "oximeter lost" in line)
        time.sleep(2)
        again, same = simulator(tmp_path, "nonin")
        with again:
            assert same == device
            lost = len(recorder.lines)
            recorder.wait_for(lambda _: sum("SpO2 9" in line for line in recorder.lines[lost:]) >= 4, 90)
            assert recorder.end() == 0
    assert run("verify", path)[1].startswith(f"{path}: intact")
    with RecordReader(path) as record:
        states = [e.state for e in events(record, LinkEvent) if e.device == "nonin"]
        spo2 = times(record, "MDC_PULS_OXIM_SAT_O2")
    assert states[states.index("live") :].count("live") >= 2
    assert "waiting" in states
    gaps = [b - a for a, b in itertools.pairwise(spo2)]
    assert max(gaps) > 2e9
    assert spo2[-1] - spo2[gaps.index(max(gaps)) + 1] > 2e9
    status, _, errors = run("replay", path, "--screenshot", tmp_path / "r.png")
    assert status == 0, errors
    assert (tmp_path / "r.png").stat().st_size > 20_000


def events(record, kind):
    return [row.stamped.event for row in record.events() if isinstance(row.stamped.event, kind)]


def times(record, ref):
    channels = {c.channel for c in record.channels().values() if c.ref == ref}
    return [row.t_ns for row in record.numerics() if row.channel in channels and row.value is not None]


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_recording_keeps_every_note_it_said_was_saved(tmp_path, seed):
    path = tmp_path / "k.kap"
    nonin, device = simulator(tmp_path, "nonin")
    with nonin, Program("record", "--device", device, "--out", path) as recorder:
        recorder.wait_for(lambda line: "oximeter live" in line)
        limit = time.monotonic() + 2 + random.Random(seed).random() * 3
        number = 0
        while time.monotonic() < limit or answered(recorder) < 4:
            recorder.say(f"note {number}")
            number += 1
            time.sleep(0.25)
        recorder.kill()
        killed = list(recorder.lines)
    saved = [line.split(" ", 2)[2] for line in killed if line.startswith("saved ")]
    status, out, _ = run("verify", path)
    assert status == 1
    assert "interrupted" in out
    assert "missing" in out
    with RecordReader(path) as record:
        kept = [event.text for event in events(record, NoteAdded)]
    assert set(saved) <= set(kept)


def answered(recorder):
    return sum(line.startswith("saved ") for line in recorder.lines)


def test_signals_close_the_record_as_one_file_with_its_heads_beside_it(tmp_path):
    path = tmp_path / "s.kap"
    nonin, device = simulator(tmp_path, "nonin")
    with nonin, Program("record", "--device", device, "--out", path, "--note", "begun") as recorder:
        assert recorder.first_line() == str(path)
        recorder.wait_for(lambda line: line.startswith("saved") and line.endswith("begun"))
        assert recorder.end() == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("s.kap")) == [
        "s.kap",
        "s.kap.heads",
    ]
    status, out, _ = run("verify", path)
    assert status == 0
    assert "heads kept beside the record" in out
    assert "heads kept in this computer's ledger" in out
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


def test_a_device_that_is_not_there_is_said_and_ends_with_status_1(tmp_path):
    status, out, _ = run(
        "record", "--device", "nonin@/dev/nothing-here", "--for", 2, "--out", tmp_path / "n.kap"
    )
    assert status == 1
    assert "lost, trying again" in out


def test_an_existing_record_is_never_overwritten(tmp_path):
    path = tmp_path / "x.kap"
    path.write_bytes(b"something of somebody")
    status, _, errors = run("record", "--device", "nonin@/dev/nothing-here", "--for", 1, "--out", path)
    assert status == 2
    assert "x.kap" in errors
    assert path.read_bytes() == b"something of somebody"
