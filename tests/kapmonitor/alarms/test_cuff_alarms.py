"""What a blood pressure alarm makes of readings that are incomplete, too high, or of another cuff."""

import pytest
from engine_room import DIA, MEAN, SYS, Room

from kapmonitor import mdc
from kapmonitor.model import Absent, Measured, Validity
from kapmonitor.plausible import HIGHEST_CUFF, RANGES, pressed
from kapmonitor.session.events import DeviceAdded
from kapmonitor.view import Role
from ui import alarm_text
from ui.tiles.pressure_face import pressure_face

HIGH = ((SYS, 200), (DIA, 90), (MEAN, 127))
FINE = ((SYS, 118), (DIA, 70), (MEAN, 86))
OVER = Absent(Validity.OVERFLOW)


@pytest.fixture
def room():
    made = Room()
    made.engine.add_device(DeviceAdded("cuff2", "x", "Other cuff", "x@y"))
    made.after(1)
    return made


def measured(room, parts, device="cuff"):
    """The pressure alarms after a determination: {condition: (state, value)}."""
    for metric, value in parts:
        room.say(device, metric, value)
    snapshot = room.after(2)
    return {a.condition: (a.state, a.value) for a in snapshot.alarms if a.role.startswith("nibp")}


@pytest.mark.parametrize(
    "parts",
    [
        ((SYS, 285), (DIA, 98), (MEAN, 160)),
        ((MEAN, 165),),
        ((SYS, OVER), (DIA, 98), (MEAN, 165)),
        ((SYS, OVER),),
        ((SYS, Absent(Validity.INVALID)), (DIA, 98), (MEAN, 165)),
        ((SYS, 205), (DIA, 199)),
    ],
)
def test_an_alarm_stands_until_a_reading_shows_that_it_has_passed(room, parts):
    assert measured(room, HIGH)["sys-very-high"][0] == "active-unack"
    room.after(300)
    assert measured(room, parts)["sys-very-high"][0] == "active-unack"
    room.after(60)
    assert "active-unack" not in {state for state, _ in measured(room, FINE).values()}


@pytest.mark.parametrize(
    "parts", [((SYS, 285), (DIA, 98), (MEAN, 160)), ((SYS, OVER), (DIA, 98)), ((SYS, OVER),)]
)
def test_a_pressure_too_high_to_be_measured_alarms_and_is_no_number_on_the_tile(room, parts):
    assert measured(room, parts)["sys-very-high"] == ("active-unack", 280)
    snapshot = room.engine.snapshot
    assert isinstance(snapshot.nibp.last.systolic, Absent)
    (alarm,) = (a for a in snapshot.alarms if a.condition == "sys-very-high")
    assert "systolic 280 or more" in alarm_text.sentence(alarm, snapshot.nibp.last)
    assert "280 or more >" in alarm_text.short(alarm)
    assert pressure_face(snapshot, snapshot.t_ns).words == "systolic too high to measure"


@pytest.mark.parametrize("raw", [0, 30, HIGHEST_CUFF + 1, 511, 999, 65535])
def test_what_is_no_pressure_does_not_alarm(room, raw):
    assert measured(room, ((SYS, raw), (DIA, 70), (MEAN, 86))) == {}


def test_a_normal_reading_of_which_a_part_is_missing_leaves_the_others_as_they_were(room):
    assert measured(room, FINE) == {}
    assert measured(room, ((MEAN, 90),)) == {}
    assert measured(room, HIGH)["sys-very-high"][0] == "active-unack"


def test_the_newest_reading_counts_whichever_cuff_it_is_of(room):
    assert measured(room, FINE) == {}
    room.after(60)
    assert (
        measured(room, ((SYS, 215), (DIA, 125), (MEAN, 155)), "cuff2")["sys-very-high"][0] == "active-unack"
    )
    assert room.engine.snapshot.nibp.last.device == "cuff2"
    room.after(60)
    assert measured(room, FINE)["sys-very-high"][0] == "latched"


def test_another_cuff_stands_in_for_the_chosen_one_once_its_reading_is_old(room):
    measured(room, FINE)
    room.engine.choose(Role.NIBP_SYS, "cuff", "AB")
    room.after(60)
    assert measured(room, HIGH, "cuff2") == {}
    assert room.engine.snapshot.nibp.last.device == "cuff"
    room.after(15 * 60 - 70)
    assert room.engine.snapshot.nibp.last.device == "cuff"
    snapshot = room.after(10)
    assert snapshot.nibp.last.device == "cuff2"
    assert "sys-very-high" in {alarm.condition for alarm in snapshot.alarms}


def test_of_a_cuff_that_is_taken_away_nothing_stands(room):
    measured(room, ((MEAN, 86),))
    room.after(60)
    assert measured(room, HIGH, "cuff2")["sys-very-high"][0] == "active-unack"
    room.engine.release("cuff2", "AB")
    snapshot = room.after(2)
    assert snapshot.nibp.last.device == "cuff"
    assert "active-unack" not in {a.state for a in snapshot.alarms if a.role.startswith("nibp")}


@pytest.mark.parametrize("ref", [mdc.NIBP_SYS.ref, mdc.NIBP_DIA.ref, mdc.NIBP_MEAN.ref])
def test_what_alarms_look_at(ref):
    top = RANGES[ref][1]
    assert pressed(ref, Measured(120.0)) == 120.0
    assert pressed(ref, Absent(Validity.INVALID, top + 1)) == top
    assert pressed(ref, Absent(Validity.INVALID, HIGHEST_CUFF)) == top
    assert pressed(ref, OVER) == top
    for none in (Absent(Validity.INVALID, top), Absent(Validity.UNDERFLOW), Absent(Validity.INVALID)):
        assert pressed(ref, none) is None
