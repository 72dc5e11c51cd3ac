"""Records with heads kept outside them, people, and their signatures."""

import dataclasses
from functools import cache

from record_fixtures import SECOND, STARTED, T0_NS, UTC0_NS, begin, make_record, put_second

from kapmonitor.headkeeping import HeadKeeper, Kept
from kapmonitor.people import pin as pins
from kapmonitor.people.signature import Signer
from kapmonitor.people.staff import Staff, added
from kapmonitor.people.user import About, Meaning, Role
from kapmonitor.record.sign import Outside, sign
from kapmonitor.session.codec import encode

SESSION = "s1"
ANN = About("berg", "Ann Berg", "AB", Role.PRESCRIBER)
COLE = About("diaz", "Cole Díaz", "CD", Role.NURSE)
ADMIN = About("admin", "Eve Fox", "EF", Role.ADMIN)
PIN = {"admin": "correct horse", "berg": "2 battery", "diaz": "stapler!"}


@cache
def staff():
    """Three people; made once, as each key takes a third of a second."""
    found = Staff()
    for about in (ADMIN, ANN, COLE):
        found = added(found, about, PIN[about.id])
    return found


@cache
def signer(user):
    """Somebody whose PIN was right."""
    found = staff().user(user)
    return Signer(found, pins.unlock(found.locked, user, PIN[user]))


def kept_record(path, seconds, ledger=None, every_s=10, vault=None):
    """A closed record of which heads were kept."""
    writer, clock = begin(path, vault=vault)
    keeper = HeadKeeper(Kept(lambda: path, lambda: writer.head), ledger, SESSION, clock)
    for second in range(seconds):
        put_second(writer, clock, second)
        if second % every_s == 0:
            assert keeper.keep() == ()
    clock.move_to(T0_NS + seconds * SECOND)
    writer.close("ended")
    assert keeper.keep() == ()
    return path


def sign_as(path, user, meaning=Meaning.AUTHOR, ledger=None, utc_ns=UTC0_NS + 7200 * SECOND):
    """That person's signature on the record."""
    return sign(path, signer(user), meaning, utc_ns, Outside(staff(), ledger))


def signature_of_another(folder):
    """The body of a right signature, made for another session than all the others here."""
    path = make_record(folder / "another.kap", 3, dataclasses.replace(STARTED, session="another"))
    return encode(sign_as(path, "diaz").event)


def as_another(about, key_of):
    """Somebody who signs with their own key in another's name."""
    whose = signer(key_of)
    return Signer(dataclasses.replace(whose.user, about=about), whose.private)
