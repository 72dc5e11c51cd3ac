"""The writer: what is put is there afterwards; a full disk loses nothing; closing leaves one file."""

import contextlib
import logging
import os
import sqlite3
import subprocess
import threading
import time

import numpy as np
import pytest
from record_fixtures import NUMERICS, SECOND, STARTED, T0_NS, begin, make_record, put_second, wave_of

from kapmonitor.clock import ManualClock
from kapmonitor.errors import RecordDamaged, RecordError, RecordFull
from kapmonitor.model import Validity
from kapmonitor.record import writer as writer_module
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import (
    NoteAdded,
    PhaseChanged,
    SessionClosed,
    SessionResumed,
    SessionStarted,
    Stamped,
)


def wait_until(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def note(text, t_ns=T0_NS):
    return Stamped(t_ns, NoteAdded("n", "text", text, "AB", t_ns))


def test_everything_put_is_read_back(tmp_path):
    path = make_record(tmp_path / "a.kap", 47)
    with RecordReader(path) as reader:
        for channel, fs in ((1, 75.0), (2, 500.0)):
            chunks = list(reader.waves(channel))
            samples = np.concatenate([chunk.samples for chunk in chunks])
            assert np.array_equal(samples, wave_of(channel, 0, round(47 * fs)))
            first = 0
            for chunk in chunks:
                assert abs(chunk.t0_ns - (T0_NS + first * 1e9 / fs)) < 2
                first += len(chunk.samples)
        rows = list(reader.numerics())
        assert [row.t_ns for row in rows if row.channel == 11] == [T0_NS + s * SECOND for s in range(47)]
        assert [row.value for row in rows if row.channel == 11] == [97.0 - s % 3 for s in range(47)]
        assert rows[4].raw in (None, 255.0)
        cuffs = [row for row in rows if row.channel == NUMERICS[2]]
        assert [(c.stored, c.device_time) for c in cuffs] == [(True, "2026-01-01T00:00:00")] * 3
        assert [w.data[0] for w in reader.wire()] == list(range(47))
        kinds = [row.stamped.event for row in reader.events()]
        assert kinds[0] == STARTED
        assert isinstance(kinds[-1], SessionClosed)
        assert sum(isinstance(event, NoteAdded) for event in kinds) == 3
        assert reader.is_closed()


def test_closing_leaves_one_ordinary_file(tmp_path):
    path = make_record(tmp_path / "a.kap", 12)
    assert [file.name for file in tmp_path.iterdir()] == ["a.kap"]
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("PRAGMA application_id").fetchone() == (0x4B41504D,)
    assert connection.execute("SELECT count(*) FROM wave_tail").fetchone() == (0,)
    connection.close()


def test_the_closing_event_is_not_written_twice(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    writer.put(Stamped(clock.now_ns(), SessionClosed("window", 5)))
    writer.close()
    writer.close()
    with RecordReader(tmp_path / "a.kap") as reader:
        closed = [r.stamped.event for r in reader.events() if isinstance(r.stamped.event, SessionClosed)]
    assert closed == [SessionClosed("window", 5)]


def test_a_durable_event_is_on_disk_when_its_future_resolves(tmp_path):
    writer, _ = begin(tmp_path / "a.kap")
    seq = writer.put_durable(note("now")).result(30)
    with RecordReader(tmp_path / "a.kap") as reader:
        last = list(reader.events())[-1]
    assert (last.seq, last.stamped.event.text) == (seq, "now")
    writer.close()


def test_what_is_put_is_on_disk_soon(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    put_second(writer, clock, 0)
    wait_until(lambda: writer.status().waiting == 0 and writer.status().committed_t_ns >= T0_NS)
    with RecordReader(tmp_path / "a.kap") as reader:
        assert sum(len(chunk.samples) for chunk in reader.waves(2)) == 500
    writer.close()


def test_another_file_is_never_overwritten(tmp_path):
    path = tmp_path / "a.kap"
    path.write_bytes(b"somebody's")
    with pytest.raises(RecordError, match="not overwritten"):
        begin(path)
    assert path.read_bytes() == b"somebody's"


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordFull, match="cannot be created"):
        begin(tmp_path / "file" / "a.kap")


def test_gaps_stay_gaps_and_jitter_does_not_make_any(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    jitter = [0, 3, -4, 8, -2, 5, 1, 0]
    for at, off in enumerate(jitter):
        t0_ns = T0_NS + at * SECOND // 2 + off * 1_000_000
        writer.put(WaveSlice(t0_ns, 2, 500.0, wave_of(2, at * 250, 250)))
    later = T0_NS + 60 * SECOND
    clock.move_to(later)
    writer.put(WaveSlice(later, 2, 500.0, wave_of(2, 0, 250)))
    writer.close()
    with RecordReader(tmp_path / "a.kap") as reader:
        chunks = list(reader.waves(2))
    assert [(c.t0_ns, len(c.samples)) for c in chunks] == [(T0_NS, 2000), (later, 250)]
    assert any("nothing for 56.0 s" in line for line in verify(tmp_path / "a.kap").missing)


def test_what_fits_no_table_does_not_stop_the_rest(tmp_path, caplog):
    writer, clock = begin(tmp_path / "a.kap")
    writer.put(NumericRow(T0_NS, 70_000, 1.0, Validity.VALID))
    writer.put(WaveSlice(T0_NS, 2, float("nan"), wave_of(2, 0, 10)))
    writer.put(WaveSlice(T0_NS, 2, 500.0, np.zeros(10, np.float64)))
    writer.put(Stamped(2**70, NoteAdded("n", "text", "late", "AB", 1)))
    bad = writer.put_durable(Stamped(0, PhaseChanged(object(), "AB")))
    good = writer.put_durable(note("still here"))
    put_second(writer, clock, 0)
    assert good.result(30)
    with pytest.raises(RecordError, match="cannot hold"):
        bad.result(30)
    writer.close()
    assert len([r for r in caplog.records if r.levelno == logging.ERROR]) == 5
    caplog.clear()
    assert verify(tmp_path / "a.kap").kind == "intact"
    with RecordReader(tmp_path / "a.kap") as reader:
        assert sum(1 for _ in reader.numerics()) == 2


def test_after_closing_nothing_is_taken(tmp_path):
    writer, _ = begin(tmp_path / "a.kap")
    writer.close()
    with pytest.raises(RecordError, match="closed"):
        writer.put(note("too late"))


def test_many_threads_may_put(tmp_path):
    writer, _ = begin(tmp_path / "a.kap")
    threads = [
        threading.Thread(target=lambda k=k: [writer.put(note(f"{k}-{i}")) for i in range(200)])
        for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    with RecordReader(tmp_path / "a.kap") as reader:
        texts = [r.stamped.event.text for r in reader.events() if isinstance(r.stamped.event, NoteAdded)]
    assert len(set(texts)) == 800
    for k in range(4):
        assert [t for t in texts if t.startswith(f"{k}-")] == [f"{k}-{i}" for i in range(200)]


def test_an_interrupted_record_is_gone_on_with(tmp_path):
    path = tmp_path / "a.kap"
    writer, clock = begin(path)
    for second in range(25):
        put_second(writer, clock, second)
    wait_until(lambda: writer.status().waiting == 0)
    writer._store.finish = lambda *_: writer._store.abandon()
    writer.close()
    assert verify(path).kind == "interrupted"
    clock = ManualClock(T0_NS + 100 * SECOND)
    again = RecordWriter.resume(path, clock)
    again.put(Stamped(clock.now_ns(), SessionResumed(0, 75 * SECOND)))
    for second in range(100, 130):
        put_second(again, clock, second)
    again.close()
    verdict = verify(path)
    assert verdict.kind == "intact", verdict
    assert any("75 s without monitoring" in line for line in verdict.missing)
    assert verdict.counts["samples"] == (25 + 30) * 575
    assert [file.name for file in tmp_path.iterdir()] == ["a.kap"]


def test_what_is_no_record_is_not_gone_on_with(tmp_path):
    (tmp_path / "a.kap").write_bytes(b"x" * 5000)
    with pytest.raises(RecordDamaged):
        RecordWriter.resume(tmp_path / "a.kap", ManualClock())


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"cannot mount a small disk: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    with (folder / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
        while True:
            ballast.write(bytes(4096))


def test_a_full_disk_loses_nothing(small_disk):
    path = small_disk / "a.kap"
    writer, clock = begin(path)
    assert writer.put_durable(note("before")).result(30)
    fill(small_disk)
    waiting = None
    for second in range(40):
        put_second(writer, clock, second)
        waiting = waiting or writer.put_durable(note("during"))
    wait_until(lambda: writer.status().problem)
    assert "disk is full" in writer.status().problem
    assert "memory" in writer.status().problem
    assert writer.status().waiting
    (small_disk / "ballast").unlink()
    wait_until(lambda: not writer.status().problem and not writer.status().waiting)
    assert waiting.result(30)
    writer.close()
    verdict = verify(path)
    assert (verdict.kind, verdict.counts["samples"]) == ("intact", 40 * 575)


def test_closing_on_a_full_disk_says_so(small_disk, monkeypatch):
    monkeypatch.setattr(writer_module, "CLOSE_S", 1.0)
    path = small_disk / "a.kap"
    writer, clock = begin(path)
    first = writer.put_durable(note("before"))
    assert first.result(30)
    fill(small_disk)
    for second in range(60):
        put_second(writer, clock, second)
    lost = writer.put_durable(note("x" * 100_000))
    with pytest.raises(RecordFull, match="full"):
        writer.close()
    with pytest.raises(RecordFull):
        lost.result(1)
    (small_disk / "ballast").unlink()
    verdict = verify(path)
    assert verdict.kind == "interrupted"
    with RecordReader(path) as reader:
        assert any(getattr(r.stamped.event, "text", "") == "before" for r in reader.events())


def test_half_an_hour_of_waves_is_kept_events_always(small_disk, monkeypatch):
    monkeypatch.setattr(writer_module, "RETRY_S", 0.3)
    writer, clock = begin(small_disk / "a.kap")
    writer.put_durable(note("before")).result(30)
    fill(small_disk)
    put_second(writer, clock, 0)
    writer.put(note("x" * 200_000))
    wait_until(lambda: writer.status().problem)
    clock.move_to(T0_NS + 1799 * SECOND)
    put_second(writer, clock, 1799)
    time.sleep(1.0)
    assert "lost" not in writer.status().problem
    clock.move_to(T0_NS + 1805 * SECOND)
    wait_until(lambda: "lost" in writer.status().problem)
    (small_disk / "ballast").unlink()
    wait_until(lambda: not writer.status().problem)
    writer.close()
    with RecordReader(small_disk / "a.kap") as reader:
        assert [chunk.t0_ns for chunk in reader.waves(2)] == [T0_NS + 1799 * SECOND]
        assert sum(1 for row in reader.numerics() if row.channel == 11) == 2
        assert any(len(getattr(r.stamped.event, "text", "")) == 200_000 for r in reader.events())


def test_a_second_writer_is_noticed(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    writer.put_durable(note("mine")).result(30)
    other = RecordWriter.resume(tmp_path / "a.kap", clock)
    other.put_durable(note("yours")).result(30)
    writer.put(note("mine again"))
    wait_until(lambda: writer.status().problem)
    assert "another program" in writer.status().problem
    other.close()


def test_a_record_begins_with_its_session(tmp_path):
    with pytest.raises(TypeError, match="begins with"):
        RecordWriter.create(tmp_path / "a.kap", note("no"), ManualClock())
    assert isinstance(STARTED, SessionStarted)
