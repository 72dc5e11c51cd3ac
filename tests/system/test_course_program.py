"""The picture of a course, by the whole program."""

import pytest
from course_records import made
from programs import run

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]


def test_the_page_of_a_course_as_a_picture(tmp_path):
    record = made(tmp_path / "1.kap")
    made(tmp_path / "2.kap", number=2)
    picture = tmp_path / "course.png"
    status, out, errors = run("course", record, "--screenshot", picture, "--size", "1366x768")
    assert (status, errors) == (0, "")
    assert str(picture) in out
    assert picture.stat().st_size > 20_000
