"""Technical conditions: lost and stuck signals, damaged links, cuffs that are due, disk, battery, display."""

import numpy as np
import pytest
from engine_room import DIA, MEAN, PLETH, PR, SPO2, SYS, Room, S

from kapmonitor.alarms.display import DisplayWatch
from kapmonitor.alarms.errorrate import ErrorRate
from kapmonitor.alarms.types import Priority
from kapmonitor.commands import Acknowledge, SaySameArm
from kapmonitor.housekeeping import Housekeeping, battery_left, look, tell
from kapmonitor.model import (
    Absent,
    AlertKind,
    CuffChanged,
    CuffState,
    DeviceAlert,
    DeviceIdentified,
    Fault,
    FaultKind,
    LinkChanged,
    LinkState,
    Validity,
    WaveformBlock,
)
from kapmonitor.picture import CuffOutlook
from kapmonitor.session.events import AlarmChanged, ConditionSensed

GONE = Absent(Validity.INVALID)
GOOD = [("oxi", SPO2, 97), ("oxi", PR, 70)]
LOST = [("oxi", SPO2, GONE), ("oxi", PR, GONE)]
LOW, MEDIUM, HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH


@pytest.fixture
def room():
    room = Room()
    for device in ("oxi", "cuff"):
        room.engine.on_link(device, LinkChanged(LinkState.LIVE, room.clock.now_ns()))
    room.after(4, saying=GOOD)
    return room


def on(room):
    alarms = room.engine.snapshot.alarms
    return {alarm.condition: alarm.priority for alarm in alarms if alarm.state != "latched"}


# The signal


def test_a_missing_value_is_low_after_ten_seconds_and_medium_after_thirty(room):
    room.after(9.5, saying=LOST)
    assert on(room) == {}
    room.after(1, saying=LOST)
    assert on(room) == {"signal:spo2": LOW, "signal:hr": LOW}
    room.after(30, saying=LOST)
    assert on(room) == {"signal:spo2": MEDIUM, "signal:hr": MEDIUM}
    room.after(1, saying=GOOD)
    assert on(room) == {}


def test_an_acknowledged_one_that_gets_worse_is_an_alarm_again(room):
    room.after(12, saying=LOST)
    room.engine.handle(Acknowledge(room.clock.now_ns(), ("signal:spo2",), "RN"))
    room.after(1, saying=LOST)
    found = {a.condition: a.state for a in room.engine.snapshot.alarms}
    assert found["signal:spo2"] == "active-ack"
    room.after(30, saying=LOST)
    found = {a.condition: a.state for a in room.engine.snapshot.alarms}
    assert found["signal:spo2"] == "active-unack"


def test_a_value_that_stops_coming_is_missing_too(room):
    room.after(14)
    assert on(room) == {"signal:spo2": LOW, "signal:hr": LOW}


def test_one_cause_is_said_once(room):
    room.engine.on_event("oxi", DeviceAlert(AlertKind.SENSOR_OFF, True, room.clock.now_ns()))
    room.after(45, saying=LOST)
    assert on(room) == {"sensor:oxi": MEDIUM}


def test_what_was_never_there_is_not_missing():
    room = Room()
    room.after(120, saying=LOST)
    assert on(room) == {}


def test_a_cuff_on_the_same_arm_explains_a_missing_pulse_for_a_minute(room):
    room.engine.handle(SaySameArm(same=True, by="RN"))
    room.engine.on_event("cuff", CuffChanged(CuffState.MEASURING, room.clock.now_ns()))
    room.after(60, saying=LOST)
    assert on(room) == {}
    room.after(11, saying=LOST)
    assert on(room) == {"signal:spo2": LOW, "signal:hr": LOW}


def test_a_cuff_on_the_other_arm_explains_nothing(room):
    room.engine.on_event("cuff", CuffChanged(CuffState.MEASURING, room.clock.now_ns()))
    room.after(12, saying=LOST)
    assert on(room) == {"signal:spo2": LOW, "signal:hr": LOW}


def test_a_low_value_alarms_while_the_cuff_is_on_the_same_arm(room):
    room.engine.handle(SaySameArm(same=True, by="RN"))
    room.engine.on_event("cuff", CuffChanged(CuffState.MEASURING, room.clock.now_ns()))
    room.after(16, saying=[("oxi", SPO2, 85), ("oxi", PR, 70)])
    assert on(room)["spo2-very-low"] is HIGH


def test_an_alarm_that_the_cuff_cut_off_is_passed_on_when_the_minute_is_over(room):
    room.after(12, saying=[("oxi", SPO2, 85), ("oxi", PR, 70)])
    room.engine.handle(SaySameArm(same=True, by="RN"))
    room.engine.on_event("cuff", CuffChanged(CuffState.MEASURING, room.clock.now_ns()))
    room.after(59, saying=LOST)
    assert "signal:spo2" not in on(room)
    room.after(3, saying=LOST)
    assert on(room)["signal:spo2"] is HIGH


def test_a_swapped_device_is_asked_about_and_arms_anew(room):
    room.engine.adopt("oxi", "KL", DeviceIdentified(0, serial="1"))
    room.engine.on_event("oxi", DeviceIdentified(room.clock.now_ns(), serial="2"))
    room.after(40, saying=[("oxi", SPO2, 70), ("oxi", PR, 70)])
    assert on(room) == {"changed:oxi": MEDIUM}
    room.engine.confirm("oxi", "RN")
    room.after(2, saying=[("oxi", SPO2, 70), ("oxi", PR, 70)])
    assert on(room)["spo2-very-low"] is HIGH


# Stuck values


def pulse(room, seconds, moving, step=0):
    for i in range(seconds):
        samples = (np.arange(75) % 40 if moving else np.zeros(75)).astype(np.int16)
        room.engine.on_event("oxi", WaveformBlock(PLETH, room.clock.now_ns(), samples))
        saying = [("oxi", SPO2, 97), ("oxi", PR, 70 + step * i % 3)]
        for _ in range(4):
            room.after(0.25, saying=saying)


def test_numbers_and_a_wave_that_do_not_move_are_a_stuck_device(room):
    pulse(room, 19, moving=False)
    assert on(room) == {}
    pulse(room, 6, moving=False)
    assert on(room) == {"stuck:oxi": MEDIUM}
    pulse(room, 25, moving=True)
    assert on(room) == {}


def test_the_same_numbers_with_a_wave_that_moves_are_a_calm_person(room):
    pulse(room, 60, moving=True)
    assert on(room) == {}


def test_numbers_that_move_with_a_flat_wave_are_not_stuck(room):
    pulse(room, 60, moving=False, step=1)
    assert "stuck:oxi" not in on(room)


# Links that damage bytes


@pytest.mark.parametrize(("bad", "level"), [(0, 0), (4, 0), (6, 1), (19, 1), (22, 2), (100, 2)])
def test_the_share_of_damaged_pieces_in_ten_seconds(bad, level):
    rate = ErrorRate()
    for i in range(100):
        rate.heard(i * S // 10, damaged=i < bad)
    assert rate.level(10 * S - 1) == level
    assert rate.level(60 * S) == 0


def test_a_link_that_damages_bytes_is_said(room):
    for _ in range(12):
        for _ in range(3):
            room.engine.on_event("oxi", Fault(FaultKind.CHECKSUM, room.clock.now_ns(), 5, "00"))
        room.after(1, saying=GOOD)
    assert on(room) == {"errors:oxi": MEDIUM}
    room.after(15, saying=GOOD)
    assert on(room) == {}


# The cuff's times


def planned(room, interval_s=600, held=False, next_s=600):
    now_ns = room.clock.now_ns()
    room.engine.plan_cuff("cuff", CuffOutlook(now_ns + next_s * S, interval_s, held, can_start=True))


def measure(room):
    for metric, value in ((SYS, 120), (DIA, 75), (MEAN, 90)):
        room.say("cuff", metric, value)
    room.after(0.25, saying=GOOD)


def test_a_planned_reading_that_does_not_come_is_low_then_medium(room):
    planned(room)
    measure(room)
    room.after(719, saying=GOOD)
    assert on(room) == {}
    room.after(2, saying=GOOD)
    assert on(room) == {"overdue": LOW}
    room.after(480, saying=GOOD)
    assert on(room) == {"overdue": MEDIUM}
    measure(room)
    assert on(room) == {}


def test_a_reading_that_was_put_off_is_due_when_it_was_said(room):
    planned(room)
    measure(room)
    planned(room, held=True, next_s=1100)
    room.after(1190, saying=GOOD)
    assert on(room) == {}
    room.after(60, saying=GOOD)
    assert on(room) == {"overdue": LOW}


def test_without_a_plan_no_reading_is_due(room):
    measure(room)
    room.after(1800, saying=GOOD)
    assert on(room) == {}


def test_a_reading_alarms_once(room):
    for metric, value in ((SYS, 165), (DIA, 75), (MEAN, 105)):
        room.say("cuff", metric, value)
    room.after(300, saying=GOOD)
    assert on(room) == {"sys-high": MEDIUM}
    raised = [c for c in room.recorder.events(AlarmChanged) if c.after == "active-unack"]
    assert [c.condition for c in raised] == ["sys-high"]
    assert room.engine.snapshot.alarms[0].reading_t_ns == 1004 * S


# The computer


def test_disk_and_battery(tmp_path, room):
    def told(disk, battery):
        tell(Housekeeping(disk, battery), room.engine.senses.sense)
        room.after(0.5, saying=GOOD)
        return on(room)

    assert told(5_000_000_000, 50) == {}
    assert told(900_000_000, 19) == {"disk": LOW, "battery": MEDIUM}
    assert told(299_000_000, 9) == {"disk": MEDIUM, "battery": HIGH}
    assert told(None, None) == {}
    assert look(tmp_path / "x.kap", tmp_path).disk_free > 0
    texts = [event.text for event in room.recorder.events(ConditionSensed)]
    assert texts[:2] == ["0.9 GB", "19 %"]


@pytest.mark.parametrize(
    ("kind", "status", "scope", "found"),
    [
        ("Battery", "Discharging", None, 17.0),
        ("Battery", "Charging", None, None),
        ("Mains", "Discharging", None, None),
        ("Battery", "Discharging", "Device", None),
        ("Battery", "Discharging", "System", 17.0),
    ],
)
def test_only_a_battery_that_is_being_used_up_counts(tmp_path, kind, status, scope, found):
    supply = tmp_path / "BAT0"
    supply.mkdir()
    for name, text in (("type", kind), ("status", status), ("capacity", "17")):
        (supply / name).write_text(text + "\n")
    if scope is not None:
        (supply / "scope").write_text(scope)
    assert battery_left(tmp_path) == found
    (supply / "capacity").write_text("what")
    assert battery_left(tmp_path) is None
    assert battery_left(tmp_path / "nothing") is None


def test_a_display_that_stands_still():
    watch = DisplayWatch()
    assert watch.level(100 * S) == 0
    watch.saw(5, 100 * S)
    levels = [watch.level(t_ns) for t_ns in (102 * S, 102 * S + 1, 105 * S + 1)]
    assert levels == [0, 1, 2]
    watch.saw(6, 106 * S)
    assert watch.level(107 * S) == 0
    watch.saw(None, 200 * S)
    assert watch.level(300 * S) == 0


def test_the_computer_slept_and_the_alarm_says_for_how_long(room):
    room.engine.slept(90 * S, room.clock.now_ns() + 1)
    room.after(1, saying=GOOD)
    alarm = room.engine.snapshot.alarms[0]
    assert (alarm.condition, alarm.priority, alarm.value) == ("sleep", HIGH, 90)
    room.after(61, saying=GOOD)
    assert on(room) == {}
