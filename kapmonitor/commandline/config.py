"""`kapmonitor config`: where the settings are, what they are and why, and whether a file is right."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from kapmonitor.config.check import Checked, check
from kapmonitor.config.load import load_settings
from kapmonitor.errors import ConfigError
from kapmonitor.places import default_records_folder, settings_file
from kapmonitor.settings import AnySetting, Origin, Settings


def run(arguments: argparse.Namespace) -> int:
    """0 if it was told, or if the file and those it names are right; else 1."""
    if arguments.action == "check":
        return _check(Path(arguments.file), as_json=arguments.json)
    if arguments.action == "path":
        _path(settings_file(), as_json=arguments.json)
    else:
        _show(load_settings(settings_file()), as_json=arguments.json)
    return 0


def _path(path: Path, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"path": str(path), "exists": path.exists()}))
    else:
        print(path)


def _show(settings: Settings, *, as_json: bool) -> None:
    if as_json:
        rows = {
            setting.key: {"value": _value(setting), "origin": setting.origin} for setting in settings.each()
        }
        print(json.dumps(rows, indent=2))
        return
    wide = max(len(setting.key) for setting in settings.each())
    for setting in settings.each():
        print(f"{setting.key:{wide}}  {_said(setting)}  ({setting.origin})")


def _value(setting: AnySetting) -> str | float | bool | tuple[str, ...]:
    if setting.key == "records.folder":
        return setting.value or str(default_records_folder())
    return setting.value


def _said(setting: AnySetting) -> str:
    value = _value(setting)
    if isinstance(value, tuple):
        return "; ".join(value) or "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}" if value or setting.origin is not Origin.DEFAULT else "not set"
    return value or "not set"


def _check(path: Path, *, as_json: bool) -> int:
    files = check(path)
    if as_json:
        print(json.dumps([_row(checked) for checked in files], indent=2))
    else:
        for checked in files:
            _tell(checked)
    return int(any(checked.mistakes for checked in files))


def _row(checked: Checked) -> dict[str, object]:
    return {"path": checked.path, "kind": checked.kind, "mistakes": _rows(checked.mistakes)}


def _rows(mistakes: Sequence[ConfigError]) -> list[dict[str, str]]:
    return [{"key": each.key, "found": each.found, "allowed": each.allowed} for each in mistakes]


def _tell(checked: Checked) -> None:
    for mistake in checked.mistakes:
        print(" ".join(str(mistake).split()))
    if not checked.mistakes:
        print(f"{checked.path}: a {checked.kind} file without mistakes")
