"""docs/protocol.md and docs/settings.md name every key that is read, and what they show is right."""

import re
from pathlib import Path

import pytest

from kapmonitor.protocol.auto import FLAGS, NUMBERS, SCALE
from kapmonitor.protocol.form import Moment, Taken
from kapmonitor.protocol.read import read
from kapmonitor.protocol.shipped import example_path
from kapmonitor.protocol.tags import COLOURS
from kapmonitor.settings import KEYS
from kapmonitor.settings import read as read_settings
from kapmonitor.tables import Table

DOCS = Path(__file__).parents[3] / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text("utf-8")
SETTINGS = (DOCS / "settings.md").read_text("utf-8")
EVERY_KIND = "".join(
    f'\n[[form.section.field]]\nid = "k-{kind}"\ntext = "T"\nkind = "{kind}"\n'
    for kind in ("yes-no", "number", "text", "pressure", "minutes", "dose")
)


def test_every_key_of_a_protocol_is_documented(monkeypatch):
    known = set()
    monkeypatch.setattr(Table, "only", lambda _table, *keys: known.update(keys))
    read(example_path().read_text("utf-8") + EVERY_KIND, "p.toml")
    assert len(known) > 60
    assert [key for key in sorted(known) if not re.search(rf"\b{key}\b", PROTOCOL)] == []


@pytest.mark.parametrize("word", [*FLAGS, *NUMBERS, SCALE, *COLOURS, *Moment, *Taken])
def test_every_word_of_a_protocol_is_documented(word):
    assert word in PROTOCOL


@pytest.mark.parametrize("key", [f"{table}.{key}" for table, keys in KEYS.items() for key in keys])
def test_every_setting_is_documented(key):
    assert f"| `{key}` |" in SETTINGS


def blocks(text):
    return re.findall(r"```toml\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("block", blocks(PROTOCOL))
def test_what_the_protocol_s_document_shows_is_right(block):
    assert read(f'name = "x"\n{block}', "p.toml")[1] == ()


@pytest.mark.parametrize("block", blocks(SETTINGS))
def test_what_the_settings_document_shows_is_right(block):
    settings, mistakes = read_settings(block, "kapmonitor.toml")
    assert mistakes == ()
    assert {setting.origin.value for setting in settings.each()} == {"file"}
