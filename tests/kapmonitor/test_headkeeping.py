"""A running session keeps the head of its record outside it, and tells when it cannot."""

import json
import time

from kapmonitor import headkeeping
from kapmonitor.alarms.limits import example
from kapmonitor.opening import Plan
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.events import RecordHeads
from kapmonitor.station import begin


def run(path, ledger, seconds=0.0):
    station = begin(Plan(path, (), example(), ledger=ledger))
    station.start()
    time.sleep(seconds)
    station.stop("ended")
    return station


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
        told = [row.stamped.event for row in reader.events() if isinstance(row.stamped.event, RecordHeads)]
    assert [each.place for each in told] == ["beside the record", "in this computer's ledger"]
    verdict = verify(path, ledger)
    assert verdict.kind == "intact"
    assert any("heads kept beside the record, from" in line for line in verdict.missing)
