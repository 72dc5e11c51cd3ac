"""Whatever a cuff says and people press, at any time: what holds for every driver that can start one."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cuff_line import MS, CuffLine, values
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule


@dataclass(frozen=True, slots=True)
class Law:
    """What the device of `line()` may say, in any order, and what its driver may do then."""

    line: Callable[[], CuffLine]
    said: Sequence[bytes]
    start: bytes
    stop: bytes
    others: Sequence[bytes]
    """What may be sent besides."""
    numbers: Sequence[int]
    """What may be told."""
    starts: int = 1
    """How often one press may send `start`; each `busy` that came allows one more."""
    busy: bytes = b""
    gap_ms: int = 0
    """All but stops keep this distance from what was sent before."""


class Storm(RuleBasedStateMachine):
    law: Law

    def __init__(self):
        super().__init__()
        self.line = self.law.line()
        self.allowed = 0

    @rule(data=st.data(), after=st.integers(1, 400))
    def device_speaks(self, data, after):
        said = data.draw(st.sampled_from(self.law.said))
        self.allowed += said == self.law.busy
        self.line.hear(said, after * MS)

    @rule(seconds=st.floats(0.05, 40))
    def time_passes(self, seconds):
        self.line.wait(seconds)

    @rule()
    def somebody_starts(self):
        self.allowed += self.law.starts
        self.line.start()

    @rule()
    def somebody_stops(self):
        before = len(self.line.sent)
        self.line.stop()
        assert self.line.sent[before:] == [(self.line.now, self.law.stop)]

    @rule()
    def line_breaks(self):
        self.line.reopen()

    @invariant()
    def starts_were_asked_for(self):
        assert self.line.count(self.law.start) <= self.allowed

    @invariant()
    def only_listed_commands_are_sent(self):
        listed = {self.law.start, self.law.stop, *self.law.others}
        assert {data for _, data in self.line.sent} <= listed

    @invariant()
    def numbers_were_said(self):
        told = values(self.line.events).values()
        assert {number for number in told if isinstance(number, float)} <= set(self.law.numbers)

    @invariant()
    def commands_keep_their_distance(self):
        for (a, _), (b, data) in itertools.pairwise(self.line.sent):
            assert data == self.law.stop or b - a >= self.law.gap_ms * MS


def storm(law):
    """A test case for a module's `Test...` name."""
    case = type("Storm", (Storm,), {"law": law}).TestCase
    case.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
    return case
