"""What the console takes of the clinic's protocol."""

from kapmonitor.protocol.read import parse
from kapmonitor.show_session import tag_names
from ui.notes.wording import TAGS

TWO = """
name = "Two keys"
example = true

[[tag]]
key = 2
label = "Tears"

[[tag]]
key = 9
label = "Psychotic symptoms"
short = "psychotic"
"""


def test_the_keys_note_what_the_protocol_says_and_the_usual_where_it_says_nothing():
    names = tag_names(parse(TWO, "test"))
    assert names == (TAGS[0], "Tears", *TAGS[2:8], "psychotic")


def test_without_tags_of_its_own_the_console_has_the_usual_ones():
    assert tag_names(None) == ()
    assert tag_names(parse('name = "None"\nexample = true\n', "test")) == ()
