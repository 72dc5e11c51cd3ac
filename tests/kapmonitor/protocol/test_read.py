"""Protocols from TOML: the example, and every mistake named by its key."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.cuff_schedule import LEAST_INTERVAL_S, MOST_HELD_S
from kapmonitor.errors import ConfigError
from kapmonitor.protocol.checklist import CheckKind
from kapmonitor.protocol.due import LEAST_APART_MIN
from kapmonitor.protocol.form import FieldKind, Moment, Taken
from kapmonitor.protocol.pressure import MOST_HELD_MIN
from kapmonitor.protocol.read import KEYS, parse, read
from kapmonitor.protocol.shipped import example, example_path
from kapmonitor.protocol.tags import COLOURS
from kapmonitor.session.events import Phase, Route
from kapmonitor.tables import SHOWN
from ui.theme import Palette

EXAMPLE = example_path().read_text("utf-8")
NAMED = 'name = "x"\n'


def keys(text):
    return [mistake.key for mistake in read(text, "p.toml")[1]]


def test_the_example_is_marked_and_signed_by_nobody():
    protocol = example()
    assert protocol.example
    assert (protocol.signed_by, protocol.signed_on) == ("", "")
    assert (example_path().parent / protocol.limits).is_file()


def test_the_example_has_what_a_session_by_any_of_four_routes_needs():
    protocol = example()
    assert [plan.route for plan in protocol.routes] == [Route.IV, Route.IM, Route.IN, Route.SL]
    assert all(plan.drugs and plan.response for plan in protocol.routes)
    assert tuple(plan.phase for plan in protocol.phases) == tuple(Phase)
    assert [tag.key for tag in protocol.tags] == list(range(1, 10))
    assert [(scale.name, scale.low, scale.high) for scale in protocol.scales] == [
        ("MOAA/S", 0, 5),
        ("CADSS-6", 0, 24),
        ("Distress", 0, 10),
    ]
    assert {item.kind for item in protocol.before} == set(CheckKind)
    assert protocol.form.belongs_to(Route.IN)
    assert not protocol.form.belongs_to(Route.IM)


def test_the_example_s_form_is_filled_from_the_record():
    fields = {field.id: field for section in example().form.sections for field in section.fields}
    at_40 = fields["pressure-40"]
    assert (at_40.taken, at_40.at_min, at_40.within_min) == (Taken.AT_MINUTES, 40, 10)
    assert (fields["ready"].begins, fields["ready"].ends) == (Moment.FIRST_DOSE, Moment.READY)
    assert fields["dose"].kind is FieldKind.DOSE
    assert fields["sedation"].detail


def test_a_protocol_of_nothing_but_a_name_has_all_phases_and_says_nothing_else():
    protocol = parse(NAMED, "p.toml")
    assert tuple(plan.phase for plan in protocol.phases) == tuple(Phase)
    assert (protocol.routes, protocol.tags, protocol.form, protocol.sessions) == ((), (), None, None)


def test_bounds_are_those_of_the_cuff_and_colours_those_of_the_screen():
    assert MOST_HELD_MIN * 60 == MOST_HELD_S
    assert LEAST_APART_MIN * 60 == LEAST_INTERVAL_S
    palette = {field.name for field in dataclasses.fields(Palette)}
    assert palette >= set(COLOURS)
    assert not {"high", "medium", "low"} & set(COLOURS)


def test_a_route_may_have_a_cuff_plan_of_its_own():
    text = NAMED + "[pressure]\nevery_min = 15\n[route.im]\n[route.in.pressure]\nat_min = [40]\n"
    protocol = parse(text, "p.toml")
    assert protocol.pressure_for(Route.IN).due.at_min == (40,)
    assert protocol.pressure_for(Route.IM) is protocol.pressure
    assert protocol.pressure_for(Route.PO) is protocol.pressure
    assert protocol.pressure_for(None) is protocol.pressure


def table(head, *lines):
    return NAMED + f"{head}\n" + "\n".join(lines)


TAG = ("key = 1", 'label = "Calm"')
SCALE = ('id = "a"', 'name = "A"', "low = 0", "high = 5")
ITEM = ('id = "a"', 'text = "A"')
FORM = ('name = "F"', "[[form.section]]", 'id = "s"', 'title = "S"', "[[form.section.field]]", 'text = "T"')
SIGNED = 'signed_by = "Dr. A"\nsigned_on = "2026-11-01"\n'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("name = ", "the file"),
        ("a = " + "[" * 3000, "the file"),
        ("", "name"),
        ("name = 5", "name"),
        ('name = ""', "name"),
        ('name = "a\\nb"', "name"),
        (NAMED + "nmae = 1", "nmae"),
        (NAMED + '"a b" = 1', "'a b'"),
        (NAMED + 'signed_by = "Dr. A"', "signed_on"),
        (NAMED + 'signed_on = "2026-11-01"', "signed_by"),
        (NAMED + SIGNED.replace("-11-", "-13-"), "signed_on"),
        (NAMED + SIGNED + "example = true", "signed_by"),
        (NAMED + "example = 1", "example"),
        (NAMED + "sessions = 0", "sessions"),
        (NAMED + "sessions = 2.5", "sessions"),
        (NAMED + "observe_at_least_min = nan", "observe_at_least_min"),
        (NAMED + "phase = 3", "phase"),
        (table("[[phase]]", 'phase = "peek"'), "phase[1].phase"),
        (table("[[phase]]"), "phase[1].phase"),
        (table("[[phase]]", 'phase = "peak"', "[[phase]]", 'phase = "onset"'), "phase[2].phase"),
        (table("[[phase]]", 'phase = "peak"', "[[phase]]", 'phase = "peak"'), "phase[2].phase"),
        (table("[[phase]]", 'phase = "baseline"', "next_after_min = 5"), "phase[1].next_after_min"),
        (table("[[phase]]", 'phase = "peak"', 'next_after_min = "5"'), "phase[1].next_after_min"),
        (table("[[phase]]", 'phase = "peak"', "next_after_min = {mi = 5}"), "phase[1].next_after_min.mi"),
        (
            table("[[phase]]", 'phase = "onset"', "next_after_min = 50", "[[phase]]", 'phase = "peak"')
            + "\nnext_after_min = {im = 40, other = 60}",
            "phase[2].next_after_min",
        ),
        (table("[route.mi]"), "route.mi"),
        (NAMED + "route.im = 3", "route.im"),
        (table("[route.im]", "lable = 1"), "route.im.lable"),
        (table("[[route.im.drug]]", "to_mg = 5"), "route.im.drug[1].name"),
        (table("[[route.im.drug]]", 'name = "k"', "from_mg = 6", "to_mg = 5"), "route.im.drug[1].from_mg"),
        (table("[[route.im.drug]]", 'name = "k"', "to_mg = 20000"), "route.im.drug[1].to_mg"),
        (
            table("[[route.im.drug]]", 'name = "k"', "[[route.im.drug]]", 'name = "k"'),
            "route.im.drug[2].name",
        ),
        (
            EXAMPLE.replace("systolic = { mean = 15, sd = 11, resting_sd = 4 }", ""),
            "route.iv.response.systolic",
        ),
        (EXAMPLE.replace("{ mean = 15, sd = 11,", "{ mean = 15,"), "route.iv.response.systolic.sd"),
        (EXAMPLE.replace("half_min = 25", "half_min = 0"), "route.iv.response.half_min"),
        (table("[pressure]", "at_min = [10, 5]"), "pressure.at_min"),
        (table("[pressure]", "at_min = [5, 5.5]"), "pressure.at_min"),
        (table("[pressure]", "at_min = [0]"), "pressure.at_min"),
        (table("[pressure]", "at_min = 5"), "pressure.at_min"),
        (table("[pressure]", "every_min = 0"), "pressure.every_min"),
        (table("[pressure]", "hold_at_most_min = 11"), "pressure.hold_at_most_min"),
        (table("[route.im.pressure]", "befor = 2"), "route.im.pressure.befor"),
        (table("[[scale]]", *SCALE[1:]), "scale[1].id"),
        (table("[[scale]]", 'id = "A b"', *SCALE[1:]), "scale[1].id"),
        (table("[[scale]]", *SCALE, "[[scale]]", *SCALE), "scale[2].id"),
        (table("[[scale]]", *SCALE[:3], "high = 0"), "scale[1].high"),
        (table("[[scale]]", *SCALE, "items = [1, 2]", "item_high = 3"), "scale[1].item_high"),
        (table("[[scale]]", *SCALE, "items = []"), "scale[1].items"),
        (table("[[scale]]", *SCALE, "item_high = 3"), "scale[1].item_high"),
        (table("[[scale]]", *SCALE, 'anchors = { 6 = "x" }'), "scale[1].anchors.6"),
        (table("[[scale]]", *SCALE, "anchors = { 5 = 1 }"), "scale[1].anchors.5"),
        (table("[[tag]]", TAG[0]), "tag[1].label"),
        (table("[[tag]]", "key = 0", TAG[1]), "tag[1].key"),
        (table("[[tag]]", TAG[1]), "tag[1].key"),
        (table("[[tag]]", *TAG, "[[tag]]", "key = 1", 'label = "B"'), "tag[2].key"),
        (table("[[tag]]", TAG[0], 'label = "Nausea or vomiting"'), "tag[1].label"),
        (table("[[tag]]", *TAG, 'short = "far too long a word"'), "tag[1].short"),
        (table("[[tag]]", *TAG, 'colour = "high"'), "tag[1].colour"),
        (table("[[tag]]", *TAG, 'interval = "yes"'), "tag[1].interval"),
        (table("[[before]]", *ITEM, 'kind = "auot"'), "before[1].kind"),
        (table("[[before]]", *ITEM, 'kind = "auto"'), "before[1].auto"),
        (table("[[before]]", *ITEM, 'auto = "baseline"'), "before[1].auto"),
        (table("[[before]]", *ITEM, 'unit = "kg"'), "before[1].unit"),
        (table("[[before]]", *ITEM, 'kind = "auto"', 'auto = "scale:x>=1"'), "before[1].auto"),
        (table("[[before]]", *ITEM, "[[before]]", *ITEM), "before[2].id"),
        (EXAMPLE.replace("scale:moaas>=5", "scale:moaas>=6"), "leaving[3].auto"),
        (EXAMPLE.replace("since-dose>=120", "since-dose>=90"), "leaving[1].auto"),
        (EXAMPLE.replace("since-dose>=120", "since-dose<=180"), "leaving[1].auto"),
        (NAMED + "form = 1", "form"),
        (table("[form]", 'name = "F"'), "form.section"),
        (table("[form]", *FORM[:4]), "form.section[1].field"),
        (table("[form]", "due_days = 0", *FORM, 'id = "a"', 'kind = "dose"'), "form.due_days"),
        (table("[form]", 'routes = ["mi"]', *FORM, 'id = "a"', 'kind = "dose"'), "form.routes"),
        (table("[form]", *FORM, 'id = "a"'), "form.section[1].field[1].kind"),
        (table("[form]", *FORM, 'id = "a"', 'kind = "dose"', "low = 1"), "form.section[1].field[1].low"),
        (
            table("[form]", *FORM, 'id = "a"', 'kind = "number"', "low = 2", "high = 1"),
            "form.section[1].field[1].low",
        ),
        (table("[form]", *FORM, 'id = "a"', 'kind = "pressure"'), "form.section[1].field[1].taken"),
        (
            table("[form]", *FORM, 'id = "a"', 'kind = "pressure"', 'taken = "at-minutes"'),
            "form.section[1].field[1].at_min",
        ),
        (
            table("[form]", *FORM, 'id = "a"', 'kind = "pressure"', 'taken = "before-dose"', "at_min = 3"),
            "form.section[1].field[1].at_min",
        ),
        (
            table("[form]", *FORM, 'id = "a"', 'kind = "minutes"', 'begins = "first-dose"'),
            "form.section[1].field[1].ends",
        ),
        (EXAMPLE.replace('id = "serious"', 'id = "lot"'), "form.section[5].field[4].id"),
    ],
)
def test_a_mistake_is_named_and_is_the_only_one(text, key):
    assert keys(text) == [key]
    with pytest.raises(ConfigError, match=r"^p\.toml: ") as caught:
        parse(text, "p.toml")
    assert caught.value.allowed


def test_all_mistakes_are_told_at_once():
    text = table("[[tag]]", "key = 12", "colour = 5", "[pressure]", "every = 5", "at_min = [3, 2]")
    assert set(keys(text)) == {
        "tag[1].key",
        "tag[1].label",
        "tag[1].colour",
        "pressure.every",
        "pressure.at_min",
    }


def test_a_mistake_says_what_stands_there_and_which_name_was_meant():
    (mistake,) = read(table("[[tag]]", *TAG, "color = 7"), "p.toml")[1]
    assert mistake.found == "7"
    assert "did you mean colour?" in mistake.allowed
    assert str(mistake).startswith("p.toml: tag[1].color: not known;")
    assert str(mistake).endswith("; it is 7")


@pytest.mark.parametrize("value", ["0x" + "f" * 9000, '"' + "x" * 9000 + '"', "[" + "1," * 9000 + "]"])
def test_what_is_very_long_is_named_in_a_short_line(value):
    (mistake,) = read(NAMED + f"sessions = {value}", "p.toml")[1]
    assert len(mistake.found) <= SHOWN


def toml_of(value):
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value) + '"'
        case list():
            return "[" + ", ".join(toml_of(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{toml_of(k)} = {toml_of(v)}" for k, v in value.items()) + "}"
        case _:
            return str(value)


INNER_KEYS = (
    "key label short id text kind auto low high items item_high anchors at_min name phase due_days field"
)
WORDS = st.sampled_from(
    [*KEYS, *INNER_KEYS.split(), "im", "peak", "scale:moaas>=5", "baseline", "auto", "drug"]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(), TEXTS, WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, TEXTS), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6))
def test_any_toml_is_a_protocol_or_config_errors(values):
    text = "\n".join(f"{key} = {toml_of(value)}" for key, value in values.items())
    _, mistakes = read(text, "p.toml")
    assert all("\n" not in str(mistake) for mistake in mistakes)


@given(st.text(max_size=300))
def test_any_text_is_a_protocol_or_config_errors(text):
    assert read(text, "p.toml")[1]


@given(st.data())
def test_the_example_with_one_value_changed_is_right_or_wrong_in_words(data):
    lines = EXAMPLE.splitlines()
    at = data.draw(st.sampled_from([i for i, line in enumerate(lines) if " = " in line and line[0] != "#"]))
    lines[at] = lines[at].split(" = ", 1)[0] + " = " + toml_of(data.draw(VALUES))
    for mistake in read("\n".join(lines), "p.toml")[1]:
        assert mistake.allowed
        assert mistake.key
