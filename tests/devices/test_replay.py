"""Recorded bytes through drivers again: the recorded times, the same connections, the same answers."""

import random

import gatt_peers
import pytest
from capture_parts import S, live_gatt, live_wire, options_of, told
from wire_parts import HEART, LineProtocol

from devices.registry import load
from devices.replay import MOST_DEADLINES, NEAR_NS, replay
from kapmonitor.model import (
    Direction,
    Fault,
    FaultKind,
    LinkChanged,
    LinkState,
    Measured,
    Observation,
    WireChunk,
)

REGISTRY = load()
ASKED = (
    "suntech",
    "berry-pm6750",
    "intellivue",
    "ge-dri?format=carescape",
    "maibobo",
    "par-nibp2020",
    "contec?format=new",
)


def heard(t_ns, data):
    return WireChunk(t_ns, Direction.IN, data)


def sent(t_ns, data=b"poll\n"):
    return WireChunk(t_ns, Direction.OUT, data)


def link(t_ns, state):
    return LinkChanged(state, t_ns)


def played(protocol, *entries):
    return [item for item in replay(protocol, entries) if not isinstance(item, WireChunk | LinkChanged)]


class Asking(LineProtocol):
    """Asks every second, counted from when it was last woken, and takes numbers only for answers."""

    def __init__(self):
        super().__init__({})
        self.times = []
        self.asked = False

    def opened(self, t_ns):
        super().opened(t_ns)
        self.deadline_ns = t_ns + S

    def on_deadline(self, now_ns):
        self.times.append(now_ns)
        super().on_deadline(now_ns)
        self.deadline_ns = now_ns + S
        return []

    def data_to_send(self):
        out = super().data_to_send()
        self.asked = self.asked or bool(out)
        return out

    def receive(self, data, t_ns):
        if not self.asked:
            return [Fault(FaultKind.CONTENT, t_ns, len(data))]
        self.asked = False
        return super().receive(data, t_ns)


def test_events_have_the_recorded_times():
    assert played(LineProtocol({}), heard(5, b"6"), heard(17, b"0\n"), heard(40, b"61\n")) == [
        Observation(HEART, 17, Measured(60.0)),
        Observation(HEART, 40, Measured(61.0)),
    ]


def test_entries_come_before_what_is_made_of_them():
    first = heard(3, b"60\n")
    made = list(replay(LineProtocol({}), [link(1, LinkState.CONNECTING), first]))
    assert made == [link(1, LinkState.CONNECTING), first, Observation(HEART, 3, Measured(60.0))]


@pytest.mark.parametrize("state", [LinkState.CONNECTING, LinkState.WAITING, LinkState.OFF])
def test_a_half_frame_does_not_outlive_its_connection(state):
    protocol = LineProtocol({})
    made = played(
        protocol, heard(1, b"60\n6"), link(5, state), link(6, LinkState.CONNECTING), heard(9, b"1\n")
    )
    assert made == [
        Observation(HEART, 1, Measured(60.0)),
        Fault(FaultKind.LENGTH, 5, 1),
        Observation(HEART, 9, Measured(1.0)),
    ]
    assert protocol.calls == ["opened", "closed", "opened", "closed"]


@pytest.mark.parametrize("state", [LinkState.LIVE, LinkState.STALE])
def test_a_connection_stands_while_its_link_is_open(state):
    protocol = LineProtocol({})
    assert len(played(protocol, heard(1, b"6"), link(5, state), heard(9, b"1\n"))) == 1
    assert protocol.calls == ["opened", "closed"]


def test_what_is_never_opened_is_never_closed():
    protocol = LineProtocol({})
    assert played(protocol, link(1, LinkState.CONNECTING), link(2, LinkState.WAITING)) == []
    assert protocol.calls == []


@pytest.mark.parametrize("late_ms", [(0, 0, 0, 0), (3, 1, 2, 0), (0, 9, 1, 30), (200, 1, 150, 2)])
def test_questions_are_asked_where_they_were_however_late_each_was(late_ms):
    protocol = Asking()
    entries, due_ns = [sent(0, b"hello\n"), heard(1000, b"1\n")], S
    for late in late_ms:
        woken_ns = due_ns + late * 1_000_000
        entries += [sent(woken_ns + 20_000), heard(woken_ns + 40_000_000, b"60\n")]
        due_ns = woken_ns + S
    made = played(protocol, *entries)
    assert [event for event in made if isinstance(event, Fault)] == []
    assert len(made) == 1 + len(late_ms)
    assert len(protocol.times) == len(late_ms)


def test_deadlines_without_anything_sent_are_kept_when_due():
    protocol = Asking()
    played(protocol, heard(0, b""), heard(3 * S + 5, b""))
    assert protocol.times == [S, 2 * S, 3 * S]


def test_a_deadline_long_before_what_was_sent_has_nothing_to_do_with_it():
    protocol = Asking()
    played(protocol, sent(0), sent(S + NEAR_NS + 1))
    assert protocol.times == [S]


class Hasty(LineProtocol):
    """A driver with a bug: its deadline does not move on."""

    def opened(self, t_ns):
        self.deadline_ns = t_ns

    def on_deadline(self, now_ns):
        self.calls.append(now_ns)
        return []


def test_a_driver_in_haste_and_a_pause_of_a_year_come_to_an_end():
    protocol = Hasty({})
    played(protocol, heard(0, b""), heard(365 * 86_400 * S, b""))
    assert 100 < len(protocol.calls) <= MOST_DEADLINES + 1


@pytest.mark.parametrize("form", ASKED)
def test_a_dialogue_is_the_same_again(form):
    spec = REGISTRY.get(form.partition("?")[0])
    taken = live_wire(form, 60)
    assert any(isinstance(e, WireChunk) and e.direction is Direction.OUT for e in taken.entries)
    rng = random.Random(5)
    jittered = [late(entry, rng) for entry in taken.entries]
    made = played(spec.protocol(options_of(spec)), *jittered)
    assert kinds(made) == kinds(taken.events)


def late(entry, rng):
    """As a computer that is up to 3 ms late stamps what it sends."""
    if isinstance(entry, WireChunk) and entry.direction is Direction.OUT:
        return sent(entry.t_ns + rng.randrange(3_000_000), entry.data)
    return entry


def kinds(events):
    return [tuple(value for key, value in line.items() if key != "t_ns") for line in told(events)[0]]


@pytest.mark.parametrize("driver", sorted(gatt_peers.TALKS))
def test_a_bluetooth_dialogue_is_the_same_again(driver):
    spec = REGISTRY.get(driver)
    taken = live_gatt(driver, 10)
    made = played(spec.protocol(options_of(spec)), *taken.entries)
    assert told(made) == told(taken.events)
