"""Faults by name: each does what it says, and the same with the same seed."""

import pytest

from devices.sim.faults import FAULTS, check_fault, fault_incidents, with_fault
from devices.sim.nonin import Nonin
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.sim.serve import build
from kapmonitor.errors import ConfigError

S = 1_000_000_000
LINE_FAULTS = ("bitflip", "gap", "duplicate", "truncate", "stall", "wrong-speed", "clock-skew")


class Counter:
    """A device that sends one burst of 100 numbered bytes a second."""

    def __init__(self):
        self._next = 0
        self.heard = b""

    def receive(self, data, t_ns):
        self.heard += data

    def advance(self, t_ns):
        out = b""
        while self._next <= t_ns // S:
            out += bytes(range(100))
            self._next += 1
        return out

    def plugged(self, t_ns):
        return True


def bursts(name, seconds=300, seed=1):
    device = with_fault(Counter(), name, seed)
    return [device.advance(t * S) for t in range(seconds)]


@pytest.mark.parametrize("name", LINE_FAULTS)
def test_a_fault_of_the_line_is_the_same_each_time(name):
    assert bursts(name) == bursts(name)
    assert bursts(name) != [bytes(range(100))] * 300


def test_bits_flip_now_and_then():
    wrong = sum(a != b for burst in bursts("bitflip") for a, b in zip(burst, range(100), strict=True))
    assert 50 < wrong < 200


def test_gaps_duplicates_and_breaks_change_lengths():
    assert {len(b) for b in bursts("duplicate")} == {100, 200}
    assert 0 < sum(len(b) < 100 for b in bursts("gap")) < 40
    assert 0 < sum(len(b) < 100 for b in bursts("truncate")) < 80


def test_a_stall_is_twenty_silent_seconds_in_each_minute():
    silent = [t for t, burst in enumerate(bursts("stall", 120)) if not burst]
    assert silent == [*range(10, 30), *range(70, 90)]


def test_a_slow_clock_sends_less_in_the_same_time():
    assert sum(map(len, bursts("clock-skew", 300))) == pytest.approx(0.98 * 30_000, abs=200)


def test_the_wrong_speed_leaves_nothing_right():
    sim = Nonin(Bedside(Patient(4, Traits())))
    device = with_fault(sim, "wrong-speed", 1)
    device.advance(60 * S)
    data = device.advance(65 * S)
    assert 600 < len(data) < 1300
    assert not any(data[i] == 1 and sum(data[i : i + 4]) % 256 == data[i + 4] for i in range(len(data) - 5))


def test_bytes_of_the_host_get_through_a_faulty_device():
    for name in LINE_FAULTS:
        inner = Counter()
        with_fault(inner, name, 1).receive(b"stop", S)
        assert inner.heard == b"stop"


def test_a_pulled_cable_comes_back_each_minute():
    room = Bedside(Patient(4, Traits()), fault_incidents("disconnect", 100))
    device = build("nonin", room)
    out = [t for t in range(100, 240) if not device.plugged(t * S)]
    assert out == [*range(110, 130), *range(170, 190), *range(230, 240)]


def test_every_fault_is_either_of_the_line_or_at_the_bedside():
    for name in FAULTS:
        assert (name in LINE_FAULTS) != bool(fault_incidents(name, 0)), name


def test_a_fault_that_makes_no_sense_says_which_do():
    with pytest.raises(ConfigError, match="sensor-off") as caught:
        check_fault("leak", "nonin")
    assert "leak," not in caught.value.allowed
    check_fault("leak", "suntech")
