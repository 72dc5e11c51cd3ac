"""Scan: frames of any form are found again after noise, and every byte is either in a frame or in a fault."""

import re

from hypothesis import given
from hypothesis import strategies as st

from devices.framing import Scan
from kapmonitor.model import Fault, FaultKind

LONGEST = 8


def judge(buffer, place):
    """`<`, up to six digits, `>`."""
    window = buffer[place : place + LONGEST]
    if window[:1] != b"<":
        return FaultKind.NOISE
    end = window.find(b">")
    if end < 0:
        return FaultKind.LENGTH if len(window) == LONGEST else None
    return end + 1 if window[1:end].isdigit() else FaultKind.CONTENT


def test_frames_between_noise():
    out = Scan(b"<", judge).feed(b"ab<12>c<x><3><4", 5)
    assert out == [
        Fault(FaultKind.NOISE, 5, 2, b"ab".hex()),
        b"<12>",
        Fault(FaultKind.CONTENT, 5, 4, b"c<x>".hex()),
        b"<3>",
    ]


def test_what_has_begun_can_be_given_up_for_what_is_hidden_in_it():
    scan = Scan(b"<", judge)
    assert scan.feed(b"<1<2>", 1) == [Fault(FaultKind.CONTENT, 1, 2, b"<1".hex()), b"<2>"]
    assert scan.feed(b"<7", 2) == []
    assert scan.waiting
    assert scan.give_up(3) == []
    assert not scan.waiting
    assert scan.finish(4) == [Fault(FaultKind.LENGTH, 4, 2, b"<7".hex())]
    assert scan.finish(5) == []


@given(
    st.sampled_from([b"", b"<", b"^<a]-1"]),
    st.lists(st.sampled_from([b"<", b">", b"1", b"22", b"a", b"<333>", b"<4"]), max_size=60),
    st.integers(1, 9),
)
def test_every_byte_counts_and_cuts_do_not_matter(starts, parts, step):
    data = b"".join(parts)
    whole, pieces = Scan(starts, judge), Scan(starts, judge)
    first = whole.feed(data, 1) + whole.finish(1)
    second = [item for i in range(0, len(data), step) for item in pieces.feed(data[i : i + step], 1)]
    assert first == second + pieces.finish(1)
    frames = [item for item in first if isinstance(item, bytes)]
    assert frames == [b"<%b>" % found for found in re.findall(rb"<(\d{1,6})>", data)]
    assert sum(item.size if isinstance(item, Fault) else len(item) for item in first) == len(data)


def test_the_buffer_is_bounded():
    scan = Scan(b"<", judge)
    for _ in range(1000):
        scan.feed(b"<<<<1111", 1)
    assert len(scan._buffer) < LONGEST
