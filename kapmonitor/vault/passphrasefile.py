"""The passphrase of a computer without anybody in front of it: in a file that its user alone may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from kapmonitor.errors import VaultError

NAMED_FILE: Final = "KAPMONITOR_VAULT_PASSPHRASE_FILE"
"""Which variable of the environment names it."""


def passphrase_from_file() -> str | None:
    """The passphrase in the file that the environment names; VaultError if others may read that file."""
    named = os.environ.get(NAMED_FILE)
    if not named:
        return None
    try:
        with Path(named).open(encoding="utf-8") as file:
            found = os.fstat(file.fileno())
            if os.name == "posix" and (found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077):
                raise VaultError(named, f"is readable by others; chmod 600 it, or unset {NAMED_FILE}")
            return file.readline().rstrip("\r\n")
    except (OSError, ValueError) as why:
        said = why.strerror if isinstance(why, OSError) else "not text in UTF-8"
        raise VaultError(named, f"the passphrase cannot be read from it ({said})") from why
