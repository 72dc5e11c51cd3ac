"""What stays of records that were deleted: one line of JSON each step, signed by the admin who took it.

The file only grows. It names sessions by their id and their record's digest, never a person: of a record's
name only the date and time are kept, as the rest may be a person's number.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kapmonitor.durable import append_line
from kapmonitor.people.signature import Signer
from kapmonitor.people.staff import Staff

DAY_S: Final = 86400.0
_DATED: Final = re.compile(r"\d{4}-\d\d-\d\d-\d{4}")


class Step(StrEnum):
    """What was done: marked for deletion, the mark taken back, deleted."""

    MARKED = "marked"
    KEPT = "kept"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Stone:
    """One step. `digest` is the hash of the record's last entry, or of its file if that cannot be read.

    `by` is the admin's id; `left` counts files that could not be deleted. `key` and `signature` are theirs.
    """

    step: str
    session: str
    record: str
    digest: str
    utc: str
    by: str
    reason: str
    left: int = 0
    key: str = ""
    signature: str = ""


class Answer(StrEnum):
    """What an admin's wish to delete a record comes to."""

    MARK = "mark"
    DELETE = "delete"
    MARK_FIRST = "it is not marked yet; --now is for the second step"
    SAME_ADMIN = "with --now another admin than the one who marked it takes the second step"
    TOO_SOON = "the waiting time is not over"


def stones_file(heads: Path) -> Path:
    """Where they are kept, beside the computer's ledger of heads."""
    return heads.with_suffix(".forgotten")


def answer(mark: Stone | None, by: str, utc: str, days: float, *, at_once: bool) -> Answer:
    """The first step marks; the second, days later or by another admin at once, deletes."""
    if mark is None:
        return Answer.MARK_FIRST if at_once else Answer.MARK
    if age_s(mark, utc) >= days * DAY_S:
        return Answer.DELETE
    if not at_once:
        return Answer.TOO_SOON
    return Answer.SAME_ADMIN if mark.by == by else Answer.DELETE


def age_s(mark: Stone, utc: str) -> float:
    """How long ago it was marked; negative if the clock was set back since."""
    return (datetime.fromisoformat(utc) - datetime.fromisoformat(mark.utc)).total_seconds()


def marked(stones: tuple[Stone, ...], digest: str) -> Stone | None:
    """The mark that holds for a record as it is; None if there is none or it was taken back."""
    last = next((each for each in reversed(stones) if each.digest == digest), None)
    return last if last is not None and last.step == Step.MARKED else None


def public_name(record: Path) -> str:
    """What may be kept of a record's name."""
    found = _DATED.match(record.name)
    return f"{found[0]}…{record.suffix}" if found else f"…{record.suffix}"


def signed(stone: Stone, signer: Signer) -> Stone:
    """With the admin's signature over all of it."""
    stone = replace(stone, key=signer.user.key)
    return replace(stone, signature=signer.private.sign(_claim(stone)).hex())


def _claim(stone: Stone) -> bytes:
    told = {name: value for name, value in asdict(stone).items() if name != "signature"}
    return rfc8785.dumps(told)


def is_signed(stone: Stone, staff: Staff) -> bool:
    """Whether it is what an admin of this computer signed."""
    owner = staff.owner_of(stone.key)
    if owner is None or owner.about.id != stone.by:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(stone.key))
        key.verify(bytes.fromhex(stone.signature), _claim(stone))
    except (InvalidSignature, ValueError):
        return False
    return True


def add(file: Path, stone: Stone) -> None:
    """On disk before this returns; OSError if it cannot be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    append_line(file, json.dumps(asdict(stone)))


def stones_in(file: Path) -> tuple[Stone, ...]:
    """All of them in order; what cannot be read as one is left out. OSError if the file cannot be read."""
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(stone for stone in map(_stone, lines) if stone is not None)


def _stone(line: str) -> Stone | None:
    try:
        told = json.loads(line)
        stone = Stone(**{field.name: told[field.name] for field in fields(Stone)})
        datetime.fromisoformat(stone.utc)
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    texts = (getattr(stone, field.name) for field in fields(Stone) if field.name != "left")
    return stone if all(isinstance(each, str) for each in texts) and isinstance(stone.left, int) else None
