"""Every error this program raises on purpose.

KapError
 +-- LinkError(OSError)      a device link could not be opened, or was lost
 +-- DriverLoadError         a driver is missing, broken, or speaks another API version
 +-- AddressError            a DEVICE argument that cannot be understood
 +-- CommandRefused          the cuff safety layer, or a driver, will not do that now
 +-- RecordError             a record cannot be written or read
 |    +-- RecordTooNew       written by a newer major version
 |    +-- RecordDamaged      not a record, or not readable as one
 |    +-- RecordFull         the disk has no room left
 |    +-- RecordInUse        another running program is writing it
 |    +-- RecordLocked       it is encrypted, and nothing here opens it
 +-- PeopleError             who this is, or what they may do, is not as it should be
 |    +-- PinRefused         a wrong PIN, or one tried too soon after wrong ones
 +-- VaultError              the vault of this computer is missing, damaged, or the passphrase is another one
 +-- ExportError             an export cannot be written, or its library is not installed
 +-- CaptureError            a capture file is wrong: path, line, what is allowed
 +-- ConfigError             a protocol, settings, playlist or scenario file is wrong: path, key, allowed

Anything else that escapes is our bug, not the user's environment.
"""

from __future__ import annotations


class KapError(Exception):
    """Root of the errors a person can act on; `str()` is one line that says what, where and what to do."""


class LinkError(KapError, OSError):
    """A link failed to open or was lost.

    `problem` is one of kapmonitor.model.LinkProblem's words, `hint` what a person can do about it.
    """

    def __init__(self, address: str, problem: str, hint: str) -> None:
        super().__init__(f"{address}: {problem}; {hint}")
        self.address = address
        self.problem = problem
        self.hint = hint


class DriverLoadError(KapError):
    """A driver cannot be used; `reason` says why."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"driver {name}: {reason}")
        self.name = name
        self.reason = reason


class AddressError(KapError, ValueError):
    """A DEVICE text (`DRIVER@ADDRESS?key=value`) that names nothing we can open."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text}: {reason}")
        self.text = text
        self.reason = reason


class CommandRefused(KapError):
    """A command was not sent to the device; `reason` is a StrEnum word of the layer that refused."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(f"{command} refused: {reason}")
        self.command = command
        self.reason = reason


class RecordError(KapError):
    """A session record cannot be written or read; `path` names it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class RecordTooNew(RecordError):
    """The record was written by a newer major version of this program."""


class RecordDamaged(RecordError):
    """The file is not a session record or cannot be read as one."""


class RecordFull(RecordError):
    """The disk is full, or the folder cannot be written."""


class RecordInUse(RecordError):
    """Another running program is writing the record."""


class RecordLocked(RecordError):
    """The record is encrypted, and no key on this computer opens it; nothing says that it is damaged."""


class PeopleError(KapError):
    """Something about a person of this computer, `who`, cannot be done; `reason` says why."""

    def __init__(self, who: str, reason: str) -> None:
        super().__init__(f"{who}: {reason}")
        self.who = who
        self.reason = reason


class PinRefused(PeopleError):
    """A PIN was wrong or not looked at; the next one is looked at in `wait_s` seconds."""

    def __init__(self, who: str, reason: str, wait_s: float) -> None:
        super().__init__(who, reason)
        self.wait_s = wait_s


class VaultError(KapError):
    """The keys of this computer cannot be used; `what` names the file or the secret."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class ExportError(KapError):
    """An export was not made, and nothing of it is left; `path` is what it was to be."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class ImportRefused(KapError):
    """A file of another program was not taken over, and nothing of it is left; `path` names the file."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class CaptureError(KapError, ValueError):
    """A capture file is wrong in line `line`, counted from 1; `reason` says what is allowed there."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path}: line {line}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


class ConfigError(KapError, ValueError):
    """A file of settings is wrong at `key`; `allowed` says what would be right, `found` what stands there."""

    def __init__(self, path: str, key: str, allowed: str, found: str = "") -> None:
        super().__init__(f"{path}: {key}: {allowed}" + (f"; it is {found}" if found else ""))
        self.path = path
        self.key = key
        self.allowed = allowed
        self.found = found
