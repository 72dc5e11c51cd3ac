"""`kapmonitor decode`: captured bytes to JSON lines."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterator

from devices.address import DeviceAddress, driver_options
from devices.capture import SNIFF_BYTES, is_capture, lines_of, read
from devices.decode import Line, decode, decode_capture
from devices.registry import load
from kapmonitor.errors import AddressError, CaptureError, ConfigError

CHUNK = 65536


def run(arguments: argparse.Namespace) -> int:
    """Print one JSON line for each thing found; the last one counts them."""
    with _opened(arguments.file) as source:
        head = _head(source)
        lines = _capture(arguments, source, head) if is_capture(head) else _bytes(arguments, source, head)
        for line in lines:
            print(json.dumps(line, separators=(",", ":")))
    return 0


def _opened(file: str) -> io.FileIO:
    """Unbuffered: a buffered read of a pipe would wait for a whole chunk."""
    if file == "-":
        return io.FileIO(sys.stdin.fileno(), closefd=False)
    try:
        return io.FileIO(file)
    except OSError as error:
        raise ConfigError(file, "the capture", f"cannot be read: {error.strerror}") from error


def _head(source: io.FileIO) -> bytes:
    """As much as tells whether this is a capture file; bytes that are none are not waited for."""
    head = b""
    while len(head) < SNIFF_BYTES and (not head or head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in b"{"):
        more = source.read(SNIFF_BYTES - len(head))
        if not more:
            break
        head += more
    return head


def _bytes(arguments: argparse.Namespace, source: io.FileIO, head: bytes) -> Iterator[Line]:
    if not arguments.driver:
        whose = "whose bytes are these? Give --driver ID; only a file of kapmonitor capture names its own"
        raise ConfigError(arguments.file, "--driver", whose)
    return decode(load().get(arguments.driver), _chunks(source, head), arguments.rate)


def _chunks(source: io.FileIO, head: bytes) -> Iterator[bytes]:
    yield head
    while chunk := source.read(CHUNK):
        yield chunk


def _capture(arguments: argparse.Namespace, source: io.FileIO, head: bytes) -> Iterator[Line]:
    if arguments.rate is not None:
        raise ConfigError(arguments.file, "--rate", "a capture file has its own times; leave it out")
    capture = read(lines_of(_chunks(source, head)), arguments.file)
    header = capture.header
    driver = arguments.driver or header.driver
    if driver == "raw":
        raise ConfigError(arguments.file, "--driver", "was recorded without a driver; give --driver ID")
    spec = load().get(driver)
    given = tuple((key, str(value)) for key, value in header.options.items() if driver == header.driver)
    try:
        options = driver_options(DeviceAddress(driver, "capture", given), spec.options)
    except AddressError as why:
        raise CaptureError(arguments.file, 1, f"the header's options do not fit: {why.reason}") from why
    return decode_capture(spec, capture.entries, options)
