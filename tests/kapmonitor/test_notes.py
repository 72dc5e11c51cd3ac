"""What a session's notes are after any sequence of what people do to them, and through a kill."""

from dataclasses import dataclass, field

import pytest
from engine_room import STARTED, Room, S
from hypothesis import given, settings
from hypothesis import strategies as st
from past_records import write
from taken_up import taken_up

from kapmonitor.commands import AddNote, AmendNote, EndNote, KeepDraft
from kapmonitor.session.codec import decode, encode
from kapmonitor.session.events import (
    NoteAdded,
    NoteAmended,
    NoteDrafted,
    NoteEnded,
    SessionClosed,
    Stamped,
)
from kapmonitor.session.notes import LATE_NS, Change, NoteDraft
from kapmonitor.session.state import SessionState, fold

NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["calm", "tearful", "says it is warm"])
OPS = st.one_of(
    st.tuples(st.just("add"), NAMES, TEXTS, st.booleans()),
    st.tuples(st.just("amend"), NAMES, TEXTS, st.just(0)),
    st.tuples(st.just("withdraw"), NAMES, TEXTS, st.just(0)),
    st.tuples(st.just("nudge"), NAMES, TEXTS, st.integers(1, 90)),
    st.tuples(st.just("end"), NAMES, TEXTS, st.booleans()),
    st.tuples(st.just("again"), NAMES, TEXTS, st.just(0)),
)


@dataclass
class Plain:
    """A note as somebody would keep it on paper."""

    t_ns: int
    text: str
    lasts: bool
    withdrawn: bool = False
    end_ns: int | None = None
    crossed_out: list[tuple[str, int, bool]] = field(default_factory=list)

    def becomes(self, text, t_ns, withdrawn):
        if (text, t_ns, withdrawn) != (self.text, self.t_ns, self.withdrawn):
            self.crossed_out.append((self.text, self.t_ns, self.withdrawn))
            self.text, self.t_ns, self.withdrawn = text, t_ns, withdrawn


def do(engine, paper, op, now_ns):
    """The same to the session and to the paper."""
    what, name, text, more = op
    plain = paper.get(name)
    if what == "add":
        engine.handle(AddNote(now_ns, NoteAdded(name, "tag", text, "KL", now_ns, lasts=more)))
        paper.setdefault(name, Plain(now_ns, text, more))
    elif what == "end":
        engine.handle(EndNote(now_ns, NoteEnded(name, "KL", undone=more)))
        if plain is not None and plain.lasts:
            plain.end_ns = None if more else plain.end_ns or max(now_ns, plain.t_ns)
    elif plain is not None and what == "amend":
        engine.handle(AmendNote(NoteAmended(name, text, withdrawn=False, by="RN")))
        plain.becomes(text, plain.t_ns, withdrawn=False)
    elif plain is not None and what == "withdraw":
        engine.handle(AmendNote(NoteAmended(name, plain.text, withdrawn=True, by="RN")))
        plain.becomes(plain.text, plain.t_ns, withdrawn=True)
    elif plain is not None and what == "nudge":
        at_ns = plain.t_ns - more * S
        engine.handle(AmendNote(NoteAmended(name, plain.text, plain.withdrawn, "KL", at_ns)))
        plain.becomes(plain.text, max(at_ns, 1000 * S), plain.withdrawn)
    elif plain is not None:
        # a save that was thought to have failed, told once more
        engine.handle(AddNote(now_ns, NoteAdded(name, "tag", text, "KL", now_ns)))


def as_on_paper(notes):
    return {
        note.id: Plain(
            note.t_ns,
            note.text,
            note.lasts,
            note.withdrawn,
            note.end_ns,
            [(c.text, c.at_ns, c.withdrawn) for c in note.changes],
        )
        for note in notes
    }


@settings(max_examples=300, deadline=None)
@given(st.lists(OPS, max_size=25), st.integers(0, 24))
def test_the_fold_is_what_somebody_would_have_kept_on_paper(ops, closed_after):
    room, paper = Room(), {}
    for number, op in enumerate(ops):
        room.clock.move_to(room.clock.now_ns() + 7 * S)
        do(room.engine, paper, op, room.clock.now_ns())
        state = room.engine._state
        assert as_on_paper(state.notes) == paper
        assert [note.id for note in state.notes] == list(paper)
        if number == closed_after:
            break
    read = SessionState()
    for row in room.recorder.rows:
        if isinstance(row, Stamped):
            event = decode(row.event.TYPE, row.event.VERSION, encode(row.event))
            read = fold(read, Stamped(row.t_ns, event))
    assert read.notes == room.engine._state.notes
    over = fold(read, Stamped(room.clock.now_ns(), SessionClosed("ended", 0)))
    assert not any(note.is_open for note in over.notes)
    for note in over.notes:
        plain = paper[note.id]
        goes_on = plain.lasts and plain.end_ns is None and not plain.withdrawn
        assert note.end_ns == (max(room.clock.now_ns(), plain.t_ns) if goes_on else plain.end_ns)


def test_what_lasts_and_what_was_being_written_survive_a_kill(tmp_path):
    room = Room()
    room.after(3)
    t_ns = room.clock.now_ns()
    room.engine.handle(AddNote(t_ns, NoteAdded("n1", "tag", "tearful", "KL", t_ns, "tearful", lasts=True)))
    room.after(5)
    room.engine.handle(KeepDraft(NoteDrafted("n2", t_ns + S, "says the li", "KL")))
    room.engine.handle(KeepDraft(NoteDrafted("n2", t_ns + S, "says the light", "KL")))
    path = tmp_path / "x.kap"
    write(path, Stamped(1000 * S, STARTED), room.recorder.rows, closed=False)
    clock, _, engine = taken_up(path, 60 * S)
    (note,) = engine.snapshot.session.notes
    assert note.is_open
    assert note.tag == "tearful"
    assert engine.snapshot.session.drafts == (NoteDraft("n2", t_ns + S, "says the light", "KL"),)
    engine.handle(EndNote(clock.now_ns(), NoteEnded("n1", "RN")))
    engine.handle(AddNote(t_ns + S, NoteAdded("n2", "text", "says the light is warm", "KL", clock.now_ns())))
    engine.tick(clock.now_ns())
    first, second = engine.snapshot.session.notes
    assert (first.end_ns, first.ended_by) == (clock.now_ns(), "RN")
    assert second.text == "says the light is warm"
    assert engine.snapshot.session.drafts == ()


def test_a_draft_is_let_go_of_by_an_empty_text_and_never_outlives_its_note():
    state = SessionState()
    state = fold(state, Stamped(5, NoteDrafted("n", 3, "x", "KL")))
    assert [draft.text for draft in state.drafts] == ["x"]
    assert fold(state, Stamped(6, NoteDrafted("n", 3, "", "KL"))).drafts == ()
    state = fold(state, Stamped(3, NoteAdded("n", "text", "xy", "KL", 7)))
    assert fold(state, Stamped(8, NoteDrafted("n", 3, "x", "KL"))).drafts == ()


def test_a_correction_ends_its_own_draft_and_nobody_elses():
    state = fold(SessionState(), Stamped(1, NoteAdded("n", "text", "x", "KL", 1)))
    state = fold(state, Stamped(5, NoteDrafted("d", 1, "xy", "KL", corrects="n")))
    state = fold(state, Stamped(5, NoteDrafted("e", 1, "xz", "RN", corrects="n")))
    state = fold(state, Stamped(6, NoteAmended("n", "xy", withdrawn=False, by="KL", reason="a slip")))
    assert [draft.id for draft in state.drafts] == ["e"]
    assert state.notes[0].changes == (Change(6, "KL", "x", 1, reason="a slip"),)
    assert state.notes[0].was == ("x",)


@pytest.mark.parametrize(
    ("said", "after_ns", "late"), [(True, 0, True), (False, LATE_NS, False), (False, LATE_NS + 1, True)]
)
def test_a_note_is_late_if_somebody_says_so_or_it_was_finished_long_after(said, after_ns, late):
    state = fold(SessionState(), Stamped(1, NoteAdded("n", "text", "x", "KL", 1 + after_ns, late=said)))
    assert state.notes[0].late is late
    assert state.notes[0].saved_t_ns == 1 + after_ns


def test_notes_of_older_records_read_as_before():
    added = decode("note.added", 1, '{"by":"KL","kind":"tag","note":"n","saved_t_ns":9,"text":"tearful"}')
    amended = decode("note.amended", 1, '{"by":"RN","note":"n","text":"calm","withdrawn":false}')
    assert added == NoteAdded("n", "tag", "tearful", "KL", 9)
    assert amended == NoteAmended("n", "calm", withdrawn=False, by="RN")
    state = fold(fold(SessionState(), Stamped(9, added)), Stamped(12, amended))
    assert (state.notes[0].text, state.notes[0].was, state.notes[0].t_ns) == ("calm", ("tearful",), 9)


def test_a_note_never_moves_out_of_its_session():
    room = Room()
    room.after(10)
    now_ns = room.clock.now_ns()
    room.engine.handle(AddNote(now_ns, NoteAdded("n", "tag", "calm", "KL", now_ns)))
    for asked_ns, becomes_ns in ((0, 1000 * S), (now_ns + 99 * S, now_ns)):
        room.engine.handle(AmendNote(NoteAmended("n", "calm", withdrawn=False, by="KL", at_ns=asked_ns)))
        assert room.engine._state.notes[0].t_ns == becomes_ns
