"""The sound of alarms as a whole: its table over the whole product, its guards, and what no person can do."""

from itertools import product

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kapmonitor.alarms.audio import (
    PAUSE_NS,
    REST_NS,
    SETUP_PAUSE_NS,
    SILENT,
    TABLE,
    Audio,
    AudioCue,
    AudioFacts,
    AudioState,
    Refusal,
    move,
    refusal,
    step,
)
from kapmonitor.alarms.types import Priority

S = 1_000_000_000
HIGH = AudioFacts(Priority.HIGH)
QUIET = AudioFacts()
PREPARING = AudioFacts(preparing=True)
PRIORITIES = (None, *Priority)


def silent(state, **more):
    return Audio(state, until_ns=PAUSE_NS, in_row=1, **more)


def start(state):
    return silent(state) if state in SILENT else Audio(state)


@pytest.mark.parametrize(
    ("state", "cue", "priority", "preparing"), list(product(AudioState, AudioCue, PRIORITIES, (False, True)))
)
def test_every_pair_is_listed_or_changes_nothing(state, cue, priority, preparing):
    facts = AudioFacts(priority, preparing=preparing)
    before = start(state)
    after = move(before, cue, facts, 5)
    if (state, cue) not in TABLE or refusal(before, cue, facts, 5):
        assert after is before
    else:
        assert after.state is TABLE[state, cue]
    assert (after.until_ns is not None) == (after.state in SILENT)
    if after.state in SILENT:
        assert after.until_ns - 5 <= SETUP_PAUSE_NS


@pytest.mark.parametrize(
    ("before", "cue", "facts", "now_ns", "why"),
    [
        (Audio(), AudioCue.PAUSE, HIGH, 0, Refusal.NONE),
        (Audio(rest_until_ns=5), AudioCue.PAUSE, QUIET, 4, Refusal.RESTING),
        (Audio(AudioState.FAULT), AudioCue.PAUSE, QUIET, 0, Refusal.NOT_NOW),
        (silent(AudioState.PAUSED), AudioCue.PAUSE, QUIET, 0, Refusal.NONE),
        (silent(AudioState.PAUSED), AudioCue.PAUSE, HIGH, 0, Refusal.HIGH),
        (silent(AudioState.PAUSED, over_high=True), AudioCue.PAUSE, QUIET, 0, Refusal.HIGH),
        (Audio(), AudioCue.SETUP_PAUSE, QUIET, 0, Refusal.NOT_PREPARING),
        (Audio(), AudioCue.SETUP_PAUSE, PREPARING, 0, Refusal.NONE),
        (Audio(), AudioCue.SETUP_PAUSE, AudioFacts(Priority.HIGH, preparing=True), 0, Refusal.HIGH),
        (Audio(ended_ns=0), AudioCue.SETUP_PAUSE, PREPARING, 5, Refusal.RESTING),
    ],
)
def test_who_is_refused_and_why(before, cue, facts, now_ns, why):
    assert refusal(before, cue, facts, now_ns) is why
    assert (move(before, cue, facts, now_ns) is before) == bool(why)


def test_pause_ends_by_itself_and_two_more_may_follow():
    audio, now = Audio(), 0
    for _ in range(3):
        audio = move(audio, AudioCue.PAUSE, QUIET, now)
        assert audio.until_ns == now + PAUSE_NS
        now += PAUSE_NS - 1
        assert step(audio, QUIET, now)[0].state is AudioState.PAUSED
    assert refusal(audio, AudioCue.PAUSE, QUIET, now) is Refusal.ENOUGH
    audio, cues = step(audio, QUIET, now + 1)
    assert (audio.state, cues) == (AudioState.ON, (AudioCue.TIME_OVER,))
    assert refusal(audio, AudioCue.PAUSE, QUIET, now + REST_NS) is Refusal.RESTING
    assert refusal(audio, AudioCue.PAUSE, QUIET, now + 1 + REST_NS) is Refusal.NONE


def test_resuming_in_between_does_not_begin_a_new_row():
    audio, now = Audio(), 0
    for _ in range(3):
        audio = move(audio, AudioCue.PAUSE, QUIET, now)
        now += 100 * S
        audio = move(audio, AudioCue.RESUME, QUIET, now)
        now += S
    assert refusal(audio, AudioCue.PAUSE, QUIET, now) is Refusal.RESTING


def test_sound_follows_a_pause_over_high_for_a_minute():
    audio = move(Audio(), AudioCue.PAUSE, HIGH, 0)
    audio = move(audio, AudioCue.RESUME, HIGH, S)
    assert refusal(audio, AudioCue.PAUSE, HIGH, REST_NS) is Refusal.RESTING
    assert refusal(audio, AudioCue.PAUSE, HIGH, REST_NS + S) is Refusal.NONE


@pytest.mark.parametrize(("silenced", "new"), list(product(PRIORITIES, Priority)))
def test_only_what_is_graver_than_all_that_is_silenced_ends_a_pause(silenced, new):
    audio = move(Audio(), AudioCue.PAUSE, AudioFacts(silenced), 0)
    after, _ = step(audio, AudioFacts(new), S)
    graver = silenced is None or new.rank > silenced.rank
    assert (after.state is AudioState.ON) == graver


def test_after_an_acknowledgement_the_next_high_ends_the_pause():
    audio = move(Audio(), AudioCue.PAUSE, HIGH, 0)
    audio, _ = step(audio, QUIET, S)
    assert step(audio, HIGH, 2 * S)[0].state is AudioState.ON


@pytest.mark.parametrize("state", sorted(SILENT))
def test_losing_an_output_ends_a_pause(state):
    rerouted = AudioFacts(preparing=True, rerouted=True)
    assert step(silent(state), rerouted, S)[0].state is AudioState.ON
    gone, _ = step(silent(state), AudioFacts(preparing=True, works=False), S)
    assert gone.state is AudioState.FAULT
    assert step(gone, QUIET, 2 * S)[0].state is AudioState.ON


def test_setup_pause_ends_with_the_preparation():
    audio = move(Audio(), AudioCue.SETUP_PAUSE, PREPARING, 0)
    assert audio.until_ns == SETUP_PAUSE_NS
    assert step(audio, PREPARING, 179 * S)[0].state is AudioState.SETUP_PAUSED
    assert step(audio, QUIET, S)[0].state is AudioState.ON


class Operators(RuleBasedStateMachine):
    """People who press everything at any time, four looks a second."""

    def __init__(self):
        super().__init__()
        self.audio = Audio()
        self.now = 0
        self.unacknowledged = None
        self.preparing = True
        self.silent_over_high_since = None

    def facts(self, **more):
        return AudioFacts(self.unacknowledged, preparing=self.preparing, **more)

    @rule(cue=st.sampled_from([AudioCue.PAUSE, AudioCue.SETUP_PAUSE, AudioCue.RESUME]))
    def person(self, cue):
        self.audio = move(self.audio, cue, self.facts(), self.now)

    @rule(priority=st.sampled_from(PRIORITIES))
    def conditions(self, priority):
        self.unacknowledged = priority
        self.look()

    @rule(preparing=st.booleans())
    def phase(self, preparing):
        self.preparing = preparing

    @rule(ticks=st.integers(1, 600))
    def time(self, ticks):
        for _ in range(ticks):
            self.now += S // 4
            self.look()

    @precondition(lambda self: self.audio.state is not AudioState.FAULT)
    @rule(rerouted=st.booleans(), works=st.booleans())
    def outputs(self, rerouted, works):
        self.audio, _ = step(self.audio, self.facts(rerouted=rerouted, works=works), self.now)

    def look(self):
        self.audio, _ = step(self.audio, self.facts(), self.now)
        hidden = self.audio.state in SILENT and self.unacknowledged is Priority.HIGH
        if not hidden:
            self.silent_over_high_since = None
        elif self.silent_over_high_since is None:
            self.silent_over_high_since = self.now
        else:
            assert self.now - self.silent_over_high_since <= 120 * S

    @invariant()
    def every_silence_has_an_end(self):
        if self.audio.state in SILENT:
            assert self.audio.until_ns - self.now <= SETUP_PAUSE_NS
        else:
            assert self.audio.until_ns is None


TestOperators = Operators.TestCase
TestOperators.settings = settings(max_examples=120, stateful_step_count=50, deadline=None)
