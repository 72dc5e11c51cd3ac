"""Whether a link is alive: the whole table of states, of what arrives, and of kinds of link."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from devices.linkwatch import DEGRADED_FROM, STALE_AFTER_S, Limits, LinkWatch, limits
from kapmonitor.model import LinkProblem, LinkState

S = 1_000_000_000
SERIAL = (limits(3, 33, 0.5), limits(12, 42, 0.5))
BLUETOOTH = (limits(3, 8, 1), Limits())
KINDS = {
    "serial stream": (*SERIAL, True),
    "serial, asked": (*SERIAL, False),
    "bluetooth stream": (*BLUETOOTH, True),
    "bluetooth, spot checks": (*BLUETOOTH, False),
    "bluetooth cuff": (Limits(), Limits(), True),
}
CONNECTING, LIVE, SILENT, GARBLED = "connecting", "live", "silent", "garbled"
STATES = (CONNECTING, LIVE, SILENT, GARBLED)

ARRIVALS = {
    (CONNECTING, "event"): LIVE,
    (CONNECTING, "fault"): CONNECTING,
    (CONNECTING, "neither"): CONNECTING,
    (CONNECTING, "answer"): LIVE,
    (CONNECTING, "woke"): CONNECTING,
    (LIVE, "event"): LIVE,
    (LIVE, "fault"): LIVE,
    (LIVE, "neither"): LIVE,
    (LIVE, "answer"): LIVE,
    (LIVE, "woke"): SILENT,
    (SILENT, "event"): LIVE,
    (SILENT, "fault"): GARBLED,
    (SILENT, "neither"): GARBLED,
    (SILENT, "answer"): SILENT,
    (SILENT, "woke"): SILENT,
    (GARBLED, "event"): LIVE,
    (GARBLED, "fault"): GARBLED,
    (GARBLED, "neither"): GARBLED,
    (GARBLED, "answer"): GARBLED,
    (GARBLED, "woke"): SILENT,
}

# After how many seconds of silence: stale, given up. None: never.
SILENCE = {
    ("serial stream", CONNECTING): (12, 42),
    ("serial stream", LIVE): (3, 33),
    ("serial, asked", CONNECTING): (12, 42),
    ("serial, asked", LIVE): (12, 42),
    ("bluetooth stream", CONNECTING): (None, None),
    ("bluetooth stream", LIVE): (3, 8),
    ("bluetooth, spot checks", CONNECTING): (None, None),
    ("bluetooth, spot checks", LIVE): (None, None),
    ("bluetooth cuff", CONNECTING): (None, None),
    ("bluetooth cuff", LIVE): (None, None),
}


def name(watch):
    return watch.problem.value if watch.state is LinkState.STALE else watch.state.value


def watch_in(state, stream=SERIAL[0], rest=SERIAL[1], streaming=True):
    """A watch at time 0 in that state."""
    watch = LinkWatch(stream, rest)
    watch.opened(-S)
    if state != CONNECTING:
        watch.heard(-S, 1, 0)
    if state in {SILENT, GARBLED}:
        watch.woke(-S)
    if state == GARBLED:
        watch.heard(0, 0, 1)
    watch.streaming = streaming
    if state == SILENT:
        watch.opened(0)
    return watch


def let(watch, what, t_ns):
    match what:
        case "event":
            return watch.heard(t_ns, 1, 0)
        case "fault":
            return watch.heard(t_ns, 0, 1)
        case "neither":
            return watch.heard(t_ns, 0, 0)
        case "answer":
            return watch.answered(t_ns)
        case "woke":
            return watch.woke(t_ns)
        case "opened":
            return watch.opened(t_ns)
        case "check":
            return watch.check(t_ns)
    raise AssertionError(what)


@pytest.mark.parametrize("kind", KINDS)
def test_what_arrives_decides_and_each_change_is_told_once(kind):
    assert set(ARRIVALS) == set(itertools.product(STATES, ("event", "fault", "neither", "answer", "woke")))
    for (state, what), after in ARRIVALS.items():
        watch = watch_in(state, *KINDS[kind])
        assert name(watch) == state
        change = let(watch, what, 1)
        assert name(watch) == after, (state, what)
        assert (change is None) == (state == after), (state, what)
        if change is not None:
            assert (change.state, change.problem, change.t_ns) == (watch.state, watch.problem, 1)


@pytest.mark.parametrize(("kind", "state"), SILENCE)
def test_silence_is_stale_and_then_given_up(kind, state):
    assert set(SILENCE) == set(itertools.product(KINDS, (CONNECTING, LIVE)))
    watch = watch_in(state, *KINDS[kind])
    watch.answered(0) if state == LIVE else watch.opened(0)
    if state == LIVE:
        watch.heard(0, 1, 0)
    stale_s, over_s = SILENCE[kind, state]
    if stale_s is None:
        assert watch.due_ns is None
        assert watch.check(10_000 * S) is None
        assert not watch.given_up(10_000 * S)
        return
    assert watch.due_ns == stale_s * S
    assert watch.check(stale_s * S - 1) is None
    change = watch.check(stale_s * S)
    assert (change.state, change.problem) == (LinkState.STALE, LinkProblem.SILENT)
    if state == CONNECTING:  # of a link that has begun, what holds for a stream holds
        over_s = SILENCE[kind, LIVE][1]
    assert watch.due_ns == over_s * S
    assert not watch.given_up(over_s * S - 1)
    assert watch.given_up(over_s * S)
    assert watch.heard(over_s * S, 1, 0).state is LinkState.LIVE
    assert not watch.given_up(over_s * S)


def test_nonsense_is_stale_too_but_never_given_up():
    watch = watch_in(LIVE)
    for t_s in range(1, 100):
        watch.heard(t_s * S, 0, 1)
        if watch.due_ns <= t_s * S:
            watch.check(t_s * S)
        assert name(watch) == (LIVE if t_s < 2 else GARBLED)
        assert not watch.given_up(t_s * S)
    assert watch.due_ns == 102 * S
    assert watch.check(102 * S).problem is LinkProblem.SILENT


def test_a_link_that_never_began_is_silent_if_its_last_nonsense_is_long_ago():
    for nonsense_s, problem in ((1, LinkProblem.SILENT), (9, LinkProblem.SILENT), (10, LinkProblem.GARBLED)):
        watch = watch_in(CONNECTING)
        watch.opened(0)
        watch.heard(nonsense_s * S, 0, 1)
        assert watch.check(12 * S).problem is problem
        assert watch.due_ns > 12 * S


def test_a_link_that_was_given_up_stays_stale_until_it_says_something():
    watch = watch_in(LIVE, *BLUETOOTH)
    watch.check(3 * S)
    assert watch.given_up(8 * S)
    assert watch.opened(9 * S) is None
    assert watch.answered(9 * S) is None
    assert name(watch) == SILENT
    assert not watch.given_up(9 * S)
    assert watch.due_ns == 17 * S
    assert watch.heard(10 * S, 1, 0).state is LinkState.LIVE


def test_a_link_that_was_lost_begins_from_nothing():
    watch = watch_in(SILENT)
    watch.lost()
    assert watch.opened(5).state is LinkState.CONNECTING


def test_after_a_sleep_a_link_has_as_long_as_it_takes_to_be_stale():
    watch = watch_in(LIVE)
    change = watch.woke(1000 * S)
    assert (change.state, change.problem) == (LinkState.STALE, LinkProblem.SILENT)
    assert watch.due_ns == 1003 * S
    assert not watch.given_up(1003 * S - 1)
    assert watch.given_up(1003 * S)
    watch.heard(1003 * S, 0, 0)
    assert not watch.given_up(1003 * S)
    watch.heard(1003 * S, 1, 0)
    watch.check(1006 * S)
    assert watch.due_ns == 1036 * S


def test_limits_leave_a_computer_time():
    assert limits(3, 5, 1) == Limits(3 * S, 5 * S)
    assert limits(3, 3, 1) == Limits(3 * S, 4 * S)
    assert limits(3, 5, 60) == Limits(60 * S, 120 * S)


def test_many_faults_degrade_a_live_link_and_time_mends_it():
    watch = LinkWatch(*SERIAL)
    watch.opened(0)
    assert watch.heard(S, 1, DEGRADED_FROM - 1).detail == ""
    assert watch.heard(S, 1, 1).detail == "degraded"
    assert watch.heard(3 * S, 1, 0) is None
    mended = watch.heard(7 * S, 1, 0)
    assert (mended.state, mended.detail) == (LinkState.LIVE, "")


STEPS = st.lists(
    st.tuples(st.integers(0, 20 * S), st.sampled_from(["event", "fault", "neither", "answer", "woke"])),
    max_size=40,
)


@settings(max_examples=500)
@example([(1, "fault"), (12 * S - 1, "event")], "serial stream")
@given(STEPS, st.sampled_from(sorted(KINDS)))
def test_a_pump_that_wakes_when_it_is_due_is_never_late(steps, kind):
    """Whatever comes whenever: a stream is never LIVE without a sign of life for longer than its limit."""
    stream, rest, streaming = KINDS[kind]
    watch = LinkWatch(stream, rest)
    watch.streaming = streaming
    watch.opened(0)
    stale_s = SILENCE[kind, LIVE][0]
    now_ns, sign_ns, told = 0, 0, LinkState.CONNECTING
    for wait_ns, what in steps:
        until_ns = now_ns + wait_ns
        while watch.due_ns is not None and watch.due_ns <= until_ns:
            assert watch.due_ns > now_ns
            now_ns = watch.due_ns
            change = watch.check(now_ns)
            if watch.given_up(now_ns):
                change = watch.opened(now_ns) or change
                sign_ns = now_ns
            told = change.state if change is not None else told
        now_ns = until_ns
        if told is LinkState.LIVE and stale_s is not None:
            assert now_ns - sign_ns < stale_s * S
        alive = watch.state is LinkState.LIVE
        change = let(watch, what, now_ns)
        told = change.state if change is not None else told
        assert told is watch.state
        if what == "event" or (what == "neither" and alive) or (what == "answer" and not alive):
            sign_ns = now_ns


def test_every_driver_that_streams_is_stale_within_three_seconds():
    from devices.address import parse_device
    from devices.protocol import SerialLink, Streaming
    from devices.pump import SerialPump
    from devices.registry import load
    from devices.transport.ble import BlePump
    from kapmonitor.clock import SystemClock

    for spec in load().specs:
        if isinstance(spec.link, SerialLink):
            pump = SerialPump("d", spec, parse_device(f"{spec.id}@mem"), SystemClock(), None)
            watch, protocol = pump._watch, pump._protocol
        else:
            pump = BlePump("d", spec, "C1", {}, SystemClock(), None, None)
            watch, protocol = pump._party.watch, pump._party.protocol
            if spec.link.silence_s is None or spec.link.ends_itself:
                assert watch._stream == Limits(), spec.id
                continue
        assert watch._stream.stale_ns <= STALE_AFTER_S * 1e9, spec.id
        assert watch._stream.over_ns > watch._stream.stale_ns, spec.id
        if not isinstance(protocol, Streaming):
            assert watch.streaming, spec.id
