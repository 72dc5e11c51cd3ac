"""The whole program, killed and started again with the same record."""

import json
import random
import time

import pytest
from programs import Program, run

from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import (
    AlarmChanged,
    ChannelDescribed,
    DeviceAdded,
    DeviceAdopted,
    NoteAdded,
    SessionResumed,
    SessionStarted,
)

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


@pytest.fixture
def devices(tmp_path):
    """DEVICE texts of an oximeter off the finger and a cuff."""
    with (
        Program(
            "simulate", "nonin", "--port", f"pty:{tmp_path / 'nonin'}", "--fault", "sensor-off"
        ) as oximeter,
        Program("simulate", "suntech", "--port", f"pty:{tmp_path / 'suntech'}") as cuff,
    ):
        yield oximeter.first_line(), cuff.first_line()


def recorded(path, *devices, more=()):
    words = [word for device in devices for word in ("--device", device)]
    return Program("record", *words, "--out", path, *more)


def live(count):
    return lambda line: line.count(" live") >= count


def events(path, kind):
    with RecordReader(path) as record:
        return [row.stamped.event for row in record.events() if isinstance(row.stamped.event, kind)]


def test_killed_again_and_again_it_goes_on_with_one_record(tmp_path, devices):
    path = tmp_path / "a.kap"
    rng = random.Random(11)
    for life in range(4):
        with recorded(path, *devices) as program:
            assert program.first_line() == str(path)
            program.wait_for(live(2))
            program.say(f"note {life}")
            program.wait_for(lambda line, said=f"note {life}": line.startswith("saved") and said in line)
            time.sleep(rng.uniform(0.5, 4.0))
            program.kill()
    with recorded(path, more=("--for", 4)) as program:
        said = program.wait_for(lambda line: line.startswith("going on; nothing was recorded for "))
        program.wait_for(live(2))
        program.wait_for(lambda line: line.startswith("closed"), 60)
    assert [note.text for note in events(path, NoteAdded)] == [f"note {life}" for life in range(4)]
    assert len(events(path, SessionStarted)) == 1
    resumed = events(path, SessionResumed)
    assert len(resumed) == 4
    assert all(0 < event.gap_ns < 60e9 for event in resumed)
    assert said.endswith(f"00:00:{int(resumed[-1].gap_ns / 1e9):02d}")
    assert all(0 <= event.waves_lost_ns <= event.gap_ns for event in resumed)
    assert [added.device for added in events(path, DeviceAdded)] == ["nonin", "suntech"]
    assert len(events(path, DeviceAdopted)) == 2
    described = [(each.device, each.ref) for each in events(path, ChannelDescribed)]
    assert len(described) == len(set(described))
    assert run("verify", path)[1].startswith(f"{path}: intact")
    heads = [json.loads(line) for line in path.with_name("a.kap.heads").read_text().splitlines()]
    assert len({head["session"] for head in heads}) == 1
    assert len(heads) == 6  # one at each start, one at the end
    assert [head["seq"] for head in heads] == sorted({head["seq"] for head in heads})
    status, said, errors = run("rerun", path)
    assert (status, errors) == (0, ""), said
    assert list(tmp_path.glob(".*.lock")) == []


def test_an_alarm_goes_on_through_a_kill(tmp_path, devices):
    path = tmp_path / "a.kap"
    with recorded(path, *devices) as program:
        program.wait_for(live(2))
        deadline = time.monotonic() + 60
        while not any(alarm_on(path)) and time.monotonic() < deadline:
            time.sleep(0.5)
        program.kill()
    before = alarm_on(path)
    assert before
    with recorded(path, *devices, more=("--for", 6)) as program:
        program.wait_for(lambda line: line.startswith("closed"), 60)
    after = [e for e in events(path, AlarmChanged) if e.condition == before[-1].condition][len(before) :]
    # It neither ends with the restart nor begins again: its next change is the session's end, or its own.
    assert all(event.onset_t_ns == before[-1].onset_t_ns for event in after)
    assert run("rerun", path)[0] == 0


def alarm_on(path):
    """What the record tells of the alarm about the sensor, once that is on."""
    if not path.exists():
        return []
    told = [event for event in events(path, AlarmChanged) if event.condition.startswith("sensor:")]
    return told if told and told[-1].after == "active-unack" else []


def test_two_programs_do_not_go_on_with_one_record(tmp_path, devices):
    path = tmp_path / "a.kap"
    with recorded(path, *devices) as program:
        program.wait_for(live(2))
        status, _, errors = run("record", "--device", devices[0], "--out", path, "--for", 2)
        assert status == 2
        assert "running" in errors
        program.wait_for(live(2))
        assert program.end() == 0
    assert run("verify", path)[1].startswith(f"{path}: intact")
    status, _, errors = run("record", "--device", devices[0], "--out", path, "--for", 2)
    assert (status, "not overwritten" in errors) == (2, True)
