"""What staff chart about the person and their care, through the engine, on record and folded again."""

import pytest
from engine_room import Room, S
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.commands import Chart, GiveDose
from kapmonitor.errors import CommandRefused
from kapmonitor.session.care import Care, charted
from kapmonitor.session.care_events import (
    CardFilled,
    CheckAnswered,
    CheckOverridden,
    FieldLeftOut,
    FormFilled,
    HandedOver,
    PersonIdentified,
    PersonLeft,
    PresenceSaid,
    ScaleScored,
    SessionOpened,
    SessionSignedOff,
)
from kapmonitor.session.codec import decode, encode
from kapmonitor.session.events import DoseGiven

MK = PersonIdentified("4471", "1987-03-09", "M.K.", "RN")


@pytest.fixture
def room():
    return Room()


def chart(room, event):
    room.engine.handle(Chart(room.clock.now_ns(), event)).result(1)
    return room.after(0.25).session.care


def test_a_person_is_known_by_two_identifiers_and_stays_the_same(room):
    chart(room, MK)
    care = chart(room, PersonIdentified("4472", "1987-03-09", "M.K.", "RN"))
    assert care.person.record_number == "4472"
    with pytest.raises(CommandRefused) as caught:
        chart(room, PersonIdentified("4471", "1990-01-01", "A.B.", "RN"))
    assert caught.value.reason == "another-person"
    assert room.after(0.25).session.care.person.birth_date == "1987-03-09"


def test_the_newest_line_of_the_card_holds_and_the_record_keeps_all(room):
    chart(room, CardFilled("intention", "to look at it", "KL"))
    care = chart(room, CardFilled("intention", "to look at it without turning away", "KL"))
    assert care.on_card("intention") == "to look at it without turning away"
    assert care.on_card("touch") == ""
    assert len(room.recorder.events(CardFilled)) == 2


def test_an_answer_is_taken_back_and_an_override_keeps_its_reason(room):
    care = chart(room, CheckAnswered("consent", "yes", "on paper", "KL"))
    assert (care.answer("consent").text, care.answer("consent").because) == ("yes", "on paper")
    assert chart(room, CheckAnswered("consent", "", "", "KL")).answer("consent") is None
    care = chart(room, CheckOverridden("escort", "sister comes at six", "RN"))
    assert (care.override("escort").because, care.override("escort").by) == ("sister comes at six", "RN")
    care = chart(room, SessionOpened("RN", "nurse", ("escort",)))
    assert (care.opened_t_ns, care.opened_by) == (room.clock.now_ns() - S // 4, "RN")


def test_scores_and_who_is_there(room):
    chart(room, ScaleScored("moaas", 4, 0, "RN"))
    room.after(5)
    care = chart(room, ScaleScored("moaas", 5, 0, "RN"))
    assert [score.score for score in care.scores] == [4, 5]
    assert care.latest("moaas").score == 5
    assert care.latest("distress") is None
    chart(room, PresenceSaid("RN", "nurse", True, "RN"))
    chart(room, PresenceSaid("KL", "therapist", True, "RN"))
    care = chart(room, HandedOver("nurse", "RN", "TW"))
    assert {(each.person, each.role) for each in care.present} == {("KL", "therapist"), ("TW", "nurse")}
    care = chart(room, PresenceSaid("KL", "therapist", False, "KL"))
    assert {each.person for each in care.present} == {"TW"}


def test_who_left_the_form_and_who_signed_off(room):
    care = chart(room, FieldLeftOut("lot", "label torn", "RN"))
    assert (care.without("lot").because, care.without("lot").by) == ("label torn", "RN")
    assert chart(room, FieldLeftOut("lot", "", "RN")).without("lot") is None
    care = chart(room, PersonLeft(True, ("ride",), "RN"))
    assert (care.left_t_ns, care.left_by) == (room.clock.now_ns() - S // 4, "RN")
    assert chart(room, PersonLeft(False, (), "RN")).left_t_ns is None
    off = SessionSignedOff("Ann Berg", "nurse", "author", "", "RN")
    assert chart(room, off).signed_off == off
    assert chart(room, FormFilled("sedation", "no", (), "RN")).filled("sedation").text == "no"


def test_care_is_there_again_after_the_program_was_killed(room, tmp_path):
    chart(room, MK)
    before = chart(room, FormFilled("bp-prior", "118/74", (1, 2), "RN"))
    assert room.killed(tmp_path / "a.kap", 5).after(0.25).session.care == before


def test_a_dose_knows_its_amount_for_the_weight(room):
    dose = DoseGiven("ketamine", 50.0, "im", "arm", "RN", lot="A1", witness="TW", weight_kg=80.0)
    room.engine.handle(GiveDose(room.clock.now_ns(), dose))
    given_ = room.after(0.25).session.doses[0]
    assert (given_.mg_per_kg, given_.lot, given_.witness) == (0.625, "A1", "TW")


def test_a_dose_of_an_older_record_is_read():
    body = '{"amount_mg":50,"by":"RN","drug":"ketamine","route":"im","site":"arm"}'
    assert decode("dose.given", 1, body) == DoseGiven("ketamine", 50.0, "im", "arm", "RN")


text = st.text(max_size=12)
events = st.one_of(
    st.builds(CardFilled, text, text, text),
    st.builds(CheckAnswered, text, st.sampled_from(("yes", "no", "")), text, text),
    st.builds(CheckOverridden, text, text, text),
    st.builds(ScaleScored, text, st.integers(0, 24), st.integers(0, 2**60), text),
    st.builds(PresenceSaid, text, text, st.booleans(), text),
    st.builds(FormFilled, text, text, st.tuples(st.integers(0, 2**60)), text),
    st.builds(FieldLeftOut, text, text, text),
    st.builds(PersonLeft, st.booleans(), st.tuples(text), text),
    st.builds(SessionSignedOff, text, text, text, text, text),
)


@given(st.lists(events, max_size=12))
def test_any_care_event_comes_back_from_its_body_and_each_id_is_held_once(many):
    care = Care()
    for number, event in enumerate(many):
        assert decode(event.TYPE, event.VERSION, encode(event)) == event
        care = charted(care, number, event)
    for entries in (care.card, care.answers, care.overrides, care.form, care.left_out):
        ids = [entry.id for entry in entries]
        assert len(ids) == len(set(ids))
    assert len({each.person for each in care.present}) == len(care.present)
