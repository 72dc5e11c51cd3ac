"""What the screen says of the limits and alarms of a real engine, and what comes of what it asks."""

from dataclasses import replace

import pytest
from engine_room import HR, SPO2, Room, S

from kapmonitor.alarms.limits import baseline_example
from kapmonitor.alarms.types import ConditionState
from kapmonitor.commands import Acknowledge, ChangeLimit, DisableRule, EnableRule, SaySameArm
from kapmonitor.model import GenerationMode
from kapmonitor.snapshot import Priority
from kapmonitor.watch import Watch
from ui.alarm_face import AlarmFace, alarm_face, on_screen
from ui.alarmlist.face import Filter, Kind, listed, row
from ui.limits import face as faces
from ui.limits.steps import Cue, Editing, Facts, after
from ui.tiles.look import HR_ROLES, SPO2_ROLES, look

GOOD = (("strap", HR, 72.0), ("oxi", SPO2, 97.0))
FAST = (("strap", HR, 128.0), ("oxi", SPO2, 97.0))


@pytest.fixture
def room():
    return Room()


def state_of(shot, rule):
    return next(limit.state for limit in shot.limits if limit.rule == rule)


def test_a_limit_is_unarmed_then_normal_then_pending_then_active(room):
    shot = room.after(1)
    assert {limit.state for limit in shot.limits} == {ConditionState.UNARMED.value}
    assert look(shot, HR_ROLES, shot.t_ns).armed is False
    shot = room.after(5, saying=GOOD)
    assert state_of(shot, "hr-high") == "normal"
    assert look(shot, HR_ROLES, shot.t_ns).note == "fixed limits"
    shot = room.after(10, saying=FAST)
    assert state_of(shot, "hr-high") == "pending"
    assert look(shot, HR_ROLES, shot.t_ns).pending is Priority.MEDIUM
    assert look(shot, SPO2_ROLES, shot.t_ns).pending is None
    shot = room.after(25, saying=FAST)
    assert state_of(shot, "hr-high") == "active-unack"
    face = alarm_face(shot, shot.t_ns)
    assert isinstance(face, AlarmFace)
    assert face.text == "HR 128 — above 120"


def test_acknowledged_it_counts_down_and_reminds_by_flashing(room):
    shot = room.after(45, saying=FAST)
    room.engine.handle(Acknowledge(shot.t_ns, on_screen(shot), "KL"))
    shot = room.after(1, saying=FAST)
    face = alarm_face(shot, shot.t_ns)
    assert (face.acknowledged, face.rhythm) == (True, None)
    assert face.reminder.startswith("reminder in 2:5")
    seen = []
    for _ in range(200 * 4):
        shot = room.after(0.25, saying=FAST)
        seen.append(alarm_face(shot, shot.t_ns).rhythm)
    flashed = [place for place, rhythm in enumerate(seen) if rhythm is Priority.MEDIUM]
    assert 4.5 <= len(flashed) / 4 <= 5.5
    assert flashed == list(range(flashed[0], flashed[-1] + 1))
    assert 176 <= flashed[0] / 4 <= 180


def test_what_passed_unseen_stays_until_it_is_seen(room):
    room.after(45, saying=FAST)
    shot = room.after(20, saying=GOOD)
    chips = alarm_face(shot, shot.t_ns).chips
    assert [chip.text.partition(",")[0] for chip in chips if chip.priority] == ["HR 128 > 120"]
    room.engine.handle(Acknowledge(shot.t_ns, on_screen(shot), "KL"))
    shot = room.after(1, saying=GOOD)
    assert not any(chip.priority for chip in alarm_face(shot, shot.t_ns).chips)
    spans = listed(shot.session, Filter(Kind.PERSON))
    said = row(spans[0], shot.session, str, shot.t_ns)
    assert (said.text, said.quiet) == ("HR 128 above 120", True)


def walked(page, shot, *cues):
    """The page's steps over a real limit; returns the command that comes of them."""
    command = None
    for cue, text in cues:
        chosen = next(limit for limit in shot.limits if limit.rule == "hr-high")
        page, command = after(page, cue, Facts(chosen, text))
    return command


UNLOCK = ((Cue.HELD, ""), (Cue.ENTER, "prescriber"))


def test_a_limit_changed_on_the_page_holds_and_says_who_set_it(room):
    shot = room.after(5, saying=GOOD)
    command = walked(Editing(by="AW"), shot, *UNLOCK, (Cue.ENTER, ""), (Cue.ENTER, "125"), (Cue.ENTER, ""))
    assert isinstance(command, ChangeLimit)
    room.engine.handle(command)
    shot = room.after(1, saying=GOOD)
    said = {limit.rule: faces.row(limit, shot.t_ns) for limit in shot.limits}["hr-high"]
    assert (said.limit, said.source) == ("125", "set by AW, was 120 (fixed)")
    assert look(shot, HR_ROLES, shot.t_ns).note == "set by AW"
    assert shot.hr.high == 125.0


def test_a_limit_switched_off_on_the_page_is_off_for_its_time_and_no_longer(room):
    shot = room.after(5, saying=GOOD)
    cues = (*UNLOCK, (Cue.SWITCH, ""), (Cue.ENTER, "moves"), (Cue.ENTER, "1"), (Cue.ENTER, ""))
    command = walked(Editing(by="AW"), shot, *cues)
    assert isinstance(command, DisableRule)
    room.engine.handle(command)
    shot = room.after(2, saying=GOOD)
    assert state_of(shot, "hr-high") == "disabled"
    assert look(shot, HR_ROLES, shot.t_ns).off == "0:58"
    live = replace(shot, mode=GenerationMode.REAL)
    assert alarm_face(live, shot.t_ns).chips[0].text == "OFF: HR above 120, back in 0:58"
    assert shot.session.switched_off[0].reason == "moves"
    shot = room.after(60, saying=GOOD)
    assert look(shot, HR_ROLES, shot.t_ns).off == ""
    assert state_of(shot, "hr-high") == "normal"


def test_the_same_key_switches_it_on_again(room):
    room.after(5, saying=GOOD)
    room.engine.handle(DisableRule("hr-high", "moves", "prescriber", "AW", 30.0))
    shot = room.after(1, saying=GOOD)
    command = walked(Editing(by="KL"), shot, (Cue.SWITCH, ""))
    assert command == EnableRule("hr-high", "", "KL")
    room.engine.handle(command)
    shot = room.after(2, saying=GOOD)
    assert shot.session.switched_off == ()
    assert look(shot, HR_ROLES, shot.t_ns).off == ""


def test_the_head_says_that_an_example_is_one(room):
    head = faces.head(room.after(1), Editing(), 1, holding=False)
    assert (head.name, head.doubtful) == ("Example limits, absolute", True)
    assert head.signed == "AN EXAMPLE, not a recommendation"


def test_which_arm_is_kept_in_the_sessions_state(room):
    room.engine.handle(SaySameArm(True, "KL"))
    assert room.after(1).session.same_arm
    room.engine.handle(SaySameArm(False, "KL"))
    assert not room.after(1).session.same_arm


def test_every_limit_of_the_shipped_sets_has_words():
    shown = Watch(baseline_example(), 0).in_force()
    rows = [faces.row(limit, S) for limit in shown]
    assert len(rows) == len(baseline_example().rules)
    assert all(each.name and each.source and each.when for each in rows)
    assert any(each.when == "not in this phase" for each in rows)
    assert {each.quiet for each in rows if each.limit == "—"} == {True}
