from hypothesis import given
from hypothesis import strategies as st

from kapmonitor.model import Absent, CuffReading, Measured, Validity
from ui import format as fmt

S = fmt.SECOND_NS
MIN = fmt.MINUTE_NS
DOSE = 50_000 * S
NOTHING = Absent(Validity.INVALID, 127.0)


def test_the_session_clock_counts_from_the_first_dose():
    assert fmt.since_dose(DOSE + 42 * MIN + 17 * S, DOSE) == "T+ 00:42:17"
    assert fmt.since_dose(DOSE, DOSE) == "T+ 00:00:00"
    assert fmt.since_dose(DOSE - 10 * S, DOSE) == "T− 00:00:10"
    assert fmt.since_dose(DOSE + 100 * 60 * MIN, DOSE) == "T+ 100:00:00"


def test_moments_are_minutes_and_seconds_from_the_dose():
    assert fmt.offset(DOSE + 36 * MIN + 10 * S, DOSE) == "T+36:10"
    assert fmt.offset(DOSE - 10 * S, DOSE) == "T−00:10"
    assert fmt.offset(DOSE + 104 * MIN, DOSE) == "T+104:00"


def test_axis_ticks_are_whole_minutes():
    assert fmt.offset_minutes(DOSE - 10 * MIN, DOSE) == "T−10"
    assert fmt.offset_minutes(DOSE, DOSE) == "T+0"


def test_ages_grow_hours_only_when_needed():
    assert fmt.age(2 * MIN + 17 * S) == "2:17 ago"
    assert fmt.age(14 * S) == "0:14 ago"
    assert fmt.duration(62 * MIN + 17 * S) == "1:02:17"
    assert fmt.duration(-5 * S) == "0:00"


def test_the_wall_clock_is_utc_plus_the_sessions_offset():
    assert fmt.wall(1_795_352_700 * S, 60) == "14:05"
    assert fmt.wall(1_795_352_700 * S, -210, seconds=True) == "09:35:00"


def test_amounts_lose_needless_zeros():
    assert [fmt.amount(v) for v in (70.0, 52.5, 0.25)] == ["70", "52.5", "0.25"]


def test_an_absent_reading_is_dashes_and_never_a_number():
    reading = CuffReading(0, "cuff", Measured(141.0), NOTHING, NOTHING, NOTHING)
    assert fmt.whole(NOTHING) == "---"
    assert fmt.pressure(reading) == "141/---"
    assert fmt.pressure(None) == "---/---"
    assert fmt.mean_pressure(reading) == ""


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_clock_and_list_agree_on_the_sign_and_the_second(delta_ns):
    clock, listed = fmt.since_dose(DOSE + delta_ns, DOSE), fmt.offset(DOSE + delta_ns, DOSE)
    assert clock[1] == listed[1]
    hours, minutes, seconds = (int(part) for part in clock[3:].split(":"))
    assert (hours * 60 + minutes, seconds) == tuple(int(part) for part in listed[2:].split(":"))
