"""The file that holds the people of this computer, changed by one program at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from kapmonitor.durable import replace_text
from kapmonitor.errors import ConfigError, PeopleError, PinRefused
from kapmonitor.people import pin as pins
from kapmonitor.people.page import staff_of, text_of
from kapmonitor.people.signature import Signer
from kapmonitor.people.staff import Staff, active, added, changed, may_manage, renewed, turned_off
from kapmonitor.people.tries import NONE, one_more, wait_s
from kapmonitor.people.user import About

PATIENCE_S: Final = 20.0
"""How long another program may have the file."""


class PeopleBook:
    """The people of one file. Opening a key takes a third of a second: not for a thread that paints."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def staff(self) -> Staff:
        """Everybody; nobody where there is no file yet. ConfigError if it cannot be read."""
        try:
            return staff_of(self._path.read_text("utf-8"), str(self._path))
        except FileNotFoundError:
            return Staff()
        except (OSError, UnicodeDecodeError) as why:
            raise ConfigError(str(self._path), "the file", f"cannot be read ({why})") from why

    def unlock(self, user: str, pin: str, utc_ns: int) -> Signer:
        """Somebody who gave their PIN, and may sign; PinRefused or PeopleError says why not."""
        with self._changing():
            return self._opened(user, pin, utc_ns)

    def add(self, about: About, pin: str, by: Signer | None) -> None:
        """One more person; `by` an admin, once there is anybody."""
        with self._changing():
            staff = self.staff()
            _authorised(staff, by)
            self._write(added(staff, about, pin))

    def change_pin(self, user: str, old: str, new: str, utc_ns: int) -> None:
        """Another PIN for the same key."""
        pins.check_new(user, new)
        with self._changing():
            signer = self._opened(user, old, utc_ns)
            locked = pins.lock(signer.private, user, new)
            self._write(changed(self.staff(), replace(signer.user, locked=locked)))

    def renew(self, user: str, pin: str, by: Signer) -> None:
        """A new key and PIN for who forgot theirs; `by` an admin."""
        with self._changing():
            staff = self.staff()
            _authorised(staff, by)
            self._write(renewed(staff, user, pin))

    def turn_off(self, user: str, by: Signer, utc: str) -> None:
        """This person may not sign any more; `by` an admin."""
        with self._changing():
            staff = self.staff()
            _authorised(staff, by)
            self._write(turned_off(staff, user, utc))

    def _opened(self, user: str, pin: str, utc_ns: int) -> Signer:
        """The try is on disk before the PIN is looked at: ending the program meanwhile gains nothing."""
        staff = self.staff()
        found = active(staff.user(user))
        wait = wait_s(found.tries, utc_ns)
        if wait > 0:
            raise PinRefused(user, f"too many wrong PINs; try again in {wait:.0f} s", wait)
        tries = one_more(found.tries, utc_ns)
        self._write(changed(staff, replace(found, tries=tries)))
        private = pins.unlock(found.locked, user, pin)
        if private is None or pins.public_of(private) != found.key:
            wait = wait_s(tries, utc_ns)
            again = f"; the next try is possible in {wait:.0f} s" if wait else ""
            raise PinRefused(user, f"the PIN is wrong{again}", wait)
        right = replace(found, tries=NONE)
        self._write(changed(staff, right))
        return Signer(right, private)

    def _write(self, staff: Staff) -> None:
        try:
            replace_text(self._path, text_of(staff) + "\n")
        except OSError as why:
            reason = f"cannot be written ({why.strerror}); make that possible"
            raise ConfigError(str(self._path), "the file", reason) from why

    @contextmanager
    def _changing(self) -> Iterator[None]:
        lock = FileLock(self._path.with_name(f".{self._path.name}.lock"), timeout=PATIENCE_S)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as why:
            raise ConfigError(str(self._path), "the file", "another program is changing it; wait") from why
        except OSError as why:
            raise ConfigError(str(self._path), "the file", f"cannot be written ({why.strerror})") from why
        try:
            yield
        finally:
            lock.release()


def _authorised(staff: Staff, by: Signer | None) -> None:
    if not staff.users:
        return
    if by is None:
        admins = ", ".join(user.about.id for user in staff.admins)
        raise PeopleError("this", f"needs the PIN of an admin ({admins})")
    may_manage(staff.user(by.user.about.id))
