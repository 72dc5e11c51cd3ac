"""A bundle: one ZIP file with everything that belongs to a session, and the SHA-256 of each part."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from kapmonitor import __version__
from kapmonitor.export.source import Tell

FORMAT: Final = "kapmonitor-bundle"
VERSION: Final = 1
MANIFEST, SUMS, CHECK, HOW = "manifest.json", "SHA256SUMS", "check_bundle.py", "READ-ME.txt"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of each part: those of the computer's files would tell more than the bundle means to."""
_BLOCK: Final = 1 << 20

HOW_WITH_RECORD: Final = """\
This bundle holds one session as kapmonitor recorded it.

{record}
    the record itself, a SQLite file; {record}.heads beside it belongs to it
session.json
    all its events and readings as JSON: the audit trail, corrections included
access.jsonl
    who read or exported this record on the computer that made the bundle, before this export
report.pdf
    the same for people; what was amended is marked
{check}
    checks all of it: python3 {check}
{manifest}, {sums}
    the SHA-256 of each file; sha256sum -c {sums} checks them, too

kapmonitor verify {record}
    checks the record with its signatures. Its last entry's digest is in the manifest, on the report's
    pages, and in the ledger of the computer that made the record: compare them.
"""
HOW_WITHOUT: Final = """\
This bundle holds one session without what tells who it was: dates were moved, names, initials, notes,
record and serial numbers left out unless somebody chose to keep them. So the record itself is not in it.

session.csv, session.events.csv, session.dictionary.csv, session.json
    readings and events
report.pdf
    the same for people
{check}
    checks all files: python3 {check}
{manifest}, {sums}
    the SHA-256 of each file
"""


def zip_up(out: Path, parts: Sequence[Path], *, record: str, head: str, made: str, tell: Tell) -> None:
    """Put the parts into the file, with the manifest; `record` names the record among them, if any."""
    text = HOW_WITH_RECORD if record else HOW_WITHOUT
    how = text.format(record=record, check=CHECK, manifest=MANIFEST, sums=SUMS)
    check = files("kapmonitor").joinpath("data/check-bundle.txt").read_text("utf-8")
    listed: list[dict[str, object]] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, part in enumerate(parts):
            tell(number / len(parts))
            listed.append(_put_file(archive, part))
        listed += [_put_text(archive, HOW, how), _put_text(archive, CHECK, check)]
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made": made,
            "software": f"kapmonitor {__version__}",
            "record": record,
            "head": head,
            "files": listed,
        }
        _put_text(archive, MANIFEST, json.dumps(manifest, indent=2) + "\n")
        _put_text(archive, SUMS, "".join(f"{each['sha256']}  {each['name']}\n" for each in listed))


def _put_file(archive: zipfile.ZipFile, path: Path) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(_info(path.name), "w", force_zip64=True) as target:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            target.write(block)
    return {"name": path.name, "size": size, "sha256": digest.hexdigest()}


def _put_text(archive: zipfile.ZipFile, name: str, text: str) -> dict[str, object]:
    data = text.encode()
    archive.writestr(_info(name), data)
    return {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
