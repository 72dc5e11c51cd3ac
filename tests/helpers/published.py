"""The frames that manuals and other people have printed, tests/data/published/<driver>.toml, as values.

    [[frame]]
    name = "short name"
    kind = "real" | "published" | "constructed"
    source = "whose frame, page"
    hex = "..."        # or text = "..." or messages = [["2a37", "0048"], ...] for Bluetooth
    options = {}       # optional options of the driver
    expect = [{kind = "numeric", metric = "MDC_...", value = 97.0}, ...]    # lines of decode(), in this order
    only = true        # optional: there are no other numeric lines
    nothing = true     # instead of expect: no numeric and no wave comes of it

The value "none" in an expectation stands for null.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from devices.decode import full_uuid
from devices.testing.parts import fits

Line = Mapping[str, object]
FOLDER = Path(__file__).parent.parent / "data" / "published"
KINDS = ("real", "published", "constructed")
LINE_KINDS = ("numeric", "wave", "alert", "cuff", "cuff-failed", "identity", "fault", "end")
KEYS = {"name", "kind", "source", "hex", "text", "messages", "options", "expect", "only", "nothing"}
CARRIERS = ("hex", "text", "messages")


@dataclass(frozen=True, slots=True)
class Frame:
    """One printed stretch of bytes and what it means; `messages` are (UUID, payload), `data` serial bytes."""

    driver: str
    name: str
    kind: str
    source: str
    data: bytes
    messages: tuple[tuple[str, bytes], ...]
    options: Mapping[str, str | int | float | bool]
    expect: tuple[Mapping[str, object], ...]
    only: bool
    nothing: bool

    @property
    def capture(self) -> bytes:
        """What `kapmonitor decode` reads."""
        if not self.messages:
            return self.data
        return b"".join(f"{uuid} {payload.hex()}\n".encode() for uuid, payload in self.messages)


def drivers() -> list[str]:
    """Drivers that have a file."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def frames(driver: str) -> list[Frame]:
    """The frames of one driver; ValueError names the frame and what is wrong with it."""
    path = FOLDER / f"{driver}.toml"
    tables = tomllib.loads(path.read_text("utf-8"))
    if set(tables) != {"frame"} or not tables["frame"]:
        raise ValueError(f"{path.name}: wants [[frame]] tables and nothing else")
    found = [_frame(driver, table) for table in tables["frame"]]
    names = [frame.name for frame in found]
    if len(set(names)) != len(names):
        raise ValueError(f"{path.name}: two frames have one name: {sorted(names)}")
    return found


def _frame(driver: str, table: Mapping[str, object]) -> Frame:
    where = f"{driver}.toml, frame {table.get('name')!r}"
    for wrong in _mistakes(table):
        raise ValueError(f"{where}: {wrong}")
    expect = table.get("expect", [])
    return Frame(
        driver=driver,
        name=str(table["name"]),
        kind=str(table["kind"]),
        source=str(table["source"]),
        data=_bytes(table),
        messages=tuple(
            (full_uuid(uuid) or uuid, bytes.fromhex(text)) for uuid, text in table.get("messages", ())
        ),
        options=dict(table.get("options", {})),
        expect=tuple({key: _with_null(value) for key, value in line.items()} for line in expect),
        only=bool(table.get("only", False)),
        nothing=bool(table.get("nothing", False)),
    )


def _mistakes(table: Mapping[str, object]) -> Iterable[str]:
    if unknown := set(table) - KEYS:
        yield f"unknown keys {sorted(unknown)}"
    if not all(isinstance(table.get(key), str) and table[key] for key in ("name", "kind", "source")):
        yield "name, kind and source are missing or empty"
    if table.get("kind") not in KINDS:
        yield f"kind is one of {KINDS}"
    if len([key for key in CARRIERS if table.get(key)]) != 1:
        yield f"wants exactly one of {CARRIERS}"
    if bool(table.get("nothing")) == bool(table.get("expect")):
        yield "wants either expect or nothing = true"
    for line in table.get("expect", ()):
        if line.get("kind") not in LINE_KINDS or len(line) < 2:
            yield f"an expectation has a kind of {LINE_KINDS} and something to compare: {line}"


def _messages(table: Mapping[str, object]) -> tuple[tuple[str, bytes], ...]:
    return tuple((full_uuid(uuid) or uuid, bytes.fromhex(text)) for uuid, text in table.get("messages", ()))


def _bytes(table: Mapping[str, object]) -> bytes:
    if "hex" in table:
        return bytes.fromhex(str(table["hex"]))
    return str(table.get("text", "")).encode("latin-1")


def missing(expected: Sequence[Line], lines: Iterable[Line]) -> Line | None:
    """The first expectation that no further line answers, or None; each line answers at most one."""
    rest = iter(lines)
    return next((one for one in expected if not any(fits(line, one) for line in rest)), None)


def _with_null(value: object) -> object:
    """The value with null where the table says "none"."""
    if isinstance(value, list):
        return [_with_null(item) for item in value]
    return None if value == "none" else value
