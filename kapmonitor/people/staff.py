"""The people of this computer, and what can be done about them; nothing here reads or writes a file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kapmonitor.errors import PeopleError
from kapmonitor.people import pin as pins
from kapmonitor.people.user import About, Role, User, check


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who ever worked here; nobody is removed, so that what they signed stays theirs."""

    users: tuple[User, ...] = ()

    def user(self, user: str) -> User:
        """PeopleError if there is nobody of this id."""
        for each in self.users:
            if each.about.id == user:
                return each
        raise PeopleError(user, "nobody of this id works on this computer; see kapmonitor people list")

    def owner_of(self, key: str) -> User | None:
        """Whose public key this is, or was."""
        return next((user for user in self.users if key in (user.key, *user.former_keys)), None)

    @property
    def admins(self) -> tuple[User, ...]:
        """Those who may add people and turn them off."""
        return tuple(user for user in self.users if user.about.role is Role.ADMIN and not user.off)


def active(user: User) -> User:
    """PeopleError if this person was turned off."""
    if user.off:
        raise PeopleError(user.about.id, f"was turned off at {user.off} and cannot do this any more")
    return user


def may_manage(user: User) -> None:
    """PeopleError unless this person may add people and turn them off."""
    if active(user).about.role is not Role.ADMIN:
        raise PeopleError(user.about.id, "only an admin may do this")


def added(staff: Staff, about: About, pin: str) -> Staff:
    """With one more person, who has a new key; the first one must be an admin."""
    check(about)
    if any(user.about.id == about.id for user in staff.users):
        raise PeopleError(about.id, "is somebody's id already, and an id is never given twice")
    if not staff.users and about.role is not Role.ADMIN:
        raise PeopleError(about.id, "the first person must be an admin, who then adds the others")
    pins.check_new(about.id, pin)
    return Staff((*staff.users, User(about, *pins.new_key(about.id, pin))))


def changed(staff: Staff, user: User) -> Staff:
    """With this in place of what was known of the person."""
    return Staff(tuple(user if each.about.id == user.about.id else each for each in staff.users))


def turned_off(staff: Staff, user: str, utc: str) -> Staff:
    """Without this person's right to sign from now on; what they signed stays valid."""
    found = active(staff.user(user))
    if staff.admins == (found,):
        raise PeopleError(user, "is the only admin; make somebody else one first")
    return changed(staff, replace(found, off=utc))


def renewed(staff: Staff, user: str, pin: str) -> Staff:
    """With a new key for who forgot the PIN: the old one cannot be opened, what it signed stays valid."""
    found = active(staff.user(user))
    pins.check_new(user, pin)
    key, locked = pins.new_key(user, pin)
    return changed(staff, User(found.about, key, locked, former_keys=(*found.former_keys, found.key)))
