"""A record as a session with a playhead."""

import shutil
import sqlite3
from contextlib import closing

import pytest
from fault_parts import damaged_waves
from made_record import ALARM_S, DOSE_S, END_S, LOST_S, NOTE_S, PLETH, T0, UTC0, S, make_record
from past_records import write

from kapmonitor.commands import StartCuff
from kapmonitor.errors import CommandRefused, RecordDamaged
from kapmonitor.model import NO_SAMPLE, ChannelKey, GenerationMode, LinkState, Measured
from kapmonitor.people.staff import Staff
from kapmonitor.record.amend import Amendment, amend
from kapmonitor.record.appending import Outside
from kapmonitor.record.left import Lost
from kapmonitor.record.store import Store
from kapmonitor.record.stories import Stories
from kapmonitor.record.verify import INTACT, verify
from kapmonitor.review import Review
from kapmonitor.session.events import LinkEvent, NoteAdded, Phase, SessionResumed, SessionStarted, Stamped
from kapmonitor.snapshot import Freshness


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("record") / "r.kap")


@pytest.fixture
def review(path):
    real = [0]
    made = Review(path, verify(path), lambda: real[0])
    made.real = real
    yield made
    made.close()


def at(review, second):
    review.seek(T0 + second * S)
    return review.snapshot()


def test_the_span_is_the_session(review):
    first, last = review.span()
    assert first == T0
    assert (last - T0) / S == pytest.approx(END_S, abs=1)


def test_numbers_are_those_of_the_playhead(review):
    snapshot = at(review, 50)
    assert snapshot.hr.reading == Measured(65.0)
    assert snapshot.hr.source == "Heart strap"
    assert snapshot.spo2.reading == Measured(97.0)
    assert snapshot.nibp.last.systolic == Measured(128.0)
    assert at(review, 20).nibp.last is None
    assert snapshot.mode is GenerationMode.TEST


def test_what_people_did_appears_when_they_did_it(review):
    assert at(review, DOSE_S - 1).session.doses == ()
    after = at(review, NOTE_S)
    assert after.session.dose_t_ns == T0 + DOSE_S * S
    assert after.session.phase is Phase.ONSET
    assert [note.text for note in after.session.notes] == ["tearful"]
    assert after.session.started.initials == "M.K."


def test_alarms_stand_as_they_stood(review):
    during = at(review, ALARM_S + 20)
    assert during.alarms[0].condition == "spo2-low"
    assert during.spo2.alarm is not None
    assert at(review, ALARM_S - 1).alarms == ()


def test_a_lost_link_and_its_stale_number(review):
    lost = at(review, LOST_S + 6)
    assert next(link for link in lost.links if link.device == "strap").state is LinkState.WAITING
    assert lost.hr.freshness is Freshness.STALE
    assert lost.alarms[0].text == "Heart strap"


def test_losses_last_from_the_loss_to_the_return():
    told = [("connecting", 1), ("live", 2), ("stale", 5), ("waiting", 6), ("connecting", 7), ("live", 9)]
    told += [("waiting", 20), ("off", 30)]
    events = [Stamped(t_ns, LinkEvent("oxi", state, "none", "")) for state, t_ns in told]
    assert Stories(events).losses("oxi") == ((5, 9),)


def test_wall_clock_belongs_to_the_record(review):
    snapshot = at(review, 100)
    assert abs(snapshot.utc_ns - (UTC0 + 100 * S)) < S
    assert snapshot.utc_offset_min == 60


def test_playing_runs_at_its_speed_and_ends_at_the_end(review):
    review.seek(T0)
    review.set_speed(10)
    review.play(playing=True)
    review.real[0] += 5 * S
    assert review.now_ns() == T0 + 50 * S
    review.set_speed(60)
    review.real[0] += 1 * S
    assert review.now_ns() == T0 + 110 * S
    review.real[0] += 60 * S
    assert review.now_ns() == review.span()[1]
    assert not review.playing()


def test_a_speed_beyond_the_limits_is_clipped(review):
    review.seek(T0)
    review.set_speed(1000)
    review.play(playing=True)
    review.real[0] += S
    assert review.now_ns() == T0 + 60 * S


def test_moments_are_dose_note_alarm_phase_and_reading_in_order(review):
    found = review.moments()
    assert [kind for _, kind in found if kind in {"dose", "note", "alarm"}][:3] == ["dose", "note", "alarm"]
    assert ((T0 + DOSE_S * S), "phase") in found
    assert [(t_ns - T0) // S for t_ns, kind in found if kind == "reading"] == [ALARM_S]


def test_at_half_speed_a_second_takes_two(review):
    review.seek(T0)
    review.set_speed(0.5)
    review.play(playing=True)
    review.real[0] += 2 * S
    assert review.now_ns() == T0 + S


def test_the_wave_is_where_the_playhead_is(review):
    at(review, 100)
    tap = review.tap(ChannelKey("oxi", PLETH.ref))
    head = tap.head()
    assert abs(tap.read(head - 75, head).max() - 1000) < 20
    at(review, 50)
    assert head - tap.head() == pytest.approx(50 * 75, abs=2)


def test_nothing_can_be_changed(review):
    assert isinstance(review.submit(StartCuff("RN")).exception(0), CommandRefused)


def test_summary_is_plain(review):
    assert review.summary() == "intact"


def test_something_else_is_no_record(tmp_path):
    path = tmp_path / "x.kap"
    path.write_bytes(b"not a record")
    with pytest.raises(RecordDamaged):
        Review(path, verify(path))


def test_damaged_waves_have_no_samples_and_the_rest_is_shown(path, tmp_path):
    bad = damaged_waves(path, tmp_path / "bad.kap")
    review = Review(bad, verify(bad))
    tap = review.tap(ChannelKey("oxi", PLETH.ref))
    assert at(review, 50).spo2.reading == Measured(97.0)
    head = tap.head()
    assert (tap.read(head - 75, head) == NO_SAMPLE).all()
    assert "damaged" in review.summary()
    review.close()


def test_where_readings_are_lost_no_tile_says_that_there_were_none(path):
    lost = (
        Lost("readings", 3, T0 + 30 * S, T0 + 60 * S),
        Lost("waves", 1, T0, T0 + 90 * S),
        Lost("readings", 1, T0 + 70 * S, T0 + 80 * S, changed=True),
    )
    review = Review(path, verify(path), lost=lost)
    for second, unread in ((20, False), (30, True), (60, True), (61, False), (75, False)):
        shown = at(review, second)
        assert {shown.hr.unread, shown.spo2.unread, shown.nibp.unread} == {unread}, second
    review.close()


def test_the_time_of_day_after_a_restart_is_what_the_restart_found(tmp_path):
    started = Stamped(T0, SessionStarted("s1", "Test", "0", UTC0, 60, "CET"))
    later = Stamped(T0 + 20 * S, SessionResumed(UTC0 + 3620 * S, 5 * S))
    path = write(tmp_path / "a.kap", started, [later], closed=True)
    made = Review(path, verify(path), lambda: 0)
    assert at(made, 10).utc_ns == UTC0 + 10 * S
    assert at(made, 20).utc_ns == UTC0 + 3620 * S
    made.close()


def killed(folder, made):
    """The record of a session that was killed: half of it still in the log, which nobody has folded in."""
    started = Stamped(T0, SessionStarted("s1", "Test", "0", UTC0, 60, "CET"))
    path = write(folder / "w.kap", started, [], closed=False)
    store = Store(path)
    store.commit([(T0 + S, Stamped(T0 + S, NoteAdded("n1", "text", "calm", "KL", T0 + S)))])
    made.mkdir()
    for name in ("w.kap", "w.kap-wal"):
        shutil.copy(folder / name, made / name)
    store.abandon()
    assert (made / "w.kap-wal").stat().st_size > 0
    return made / "w.kap"


def held(path):
    return {each.name: each.read_bytes() for each in path.parent.iterdir() if not each.name.endswith("-shm")}


def test_looking_at_an_interrupted_record_changes_neither_it_nor_its_log(tmp_path):
    path = killed(tmp_path, tmp_path / "killed")
    before = held(path)
    made = Review(path, verify(path), lambda: 0)
    assert [note.text for note in made.whole().notes] == ["calm"]
    made.close()
    assert held(path) == before


def test_looking_at_a_record_that_was_closed_leaves_its_log_as_it_was(path, tmp_path):
    """A record that somebody read while it was closed keeps its log until somebody writes."""
    copy = shutil.copy(path, tmp_path / "c.kap")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    (tmp_path / "c.kap-wal").touch()
    before = held(copy)
    made = Review(copy, verify(copy), lambda: 0)
    made.close()
    assert held(copy) == before


def test_what_was_added_while_it_was_looked_at_is_left_in_one_file(path, tmp_path):
    copy = shutil.copy(path, tmp_path / "a.kap")
    made = Review(copy, verify(copy), lambda: 0)
    note = made.whole().notes[0]
    amend(copy, Amendment(note.id, "calm", False, "misheard"), "KL", None, UTC0, Outside(Staff()))
    made.close()
    assert sorted(held(copy)) == ["a.kap", "a.kap.heads"]
    assert verify(copy).kind == INTACT


def test_closing_a_review_of_a_file_that_went_away_is_quiet(path, tmp_path):
    copy = shutil.copy(path, tmp_path / "r.kap")
    made = Review(copy, verify(copy), lambda: 0)
    copy.unlink()  # as with a stick that was pulled out
    made.close()
    assert held(copy) == {}
