"""A real session killed and taken up again: cuffs are due as they were, by the dose as it was corrected."""

import time

import pytest
from memory_recorder import MemoryRecorder
from past_records import write

from kapmonitor.alarms.limits import example as limits
from kapmonitor.beginning import take_up
from kapmonitor.clock import ManualClock
from kapmonitor.engine import Engine
from kapmonitor.opening import Plan, protocol_event
from kapmonitor.protocol.shipped import example
from kapmonitor.session.events import (
    CuffPlan,
    DeviceAdded,
    DoseAmended,
    DoseGiven,
    SessionStarted,
    Stamped,
)

S = 1_000_000_000
MIN = 60 * S
T0 = 1000 * S
WITHIN_S = 5


def record(path, *events):
    """What a session had put on record until it was killed, a minute and a half after its dose."""
    utc_ns = time.time_ns() - 90 * S
    clock, recorder = ManualClock(T0, utc_ns), MemoryRecorder()
    started = Stamped(T0, SessionStarted("s", "Test", "0", utc_ns, 0, "UTC"))
    engine = Engine(clock, recorder, started, limits())
    engine.add_device(DeviceAdded("cuff", "suntech", "Cuff", "suntech@/dev/nothing-there"))
    engine.note(protocol_event(example()))
    for after_s, event in events:
        clock.move_to(T0 + after_s * S)
        engine.note(event)
    write(path, started, recorder.rows, closed=False)
    return path


def taken_up(path):
    """What the tile says of the next cuff once the session is gone on with."""
    station = take_up(Plan(path, (), limits()))
    try:
        station.start()
        until_s = time.monotonic() + WITHIN_S
        while time.monotonic() < until_s and station.engine.snapshot.nibp.next_t_ns is None:
            time.sleep(0.01)
        return station.engine.snapshot
    finally:
        station.stop("ended")


GIVEN = (10, DoseGiven("ketamine", 70.0, "im", "arm", "RN", dose="a"))
LATER = DoseAmended("a", T0 + 4 * S, "ketamine", 60.0, "im", "arm", "RN", "", "", 0.0, False, "slip", "RN")


@pytest.mark.parametrize(
    ("events", "due", "again", "held"),
    [
        ([GIVEN], T0 + 10 * S + 5 * MIN, "", False),
        ([GIVEN, (60, LATER)], T0 + 4 * S + 5 * MIN, "", False),
        ([GIVEN, (70, CuffPlan("cuff", T0 + 250 * S, 300, False, "high"))], T0 + 250 * S, "high", False),
        (
            [
                GIVEN,
                (70, CuffPlan("cuff", T0 + 250 * S, 300, False, "high")),
                (80, CuffPlan("cuff", T0 + 290 * S, 300, True, "high")),
            ],
            T0 + 290 * S,
            "high",
            True,
        ),
        (
            [
                GIVEN,
                (11, CuffPlan("cuff", T0 + 10 * S + 5 * MIN, 300, False)),
                (80, CuffPlan("cuff", T0 + 10 * S + 8 * MIN, 300, True)),
            ],
            T0 + 10 * S + 8 * MIN,
            "",
            True,
        ),
    ],
)
def test_cuffs_are_due_as_they_were(tmp_path, caplog, events, due, again, held):
    shot = taken_up(record(tmp_path / "a.kap", *events))
    # The cuff's cable is not there.
    assert {each.name for each in caplog.records} <= {"devices.pump"}
    caplog.clear()
    assert (shot.nibp.next_t_ns, shot.nibp.again, shot.nibp.held) == (due, again, held)
    assert shot.session.doses[-1].amount_mg == (60.0 if (60, LATER) in events else 70.0)
