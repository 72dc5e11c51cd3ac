"""The text of captures: what is written is read again, and what is wrong is named by its line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.capture import (
    LONGEST_LINE,
    MOST_BYTES,
    SNIFF_BYTES,
    full_uuid,
    is_capture,
    lines_of,
    read,
    short_uuid,
    write,
)
from devices.capture_header import ORIGINS, VERSION, Header, header_text
from kapmonitor.errors import CaptureError
from kapmonitor.model import Direction, LinkChanged, LinkProblem, LinkState, WireChunk

HEADER = Header("nonin", line={"baud": 9600, "rtscts": False}, options={"format": "df7"})
FIRST = header_text(HEADER)
UUID = "00002a37-0000-1000-8000-00805f9b34fb"

NAMES = st.text(max_size=20)
VALUES = st.dictionaries(NAMES, st.one_of(NAMES, st.integers(), st.booleans(), st.floats(allow_nan=False)))
HEADERS = st.builds(
    Header,
    driver=st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True),
    origin=st.sampled_from(ORIGINS),
    software=NAMES,
    line=VALUES,
    options=VALUES,
    manufacturer=NAMES,
    model=NAMES,
    firmware=NAMES,
    removed=st.lists(NAMES).map(tuple),
    may_remain=st.lists(NAMES).map(tuple),
)
TIMES = st.integers(-(10**15), 10**17)
CHANNELS = st.one_of(
    st.just(""), st.uuids().map(str), st.integers(0, 2**32 - 1).map(lambda n: full_uuid(f"{n:08x}"))
)
CHUNKS = st.builds(WireChunk, TIMES, st.sampled_from(Direction), st.binary(max_size=300), CHANNELS)
CHANGES = st.builds(LinkChanged, st.sampled_from(LinkState), TIMES, st.sampled_from(LinkProblem))
ENTRIES = st.lists(st.one_of(CHUNKS, CHANGES), max_size=20)


def first_wrong(reading):
    """The line that a reading fails at, None if it does not."""
    try:
        reading()
    except CaptureError as error:
        return error.line
    return None


def entries_of(*lines):
    return list(read([FIRST, *lines], "x.kapcap").entries)


@settings(deadline=None)
@given(HEADERS, ENTRIES, st.integers(1, 50))
def test_what_is_written_is_read_again(header, entries, step):
    text = "".join(line + "\n" for line in write(header, entries))
    data = text.encode("ascii")
    capture = read(lines_of(data[at : at + step] for at in range(0, len(data), step)), "x")
    assert capture.header == header
    assert list(capture.entries) == entries
    assert is_capture(data[:SNIFF_BYTES])


def test_the_form_is_readable():
    entries = [
        LinkChanged(LinkState.CONNECTING, 0),
        WireChunk(1_500_000, Direction.OUT, b"\x3a\x79"),
        WireChunk(2_000_001, Direction.IN, b"SPO2=097 HR=072\r\n"),
        WireChunk(3_000_000_000, Direction.IN, b"\x00\x48", UUID),
        WireChunk(3_000_000_000, Direction.IN, b"", UUID),
        LinkChanged(LinkState.WAITING, 4_000_000_000, LinkProblem.LOST),
    ]
    assert list(write(HEADER, entries))[1:] == [
        "0 = connecting",
        "1.5 > 3a79",
        "2.000001 < 53504f323d3039372048523d3037320d0a # SPO2=097 HR=072",
        "3000 < 2a37 0048",
        "3000 < 2a37 -",
        "4000 = waiting lost",
    ]
    fields = json.loads(FIRST)
    assert FIRST.startswith('{"format":"kapcap","version":1,"driver":"nonin"')
    assert fields["line"] == {"baud": 9600, "rtscts": False}
    assert fields["device"] == {"manufacturer": "", "model": "", "firmware": ""}


def test_long_chunks_take_several_lines_of_one_time():
    data = bytes(range(256)) * 600
    lines = list(write(HEADER, [WireChunk(7_000_000, Direction.IN, data)]))
    assert len(lines) == 1 + -(-len(data) // MOST_BYTES)
    found = list(read(lines, "x").entries)
    assert b"".join(chunk.data for chunk in found) == data
    assert {chunk.t_ns for chunk in found} == {7_000_000}


def test_what_people_add_by_hand_is_passed_over():
    found = entries_of(
        "", "   ", "# here the cable was pulled", "12 < 0048 # a remark", "\t13\t<\t2A37\t00FF\r\n"
    )
    assert found == [
        WireChunk(12_000_000, Direction.IN, b"\x00\x48"),
        WireChunk(13_000_000, Direction.IN, b"\x00\xff", UUID),
    ]
    assert read(["\ufeff" + FIRST + "\r\n"], "x").header == HEADER
    assert is_capture(b"\xef\xbb\xbf" + FIRST.encode())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hello", "no time"),
        ("1 ? 00", "none of <, > and ="),
        ("12", "none of <, > and ="),
        ("12 <", "one word of hex"),
        ("12 < 00 48 49", "one word of hex"),
        ("12 < 0", "no hex"),
        ("12 < 0g", "no hex"),
        ("12 < 2a3 00", "no UUID"),
        ("12 > zz37 00", "no UUID"),
        ("1.1234567 < 00", "no time"),
        ("1e9 < 00", "no time"),
        ("1_0 < 00", "no time"),
        ("\u0661 < 00", "no time"),
        ("9999999999999 < 00", "no time"),
        ("12 =", "no state of a link"),
        ("12 = dead", "no state of a link"),
        ("12 = waiting bored", "no state of a link"),
        ("12 = waiting lost again", "no state of a link"),
        ("12 < \x1b[31m00", "no hex"),
        ("12 < " + "00" * LONGEST_LINE, "too long"),
    ],
)
def test_a_wrong_line_is_named_with_what_is_allowed(line, says):
    capture = read([FIRST, "# fine", "1 < 00", line, "2 < 00"], "x.kapcap")
    assert next(capture.entries).data == b"\0"
    with pytest.raises(CaptureError) as caught:
        next(capture.entries)
    assert caught.value.line == 4
    message = str(caught.value)
    assert message.startswith("x.kapcap: line 4: ")
    assert says in message
    assert message.isprintable()
    assert len(message) < 400


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "no JSON object"),
        ("12 < 00", "no JSON object"),
        ("[" * 100_000, "no JSON object"),
        ("[]", "not that of a capture"),
        ('{"format":"other"}', "not that of a capture"),
        ('{"format":"kapcap"}', "version is a whole number"),
        ('{"format":"kapcap","version":true}', "version is a whole number"),
        ('{"format":"kapcap","version":0}', "version is a whole number"),
        (f'{{"format":"kapcap","version":{VERSION + 1}}}', "needs a newer kapmonitor"),
        ('{"format":"kapcap","version":1}', "driver is the id"),
        ('{"format":"kapcap","version":1,"driver":"../x"}', "driver is the id"),
        ('{"format":"kapcap","version":1,"driver":"x","origin":"moon"}', "origin is one of"),
        ('{"format":"kapcap","version":1,"driver":"x","line":[]}', "line is a JSON object"),
        (
            '{"format":"kapcap","version":1,"driver":"x","options":{"a":[1]}}',
            "options holds texts and numbers",
        ),
        ('{"format":"kapcap","version":1,"driver":"x","device":{"model":4}}', "model is a text"),
        ('{"format":"kapcap","version":1,"driver":"x","removed":"x"}', "removed is a list"),
        ('{"format":"kapcap"' + " " * LONGEST_LINE, "too long"),
    ],
)
def test_a_wrong_header_is_named(line, says):
    with pytest.raises(CaptureError) as caught:
        read([line], "x.kapcap")
    assert str(caught.value).startswith("x.kapcap: line 1: ")
    assert says in str(caught.value)


def test_keys_of_later_programs_are_passed_over():
    line = '{"format":"kapcap","version":1,"driver":"x","colour":"red"}'
    assert read([line], "x").header == Header("x")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda b: b.decode("latin-1")))))
def test_anything_is_read_or_refused(lines):
    line = first_wrong(lambda: list(read([FIRST, *lines], "x").entries))
    assert line is None or 2 <= line <= len(lines) + 1


@given(st.binary(max_size=400), st.integers(1, 7))
def test_any_file_is_read_or_refused(data, step):
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    line = first_wrong(lambda: list(read(lines_of(pieces), "x").entries))
    assert line is None or line >= 1


def test_a_line_without_end_is_not_collected():
    given_bytes = 0

    def endless():
        nonlocal given_bytes
        yield FIRST.encode() + b"\n"
        while True:
            given_bytes += 4096
            yield b"0" * 4096

    with pytest.raises(CaptureError, match="too long"):
        list(read(lines_of(endless()), "x").entries)
    assert given_bytes < 2 * LONGEST_LINE


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"a":1}', b"\x01\x81\x01\x00\x83", b"3E1873", FIRST.encode()[1:]]
)
def test_other_bytes_are_no_capture(data):
    assert not is_capture(data)


def test_uuids_are_short_where_they_are_assigned():
    assert short_uuid(UUID) == "2a37"
    assert short_uuid("fb005c80-02e7-f387-1cad-8acd2d8df0c8") == "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
    assert (
        full_uuid(short_uuid("12345678-0000-1000-8000-00805f9b34fb"))
        == "12345678-0000-1000-8000-00805f9b34fb"
    )
