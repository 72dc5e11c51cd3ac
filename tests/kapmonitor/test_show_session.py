"""What the console takes of the clinic's protocol, and why a record is closed when the window is."""

from types import SimpleNamespace

import pytest

from kapmonitor.protocol.read import parse
from kapmonitor.session.care_events import PersonIdentified, SessionOpened
from kapmonitor.session.events import DoseGiven, Stamped
from kapmonitor.session.state import SessionState, fold
from kapmonitor.show_session import _reason, tag_names
from kapmonitor.snapshot import Snapshot
from ui.notes.wording import TAGS

TWO = """
name = "Two keys"
example = true

[[tag]]
key = 2
label = "Tears"

[[tag]]
key = 9
label = "Psychotic symptoms"
short = "psychotic"
"""


def test_the_keys_note_what_the_protocol_says_and_the_usual_where_it_says_nothing():
    names = tag_names(parse(TWO, "test"))
    assert names == (TAGS[0], "Tears", *TAGS[2:8], "psychotic")


def test_without_tags_of_its_own_the_console_has_the_usual_ones():
    assert tag_names(None) == ()
    assert tag_names(parse('name = "None"\nexample = true\n', "test")) == ()


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((), "not-opened"),
        ((PersonIdentified("4471", "1987-03-09", "M.K.", "KL"),), "not-opened"),
        ((SessionOpened("RN", "nurse", ()),), "window"),
        ((DoseGiven("ketamine", 50.0, "im", "arm", "RN"),), "window"),
    ],
)
def test_a_window_that_is_closed_says_whether_there_was_a_session(events, reason):
    state = SessionState()
    for t_ns, event in enumerate(events):
        state = fold(state, Stamped(t_ns, event))
    station = SimpleNamespace(engine=SimpleNamespace(snapshot=Snapshot(session=state)))
    assert _reason(station) == reason
