"""A session whose record's disk fails: it goes on, says so, and after a crash the right file is found."""

import time

import pytest
from small_disk import SmallDisk, why_not

from kapmonitor.alarms.limits import example
from kapmonitor.beginning import begin
from kapmonitor.commandline.record import status_line
from kapmonitor.commands import AddNote
from kapmonitor.errors import RecordError
from kapmonitor.opening import Plan
from kapmonitor.record import writer as writer_module
from kapmonitor.record.moves import beside, moves_ledger, went_on
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.session.events import NoteAdded
from kapmonitor.unfinished import unfinished


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def disk(tmp_path, monkeypatch):
    if why_not():
        pytest.skip(why_not())
    monkeypatch.setattr(writer_module, "AFTER_S", 0.5)
    monkeypatch.setattr(writer_module, "RETRY_S", 0.1)
    monkeypatch.setattr("kapmonitor.headkeeping.LOOK_S", 0.05)
    with SmallDisk(tmp_path) as disk:
        yield disk


@pytest.fixture
def plan(disk, tmp_path):
    return Plan(
        disk.folder / "s.kap",
        (),
        example(),
        backup=tmp_path / "second",
        ledger=tmp_path / "sessions.heads",
        keep_awake=False,
    )


def noted(station, text):
    t_ns = station.clock.now_ns()
    return station.submit(AddNote(t_ns, NoteAdded(text[:20], "text", text, "KL", t_ns)))


def moved(station, disk):
    """Fill the disk and wait until the session goes on elsewhere; what was asked meanwhile."""
    disk.fill()
    asked = [noted(station, f"{number} {'x' * 20_000}") for number in range(30)]
    for each in asked:
        each.result(20)
    wait_until(lambda: station.engine.snapshot.record.moved)
    return len(asked)


def left_as_by_a_crash(station):
    station.engine.close = lambda reason: None
    station._writer._store.finish = lambda *_: station._writer._store.abandon()
    station.stop("crash")


def conditions(station):
    return {alarm.condition: alarm.priority.value for alarm in station.engine.snapshot.alarms}


def texts(path):
    with RecordReader(path) as reader:
        events = [row.stamped.event for row in reader.events()]
    return [event.text for event in events if isinstance(event, NoteAdded)]


def test_a_session_goes_on_and_says_where(plan, disk, tmp_path):
    station = begin(plan)
    station.start()
    noted(station, "before").result(20)
    count = moved(station, disk)
    assert station.record_path == tmp_path / "second" / "s-moved.kap"
    wait_until(lambda: conditions(station).get("moved") == "low")
    wait_until(lambda: "record" not in conditions(station))
    line = status_line(station.engine.snapshot, 0)
    assert line.endswith(f"recording in {tmp_path / 'second'}")
    wait_until(lambda: went_on(plan.path, session_of(station), plan.ledger) is not None)
    wait_until(lambda: station.record_path.with_name("s-moved.kap.heads").exists())
    disk.make_room()
    station.stop("ended")
    assert texts(station.record_path)[0] == "before"
    assert len(texts(station.record_path)) == 1 + count
    assert verify(station.record_path, plan.ledger).kind == "intact"
    copy = disk.folder / "s-moved.kap"
    assert texts(copy) == texts(station.record_path), "with room again the first disk has a copy"
    assert beside(plan.path).exists(), "and a note"


def session_of(station):
    return station.engine.snapshot.session.started.session


def test_after_a_crash_the_moved_record_is_gone_on_with(plan, disk, tmp_path, caplog):
    station = begin(plan)
    station.start()
    count = moved(station, disk)
    noted(station, "after").result(20)
    wait_until(lambda: went_on(plan.path, session_of(station), plan.ledger) is not None)
    left_as_by_a_crash(station)
    old, new = plan.path, station.record_path
    found = unfinished(old.parent, new.parent, plan.ledger)
    assert (found.path, found.goes_on_by_itself) == (new, True)
    assert unfinished(old.parent, new.parent).path == new, "also where nothing is noted: it is the longer one"
    disk.make_room()
    assert unfinished(old.parent, None, plan.ledger) is None
    assert "and that is not there" in caplog.text
    caplog.clear()
    with pytest.raises(RecordError, match=r"go on with .*s-moved\.kap"):
        begin(plan)
    verdict = verify(old, plan.ledger)
    assert (verdict.kind, verdict.first_bad) == ("interrupted", None)
    assert "goes on in" in verdict.missing[0]
    assert str(new) in verdict.missing[0]
    again = begin(Plan(new, (), example(), backup=new.parent, ledger=plan.ledger, keep_awake=False))
    again.start()
    noted(again, "taken up").result(20)
    wait_until(lambda: conditions(again).get("moved") == "low")
    again.stop("ended")
    assert again.record_path == new
    assert len(texts(new)) == count + 2
    assert verify(new, plan.ledger).kind == "intact"
    assert any("without monitoring" in line for line in verify(new).missing)


def test_a_cut_record_does_not_pass_for_one_that_was_left(plan, disk):
    """Somebody who cuts the end off can write a note beside the record, but not into the ledger."""
    station = begin(plan)
    station.start()
    moved(station, disk)
    wait_until(lambda: went_on(plan.path, session_of(station), plan.ledger) is not None)
    disk.make_room()
    station.stop("ended")
    assert verify(plan.path, plan.ledger).kind == "interrupted"
    moves_ledger(plan.ledger).unlink()
    assert beside(plan.path).exists()
    verdict = verify(plan.path, plan.ledger)
    assert (verdict.kind, verdict.first_bad.partition(":")[0][:9]) == ("damaged", "cut after")
