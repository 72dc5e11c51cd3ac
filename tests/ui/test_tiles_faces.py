"""Every state of a number tile, without a window: what is said, and that no old value passes for new."""

from dataclasses import replace

import pytest
from fake_session import DOSE_NS, MIN, NOW_NS, VARIANTS, FakeSession, S
from hypothesis import given
from hypothesis import strategies as st

from devices.cuff_words import Refusal
from kapmonitor.model import Absent, AlertKind, LinkProblem, LinkState, Measured, Validity
from kapmonitor.snapshot import Freshness, LinkStatus, Tile
from ui import strings
from ui.tiles.face import Trust, link_of, number_face, stale_after_ns
from ui.tiles.look import Crossed
from ui.tiles.pressure_face import pressure_face

LIVE = Tile(Measured(84.0), NOW_NS, Freshness.FRESH, "ECG strap", 50.0, 120.0)


def test_a_live_value_is_shown_with_its_age_source_and_limits():
    face = number_face(LIVE, None, NOW_NS + S // 2, 1.0)
    assert (face.digits, face.trust, face.footer) == ("84", Trust.FULL, "now · ECG strap")
    assert (face.low, face.high) == ("50", "120")


def test_the_limit_that_alarms_stands_beside_the_value_and_not_the_nearest_one():
    face = number_face(LIVE, None, NOW_NS, 1.0, crossed=Crossed(low=40.0))
    assert (face.low, face.high, face.crossed) == ("40", "120", (True, False))


def test_a_value_whose_port_is_gone_says_that_the_link_is_lost():
    link = LinkStatus("strap", "ECG strap", LinkState.WAITING, LinkProblem.NOT_FOUND)
    face = number_face(LIVE, link, NOW_NS + 9 * S, 1.0)
    assert (face.digits, face.words) == ("---", "link lost")


def test_the_age_is_counted_at_paint_time():
    assert number_face(LIVE, None, NOW_NS + 2 * S, 1.0).footer == "0:02 ago · ECG strap"
    assert number_face(LIVE, None, NOW_NS + 3 * S, 1.0).digits == "84"
    gone = number_face(LIVE, None, NOW_NS + 3 * S + 1, 1.0)
    assert (gone.digits, gone.trust) == ("---", Trust.GONE)
    assert gone.footer.startswith("no value for 0:03")


@given(st.integers(0, 10**13), st.sampled_from(list(Freshness)), st.floats(1, 60))
def test_no_value_older_than_allowed_is_ever_shown(age_ns, freshness, speed):
    face = number_face(replace(LIVE, freshness=freshness), None, NOW_NS + age_ns, speed)
    if age_ns > stale_after_ns(speed) or freshness in (Freshness.NONE, Freshness.STALE):
        assert (face.digits, face.trust) == ("---", Trust.GONE)
        assert face.words


def test_a_fast_clock_is_allowed_the_real_time_between_ticks():
    assert stale_after_ns(1.0) == 3 * S
    assert number_face(LIVE, None, NOW_NS + 6 * S, 20.0).digits == "84"
    assert number_face(LIVE, None, NOW_NS + 60 * S, 20.0).digits == "---"


@pytest.mark.parametrize("freshness", [Freshness.NONE, Freshness.STALE])
def test_what_a_record_does_not_tell_is_not_called_missing(freshness):
    there = replace(LIVE, freshness=freshness)
    assert number_face(there, None, NOW_NS, 1.0).words != "cannot be read here"
    face = number_face(replace(there, unread=True), None, NOW_NS, 1.0)
    assert (face.digits, face.words, face.footer) == ("---", "cannot be read here", "ECG strap")
    assert number_face(replace(LIVE, unread=True), None, NOW_NS, 1.0).digits == "84"


@pytest.mark.parametrize("kind", list(AlertKind))
def test_an_absent_reading_says_why_in_the_devices_terms(kind):
    tile = replace(LIVE, reading=Absent(Validity.INVALID, 511.0), alerts=(kind,))
    face = number_face(tile, None, NOW_NS, 1.0)
    assert (face.digits, face.words) == ("---", strings.ALERTS[kind])
    assert "511" not in face.footer


def test_a_questionable_value_is_quieter():
    tile = replace(LIVE, reading=Measured(84.0, Validity.QUESTIONABLE))
    assert number_face(tile, None, NOW_NS, 1.0).trust is Trust.QUIET


@pytest.mark.parametrize("problem", list(LinkProblem))
def test_a_tile_without_a_link_names_the_problem(problem):
    link = LinkStatus("strap", "ECG strap", LinkState.WAITING, problem)
    waiting = number_face(Tile(source="ECG strap"), link, NOW_NS, 1.0)
    assert waiting.digits == "---"
    assert waiting.words
    lost = number_face(replace(LIVE, freshness=Freshness.STALE), link, NOW_NS + 41 * S, 1.0)
    assert lost.words
    assert "0:41" in lost.footer


def test_the_link_is_found_by_label_or_device():
    links = (LinkStatus("a", "Cuff"), LinkStatus("oximeter", "Finger"))
    assert link_of(links, "Finger") is link_of(links, "oximeter") is links[1]
    assert link_of(links, "") is None


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_has_a_face_that_is_never_blank_or_nought(variant):
    session = FakeSession(variant)
    shot, now = session.snapshot(), session.now_ns()
    for tile in (shot.hr, shot.spo2):
        digits = number_face(tile, link_of(shot.links, tile.source), now, shot.speed).digits
        assert digits == "---" or int(digits) > 0
    assert pressure_face(shot, now).digits
    assert "0/0" not in pressure_face(shot, now).digits


def face_of(variant, after_ns=0):
    session = FakeSession(variant)
    return pressure_face(session.snapshot(), session.now_ns() + after_ns)


def test_a_pressure_stands_with_time_age_plan_and_limits():
    face = face_of("quiet")
    assert (face.digits, face.mean, face.trust) == ("141/88", "(106)", Trust.FULL)
    assert face.taken == "14:45 · 2:17 ago"
    assert face.plan == "next in 2:43"
    assert face.limits == "limits 154 / 100"


@pytest.mark.parametrize(
    ("role", "direction", "limit", "said"),
    [
        ("nibp-sys", "high", 180.0, "limits 180 / 100"),
        ("nibp-dia", "high", 110.0, "limits 154 / 110"),
        ("nibp-sys", "low", 89.0, "lower limit 89"),
        ("nibp-mean", "high", 115.0, "limits 154 / 100"),
    ],
)
def test_the_pressure_limit_that_alarms_is_the_one_that_is_shown(role, direction, limit, said):
    shot = FakeSession("medium").snapshot()
    alarm = replace(shot.alarms[0], role=role, direction=direction, limit=limit)
    assert pressure_face(replace(shot, alarms=(alarm,)), NOW_NS).limits == said


def test_an_overdue_pressure_says_so_where_a_later_reading_is_planned():
    shot = FakeSession("overdue").snapshot()
    planned = replace(shot, nibp=replace(shot.nibp, next_t_ns=NOW_NS + 311 * S))
    assert pressure_face(planned, NOW_NS).plan == "overdue · next in 5:11"


def test_an_overdue_pressure_is_quieter_and_says_since_when():
    face = face_of("overdue")
    assert (face.trust, face.late) == (Trust.QUIET, True)
    assert face.plan == "due 2:17 ago"


def test_a_pressure_too_old_is_struck_then_withdrawn():
    shot = FakeSession("quiet").snapshot()
    struck = replace(shot, nibp=replace(shot.nibp, freshness=Freshness.STALE))
    assert pressure_face(struck, NOW_NS).trust is Trust.STRUCK
    assert pressure_face(struck, NOW_NS).digits == "141/88"
    face = pressure_face(shot, DOSE_NS + 40 * MIN + 30 * MIN + 1)
    assert (face.digits, face.trust, face.mean) == ("---/---", Trust.GONE, "")
    assert face.taken == "last reading 30:00 ago"


@pytest.mark.parametrize(("unread", "taken"), [(True, "cannot be read here"), (False, "no reading yet")])
def test_a_pressure_that_a_record_does_not_tell_is_not_called_missing(unread, taken):
    shot = FakeSession("quiet").snapshot()
    none = replace(shot, nibp=replace(shot.nibp, last=None, unread=unread))
    assert pressure_face(none, NOW_NS).taken == taken


def test_a_failed_cuff_never_shows_the_reading_before_it():
    face = face_of("cuff-failed")
    assert face.digits == "---/---"
    assert face.words == "cuff failed: movement"


def test_the_cuff_is_seen_at_work_held_and_asleep():
    measuring = face_of("measuring")
    assert (measuring.measuring, measuring.pressure, measuring.can_stop) == (True, 128.0, True)
    assert face_of("held").plan == "held · next in 7:43"
    assert face_of("asleep").plan == strings.ASLEEP
    assert not face_of("asleep").can_start
    assert face_of("asleep").refused == "no link to the cuff"


@pytest.mark.parametrize("reason", list(Refusal))
def test_every_refusal_of_the_cuff_has_words(reason):
    assert strings.REFUSALS[reason.value]


def test_before_the_first_reading_nothing_is_claimed():
    face = face_of("waiting")
    assert (face.digits, face.taken) == ("---/---", strings.NO_CUFF_YET)


def test_a_record_in_review_cannot_start_a_cuff():
    assert not face_of("replay").can_start
