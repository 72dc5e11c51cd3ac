"""Requests, the safety layer's answers, and what goes on record."""

import pytest
from memory_recorder import MemoryRecorder

from devices.cuff_schedule import Schedule
from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.commands import HoldCuff, StartCuff, StopCuff
from kapmonitor.cuffs import CuffDesk
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.model import CuffChanged, CuffState, LinkChanged, LinkState
from kapmonitor.session.events import CuffAsked, CuffPlan, DeviceAdded, SessionStarted, Stamped

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
    def __init__(self, *, on=True, schedule=None):
        self.clock = ManualClock(T0)
        self.recorder = MemoryRecorder()
        started = Stamped(T0, SessionStarted("s", "Test", "0", 0, 0, "UTC"))
        self.engine = Engine(self.clock, self.recorder, started, example())
        self.engine.add_device(DeviceAdded("cuff", "suntech", "Cuff", "x@y"))
        self.desk, self.pump = CuffDesk(self.engine), Pump()
        self.desk.connect("cuff", self.pump, schedule, T0, on=on)
        self.desk.heard("cuff", LinkChanged(LinkState.LIVE, T0), T0)

    def now(self, seconds):
        self.clock.move_to(T0 + int(seconds * S))
        self.desk.tick(self.clock.now_ns())
        return self.clock.now_ns()

    def asked(self):
        return [(e.action, e.by, e.refused) for e in self.recorder.events(CuffAsked)]


def test_starting_is_off_until_somebody_turned_it_on():
    room = Desk(on=False)
    with pytest.raises(CommandRefused) as caught:
        room.desk.ask(StartCuff("RN"), T0)
    assert caught.value.reason == "off"
    assert room.pump.sent == []
    assert room.asked() == [("start", "RN", "off")]
    room.engine.tick(T0)
    assert not room.engine.snapshot.nibp.can_start


def test_a_start_is_sent_once_and_recorded_with_who_asked():
    room = Desk()
    room.desk.ask(StartCuff("RN"), T0)
    assert room.pump.sent == ["start"]
    assert room.asked()[-1] == ("start", "RN", "")
    with pytest.raises(CommandRefused):
        room.desk.ask(StartCuff("RN"), room.now(1))
    assert room.pump.sent == ["start"]


def test_an_abort_always_goes_out():
    for on in (True, False):
        room = Desk(on=on)
        room.desk.ask(StopCuff("RN"), T0)
        assert room.pump.sent == ["stop"]


def test_a_start_that_could_not_go_out_does_not_block_the_next():
    room = Desk()
    room.pump.broken = True
    with pytest.raises(CommandRefused):
        room.desk.ask(StartCuff("RN"), T0)
    room.pump.broken = False
    room.desk.ask(StartCuff("RN"), room.now(40))
    assert room.pump.sent == ["start"]


def test_planned_cuffs_start_by_the_timer_and_can_be_held():
    room = Desk(schedule=Schedule((300,), 600))
    room.desk.measure_from(T0, T0)
    assert room.recorder.events(CuffPlan)[-1].next_t_ns == T0 + 300 * S
    room.now(301)
    assert room.pump.sent == ["start"]
    assert room.asked()[-1] == ("start", "timer", "")
    room.desk.heard("cuff", CuffChanged(CuffState.MEASURING, 0), room.now(305))
    room.desk.heard("cuff", CuffChanged(CuffState.IDLE, 0), room.now(340))
    room.desk.ask(HoldCuff("KL"), room.now(400))
    held = room.recorder.events(CuffPlan)[-1]
    assert held.held
    assert held.next_t_ns == T0 + 1500 * S
    room.now(901)
    assert room.pump.sent == ["start"]


def test_without_a_cuff_the_answer_is_no():
    room = Desk()
    desk = CuffDesk(room.engine)
    with pytest.raises(CommandRefused):
        desk.ask(StartCuff("RN"), T0)
