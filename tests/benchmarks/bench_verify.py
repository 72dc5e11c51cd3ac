"""Verifying: a hundred thousand entries, with heads beside the record and signatures in it."""

import tempfile
import time
from pathlib import Path

from bench_table import Row
from record_fixtures import T0_NS, begin
from signed_records import SESSION, sign_as, staff

from kapmonitor.headkeeping import HeadKeeper, Kept
from kapmonitor.people.user import Meaning
from kapmonitor.record.verify import verify
from kapmonitor.session.events import NoteAdded, Stamped

ENTRIES = 100_000
HEADS_EACH = 1000


def run() -> list[Row]:
    """Made, signed twice and verified."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.kap"
        make(path)
        began = time.perf_counter()
        sign_as(path, "diaz")
        signed_s = time.perf_counter() - began
        sign_as(path, "berg", Meaning.REVIEWER)
        began = time.perf_counter()
        verdict = verify(path, staff=staff())
        took_s = time.perf_counter() - began
    valid = sum(each.finding.value == "valid" for each in verdict.signatures)
    return [
        Row(
            f"record: verify {ENTRIES} entries, {verdict.anchors[0].split(' ')[0]} heads, {valid} signatures",
            f"{took_s:.2f} s, {verdict.kind}",
            "-",
            "-",
            "< 5 s, intact",
            took_s < 5 and verdict.kind == "intact" and valid == 2,
        ),
        Row("record: sign it, verified before", f"{signed_s:.2f} s", "-", "-", "-", ok=True),
    ]


def make(path: Path) -> None:
    """Notes as fast as the writer takes them, a head for each thousand."""
    writer, clock = begin(path)
    keeper = HeadKeeper(Kept(lambda: path, lambda: writer.head), None, SESSION, clock)
    for number in range(ENTRIES):
        note = Stamped(T0_NS + number, NoteAdded(str(number), "text", "a note", "AB", number))
        if number % HEADS_EACH == 0:
            writer.put_durable(note).result(60)
            keeper.keep()
        else:
            writer.put(note)
    writer.close()
    keeper.keep()


if __name__ == "__main__":
    for line in run():
        print(line)
