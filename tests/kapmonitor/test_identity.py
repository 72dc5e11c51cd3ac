"""Whether a device is still the one that was adopted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.identity import Bound, differs, name
from kapmonitor.model import DeviceIdentified

WORDS = st.sampled_from(["", "A", "B"])
SAID = st.builds(DeviceIdentified, st.just(0), manufacturer=WORDS, model=WORDS, serial=WORDS, firmware=WORDS)


def said(**words):
    return DeviceIdentified(0, **words)


@pytest.mark.parametrize("field", ["manufacturer", "model", "serial", "firmware"])
def test_any_other_word_makes_it_another_device(field):
    bound = Bound(said(**{field: "A"}))
    assert bound.heard(said(**{field: "B"})).waiting == said(**{field: "B"})
    assert bound.heard(said(**{field: "A"})).waiting is None


@given(SAID, SAID)
def test_what_is_left_out_says_nothing(before, after):
    fields = ("manufacturer", "model", "serial", "firmware")
    contradicts = any(
        getattr(before, f) and getattr(after, f) and getattr(before, f) != getattr(after, f) for f in fields
    )
    assert differs(before, after) is contradicts


@given(st.lists(SAID, min_size=1, max_size=8))
def test_only_a_persons_word_changes_what_is_bound(all_said):
    bound = Bound()
    for one in all_said:
        before = bound
        bound = bound.heard(one)
        if before.known is not None:
            assert not differs(before.known, bound.known)


def test_what_was_not_said_at_first_is_bound_when_it_is_said():
    bound = Bound(said(model="Xpod")).heard(said(model="Xpod", serial="1"))
    assert bound.heard(said(model="Xpod", serial="2")).waiting is not None


def test_the_first_one_coming_back_ends_the_question():
    bound = Bound(said(serial="1")).heard(said(serial="2"))
    assert bound.waiting is not None
    assert bound.heard(said(serial="1")) == Bound(said(serial="1"))


def test_once_confirmed_the_new_one_is_bound():
    bound = Bound(said(serial="1")).heard(said(serial="2")).confirmed()
    assert bound == Bound(said(serial="2"))
    assert bound.heard(said(serial="1")).waiting is not None


def test_names():
    assert name(None) == ""
    assert name(said(manufacturer="Nonin", model="Xpod", serial="413")) == "Nonin Xpod · serial 413"
    assert name(said(firmware="1.2")) == "1.2"
