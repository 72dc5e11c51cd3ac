"""Requests, the safety layer's answers, and what goes on record."""

import pytest
from cuff_room import T0, Desk, S, measured

from devices.cuff_schedule import CuffOptions, Schedule
from kapmonitor.alarms.limits import baseline_example
from kapmonitor.commands import HoldCuff, StartCuff, StopCuff
from kapmonitor.cuffplan import wanted
from kapmonitor.cuffs import CuffDesk
from kapmonitor.errors import CommandRefused
from kapmonitor.model import (
    CuffChanged,
    CuffFailed,
    CuffState,
    LinkChanged,
    LinkState,
    NibpFailure,
)
from kapmonitor.protocol.shipped import example as example_protocol
from kapmonitor.session.events import CuffPlan, DeviceAdded, Route


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


def test_a_high_reading_is_repeated_once_by_itself_where_that_was_turned_on():
    """Two minutes after it, as the limit asks for."""
    for repeat_s, started in ((60, ["start"]), (None, [])):
        room = Desk(repeat_s=repeat_s, limits=baseline_example())
        room.engine.adopt("cuff", "RN", None)
        measured(room, 10, 190)
        assert any(alarm.repeat_wanted for alarm in room.engine.snapshot.alarms)
        assert room.engine.snapshot.nibp.next_t_ns == (T0 + 130 * S if repeat_s else None)
        room.now(129)
        assert room.pump.sent == []
        room.now(131)
        assert room.pump.sent == started
        if repeat_s:
            assert room.asked()[-1] == ("start", "repeat", "")
            measured(room, 170, 191)
            room.now(600)
            assert room.pump.sent == ["start"]


def test_a_normal_reading_is_not_repeated():
    room = Desk(repeat_s=60)
    room.engine.adopt("cuff", "RN", None)
    measured(room, 10, 120)
    room.now(200)
    assert room.pump.sent == []


def test_a_failed_reading_is_repeated_once_and_not_what_a_person_has_to_look_at():
    for failure, again in ((NibpFailure.MOTION, 1), (NibpFailure.CUFF_LOOSE, 0), (NibpFailure.CANCELLED, 0)):
        room = Desk(repeat_s=60)
        room.both(CuffFailed(failure, 0, room.now(10)))
        room.now(71)
        assert len(room.pump.sent) == again
        room.both(CuffChanged(CuffState.MEASURING, room.now(75)))
        room.both(CuffFailed(failure, 0, room.now(80)))
        room.both(CuffChanged(CuffState.IDLE, room.now(81)))
        room.now(300)
        assert len(room.pump.sent) == again


def test_a_cuff_that_is_measured_by_hand_has_its_times_too():
    room = Desk(schedule=Schedule((300, 600)), by_hand=True)
    room.engine.adopt("cuff", "RN", None)
    room.desk.measure_from(T0, T0)
    assert room.recorder.events(CuffPlan)[-1].next_t_ns == T0 + 300 * S
    with pytest.raises(CommandRefused):
        room.desk.ask(StartCuff("RN"), room.now(10))
    room.now(310)
    assert (room.pump.sent, room.asked()) == ([], [])
    room.desk.ask(HoldCuff("KL"), room.now(320))
    assert room.recorder.events(CuffPlan)[-1] == CuffPlan("cuff", T0 + 600 * S, 600, True)
    measured(room, 590, 120)
    assert room.engine.snapshot.nibp.next_t_ns is None
    assert not room.engine.snapshot.nibp.can_start


def test_the_cuff_that_can_be_started_is_the_one_that_is_meant():
    room = Desk(by_hand=True)
    room.engine.add_device(DeviceAdded("module", "suntech", "Cuff 2", "y@z"))
    room.desk.connect("module", room.pump, CuffOptions(True), T0)
    room.desk.heard("module", LinkChanged(LinkState.LIVE, T0), T0)
    room.desk.ask(StartCuff("RN"), T0)
    assert room.pump.sent == ["start"]
    assert room.asked()[-1][:2] == ("start", "RN")


def test_the_protocol_s_times_hold_for_every_cuff_from_the_dose_on():
    plan = example_protocol().pressure_for(Route.IM)
    for own, following_s in ((None, round(plan.due.at_min[0] * 60)), (Schedule((), 120), 120)):
        room = Desk(on=False, schedule=own, by_hand=True)
        room.desk.follow(wanted(example_protocol(), Route.IM))
        room.desk.measure_from(T0, T0)
        assert room.recorder.events(CuffPlan)[-1].next_t_ns == T0 + following_s * S


def test_without_a_protocol_nothing_is_due():
    room = Desk()
    room.desk.follow(wanted(None, Route.IM))
    room.desk.measure_from(T0, T0)
    assert room.recorder.events(CuffPlan) == []


def test_a_protocol_may_let_a_reading_be_put_off_by_less():
    room = Desk(schedule=Schedule((300, 1500), most_held_s=240), by_hand=True)
    room.desk.measure_from(T0, T0)
    room.desk.ask(HoldCuff("KL"), room.now(10))
    assert room.recorder.events(CuffPlan)[-1].next_t_ns == T0 + 540 * S
