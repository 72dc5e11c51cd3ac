"""Records under other limits: what would have alarmed, what is new, what would be missed, who would hear."""

import json
import os
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from past_records import session_record
from record_fixtures import make_record
from virtual_session import DOSE_S, ORIGIN_NS, VirtualSession

from devices.sim.patient import Episode as Illness
from kapmonitor.alarms.episodes import Episode, Stretch, episodes, told
from kapmonitor.alarms.limits import example
from kapmonitor.alarms.signals import Stage
from kapmonitor.alarms.soundplan import default
from kapmonitor.alarms.types import ConditionState, Priority, Side, Trigger
from kapmonitor.cli import main
from kapmonitor.commandline.progress import Progress
from kapmonitor.commands import Acknowledge, ChangeLimit
from kapmonitor.errors import ConfigError, RecordDamaged
from kapmonitor.rehearse import Kind, compared, read_limits, rehearse, totals
from kapmonitor.session.events import AlarmChanged, Stamped

S = 1_000_000_000
PLAN = default()
LOW_AT_S, PRESSED_AT_S = 900, 1300
LOWEST_NS = ORIGIN_NS + LOW_AT_S * S
ILL = (Illness(LOW_AT_S, 100, spo2=-13.5), Illness(PRESSED_AT_S, 600, systolic=70))
ONE_LIMIT = """
name = "One"
signed_by = "Dr. A"
signed_on = "2026-01-01"
[[limit]]
id = "{id}"
of = "{of}"
side = "{side}"
at = {at}
priority = "{priority}"
delay_s = {delay_s}
"""


def limits_file(folder, at, *, of="spo2", side="low", priority="medium", delay_s=0, rule="mine"):
    path = folder / f"{rule}-{at}.toml"
    text = ONE_LIMIT.format(id=rule, of=of, side=side, at=at, priority=priority, delay_s=delay_s)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """Forty minutes under the example limits: a low saturation, a high pressure, one acknowledgement."""
    session = VirtualSession(11, limits=example(), odd_s=0.123, episodes=ILL)

    def each(t_s):
        if t_s == LOW_AT_S + 60:
            active = tuple(alarm.condition for alarm in session.engine.snapshot.alarms)
            session.engine.handle(Acknowledge(session.clock.now_ns(), active, "RN"))
        if t_s == 400:
            session.engine.handle(ChangeLimit("hr-low", 45, "prescriber", "AB"))

    session.run(2400, each=each)
    return session_record(tmp_path_factory.mktemp("past") / "a.kap", session)


def silent(_share):
    """Nobody looks."""


def rehearsed(past, limits):
    return rehearse(past, limits, PLAN, silent)


def kinds(rehearsal):
    return [each.kind for each in rehearsal.alarms]


def test_the_limits_of_the_session_give_the_alarms_of_the_session(past):
    again = rehearsed(past, example())
    assert set(kinds(again)) == {Kind.SAME}
    assert len(again.alarms) == len(again.did) >= 4
    assert [each.episode for each in again.alarms] == list(again.did)
    assert again.by_hand == 1


def test_a_looser_limit_misses_what_alarmed_and_a_stricter_one_is_new(past, tmp_path):
    loose = rehearsed(past, read_limits(str(limits_file(tmp_path, 70))))
    assert set(kinds(loose)) == {Kind.MISSED}
    assert {each.episode.condition for each in loose.alarms} >= {"spo2-low", "sys-high"}
    strict = rehearsed(past, read_limits(str(limits_file(tmp_path, 60, of="hr", side="high"))))
    assert Kind.NEW in kinds(strict)
    assert all(each.episode.role == "hr" for each in strict.alarms if each.kind is Kind.NEW)


def test_onset_end_worst_and_limit_are_those_of_the_values(past, tmp_path):
    rehearsal = rehearsed(past, read_limits(str(limits_file(tmp_path, 90, delay_s=20))))
    (mine,) = [each.episode for each in rehearsal.alarms if each.kind is Kind.SAME]
    assert mine.limit == 90
    assert mine.worst < 87
    assert 20 * S <= mine.start_ns - mine.onset_ns < 20.5 * S
    assert abs(mine.onset_ns - LOWEST_NS) < 50 * S
    assert mine.onset_ns < LOWEST_NS < mine.end_ns < LOWEST_NS + 100 * S


def test_a_lower_priority_is_told_from_a_missed_alarm(past, tmp_path):
    rehearsal = rehearsed(past, read_limits(str(limits_file(tmp_path, 91, priority="low"))))
    lowered = [each for each in rehearsal.alarms if each.kind is Kind.LOWER]
    assert {each.episode.condition for each in lowered} == {"spo2-low", "spo2-very-low"}
    assert {each.other for each in lowered} == {Priority.LOW}


def test_acknowledging_keeps_it_from_the_room_and_is_counted_both_ways(past):
    by_id = {each.episode.condition: each for each in rehearsed(past, example()).alarms}
    high, medium = by_id["spo2-very-low"], by_id["sys-high"]
    assert high.told[Stage.STAFF] == high.episode.start_ns
    assert high.told[Stage.ROOM] - high.episode.start_ns == PLAN.high.room_after_s * S
    assert medium.told_unheeded[Stage.STAFF] - medium.episode.start_ns == PLAN.medium.staff_after_s * S
    assert Stage.ROOM in medium.told_unheeded
    sums = totals([rehearsed(past, example())])
    assert sums.staff >= sums.room > 0
    assert sums.room_unheeded >= sums.room


def test_counts_add_up_over_records_and_hours(past):
    one = rehearsed(past, example())
    sums, twice = totals([one]), totals([one, one])
    assert twice.records == 2
    assert twice.length_ns == 2 * sums.length_ns
    assert {p: 2 * n for p, n in sums.would.items()} == twice.would
    assert sums.rate(Priority.MEDIUM) == pytest.approx(twice.rate(Priority.MEDIUM))
    assert sum(sum(hour.values()) for hour in sums.per_hour) == sum(sums.would.values()) == len(one.alarms)


@pytest.mark.parametrize("order", [("example",), ("baseline-example",)])
def test_shipped_limits_are_known_by_name(order):
    assert all(read_limits(name).example for name in order)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"name = 1", "limit"),
        (b"\xff\xfe", "UTF-8"),
        (b"x" * 1_100_000, "at most 1000000 bytes"),
        ("ä".encode() * 600_000, "at most 1000000 bytes"),
        (ONE_LIMIT.format(id="a", of="spo2", side="up", at=90, priority="low", delay_s=0).encode(), "side"),
    ],
)
def test_limits_that_are_none_are_named_with_path_key_and_what_is_allowed(tmp_path, text, words):
    path = tmp_path / "bad.toml"
    path.write_bytes(text)
    with pytest.raises(ConfigError, match=words) as why:
        read_limits(str(path))
    assert str(path) in str(why.value)


@pytest.mark.parametrize("name", ["", "nowhere.toml", ".", "a\0b", "x" * 5000])
def test_names_of_files_that_cannot_be_read_are_refused(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="baseline-example"):
        read_limits(name)


# Episodes and stages


def moved(t_s, before, after, cause=Trigger.DELAY_OVER, priority=Priority.HIGH, value=85.0):
    return Stamped(t_s * S, AlarmChanged("c", priority.value, before, after, cause.value, value, 90.0, 0))


U, A, N = ConditionState.ACTIVE_UNACK, ConditionState.ACTIVE_ACK, ConditionState.NORMAL


def test_a_reminder_begins_no_new_stages_and_a_worse_alarm_does():
    (quiet,) = episodes([moved(0, N, U), moved(5, U, A), moved(200, A, A, Trigger.REMIND)], {})
    assert told(quiet, PLAN, 1000 * S, heeded=True) == {Stage.STAFF: 0}
    (worse,) = episodes([moved(0, N, U), moved(5, U, A), moved(200, A, U, Trigger.WORSE)], {})
    assert told(worse, PLAN, 1000 * S, heeded=True)[Stage.ROOM] == 215 * S
    assert told(worse, PLAN, 1000 * S, heeded=False)[Stage.ROOM] == 15 * S


def test_a_value_far_out_reaches_the_room_at_once():
    (far,) = episodes([moved(3, N, U, Trigger.BYPASS), moved(60, U, N)], {})
    assert told(far, PLAN, 0, heeded=True)[Stage.ROOM] == 3 * S


def test_an_alarm_that_rises_is_as_grave_as_it_became():
    low = [moved(0, N, U, priority=Priority.LOW), moved(30, U, U, Trigger.WORSE, Priority.MEDIUM)]
    (rose,) = episodes(low, {})
    assert rose.priority is Priority.MEDIUM
    assert rose.end_ns is None
    assert told(rose, PLAN, 100 * S, heeded=True)[Stage.STAFF] == 30 * S


STATES = [state.value for state in ConditionState]
CHANGES = st.lists(
    st.tuples(st.integers(0, 50), st.sampled_from(STATES), st.sampled_from(list(Priority)), st.booleans())
)


@given(CHANGES)
def test_any_log_of_one_condition_gives_alarms_one_after_the_other(steps):
    t_s, log, before = 0, [], "unarmed"
    for wait_s, after, priority, far in steps:
        t_s += wait_s
        cause = Trigger.BYPASS if far else Trigger.DELAY_OVER
        log.append(moved(t_s, before, after, cause, priority))
        before = after
    found = episodes(log, {})
    for one, two in pairwise(found):
        assert one.end_ns is not None
        assert one.end_ns <= two.start_ns
    for one in found:
        end_ns = (t_s + 1) * S
        unheeded, heeded = (told(one, PLAN, end_ns, heeded=heeded) for heeded in (False, True))
        assert set(heeded) <= set(unheeded)
        assert all(one.start_ns <= at_ns <= end_ns for at_ns in unheeded.values())


ROLES = st.sampled_from(["spo2", "hr"])


@st.composite
def alarms(draw):
    start = draw(st.integers(0, 100)) * S
    end = draw(st.none() | st.integers(0, 50).map(lambda s: start + s * S))
    priority = draw(st.sampled_from(list(Priority)))
    stretch = Stretch(start, end, priority, False, False)
    return Episode("c", draw(ROLES), Side.LOW, priority, start, start, end, 1.0, 2.0, (stretch,))


@given(st.lists(alarms(), max_size=6), st.lists(alarms(), max_size=6))
def test_everything_is_listed_once_and_nothing_graver_is_passed_over(would, did):
    listed = compared(would, did, PLAN, 200 * S)
    mine = [each.episode for each in listed if each.kind in (Kind.SAME, Kind.NEW)]
    assert sorted(mine, key=repr) == sorted(would, key=repr)
    unlisted = list(did)
    for each in listed:
        if each.kind in (Kind.MISSED, Kind.LOWER):
            unlisted.remove(each.episode)
    for episode in unlisted:
        assert any(
            o.role == episode.role and o.overlaps(episode) and o.priority.rank >= episode.priority.rank
            for o in would
        )


# The command


def test_the_command_tells_a_table_and_sums(past, tmp_path, capsys):
    assert main(["rehearse", str(past), str(past), "--limits", str(limits_file(tmp_path, 90))]) == 0
    said = capsys.readouterr().out
    assert "One (signed by Dr. A)" in said
    assert "SpO₂ 8" in said
    assert "BP systolic" in said
    assert "missed" in said
    assert "2 records, 1:19:59" in said
    assert "changed by hand in the session, where here the file's stand: 1" in said


def test_json_holds_every_alarm_with_its_times(past, tmp_path, capsys):
    assert main(["rehearse", str(past), "--limits", str(limits_file(tmp_path, 90)), "--json"]) == 0
    told_ = json.loads(capsys.readouterr().out)
    (record,) = told_["records"]
    same = next(each for each in record["alarms"] if each["compared"] == "same")
    assert LOW_AT_S - DOSE_S - 50 < same["outside_from_s"] <= same["t_s"] < same["end_s"]
    assert same["lasted_s"] == pytest.approx(same["end_s"] - same["t_s"])
    assert same["told_after_s"]["staff"] == PLAN.medium.staff_after_s
    would = [each for each in record["alarms"] if each["compared"] in ("same", "new")]
    assert told_["totals"]["with_these_limits"] == {"low": 0, "medium": len(would), "high": 0}


def test_what_cannot_be_rehearsed_is_named_and_skipped(past, tmp_path, capsys):
    broken = tmp_path / "broken.kap"
    data = bytearray(past.read_bytes())
    data[len(data) // 2] ^= 0xFF
    broken.write_bytes(data)
    other = tmp_path / "other.kap"
    other.write_text("no record")
    paths = [str(broken), str(other), str(tmp_path / "absent.kap"), str(past)]
    assert main(["rehearse", *paths, "--limits", "example"]) == 1
    said = capsys.readouterr()
    for path in paths[:3]:
        assert f"{path}: " in said.err
    assert said.err.count("skipped") == 3
    assert "1 record, " in said.out


def test_bad_limits_end_with_status_2_before_any_record_is_read(past, tmp_path, capsys):
    bad = tmp_path / "bad.toml"
    bad.write_text("name = 'x'\n[[limit]]\nid = 'a'\nof = 'pulse'\n")
    assert main(["rehearse", str(past), "--limits", str(bad)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert str(bad) in line
    assert "limit[0].of" in line or "limit[0].at" in line
    assert "spo2" in line or "number" in line


def test_an_interrupted_record_is_rehearsed_to_where_it_ends(tmp_path, capsys):
    session = VirtualSession(11, limits=example(), episodes=ILL)
    session.run(LOW_AT_S + 10)
    path = session_record(tmp_path / "cut.kap", session, closed=False)
    assert main(["rehearse", str(path), "--limits", "example"]) == 0
    said = capsys.readouterr().out
    assert "it ends where it was interrupted" in said
    assert "no end" in said


def test_progress_may_end_it(past):
    class Enough(Exception):
        pass

    shares = []

    def tell(share):
        shares.append(share)
        if share > 0.3:
            raise Enough

    with pytest.raises(Enough):
        rehearse(past, example(), PLAN, tell)
    assert shares == sorted(shares)
    assert len(shares) > 3


def test_a_record_of_bytes_alone_says_so(tmp_path):
    session = VirtualSession(1, limits=example())
    session.engine.tick(ORIGIN_NS + S)
    path = session_record(tmp_path / "bare.kap", session)
    with pytest.raises(RecordDamaged, match="nothing to rehearse"):
        rehearse(path, example(), PLAN, silent)


def test_a_record_without_alarms_lists_what_is_new(tmp_path):
    rehearsal = rehearse(
        make_record(tmp_path / "r.kap", 30), read_limits(str(limits_file(tmp_path, 98))), PLAN, silent
    )
    assert set(kinds(rehearsal)) <= {Kind.NEW}
    assert kinds(rehearsal)


def test_interrupting_it_ends_with_one_line(past, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("kapmonitor.commandline.rehearse.rehearse", interrupted)
    assert main(["rehearse", str(past), "--limits", "example"]) == 1
    assert capsys.readouterr().err == f"kapmonitor: interrupted{os.linesep}"


def test_progress_is_shown_on_a_terminal_only_and_taken_away(monkeypatch, capsys):
    for is_terminal in (True, False):
        monkeypatch.setattr("sys.stderr.isatty", lambda is_terminal=is_terminal: is_terminal)
        with Progress("a.kap") as progress:
            progress.tell(0.5)
        said = capsys.readouterr().err
        assert ("a.kap:  50%" in said) == is_terminal
        assert said.endswith("\r\x1b[K" if is_terminal else "")
