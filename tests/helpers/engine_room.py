"""An engine without threads: values in, state, rows and snapshot out."""

from memory_recorder import MemoryRecorder
from past_records import write
from taken_up import taken_up

from kapmonitor import mdc
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.engine import Engine
from kapmonitor.model import Measured, Metric, Observation
from kapmonitor.session.events import DeviceAdded, SessionStarted, Stamped

S = 1_000_000_000
SPO2, HR, PR = (Metric(t, t.ref) for t in (mdc.SPO2, mdc.HEART_RATE, mdc.PULSE_RATE))
SYS, DIA, MEAN = (Metric(t, t.ref) for t in (mdc.NIBP_SYS, mdc.NIBP_DIA, mdc.NIBP_MEAN))
PLETH = Metric(mdc.PLETH, "pleth", fs=75.0)
STARTED = SessionStarted("s1", "Test", "0", 1_700_000_000 * S, 0, "UTC")


class Room:
    def __init__(self):
        self.clock = ManualClock(1000 * S, 1_700_000_000 * S)
        self.recorder = MemoryRecorder()
        self.engine = Engine(self.clock, self.recorder, Stamped(1000 * S, STARTED), example())
        for device, label in (("oxi", "Oximeter"), ("cuff", "Cuff"), ("strap", "Heart strap")):
            self.engine.add_device(DeviceAdded(device, "x", label, "x@y"))

    def killed(self, path, gap_s, step_s=0):
        """The same room with the session taken up again so long after its program was killed."""
        write(path, Stamped(1000 * S, STARTED), self.recorder.rows, closed=False)
        again = object.__new__(Room)
        again.clock, again.recorder, again.engine = taken_up(path, round(gap_s * S), step_s * S)
        return again

    def say(self, device, metric, value, **more):
        reading = Measured(value) if isinstance(value, int | float) else value
        self.engine.on_event(device, Observation(metric, self.clock.now_ns(), reading, **more))

    def after(self, seconds, *, saying=()):
        for _ in range(round(seconds * 4)):
            self.clock.move_to(self.clock.now_ns() + S // 4)
            for device, metric, value in saying:
                self.say(device, metric, value)
            self.engine.tick(self.clock.now_ns())
        return self.engine.snapshot
