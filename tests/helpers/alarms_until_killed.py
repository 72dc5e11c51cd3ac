"""A session with alarms on a record, until it is killed; says what is on screen once that is saved.

PYTHONPATH=tests/helpers python tests/helpers/alarms_until_killed.py PATH
"""

import json
import sys
import time
from pathlib import Path

from engine_room import PR, SPO2, STARTED, S

from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.commands import Acknowledge
from kapmonitor.engine import Engine
from kapmonitor.model import LinkChanged, LinkState, Measured, Observation
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import DeviceAdded, NoteAdded, Stamped

T0_NS = 1000 * S


def main(path):
    clock = ManualClock(T0_NS, 1_700_000_000 * S)
    started = Stamped(T0_NS, STARTED)
    writer = RecordWriter.create(Path(path), started, clock)
    engine = Engine(clock, writer, started, example())
    engine.add_device(DeviceAdded("oxi", "x", "Oximeter", "x@y"))
    engine.on_link("oxi", LinkChanged(LinkState.LIVE, T0_NS))

    def hold(seconds, spo2):
        for _ in range(seconds * 4):
            clock.move_to(clock.now_ns() + S // 4)
            for metric, value in ((SPO2, spo2), (PR, 130)):
                engine.on_event("oxi", Observation(metric, clock.now_ns(), Measured(value)))
            engine.tick(clock.now_ns())

    hold(5, 97)
    hold(20, 86)
    hold(8, 97)
    hold(12, 90)
    engine.handle(Acknowledge(clock.now_ns(), ("hr-high",), "RN"))
    hold(8, 90)
    shown = [
        (a.condition, a.state, a.priority.value, a.value, a.onset_t_ns, a.remind_t_ns, a.ended_t_ns)
        for a in engine.snapshot.alarms
    ]
    # A note is on disk when its future resolves, and everything before it with it.
    engine.record(NoteAdded("n", "text", "x", "KL", clock.now_ns())).result(10)
    print(json.dumps({"now_ns": clock.now_ns(), "shown": shown}), flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
