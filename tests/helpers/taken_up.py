"""A session that goes on with the record of a killed program."""

from memory_recorder import MemoryRecorder

from kapmonitor.clock import ManualClock
from kapmonitor.engine import Engine
from kapmonitor.record.earlier import earlier_of


def taken_up(path, gap_ns, step_ns=0):
    """(clock, recorder, engine) of the session, so long after its last entry, its clock set by a step."""
    earlier = earlier_of(path)
    clock = ManualClock(earlier.last_t_ns + gap_ns, earlier.last_utc_ns + gap_ns + step_ns)
    recorder = MemoryRecorder()
    return clock, recorder, Engine(clock, recorder, earlier.started, earlier.limits, earlier=earlier)
