"""The form is of raw readings and of what somebody said, and of nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaving_parts import DOSE, MIN, NASAL, cuff, state

from kapmonitor.formfill import (
    OF_RECORD,
    FormState,
    Missing,
    Stand,
    Times,
    fields,
    form_state,
    number,
    of_record,
)
from kapmonitor.model import NibpFailure
from kapmonitor.protocol import shipped
from kapmonitor.protocol.form import FieldKind, FormField
from kapmonitor.protocol.read import parse
from kapmonitor.session.care_events import FieldLeftOut, FormFilled, PersonLeft
from kapmonitor.session.events import Stamped
from kapmonitor.session.state import fold

FORM = shipped.example().form


def filled(session, cuffs=(), ready=None, now=150):
    times = Times(None if ready is None else ready * MIN, now * MIN)
    return {each.field.id: each for each in fields(FORM, session, cuffs, times)}


@pytest.mark.parametrize(
    ("protocol", "session", "expected"),
    [
        (None, state((0, NASAL)), FormState.NO_PROTOCOL),
        (parse('name = "x"\nexample = true\n', "x"), state((0, NASAL)), FormState.NO_FORM),
        (shipped.example(), state(), FormState.NO_DOSE),
        (shipped.example(), state((0, DOSE)), FormState.OTHER_ROUTE),
        (shipped.example(), state((0, NASAL)), FormState.FORM),
        (shipped.example(), state((0, DOSE), (9, NASAL)), FormState.FORM),
        (shipped.example(), state((0, replace(DOSE, route="elsewhere"))), FormState.OTHER_ROUTE),
    ],
)
def test_there_is_a_form_or_it_is_said_why_not(protocol, session, expected):
    assert form_state(protocol, session) is expected


def test_nothing_is_there_before_anything_was_measured_or_said():
    found = filled(state((0, NASAL)))
    others = [each for name, each in found.items() if name not in ("dose", "lot")]
    assert {(each.stand, each.text, each.readings) for each in others} == {(Stand.MISSING, "", ())}
    assert found["pressure-before"].missing is Missing.PRESSURE_BEFORE
    assert found["sedation"].missing is Missing.ANSWER
    assert found["ready"].missing is Missing.NOT_READY
    assert found["monitored"].missing is Missing.NOT_LEFT


@pytest.mark.parametrize(
    ("minutes", "before", "near", "leaving"),
    [
        ((-20, -3, 41, 130), -3, 41, 130),
        ((-3, 29, 51), -3, None, 51),
        ((-3, 30, 49), -3, 49, 49),
        ((39, 42), None, 39, 42),
        ((-3, 160), -3, None, None),
    ],
)
def test_each_pressure_is_the_reading_of_its_time_with_a_link_to_it(minutes, before, near, leaving):
    cuffs = tuple(cuff(m, 110.0 + m % 7) for m in minutes)
    found = filled(state((0, NASAL)), cuffs)
    for name, expected in (("before", before), ("40", near), ("leaving", leaving)):
        each = found[f"pressure-{name}"]
        if expected is None:
            assert (each.stand, each.text, each.readings) == (Stand.MISSING, "", ())
        else:
            assert each.readings == (expected * MIN,)
            assert each.text == f"{110 + expected % 7}/75 mmHg"


def test_a_failed_or_stored_reading_fills_nothing():
    cuffs = (cuff(-3, stored=True), cuff(40, failure=NibpFailure.MOTION))
    found = filled(state((0, NASAL)), cuffs)
    assert {found[name].stand for name in ("pressure-before", "pressure-40", "pressure-leaving")} == {
        Stand.MISSING
    }


def test_before_leaving_is_before_they_left_and_minutes_end_there():
    session = state((0, NASAL), (140, PersonLeft(True, (), "RN")))
    found = filled(session, (cuff(130), cuff(145)), ready=75)
    assert found["pressure-leaving"].readings == (130 * MIN,)
    assert (found["monitored"].text, found["monitored"].readings) == ("140 min", (0, 140 * MIN))
    assert (found["ready"].text, found["ready"].readings) == ("75 min", (0, 75 * MIN))


def test_doses_and_lots_are_those_charted():
    two = state((0, NASAL), (10, replace(NASAL, amount_mg=28.0, lot="B7")))
    found = filled(two)
    assert found["dose"].text == "56 mg esketamine; 28 mg esketamine"
    assert found["lot"].text == "A12; B7"
    assert found["lot"].readings == (0, 10 * MIN)
    assert filled(state((0, NASAL), (10, replace(NASAL, lot=""))))["lot"].missing is Missing.LOT


def test_what_is_missing_holds_up_until_there_is_a_reason_and_a_later_reading_stands():
    session = state((0, NASAL), (60, FieldLeftOut("pressure-40", "cuff came off", "RN")))
    each = filled(session)["pressure-40"]
    assert (each.stand, each.reason, each.by, each.holds_up) == (Stand.LEFT_OUT, "cuff came off", "RN", False)
    assert filled(session, (cuff(40),))["pressure-40"].stand is Stand.FOUND
    assert filled(state((0, NASAL)))["pressure-40"].holds_up


def test_what_somebody_said_stands_with_their_name_and_is_taken_back():
    said = state((0, NASAL), (60, FormFilled("sedation", "yes: asleep for 5 min", (), "KL")))
    each = filled(said)["sedation"]
    assert (each.stand, each.text) == (Stand.SAID, "yes: asleep for 5 min")
    assert (each.by, each.t_ns) == ("KL", 60 * MIN)
    back = fold(said, Stamped(61 * MIN, FormFilled("sedation", "", (), "KL")))
    assert filled(back)["sedation"].stand is Stand.MISSING


def test_nobody_types_a_reading():
    typed = [(9, FormFilled(name, "120/80 mmHg", (), "KL")) for name in ("pressure-before", "ready")]
    found = filled(state((0, NASAL), *typed))
    assert {found[name].stand for name in ("pressure-before", "ready")} == {Stand.MISSING}


def test_the_records_own_answers_are_kept_with_their_readings_and_no_others():
    session = state((0, NASAL), (60, FormFilled("sedation", "no", (), "KL")))
    kept = of_record(filled(session, (cuff(-3), cuff(40))).values(), "RN")
    assert {(event.field, event.readings) for event in kept} == {
        ("dose", (0,)),
        ("lot", (0,)),
        ("pressure-before", (-3 * MIN,)),
        ("pressure-40", (40 * MIN,)),
        ("pressure-leaving", (40 * MIN,)),
    }


@given(
    st.lists(st.tuples(st.integers(-60, 240), st.integers(80, 200), st.booleans()), max_size=10),
    st.none() | st.integers(1, 200),
    st.integers(0, 240),
)
def test_every_number_in_the_form_is_a_readings_own(readings, ready, now):
    cuffs = tuple(cuff(m, float(s), stored=stored) for m, s, stored in readings)
    mine = {each.t_ns: f"{each.systolic.value:.0f}/75 mmHg" for each in cuffs if not each.stored}
    for each in filled(state((0, NASAL)), cuffs, ready, now).values():
        assert (each.stand is Stand.FOUND) <= (each.field.kind in OF_RECORD)
        assert bool(each.text) == bool(each.readings) == (each.stand is Stand.FOUND)
        if each.field.kind is FieldKind.PRESSURE and each.readings:
            near = [r for r in cuffs if r.t_ns == each.readings[0] and not r.stored]
            assert each.text in {f"{r.systolic.value:.0f}/75 mmHg" for r in near}
            assert each.readings[0] in mine


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3.0), (" 3,5 ", 3.5), ("", None), ("nan", None), ("inf", None), ("11", None), ("-1", None)],
)
def test_a_typed_number_is_within_its_range(text, value):
    field = FormField("x", "x", FieldKind.NUMBER, low=0.0, high=10.0)
    assert number(field, text) == value
    assert number(replace(field, low=None, high=None), "1e400") is None
