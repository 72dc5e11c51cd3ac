"""Two devices that give the same: both recorded, one shown; a changed one recorded and not shown."""

import numpy as np
import pytest
from engine_room import DIA, HR, PLETH, PR, SPO2, SYS, Room, S

from kapmonitor.errors import CommandRefused
from kapmonitor.model import (
    Absent,
    ChannelKey,
    DeviceIdentified,
    LinkChanged,
    LinkState,
    Measured,
    WaveformBlock,
)
from kapmonitor.record.items import NumericRow
from kapmonitor.session.events import (
    AlarmChanged,
    DeviceAdded,
    DeviceAdopted,
    DeviceChanged,
    DeviceConfirmed,
    DeviceReleased,
    SourceChosen,
    SourceShown,
    Stamped,
)
from kapmonitor.session.state import SessionState, fold
from kapmonitor.snapshot import Freshness
from kapmonitor.view import Role


@pytest.fixture
def room():
    room = Room()
    room.engine.add_device(DeviceAdded("oxi-2", "x", "Oximeter 2", "x@z"))
    return room


def events(room, kind):
    found = (row.event for row in room.recorder.rows if isinstance(row, Stamped))
    return [event for event in found if isinstance(event, kind)]


def identify(room, device, **words):
    room.engine.on_event(device, DeviceIdentified(room.clock.now_ns(), **words))


BOTH = [("oxi", SPO2, 97), ("oxi-2", SPO2, 91)]


def test_both_are_recorded_the_first_is_shown_and_the_tile_says_there_is_another(room):
    tile = room.after(2, saying=BOTH).spo2
    assert (tile.reading, tile.source, tile.others) == (Measured(97), "Oximeter", 1)
    rows = [row.value for row in room.recorder.rows if isinstance(row, NumericRow)]
    assert rows.count(97) == rows.count(91) == 8


def test_a_person_chooses_which_is_shown(room):
    room.after(2, saying=BOTH)
    room.engine.choose(Role.SPO2, "oxi-2", "KL")
    tile = room.after(2, saying=BOTH).spo2
    assert (tile.reading, tile.source) == (Measured(91), "Oximeter 2")
    assert events(room, SourceChosen) == [SourceChosen("spo2", "oxi-2", "KL")]
    shown = [(event.device, event.ref) for event in events(room, SourceShown) if event.role == "spo2"]
    assert shown == [("oxi", SPO2.ref), ("oxi-2", SPO2.ref)]


def test_a_chosen_pulse_goes_before_a_better_kind_of_source(room):
    room.engine.choose(Role.HR, "oxi", "KL")
    tile = room.after(2, saying=[("strap", HR, 84), ("oxi", PR, 80)]).hr
    assert tile.reading == Measured(80)


def test_the_other_stands_in_while_the_chosen_one_has_nothing(room):
    room.engine.choose(Role.SPO2, "oxi-2", "KL")
    room.after(2, saying=BOTH)
    assert room.after(5, saying=BOTH[:1]).spo2.freshness is Freshness.STALE
    tile = room.after(6, saying=BOTH[:1]).spo2
    assert (tile.reading, tile.source) == (Measured(97), "Oximeter")
    assert room.after(1, saying=BOTH).spo2.source == "Oximeter 2"


def test_a_device_that_is_not_in_the_session_cannot_be_chosen(room):
    with pytest.raises(CommandRefused):
        room.engine.choose(Role.SPO2, "nobody", "KL")


def test_the_cuff_shown_is_that_of_the_newest_reading_or_the_chosen_one_while_it_is_not_old(room):
    def measured(device, sys):
        for metric, value in ((SYS, sys), (DIA, 70)):
            room.say(device, metric, value)
        return room.after(0.25).nibp.last

    assert measured("cuff", 120).device == "cuff"
    assert measured("oxi-2", 150).device == "oxi-2"
    assert measured("cuff", 121).device == "cuff"
    room.engine.choose(Role.NIBP_SYS, "oxi-2", "KL")
    assert room.after(0.25).nibp.last.device == "oxi-2"
    room.clock.move_to(room.clock.now_ns() + 16 * 60 * S)
    assert measured("cuff", 125).device == "cuff"


# Another device in the place of an adopted one


def test_a_swapped_device_is_asked_about_recorded_and_not_shown(room):
    room.engine.adopt("oxi", "KL", DeviceIdentified(0, model="Xpod", serial="1"))
    room.after(2, saying=BOTH[:1])
    identify(room, "oxi", model="Xpod", serial="2")
    snapshot = room.after(2, saying=[("oxi", SPO2, 85)])
    assert snapshot.spo2.unconfirmed
    assert isinstance(snapshot.spo2.reading, Absent)
    assert snapshot.links[0].changed
    assert [alarm.role for alarm in snapshot.alarms if alarm.priority == "medium"] == ["changed:oxi"]
    assert events(room, DeviceChanged) == [DeviceChanged("oxi", "Xpod · serial 1", "Xpod · serial 2")]
    rows = [row.value for row in room.recorder.rows if isinstance(row, NumericRow)]
    assert rows.count(85) == 8
    trend = room.engine.view.trend(Role.SPO2, 1000 * S, room.clock.now_ns(), 40)
    assert not np.any(trend.lo < 90)


def test_low_values_of_a_swapped_device_alarm_only_once_it_is_confirmed_and_spoke_three_times(room):
    room.engine.adopt("oxi", "KL", DeviceIdentified(0, serial="1"))
    room.after(2, saying=BOTH[:1])
    identify(room, "oxi", serial="2")
    low = [("oxi", SPO2, 79)]
    room.after(20, saying=low)
    assert not [
        change
        for change in events(room, AlarmChanged)
        if change.after.startswith("active-") and change.condition.startswith("spo2")
    ]
    room.engine.confirm("oxi", "KL")
    assert events(room, DeviceConfirmed) == [DeviceConfirmed("oxi", "KL")]
    assert room.after(0.5, saying=low).spo2.reading == Measured(79)
    assert not [a for a in room.engine.snapshot.alarms if a.role == "spo2"]
    snapshot = room.after(1, saying=low)
    assert [a.condition for a in snapshot.alarms if a.role == "spo2"] == ["spo2-very-low"]
    assert not [a for a in snapshot.alarms if a.role == "changed:oxi"]


def test_the_old_device_coming_back_needs_no_word(room):
    room.engine.adopt("oxi", "KL", DeviceIdentified(0, serial="1"))
    identify(room, "oxi", serial="2")
    identify(room, "oxi", serial="1")
    assert room.after(1, saying=BOTH[:1]).spo2.reading == Measured(97)
    with pytest.raises(CommandRefused):
        room.engine.confirm("oxi", "KL")


def test_another_source_stands_in_at_once_for_a_swapped_one(room):
    room.engine.adopt("oxi", "KL", DeviceIdentified(0, serial="1"))
    room.after(2, saying=BOTH)
    identify(room, "oxi", serial="2")
    tile = room.after(0.5, saying=BOTH).spo2
    assert (tile.reading, tile.source, tile.unconfirmed) == (Measured(91), "Oximeter 2", False)


def test_the_wave_on_screen_is_of_the_device_whose_number_is_shown(room):
    def wave(device):
        room.engine.on_event(device, WaveformBlock(PLETH, room.clock.now_ns(), np.arange(25, dtype=np.int16)))

    for device in ("oxi", "oxi-2"):
        wave(device)
    room.after(1, saying=BOTH)
    assert room.engine.snapshot.pleth == ChannelKey("oxi", PLETH.ref)
    room.engine.choose(Role.SPO2, "oxi-2", "KL")
    assert room.after(0.25, saying=BOTH).pleth == ChannelKey("oxi-2", PLETH.ref)


# Leaving the session


def test_a_released_device_takes_its_values_along_and_raises_nothing(room):
    room.engine.on_link("oxi", LinkChanged(LinkState.LIVE, room.clock.now_ns()))
    room.after(2, saying=BOTH[:1])
    room.engine.release("oxi", "KL")
    room.engine.on_link("oxi", LinkChanged(LinkState.OFF, room.clock.now_ns()))
    snapshot = room.after(20)
    assert snapshot.spo2.freshness is Freshness.NONE
    assert "oxi" not in [link.device for link in snapshot.links]
    assert not snapshot.alarms
    assert events(room, DeviceReleased) == [DeviceReleased("oxi", "KL")]
    with pytest.raises(CommandRefused):
        room.engine.release("oxi", "KL")


def test_the_session_knows_who_adopted_what(room):
    room.engine.adopt("oxi", "KL", DeviceIdentified(0, manufacturer="Nonin", model="Xpod", serial="7"))
    assert events(room, DeviceAdopted)[-1] == DeviceAdopted("oxi", "KL", "Nonin Xpod", "7")
    state = SessionState()
    for row in room.recorder.rows:
        if isinstance(row, Stamped):
            state = fold(state, row)
    assert next(d for d in state.devices if d.id == "oxi").adopted_by == "KL"
