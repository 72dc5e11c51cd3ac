"""Notes on their way to disk, drafts and what can be taken back, without a window."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.commands import AddNote, AmendNote
from kapmonitor.session.events import NoteAdded, NoteAmended, NoteKind, Stamped
from kapmonitor.session.state import Dose, SessionState, fold
from ui.notes.book import UNDO_NS, Book, Draft, Lasting, Saving, finished, rows

S = 1_000_000_000


def added(note="n1", t_s=100, text="calm", kind="tag"):
    return AddNote(t_s * S, NoteAdded(note, kind, text, "KL", t_s * S))


def amended(note="n1", text="calmer", *, withdrawn=False):
    return AmendNote(NoteAmended(note, text, withdrawn, "KL"))


def after(*stamped):
    state = SessionState()
    for t_s, event in stamped:
        state = fold(state, Stamped(t_s * S, event))
    return state


def test_a_note_is_saving_until_its_future_resolves_even_if_the_session_shows_it():
    command = added()
    book = Book().send(command)
    state = after((100, command.note))
    assert rows(book, SessionState())[0].saving is Saving.SAVING
    assert rows(book, state)[0].saving is Saving.SAVING
    book = book.resolve(command)
    assert rows(book, state)[0].saving is Saving.SAVED
    assert len(rows(book, state)) == 1


def test_a_failed_note_stays_with_its_reason_and_its_words():
    command = added(text="says the light is warm", kind="text")
    book = Book().send(command).resolve(command, "the disk is full")
    (row,) = rows(book.forget_kept(SessionState()), SessionState())
    assert (row.saving, row.why, row.text) == (Saving.FAILED, "the disk is full", "says the light is warm")


def test_a_retry_takes_the_place_of_the_failure():
    command = added()
    book = Book().send(command).resolve(command, "the disk is full").send(command)
    assert [sent.saving for sent in book.sent] == [Saving.SAVING]
    assert book.failed == ()


def test_what_is_on_disk_and_in_the_session_is_forgotten_but_no_sooner():
    command = added()
    book = Book().send(command).resolve(command)
    assert book.forget_kept(SessionState()) is book
    assert book.forget_kept(after((100, command.note))).sent == ()


def test_a_correction_shows_the_new_words_what_they_were_and_that_it_is_saving():
    state = after((100, added().note))
    command = amended(text="calm, eyes open")
    row = rows(Book().send(command), state)[0]
    assert (row.text, row.was, row.saving) == ("calm, eyes open", "calm", Saving.SAVING)
    later = after((100, added().note), (130, command.note))
    row = rows(Book(), later)[0]
    assert (row.text, row.was, row.t_ns) == ("calm, eyes open", "calm", 100 * S)


def test_a_failed_correction_leaves_the_words_as_they_are_on_disk():
    state = after((100, added().note))
    command = amended(text="calm, eyes open")
    row = rows(Book().send(command).resolve(command, "no"), state)[0]
    assert (row.text, row.was, row.saving) == ("calm", "", Saving.FAILED)


def test_a_withdrawn_note_stays_in_the_list():
    state = after((100, added().note), (104, amended(text="calm", withdrawn=True).note))
    (row,) = rows(Book(), state)
    assert row.withdrawn
    assert row.text == "calm"


@given(st.integers(0, 30 * S))
def test_only_ten_seconds_long_can_a_tag_be_taken_back(later_ns):
    book = replace(Book().send(added()), undoable=("n1", 100 * S))
    command = book.withdrawal(SessionState(), 100 * S + later_ns, "KL")
    if later_ns <= UNDO_NS:
        assert command == AmendNote(NoteAmended("n1", "calm", withdrawn=True, by="KL"))
    else:
        assert command is None


def test_nothing_to_take_back_is_no_command():
    assert Book().withdrawal(SessionState(), 0, "KL") is None


def test_the_first_letter_fixes_the_time_and_an_emptied_line_lets_go_of_it():
    book = Book().typed("s", 50 * S).typed("sa", 51 * S).typed("say", 90 * S)
    assert book.draft == Draft("say", 50 * S)
    book = book.typed("", 91 * S)
    assert book.draft.t_ns is None
    assert book.typed("o", 95 * S).draft.t_ns == 95 * S


def test_a_finished_note_carries_its_first_letter_and_when_it_was_done():
    command = finished(Draft("  says   hello ", 50 * S), "n9", "KL", 70 * S)
    assert command == AddNote(50 * S, NoteAdded("n9", NoteKind.TEXT, "says hello", "KL", 70 * S))


def test_a_finished_correction_amends_and_keeps_its_time():
    book = Book().correct(rows(Book(), after((100, added().note)))[0]).typed("calm now", 500 * S)
    assert book.draft.t_ns == 100 * S
    assert finished(book.draft, "n9", "RN", 501 * S) == AmendNote(
        NoteAmended("n1", "calm now", withdrawn=False, by="RN")
    )


@pytest.mark.parametrize("draft", [Draft(), Draft("   ", 5 * S), Draft("x", None)])
def test_a_note_without_words_is_none(draft):
    assert finished(draft, "n9", "KL", 70 * S) is None


def test_rows_are_newest_first_with_doses_among_them():
    state = replace(
        after((100, added().note), (300, added("n2", 300, "tearful").note)),
        doses=(Dose(200 * S, "ketamine", 70.0, "im", "left deltoid", "RN"),),
    )
    assert [row.t_ns // S for row in rows(Book(), state)] == [300, 200, 100]


def test_a_tag_that_lasted_is_not_shown_as_corrected():
    begun = NoteAdded("n1", "tag", "tearful …", "KL", 0)
    state = after((100, begun), (230, NoteAmended("n1", "tearful, 2:10", withdrawn=False, by="KL")))
    assert rows(Book(), state)[0].was == ""
    one = Lasting("tearful", "n1", 100 * S)
    assert Book().begin(one).lasts("tearful") == one
    assert Book().begin(one).end(one).lasts("tearful") is None
