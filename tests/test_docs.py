"""What the documents name must exist."""

import re
from pathlib import Path

import pytest

from devices.privacy import POLICIES
from kapmonitor.cli import parser

ROOT = Path(__file__).parent.parent
TESTS = {path.name: path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py")}


def named_tests():
    text = (ROOT / "docs" / "hazards.md").read_text("utf-8")
    return sorted(set(re.findall(r"`((?:tests/)?[\w/*.]*test\w*[\w/*.]*(?:::\w+)?)`", text)))


@pytest.mark.parametrize("name", named_tests())
def test_the_hazard_table_names_tests_that_exist(name):
    file, _, function = name.partition("::")
    pattern = file.removeprefix("tests/")
    if not pattern.endswith(".py"):
        assert list((ROOT / "tests" / pattern).rglob("test_*.py")), name
        return
    found = list((ROOT / "tests").glob(pattern)) or list((ROOT / "tests").rglob(pattern))
    assert found, name
    if function:
        assert any(f"def {function}(" in path.read_text("utf-8") for path in found), name


def test_every_hazard_has_a_control_and_a_number_of_its_own():
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "hazards.md").read_text("utf-8").splitlines()
        if line.startswith("| H")
    ]
    numbers = [row[0] for row in rows]
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= 30
    assert all(row[2] for row in rows)


def commands():
    (choices,) = (action.choices for action in parser()._actions if isinstance(action.choices, dict))
    return sorted(choices)


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command):
    assert f"kapmonitor {command}" in (ROOT / "README.md").read_text("utf-8")


DOCUMENTS = (
    "README.md",
    "docs/architecture.md",
    "docs/captures.md",
    "docs/exports.md",
    "docs/encryption.md",
    "docs/hazards.md",
    "docs/imports.md",
    "docs/protocol.md",
    "docs/record.md",
    "docs/rehearsal.md",
    "docs/series.md",
    "docs/settings.md",
)


def test_what_is_removed_from_captures_is_told_of_every_driver():
    text = (ROOT / "docs" / "captures.md").read_text("utf-8")
    for driver in POLICIES:
        assert f"`{driver}`" in text or (driver.startswith("ble-") and "`ble-...`" in text), driver


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_and_files_named_in_the_documents_exist(path):
    text = (ROOT / path).read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / path).parent.joinpath(target).exists(), target
    for folder in re.findall(r"`((?:tests|docs|playlists|devices|ui|kapmonitor)/[\w/]*/)`", text):
        assert (ROOT / folder).is_dir(), folder


def test_no_document_advises_to_silence_the_bedside_monitor():
    for path in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        text = path.read_text("utf-8").lower()
        assert not re.search(r"(mute|silence|switch off) the (bedside )?monitor", text), path
