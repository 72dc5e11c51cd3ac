import itertools

from hypothesis import given
from hypothesis import strategies as st

from devices.checksum import complement8, sum8
from devices.framing import WASTE_BYTES, Lines, Scan, Waste, length_frames
from kapmonitor.model import Fault, FaultKind


def frame(*body: int) -> bytes:
    data = bytes([0x3E, len(body) + 3, *body])
    return data + bytes([complement8(data)])


def buffer() -> Scan:
    return length_frames(0x3E, {4, 5, 24}, lambda packet: sum8(packet) == 0)


def test_worked_checksums():
    assert sum8(bytes.fromhex("01800148")) == 0xCA
    assert complement8(bytes.fromhex("3E050201")) == 0xBA
    assert complement8(bytes.fromhex("3A20")) == 0xA6


def test_a_frame_after_noise_is_found_and_the_noise_is_one_fault():
    good = frame(0x4B)
    out = buffer().feed(b"\x00\x01\x3e\x99" + good, 7)
    assert out == [Fault(FaultKind.LENGTH, 7, 4, "00013e99"), good]


def test_a_bad_check_costs_only_the_bad_frame():
    good = frame(0x02, 0x01)
    bad = good[:-1] + bytes([good[-1] ^ 1])
    assert buffer().feed(bad + good, 1) == [Fault(FaultKind.CHECKSUM, 1, 5, bad.hex()), good]


def test_a_frame_inside_a_false_one_is_found_once_the_false_one_is_given_up():
    frames = buffer()
    good = frame(0x4B)
    assert frames.feed(b"\x3e\x18" + good, 1) == []
    assert frames.waiting
    assert frames.give_up(2) == [Fault(FaultKind.LENGTH, 2, 2, "3e18"), good]
    assert not frames.waiting


def test_what_is_left_at_the_end_is_a_fault():
    frames = buffer()
    frames.feed(b"\x3e\x05\x01", 1)
    assert frames.finish(3) == [Fault(FaultKind.LENGTH, 3, 3, "3e0501")]
    assert frames.finish(3) == []


def test_long_noise_is_reported_in_pieces():
    faults = buffer().feed(bytes(1000), 5)
    assert [(f.kind, f.size) for f in faults] == [(FaultKind.NOISE, WASTE_BYTES)] * 3
    assert len(bytes.fromhex(faults[0].head)) == 32


@given(st.binary(max_size=700), st.lists(st.integers(0, 700), max_size=8))
def test_cutting_changes_nothing(data, places):
    data = data + frame(0x4B) + data[:30] + frame(1, 2)
    whole = buffer()
    expected = whole.feed(data, 0) + whole.finish(0)
    pieces = buffer()
    got = []
    edges = [0, *sorted(min(p, len(data)) for p in places), len(data)]
    for a, b in itertools.pairwise(edges):
        got += pieces.feed(data[a:b], 0)
    assert got + pieces.finish(0) == expected
    assert sum(f.size if isinstance(f, Fault) else len(f) for f in expected) == len(data)


@given(st.lists(st.tuples(st.binary(max_size=400), st.sampled_from(FaultKind))))
def test_no_wasted_byte_is_lost_from_the_count(parts):
    waste = Waste()
    faults = [fault for data, kind in parts for fault in waste.add(data, 0, kind)] + waste.end(0)
    assert sum(f.size for f in faults) == sum(len(data) for data, _ in parts)
    assert all(f.size <= WASTE_BYTES for f in faults)


def test_lines():
    lines = Lines()
    assert lines.feed(b"one\r\ntw", 0) == [b"one"]
    assert lines.feed(b"o\n\nthree", 0) == [b"two", b""]
    assert lines.finish(0) == [b"three"]
    assert lines.finish(0) == []


@given(st.integers(0, 50), st.integers(1, 20))
def test_a_line_beyond_the_limit_is_cut_wherever_it_was_cut_before(size, step):
    data = b"x" * size + b"\n" + b"y" * 5 + b"\n"
    whole, pieces = Lines(limit=10), Lines(limit=10)
    expected = whole.feed(data, 0)
    got = [item for a in range(0, len(data), step) for item in pieces.feed(data[a : a + step], 0)]
    assert got == expected
    assert sum(isinstance(item, Fault) for item in expected) == max(0, (size - 1) // 10)
    assert expected[-1] == b"yyyyy"
