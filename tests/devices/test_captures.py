"""Every capture in tests/data/captures is decoded to what a person found right."""

import json

import captures
import pytest

FOUND = captures.found()


def named(path):
    return f"{path.parent.name}/{path.stem}"


def test_there_are_captures():
    assert len(FOUND) >= 3


@pytest.mark.parametrize("path", FOUND, ids=named)
def test_a_capture_is_decoded_as_before(path):
    assert captures.decoded(path) == json.loads(captures.expected_file(path).read_text("ascii"))


@pytest.mark.parametrize("path", FOUND, ids=named)
def test_a_capture_says_whose_bytes_it_has_and_something_comes_of_them(path):
    header = captures.header_of(path)
    assert header.driver == path.parent.name
    lines = captures.decoded(path)
    assert lines[-1]["kind"] == "end"
    assert lines[-1]["observations"] > 0
    serials = {line["serial"].strip("0-") for line in lines if line["kind"] == "identity"}
    assert serials <= {""}


def test_every_expectation_has_its_capture():
    assert {captures.expected_file(path) for path in FOUND} == set(captures.FOLDER.glob("*/*.json"))
