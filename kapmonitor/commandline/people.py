"""`kapmonitor people`: who works on this computer."""

from __future__ import annotations

import argparse
import json
import time

from kapmonitor.clock import utc_text
from kapmonitor.commandline.pins import ask, ask_new
from kapmonitor.errors import PeopleError
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.signature import Signer
from kapmonitor.people.staff import Staff, may_manage
from kapmonitor.people.user import About, Role, User, check
from kapmonitor.places import people_file


def run(arguments: argparse.Namespace) -> int:
    """List people, or change one."""
    book = PeopleBook(people_file())
    if arguments.action == "list":
        _list(book.staff(), as_json=arguments.json)
        return 0
    user = arguments.user
    if not user:
        raise PeopleError(arguments.action, "name the person's id, such as: kapmonitor people pin berg")
    match arguments.action:
        case "add":
            _add(book, arguments)
        case "pin" if arguments.forgotten:
            by = _admin(book, arguments.by)
            book.renew(user, ask_new(user), by)
            print(f"{user} has a new key and a new PIN; what was signed before stays valid")
        case "pin":
            book.change_pin(user, ask(user), ask_new(user), time.time_ns())
            print(f"{user} has a new PIN")
        case _:
            book.turn_off(user, _admin(book, arguments.by), utc_text(time.time_ns()))
            print(f"{user} cannot sign any more")
    return 0


def _add(book: PeopleBook, arguments: argparse.Namespace) -> None:
    if arguments.role is None:
        raise PeopleError(arguments.user, "say with --role what this person is here")
    about = About(arguments.user, arguments.name, arguments.initials, Role(arguments.role))
    check(about)
    by = _admin(book, arguments.by) if book.staff().users else None
    book.add(about, ask_new(about.id), by)
    print(f"{about.id} is {about.name} ({about.initials}), {about.role.value}")


def _admin(book: PeopleBook, user: str) -> Signer:
    """Asked for before anything else is, so that the order on standard input is known."""
    if not user:
        admins = ", ".join(each.about.id for each in book.staff().admins)
        raise PeopleError("--by", f"name the admin who does this ({admins})")
    signer = book.unlock(user, ask(user), time.time_ns())
    may_manage(signer.user)
    return signer


def _list(staff: Staff, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([_entry(user) for user in staff.users], indent=2, ensure_ascii=False))
        return
    for user in staff.users:
        about, off = user.about, f"  off since {user.off}" if user.off else ""
        print(f"{about.id}  {about.name} ({about.initials})  {about.role.value}  key {user.key[:16]}{off}")


def _entry(user: User) -> dict[str, object]:
    about = user.about
    return {
        "id": about.id,
        "name": about.name,
        "initials": about.initials,
        "role": about.role.value,
        "key": user.key,
        "former_keys": list(user.former_keys),
        "off": user.off,
    }
