"""Which interrupted session the console goes on with, by itself or when somebody says so."""

import argparse
import os
import time
from dataclasses import replace

import pytest
from engine_room import STARTED, S
from past_records import write

from kapmonitor import show_session
from kapmonitor.record.hold import Hold
from kapmonitor.session.events import NoteAdded, SessionClosed, Stamped
from kapmonitor.unfinished import AT_ONCE_S, unfinished
from ui.question import GO_ON, NEW

MORE = NoteAdded("n", "text", "more", "KL", 1010 * S)
REAL = replace(STARTED, mode="Real", initials="MK", person="4471", number=2, of=6)


def record(folder, name="a.kap", started=REAL, *, age_s=5.0, closed=False):
    path = folder / name
    rows = [Stamped(1010 * S, SessionClosed("ended", 0))] if closed else []
    write(path, Stamped(1000 * S, started), rows, closed=closed)
    for each in folder.glob(f"{name}*"):
        os.utime(each, (time.time() - age_s,) * 2)
    return path


class Console:
    """What the console's window is here: somebody who answers."""

    def __init__(self, answer=GO_ON, *, may_wait=True):
        self.answer, self.may_wait, self.asked = answer, may_wait, []

    def ask(self, question):
        self.asked.append(question)
        return self.answer


@pytest.fixture
def records(tmp_path):
    return tmp_path


@pytest.fixture
def chosen(tmp_path):
    def choose(console, person="", initials="", backup=""):
        named = argparse.Namespace(person=person, initials=initials, backup=backup)
        return show_session._record_path(console, named, tmp_path)

    return choose


def test_a_session_interrupted_just_now_goes_on_without_a_word(records, chosen):
    path, console = record(records), Console()
    assert unfinished(records).goes_on_by_itself
    assert chosen(console) == path
    assert console.asked == []


def test_after_half_a_minute_somebody_is_asked(records, chosen):
    path = record(records, age_s=AT_ONCE_S + 60)
    console = Console()
    assert chosen(console) == path
    (question,) = console.asked
    assert "Session 2 of 6 · MK" in question.lines[0]
    assert chosen(Console(NEW)) != path


def test_nobody_is_asked_where_only_a_picture_is_wanted(records, chosen):
    path = record(records, age_s=AT_ONCE_S + 60)
    assert chosen(Console(may_wait=False)) != path


@pytest.mark.parametrize(("person", "initials"), [("4472", ""), ("", "AB"), ("4471", "AB")])
def test_another_person_s_session_is_not_gone_on_with(records, person, initials, chosen):
    path, console = record(records), Console()
    assert chosen(console, person, initials) != path
    assert console.asked == []
    assert chosen(console, "4471", "MK") == path


def test_only_the_newest_record_and_only_a_real_interrupted_one_counts(records):
    record(records, "a.kap", age_s=20)
    assert unfinished(records) is not None
    record(records, "b.kap", age_s=10, closed=True)
    assert unfinished(records) is None
    record(records, "c.kap", age_s=5, started=replace(REAL, mode="Test"))
    assert unfinished(records) is None
    (records / "d.kap").write_bytes(b"nothing of ours")
    assert unfinished(records) is None


def test_a_record_that_went_on_in_the_second_folder_is_the_one(records, chosen):
    """Of the files of one session the one that goes furthest; a ten-minute copy is none of them."""
    second = records / "second"
    second.mkdir()
    old = record(records, age_s=2)
    write(second / "a-moved.kap", Stamped(1000 * S, REAL), [Stamped(1010 * S, MORE)], closed=False)
    record(second, "a.kap", age_s=1)
    os.utime(second / "a-moved.kap", (time.time() - 5,) * 2)
    assert chosen(Console(), backup=str(second)) == second / "a-moved.kap"
    assert chosen(Console()) == old
    record(records, "b.kap", replace(REAL, session="another"), age_s=0)
    assert chosen(Console(), backup=str(second)) == records / "b.kap"


def test_one_of_yesterday_or_of_tomorrow_is_not_offered(records):
    record(records, age_s=13 * 3600)
    assert unfinished(records) is None
    record(records, "b.kap", age_s=-13 * 3600)
    assert unfinished(records) is None


def test_after_the_clock_was_set_back_somebody_is_asked(records):
    path = record(records, age_s=-3600)
    found = unfinished(records)
    assert found.path == path
    assert not found.goes_on_by_itself


def test_no_records_and_no_folder_is_no_session(tmp_path):
    assert unfinished(tmp_path) is None
    assert unfinished(tmp_path / "none") is None


def test_one_that_a_running_program_writes_is_left_alone(records, monkeypatch, chosen):
    path = record(records)
    assert unfinished(records) is not None

    class Busy(Hold):
        def __init__(self, path):
            from kapmonitor.errors import RecordInUse

            raise RecordInUse(str(path), "is being written")

    monkeypatch.setattr("kapmonitor.unfinished.Hold", Busy)
    assert unfinished(records) is None
    assert chosen(Console()) != path
