"""Every frame that a manual or somebody else has printed is decoded to the values printed with it."""

import contextlib

import published
import pytest
from published import FOLDER, Frame, missing

from devices.decode import decode
from devices.registry import load
from devices.testing import defaults
from devices.testing.parts import fits

SPECS = {spec.id: spec for spec in load().specs}


def readable() -> list[Frame]:
    """Frames of all files that can be read; the others fail test_each_file_is_well_formed alone."""
    found = []
    for driver in published.drivers():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            found += published.frames(driver)
    return [frame for frame in found if frame.driver in SPECS]


FRAMES = readable()
NO_FRAME_IS_PRINTED: frozenset[str] = frozenset()
"""Drivers for which no whole frame was found anywhere; may only shrink."""


def lines_of(frame: Frame) -> list[dict[str, object]]:
    spec = SPECS[frame.driver]
    return list(decode(spec, [frame.capture], options={**defaults(spec), **frame.options}))


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame.driver}: {frame.name}")
def test_a_printed_frame_means_what_is_printed_with_it(frame):
    lines = lines_of(frame)
    signs = [line for line in lines if line["kind"] in {"numeric", "wave"}]
    if frame.nothing:
        assert signs == []
        return
    first = missing(frame.expect, lines)
    assert first is None, f"no line is {first}\nlines: {lines}"
    if frame.only:
        numeric = [line for line in signs if line["kind"] == "numeric"]
        unasked = [line for line in numeric if not any(fits(line, one) for one in frame.expect)]
        assert unasked == []
        assert len(numeric) == len([one for one in frame.expect if one["kind"] == "numeric"])


def test_every_driver_has_its_printed_frames():
    without = set(SPECS) - set(published.drivers())
    assert without == set(NO_FRAME_IS_PRINTED)
    assert set(published.drivers()) <= set(SPECS), "a file is named after a driver"


@pytest.mark.parametrize("driver", published.drivers())
def test_each_file_is_well_formed(driver):
    assert published.frames(driver)


def test_there_is_nothing_else_in_the_folder():
    assert {path.suffix for path in FOLDER.iterdir()} <= {".toml"}


@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: f"{frame.driver}: {frame.name}")
def test_a_frame_is_of_the_right_kind_for_its_driver(frame):
    spec = SPECS[frame.driver]
    assert bool(frame.messages) == (spec.transport == "ble")
    assert set(frame.options) <= {option.name for option in spec.options}


# The table's own rules

GOOD = {"name": "a", "kind": "published", "source": "manual, p. 1", "hex": "00", "nothing": True}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"kind": "guessed"}, "kind is one of"),
        ({"source": ""}, "missing or empty"),
        ({"text": "x"}, "exactly one of"),
        ({"nothing": False}, "either expect or nothing"),
        ({"nothing": False, "expect": [{"kind": "number", "value": 1}]}, "an expectation has"),
        ({"nothing": False, "expect": [{"kind": "numeric"}]}, "an expectation has"),
        ({"note": "x"}, "unknown keys"),
    ],
)
def test_a_frame_that_is_not_well_formed_is_refused(change, wrong):
    with pytest.raises(ValueError, match=wrong):
        published._frame("nonin", {**GOOD, **change})


def test_the_word_none_stands_for_null():
    expect = [{"kind": "wave", "samples": [1, "none"]}, {"kind": "numeric", "value": "none"}]
    frame = published._frame("nonin", {**GOOD, "nothing": False, "expect": expect})
    assert [dict(line) for line in frame.expect] == [
        {"kind": "wave", "samples": [1, None]},
        {"kind": "numeric", "value": None},
    ]


def test_two_frames_of_one_name_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "FOLDER", tmp_path)
    one = '[[frame]]\nname = "a"\nkind = "real"\nsource = "x"\nhex = "00"\nnothing = true\n'
    (tmp_path / "nonin.toml").write_text(one)
    assert len(published.frames("nonin")) == 1
    (tmp_path / "nonin.toml").write_text(one + one)
    with pytest.raises(ValueError, match="two frames have one name"):
        published.frames("nonin")


@pytest.mark.parametrize(
    ("expected", "first"),
    [
        ([{"kind": "numeric", "value": 97}], None),
        ([{"kind": "numeric", "value": 97}, {"kind": "numeric", "value": None}], None),
        ([{"kind": "numeric", "value": None}, {"kind": "numeric", "value": 97}], 1),
        ([{"kind": "numeric", "value": 97}, {"kind": "numeric", "value": 97}], 1),
        ([{"kind": "numeric", "value": 98}], 0),
        ([{"kind": "wave", "samples": [1, None, 0.3]}], None),
        ([{"kind": "wave", "samples": [1, None]}], 0),
        ([{"kind": "numeric", "site": "left"}], 0),
    ],
)
def test_an_expectation_that_is_not_met_is_found(expected, first):
    lines = [
        {"kind": "numeric", "value": 97.0},
        {"kind": "wave", "samples": [1, None, 0.1 + 0.2]},
        {"kind": "numeric", "value": None},
    ]
    assert missing(expected, lines) == (None if first is None else expected[first])
