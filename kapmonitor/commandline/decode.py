"""`kapmonitor decode`: captured bytes to JSON lines."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from devices.decode import decode
from devices.registry import load
from kapmonitor.errors import ConfigError

CHUNK = 65536


def run(arguments: argparse.Namespace) -> int:
    """Print one JSON line for each thing found; the last one counts them."""
    spec = load().get(arguments.driver)
    for item in decode(spec, _chunks(arguments.file), arguments.rate):
        print(json.dumps(item, separators=(",", ":")))
    return 0


def _chunks(file: str) -> Iterator[bytes]:
    if file == "-":
        # os.read gives what has come; a buffered read would wait for a whole chunk.
        while chunk := os.read(sys.stdin.fileno(), CHUNK):
            yield chunk
        return
    try:
        with Path(file).open("rb") as capture:
            while chunk := capture.read(CHUNK):
                yield chunk
    except OSError as error:
        raise ConfigError(file, "the capture", f"cannot be read: {error.strerror}") from error
