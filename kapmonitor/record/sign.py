"""Signing a closed record: one more entry, that covers all before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kapmonitor.errors import RecordError
from kapmonitor.people.signature import Covered, Finding, Signer, signed
from kapmonitor.people.user import Meaning
from kapmonitor.record.appending import Adding, append
from kapmonitor.record.appending import Outside as Outside
from kapmonitor.record.store import Store
from kapmonitor.record.verify import Verdict
from kapmonitor.session.events import RecordSigned


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature, its entry, that one's hash, and why the head could not be kept somewhere, in words."""

    event: RecordSigned
    seq: int
    hash: str
    problems: tuple[str, ...]


def sign(path: Path, signer: Signer, meaning: Meaning, utc_ns: int, outside: Outside) -> Signed:
    """Add a signature, on disk before this returns; RecordError if the record is not one to be signed."""
    made: list[RecordSigned] = []

    def make(end: Covered, _store: Store) -> Sequence[RecordSigned]:
        made.append(signed(signer, meaning, end, utc_ns))
        return made

    adding = Adding("signed", lambda verdict: _check(path, verdict, signer, meaning), make)
    done = append(path, adding, utc_ns, outside)
    return Signed(made[0], done.places[0], done.hash, done.problems)


def _check(path: Path, verdict: Verdict, signer: Signer, meaning: Meaning) -> None:
    for each in verdict.signatures:
        same = each.signed is not None and (each.signed.key, each.signed.meaning) == (
            signer.user.key,
            meaning.value,
        )
        if same and each.finding is Finding.VALID:
            raise RecordError(str(path), f"{signer.user.about.name} has signed it as {meaning} already")
