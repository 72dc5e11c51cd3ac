"""I7: a console killed in the middle of alarms goes on with them after a restart."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from engine_room import PR, SPO2, S
from taken_up import taken_up

from kapmonitor.alarms.limits import example
from kapmonitor.alarms.offline import replayed
from kapmonitor.alarms.stepper import changed_event
from kapmonitor.model import LinkChanged, LinkState, Measured, Observation
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import AlarmChanged, Stamped

PROGRAM = Path(__file__).parents[2] / "helpers" / "alarms_until_killed.py"


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """(What was on screen, the time, events, rows, path) of a record whose program was killed."""
    path = tmp_path_factory.mktemp("killed") / "session.kap"
    found = {**os.environ, "PYTHONPATH": os.pathsep.join((str(PROGRAM.parent), str(PROGRAM.parents[2])))}
    command = [sys.executable, str(PROGRAM), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=found) as process:
        said = json.loads(process.stdout.readline())
        process.kill()
    with RecordReader(path) as reader:
        assert not reader.is_closed()
        events = [row.stamped for row in reader.events()]
        return said["shown"], said["now_ns"], events, list(reader.numerics()), path


def shown(engine):
    return [
        [a.condition, a.state, a.priority.value, a.value, a.onset_t_ns, a.remind_t_ns, a.ended_t_ns]
        for a in engine.snapshot.alarms
    ]


def test_a_killed_session_goes_on_with_its_alarms(killed):
    before, now_ns, _, _, path = killed
    assert {(condition, state) for condition, state, *_ in before} >= {
        ("hr-high", "active-ack"),
        ("spo2-low", "active-unack"),
        ("spo2-very-low", "latched"),
    }
    clock, _, engine = taken_up(path, 20 * S)
    assert abs(clock.now_ns() - now_ns - 20 * S) < S
    for _ in range(8):
        clock.move_to(clock.now_ns() + S // 4)
        engine.tick(clock.now_ns())
    assert shown(engine) == before
    engine.on_link("oxi", LinkChanged(LinkState.LIVE, clock.now_ns()))
    for _ in range(24):
        clock.move_to(clock.now_ns() + S // 4)
        for metric, value in ((SPO2, 90), (PR, 130)):
            engine.on_event("oxi", Observation(metric, clock.now_ns(), Measured(value)))
        engine.tick(clock.now_ns())
    assert shown(engine) == before


def test_the_record_of_a_killed_session_gives_its_transitions_again(killed):
    _, _, events, rows, _ = killed
    recorded = [stamped for stamped in events if isinstance(stamped.event, AlarmChanged)]
    again = [Stamped(move.t_ns, changed_event(move)) for move in replayed(rows, events, example())]
    assert again == recorded
    assert len(recorded) > 10
