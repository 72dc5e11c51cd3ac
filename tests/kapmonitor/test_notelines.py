"""Lines that become notes."""

from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.commandline.notelines import LONGEST_NOTE, clean, note_lines


def lines(*pieces, encoding="utf-8"):
    given_pieces = [*pieces, b""]
    return list(note_lines(lambda: given_pieces.pop(0), encoding))


def test_a_line_is_a_note_when_it_is_whole():
    assert lines(b"one\ntw", b"o\r\n", b"\n  \n", b"three") == ["one", "two", "three"]


def test_what_is_no_text_becomes_one_printable_line():
    assert lines(b"\xff\xfe\x1b[2J\ta\x00b\n") == ["\ufffd\ufffd [2J a b"]
    assert lines("Übergang".encode("latin-1"), encoding="latin-1") == ["Übergang"]


def test_an_endless_line_is_cut_and_not_collected():
    pieces = [b"a" * 65536] * 200 + [b"\nafter\n"]
    assert lines(*pieces) == ["a" * LONGEST_NOTE, "after"]


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_how_it_arrives_does_not_matter(pieces):
    pieces = [piece for piece in pieces if piece]
    assert lines(*pieces) == lines(*([b"".join(pieces)] if pieces else []))


@given(st.text())
def test_a_note_is_printable_and_short(text):
    note = clean(text)
    assert note.isprintable()
    assert len(note) <= LONGEST_NOTE
