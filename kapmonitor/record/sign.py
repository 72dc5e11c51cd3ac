"""Signing a closed record: one more entry, that covers all before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kapmonitor.clock import utc_text
from kapmonitor.errors import RecordError
from kapmonitor.people.signature import Covered, Finding, Signer, signed
from kapmonitor.people.staff import Staff
from kapmonitor.people.user import Meaning
from kapmonitor.record.database import ERRORS
from kapmonitor.record.heads import Head, head_files, keep
from kapmonitor.record.hold import Hold
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.store import Store
from kapmonitor.record.verify import INTACT, INTERRUPTED, Verdict, session_of, verify
from kapmonitor.session.events import RecordSigned


@dataclass(frozen=True, slots=True)
class Outside:
    """What a record is compared with: who this computer's people are, and its file of heads."""

    staff: Staff
    ledger: Path | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature, its entry, that one's hash, and why the head could not be kept somewhere, in words."""

    event: RecordSigned
    seq: int
    hash: str
    problems: tuple[str, ...]


def sign(path: Path, signer: Signer, meaning: Meaning, utc_ns: int, outside: Outside) -> Signed:
    """Add a signature, on disk before this returns; RecordError if the record is not one to be signed."""
    hold = Hold(path)
    try:
        _check(path, verify(path, outside.ledger, outside.staff), signer, meaning)
        with RecordReader(path) as reader:
            session = session_of(reader)
        store = Store(path)
        try:
            event = signed(signer, meaning, Covered(session, *store.head), utc_ns)
            seq = store.add_to_closed(event)
        finally:
            store.abandon()
    except (*ERRORS, OSError) as why:
        reason = f"could not be signed ({why}); make sure that it and its folder can be written to"
        raise RecordError(str(path), reason) from why
    finally:
        hold.release()
    head = Head(session, *store.head, utc_text(utc_ns))
    problems = tuple(filter(None, (keep(file, head) for file in head_files(path, outside.ledger))))
    return Signed(event, seq, head.hash, problems)


def _check(path: Path, verdict: Verdict, signer: Signer, meaning: Meaning) -> None:
    if verdict.kind == INTERRUPTED:
        raise RecordError(str(path), "was not closed; take the session up again, close it, and sign then")
    if verdict.kind != INTACT:
        raise RecordError(str(path), f"is damaged and is not signed ({verdict.first_bad})")
    for each in verdict.signatures:
        same = each.signed is not None and (each.signed.key, each.signed.meaning) == (
            signer.user.key,
            meaning.value,
        )
        if same and each.finding is Finding.VALID:
            raise RecordError(str(path), f"{signer.user.about.name} has signed it as {meaning} already")
