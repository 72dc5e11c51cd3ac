"""`make soak`: thousands of random edits and flipped bytes of signed records, and how many `verify` found.

Half as many of encrypted ones, by somebody who has their key; bytes are flipped by somebody who has not.

python tests/soak/tamper_records.py [EDITS] [SEED]
"""

import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

from signed_records import kept_record, sign_as, signature_of_another, staff
from tampering import everything, flip, names, random_edit
from vault_parts import PASSPHRASE

from kapmonitor.errors import RecordLocked, RecordTooNew
from kapmonitor.people.user import Meaning
from kapmonitor.record.verify import verify
from kapmonitor.vault import age
from kapmonitor.vault.home import set_up

LENGTHS_S = (3, 30, 65, 200)


def signed_record(folder, seconds, vault=None):
    """A record with heads beside it and two signatures."""
    path = kept_record(folder / f"{seconds}.kap", seconds, vault=vault)
    sign_as(path, "diaz")
    sign_as(path, "berg", Meaning.REVIEWER)
    assert verify(path, staff=staff()).kind == "intact"
    return path


def edits(records, count, rng, folder):
    """How many of each kind there were, were found, and were named."""
    done, found, named = Counter(), Counter(), Counter()
    foreign = signature_of_another(folder)
    path = folder / "edited.kap"
    for _ in range(count):
        record = rng.choice(records)
        shutil.copy(record, path)
        shutil.copy(record.with_name(f"{record.name}.heads"), folder / "edited.kap.heads")
        edit = random_edit(path, rng, foreign)
        verdict = verify(path, staff=staff())
        done[edit.kind] += 1
        found[edit.kind] += verdict.kind == "damaged"
        named[edit.kind] += names(verdict.first_bad or "", edit.table, edit.row)
        if verdict.kind != "damaged" or not names(verdict.first_bad, edit.table, edit.row):
            print(f"  {edit}: {verdict.kind}, {verdict.first_bad}")
    return done, found, named


def flips(records, count, rng, folder):
    """How many flipped bytes were found, changed nothing that can be read, or were missed."""
    tally = Counter()
    path = folder / "flipped.kap"
    known = {record: (record.read_bytes(), everything(record)) for record in records}
    for _ in range(count):
        data, before = known[rng.choice(records)]
        flip(path, data, rng.randrange(len(data)), rng)
        try:
            kind = verify(path, staff=staff()).kind
        except (RecordTooNew, RecordLocked):
            kind = "damaged"  # the version or the name of the key was hit, and the file is refused
        if kind == "damaged":
            tally["found"] += 1
        elif everything(path) == before:
            tally["nothing that can be read was changed"] += 1
        else:
            tally["missed"] += 1
    return tally


def main(count, seed):
    """Print what was found; 1 if anything was missed or not named."""
    rng = random.Random(seed)
    print(f"seed {seed}")
    with tempfile.TemporaryDirectory() as name:
        plain = trial("plain", Path(name) / "plain", count, rng)
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_DATA_HOME"] = str(Path(name) / "data")
        vault = set_up(PASSPHRASE, age.recipient_of(age.new_identity()))
        encrypted = trial("encrypted", Path(name) / "encrypted", count // 2, rng, vault)
    return 0 if plain and encrypted else 1


def trial(what, folder, count, rng, vault=None):
    """So many edits and flips of records of one kind; whether all were found and named."""
    folder.mkdir()
    records = [signed_record(folder, seconds, vault) for seconds in LENGTHS_S]
    began = time.monotonic()
    done, found, named = edits(records, count, rng, folder)
    print(f"{what} records: {count} edits in {time.monotonic() - began:.0f} s")
    for kind in sorted(done):
        print(f"  {kind}: {done[kind]} made, {found[kind]} found, {named[kind]} with the entry named")
    tally = flips(records, count, rng, folder)
    print(f"  {count} flipped bytes: {', '.join(f'{n} {told}' for told, n in tally.items())}")
    return done == found == named and not tally["missed"]


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    raise SystemExit(main(*(*numbers, *(5000, 1)[len(numbers) :])))
