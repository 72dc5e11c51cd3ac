"""Which records are sessions of a course, and why others are not."""

import itertools
import shutil

import pytest
from course_records import DAY_NS, UTC0, made
from vault_parts import Computers, make_encrypted

from kapmonitor.course.gather import Shelf, gather, look_at, person_of, records_in
from kapmonitor.course.people import people_of
from kapmonitor.course.person import Why, letters, why_not
from kapmonitor.errors import RecordError
from kapmonitor.vault.held import HELD
from kapmonitor.whose import Person
from ui.course import wording

MK = Person("4471", "1980-02-03", "MK")


def untold(_share):
    return None


def course_of(folder, person=MK):
    return gather(look_at(records_in(folder), untold), person, None, untold)


def why(course):
    return {out.path.name: out.why for out in course.out}


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Person("4471", "1980-02-03", "MK"), None),
        (Person("4471 ".strip(), "", "M.K."), None),
        (Person("4471", "", ""), None),
        (Person("4471", "1980-02-03", "MB"), None),
        (Person("4471", "1981-02-03", "MK"), Why.OTHER_BIRTH),
        (Person("4471", "", "XX"), Why.OTHER_INITIALS),
        (Person("4472", "1980-02-03", "MK"), Why.OTHER_PERSON),
        (Person("", "1980-02-03", "MK"), Why.NO_NUMBER),
        (Person("4471", "1980-02-03", "MK", "Demo"), Why.OTHER_KIND),
    ],
)
def test_two_identifiers_tell_whose_record_it_is(other, expected):
    assert why_not(MK, other) is expected


def test_sessions_are_matched_by_what_is_recorded_and_in_the_order_of_time(tmp_path):
    made(tmp_path / "z.kap", number=1)
    made(tmp_path / "a.kap", number=2, utc_ns=UTC0 + DAY_NS)
    made(tmp_path / "session-4471.kap", number=3, person="9")
    course = course_of(tmp_path)
    assert [session.path.name for session in course.sessions] == ["z.kap", "a.kap"]
    assert (course.others, course.out) == (1, ()), "no name of another person's file"


def test_every_record_that_is_not_among_them_says_why(tmp_path):
    made(tmp_path / "s.kap")
    made(tmp_path / "demo.kap", number=2, mode="Demo")
    made(tmp_path / "nobody.kap", number=3, person="", initials="")
    made(tmp_path / "birth.kap", number=4, birth_date="1999-01-01")
    (tmp_path / "empty.kap").write_bytes(b"")
    (tmp_path / "junk.kap").write_bytes(b"x" * 5000)
    shutil.copy(tmp_path / "s.kap", tmp_path / "t.kap")
    cut = made(tmp_path / "cut.kap", number=5)
    cut.write_bytes(cut.read_bytes()[:-9000])
    course = course_of(tmp_path)
    assert [session.path.name for session in course.sessions] == ["t.kap"]
    assert why(course) == {
        "demo.kap": Why.OTHER_KIND,
        "nobody.kap": Why.NO_NUMBER,
        "birth.kap": Why.OTHER_BIRTH,
        "empty.kap": Why.DAMAGED,
        "junk.kap": Why.DAMAGED,
        "s.kap": Why.COPY,
        "cut.kap": Why.DAMAGED,
    }
    words = {out.path.name: wording.out_words(out) for out in course.out}
    assert words["demo.kap"] == "of another kind: a demonstration"
    assert words["s.kap"] == "a copy of t.kap"


def test_a_demonstration_has_a_course_of_its_own(tmp_path):
    made(tmp_path / "demo.kap", mode="Demo")
    found = look_at(records_in(tmp_path), untold)
    (person,) = found.people()
    assert len(gather(found, person, None, untold).sessions) == 1


def test_of_two_copies_the_one_with_more_in_it_counts_whatever_its_name(tmp_path):
    made(tmp_path / "a.kap", end_min=70.0, cuffs=((10, 150, 90),), closed=False)
    made(tmp_path / "b.kap", end_min=90.0)
    course = course_of(tmp_path)
    assert [session.path.name for session in course.sessions] == ["b.kap"]
    assert why(course) == {"a.kap": Why.COPY}


def test_an_encrypted_record_is_read_where_its_key_is_and_listed_where_it_is_not(tmp_path, monkeypatch):
    computers = Computers(tmp_path / "computers", monkeypatch)
    computers.folder.mkdir()
    folder = tmp_path / "records"
    folder.mkdir()
    try:
        computers.set_up("here")
        make_encrypted(folder / "a.kap", seconds=2)
        (person,) = look_at(records_in(folder), untold).people()
        assert [each.path.name for each in course_of(folder, person).sessions] == ["a.kap"]
        computers.use("elsewhere")
        assert why(course_of(folder, person)) == {"a.kap": Why.LOCKED}
        assert wording.not_counted(course_of(folder, person)).endswith("1 record that cannot be read")
    finally:
        HELD.forget()


def test_the_order_of_files_does_not_matter(tmp_path):
    paths = [made(tmp_path / f"{n}.kap", number=n, utc_ns=UTC0 + n * DAY_NS) for n in (1, 2)]
    paths.append(made(tmp_path / "copy.kap", number=1, utc_ns=UTC0 + DAY_NS))
    courses = [gather(look_at(order, untold), MK, None, untold) for order in itertools.permutations(paths)]
    shown = [
        ([s.started.session for s in c.sessions], [s.facts for s in c.sessions], why(c)) for c in courses
    ]
    assert all(each == shown[0] for each in shown)


def test_a_session_without_a_dose_is_listed_and_counts_for_nothing(tmp_path):
    made(tmp_path / "a.kap", doses=())
    (session,) = course_of(tmp_path).sessions
    assert session.facts is None


def test_a_changed_record_shows_what_it_holds_then(tmp_path):
    made(tmp_path / "a.kap")
    before = course_of(tmp_path).sessions[0].facts
    (tmp_path / "a.kap").unlink()
    made(tmp_path / "a.kap", cuffs=((10, 180, 99),))
    after = course_of(tmp_path).sessions[0].facts
    assert before.peak.systolic.value == 165.0
    assert after.peak.systolic.value == 180.0


def test_reading_can_be_ended_at_any_step(tmp_path):
    for n in (1, 2):
        made(tmp_path / f"{n}.kap", number=n)
    told = []
    gather(look_at(records_in(tmp_path), told.append), MK, None, told.append)
    assert told == sorted(told[:2]) + sorted(told[2:])

    class Enough(Exception):
        pass

    def stop(_share):
        raise Enough

    found = look_at(records_in(tmp_path), untold)
    with pytest.raises(Enough):
        look_at(records_in(tmp_path), stop)
    with pytest.raises(Enough):
        gather(found, MK, None, stop)


def test_people_are_named_once_real_ones_first(tmp_path):
    made(tmp_path / "a.kap", person="9")
    made(tmp_path / "b.kap", person="4471", number=2)
    made(tmp_path / "c.kap", person="4471", number=3)
    made(tmp_path / "d.kap", person="1", mode="Demo", number=4)
    assert [p.number for p in look_at(records_in(tmp_path), untold).people()] == ["4471", "9", "1"]


def test_a_folder_that_is_none_has_no_records(tmp_path):
    assert records_in(tmp_path / "none") == ()
    found = look_at((tmp_path / "none.kap",), untold)
    assert [out.why for out in found.out] in ([Why.DAMAGED], [Why.UNREADABLE])
    assert issubclass(RecordError, Exception)


def two_people(folder):
    """One number, two people, and a record that does not tell whose it is."""
    made(folder / "a.kap", number=1)
    made(folder / "b.kap", number=2, birth_date="1991-05-06", initials="ZZ")
    made(folder / "c.kap", number=3, birth_date="1991-05-06", initials="ZZ", utc_ns=UTC0 + DAY_NS)
    made(folder / "unclear.kap", number=4, birth_date="", initials="")


def test_of_two_people_with_one_number_each_has_their_own_sessions_and_none_has_what_is_unclear(tmp_path):
    two_people(tmp_path)
    found = look_at(records_in(tmp_path), untold)
    assert [(p.birth_date, p.initials) for p in found.people()] == [
        ("1980-02-03", "MK"),
        ("1991-05-06", "ZZ"),
    ]
    for person, names in zip(found.people(), (["a.kap"], ["b.kap", "c.kap"]), strict=True):
        course = gather(found, person, None, untold)
        assert sorted(session.path.name for session in course.sessions) == names
        assert why(course)["unclear.kap"] is Why.SEVERAL
        assert wording.not_counted(course).endswith("1 record that may be of somebody else")


def test_somebody_who_could_be_either_of_two_has_no_sessions(tmp_path):
    two_people(tmp_path)
    course = course_of(tmp_path, Person("4471"))
    assert course.sessions == ()
    assert set(why(course).values()) == {Why.SEVERAL}
    with pytest.raises(RecordError, match="several people have the record number 4471"):
        person_of(tmp_path / "unclear.kap", look_at(records_in(tmp_path), untold))
    shelf = Shelf(tmp_path, None, lambda _course: None)
    assert shelf.count(Person("4471"), "", untold) == 0
    assert shelf.count(Person("4471", "1991-05-06"), "", untold) == 2


def test_who_is_not_among_the_records_makes_what_is_unclear_unclear_too(tmp_path):
    made(tmp_path / "a.kap", birth_date="", initials="")
    stranger = Person("4471", "1999-01-01", "QQ")
    assert [s.path.name for s in course_of(tmp_path, stranger).sessions] == ["a.kap"]
    made(tmp_path / "b.kap", number=2)
    assert course_of(tmp_path, stranger).sessions == ()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ([("1980-02-03", "MK"), ("", "MK"), ("", "")], [("1980-02-03", "MK")]),
        ([("1980-02-03", ""), ("", "MK")], [("1980-02-03", "MK")]),
        ([("", "MK"), ("", "M.K."), ("", "ZZ")], [("", "MK"), ("", "ZZ")]),
        ([("", ""), ("", "")], [("", "")]),
        (
            [("1980-02-03", "MK"), ("1981-02-03", "MK"), ("", "MK")],
            [("1980-02-03", "MK"), ("1981-02-03", "MK")],
        ),
    ],
)
def test_people_are_told_apart_by_birth_and_initials(known, expected):
    for order in itertools.permutations(known):
        people = people_of(Person("7", *each) for each in order)
        assert [(p.birth_date, letters(p.initials).upper()) for p in people] == expected
