"""What a record holds from its very first transaction on, and how it is gone on with from there."""

from dataclasses import replace

import pytest

from kapmonitor.alarms.limits import example
from kapmonitor.beginning import begin, open_station
from kapmonitor.clock import SystemClock
from kapmonitor.opening import Plan
from kapmonitor.protocol.shipped import example as example_protocol
from kapmonitor.record.earlier import earlier_of, is_unfinished
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.care_events import ProtocolSet
from kapmonitor.session.events import DeviceAdded, LimitsSet, SessionStarted


class PowerCut(Exception):
    pass


@pytest.fixture
def plan(tmp_path):
    return Plan(tmp_path / "a.kap", (), example(), protocol=example_protocol(), keep_awake=False)


def types(path):
    with RecordReader(path) as record:
        return [type(row.stamped.event) for row in record.events()]


def cut_at_once(monkeypatch, plan):
    """The power fails when the record has just been made, before anything is put into it."""

    def fails(*_):
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(RecordWriter, "resume", fails)
        with pytest.raises(PowerCut):
            open_station(plan, SystemClock())


def test_a_session_whose_power_fails_at_once_is_gone_on_with_by_its_limits_and_its_protocol(
    monkeypatch, plan
):
    cut_at_once(monkeypatch, plan)
    assert types(plan.path) == [SessionStarted, LimitsSet, ProtocolSet]
    assert is_unfinished(plan.path)
    found = earlier_of(plan.path)
    assert (found.limits, found.protocol) == (plan.limits, plan.protocol)


def test_it_goes_on_with_the_devices_it_is_given_then(monkeypatch, plan, tmp_path):
    cut_at_once(monkeypatch, plan)
    station = begin(replace(plan, devices=(f"nonin@{tmp_path / 'none'}",), protocol=None))
    station.stop("ended")
    with RecordReader(plan.path) as record:
        assert record.is_closed()
    assert types(plan.path).count(DeviceAdded) == 1
    assert station.engine.session.care.protocol.name == example_protocol().name


def test_limits_and_protocol_are_on_record_once(plan):
    station = open_station(plan, SystemClock())
    station.stop("ended")
    found = types(plan.path)
    assert (found.count(LimitsSet), found.count(ProtocolSet)) == (1, 1)
    assert station.engine.session.care.protocol.name == example_protocol().name
    assert len(station.engine.snapshot.limits) == len(plan.limits.rules)


def test_a_record_of_bytes_alone_holds_no_limits(plan):
    station = open_station(replace(plan, wire_only=True, protocol=None), SystemClock())
    station.stop("ended")
    assert LimitsSet not in types(plan.path)
