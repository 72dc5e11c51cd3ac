"""Every event through JSON and back; what cannot be read is kept."""

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import ClassVar, get_args, get_type_hints

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.session import codec
from kapmonitor.session.codec import EVENTS, UnknownEvent, decode, encode
from kapmonitor.session.events import (
    AlarmChanged,
    LimitsSet,
    MusicEvent,
    NoteAdded,
    PhaseChanged,
    SessionEvent,
)


def events_of(event):
    hints = get_type_hints(event)
    return st.builds(event, **{f.name: st.from_type(hints[f.name]) for f in dataclasses.fields(event)})


any_event = st.sampled_from(get_args(SessionEvent)).flatmap(events_of)


def same(a, b):
    """Equal, NaN being equal to itself."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (math.isnan(a) and math.isnan(b))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and a == b


@given(event=any_event)
def test_every_event_comes_back_as_it_was(event):
    body = encode(event)
    back = decode(event.TYPE, event.VERSION, body)
    assert type(back) is type(event)
    for field in dataclasses.fields(event):
        assert same(getattr(back, field.name), getattr(event, field.name))
    assert encode(back) == body
    assert rfc8785.dumps(json.loads(body, parse_int=float)).decode() == body


def test_all_events_are_known():
    assert set(EVENTS.values()) == set(get_args(SessionEvent))
    assert len(EVENTS) == len(get_args(SessionEvent))


def test_numbers_json_cannot_hold_are_text():
    note = NoteAdded("n", "text", "x", "AB", 2**60)
    assert json.loads(encode(note))["saved_t_ns"] == str(2**60)
    changed = AlarmChanged("c", "high", "a", "b", "x", math.inf, None, 5)
    assert json.loads(encode(changed))["value"] == "inf"
    assert decode("alarm.changed", 1, encode(changed)) == changed


def test_half_a_character_does_not_lose_the_note():
    body = encode(NoteAdded("n", "text", "before \ud800 after", "AB", 1))
    back = decode("note.added", 1, body)
    assert isinstance(back, NoteAdded)
    assert back.text == "before \ufffd after"


def test_tuples_come_back_as_tuples():
    limits = LimitsSet("adult", "AB", (("hr-high", "hr", "high", "high", 120.0, 10.0),))
    back = decode("limits.set", 1, encode(limits))
    assert back == limits
    assert isinstance(back, LimitsSet)
    assert isinstance(back.rules[0], tuple)
    assert isinstance(back.rules[0][4], float)


@pytest.mark.parametrize(
    ("type_", "version", "body", "reason"),
    [
        ("future.thing", 1, "{}", "no event of this type"),
        ("phase.changed", 2, '{"by":"A","phase":"peak"}', "newer"),
        ("phase.changed", 0, '{"by":"A","phase":"peak"}', "up to date"),
        ("phase.changed", 1, '{"by":"A"}', "phase"),
        ("phase.changed", 1, '{"by":"A","phase":"peak","more":1}', "more"),
        ("phase.changed", 1, '{"by":1,"phase":"peak"}', "by is not"),
        ("phase.changed", 1, "not json", "not JSON"),
        ("phase.changed", 1, "[" * 100_000, "not JSON"),
        ("phase.changed", 1, "[]", "not a JSON object"),
        ("alarm.acknowledged", 1, '{"by":"A","conditions":"x"}', "not a list"),
        ("limits.set", 1, '{"name":"","rules":[["a"]],"signed_by":""}', "1 parts"),
        ("clock.anchored", 1, '{"step_ns":0,"utc_ns":"soon"}', "not a number"),
        ("clock.anchored", 1, '{"step_ns":true,"utc_ns":1}', "step_ns is not"),
        ("clock.anchored", 1, '{"step_ns":1.5,"utc_ns":1}', "step_ns is not"),
    ],
)
def test_what_cannot_be_read_is_kept(type_, version, body, reason):
    event = decode(type_, version, body)
    assert isinstance(event, UnknownEvent)
    assert (event.type, event.version, event.body) == (type_, version, body)
    assert reason in event.reason


@given(type_=st.sampled_from(sorted(EVENTS)) | st.text(), version=st.integers(), body=st.text())
def test_any_text_is_an_event_or_kept(type_, version, body):
    event = decode(type_, version, body)
    assert isinstance(event, UnknownEvent)
    assert event.body == body


@pytest.fixture
def _fresh_hints():
    codec._hints.cache_clear()
    yield
    codec._hints.cache_clear()


@pytest.mark.usefixtures("_fresh_hints")
def test_older_versions_are_brought_up_step_by_step(monkeypatch):
    @dataclass(frozen=True, slots=True)
    class Moved:
        TYPE: ClassVar[str] = "phase.changed"
        VERSION: ClassVar[int] = 3
        phase: str
        by: str

    monkeypatch.setattr(codec, "EVENTS", {"phase.changed": Moved})
    steps = {
        ("phase.changed", 1): lambda body: {"name": body["p"]},
        ("phase.changed", 2): lambda body: {"phase": body["name"], "by": ""},
    }
    assert decode("phase.changed", 1, '{"p":"peak"}', steps) == Moved("peak", "")
    assert decode("phase.changed", 2, '{"name":"peak"}', steps) == Moved("peak", "")
    assert decode("phase.changed", 3, encode(PhaseChanged("peak", "AB")), steps) == Moved("peak", "AB")
    assert isinstance(decode("phase.changed", 2, '{"name":"peak"}', {}), UnknownEvent)


def test_an_event_of_something_else_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="cannot hold"):
        encode(PhaseChanged(object(), "AB"))


def test_music_of_the_first_version_is_read():
    body = encode(MusicEvent("started", "Peak", "a", "A", 1.0, 2.0, -12.0, "Room"))
    old = {key: value for key, value in json.loads(body).items() if key not in {"by", "duck_db", "gain_db"}}
    back = decode("music", 1, json.dumps(old))
    assert back == MusicEvent("started", "Peak", "a", "A", 1.0, 2.0, -12.0, "Room", "", 0.0, 0.0)
