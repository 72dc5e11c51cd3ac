"""The code in docs/adding-a-driver.md, taken from it, installed as a package of its own, and run."""

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from devices import API_VERSION
from devices.registry import GROUP, load
from devices.testing import ConformanceError, Heard, Sent, Tells, check_dialogue

DOCUMENT = (Path(__file__).parents[2] / "docs" / "adding-a-driver.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL))
LINES = 40


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The document's package as pip would leave it: modules, and metadata with the entry points."""
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    info = tmp_path / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"][GROUP]
    entries = "".join(f"{name} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{entries}")
    for name, text in FILES.items():
        if name.endswith(".py"):
            (tmp_path / name).write_text(text)
            monkeypatch.delitem(sys.modules, name.removesuffix(".py"), raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in FILES:
        sys.modules.pop(name.removesuffix(".py"), None)


def test_the_document_has_a_driver_a_test_and_a_package():
    assert set(FILES) == {"kap_acme.py", "test_kap_acme.py", "pyproject.toml"}


def test_the_driver_is_about_forty_lines():
    tree = ast.parse(FILES["kap_acme.py"])
    body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom | ast.Expr)]
    source = FILES["kap_acme.py"].splitlines()
    lines = [line for node in body for line in source[node.lineno - 1 : node.end_lineno]]
    assert len([line for line in lines if line.strip()]) <= LINES


def test_the_installed_driver_is_found(installed):
    found = load()
    assert found.get("acme-ox1").api_version == API_VERSION
    assert found.get("acme-ox1").beta
    assert found.rejected == ()


def test_the_documents_own_tests_pass(installed):
    module = importlib.import_module("test_kap_acme")
    tests = [getattr(module, name) for name in dir(module) if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()


def test_the_document_says_what_the_device_says(installed):
    """The lines shown at its beginning are those of its test, and a wrong sum is no value."""
    for line in re.findall(r"^    (SPO2=\S+ HR=\S+ [0-9A-F]{2}) ", DOCUMENT, re.MULTILINE):
        assert line in FILES["test_kap_acme.py"]
    driver = load().get("acme-ox1")
    wrong = [
        Sent(b"?\r"),
        Heard(b"SPO2=097 HR=072 1E\r\n"),
        Tells({"kind": "fault", "fault": "content", "size": 18}),
    ]
    check_dialogue(driver, wrong)
    with pytest.raises(ConformanceError, match="the driver told"):
        check_dialogue(driver, [*wrong[:2], Tells({"kind": "numeric", "value": 97})])


def test_the_program_uses_the_driver(installed):
    """Listed with its evidence, and decoding, in a process that knows nothing but the installed package."""
    listed = json.loads(program(installed, "devices", "list", "--json"))
    (acme,) = [driver for driver in listed["drivers"] if driver["id"] == "acme-ox1"]
    assert acme["evidence"]["documents"] == ["Acme OX1 manual 1.2, page 9"]
    assert listed["rejected"] == []
    (installed / "bytes.bin").write_bytes(b"SPO2=097 HR=072 91\r\nSPO2=--- HR=--- 66\r\n")
    decoded = program(installed, "decode", "--driver", "acme-ox1", str(installed / "bytes.bin"))
    values = [json.loads(line).get("value") for line in decoded.splitlines()][:4]
    assert values == [97.0, 72.0, None, None]


def program(folder, *arguments):
    command = [sys.executable, "-m", "kapmonitor", *arguments]
    environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return answer.stdout


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:devices|kapmonitor)(?:\.\w+)+)`", DOCUMENT))))
def test_every_name_in_the_document_exists(name):
    module, _, attribute = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ImportError:
        assert hasattr(importlib.import_module(module), attribute)
