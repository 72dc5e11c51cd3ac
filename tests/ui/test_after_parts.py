"""What comes after, without a window: steps over their whole product, rows, words, signers."""

from dataclasses import replace
from itertools import product

import pytest
from after_parts import NASAL, AfterSession, answered, filled, gone

from kapmonitor.commands import Chart
from kapmonitor.formfill import FormState, Missing
from kapmonitor.people.user import About, Meaning, Role
from kapmonitor.preflight import Standing
from kapmonitor.protocol import shipped
from kapmonitor.session.care_events import (
    CheckAnswered,
    CheckOverridden,
    FieldLeftOut,
    FormFilled,
    PersonLeft,
)
from kapmonitor.session.events import DoseGiven
from ui.after import heads, wording
from ui.after.asks import foot
from ui.after.look import Signers, look
from ui.after.rows import CHOSEN, Kind, Tab, rows
from ui.after.signers import matching, meaning_of, role_of
from ui.after.steps import Asking, Cue, Facts, Sign, Step, after
from ui.after.unsigned import is_worth_asking

PEOPLE = (
    About("berg", "Ann Berg", "AB", Role.PRESCRIBER),
    About("bergen", "Ann Bergen", "BE", Role.NURSE),
    About("diaz", "Cole Díaz", "CD", Role.NURSE),
)
EXAMPLE = shipped.example()


def seen(session, protocol=EXAMPLE, signers=Signers(PEOPLE)):  # noqa: B008  # a frozen value
    return look(session.snapshot(), session.cuffs(), protocol, session.now_ns(), signers)


def ready_session():
    session = AfterSession(125)
    gone(session)
    filled(session)
    return session


def every_row():
    """A row of each kind there is, as sessions show them."""
    early, late = AfterSession(), ready_session()
    answered(early, all_of_them=False)
    found = [row for session in (early, late) for tab in Tab for row in rows(tab, seen(session))]
    return [*found, None]


ROWS = every_row()


def test_the_rows_of_two_sessions_are_of_every_kind():
    assert {row.kind for row in ROWS if row is not None} >= CHOSEN


@pytest.mark.parametrize(("step", "cue"), list(product(Step, Cue)))
def test_no_key_does_more_than_its_step_allows(step, cue):
    """Over all rows, with and without a text and a name."""
    off = Asking().off
    for row, text, author, user in product(ROWS, ("", "berg"), ("", "RN"), ("", "berg")):
        asking = Asking(step, row=row.id if row else "", off=replace(off, user=user, name="Ann"))
        facts = Facts(row, text, author, (), PEOPLE, 5)
        now, done = after(asking, cue, facts)
        for effect in done:
            event = effect.event if isinstance(effect, Chart) else None
            assert not isinstance(effect, Sign) or (cue is Cue.ENTER and step in (Step.PIN, Step.SURE))
            assert not isinstance(effect, Sign) or not user or effect.pin == text != ""
            if isinstance(event, CheckOverridden | FieldLeftOut) and step is not Step.REST:
                assert (step, event.reason) == (Step.REASON, "berg")
            if isinstance(event, CheckAnswered) and event.answer:
                assert cue in (Cue.YES, Cue.NO) or step is Step.WRITE
            if isinstance(event, FormFilled) and event.answer:
                assert event.readings == ()
                assert row.field.field.kind.value in ("yes-no", "number", "text")
            if isinstance(event, PersonLeft) and event.left:
                assert (step, cue) == (Step.LEAVE_SURE, Cue.ENTER)
            assert event is None or event.by, "nothing goes on record without a name"
        if cue is Cue.REFUSED:
            assert done == ()
        if step is Step.WAITING and cue is not Cue.REFUSED:
            assert (now.step, done) == (Step.WAITING, ())


def test_nothing_on_record_is_typed_and_time_is_not_answered():
    session = AfterSession(125)
    listed = {row.id: row for tab in (Tab.LEAVE, Tab.FORM) for row in rows(tab, seen(session))}
    for name, words in (("pressure-40", wording.OF_RECORD), ("observed", wording.NOT_HERE)):
        for cue in (Cue.ENTER, Cue.YES, Cue.NO):
            now, done = after(Asking(), cue, Facts(listed[name], author="RN"))
            assert (now.trouble, done) == (words, ())


def test_a_reason_waits_for_what_is_not_done_and_a_name_is_asked_for_first():
    session = AfterSession()
    row = next(row for row in rows(Tab.LEAVE, seen(session)) if row.id == "ride")
    now, done = after(Asking(), Cue.REASON, Facts(row))
    assert (now.step, done) == (Step.NAME, ())
    now, done = after(now, Cue.ENTER, Facts(row, "RN", now_ns=7))
    assert now.step is Step.REASON
    now, done = after(now, Cue.ENTER, Facts(row, " ", now_ns=7))
    assert now.trouble == wording.REASON_NEEDED
    now, done = after(now, Cue.ENTER, Facts(row, "next door", now_ns=7))
    assert done == (Chart(7, CheckOverridden("ride", "next door", "RN")),)
    assert (now.step, now.by) == (Step.REST, "RN")


def said(session, tab):
    return {row.id or row.text: (row.standing, row.said) for row in rows(tab, seen(session))}


def test_each_check_says_how_it_is_known():
    session = AfterSession()
    answered(session, all_of_them=False)
    assert said(session, Tab.LEAVE) == {
        "observed": (Standing.LEFT, "8 min to go, until 16:05"),
        "pressure": (Standing.DONE, "118/75 at 15:55, back since 15:05"),
        "awake": (Standing.DONE, "5 at 15:49"),
        "dissociation": (Standing.DONE, "yes — KL 15:50"),
        "breathing": (Standing.DONE, "yes — RN 15:50"),
        "ride": (Standing.WRONG, "no — RN 15:51"),
        "driving": (Standing.OVERRIDDEN, "without: has no licence — RN 15:51"),
        "left": (None, "2 to do first"),
    }


def test_what_is_not_known_says_so():
    session = AfterSession(30, late=False)
    listed = said(session, Tab.LEAVE)
    assert listed["pressure"] == (Standing.WRONG, "143/90 at 14:35, not back")
    assert listed["awake"] == (Standing.LEFT, wording.NO_SCORE)
    assert listed["left"] == (None, "7 to do first")


def test_the_clock_of_one_and_of_two_doses():
    session = AfterSession()
    parts = heads.clock(seen(session)).parts
    faces = [(part.value, part.waits, part.over) for part in parts]
    assert faces == [("1:52", False, False), ("0:08", True, False)]
    first = session.state.doses[0]
    session.state = replace(session.state, doses=(first, replace(first, t_ns=first.t_ns + 600 * 10**9)))
    assert [part.value for part in heads.clock(seen(session)).parts] == ["1:52", "1:42", "0:08"]
    over = heads.clock(seen(AfterSession(130))).parts[-1]
    assert (over.value, over.over) == ("2:00", True)
    assert heads.clock(seen(AfterSession(dose=None))).note == wording.NO_DOSE
    assert heads.clock(seen(AfterSession(), None)).note == wording.NO_LEAST


@pytest.mark.parametrize(
    ("session", "protocol", "expected"),
    [
        (AfterSession(dose=None), EXAMPLE, FormState.NO_DOSE),
        (AfterSession(), None, FormState.NO_PROTOCOL),
        (AfterSession(), replace(EXAMPLE, form=None), FormState.NO_FORM),
        (AfterSession(dose=DoseGiven("ketamine", 70.0, "im", "arm", "RN")), EXAMPLE, FormState.OTHER_ROUTE),
    ],
)
def test_without_a_form_the_step_says_why(session, protocol, expected):
    (row,) = rows(Tab.FORM, seen(session, protocol))
    assert (row.kind, row.text) == (Kind.NOTE, wording.NO_FORM[expected])
    assert row.text


def test_a_field_shows_its_reading_and_where_it_is_found():
    listed = {row.id: row for row in rows(Tab.FORM, seen(AfterSession()))}
    shown = {name: (row.value, row.said) for name, row in listed.items()}
    assert shown["pressure-40"] == ("141/88 mmHg", "measured 14:45, T+40:00")
    assert shown["dose"] == ("56 mg esketamine", "charted 14:05 — RN")
    assert shown["monitored"] == ("", wording.MISSING[Missing.NOT_LEFT])
    assert listed["sedation"].said == wording.ANSWER


def test_signing_waits_for_the_person_and_the_form():
    waits = rows(Tab.SIGN, seen(AfterSession()))
    assert [row.kind for row in waits[:3]] == [Kind.TO_LEAVING, Kind.TO_FORM, Kind.SIGN]
    assert not waits[2].ready
    assert rows(Tab.SIGN, seen(ready_session()))[2].ready
    left_open = AfterSession(125)
    gone(left_open)
    filled(left_open, "sedation")
    assert not rows(Tab.SIGN, seen(left_open))[2].ready
    left_open.tell(124, FieldLeftOut("sedation", "was not watched", "RN"))
    assert rows(Tab.SIGN, seen(left_open))[2].ready
    assert rows(Tab.SIGN, seen(AfterSession(dose=None)))[2].ready


@pytest.mark.parametrize(
    ("signers", "words"),
    [
        (Signers(PEOPLE), "Ann Berg, Ann Bergen, Cole Díaz"),
        (Signers(), "not a cryptographic signature"),
        (Signers(trouble="people.json: bad"), "people.json: bad"),
        (Signers(kept=False), wording.NOT_KEPT),
    ],
)
def test_it_is_said_how_it_is_signed(signers, words):
    listed = rows(Tab.SIGN, seen(ready_session(), signers=signers))
    assert words in listed[3].text
    assert listed[2].ready == signers.kept


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("berg", "berg"),
        ("AB", "berg"),
        ("cd", "diaz"),
        ("ann berg", "berg"),
        ("cole", "diaz"),
        ("ann", None),
        ("", None),
        ("zoe", None),
    ],
)
def test_a_person_is_found_by_what_belongs_to_them_alone(text, found):
    about = matching(text, PEOPLE)
    assert (about.id if about else None) == found


def test_roles_and_meanings_by_their_first_letters():
    assert [role_of(text) for text in ("n", "Pres", "", "x")] == ["nurse", "prescriber", "", ""]
    meanings = [meaning_of(text) for text in ("a", "Wit", "", "x")]
    assert meanings == [Meaning.AUTHOR, Meaning.WITNESS, None, None]


def test_every_step_has_words_below_the_list():
    view = seen(ready_session())
    for step, tab, row in product(Step, Tab, ROWS):
        shown = foot(Asking(step), tab, row, view, "")
        assert shown.keys
        assert bool(shown.ask) == (step is not Step.REST) or row is None


def test_closing_is_asked_about_only_where_something_was_done():
    assert is_worth_asking(AfterSession().state)
    assert not is_worth_asking(AfterSession(dose=None).state)
    assert NASAL.lot
