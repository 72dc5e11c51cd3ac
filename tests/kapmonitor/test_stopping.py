"""The end of a session whose parts hang or fail: its record is closed and sealed, and somebody is told."""

import asyncio
import threading
import time

import pytest

from kapmonitor import copykeeping, headkeeping, runtime
from kapmonitor.alarms.limits import example
from kapmonitor.beginning import begin
from kapmonitor.beside import beside, in_time
from kapmonitor.errors import RecordFull
from kapmonitor.model import GenerationMode
from kapmonitor.opening import Plan
from kapmonitor.record import writer as writer_module
from kapmonitor.record.verify import verify

PATIENCE_S = 30.0
LIMIT_S = 0.5


@pytest.fixture
def hung():
    go = threading.Event()
    yield go
    go.set()


@pytest.fixture
def session(tmp_path):
    (tmp_path / "second").mkdir()
    plan = Plan(
        tmp_path / "a.kap",
        (),
        example(),
        mode=GenerationMode.TEST,
        keep_awake=False,
        backup=tmp_path / "second",
        ledger=tmp_path / "heads",
    )
    return begin(plan)


@pytest.mark.realtime
@pytest.mark.parametrize("when", ["while it runs", "at the end"])
def test_a_second_folder_that_hangs_does_not_keep_the_record_open(session, hung, monkeypatch, when):
    began = threading.Event()

    def copy(*_):
        began.set()
        hung.wait(PATIENCE_S)

    monkeypatch.setattr(copykeeping, "copy_into", copy)
    monkeypatch.setattr(copykeeping, "LAST_S", LIMIT_S)
    monkeypatch.setattr(copykeeping, "FIRST_S", 0.0 if when == "while it runs" else 600.0)
    session.start()
    if when == "while it runs":
        assert began.wait(PATIENCE_S)
    began_s = time.monotonic()
    session.stop("ended")
    assert time.monotonic() - began_s < PATIENCE_S / 2
    assert session.copies.problem == copykeeping.HANGS
    assert verify(session.record_path).kind == "intact"
    assert not set(session.heads.problems.values()) - {""}


@pytest.mark.realtime
def test_a_place_for_heads_that_hangs_does_not_keep_the_record_open(session, hung, monkeypatch):
    monkeypatch.setattr(headkeeping, "keep", lambda *_: hung.wait(PATIENCE_S) and "")
    monkeypatch.setattr(headkeeping, "LAST_S", LIMIT_S)
    session.start()
    session.stop("ended")
    assert set(session.heads.problems.values()) == {headkeeping.HANGS}
    assert verify(session.record_path).kind == "intact"


@pytest.mark.realtime
def test_a_core_that_does_not_end_does_not_keep_the_record_open(session, hung, monkeypatch, caplog):
    monkeypatch.setattr(runtime, "STOP_LIMIT_S", LIMIT_S)
    session.start()
    session._runtime.call(lambda: hung.wait(PATIENCE_S))
    session.stop("ended")
    hung.set()
    session._runtime._thread.join(PATIENCE_S)
    assert not session._runtime._thread.is_alive()
    assert not asyncio.all_tasks(session._runtime._loop)
    assert verify(session.record_path).kind == "intact"
    assert "end of the session's tasks failed" in [record.getMessage() for record in caplog.records]
    caplog.clear()


@pytest.mark.realtime
def test_an_engine_that_fails_at_the_end_does_not_keep_the_record_open(session, monkeypatch, caplog):
    def fail(reason):
        raise KeyError(reason)

    session.start()
    monkeypatch.setattr(session.engine, "close", fail)
    session.stop("ended")
    assert verify(session.record_path).kind == "intact"
    caplog.clear()


@pytest.mark.realtime
def test_a_disk_that_hangs_is_said_and_the_rest_is_ended(session, hung, monkeypatch):
    session.start()
    monkeypatch.setattr(writer_module, "CLOSING_HANGS_S", LIMIT_S)
    monkeypatch.setattr(headkeeping, "LAST_S", LIMIT_S)
    real = session._writer._store.commit
    monkeypatch.setattr(session._writer._store, "commit", lambda given: hung.wait(PATIENCE_S) and real(given))
    with pytest.raises(RecordFull, match="is stuck"):
        session.stop("ended")
    assert not session._runtime._thread.is_alive()
    hung.set()
    session._writer._thread.join(PATIENCE_S)


def test_what_is_done_beside_answers_raises_and_can_be_left(hung):
    def fail():
        raise KeyError("why")

    async def body():
        assert await beside(lambda: 7) == 7
        with pytest.raises(KeyError):
            await beside(fail)
        left = asyncio.create_task(beside(lambda: hung.wait(PATIENCE_S)))
        await asyncio.sleep(0.05)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left

    asyncio.run(body())


def test_whether_something_was_done_in_time(hung):
    assert in_time(lambda: None, PATIENCE_S)
    assert not in_time(lambda: hung.wait(PATIENCE_S), 0.05)
