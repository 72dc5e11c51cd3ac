"""`kapmonitor sign`: put a person's signature on a closed record."""

from __future__ import annotations

import argparse
import sys
import time

from kapmonitor.clock import utc_text
from kapmonitor.commandline.pins import ask
from kapmonitor.commandline.unlocking import record_to_read
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.staff import active
from kapmonitor.people.user import Meaning
from kapmonitor.places import heads_ledger, people_file
from kapmonitor.record.sign import Outside, sign


def run(arguments: argparse.Namespace) -> int:
    """Ask for the PIN and sign."""
    path = record_to_read(arguments.record)
    book = PeopleBook(people_file())
    active(book.staff().user(arguments.user))
    signer = book.unlock(arguments.user, ask(arguments.user), time.time_ns())
    outside = Outside(book.staff(), heads_ledger())
    done = sign(path, signer, Meaning(arguments.meaning), time.time_ns(), outside)
    event = done.event
    print(
        f"entry {done.seq}: signed by {event.name} ({event.role}) as {event.meaning} "
        f"at {utc_text(event.utc_ns)}, entries 1 to {event.head_seq}"
    )
    for problem in done.problems:
        print(f"kapmonitor: the record's head is not kept: {problem}", file=sys.stderr)
    return 0
