"""Who is told when, over the whole product of what decides."""

from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kapmonitor.alarms.audio import SILENT, AudioState
from kapmonitor.alarms.escalation import Escalation, Signalled, SoundFacts, step
from kapmonitor.alarms.signals import LOUD, SOFT, SoundName, Stage, Wanted
from kapmonitor.alarms.soundplan import default
from kapmonitor.alarms.types import Priority

S = 1_000_000_000
PLAN = default()
L, M, H = Priority.LOW, Priority.MEDIUM, Priority.HIGH
# (priority, bypassed, staff output works): when each stage begins, from the paper's table
BEGINS = {
    (L, False): {},
    (M, False): {Stage.STAFF: 10, Stage.LOUDER: 40, Stage.ROOM: 60},
    (H, False): {Stage.STAFF: 0, Stage.LOUDER: 10, Stage.ROOM: 15, Stage.FULL: 30},
    (L, True): {},
    (M, True): {Stage.STAFF: 10, Stage.LOUDER: 40, Stage.ROOM: 60},
    (H, True): {Stage.STAFF: 0, Stage.ROOM: 0, Stage.FULL: 10},
}


def expected(priority, bypassed, staff, present, waited_s):
    begins = dict(BEGINS[priority, bypassed])
    if not staff and Stage.ROOM in begins:
        begins[Stage.ROOM] = 0
    share = 1 if present else 0.5
    reached = [stage for stage, at in begins.items() if waited_s >= at * share]
    return max(reached, key=lambda stage: stage.rank, default=Stage.VISUAL)


def after(condition, facts, waited_s, plan=PLAN):
    state, _ = step(plan, Escalation(), [condition], facts, 0)
    return step(plan, state, [condition], facts, round(waited_s * S))


TIMES = sorted({t + d for t in (0, 5, 7.5, 10, 15, 20, 30, 40, 60) for d in (-0.25, 0)} - {-0.25})


@pytest.mark.parametrize(
    ("priority", "bypassed", "staff", "present"), list(product(Priority, *[(False, True)] * 3))
)
def test_stages_over_the_whole_product(priority, bypassed, staff, present):
    condition = Signalled("c", priority, bypassed=bypassed)
    for waited_s, audio in product(TIMES, AudioState):
        facts = SoundFacts(audio, staff, present)
        _, wanted = after(condition, facts, waited_s)
        stage = expected(priority, bypassed, staff, present, waited_s)
        assert wanted.stage is stage, (waited_s, audio)
        assert wanted.priority is priority
        if audio in SILENT:
            assert (wanted.staff, wanted.room, wanted.duck_db, wanted.to_front) == (None, None, 0.0, False)
        else:
            assert (wanted.staff is not None) == (stage.rank >= Stage.STAFF.rank)
            assert (wanted.room is not None) == (stage.rank >= Stage.ROOM.rank)
            assert (wanted.duck_db > 0) == (wanted.room is not None)
            assert wanted.to_front == (stage is Stage.FULL)


def test_numbers_of_each_stage():
    def at(priority, waited_s):
        return after(Signalled("c", priority), SoundFacts(), waited_s)[1]

    soft = at(H, 0).staff
    assert (soft.sound, soft.repeat_s) == (SoundName.SOFT_HIGH, 5)
    assert at(H, 10).staff.level_db == soft.level_db + 6
    room, full = at(H, 15), at(H, 30)
    assert (room.duck_db, room.duck_over_s, room.room.repeat_s, room.room.sound) == (12, 0.5, 10, "high")
    assert (full.duck_db, full.room.repeat_s) == (24, 5)
    assert full.room.level_db - room.room.level_db == 10
    medium = at(M, 60)
    assert (medium.duck_db, medium.duck_over_s, medium.room.repeat_s) == (8, 2, 30)
    assert at(M, 10).staff.repeat_s == 20
    assert at(M, 600).stage is Stage.ROOM
    assert (at(L, 290).staff, at(L, 290).chime) == (None, None)


def test_low_chimes_every_five_minutes_and_never_in_the_room():
    low = Signalled("c", L)
    state, wanted = step(PLAN, Escalation(), [low], SoundFacts(), 0)
    numbers = []
    for second in range(1, 1000):
        state, wanted = step(PLAN, state, [low], SoundFacts(), second * S)
        numbers.append(wanted.chime.number if wanted.chime else 0)
    assert [i + 1 for i in range(1, len(numbers)) if numbers[i] != numbers[i - 1]] == [300, 600, 900]


@pytest.mark.parametrize(("priority", "every_s"), [(L, 600), (M, 180), (H, 120)])
def test_reminder_after_an_acknowledgement_while_it_is_still_true(priority, every_s):
    state, _ = step(PLAN, Escalation(), [Signalled("c", priority)], SoundFacts(), 0)
    known = Signalled("c", priority, acknowledged_ns=7 * S)
    chimes = []
    for second in range(7, 7 + 2 * every_s + 2):
        before = state.chime
        state, wanted = step(PLAN, state, [known], SoundFacts(), second * S)
        assert wanted.staff is None
        assert wanted.room is None
        if state.chime != before:
            chimes.append((second - 7, state.chime.sound))
    assert chimes == [(every_s, SOFT[priority]), (2 * every_s, SOFT[priority])]


def test_a_reminder_waits_for_the_end_of_a_pause():
    known = Signalled("c", H, acknowledged_ns=0)
    state, _ = step(PLAN, Escalation(), [known], SoundFacts(), 0)
    state, wanted = step(PLAN, state, [known], SoundFacts(AudioState.PAUSED), 121 * S)
    assert wanted.chime is None
    state, wanted = step(PLAN, state, [known], SoundFacts(), 122 * S)
    assert wanted.chime.sound is SoundName.SOFT_HIGH


def test_acknowledging_covers_only_what_was_acknowledged():
    one, two = Signalled("one", M), Signalled("two", H)
    state, _ = step(PLAN, Escalation(), [one], SoundFacts(), 0)
    state, wanted = step(PLAN, state, [Signalled("one", M, acknowledged_ns=S), two], SoundFacts(), S)
    assert wanted.staff.sound is SoundName.SOFT_HIGH
    state, wanted = step(
        PLAN, state, [Signalled("one", M, S), Signalled("two", H, 2 * S)], SoundFacts(), 2 * S
    )
    assert (wanted.stage, wanted.duck_db, wanted.duck_over_s) == (Stage.IDLE, 0.0, 5.0)


def test_a_graver_one_takes_over_the_room_where_it_is_in_use():
    medium = Signalled("m", M)
    state, _ = step(PLAN, Escalation(), [medium], SoundFacts(), 0)
    _, wanted = step(PLAN, state, [medium, Signalled("h", H)], SoundFacts(), 61 * S)
    assert (wanted.stage, wanted.room.sound, wanted.duck_db) == (Stage.ROOM, SoundName.HIGH, 12)


def test_what_ends_by_itself_finishes_its_burst_and_what_is_acknowledged_is_cut():
    high = Signalled("h", H)
    state, _ = step(PLAN, Escalation(), [high], SoundFacts(), 0)
    passed, wanted = step(PLAN, state, [], SoundFacts(), S)
    assert wanted.finish
    assert step(PLAN, passed, [], SoundFacts(), 2 * S)[1].finish
    assert not step(PLAN, state, [Signalled("h", H, S)], SoundFacts(), S)[1].finish
    assert not step(PLAN, state, [], SoundFacts(AudioState.PAUSED), S)[1].finish


def test_unacknowledged_again_counts_from_then():
    state, _ = step(PLAN, Escalation(), [Signalled("h", H)], SoundFacts(), 0)
    state, _ = step(PLAN, state, [Signalled("h", H, 50 * S)], SoundFacts(), 50 * S)
    state, wanted = step(PLAN, state, [Signalled("h", H)], SoundFacts(), 60 * S)
    assert wanted.stage is Stage.STAFF


class Ward(RuleBasedStateMachine):
    """Conditions that come, are acknowledged and go (I1 and I2 as far as what is wanted goes)."""

    def __init__(self):
        super().__init__()
        self.state, self.wanted = Escalation(), Wanted()
        self.active = {}
        self.facts = SoundFacts()
        self.now = 0
        self.number = 0

    def look(self):
        self.state, self.wanted = step(PLAN, self.state, self.active.values(), self.facts, self.now)

    @rule(priority=st.sampled_from(Priority), bypassed=st.booleans())
    def comes(self, priority, bypassed):
        self.number += 1
        name = f"c{self.number}"
        self.active[name] = Signalled(name, priority, bypassed=bypassed)
        self.look()

    @rule(data=st.data())
    def acknowledged(self, data):
        """Those on screen at key-down; one more comes in the same instant and stays unacknowledged."""
        on_screen = data.draw(st.sets(st.sampled_from(sorted(self.active)))) if self.active else set()
        untouched = {c for c, one in self.active.items() if one.acknowledged_ns is None} - on_screen
        since = {h.condition: h.since_ns for h in self.state.heard}
        for name in on_screen:
            self.active[name] = Signalled(name, self.active[name].priority, self.now)
        self.look()
        for heard in self.state.heard:
            if heard.condition in untouched:
                assert heard.acknowledged_ns is None
                assert heard.since_ns == since[heard.condition]

    @rule(data=st.data())
    def goes(self, data):
        if self.active:
            del self.active[data.draw(st.sampled_from(sorted(self.active)))]
        self.look()

    @rule(audio=st.sampled_from(AudioState), staff=st.booleans(), present=st.booleans())
    def around(self, audio, staff, present):
        self.facts = SoundFacts(audio, staff, present)
        self.look()

    @rule(seconds=st.integers(1, 200))
    def time(self, seconds):
        self.now += seconds * S
        self.look()

    @invariant()
    def an_unacknowledged_high_is_wanted_at_once(self):
        unheard = [one for one in self.active.values() if one.acknowledged_ns is None]
        if any(one.priority is H for one in unheard) and self.facts.audio not in SILENT:
            assert self.wanted.staff is not None
            assert self.wanted.staff.sound is SoundName.SOFT_HIGH
            if not self.facts.staff_works:
                assert self.wanted.room is not None
        if self.wanted.room is not None:
            assert self.wanted.room.sound is LOUD[max((o.priority for o in unheard), key=lambda p: p.rank)]
        if not unheard:
            assert (self.wanted.staff, self.wanted.room, self.wanted.duck_db) == (None, None, 0.0)


TestWard = Ward.TestCase
TestWard.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)
