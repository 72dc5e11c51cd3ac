"""The Bundle itself, written one resource after the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from kapmonitor.errors import ExportError
from kapmonitor.export.fhir.coding import Json, plain_throughout
from kapmonitor.export.fhir.naming import Names
from kapmonitor.export.fhir.story import Asked, resources
from kapmonitor.export.fhir.vitals import observations
from kapmonitor.export.source import Source, Tell
from kapmonitor.export.standing import state_words

STATE_SYSTEM = "urn:kapmonitor:record-state"
MISSING = (
    "FHIR needs the package fhir.resources, which is not installed; "
    "install kapmonitor with it: pip install 'kapmonitor[fhir]'"
)


def write(source: Source, path: Path, asked: Asked, tell: Tell) -> None:
    """A Bundle of type collection; ExportError where the library is not installed."""
    checked = _Checked(path)
    state = {"system": STATE_SYSTEM, "code": asked.verdict.kind, "display": state_words(asked.verdict)}
    head: Json = {
        "resourceType": "Bundle",
        "meta": {"tag": [state]},
        "type": "collection",
        "timestamp": asked.utc,
    }
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{_text(plain_throughout(head))[:-1]}, "entry": [')
        for number, (url, resource) in enumerate(_entries(source, asked, tell)):
            comma = "," if number else ""
            file.write(f'{comma}\n{{"fullUrl": "{url}", "resource": {checked.text(resource)}}}')
        file.write("]}\n")


def _entries(source: Source, asked: Asked, tell: Tell) -> Iterator[tuple[str, Json]]:
    names = Names(source.started.session)
    yield from resources(source, names, asked)
    for number, each in enumerate(observations(source, names, tell)):
        yield names.url("Observation", str(number)), each


class _Checked:
    """Resources as text, each after the library's own check; loading that takes a second."""

    def __init__(self, path: Path) -> None:
        try:
            from fhir.resources.R4B import get_fhir_model_class
        except ImportError as why:
            raise ExportError(str(path), MISSING) from why
        self._model_of = get_fhir_model_class

    def text(self, found: Json) -> str:
        """ValueError, from the library, if it is not what R4 wants: that is our mistake."""
        resource = plain_throughout(found)
        self._model_of(resource["resourceType"]).model_validate(resource)
        return _text(resource)


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
