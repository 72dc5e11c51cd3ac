"""A running session keeps the head of its record outside it, and tells when it cannot."""

import json
import time

from kapmonitor import headkeeping
from kapmonitor.alarms.limits import example
from kapmonitor.alarms.types import Priority
from kapmonitor.beginning import begin
from kapmonitor.opening import Plan
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.events import AlarmChanged, ConditionSensed, RecordHeads


def run(path, ledger, seconds=0.0):
    station = begin(Plan(path, (), example(), ledger=ledger))
    station.start()
    time.sleep(seconds)
    station.stop("ended")
    return station


def until(wanted):
    limit = time.monotonic() + 30
    while not wanted():
        assert time.monotonic() < limit
        time.sleep(0.01)


def heads(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def last_entry(path):
    with RecordReader(path) as reader, reader.reading() as connection:
        return connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC").fetchone()


def test_heads_are_kept_at_the_start_each_minute_and_at_the_end(tmp_path, monkeypatch):
    assert headkeeping.EVERY_S == 60
    monkeypatch.setattr(headkeeping, "EVERY_S", 0.5)
    path, ledger = tmp_path / "a.kap", tmp_path / "data" / "ledger"
    run(path, ledger, 1.8)
    beside = heads(path.with_name("a.kap.heads"))
    assert beside == heads(ledger)
    assert 4 <= len(beside) <= 6
    assert (beside[-1]["seq"], beside[-1]["hash"]) == last_entry(path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.kap", "a.kap.heads", "data"]
    assert verify(path, ledger).kind == "intact"


def test_where_no_head_can_be_kept_the_session_goes_on_and_it_is_on_record(tmp_path):
    path, ledger = tmp_path / "a.kap", tmp_path / "in the way" / "ledger"
    ledger.parent.write_text("")
    path.with_name("a.kap.heads").mkdir()
    station = run(path, ledger, 1.0)
    assert all(station.heads.problems.values())
    with RecordReader(path) as reader:
        events = [row.stamped.event for row in reader.events()]
    told = [event for event in events if isinstance(event, RecordHeads)]
    alarms = [event for event in events if isinstance(event, AlarmChanged) and event.condition == "heads"]
    assert ("active-unack", "low") in [(alarm.after, alarm.priority) for alarm in alarms]
    assert [each.place for each in told] == ["beside the record", "in this computer's ledger"]
    verdict = verify(path, ledger)
    assert verdict.kind == "intact"
    assert any("heads kept beside the record, from" in line for line in verdict.missing)


def test_staff_are_told_where_none_can_be_kept_until_it_can_be_again(tmp_path, monkeypatch):
    monkeypatch.setattr(headkeeping, "EVERY_S", 0.05)
    path, ledger = tmp_path / "a.kap", tmp_path / "in the way" / "ledger"
    beside = path.with_name("a.kap.heads")
    ledger.parent.write_text("")
    beside.mkdir()
    station = begin(Plan(path, (), example(), ledger=ledger))
    station.start()

    def alarm():
        found = [each for each in station.engine.snapshot.alarms if each.condition == "heads"]
        return [(each.priority, each.state, each.text) for each in found]

    until(lambda: alarm() == [(Priority.LOW, "active-unack", "anywhere")])
    beside.rmdir()
    until(lambda: station.heads.failing == "in this computer's ledger")
    ledger.parent.unlink()
    until(lambda: alarm() == [])
    station.stop("ended")
    with RecordReader(path) as reader:
        events = [row.stamped.event for row in reader.events()]
    sensed = [(e.value, e.text) for e in events if isinstance(e, ConditionSensed) and e.role == "heads"]
    assert sensed == [(1.0, "anywhere"), (1.0, "in this computer's ledger"), (0.0, "")]
