"""The people of a computer: who may do what, keys that only the PIN opens, wrong PINs that cost time."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from signed_records import ADMIN, ANN, COLE, PIN, signer, staff

from kapmonitor.errors import ConfigError, PeopleError, PinRefused
from kapmonitor.people import pin as pins
from kapmonitor.people.book import PeopleBook
from kapmonitor.people.page import staff_of, text_of
from kapmonitor.people.staff import Staff, added
from kapmonitor.people.tries import FREE, LONGEST_WAIT_S, Tries, one_more, wait_s
from kapmonitor.people.user import About, Role, check

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND


@pytest.fixture
def book(tmp_path):
    """Three people in a folder that is made when somebody is first written down."""
    book = PeopleBook(tmp_path / "new" / "people.json")
    assert book.staff() == Staff()
    book._path.parent.mkdir()
    book._path.write_text(text_of(staff()))
    return book


def test_the_page_gives_back_the_people():
    assert staff_of(text_of(staff()), "p") == staff()


def test_no_pin_and_no_private_key_is_in_the_file(book):
    text = book._path.read_text()
    for user in ("admin", "berg", "diaz"):
        assert PIN[user] not in text
        assert PIN[user].encode().hex() not in text
        assert signer(user).private.private_bytes_raw().hex() not in text


def test_what_is_written_is_for_its_owner_alone(book):
    book.unlock("berg", PIN["berg"], NOW)
    assert book._path.stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in book._path.parent.iterdir() if not file.name.endswith(".lock")) == [
        "people.json"
    ]


def test_a_key_opens_with_its_pin_and_its_owner_only():
    user = staff().user("berg")
    assert pins.unlock(user.locked, "berg", PIN["berg"] + " ") is None
    assert pins.unlock(user.locked, "diaz", PIN["berg"]) is None
    opened = pins.unlock(user.locked, "berg", PIN["berg"])
    assert pins.public_of(opened) == user.key


def test_a_character_typed_in_another_way_is_the_same():
    user = added(Staff(), About("x", "X", "X", Role.ADMIN), "caf\u00e9 12").user("x")
    assert pins.unlock(user.locked, "x", "cafe\u0301 12") is not None


def test_a_pin_costs_memory():
    assert pins.MEMORY_KIB >= 64 * 1024
    assert all(user.locked.memory_kib == pins.MEMORY_KIB for user in staff().users)


@pytest.mark.parametrize("pin", ["", "12345", "123456", "098765", "111111", "121212", "x" * 201])
def test_a_pin_that_is_guessed_first_is_refused(pin):
    with pytest.raises(PeopleError):
        pins.check_new("berg", pin)


@pytest.mark.parametrize(
    "about",
    [
        About("", "Ann", "A", Role.NURSE),
        About("Ann Berg", "Ann", "A", Role.NURSE),
        About("../ann", "Ann", "A", Role.NURSE),
        About("ann", "", "A", Role.NURSE),
        About("ann", " Ann", "A", Role.NURSE),
        About("ann", "Ann\x1b[2J", "A", Role.NURSE),
        About("ann", "Ann", "", Role.NURSE),
        About("ann", "Ann", "ABCDE", Role.NURSE),
    ],
)
def test_what_is_no_name_is_refused(about):
    with pytest.raises(PeopleError):
        check(about)


def test_the_first_person_is_an_admin_who_adds_the_others(tmp_path):
    book = PeopleBook(tmp_path / "people.json")
    with pytest.raises(PeopleError, match="first person must be an admin"):
        book.add(ANN, PIN["berg"], None)
    book.add(ADMIN, PIN["admin"], None)
    with pytest.raises(PeopleError, match="needs the PIN of an admin"):
        book.add(ANN, PIN["berg"], None)
    book.add(ANN, PIN["berg"], book.unlock("admin", PIN["admin"], NOW))
    with pytest.raises(PeopleError, match="only an admin"):
        book.add(COLE, PIN["diaz"], book.unlock("berg", PIN["berg"], NOW))
    assert [user.about for user in book.staff().users] == [ADMIN, ANN]


def test_an_id_is_given_once(book):
    admin = book.unlock("admin", PIN["admin"], NOW)
    book.turn_off("diaz", admin, "2026-01-01T00:00:00Z")
    with pytest.raises(PeopleError, match="never given twice"):
        book.add(About("diaz", "Other", "OT", Role.NURSE), "something", admin)


def test_who_is_turned_off_cannot_sign_nor_manage(book):
    admin = book.unlock("admin", PIN["admin"], NOW)
    book.turn_off("berg", admin, "2026-01-01T00:00:00Z")
    with pytest.raises(PeopleError, match="was turned off"):
        book.unlock("berg", PIN["berg"], NOW)
    assert book.staff().owner_of(staff().user("berg").key).about == ANN
    with pytest.raises(PeopleError, match="only admin"):
        book.turn_off("admin", admin, "2026-01-01T00:00:00Z")


def test_another_pin_opens_the_same_key(book):
    book.change_pin("berg", PIN["berg"], "another 7", NOW)
    with pytest.raises(PinRefused):
        book.unlock("berg", PIN["berg"], NOW)
    assert book.unlock("berg", "another 7", NOW).user.key == staff().user("berg").key


def test_a_forgotten_pin_is_a_new_key_and_the_old_one_stays_known(book):
    old = staff().user("berg").key
    book.renew("berg", "another 7", book.unlock("admin", PIN["admin"], NOW))
    new = book.unlock("berg", "another 7", NOW).user.key
    assert new != old
    assert {book.staff().owner_of(key).about for key in (old, new)} == {ANN}


def test_wrong_pins_slow_the_next_try_down_also_after_a_restart(book):
    for _ in range(FREE):
        with pytest.raises(PinRefused, match="the PIN is wrong"):
            book.unlock("berg", "wrong one", NOW)
    with pytest.raises(PinRefused, match="try again in 15 s") as refused:
        PeopleBook(book._path).unlock("berg", PIN["berg"], NOW)
    assert refused.value.wait_s == 15
    assert book.unlock("diaz", PIN["diaz"], NOW)
    assert book.unlock("berg", PIN["berg"], NOW + 15 * SECOND)
    assert book.staff().user("berg").tries == Tries()


def test_a_program_ended_while_it_looks_at_a_pin_has_used_the_try(book, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(pins, "unlock", killed)
    with pytest.raises(KeyboardInterrupt):
        book.unlock("berg", PIN["berg"], NOW)
    assert book.staff().user("berg").tries.wrong == 1


@given(st.integers(0, 10_000), st.integers(-(2**62), 2**62))
def test_no_clock_makes_a_wait_longer_than_the_longest(wrong, now):
    assert 0 <= wait_s(Tries(wrong, NOW), now) <= LONGEST_WAIT_S


@given(st.integers(FREE, 50))
def test_each_wrong_pin_waits_at_least_as_long_as_the_one_before(wrong):
    tries = Tries(wrong, NOW)
    assert 0 < wait_s(tries, NOW) <= wait_s(one_more(tries, NOW), NOW)


def test_an_hour_of_trying_is_fewer_than_fifteen_pins():
    tries, now, looked = Tries(), NOW, 0
    while now < NOW + 3600 * SECOND:
        wait = wait_s(tries, now)
        if wait == 0:
            tries, looked = one_more(tries, now), looked + 1
        now += int(max(wait, 0.4) * SECOND)
    assert looked < 15


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("people",), 3),
        (("people", 0, "role"), "emperor"),
        (("people", 0, "id"), "A B"),
        (("people", 0, "name"), 7),
        (("people", 0, "key"), "00"),
        (("people", 0, "wrong_pins"), "many"),
        (("people", 0, "locked_key", "memory_kib"), 2**40),
        (("people", 0, "locked_key", "salt"), "zz"),
        (("people", 0, "locked_key"), []),
        (("people", 1, "id"), "admin"),
        (("people", 0), "x"),
    ],
)
def test_a_mistake_in_the_file_is_named(book, path, value):
    page = json.loads(book._path.read_text())
    place = page
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    book._path.write_text(json.dumps(page))
    with pytest.raises(ConfigError, match=r"people\.json"):
        book.staff()


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_other_text_is_refused_as_a_mistake(text):
    with pytest.raises(ConfigError):
        staff_of(text, "people.json")


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        PeopleBook(tmp_path / "file" / "people.json").add(ADMIN, PIN["admin"], None)
