"""What the console takes of the clinic's protocol, and why a record is closed when the window is."""

from types import SimpleNamespace

import pytest

from kapmonitor import show_session
from kapmonitor.cli import main, parser
from kapmonitor.commandline import record
from kapmonitor.commandline.settled import settle
from kapmonitor.errors import RecordFull
from kapmonitor.places import sessions_folder
from kapmonitor.protocol.read import parse
from kapmonitor.session.care_events import PersonIdentified, SessionOpened
from kapmonitor.session.events import DoseGiven, Stamped
from kapmonitor.session.state import SessionState, fold
from kapmonitor.show_session import _reason, tag_names
from kapmonitor.snapshot import Snapshot
from kapmonitor.underway import is_underway, put_up
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


def test_other_programs_know_of_a_session_before_it_begins_until_its_console_is_closed(tmp_path, monkeypatch):
    closers, known = [], []

    def begin(_plan):
        known.append(is_underway(sessions_folder()))
        raise RecordFull("x.kap", "no room")

    monkeypatch.setattr(show_session, "begin", begin)
    making = []
    console = SimpleNamespace(prepare=making.append, on_close=closers.append)
    arguments = parser().parse_args(["--out", str(tmp_path / "x.kap")])
    settle(arguments)
    show_session.prepare(console, arguments, tmp_path)
    assert not is_underway(sessions_folder())
    with pytest.raises(RecordFull):
        making[0](lambda _share, _words: None)
    assert known == [True]
    assert is_underway(sessions_folder())
    for close in reversed(closers):
        close()
    assert not is_underway(sessions_folder())


def test_a_recording_without_a_window_is_a_session_too(tmp_path, monkeypatch):
    known = []

    def begin(_plan):
        known.append(is_underway(sessions_folder()))
        raise RecordFull("x.kap", "no room")

    monkeypatch.setattr(record, "begin", begin)
    taken = []
    monkeypatch.setattr(record, "put_up", lambda folder: taken.append(put_up(folder)))
    monkeypatch.setattr(record, "_stop_on_signals", lambda _stop: None)
    arguments = ["record", "--device", "nonin@/dev/null", "--out", str(tmp_path / "x.kap")]
    assert main(arguments) == 2
    taken[0]()
    assert known == [True]
    assert not is_underway(sessions_folder())


def test_a_session_begins_also_where_others_cannot_be_told(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    put_up(tmp_path / "file" / "folder")()
    assert "cannot be told" in caplog.text
    caplog.clear()
