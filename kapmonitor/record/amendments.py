"""What was amended in a record after its session's end, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kapmonitor.clock import utc_text
from kapmonitor.people.signature import Finding
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.signatures import Signature
from kapmonitor.session.codec import decode
from kapmonitor.session.events import RecordAmended


def amendments_of(reader: RecordReader, signatures: Sequence[Signature]) -> tuple[str, ...]:
    """A line for each, and whether whoever made it signed it; RecordDamaged if they cannot be read."""
    return tuple(_told(reader, signatures))


def _told(reader: RecordReader, signatures: Sequence[Signature]) -> Iterator[str]:
    with reader.reading() as connection:
        rows = connection.execute(
            "SELECT seq, version, body FROM event WHERE type = ? ORDER BY seq", (RecordAmended.TYPE,)
        )
        found = [(seq, decode(RecordAmended.TYPE, version, body)) for seq, version, body in rows]
    for seq, event in found:
        if not isinstance(event, RecordAmended):
            yield f"entry {seq}: an amendment that this version cannot read"
            continue
        who = event.name or event.by or "somebody who did not say who"
        sure = "signed" if any(_is_of(each, seq, event) for each in signatures) else "not signed"
        what = "taken back" if event.withdrawn else "amended"
        yield f"entry {seq}: a note {what} by {who} at {utc_text(event.utc_ns)}, {sure}"


def _is_of(signature: Signature, seq: int, event: RecordAmended) -> bool:
    made = signature.signed
    holds = signature.finding is Finding.VALID
    return holds and made is not None and (made.head_seq, made.user) == (seq, event.user)
