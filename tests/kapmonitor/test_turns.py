"""What is done again and again: a part that fails is told, and the others and the alarms go on."""

import asyncio
import time

import pytest
from engine_room import SPO2
from wire_parts import CuffLineProtocol, line_spec

from devices.address import parse_device
from devices.cuff_schedule import CuffOptions, Schedule
from devices.pump import SerialPump
from kapmonitor.alarms.limits import example
from kapmonitor.alarms.technical import CONSOLE
from kapmonitor.alarms.types import RAISED
from kapmonitor.beginning import begin
from kapmonitor.model import GenerationMode, LinkChanged, LinkState, Measured, Metric, Observation
from kapmonitor.opening import Plan
from kapmonitor.session.events import DeviceAdded
from kapmonitor.station import ALIVE_S
from kapmonitor.turns import QUIET_S, TOLD_S, Turns

S = 1_000_000_000
PATIENCE_S = 20.0


@pytest.fixture
def now_s():
    return [100.0]


@pytest.fixture
def sensed():
    return []


@pytest.fixture
def turns(now_s, sensed):
    return Turns(lambda *what: sensed.append(what), lambda: now_s[0])


def fail():
    raise KeyError("a bug")


def test_a_part_that_fails_keeps_no_other_from_being_done(turns, sensed, caplog):
    done = []
    assert not turns.take("cuff timer", fail)
    assert turns.take("alarms", lambda: done.append("alarms"))
    turns.tell()
    assert done == ["alarms"]
    assert sensed == [(CONSOLE, RAISED, "cuff timer")]
    caplog.clear()


def test_the_alarm_stands_until_nothing_failed_for_a_while(turns, sensed, now_s, caplog):
    turns.take("devices", fail)
    now_s[0] += TOLD_S / 2
    turns.take("cuff timer", fail)
    turns.tell()
    now_s[0] += TOLD_S / 2
    turns.tell()
    now_s[0] += TOLD_S / 2
    turns.tell()
    assert sensed == [
        (CONSOLE, RAISED, "cuff timer, devices"),
        (CONSOLE, RAISED, "cuff timer"),
        (CONSOLE, 0.0, ""),
    ]
    caplog.clear()


def test_what_fails_in_each_turn_is_in_the_log_once_a_minute(turns, now_s, caplog):
    for _ in range(round(4 * QUIET_S)):
        turns.take("devices", fail)
        now_s[0] += 0.5
    assert [record.getMessage() for record in caplog.records] == ["devices failed"] * 2
    assert all(record.exc_info[0] is KeyError for record in caplog.records)
    caplog.clear()


def test_what_runs_on_is_begun_anew_when_it_fails_and_not_when_it_ends(turns, sensed, monkeypatch, caplog):
    monkeypatch.setattr("kapmonitor.turns.AGAIN_S", 0.0)
    left = [2]

    async def work():
        left[0] -= 1
        if left[0] >= 0:
            fail()

    asyncio.run(turns.again("copies of the record", work))
    turns.tell()
    assert left == [-1]
    assert sensed == [(CONSOLE, RAISED, "copies of the record")]
    caplog.clear()


# A whole session


@pytest.fixture
def station(tmp_path):
    plan = Plan(tmp_path / "a.kap", (), example(), mode=GenerationMode.TEST, keep_awake=False)
    made = begin(plan)
    made.engine.add_device(DeviceAdded("oxi", "x", "Oximeter", "x@y"))
    made.engine.adopt("oxi", "test", None)
    made.start()
    yield made
    made.stop("ended")


def on_screen(station):
    return {alarm.condition: alarm.state for alarm in station.engine.snapshot.alarms}


def wait(station, until, value=70.0):
    """Until this holds, with a saturation coming in."""
    end_s = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < end_s, on_screen(station)
        observation = Observation(Metric(SPO2.term, SPO2.label), station.clock.now_ns(), Measured(value))
        station._runtime.call(lambda seen=observation: station.on_event("oxi", seen))
        time.sleep(0.2)


@pytest.mark.realtime
@pytest.mark.parametrize("part", ["cuffs", "surroundings"])
def test_alarms_go_on_whatever_part_of_the_session_fails(station, part, monkeypatch, caplog):
    monkeypatch.setattr(getattr(station, part), "tick", lambda now_ns: fail())
    wait(station, lambda: {"console", "spo2-very-low"} <= on_screen(station).keys())
    assert station._is_alive()
    monkeypatch.undo()
    caplog.clear()


@pytest.mark.realtime
def test_a_driver_that_fails_at_a_planned_cuff_ends_nothing_else(station, caplog):
    class Broken(CuffLineProtocol):
        def start_cuff(self, t_ns):
            raise ValueError("a bug of the driver")

    def plan():
        now_ns = station.clock.now_ns()
        pump = SerialPump("acme", line_spec(Broken, 3.0), parse_device("line@mem"), station.clock, station)
        pump._link = object()
        pump._ended = asyncio.get_running_loop().create_future()
        station.engine.add_device(DeviceAdded("acme", "x", "Acme", "x@z"))
        station.engine.adopt("acme", "test", None)
        station.cuffs.connect("acme", pump, CuffOptions(on=True, schedule=Schedule(every_s=60)), now_ns)
        station.cuffs.measure_from(now_ns - 59 * S, now_ns)
        station.cuffs.heard("acme", LinkChanged(LinkState.LIVE, now_ns), now_ns)
        tried.append(pump._ended)

    tried = []
    station._runtime.call(plan)
    wait(station, lambda: tried and tried[0].done())
    wait(station, lambda: "spo2-very-low" in on_screen(station))
    assert "console" not in on_screen(station)
    caplog.clear()


@pytest.mark.realtime
def test_without_evaluated_alarms_the_session_does_not_pass_for_alive(station, monkeypatch, caplog):
    wait(station, station._is_alive)
    monkeypatch.setattr(station.engine, "tick", lambda now_ns: fail())
    began_s = time.monotonic()
    wait(station, lambda: not station._is_alive())
    assert time.monotonic() - began_s > ALIVE_S - 0.5
    monkeypatch.undo()
    wait(station, lambda: station._is_alive() and {"console", "spo2-very-low"} <= on_screen(station).keys())
    caplog.clear()


@pytest.mark.realtime
def test_a_value_that_the_session_cannot_take_does_not_end_its_device(station, monkeypatch, caplog):
    monkeypatch.setattr(station.cuffs, "heard", lambda *_: fail())
    wait(station, lambda: {"console", "spo2-very-low"} <= on_screen(station).keys())
    caplog.clear()
