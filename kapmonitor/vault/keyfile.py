"""The key file beside an encrypted record: the record's key, for everybody who may open it.

The key is encrypted with age to public keys: of the stations that hold the record, and of the clinic's
recovery. So a record begins without any secret at hand. Each station's secret key lies beside it under that
station's passphrase, so that record, key file and passphrase are enough on another computer.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from kapmonitor.errors import RecordLocked, VaultError
from kapmonitor.vault import age
from kapmonitor.vault.passphrase import Sealed

FORMAT: Final = 1
ENDING: Final = ".key"
MARK_BYTES: Final = 16
LARGEST_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class RecordKey:
    """What opens one record. `mark` is how its file begins, by which file and key know each other."""

    secret: bytes = field(repr=False)
    mark: bytes


@dataclass(frozen=True, slots=True)
class StationLock:
    """A station's public key, and its secret one under its passphrase."""

    recipient: str
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class KeyFile:
    """`wrapped` is the record's key for all of `stations` and of the clinics' `recovery` keys."""

    mark: bytes
    wrapped: str
    stations: tuple[StationLock, ...]
    recovery: tuple[str, ...]


def beside(record: Path) -> Path:
    """Where a record's key file is."""
    return record.with_name(record.name + ENDING)


def wrap(key: RecordKey, stations: Iterable[StationLock], recovery: Iterable[str]) -> KeyFile:
    """A key file for these."""
    stations, recovery = tuple(stations), tuple(recovery)
    owners = (*(station.recipient for station in stations), *recovery)
    return KeyFile(key.mark, age.encrypt(_told(key), owners), stations, recovery)


def unwrap(keyfile: KeyFile, identities: Iterable[str]) -> RecordKey | None:
    """The record's key by any of these secret keys; None if none of them fits."""
    told = age.decrypt(keyfile.wrapped, identities)
    if told is None or not re.fullmatch(rb"[0-9a-f]{96}", told):
        return None
    key = RecordKey(bytes.fromhex(told[:64].decode()), bytes.fromhex(told[64:].decode()))
    return key if key.mark == keyfile.mark else None


def _told(key: RecordKey) -> bytes:
    """As SQLCipher takes a raw key with its salt, so that its own tools take it as it comes out of age."""
    return (key.secret.hex() + key.mark.hex()).encode()


def dump(keyfile: KeyFile) -> str:
    """As text."""
    body = {
        "kapmonitor-key": FORMAT,
        "record": keyfile.mark.hex(),
        "key": keyfile.wrapped,
        "stations": [dump_station(station) for station in keyfile.stations],
        "recovery": list(keyfile.recovery),
    }
    return json.dumps(body, indent=1) + "\n"


def read(path: Path, record: Path) -> KeyFile:
    """RecordLocked if this is not a key file."""
    try:
        with path.open(encoding="utf-8") as file:
            body = json.loads(file.read(LARGEST_BYTES))
        if body["kapmonitor-key"] != FORMAT:
            raise RecordLocked(
                str(record), f"{path.name} is of a newer version; update kapmonitor to open it"
            )
        return KeyFile(
            bytes.fromhex(body["record"]),
            str(body["key"]),
            tuple(load_station(each) for each in body["stations"]),
            tuple(str(each) for each in body["recovery"]),
        )
    except OSError as why:
        raise RecordLocked(str(record), f"its key file {path.name} cannot be read ({why.strerror})") from why
    except (ValueError, LookupError, TypeError, AttributeError) as why:
        reason = f"its key file {path.name} is not what was written; put a copy of it in its place"
        raise RecordLocked(str(record), reason) from why


def dump_station(station: StationLock) -> dict[str, Any]:
    """For JSON."""
    sealed = station.sealed
    argon2id = {"salt": _text(sealed.salt), "iterations": sealed.iterations, "lanes": sealed.lanes}
    return {
        "recipient": station.recipient,
        "argon2id": {**argon2id, "memory_kib": sealed.memory_kib},
        "aes-256-gcm": {"nonce": _text(sealed.nonce), "data": _text(sealed.data)},
    }


def load_station(body: dict[str, Any]) -> StationLock:
    """ValueError, LookupError or TypeError if it is none."""
    argon2id, cipher = body["argon2id"], body["aes-256-gcm"]
    sealed = Sealed(
        b64decode(argon2id["salt"], validate=True),
        int(argon2id["iterations"]),
        int(argon2id["lanes"]),
        int(argon2id["memory_kib"]),
        b64decode(cipher["nonce"], validate=True),
        b64decode(cipher["data"], validate=True),
    )
    if not age.is_recipient(body["recipient"]):
        raise ValueError("is not a public key")
    return StationLock(body["recipient"], sealed)


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def check_recovery(text: str) -> str:
    """A clinic's public key as somebody gave it; VaultError if it is none."""
    if not age.is_recipient(text.strip()):
        raise VaultError("the recovery key", "begins with age1 and is 62 letters long; this is another text")
    return text.strip()
