"""A cuff desk over an engine, with a cuff that only keeps what is sent to it."""

from engine_room import DIA, MEAN, SYS
from memory_recorder import MemoryRecorder

from devices.cuff_schedule import CuffOptions
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.cuffs import CuffDesk
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.model import (
    CuffChanged,
    CuffState,
    LinkChanged,
    LinkState,
    Measured,
    Observation,
)
from kapmonitor.session.events import CuffAsked, DeviceAdded, SessionStarted, Stamped

S = 1_000_000_000
T0 = 1000 * S


class Pump:
    def __init__(self):
        self.sent = []
        self.broken = False

    def start_cuff(self):
        if self.broken:
            raise CommandRefused("start cuff", "not-connected")
        self.sent.append("start")

    def stop_cuff(self):
        self.sent.append("stop")


class Desk:
    def __init__(self, *, on=True, schedule=None, repeat_s=None, limits=None, by_hand=False):
        self.clock = ManualClock(T0)
        self.recorder = MemoryRecorder()
        started = Stamped(T0, SessionStarted("s", "Test", "0", 0, 0, "UTC"))
        self.engine = Engine(self.clock, self.recorder, started, limits or example())
        self.engine.add_device(DeviceAdded("cuff", "suntech", "Cuff", "x@y"))
        self.desk, self.pump = CuffDesk(self.engine), Pump()
        self.desk.connect(
            "cuff", None if by_hand else self.pump, CuffOptions(on, schedule, repeat_s, repeat_s), T0
        )
        self.desk.heard("cuff", LinkChanged(LinkState.LIVE, T0), T0)

    def now(self, seconds):
        self.clock.move_to(T0 + int(seconds * S))
        self.desk.tick(self.clock.now_ns())
        return self.clock.now_ns()

    def both(self, event):
        """What the device says, as the station passes it on."""
        self.engine.on_event("cuff", event)
        self.desk.heard("cuff", event, event.t_ns)

    def asked(self):
        return [(e.action, e.by, e.refused) for e in self.recorder.events(CuffAsked)]


def measured(room, seconds, systolic):
    """A determination with these pressures ends."""
    now_ns = room.now(seconds)
    for state in (CuffState.MEASURING, CuffState.IDLE):
        room.both(CuffChanged(state, now_ns))
    for metric, value in ((SYS, systolic), (DIA, 80), (MEAN, 80 + (systolic - 80) // 3)):
        room.both(Observation(metric, now_ns, Measured(value)))
    for quarter in range(2):
        room.engine.tick(room.now(seconds + 0.25 * (1 + quarter)))
    room.now(seconds + 0.5)
