"""Real programs whose wall clock is set while they run, or while nobody does."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from hard_session import Life, bedside, end, gaps, wrong
from memory_recorder import MemoryRecorder
from past_records import write
from programs import run
from wall_clock import WallClock, library

from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.engine import Engine
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.events import (
    ClockAnchored,
    ComputerBoot,
    NoteAdded,
    SessionResumed,
    SessionStarted,
    Stamped,
)

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
HOUR_S = 3600.0
LATE_S = 10.0
"""A busy computer may hear a note so late; a clock that was believed would be off by an hour."""
S = 1_000_000_000


@pytest.fixture
def devices(tmp_path):
    with ExitStack() as stack:
        yield bedside(tmp_path, stack)


@pytest.fixture
def wall(tmp_path):
    if library() is None:
        pytest.skip("libfaketime is not here and cannot be installed")
    return WallClock(tmp_path)


def stamped(path):
    with RecordReader(path) as record:
        return [row.stamped for row in record.events()]


def steps(path):
    """How far the clock was set, in seconds, each time that the record tells."""
    found = [each.event.step_ns / 1e9 for each in stamped(path) if isinstance(each.event, ClockAnchored)]
    return [round(step_s) for step_s in found if abs(step_s) > 1]


def days(path):
    """Time of day of each note by the newest statement before it, in the record's order: {text: UTC in s}."""
    offset_ns, found = 0, {}
    for each in stamped(path):
        if isinstance(each.event, SessionStarted | SessionResumed | ClockAnchored):
            offset_ns = each.event.utc_ns - each.t_ns
        elif isinstance(each.event, NoteAdded):
            found[each.event.text] = (each.t_ns + offset_ns) / 1e9
    return found


class Noting:
    """Notes that are answered, with the real time at which each was asked."""

    def __init__(self, wall):
        self.wall, self.asked = wall, {}

    def note(self, life, text):
        self.asked[text] = (time.monotonic(), time.time() + self.wall.ahead_s)
        life.say(f"note {text}")
        life.until(lambda told: told.get("saved") == text)


def check(path, noting):
    """Order, durations and times of day are those of the notes; a rerun makes the same alarms."""
    notes = {each.event.text: each.t_ns / 1e9 for each in stamped(path) if isinstance(each.event, NoteAdded)}
    assert list(notes) == list(noting.asked)
    first = next(iter(notes))
    for text, t_s in notes.items():
        real_s = noting.asked[text][0] - noting.asked[first][0]
        assert t_s - notes[first] == pytest.approx(real_s, abs=LATE_S)
        assert days(path)[text] == pytest.approx(noting.asked[text][1], abs=LATE_S)
    status, said, _ = run("rerun", path)
    assert status == 0, said


def close(life):
    life.say("quit")
    life.until(lambda told: "closed" in told)


def test_a_clock_set_forward_and_back_moves_nothing_but_the_time_of_day(tmp_path, devices, wall):
    path = tmp_path / "a.kap"
    noting = Noting(wall)
    with Life(path, *devices, env=wall.env) as life:
        life.until(lambda told: "live" in told)
        noting.note(life, "before")
        for name, ahead_s in (("forward", HOUR_S), ("back", 0.0), ("further-back", -HOUR_S)):
            wall.set(ahead_s)
            time.sleep(1.0)
            noting.note(life, name)
            assert life.until(
                lambda told: any(each.startswith("clock low") for each in told.get("alarms", ()))
            )
        values = [told for told in life.told() if told.get("values")]
        assert len(values) >= 3
        close(life)
    assert steps(path) == [3600, -3600, -3600]
    check(path, noting)
    assert wrong(path, [("note", text) for text in noting.asked], kind="intact") == []


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S])
def test_a_clock_set_while_the_program_was_dead(tmp_path, devices, wall, step_s):
    path = tmp_path / "a.kap"
    noting = Noting(wall)
    with Life(path, *devices, env=wall.env) as life:
        life.until(lambda told: "live" in told)
        noting.note(life, "before")
        life.say("dose arm")
        life.until(lambda told: told.get("saved") == "arm")
        end(life)
        killed_s = time.monotonic()
    wall.set(step_s)
    with Life(path, *devices, env=wall.env) as life:
        away_s = life.until(lambda told: "begun" in told)["begun"] / 1e9 - killed_s
        life.until(lambda told: "live" in told)
        time.sleep(1.0)
        noting.note(life, "after")
        close(life)
    assert gaps(path) == [pytest.approx(away_s, abs=LATE_S)]
    assert steps(path) == [round(step_s)]
    check(path, noting)


def of_another_boot(path, ago_s):
    """A record of a session that ended so long ago, on a monotonic clock far ahead of this computer's."""
    t0_ns = time.monotonic_ns() + 10**6 * S
    clock = ManualClock(t0_ns, time.time_ns() - int((ago_s + 10) * S))
    started = Stamped(t0_ns, SessionStarted("s", "Test", "0", clock.utc_ns(), 0, "UTC"))
    recorder = MemoryRecorder()
    engine = Engine(clock, recorder, started, example())
    engine.note(ComputerBoot("another", 5 * S))
    for _ in range(40):
        clock.move_to(clock.now_ns() + S // 4)
        engine.tick(clock.now_ns())
    engine.note(NoteAdded("n", "line", "last", "KL", clock.now_ns()))
    write(path, started, recorder.rows, closed=False)
    return clock.now_ns()


def test_a_computer_that_was_started_anew_goes_by_the_time_of_day_and_then_by_its_own_clock(
    tmp_path, devices
):
    path = tmp_path / "a.kap"
    last_ns = of_another_boot(path, 90)
    began_s, over_s = time.monotonic(), []
    for life_number in range(2):
        with Life(path, *devices) as life:
            life.until(lambda told: "live" in told)
            life.say(f"note {life_number}")
            life.until(lambda told, text=str(life_number): told.get("saved") == text)
            end(life)
        over_s.append(time.monotonic() - began_s)
    notes = [each.t_ns for each in stamped(path) if isinstance(each.event, NoteAdded)]
    assert notes == sorted(notes)
    assert notes[0] == last_ns
    assert 90 < (notes[1] - last_ns) / 1e9 < 91 + over_s[0]
    # The second time the computer is the same: the gap is as long as nobody was there.
    first_s, second_s = gaps(path)
    assert 90 < first_s < 91 + over_s[0]
    assert second_s < over_s[1]
    assert steps(path) == []
    assert wrong(path, [("note", "0"), ("note", "1")]) == []


def test_the_night_in_which_summer_time_ends(tmp_path, devices, wall):
    """UTC goes on, so nothing is a step; the record's zone is that of its beginning."""
    wall.env["TZ"] = "Europe/Berlin"
    change = datetime(2026, 10, 25, 1, 0, tzinfo=UTC).timestamp()
    for before_s in (8.0, 25.0, 60.0):  # a busy computer needs longer to begin
        path, noting = tmp_path / f"{before_s:.0f}.kap", Noting(wall)
        wall.set(change - before_s - time.time())
        with Life(path, *devices, env=wall.env) as life:
            life.until(lambda told: "live" in told)
            noting.note(life, "summer")
            time.sleep(max(0.0, change + 1.0 - time.time() - wall.ahead_s))
            noting.note(life, "winter")
            close(life)
        if noting.asked["summer"][1] < change:
            break
    started = stamped(path)[0].event
    assert (started.utc_offset_min, started.zone) == (120, "CEST")
    assert steps(path) == []
    assert noting.asked["summer"][1] < change < noting.asked["winter"][1]
    check(path, noting)
