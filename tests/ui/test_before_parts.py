"""What the page of opening says and asks, without a window: its fields, its checks, its steps."""

from dataclasses import replace
from itertools import product

import pytest
from fake_session import FakeSession
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.commands import Chart, CheckTone, ConfirmBedside, MovePhase, SetBaseline, ToneHeard
from kapmonitor.preflight import Check, Own, Question, Standing
from kapmonitor.protocol.auto import Auto
from kapmonitor.protocol.checklist import CheckItem, CheckKind
from kapmonitor.protocol.shipped import example
from kapmonitor.session.care import charted
from kapmonitor.session.care_events import (
    CardFilled,
    CheckAnswered,
    CheckOverridden,
    PersonIdentified,
    ProtocolSet,
    SessionOpened,
)
from kapmonitor.session.events import Phase
from kapmonitor.snapshot import StationFacts
from ui.before import card, checklines, questions
from ui.before.card import Field, Kept, Saving
from ui.before.checklines import Kind, Line
from ui.before.places import neighbour
from ui.before.steps import ENTRIES, Asking, Cue, Facts, Step, Way, after

UTC_NS = 1_795_352_700 * 1_000_000_000
"""2026-11-22."""


def session_with(*events):
    session = FakeSession("empty")
    session.forget_protocol()
    state = session.state
    for event in events:
        state = replace(state, care=charted(state.care, 1, event))
    return state


# Fields


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        (Field.BIRTH, " 1987-03-09 ", "1987-03-09"),
        (Field.BIRTH, "19870309", "1987-03-09"),
        (Field.WEIGHT, "71,5 kg", "71.5"),
        (Field.INTENTION, "  to  look ", "to look"),
    ],
)
def test_what_is_typed_is_kept_in_one_form(field, text, kept):
    assert card.plain(field, text) == kept
    assert card.wrong(field, text, UTC_NS) == ""


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (Field.BIRTH, "09.03.1987"),
        (Field.BIRTH, "2027-01-01"),
        (Field.BIRTH, "1887-01-01"),
        (Field.WEIGHT, "715"),
        (Field.WEIGHT, "seventy"),
        (Field.WEIGHT, "nan"),
    ],
)
def test_what_cannot_be_is_said_at_once(field, text):
    assert card.wrong(field, text, UTC_NS)
    assert card.face(field, text, session_with(), None, UTC_NS).troubled


def test_a_date_that_cannot_be_read_does_not_reach_the_record():
    texts = dict.fromkeys(Field, "")
    texts |= {Field.RECORD: "4471", Field.BIRTH: "1987-3", Field.INITIALS: "M.K."}
    event = card.filled(Field.RECORD, texts, session_with(), UTC_NS, "KL")
    assert event == PersonIdentified("4471", "", "M.K.", "KL")


def test_a_field_says_how_far_it_is():
    said = session_with(
        PersonIdentified("4471", "1987-03-09", "M.K.", "KL"), CardFilled("touch", "hand", "KL")
    )
    assert card.face(Field.BIRTH, "1987-03-09", said, None, UTC_NS).note.startswith("39 years")
    assert card.face(Field.TOUCH, "hand", said, None, UTC_NS).note == "saved"
    assert card.face(Field.TOUCH, "hands", said, None, UTC_NS).note == ""
    assert card.face(Field.TOUCH, "hands", said, Kept(Saving.UNDERWAY), UTC_NS).note == "saving"
    refused = card.face(Field.TOUCH, "hands", said, Kept(Saving.REFUSED, "not saved: full"), UTC_NS)
    assert (refused.note, refused.troubled) == ("not saved: full", True)


# Checks


def test_what_the_protocol_asks_a_person_is_asked_and_nothing_twice():
    found = questions.asked(example().before)
    assert [each.id for each in found] == [
        "screening",
        "consent",
        "medications",
        "boundaries",
        "weight",
        "escort",
    ]
    assert [each.id for each in found if each.value] == ["weight"]
    toml = example().toml
    of_record = questions.of_session(session_with(ProtocolSet("a", "", "", True, toml)))
    assert of_record.questions == found
    assert len(of_record.automatic) == 9
    assert questions.of_session(session_with()) == questions.Wanted()
    broken = questions.of_session(session_with(ProtocolSet("a", "", "", True, "name = 3")))
    assert broken == questions.Wanted()


def lines_of(variant, *events, wanted=None):
    session = FakeSession(variant)
    for event in events:
        session.state = replace(session.state, care=charted(session.state.care, session.now_ns(), event))
    return {
        line.check.id: line for line in checklines.lines(session.snapshot(), wanted or questions.Wanted())
    }


def test_an_empty_session_has_everything_to_be_done():
    found = lines_of("empty")
    assert found[Own.IDENTITY].said == "Enter: record number and date of birth"
    assert found[Own.CUFF].said == "start it on the cuff"
    assert found["consent"].said == "Enter yes   X no"
    assert all(found[own].check.holds_up for own in (Own.IDENTITY, Own.CUFF, "consent"))
    assert list(found)[:2] == [Own.IDENTITY, "consent"]


def test_what_was_said_stands_with_name_and_time():
    found = lines_of(
        "baseline", CheckAnswered("consent", "yes", "", "KL"), CheckAnswered("escort", "no", "", "RN")
    )
    assert found["consent"].check.standing is Standing.DONE
    assert found["consent"].said == "KL 14:02"
    assert found["escort"].check.standing is Standing.WRONG
    assert found["escort"].said.startswith("no — RN")
    without = lines_of("baseline", CheckOverridden("escort", "a taxi", "RN"))
    assert without["escort"].said == "without: a taxi — RN 14:02"


def test_a_value_is_answered_by_the_card():
    wanted = questions.Wanted((Question("weight", "Weight", value=True),))
    assert lines_of("baseline", wanted=wanted)["weight"].said == "Enter: write it above"
    found = lines_of("baseline", CardFilled("weight", "71.5", "KL"), wanted=wanted)["weight"]
    assert (found.check.standing, found.said) == (Standing.DONE, "71.5 — KL 14:02")


# Steps

KIND_OF = {
    Kind.QUESTION: "consent",
    Kind.TONE: Own.STAFF_TONE,
    Kind.BEDSIDE: Own.BEDSIDE,
    Kind.BASELINE: Own.BASELINE,
    Kind.PERSON: Own.IDENTITY,
    Kind.DEVICES: Own.DEVICES,
    Kind.CUFF: Own.CUFF,
    Kind.MUSIC: Own.MUSIC_HEARD,
    Kind.VALUE: "weight",
    Kind.FACT: Own.CLOCKS,
}
LINES = [
    None,
    *(
        Line(Check(KIND_OF[kind], standing), kind, kind.value, "")
        for kind, standing in product(Kind, Standing)
    ),
]
NAMES = st.sampled_from(["", "  ", "KL", "nurse", "n"])
ASKINGS = st.builds(
    Asking,
    step=st.sampled_from(Step),
    by=st.sampled_from(["", "KL"]),
    role=st.sampled_from(["", "nurse"]),
    check=st.sampled_from(["", "consent", Own.BASELINE]),
    waiting=st.sampled_from([None, Cue.YES]),
    reason=st.sampled_from(["", "asleep"]),
    played=st.sampled_from(["", Own.STAFF_TONE]),
)
FACTS = st.builds(
    Facts,
    line=st.sampled_from(LINES),
    text=NAMES,
    found=st.lists(st.sampled_from([line.check for line in LINES if line]), max_size=4).map(tuple),
    now_ns=st.just(5),
    opened=st.booleans(),
    phase=st.sampled_from([Phase.PREPARATION, Phase.BASELINE]),
    no_baseline=st.sampled_from(["", "a reading is wanted"]),
    plays=st.sampled_from([frozenset(), frozenset({"staff"})]),
)


@given(ASKINGS, st.sampled_from(Cue), FACTS)
def test_whatever_is_pressed_whenever(now, cue, facts):
    asking, done = after(now, cue, facts)
    for each in done:
        match each:
            case Chart(t_ns, SessionOpened() as opened):
                assert now.step is Step.GO_SURE
                assert t_ns == 5
                assert opened.by
                assert not any(check.holds_up for check in facts.found)
            case Chart(_, CheckOverridden() as without):
                assert without.by.strip() or not without.reason
            case Chart(_, CheckAnswered() as answer):
                assert answer.by.strip() or not answer.answer
            case SetBaseline(by) | ConfirmBedside(by) | ToneHeard(by=by):
                assert by.strip()
            case MovePhase() | CheckTone() | Way():
                pass
            case _:
                raise AssertionError(each)
    if facts.opened:
        assert [each for each in done if each is not Way.LEAVE] == []
    if cue is Cue.BACK and now.step is not Step.REST and not facts.opened:
        assert (asking.step, done) == (Step.REST, ())
    assert asking.step not in ENTRIES or not any(isinstance(each, Chart) for each in done)


def walk(*pressed, line=None, found=(), **more):
    """(what is asked for, where it stands) after cues, or (cue, text) of what was typed."""
    asking, commands = Asking(), []
    for each in pressed:
        cue, text = each if isinstance(each, tuple) else (each, "")
        asking, done = after(asking, cue, Facts(line, text, found, 9, **more))
        commands += done
    return asking, commands


CONSENT = Line(Check("consent", Standing.LEFT, "Consent signed"), Kind.QUESTION, "Consent signed", "")


def test_a_yes_waits_for_a_name_and_the_next_does_not():
    asking, said = walk(Cue.YES, (Cue.ENTER, "KL"), Cue.NO, line=CONSENT)
    assert said == [
        Chart(9, CheckAnswered("consent", "yes", "", "KL")),
        Chart(9, CheckAnswered("consent", "no", "", "KL")),
    ]
    assert asking.step is Step.REST


def test_going_on_without_a_check_needs_a_reason_and_a_name():
    asking, said = walk(Cue.WITHOUT, (Cue.ENTER, " "), line=CONSENT)
    assert (asking.step, asking.trouble, said) == (Step.REASON, "A reason is needed; it goes on record.", [])
    _, said = walk(Cue.WITHOUT, (Cue.ENTER, "on paper"), (Cue.ENTER, "RN"), line=CONSENT)
    assert said == [Chart(9, CheckOverridden("consent", "on paper", "RN"))]


def test_go_is_said_by_name_and_role_and_once_more():
    done = (Check("consent", Standing.OVERRIDDEN), Check("escort", Standing.DONE))
    steps = [Cue.GO, (Cue.ENTER, "RN"), (Cue.ENTER, "nu")]
    asking, said = walk(*steps, found=done)
    assert (asking.step, asking.role, said) == (Step.GO_SURE, "nurse", [])
    _, said = walk(*steps, Cue.ENTER, found=done)
    assert said == [
        Chart(9, SessionOpened("RN", "nurse", ("consent",))),
        MovePhase(Phase.BASELINE, "RN"),
    ]
    _, said = walk(*steps, Cue.ENTER, found=done, phase=Phase.DOSING)
    assert said == [Chart(9, SessionOpened("RN", "nurse", ("consent",)))]


def test_nothing_is_opened_while_a_check_is_left():
    assert walk(Cue.GO, found=(CONSENT.check,))[1] == [Way.FIRST_LEFT]


def test_a_tone_is_answered_only_once_it_was_played():
    tone = Line(Check(Own.STAFF_TONE, Standing.LEFT), Kind.TONE, "tone", "")
    asking, said = walk(Cue.HEARD, (Cue.ENTER, "KL"), line=tone, plays=frozenset({"staff"}))
    assert (said, asking.trouble) == ([], "Enter plays the tone first.")
    _, said = walk(Cue.YES, Cue.HEARD, (Cue.ENTER, "KL"), line=tone, plays=frozenset({"staff"}))
    assert said == [CheckTone("staff"), ToneHeard("staff", heard=True, by="KL")]
    assert walk(Cue.YES, line=tone)[1] == []


def test_leaving_is_asked_about_once():
    assert walk(Cue.BACK)[0].step is Step.LEAVE_SURE
    assert walk(Cue.BACK, Cue.ENTER)[1] == [Way.LEAVE]
    assert walk(Cue.BACK, Cue.BACK)[0].step is Step.REST


@given(st.integers(1, 30), st.sampled_from([2, 3]), st.data())
def test_arrows_lead_to_every_check_and_the_button(count, columns, data):
    at = data.draw(st.integers(0, count))
    across, down = data.draw(st.sampled_from([(0, 1), (0, -1), (1, 0), (-1, 0)]))
    assert 0 <= neighbour(count, columns, at, across, down) <= count
    reached, here = {0}, 0
    while here < count:
        here = neighbour(count, columns, here, 0, 1)
        assert here not in reached
        reached.add(here)
    assert reached == set(range(count + 1))


# What the protocol lets the console find out


def automatic(fact, compare="", number=0.0, *, required=True, name="x"):
    return CheckItem(name, fact, CheckKind.AUTO, required, auto=Auto(fact, compare, number))


def with_station(item, **facts):
    session = FakeSession("baseline")
    shot = replace(session.snapshot(), station=StationFacts(disk_will_do=True, **facts))
    wanted = questions.Wanted((), (item,))
    return {line.check.id: line for line in checklines.lines(shot, wanted)}


@pytest.mark.parametrize(
    ("facts", "standing"),
    [({}, Standing.LEFT), ({"battery": 55.0}, Standing.WRONG), ({"battery": 80.0}, Standing.DONE)],
)
def test_a_condition_of_the_protocol_is_a_check_of_its_own(facts, standing):
    found = with_station(automatic("battery-percent", ">=", 80.0), **facts)["x"]
    assert (found.check.standing, found.kind) == (standing, Kind.FACT)
    assert found.check.holds_up == (standing is not Standing.DONE)


def test_what_nobody_can_find_out_is_left_open():
    assert with_station(automatic("updates-held-off"))["x"].said == "not known yet"


def test_a_protocol_that_wants_mains_is_not_content_with_a_full_battery():
    usual = with_station(automatic("no-alarm"), battery=90.0, on_mains=False)
    wanted = with_station(automatic("mains"), battery=90.0, on_mains=False)
    assert usual[Own.POWER].check.standing is Standing.DONE
    assert wanted[Own.POWER].check.standing is Standing.WRONG
    assert "x" not in wanted


def test_the_protocol_may_leave_a_check_of_the_console_open():
    assert with_station(automatic("sleep-held-off"), awake=False)[Own.AWAKE].check.holds_up
    may = with_station(automatic("sleep-held-off", required=False), awake=False)
    assert not may[Own.AWAKE].check.holds_up


def test_a_question_with_the_name_of_an_own_check_is_not_that_check():
    item = CheckItem("bedside", "Is it on?", CheckKind.YES_NO)
    found = lines_of("baseline", wanted=questions.Wanted(questions.asked((item,))))
    assert found["protocol-bedside"].text == "Is it on?"
    assert found[Own.BEDSIDE].text != "Is it on?"


def test_nobody_goes_on_without_knowing_who_it_is():
    identity = Line(Check(Own.IDENTITY, Standing.LEFT), Kind.PERSON, "who", "")
    asking, said = walk(Cue.WITHOUT, line=identity)
    assert (asking.step, said) == (Step.REST, [])
    assert asking.trouble == "No session is opened without two identifiers."
    forged = lines_of("empty", CheckOverridden(Own.IDENTITY, "in a hurry", "KL"))
    assert forged[Own.IDENTITY].check.holds_up
