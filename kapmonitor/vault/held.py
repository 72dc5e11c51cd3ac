"""The keys in this process's memory."""

from __future__ import annotations

import threading
from typing import Final

from kapmonitor.vault.coredumps import leave_no_core_dump
from kapmonitor.vault.keyfile import RecordKey


class Held:
    """Keys of records and of stations. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[bytes, RecordKey] = {}
        self._identities: dict[str, str] = {}

    def key(self, mark: bytes) -> RecordKey | None:
        """The key of the record that begins so."""
        with self._lock:
            return self._keys.get(mark)

    def identity(self, recipient: str) -> str | None:
        """The secret key of a station."""
        with self._lock:
            return self._identities.get(recipient)

    def identities(self) -> tuple[str, ...]:
        """The stations' secret keys that are open."""
        with self._lock:
            return tuple(self._identities.values())

    def hold(self, key: RecordKey) -> None:
        """Keep a record's key until the process ends: the record may have to be opened anew at any time."""
        leave_no_core_dump()
        with self._lock:
            self._keys[key.mark] = key

    def hold_identity(self, recipient: str, identity: str) -> None:
        """Keep a station's secret key until the process ends."""
        leave_no_core_dump()
        with self._lock:
            self._identities[recipient] = identity

    def forget(self) -> None:
        """Hold nothing any more."""
        with self._lock:
            self._keys.clear()
            self._identities.clear()


HELD: Final = Held()
