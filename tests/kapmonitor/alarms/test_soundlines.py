"""The lines between the core and the annunciator: both ways, and nothing that breaks a side."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.alarms.signals import Chime, OutputReport, OutputRole, OutputWord, Report, SoundName, Tone
from kapmonitor.alarms.soundlines import (
    LONGEST_LINE,
    Beat,
    Bye,
    Dismissed,
    MusicAt,
    RecordAt,
    Want,
    message_line,
    read_message,
    read_report,
    report_line,
)
from kapmonitor.alarms.soundtrouble import trouble

LEVEL = st.floats(-60, 0)
WHOLE = st.integers(0, 2**53)
TONE = st.none() | st.builds(Tone, st.sampled_from(SoundName), LEVEL, st.floats(0, 600))
CHIME = st.none() | st.builds(Chime, WHOLE, st.sampled_from(SoundName), LEVEL, st.sampled_from(OutputRole))
MESSAGE = st.one_of(
    st.builds(Want, WHOLE, TONE, TONE, CHIME, st.booleans()),
    st.builds(Beat, WHOLE, st.none() | WHOLE),
    st.builds(MusicAt, st.none() | st.text()),
    st.builds(RecordAt, st.text()),
    st.just(Bye()),
    st.just(Dismissed()),
)
OUTPUT = st.builds(OutputReport, st.sampled_from(OutputWord), st.text(), st.text(), WHOLE)
REPORT = st.builds(
    Report, WHOLE, OUTPUT, OUTPUT, st.lists(st.text()).map(tuple), st.booleans(), st.floats(0, 1e9)
)


@given(MESSAGE)
def test_messages_come_back(message):
    line = message_line(message)
    assert line.count(b"\n") == 1
    assert read_message(line) == message


@given(REPORT)
def test_reports_come_back(report):
    assert read_report(report_line(report)) == report


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_nothing(line):
    assert read_message(line) is None
    assert read_report(line) is None


FIELDS = ("number", "staff", "room", "chime", "gui", "output", "outputs", "answered", "silent_s")


@given(MESSAGE | REPORT, st.sampled_from(FIELDS), JSON)
def test_a_field_of_another_kind_breaks_nothing(value, field, other):
    line = report_line(value) if isinstance(value, Report) else message_line(value)
    broken = json.dumps({**json.loads(line), field: other}).encode()
    ours, theirs = read_message, read_report
    if isinstance(value, Report):
        ours, theirs = theirs, ours
    assert ours(broken) is None or type(ours(broken)) is type(value)
    assert theirs(broken) is None


@pytest.mark.parametrize("line", [b"", b"{", b"[" * 100_000, b"x" * (LONGEST_LINE + 1)])
def test_rubbish(line):
    assert read_message(line) is None
    assert read_report(line) is None


READY, LOST, NONE = (
    OutputReport(word, "X") for word in (OutputWord.READY, OutputWord.LOST, OutputWord.NOT_CHOSEN)
)


@pytest.mark.parametrize(
    ("report", "begins", "alarms"),
    [
        (None, "Alarm sound has stopped", True),
        (Report(staff=READY, room=READY), "", False),
        (Report(staff=NONE, room=READY), "", False),
        (Report(staff=LOST, room=READY), "Staff audio lost, room speaker in use: X went away", True),
        (Report(staff=READY, room=LOST), "Room speaker lost", True),
        (Report(staff=LOST, room=LOST), "No alarm sound: X went away — look at the bedside monitor", True),
        (Report(staff=NONE, room=NONE), "No output is chosen", True),
    ],
)
def test_trouble_in_words(report, begins, alarms):
    said = trouble(report, optional=False)
    assert said.text.endswith("look at the bedside monitor") == bool(begins)
    assert said.text.startswith(begins)
    assert bool(said.text) == bool(begins)
    assert said.alarms == alarms
    if report == Report(staff=NONE, room=NONE):
        assert not trouble(report, optional=True).alarms


@pytest.mark.parametrize("word", OutputWord)
def test_every_word_of_an_output_that_was_chosen_and_does_not_work_is_said(word):
    said = trouble(Report(staff=OutputReport(word, "X"), room=READY), optional=False)
    assert bool(said.text) == (word not in (OutputWord.READY, OutputWord.NOT_CHOSEN))
