"""The pure parts of the notes panel: modes, named times, the line, the lines of the list, tags."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.protocol import shipped
from kapmonitor.protocol.tags import LONGEST_SHORT, Tag
from kapmonitor.session.care_events import ProtocolSet
from kapmonitor.session.events import NoteAdded, NoteAmended, Stamped
from kapmonitor.session.state import SessionState, fold
from ui.notes import history, tagset, wording
from ui.notes.author import Author, everybody
from ui.notes.book import Book
from ui.notes.line import line
from ui.notes.listed import lines, name, window
from ui.notes.modes import TABLE, TYPED, Cue, Mode, Step, step
from ui.notes.moment import Clock, Named, named
from ui.notes.rows import Draft

S = 1_000_000_000
MIN = 60 * S
DAY = 24 * 60 * MIN


def seconds(t_ns):
    return f"{t_ns // S}s"


# Modes


@pytest.mark.parametrize(("mode", "cue"), list(product(Mode, Cue)))
def test_every_cue_in_every_mode(mode, cue):
    after, what = step(mode, cue)
    if (mode, cue) not in TABLE:
        assert (after, what) == (mode, Step.NOTHING)
        return
    assert what is not Step.NOTHING
    # letters are text in these modes, so no letter key means anything
    assert mode not in TYPED or cue not in {Cue.LOOK, Cue.WHO, Cue.WRITE}
    shows = {
        Step.OPEN: {Mode.WRITING},
        Step.TAKE_UP: {Mode.WRITING},
        Step.REVISE: {Mode.REVISING},
        Step.WORDS: {Mode.REVISING},
        Step.ASK_WHY: {Mode.WHY},
        Step.WITHDRAW: {Mode.TAKING_BACK},
        Step.LIST: {Mode.LOOKING},
        Step.PEOPLE: {Mode.CHOOSING},
    }
    assert after in shows.get(what, {Mode.REST})


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.REST])
def test_escape_and_a_click_elsewhere_always_end_in_one_key_notes(mode):
    assert step(mode, Cue.ESCAPE)[0] is Mode.REST
    assert step(mode, Cue.LEFT)[0] is Mode.REST


@pytest.mark.parametrize("mode", TYPED)
def test_words_are_saved_kept_or_let_go_of_by_somebody_and_by_nothing_else(mode):
    ends = {step(mode, cue)[1] for cue in Cue if step(mode, cue)[0] is Mode.REST}
    assert ends <= {Step.SAVE, Step.KEEP, Step.LET_GO}
    assert step(mode, Cue.ENTER)[1] is Step.SAVE


# Named times

CLOCK = Clock(start_ns=1000 * MIN, now_ns=1060 * MIN, dose_ns=1015 * MIN, wall_minus_t_ns=3 * DAY - 220 * MIN)
"""Begun at 13:00 by the wall, dose at 13:15, now 14:00."""


@pytest.mark.parametrize(
    ("text", "words", "minutes"),
    [
        ("sat up", "sat up", None),
        ("@13:20 sat up", "sat up", 1020),
        ("@13.20 sat up", "sat up", 1020),
        ("@13:20:30 x", "x", 1020.5),
        ("@T+10 sat up", "sat up", 1025),
        ("@t+10:30 x", "x", 1025.5),
        ("@T-5 x", "x", 1010),
        ("@-5 sat up", "sat up", 1055),
        ("@-0:30 x", "x", 1059.5),
        ("@13:20", "", 1020),
    ],
)
def test_a_note_names_its_moment(text, words, minutes):
    said = named(text, CLOCK)
    assert (said.words, said.t_ns) == (words, None if minutes is None else round(minutes * MIN))
    assert not said.is_wrong


@pytest.mark.parametrize("text", ["@", "@x y", "@14:01 x", "@12:59 x", "@T+99 x", "@-61 x", "@24:00", "@7 x"])
def test_a_time_outside_the_session_or_none_at_all_is_wrong(text):
    assert named(text, CLOCK).is_wrong


def test_without_a_dose_nothing_is_counted_from_it():
    assert named("@T+10 x", Clock(0, 60 * MIN, None, 0)).is_wrong


@given(st.text(max_size=30))
def test_any_text_is_words_or_a_time_of_this_session(text):
    said = named(text, CLOCK)
    if said.t_ns is not None:
        assert CLOCK.start_ns <= said.t_ns <= CLOCK.now_ns
    assert said.is_wrong == (bool(said.time) and said.t_ns is None)


# The line


@pytest.mark.parametrize(
    ("mode", "draft", "said", "lead", "hint"),
    [
        (Mode.REST, Draft(), Named(""), "", wording.IDLE),
        (Mode.WRITING, Draft("n", "KL"), Named(""), "", wording.EMPTY),
        (Mode.WRITING, Draft("n", "KL", "x", 5 * S), Named("x"), "5s", ""),
        (Mode.WRITING, Draft("n", "KL", "@2 x", 5 * S), Named("x", "@2", 2 * S), "for 2s", ""),
        (Mode.WRITING, Draft("n", "RN", "x", 5 * S), Named("x"), "draft RN 5s", ""),
        (Mode.REST, Draft("n", "KL", "x", 5 * S), Named("x"), "draft 5s", ""),
        (Mode.REVISING, Draft("n", "KL", "x", 5 * S, "m"), Named("x"), "corrects 5s", ""),
        (Mode.WHY, Draft("n", "KL", "x", 5 * S, "m"), Named("x"), "why", wording.WHY_EMPTY),
        (Mode.TAKING_BACK, Draft("n", "KL", "", 5 * S, "m"), Named(""), "takes back 5s", wording.WHY_EMPTY),
    ],
)
def test_what_stands_before_the_words(mode, draft, said, lead, hint):
    shown = line(mode, draft, said, "KL", seconds)
    assert (shown.lead, shown.hint) == (lead, hint)
    assert shown.in_use == (mode in TYPED)


# The list


def after(*stamped):
    state = SessionState()
    for t_s, event in stamped:
        state = fold(state, Stamped(t_s * S, event))
    return state


def test_every_change_is_told_newest_first_with_who_when_and_why():
    state = after(
        (100, NoteAdded("n", "text", "calm", "KL", 160 * S, late=True)),
        (200, NoteAmended("n", "tearful", withdrawn=False, by="RN", reason="wrong key")),
        (210, NoteAmended("n", "tearful", withdrawn=False, by="KL", at_ns=70 * S)),
        (220, NoteAmended("n", "tearful", withdrawn=True, by="PB", reason="another person")),
        (230, NoteAmended("n", "tearful", withdrawn=False, by="")),
    )
    (row,) = Book().rows(state)
    assert history.lines(row, seconds) == (
        "230s no name: stands again",
        "220s PB: taken back (another person)",
        "210s KL: was 100s",
        "200s RN: was “calm” (wrong key)",
        "written 160s for 100s KL",
    )
    assert history.aside(row, seconds) == "was: calm"


def many(count):
    return Book().rows(
        after(*((t, NoteAdded(f"n{t}", "tag", "calm", "KL", t * S)) for t in range(1, count + 1)))
    )


@given(st.integers(1, 30), st.data())
def test_the_chosen_row_is_always_in_view(count, data):
    rows = many(count)
    chosen = name(data.draw(st.sampled_from(rows)))
    opened = data.draw(st.sampled_from(["", chosen]))
    fitting, top = data.draw(st.integers(1, 8)), data.draw(st.integers(0, 40))
    listed = lines(rows, opened, seconds)
    first = window(listed, chosen, fitting, top)
    shown = listed[first : first + fitting]
    assert 0 <= first <= max(0, len(listed) - fitting)
    assert any(name(line.row) == chosen and not line.told for line in shown)
    assert window(listed, "", fitting, top) == 0
    assert window(listed, chosen, fitting, first) == first


# Tags and people


def test_our_own_tags_fill_the_keys_and_fit_them():
    assert [tag.key for tag in tagset.DEFAULT] == list(range(1, 10))
    assert all(len(tag.short) <= LONGEST_SHORT for tag in tagset.DEFAULT)
    assert tuple(tag.short for tag in tagset.DEFAULT) == wording.TAGS


def test_the_protocol_on_record_says_what_the_keys_note():
    protocol = shipped.example()
    state = after((1, ProtocolSet(protocol.name, "", "", True, protocol.toml)))
    tags = tagset.of_session(state)
    assert [tag.key for tag in tags] == list(range(1, 10))
    assert tags[8].escalation
    assert not tags[7].interval
    assert tagset.of_session(SessionState()) == ()
    assert tagset.of_session(after((1, ProtocolSet("x", "", "", True, "name = 3")))) == ()


def test_a_key_that_is_left_out_notes_what_it_usually_does():
    own = Tag(2, "Shaking", "shaking")
    assert tagset.with_usual([own])[:3] == (tagset.DEFAULT[0], own, tagset.DEFAULT[2])


def test_tags_may_be_given_by_name_alone():
    first, second = tagset.named(["tearful", "a name much longer than a key"])
    assert (first.key, first.label, first.short) == (1, "Tearful", "tearful")
    assert (second.key, second.interval, len(second.short)) == (2, True, LONGEST_SHORT)


def test_whoever_is_at_the_keys_can_be_chosen_though_nobody_knows_them():
    known = (Author("KL", "Kim Lee"), Author("RN"))
    assert everybody(known, "KL") == known
    assert everybody(known, "") == known
    assert everybody(known, "XX") == (Author("XX"), *known)
