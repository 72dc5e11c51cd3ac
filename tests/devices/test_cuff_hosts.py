"""What all drivers that can start a cuff have in common, each with its own simulated device."""

import time

import pytest

from devices.cuff import CuffSafety
from devices.cuff_table import Activity
from devices.cuff_words import Linked, news
from devices.protocol import CuffControl, SerialLink
from devices.registry import load
from devices.sim.catalogue import build
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.testing import defaults, run
from kapmonitor.model import CuffChanged, LinkState

S = 1_000_000_000
STEP_NS = S // 50
STEADY = Traits(systolic=120, diastolic=76, rises=(0, 0, 0), anxiety=0, dips=False)

CUFFS = {
    spec.id: spec
    for spec in load().specs
    if isinstance(spec.link, SerialLink) and isinstance(spec.protocol(defaults(spec)), CuffControl)
}


class Line:
    """A driver, its simulated device and how the line looks; what the device says can be held back."""

    def __init__(self, name):
        self.spec = spec = CUFFS[name]
        self.driver = spec.protocol(defaults(spec))
        self.room = Bedside(Patient(4, STEADY))
        self.device = build(name, self.room)
        self.silence_ns = int(spec.link.silence_s * 1e9)
        self.sign_ns = 0
        self.safety = CuffSafety()
        self.now_ns = 0
        self.events, self.links = [], [LinkState.CONNECTING]
        self.driver.opened(0)
        self.device.advance(0)

    def wait(self, seconds, deaf=False):
        """Let time pass; while `deaf`, nothing of what the device says arrives. What arrived, in order."""
        heard = []
        for _ in range(int(seconds * 50)):
            self.now_ns += STEP_NS
            if self.driver.deadline_ns is not None and self.driver.deadline_ns <= self.now_ns:
                self.told(self.driver.on_deadline(self.now_ns))
            heard += self.turn(deaf)
            if self.now_ns - self.sign_ns >= self.silence_ns:
                self.linked(LinkState.STALE)
        return heard

    def turn(self, deaf):
        heard = []
        for _ in range(4):
            asked = self.driver.data_to_send()
            self.device.receive(asked, self.now_ns)
            said = self.device.advance(self.now_ns)
            if not said:
                break
            heard.append(said)
            if not deaf:
                events = self.driver.receive(said, self.now_ns)
                if events or self.links[-1] is LinkState.LIVE:
                    self.sign_ns = self.now_ns
                    self.linked(LinkState.LIVE)
                self.told(events)
        return heard

    def told(self, events):
        self.events += events
        for event in events:
            if (what := news(event)) is not None:
                self.safety.on(what, self.now_ns)

    def linked(self, state):
        if state is not self.links[-1]:
            self.links.append(state)
            self.safety.on(Linked(state is LinkState.LIVE), self.now_ns)

    def start(self):
        self.driver.start_cuff(self.now_ns)


@pytest.fixture(params=CUFFS)
def line(request):
    line = Line(request.param)
    line.wait(6)
    assert line.links[-1] is LinkState.LIVE
    return line


def until_something_is_said(line):
    """Let pass what the device says next, unheard."""
    for _ in range(200):
        if line.wait(0.02, deaf=True):
            return


@pytest.mark.parametrize("name", CUFFS)
def test_a_line_that_falls_silent_shows_within_three_seconds(name):
    assert all(link.silence_s <= 3.0 for link in (CUFFS[name].link, *CUFFS[name].link.also))


def test_one_lost_answer_does_not_look_like_a_lost_link(line):
    del line.links[:-1]
    for _ in range(10):
        until_something_is_said(line)
        line.wait(4.1)
    assert LinkState.STALE not in line.links


def test_one_lost_answer_does_not_either_while_it_measures(line):
    line.start()
    line.wait(4)
    del line.links[:-1]
    for _ in range(4):
        until_something_is_said(line)
        line.wait(4.1)
    assert line.room.cuff_mmhg > 20
    assert LinkState.STALE not in line.links


def test_a_break_at_rest_is_stale_and_then_live_again(line):
    del line.links[:-1]
    line.wait(5, deaf=True)
    assert line.links[1:] == [LinkState.STALE]
    line.wait(6)
    assert line.links[1:] == [LinkState.STALE, LinkState.LIVE]


def test_after_a_break_in_a_determination_the_safety_layer_knows_what_the_cuff_does(line):
    line.start()
    line.wait(6)
    line.wait(3.6, deaf=True)
    assert line.links[-1] is LinkState.STALE
    line.events.clear()
    line.wait(2.5)
    assert line.room.cuff_mmhg > 20
    assert line.links[-1] is LinkState.LIVE
    assert [e.state.value for e in line.events if isinstance(e, CuffChanged)] == ["measuring"]
    assert line.safety.activity is Activity.INFLATED


def test_a_determination_is_told_as_begun_and_ended_once(line):
    line.events.clear()
    line.start()
    line.wait(60)
    assert [e.state.value for e in line.events if isinstance(e, CuffChanged)] == ["measuring", "idle"]
    assert line.room.cuff_mmhg == 0


@pytest.mark.speed
def test_decoding_is_200_times_faster_than_the_line(line):
    line.start()
    said = b"".join(line.wait(50))
    data = said * (300_000 // len(said) + 1)
    pieces = [data[place : place + 32] for place in range(0, len(data), 32)]
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        run(line.spec, pieces)
        best = min(best, time.process_time() - began)
    assert len(data) / best > 200 * line.spec.link.baud / 10
