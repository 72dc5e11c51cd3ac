"""Signatures on a record: each lie about one is found and told apart from the others."""

import dataclasses
import json
import shutil
import sqlite3
import time
from contextlib import closing

import pytest
from record_fixtures import SECOND, STARTED, T0_NS, UTC0_NS, begin, make_record, put_second
from signed_records import (
    ANN,
    COLE,
    SESSION,
    as_another,
    kept_record,
    sign_as,
    signer,
    staff,
)
from tampering import add_event, rechain, tamper

from kapmonitor.errors import RecordError
from kapmonitor.people.signature import Covered, Finding, signed
from kapmonitor.people.staff import Staff, turned_off
from kapmonitor.people.user import Meaning
from kapmonitor.record.hold import Hold
from kapmonitor.record.past import past_of
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.sign import Outside, sign
from kapmonitor.record.verify import verify
from kapmonitor.session.codec import encode
from kapmonitor.session.events import RecordSigned


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    """Signed by a nurse, then by a prescriber who reviewed it; nothing is kept outside it."""
    path = make_record(tmp_path_factory.mktemp("signed") / "a.kap", 25)
    sign_as(path, "diaz")
    sign_as(path, "berg", Meaning.REVIEWER)
    path.with_name("a.kap.heads").unlink()
    return path


@pytest.fixture
def copy(record, tmp_path):
    return shutil.copy(record, tmp_path / "copy.kap")


def findings(path, people=None):
    return [each.finding for each in verify(path, staff=people or staff()).signatures]


def signatures(path):
    """(seq, event) of each, in order."""
    with RecordReader(path) as reader:
        rows = [(row.seq, row.stamped.event) for row in reader.events()]
    return [(seq, event) for seq, event in rows if isinstance(event, RecordSigned)]


def rewrite(path, seq, event):
    """Another body for a signature, and all hashes made to fit again."""
    assert tamper(path, "UPDATE event SET body = ? WHERE seq = ?", (encode(event), seq)) == 1
    rechain(path)


def test_who_signed_what_when_and_as_what_is_told(record):
    verdict = verify(record, staff=staff())
    assert verdict.kind == "intact"
    first, second = verdict.signatures
    assert (first.finding, second.finding) == (Finding.VALID, Finding.VALID)
    assert first.text == (
        f"Cole Díaz (nurse) as author at 2023-11-15T00:13:20Z, entries 1 to {first.seq - 1}: valid"
    )
    assert second.text.startswith("Ann Berg (prescriber) as reviewer at ")
    assert second.signed.head_seq == first.seq


def test_a_signature_leaves_one_file_and_its_head(tmp_path):
    path = kept_record(tmp_path / "a.kap", 12)
    done = sign_as(path, "diaz", ledger=tmp_path / "ledger")
    assert done.problems == ()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.kap", "a.kap.heads", "ledger"]
    verdict = verify(path, tmp_path / "ledger", staff())
    assert verdict.kind == "intact"
    assert all(f"the last of entry {done.seq}" in line for line in verdict.anchors)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_signature_weeks_later_does_not_make_the_session_longer(tmp_path):
    path = make_record(tmp_path / "a.kap", 12)
    with RecordReader(path) as reader:
        before = past_of(reader)
    sign_as(path, "diaz", utc_ns=UTC0_NS + 30 * 86400 * SECOND)
    with RecordReader(path) as reader:
        after = past_of(reader)
        assert reader.is_closed()
    assert (after.end_ns, after.is_closed) == (before.end_ns, True)


@pytest.mark.parametrize(
    "field", ["name", "user", "role", "meaning", "utc_ns", "session", "head_seq", "head_hash", "key"]
)
def test_no_part_of_a_signature_can_be_changed(copy, field):
    seq, event = signatures(copy)[0]
    value = getattr(event, field)
    value = value - 1 if isinstance(value, int) else {"0": "1"}.get(value[0], "0") + value[1:]
    rewrite(copy, seq, dataclasses.replace(event, **{field: value}))
    verdict = verify(copy, staff=staff())
    assert verdict.kind == "damaged"
    assert verdict.first_bad.startswith(f"entry {seq} (record.signed): ")
    named = {"name": Finding.NAME_CHANGED, "user": Finding.NAME_CHANGED, "role": Finding.NAME_CHANGED}
    assert verdict.signatures[0].finding is named.get(field, Finding.CHANGED)


def test_a_changed_name_is_told_with_the_true_one(copy):
    seq, event = signatures(copy)[0]
    rewrite(copy, seq, dataclasses.replace(event, name="Ann Berg"))
    said = verify(copy, staff=staff()).first_bad
    assert "who signed was changed afterwards and is Cole Díaz (nurse)" in said


def test_a_signature_moved_to_another_session_is_found(record, tmp_path):
    path = make_record(tmp_path / "b.kap", 25, dataclasses.replace(STARTED, session="s2"))
    _, event = signatures(record)[0]
    seq = add_event(path, RecordSigned.TYPE, encode(event))
    verdict = verify(path, staff=staff())
    assert verdict.kind == "damaged"
    assert verdict.first_bad.startswith(f"entry {seq} (record.signed): Cole Díaz (nurse) as author")
    assert verdict.first_bad.endswith(f"made for another session ({SESSION}) and put here")


def test_what_was_changed_before_a_signature_is_found_by_it(copy):
    tamper(copy, "UPDATE event SET body = replace(body, 'note at 5', 'note at 6')")
    rechain(copy)
    assert findings(copy) == [Finding.OTHER_ENTRIES, Finding.OTHER_ENTRIES]
    assert "made for other entries" in verify(copy, staff=staff()).first_bad


def test_a_signature_cannot_cover_what_comes_after_it(copy):
    seq, _ = signatures(copy)[-1]
    event = signed(signer("berg"), Meaning.WITNESS, Covered(SESSION, seq + 1, "0" * 64), UTC0_NS)
    add_event(copy, RecordSigned.TYPE, encode(event))
    assert findings(copy)[-1] is Finding.OTHER_ENTRIES


def test_a_key_that_is_not_known_is_said_and_speaks_against_nobody(record):
    known = Staff((staff().user("berg"),))
    verdict = verify(record, staff=known)
    assert verdict.kind == "intact"
    assert [each.finding for each in verdict.signatures] == [Finding.UNKNOWN_KEY, Finding.VALID]
    assert verdict.signatures[0].text.endswith("signed by a key this computer does not know")
    assert findings(record, Staff()) == [Finding.UNKNOWN_KEY] * 2


def test_ones_own_key_in_anothers_name_is_found(tmp_path):
    path = make_record(tmp_path / "a.kap", 2)
    sign(path, as_another(ANN, "diaz"), Meaning.AUTHOR, UTC0_NS, Outside(staff()))
    verdict = verify(path, staff=staff())
    assert [each.finding for each in verdict.signatures] == [Finding.OTHER_PERSON]
    assert "signed with the key of Cole Díaz (diaz)" in verdict.first_bad


def test_who_has_another_role_since_is_told_beside_the_valid_signature(tmp_path):
    path = make_record(tmp_path / "a.kap", 2)
    was = dataclasses.replace(COLE, name="Cole Before")
    sign(path, as_another(was, "diaz"), Meaning.AUTHOR, UTC0_NS, Outside(staff()))
    (found,) = verify(path, staff=staff()).signatures
    assert found.finding is Finding.VALID
    assert found.text.endswith("valid (known on this computer as Cole Díaz, nurse)")


def test_who_was_turned_off_since_stays_the_signer(record):
    assert findings(record, turned_off(staff(), "diaz", "2026-01-01T00:00:00Z")) == [Finding.VALID] * 2


def test_a_signature_that_is_none_is_damage_and_one_of_a_newer_program_is_not(copy):
    newer = add_event(copy, RecordSigned.TYPE, '{"new":1}', version=RecordSigned.VERSION + 1)
    verdict = verify(copy, staff=staff())
    assert verdict.kind == "intact"
    assert (verdict.signatures[-1].seq, verdict.signatures[-1].signed) == (newer, None)
    seq = add_event(copy, RecordSigned.TYPE, '{"head_seq":1e400,"name":"x"}')
    assert verify(copy, staff=staff()).first_bad.startswith(f"entry {seq} (record.signed): a signature that")


def test_nobody_signs_twice_as_the_same(copy):
    with pytest.raises(RecordError, match="Cole Díaz has signed it as author already"):
        sign_as(copy, "diaz")
    sign_as(copy, "diaz", Meaning.WITNESS)


def test_an_interrupted_record_is_not_signed(tmp_path):
    writer, clock = begin(tmp_path / "a.kap")
    put_second(writer, clock, 0)
    writer._store.finish = lambda *_: writer._store.abandon()
    writer.close()
    with pytest.raises(RecordError, match="was not closed"):
        sign_as(tmp_path / "a.kap", "diaz")


def test_a_damaged_record_is_not_signed(copy):
    tamper(copy, "UPDATE event SET t_ns = t_ns + 1 WHERE seq = 3")
    before = copy.read_bytes()
    with pytest.raises(RecordError, match="damaged and is not signed"):
        sign_as(copy, "admin")
    assert copy.read_bytes() == before


def test_a_record_that_is_being_read_can_be_signed(copy):
    with RecordReader(copy) as reader:
        assert next(reader.events()).stamped.t_ns == T0_NS
        sign_as(copy, "admin")
    assert findings(copy) == [Finding.VALID] * 3


def test_the_claim_that_is_signed_is_canonical_json(copy):
    import rfc8785
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    with closing(sqlite3.connect(copy)) as connection:
        version, body = connection.execute(
            "SELECT version, body FROM event WHERE type = 'record.signed' LIMIT 1"
        ).fetchone()
    fields = json.loads(body)
    signature = bytes.fromhex(fields.pop("signature"))
    claim = rfc8785.dumps({**fields, "type": "record.signed", "version": version})
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(fields["key"])).verify(signature, claim)


def test_signing_waits_for_no_program_that_writes_the_record(copy):
    import subprocess
    import sys

    from kapmonitor.errors import RecordInUse

    program = (
        "import sys, pathlib; from kapmonitor.record.hold import Hold; "
        "hold = Hold(pathlib.Path(sys.argv[1])); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        began = time.monotonic()
        with pytest.raises(RecordInUse):
            sign_as(copy, "admin")
        assert time.monotonic() - began < 5
    Hold(copy).release()
