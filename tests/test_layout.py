"""Rules about the tree itself."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("kapmonitor", "devices", "ui", "playlists")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60


def modules():
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_the_four_packages_have_one_parent():
    parents = {Path(importlib.import_module(name).__file__).parent.parent for name in PACKAGES}
    assert parents == {ROOT}


def test_no_package_marker_below_tests():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_no_module_and_no_function_is_too_long():
    too_long = []
    for path in modules():
        text = path.read_text("utf-8")
        if text.count("\n") > LONGEST_MODULE:
            too_long.append(str(path.relative_to(ROOT)))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    too_long.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert too_long == []


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("kapmonitor.cli", ("PySide6", "numpy", "bleak", "serial", "sqlite3")),
        ("kapmonitor.commandline.decode", ("PySide6", "bleak", "bumble")),
        ("kapmonitor.commandline.devices", ("PySide6", "bleak", "bumble")),
        ("kapmonitor.commandline.verify", ("PySide6", "bleak", "bumble")),
        ("kapmonitor.commandline.record", ("PySide6", "bumble", "pyqtgraph")),
        ("kapmonitor.commandline.simulate", ("PySide6", "pyqtgraph")),
        ("ui.main_window", ("numpy", "pyqtgraph", "soundfile")),
    ],
)
def test_what_an_import_must_not_bring_along(module, absent):
    code = f"import sys, {module}; print([n for n in {absent!r} if n in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_command_is_documented():
    from kapmonitor.cli import parser

    (commands,) = (each for each in parser()._actions if isinstance(each.choices, dict))
    assert len(commands.choices) >= 20
    written = "".join(page.read_text("utf-8") for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")))
    for command in commands.choices:
        assert f"kapmonitor {command}" in written, command


def test_help_says_that_it_is_an_aid():
    from kapmonitor.cli import parser

    assert "bedside monitor stays the first alarm" in " ".join(parser().format_help().split())
    assert "bedside monitor stays the primary alarm" in " ".join(
        (ROOT / "README.md").read_text("utf-8").split()
    )
