"""Built-in drivers, and what installed packages may offer: good ones are taken, bad ones become reasons."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from devices import registry
from devices.protocol import DriverSpec
from kapmonitor.errors import DriverLoadError

GOOD = """
from dataclasses import replace
from devices.drivers.nonin import DRIVER as NONIN
DRIVER = replace(NONIN, id="acme-ox1", label="Acme OX1")
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Installs a module with entry points, as a real distribution on sys.path."""

    def install(name, source, points):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = "\n".join(f"{point} = {name}:{target}" for point, target in points.items())
        (info / "entry_points.txt").write_text(f"[kapmonitor.devices]\n{lines}\n")
        monkeypatch.delitem(sys.modules, name, raising=False)

    monkeypatch.syspath_prepend(str(tmp_path))
    return install


def test_built_in_drivers_are_all_there():
    found = registry.load()
    names = [name for name, _ in registry.BUILT_IN]
    assert [spec.id for spec in found.specs[: len(names)]] == names
    assert not [entry for entry in found.rejected if entry.source.startswith("devices.")]
    assert all(isinstance(spec, DriverSpec) for spec in found.specs)


def test_a_driver_of_another_package_is_taken(package):
    package("kap_acme", GOOD, {"acme-ox1": "DRIVER"})
    assert registry.load().get("acme-ox1").label == "Acme OX1"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import a_module_that_is_not_there", "cannot be imported: ModuleNotFoundError"),
        ("DRIVER = 7", "is a int, not a DriverSpec"),
        ("raise SystemExit(3)", "cannot be imported: SystemExit"),
        ("1 / 0", "ZeroDivisionError"),
        ("OTHER = 1", "AttributeError"),
        (GOOD + "\nDRIVER = replace(DRIVER, api_version=2)", "was made for driver API 2, this program has 1"),
        (GOOD + "\nDRIVER = replace(DRIVER, id='Acme OX')", "has the id 'Acme OX'"),
        (GOOD + "\nDRIVER = replace(DRIVER, id='nonin')", "the id nonin is taken by Nonin oximeter"),
    ],
)
def test_a_bad_driver_is_a_reason_and_replaces_nothing(package, source, reason):
    package("kap_bad", source, {"bad-one": "DRIVER"})
    found = registry.load()
    (entry,) = [entry for entry in found.rejected if entry.name == "bad-one"]
    assert reason in entry.reason
    assert "kap_bad" in entry.source
    assert found.get("nonin").label == "Nonin oximeter"
    with pytest.raises(DriverLoadError) as caught:
        found.get("bad-one")
    assert caught.value.reason == entry.reason


def test_one_bad_driver_does_not_hide_a_good_one(package):
    package("kap_bad", "1 / 0", {"aaa": "DRIVER"})
    package("kap_good", GOOD, {"zzz": "DRIVER"})
    assert registry.load().get("acme-ox1")


def test_of_two_with_one_id_the_first_by_name_is_taken(package):
    package("kap_two", GOOD + "\nB = replace(DRIVER, label='second')", {"b": "B", "a": "DRIVER"})
    found = registry.load()
    assert found.get("acme-ox1").label == "Acme OX1"
    assert [entry.name for entry in found.rejected] == ["b"]


def test_a_broken_built_in_is_a_reason_too(monkeypatch):
    monkeypatch.setattr(registry, "BUILT_IN", (("suntech", "devices.drivers.gone"), *registry.BUILT_IN[1:]))
    found = registry.load()
    assert "ModuleNotFoundError" in found.rejected[0].reason
    assert found.get("nonin")


def test_an_unknown_driver_is_answered_with_those_that_exist():
    with pytest.raises(DriverLoadError, match=r"driver defibrillator: .*suntech, nonin"):
        registry.load().get("defibrillator")


@pytest.mark.parametrize(
    "broken",
    [b"[kapmonitor.devices]\nno pair at all\n", b"\xff\xfe[kapmonitor.devices]\nx = y:Z\n"],
)
def test_a_package_whose_list_cannot_be_read_hides_no_other(package, tmp_path, broken):
    package("kap_good", GOOD, {"acme-ox1": "DRIVER"})
    package("kap_broken", "", {"other": "DRIVER"})
    (tmp_path / "kap_broken-1.0.dist-info" / "entry_points.txt").write_bytes(broken)
    found = registry.load()
    assert found.get("acme-ox1").label == "Acme OX1"
    assert [entry.name for entry in found.rejected] == ["kap_broken"]
    assert "cannot be read" in found.rejected[0].reason


def test_an_entry_that_names_nothing_is_a_reason(package):
    package("kap_odd", GOOD, {"odd": "DRIVER"})
    package("kap_none", "", {"gone": "NOT.THERE"})
    found = registry.load()
    assert found.get("acme-ox1")
    assert [entry.name for entry in found.rejected] == ["gone"]


@pytest.mark.parametrize(
    "change",
    [
        "id=5",
        "id=None",
        "api_version='1'",
        "api_version=None",
        "label=None",
        "link='serial'",
        "metrics=()",
        "metrics=None",
        "metrics=('SpO2',)",
        "protocol=None",
        "evidence='manual'",
        "options=None",
        "commands='start'",
    ],
)
def test_a_description_of_wrong_types_is_a_reason(package, change):
    package("kap_bad", GOOD + f"\nDRIVER = replace(DRIVER, {change})", {"bad-one": "DRIVER"})
    assert [entry.name for entry in registry.load().rejected] == ["bad-one"]


def test_the_list_of_drivers_in_the_program_names_the_bad_ones_with_their_reasons(package, tmp_path):
    package("kap_good", GOOD, {"acme-ox1": "DRIVER"})
    package("kap_bad", "1 / 0", {"bad-one": "DRIVER"})
    told = json.loads(listed(tmp_path, "--json"))
    assert "acme-ox1" in [driver["id"] for driver in told["drivers"]]
    (bad,) = told["rejected"]
    assert (bad["name"], bad["source"]) == ("bad-one", "kap_bad:DRIVER (kap_bad)")
    assert "ZeroDivisionError" in bad["reason"]
    text = listed(tmp_path)
    assert f"bad-one              cannot be used: {bad['reason']}" in text
    assert "it comes from kap_bad:DRIVER (kap_bad)" in text


def listed(path, *options):
    environment = {**os.environ, "PYTHONPATH": str(path)}
    command = [sys.executable, "-m", "kapmonitor", "devices", "list", *options]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
