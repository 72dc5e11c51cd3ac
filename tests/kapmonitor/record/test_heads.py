"""Heads kept outside a record: an end that was cut off is found, and nothing that happens to them hurts."""

import errno
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_fixtures import SECOND, T0_NS, begin, make_record, put_second
from signed_records import SESSION, kept_record
from tampering import cut_after, rechain, tamper

from kapmonitor.clock import ManualClock
from kapmonitor.durable import append_line
from kapmonitor.headkeeping import HeadKeeper, Kept
from kapmonitor.record.anchors import NONE_KEPT
from kapmonitor.record.heads import Head, HeadFile, head_files, head_of, keep, kept_in, line_of
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import verify
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import SessionResumed, Stamped

HASH = st.text("0123456789abcdef", min_size=64, max_size=64)
HEADS = st.builds(Head, st.text(max_size=40), st.integers(1, 2**62), HASH, st.text(max_size=30))


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    return kept_record(folder / "a.kap", 65, folder / "ledger")


@pytest.fixture
def copy(record, tmp_path):
    """The record with its heads beside it; the ledger is `tmp_path / 'ledger'`."""
    for name in ("a.kap.heads", "ledger"):
        shutil.copy(record.with_name(name), tmp_path / name)
    return shutil.copy(record, tmp_path / "a.kap")


def last_seq(path):
    with RecordReader(path) as reader, reader.reading() as connection:
        return connection.execute("SELECT max(seq) FROM event").fetchone()[0]


@given(HEADS)
def test_a_line_gives_back_its_head(head):
    assert head_of(line_of(head)) == head
    assert "\n" not in line_of(head)


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(repr))
def test_a_line_that_is_no_head_is_none(line):
    assert head_of(line) is None


@given(st.lists(HEADS, min_size=1, max_size=5), st.data())
def test_a_crash_in_the_middle_of_a_line_costs_that_line_alone(tmp_path_factory, heads, data):
    file = HeadFile("there", tmp_path_factory.mktemp("heads") / "heads")
    for head in heads:
        assert keep(file, head) == ""
    whole = file.path.read_bytes()
    size = data.draw(st.integers(0, len(whole)))
    file.path.write_bytes(whole[:size])
    later = Head("later", 7, "0" * 64, "now")
    assert keep(file, later) == ""
    left = whole[:size].count(b"\n")
    kept = [kept_in(file, session).heads for session in dict.fromkeys(head.session for head in heads)]
    # The line that the crash hit counts where nothing but its end was missing.
    assert left <= sum(map(len, kept)) - (later.session in {h.session for h in heads}) <= left + 1
    assert kept_in(file, "later").heads[-1] == later


def test_a_closed_record_has_its_last_entry_outside(record):
    verdict = verify(record, record.with_name("ledger"))
    assert verdict.kind == "intact"
    assert verdict.head.startswith(f"entry {last_seq(record)}, SHA-256 ")
    assert [line.split(" at ")[0] for line in verdict.anchors] == [
        f"8 heads kept {where}, the last of entry {last_seq(record)}"
        for where in ("beside the record", "in this computer's ledger")
    ]


@pytest.mark.parametrize("left", ["a.kap.heads", "ledger"])
def test_an_end_that_was_cut_off_is_found_from_either_place(copy, left):
    for name in {"a.kap.heads", "ledger"} - {left}:
        copy.with_name(name).unlink()
    last = last_seq(copy)
    cut_after(copy, last - 3)
    verdict = verify(copy, copy.with_name("ledger"))
    assert verdict.kind == "damaged"
    said = f"cut after entry {last - 3}: entry {last - 2} is missing, the head of entry {last} was kept "
    assert verdict.first_bad.startswith(said)


def test_every_place_to_cut_is_found(copy, tmp_path):
    for seq in range(1, last_seq(copy)):
        path = shutil.copy(copy, tmp_path / "a.kap.cut")
        shutil.copy(copy.with_name("a.kap.heads"), tmp_path / "a.kap.cut.heads")
        cut_after(path, seq)
        assert f"cut after entry {seq}: entry {seq + 1} is missing" in verify(path).first_bad


def test_without_a_head_a_cut_looks_like_an_interruption_and_that_is_said(copy):
    copy.with_name("a.kap.heads").unlink()
    cut_after(copy, last_seq(copy) - 3)
    verdict = verify(copy)
    assert (verdict.kind, verdict.anchors) == ("interrupted", (NONE_KEPT,))


def test_a_record_made_anew_with_right_hashes_is_found(copy):
    assert tamper(copy, "UPDATE event SET body = replace(body, 'note at 5', 'note at 6')") > 1
    rechain(copy)
    verdict = verify(copy)
    assert verdict.kind == "damaged"
    assert "are not what was written when a head was kept beside the record" in verdict.first_bad
    copy.with_name("a.kap.heads").unlink()
    assert verify(copy).kind == "intact"


def test_heads_of_another_session_say_nothing(copy):
    path = copy.with_name("a.kap.heads")
    path.write_text(path.read_text().replace(f'"{SESSION}"', '"another"'))
    verdict = verify(copy)
    assert verdict.kind == "intact"
    assert verdict.anchors == (NONE_KEPT, "only heads of other sessions kept beside the record")


def test_entries_after_the_newest_head_are_counted(copy):
    path = copy.with_name("a.kap.heads")
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]) + lines[-1][:40] + "\nnonsense\n")
    verdict = verify(copy)
    assert verdict.kind == "intact"
    later = last_seq(copy) - head_of(lines[-2]).seq
    assert f"the last {later} entries came after the newest head that was kept" in verdict.anchors
    assert "2 lines kept beside the record cannot be read" in verdict.anchors


def test_a_huge_file_in_place_of_heads_is_passed_over(copy):
    copy.with_name("a.kap.heads").write_bytes(b"x" * 50_000_000)
    verdict = verify(copy)
    assert (verdict.kind, verdict.anchors[0]) == ("intact", NONE_KEPT)


def killed(path, seconds):
    """A record that was not closed, with a head each second."""
    writer, clock = begin(path)
    keeper = HeadKeeper(Kept(lambda: path, lambda: writer.head), None, SESSION, clock)
    for second in range(seconds):
        put_second(writer, clock, second)
        keeper.keep()
    writer._store.finish = lambda *_: writer._store.abandon()
    writer.close()
    keeper.keep()
    return path


def go_on(path):
    clock = ManualClock(T0_NS + 100 * SECOND)
    writer = RecordWriter.resume(path, clock)
    keeper = HeadKeeper(Kept(lambda: path, lambda: writer.head), None, SESSION, clock)
    keeper.keep()
    writer.put(Stamped(clock.now_ns(), SessionResumed(0, 75 * SECOND)))
    for second in range(100, 130):
        put_second(writer, clock, second)
    writer.close()
    keeper.keep()


def test_a_session_taken_up_again_goes_on_with_its_heads(tmp_path):
    path = killed(tmp_path / "a.kap", 25)
    before = len(path.with_name("a.kap.heads").read_text().splitlines())
    go_on(path)
    verdict = verify(path)
    assert verdict.kind == "intact"
    assert (
        f"{before + 2} heads kept beside the record, the last of entry {last_seq(path)}" in verdict.anchors[0]
    )


def test_a_cut_before_the_session_was_taken_up_again_is_found(tmp_path):
    path = killed(tmp_path / "a.kap", 25)
    last = last_seq(path)
    tamper(path, "DELETE FROM wave_tail")
    tamper(path, "DELETE FROM numeric_tail")
    cut_after(path, last - 1)
    go_on(path)
    assert last_seq(path) > last
    verdict = verify(path)
    assert verdict.kind == "damaged"
    assert verdict.first_bad.startswith(f"entry {last}: is not what was written when a head was kept")


def test_a_place_that_cannot_be_written_to_is_told_once_and_tried_again(tmp_path):
    path = make_record(tmp_path / "a.kap", 1)
    ledger = tmp_path / "file" / "ledger"
    ledger.parent.write_text("in the way")
    keeper = HeadKeeper(Kept(lambda: path, lambda: (3, "0" * 64)), ledger, SESSION, ManualClock())
    (told,) = keeper.keep()
    assert (told.place, keeper.keep()) == ("in this computer's ledger", ())
    assert str(ledger) in told.problem
    ledger.parent.unlink()
    (well,) = keeper.keep()
    assert (well.place, well.problem) == ("in this computer's ledger", "")
    assert [len(kept_in(file, SESSION).heads) for file in head_files(path, ledger)] == [3, 1]


def test_half_a_line_on_a_full_disk_is_an_error_and_ended_later(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    append_line(path, "one")

    class Full:
        """A file that takes three bytes of what it is given."""

        def __init__(self, file):
            self._file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self._file.close()

        def write(self, data):
            return self._file.write(data[:3])

        def __getattr__(self, name):
            return getattr(self._file, name)

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", lambda *a, _open=open, **k: Full(_open(*a, **k)))
        with pytest.raises(OSError, match="space") as refused:
            append_line(path, "two two")
    assert refused.value.errno == errno.ENOSPC
    append_line(path, "three")
    assert path.read_text() == "one\ntwo\nthree\n"
