"""IntelliVue dialogues: how the association comes about, what is asked when, what follows from silence."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from intellivue_frames import (
    ABORT,
    ACCEPT,
    CONFIRM,
    EXTENDED_ALARMS,
    EXTENDED_NUMERICS,
    EXTENDED_WAVES,
    KEEP_ALIVE,
    MODEL,
    NUMERICS,
    REFUSE,
    RELEASE,
    RELEASED,
    SINGLE_POLL,
    accept,
    att,
    create,
    error,
    framed,
    lst,
    obj,
    published,
    reply,
    single,
)

from devices.drivers.intellivue import DRIVER, messages
from devices.drivers.intellivue.machine import LIMIT_S, TABLE, Event, Send, State, step
from devices.drivers.intellivue.protocol import Intellivue
from devices.protocol import CuffControl, Parting, WireProtocol
from kapmonitor.model import Fault, FaultKind, Observation

S, MS = 1_000_000_000, 1_000_000
REQUEST = framed(messages.ASSOCIATE)
WAVE_LIST = framed(messages.set_waves(messages.CHOOSE_WAVES_ID, (0x0102, 0x4BB4, 0x5000, 0x50AC)).user_data)
BYE, OK = published(RELEASE), published(CONFIRM)
ONCE, NUMBERS = published(SINGLE_POLL), published(EXTENDED_NUMERICS)
WAVES, ALARMS = published(EXTENDED_WAVES), published(EXTENDED_ALARMS)
WHO = published(KEEP_ALIVE)
SPO2 = single(0x4BB8, 544, "00000061")


def numbers(invoke=3):
    return reply(SPO2, extended=True, invoke=invoke)


def waves():
    return reply(polled=9, extended=True, invoke=4)


def alarms():
    return reply(polled=0x36, extended=True, invoke=5)


def identity(*entries):
    return reply(obj(0, MODEL, att(0x092D, lst(*entries))), polled=0x21, invoke=1)


class Bench:
    """A driver whose far end is the test; time moves only when told to."""

    def __init__(self, **options):
        self.driver = Intellivue(options)
        assert isinstance(self.driver, WireProtocol)
        assert not isinstance(self.driver, CuffControl), "it cannot start a cuff"
        self.now = 10 * S
        self.events, self.sent = [], []
        self.driver.opened(self.now)
        self._take()

    def _take(self):
        data = self.driver.data_to_send()
        assert self.driver.data_to_send() == b""
        self.sent += [(self.now, part + b"\xc1") for part in data.split(b"\xc1")[:-1]]

    def hear(self, *data, after=20 * MS):
        self.now += after
        for piece in data:
            self.events += self.driver.receive(piece, self.now)
        self._take()

    def wait(self, seconds, every_s=None, answers=()):
        """Let time pass, keeping every deadline, hearing `answers` every so often."""
        until = self.now + round(seconds * S)
        next_ns = self.now + round(every_s * S) if every_s else until + 1
        while (due := min(self.driver.deadline_ns, next_ns)) <= until:
            self.now = max(self.now, due)
            if due == next_ns:
                next_ns += round(every_s * S)
                self.hear(*answers, after=0)
            else:
                self.events += self.driver.on_deadline(self.now)
                self._take()
                assert self.driver.deadline_ns > self.now
        self.now = until

    def said(self):
        """What was sent since last asked."""
        frames, self.sent = [data for _, data in self.sent], []
        return frames

    def faults(self):
        return [e.kind for e in self.events if isinstance(e, Fault)]


@pytest.fixture
def polling():
    bench = Bench()
    bench.hear(RELEASED)
    bench.hear(ACCEPT, create())
    bench.wait(1, 0.2, [numbers(), waves(), alarms(), identity()])
    bench.said()
    return bench


def test_from_opening_to_polls():
    bench = Bench()
    assert bench.said() == [BYE]
    bench.hear(RELEASED)
    bench.wait(0.3)
    assert bench.said() == [REQUEST]
    bench.hear(ACCEPT)
    bench.hear(create())
    bench.wait(0.8)
    assert bench.said() == [OK, ONCE, WAVE_LIST, NUMBERS, WAVES, ALARMS, WHO]
    assert bench.driver.state is State.POLLING


def test_without_the_option_no_wave_is_asked_for():
    bench = Bench(waves=False)
    bench.hear(RELEASED)
    bench.hear(ACCEPT, create())
    bench.wait(4, 0.5, [numbers()])
    said = bench.said()
    assert NUMBERS in said
    assert not {WAVES, WAVE_LIST} & set(said)


def test_release_is_sent_twice_then_the_request_every_two_seconds():
    bench = Bench()
    bench.wait(8)
    times = [(t - 10 * S) / S for t, _ in bench.sent]
    assert times == [0, 1, 1.5, 3.5, 5.5, 7.5]
    assert bench.said() == [BYE, BYE, *[REQUEST] * 4]


def test_no_more_than_four_frames_in_128_ms(polling):
    polling.hear(ABORT)
    polling.wait(4)
    polling.hear(ACCEPT, create())
    polling.wait(30, 0.5, [numbers()])
    times = [t for t, _ in polling.sent]
    assert all(later - first > 128 * MS for first, later in zip(times, times[4:], strict=False))


def test_a_repeated_create_is_confirmed_again_with_its_own_id(polling):
    polling.hear(create(invoke=9, time=7), after=300 * MS)
    assert polling.said() == [framed(messages.confirm_create(9, 7))]


def test_a_lost_acceptance_does_not_matter():
    bench = Bench()
    bench.hear(RELEASED)
    bench.hear(create())
    assert bench.driver.state is State.POLLING


def test_a_lost_create_does_not_matter_once_answers_come():
    bench = Bench()
    bench.hear(RELEASED)
    bench.hear(ACCEPT)
    bench.hear(NUMERICS)
    assert bench.driver.state is State.POLLING


def test_a_refused_host_pauses_and_clears_before_it_asks_again():
    bench = Bench()
    bench.hear(RELEASED)
    bench.wait(0.3)
    bench.said()
    bench.hear(REFUSE)
    bench.wait(1.9)
    assert bench.said() == []
    bench.wait(0.2)
    assert bench.said() == [BYE]
    bench.hear(RELEASED)
    bench.wait(0.3)
    assert bench.said() == [REQUEST]


@pytest.mark.parametrize("end", [ABORT, RELEASED, framed(b"\x09\x00")])
def test_when_the_monitor_ends_it_the_host_associates_anew(polling, end):
    polling.hear(end)
    polling.wait(3.5)
    assert polling.said() == [BYE, REQUEST]
    polling.hear(ACCEPT, create())
    polling.wait(1)
    assert NUMBERS in polling.said()


def test_silence_is_a_fault_and_leads_to_a_new_association(polling):
    polling.wait(5.3)
    assert polling.faults() == [FaultKind.TIMEOUT]
    assert BYE in polling.said()
    polling.hear(RELEASED)
    polling.wait(0.3)
    assert REQUEST in polling.said()
    polling.hear(ACCEPT, create())
    polling.wait(1)
    assert NUMBERS in polling.said()


def test_extended_polls_are_renewed_before_they_end(polling):
    start = polling.now
    polling.wait(545, 1, [numbers(), waves(), alarms()])
    for frame in (NUMBERS, WAVES, ALARMS):
        times = [t for t, data in polling.sent if data == frame]
        assert len(times) == 1
        assert 530 * S < times[0] - start < 545 * S


def test_beside_extended_polls_numbers_are_asked_for_every_two_seconds(polling):
    polling.wait(60, 0.9, [numbers(), waves(), alarms()])
    times = [t for t, _ in polling.sent]
    assert set(polling.said()) == {ONCE}
    assert all(1.9 * S <= b - a <= 2.1 * S for a, b in itertools.pairwise(times))


def test_an_extended_poll_without_answer_is_sent_again(polling):
    polling.wait(12, 1, [numbers()])
    said = polling.said()
    assert said.count(WAVES) == 2
    assert said.count(NUMBERS) == 0


def test_single_polls_stand_in_for_refused_extended_ones():
    bench = Bench()
    bench.hear(RELEASED)
    bench.hear(ACCEPT, create())
    bench.wait(0.5)
    bench.hear(error(3, 9), error(4, 2), error(5, 9))
    bench.said()
    bench.wait(20, 0.9, [NUMERICS])
    said = bench.said()
    assert 19 <= said.count(ONCE) <= 21
    assert not {NUMBERS, WAVES, ALARMS} & set(said)
    bench.wait(60, 0.9, [NUMERICS])
    assert {NUMBERS, WAVES, ALARMS} <= set(bench.said()), "asked once more after a minute"


def associated(acceptance):
    bench = Bench()
    bench.hear(RELEASED)
    bench.wait(0.3)
    bench.hear(acceptance)
    bench.hear(create())
    bench.said()
    bench.wait(1)
    return bench


@pytest.mark.parametrize(
    ("acceptance", "waves"),
    [
        (accept(0x8C000000), True),
        (accept(0x84000000), False),
        (accept(0x84000000, extension=0xF002), True),
        (ACCEPT, True),
        (framed(b"\x0e\x02" + bytes(2)), True),
        (framed(b"\x0e\xff\x01\x00" + bytes(256)), True),
    ],
)
def test_waves_are_asked_for_unless_the_monitor_says_it_has_none(acceptance, waves):
    said = associated(acceptance).said()
    assert NUMBERS in said
    assert ({WAVES, WAVE_LIST} <= set(said)) is waves
    assert ({WAVES, WAVE_LIST} & set(said) != set()) is waves


@pytest.mark.parametrize(("ticks", "apart_s"), [(4000, 1), (16_000, 2), (24_000, 3), (0xFFFFFFFF, 8)])
def test_the_monitor_is_not_polled_more_often_than_it_wants(ticks, apart_s):
    bench = associated(accept(0x8C000000, ticks))
    bench.hear(error(3, 9), error(4, 9), error(5, 9))
    bench.wait(8, 1, [identity()])
    bench.sent.clear()
    bench.wait(40, 1, [NUMERICS])
    times = [t for t, data in bench.sent if data == ONCE]
    assert len(times) >= 4
    assert all(b - a == pytest.approx(apart_s * S, abs=0.3 * S) for a, b in itertools.pairwise(times))


def test_waves_that_another_host_takes_are_asked_for_again_with_their_names(polling):
    polling.hear(error(6, 2), error(4, 2))
    polling.wait(58, 1, [numbers(), alarms()])
    assert not {WAVES, WAVE_LIST} & set(polling.said())
    polling.wait(3, 1, [numbers(), alarms()])
    said = polling.said()
    assert said.index(WAVE_LIST) < said.index(WAVES)


def test_who_the_monitor_is_is_asked_a_few_times_only():
    bench = associated(ACCEPT)
    bench.wait(100, 1, [numbers(), waves(), alarms()])
    assert bench.said().count(WHO) == 3
    bench = associated(ACCEPT)
    bench.hear(identity())
    bench.wait(100, 1, [numbers(), waves(), alarms()])
    assert bench.said().count(WHO) == 1


@pytest.mark.parametrize("steps", range(4))
def test_the_place_as_host_is_given_up_where_it_may_be_held(steps):
    bench = Bench()
    for data in (RELEASED, ACCEPT, create())[:steps]:
        bench.hear(data)
    assert isinstance(bench.driver, Parting)
    assert bench.driver.last_words() == (BYE if steps else b"")


def test_listening_alone_reads_the_same_and_keeps_nothing():
    driver = DRIVER.protocol({})
    driver.opened(0)
    heard = [driver.receive(numbers(), n * S) for n in range(1, 2000)]
    assert all(isinstance(events[0], Observation) for events in heard)
    assert len(driver.data_to_send()) < 2000


# The table


@pytest.mark.parametrize(("state", "event"), list(itertools.product(State, Event)))
def test_the_table_over_its_whole_product(state, event):
    after, sends = step(state, event)
    assert isinstance(after, State)
    if sends == ():
        assert after in (state, State.WAITING, State.ACCEPTED)
    if Send.POLLS in sends:
        assert after is State.POLLING
    if Send.REQUEST in sends:
        assert after is State.REQUESTING
    if event in (Event.REFUSED, Event.ABORTED) and state in (State.REQUESTING, State.ACCEPTED, State.POLLING):
        assert Send.REQUEST not in sends, "nothing that the monitor refuses is asked again at once"
    if after is State.POLLING and state is not State.POLLING:
        assert event in (Event.CREATED, Event.POLLED)


def test_every_state_is_left_and_reached():
    for state in State:
        assert any(step(state, event)[0] is not state for event in Event), state
        assert state in LIMIT_S or state is State.POLLING
        assert (Event.LATE in TABLE[state]) == (state in LIMIT_S)
    reached = {State.CLEARING}
    for _ in State:
        reached |= {step(state, event)[0] for state in reached for event in Event}
    assert reached == set(State)


class AnyMonitor(RuleBasedStateMachine):
    """Whatever a monitor says and whenever: deadlines move on, little waits, polling comes back."""

    def __init__(self):
        super().__init__()
        self.bench = Bench()

    @rule(
        data=st.sampled_from(
            [ACCEPT, REFUSE, RELEASED, ABORT, create(), create(7), NUMERICS, numbers(), waves(), error(3, 2)]
        ),
        after=st.integers(0, 3000),
    )
    def says(self, data, after):
        self.bench.hear(data, after=after * MS)

    @rule(data=st.binary(max_size=30))
    def noise(self, data):
        self.bench.hear(data)

    @rule(seconds=st.floats(0, 12))
    def waits(self, seconds):
        self.bench.wait(seconds)

    @rule()
    def a_friendly_monitor_is_polled_again(self):
        self.bench.wait(20)
        self.bench.hear(b"\xc1", RELEASED)
        for _ in range(3):
            self.bench.wait(1)
            self.bench.hear(ACCEPT, create())
        assert self.bench.driver.state is State.POLLING

    @invariant()
    def deadlines_are_set_and_little_waits(self):
        assert self.bench.driver.deadline_ns is not None
        assert len(self.bench.driver._waiting) <= 16


TestAnyMonitor = AnyMonitor.TestCase
TestAnyMonitor.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
