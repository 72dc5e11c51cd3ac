"""The protocol that ships with the program, an example that nobody signed."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Final

from kapmonitor.protocol.read import Protocol, parse

EXAMPLE: Final = "protocol-example.toml"


def example_path() -> Path:
    """Where it lies, beside the example limits that it names."""
    return Path(str(resources.files("kapmonitor") / "data" / EXAMPLE))


def example() -> Protocol:
    """All four routes, with numbers from published sources and from the design's assumptions."""
    return parse(resources.files("kapmonitor").joinpath("data", EXAMPLE).read_text("utf-8"), EXAMPLE)
