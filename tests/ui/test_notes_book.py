"""Notes on their way to disk, drafts and what can be taken back, without a window."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.commands import AddNote, AmendNote, EndNote
from kapmonitor.session.events import NoteAdded, NoteAmended, NoteDrafted, NoteEnded, NoteKind, Stamped
from kapmonitor.session.state import Dose, SessionState, fold
from ui.notes import wording
from ui.notes.book import UNDO_NS, Act, Book, Did
from ui.notes.drafts import finished, recalled, to_keep
from ui.notes.moment import Named
from ui.notes.rows import Draft, Saving

S = 1_000_000_000


def added(note="n1", t_s=100, text="calm", kind="tag", **more):
    return AddNote(t_s * S, NoteAdded(note, kind, text, "KL", t_s * S, **more))


def amended(note="n1", text="calmer", *, withdrawn=False, at_s=None):
    return AmendNote(NoteAmended(note, text, withdrawn, "KL", None if at_s is None else at_s * S))


def after(*stamped):
    state = SessionState()
    for t_s, event in stamped:
        state = fold(state, Stamped(t_s * S, event))
    return state


def writing(text, t_s=50, **more):
    return Draft("n9", "KL", text, t_s * S, touched=True, **more)


def test_a_note_is_saving_until_its_future_resolves_even_if_the_session_shows_it():
    command = added()
    book = Book().send(command, 100 * S)
    state = after((100, command.note))
    assert book.rows(SessionState())[0].saving is Saving.SAVING
    assert book.rows(state)[0].saving is Saving.SAVING
    book = book.resolve(command, 101 * S)
    assert book.rows(state)[0].saving is Saving.SAVED
    assert len(book.rows(state)) == 1


def test_a_failed_note_stays_with_its_reason_and_its_words():
    command = added(text="says the light is warm", kind="text")
    book = Book().send(command, 100 * S).resolve(command, 101 * S, "the disk is full")
    (row,) = book.forget_kept(999 * S).rows(SessionState())
    assert (row.saving, row.why, row.text) == (Saving.FAILED, "the disk is full", "says the light is warm")


def test_a_retry_takes_the_place_of_the_failure():
    command = added()
    book = Book().send(command, 100 * S).resolve(command, 101 * S, "the disk is full")
    assert len(book.failed) == 1
    for again in (book.again(command), book.send(command, 104 * S)):
        assert [sent.saving for sent in again.sent] == [Saving.SAVING]
        assert again.failed == ()


def test_what_is_on_disk_and_in_the_session_is_forgotten_but_no_sooner():
    command = added()
    book = Book().send(command, 100 * S).resolve(command, 101 * S)
    assert book.forget_kept(100 * S) is book
    assert book.forget_kept(101 * S).sent == ()


def test_a_correction_shows_the_new_words_what_they_were_and_that_it_is_saving():
    state = after((100, added().note))
    command = amended(text="calm, eyes open")
    row = Book().send(command, 130 * S).rows(state)[0]
    assert (row.text, row.was, row.saving) == ("calm, eyes open", "calm", Saving.SAVING)
    later = after((100, added().note), (130, command.note))
    for book in (Book(), Book().send(command, 130 * S)):
        row = book.rows(later)[0]
        assert (row.text, row.was, row.t_ns, len(row.changes)) == ("calm, eyes open", "calm", 100 * S, 1)


def test_a_change_is_shown_once_while_the_one_after_it_is_on_its_way():
    first, second = amended(text="calmer"), amended(text="calmest")
    book = Book().send(first, 110 * S).resolve(first, 111 * S).send(second, 112 * S)
    state = after((100, added().note), (110, first.note), (112, second.note))
    row = book.rows(state)[0]
    assert (row.text, [change.text for change in row.changes]) == ("calmest", ["calm", "calmer"])


def test_a_failed_correction_leaves_the_words_as_they_are_on_disk():
    state = after((100, added().note))
    command = amended(text="calm, eyes open")
    row = Book().send(command, 130 * S).resolve(command, 131 * S, "no").rows(state)[0]
    assert (row.text, row.was, row.saving) == ("calm", "", Saving.FAILED)


def test_a_withdrawn_note_stays_in_the_list():
    state = after((100, added().note), (104, amended(text="calm", withdrawn=True).note))
    (row,) = Book().rows(state)
    assert row.withdrawn
    assert (row.text, wording.row_end(row)) == ("calm", "taken back")


@given(st.integers(0, 30 * S))
def test_only_ten_seconds_long_can_a_tag_be_taken_back(later_ns):
    book = Book().send(added(), 100 * S).did(Act(Did.ADDED, "n1", 100 * S))
    left, command = book.undo(SessionState(), 100 * S + later_ns, "KL")
    if later_ns <= UNDO_NS:
        assert command == AmendNote(NoteAmended("n1", "calm", withdrawn=True, by="KL"))
        assert left.acts == ()
    else:
        assert command is None
        assert left is book


def test_nothing_to_take_back_is_no_command():
    assert Book().undo(SessionState(), 0, "KL") == (Book(), None)


def test_what_was_done_is_taken_back_one_after_the_other():
    state = after((100, added(lasts=True).note))
    before = Book().rows(state)[0]
    book = Book()
    for act in (
        Act(Did.ADDED, "n1", 100 * S),
        Act(Did.MOVED, "n1", 101 * S, before),
        Act(Did.ENDED, "n1", 102 * S),
    ):
        book = book.did(act)
    book, ended = book.undo(state, 103 * S, "RN")
    book, moved = book.undo(state, 104 * S, "RN")
    book, withdrawn = book.undo(state, 105 * S, "RN")
    assert ended == EndNote(103 * S, NoteEnded("n1", "RN", undone=True))
    assert moved == AmendNote(NoteAmended("n1", "calm", withdrawn=False, by="RN", at_ns=100 * S))
    assert withdrawn == AmendNote(NoteAmended("n1", "calm", withdrawn=True, by="RN"))
    assert book.undo(state, 106 * S, "RN") == (book, None)


def test_the_first_letter_fixes_the_time_and_an_emptied_line_lets_go_of_it():
    book = Book().put(Draft("n9", "KL"))
    book = book.typed("s", 50 * S).typed("sa", 51 * S).typed("say", 90 * S)
    assert (book.draft.text, book.draft.t_ns) == ("say", 50 * S)
    book = book.typed("", 91 * S)
    assert book.draft.t_ns is None
    assert book.typed("o", 95 * S).draft.t_ns == 95 * S


def test_a_finished_note_carries_its_first_letter_and_when_it_was_done():
    command = finished(writing("  says   hello "), Named("  says   hello "), None, "RN", 70 * S)
    assert command == AddNote(50 * S, NoteAdded("n9", NoteKind.TEXT, "says hello", "RN", 70 * S))


def test_a_finished_note_of_a_named_time_is_late():
    command = finished(writing("@-1 x"), Named("x", "@-1", 5 * S), None, "KL", 70 * S)
    assert command == AddNote(5 * S, NoteAdded("n9", NoteKind.TEXT, "x", "KL", 70 * S, late=True))


def test_a_finished_correction_amends_and_keeps_its_time():
    row = Book().rows(after((100, added().note)))[0]
    draft = writing("calm now", 100, corrects="n1", why="  a  slip ")
    assert finished(draft, Named("calm now"), row, "RN", 501 * S) == AmendNote(
        NoteAmended("n1", "calm now", withdrawn=False, by="RN", reason="a slip")
    )
    moved = finished(draft, Named("", "@x", 90 * S), row, "RN", 501 * S)
    assert (moved.note.text, moved.note.at_ns) == ("calm", 90 * S)
    assert finished(draft, Named("calm"), row, "RN", 501 * S) is None
    assert finished(draft, Named("calm"), replace(row, withdrawn=True), "RN", 501 * S) is not None
    assert finished(draft, Named("calm"), None, "RN", 501 * S) is None


@pytest.mark.parametrize("draft", [Draft(), Draft("n", "KL", "   ", 5 * S), Draft("n", "KL", "x", None)])
def test_a_note_without_words_is_none(draft):
    assert finished(draft, Named(draft.text), None, "KL", 70 * S) is None


def test_the_session_is_given_what_it_does_not_hold_and_no_more():
    book = Book().put(writing("sa"))
    (kept,) = to_keep(book, SessionState())
    assert kept == NoteDrafted("n9", 50 * S, "sa", "KL")
    state = after((52, kept))
    assert list(to_keep(book, state)) == []
    (more,) = to_keep(book.typed("say", 53 * S), state)
    assert more.text == "say"
    (gone,) = to_keep(book.drop(), state)
    assert gone.text == ""
    assert list(to_keep(book.drop(), after((52, kept), (53, gone)))) == []
    assert list(to_keep(book.take(), state)) == [], "the note itself takes its place"
    assert Book(drafts=recalled(state)).rest("KL") == book


def test_nobody_s_empty_or_unread_draft_is_kept():
    book = Book().put(Draft("a", "KL")).put(Draft("b", "KL", "calm", 5 * S, corrects="n1"))
    assert book.rest("KL").drafts == ()
    assert list(to_keep(book, SessionState())) == []


def test_each_person_has_a_draft_of_their_own():
    book = Book().put(writing("words of KL")).put(Draft("n8", "RN", "words of RN", 60 * S, touched=True))
    assert book.rest("KL").draft.text == "words of KL"
    assert book.rest("RN").draft.text == "words of RN"
    assert book.rest("PB").draft == Draft()
    rows = book.rest("KL").rows(SessionState())
    assert [(row.text, wording.row_end(row)) for row in rows] == [("words of RN", "draft, RN")]


def test_rows_are_newest_first_with_doses_among_them():
    state = replace(
        after((100, added().note), (300, added("n2", 300, "tearful").note)),
        doses=(Dose(200 * S, "ketamine", 70.0, "im", "left deltoid", "RN"),),
    )
    assert [row.t_ns // S for row in Book().rows(state)] == [300, 200, 100]


def test_a_tag_that_lasted_in_an_older_record_is_not_shown_as_corrected():
    begun = NoteAdded("n1", "tag", "tearful …", "KL", 0)
    state = after((100, begun), (230, NoteAmended("n1", "tearful, 2:10", withdrawn=False, by="KL")))
    row = Book().rows(state)[0]
    assert row.was == ""
    assert wording.row_end(row) == "KL"
