"""The people of this computer as JSON text and back; a mistake in it is named with its place."""

from __future__ import annotations

import json
from typing import Any, Final

from kapmonitor.errors import ConfigError, PeopleError
from kapmonitor.people.pin import MOST_MEMORY_KIB, MOST_PASSES
from kapmonitor.people.staff import Staff
from kapmonitor.people.tries import Tries
from kapmonitor.people.user import About, LockedKey, Role, User, check

FORMAT: Final = 1


def text_of(staff: Staff) -> str:
    """Readable JSON; all of a PIN that is in it is what it takes to open the key."""
    return json.dumps(
        {"format": FORMAT, "people": [_entry(user) for user in staff.users]}, indent=2, ensure_ascii=False
    )


def _entry(user: User) -> dict[str, object]:
    about, locked = user.about, user.locked
    return {
        "id": about.id,
        "name": about.name,
        "initials": about.initials,
        "role": about.role.value,
        "off": user.off,
        "key": user.key,
        "former_keys": list(user.former_keys),
        "locked_key": {
            "function": "argon2id, aes-256-gcm",
            "salt": locked.salt.hex(),
            "passes": locked.passes,
            "memory_kib": locked.memory_kib,
            "nonce": locked.nonce.hex(),
            "locked": locked.locked.hex(),
        },
        "wrong_pins": user.tries.wrong,
        "last_wrong_utc_ns": user.tries.last_utc_ns,
    }


def staff_of(text: str, path: str) -> Staff:
    """ConfigError names the first mistake."""
    try:
        page: Any = json.loads(text)
        if page["format"] != FORMAT:
            raise ConfigError(path, "format", f"{FORMAT}; a newer program may have written it")
        entries = list(page["people"])
    except (ValueError, RecursionError, KeyError, TypeError) as why:
        raise ConfigError(path, "the file", f"not a list of people; restore a copy of it ({why!r})") from why
    users = tuple(_user(entry, number, path) for number, entry in enumerate(entries, 1))
    ids = [user.about.id for user in users]
    if len(set(ids)) != len(ids):
        raise ConfigError(path, "id", "each person needs one of their own")
    return Staff(users)


def _user(entry: dict[str, Any], number: int, path: str) -> User:
    try:
        about = About(_text(entry["id"]), _text(entry["name"]), _text(entry["initials"]), Role(entry["role"]))
        check(about)
        return User(
            about,
            _key(entry["key"]),
            _locked(entry["locked_key"]),
            Tries(int(entry["wrong_pins"]), int(entry["last_wrong_utc_ns"])),
            _text(entry["off"]),
            tuple(_key(key) for key in entry["former_keys"]),
        )
    except KeyError as why:
        raise ConfigError(path, f"person {number}", f"{why} is missing; restore a copy of it") from why
    except (ValueError, TypeError, OverflowError, PeopleError) as why:
        raise ConfigError(path, f"person {number}", f"{why}; restore a copy of the file") from why


def _locked(entry: dict[str, Any]) -> LockedKey:
    passes, memory_kib = int(entry["passes"]), int(entry["memory_kib"])
    if not (1 <= passes <= MOST_PASSES and 8 <= memory_kib <= MOST_MEMORY_KIB):
        raise ValueError("passes or memory_kib are out of bounds")
    salt, nonce, locked = (bytes.fromhex(entry[name]) for name in ("salt", "nonce", "locked"))
    if len(salt) < 8 or len(nonce) != 12:
        raise ValueError("salt or nonce have a wrong length")
    return LockedKey(salt, passes, memory_kib, nonce, locked)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _key(value: object) -> str:
    text = _text(value)
    if len(bytes.fromhex(text)) != 32 or text != text.lower():
        raise ValueError("a key is 64 hexadecimal digits")
    return text
