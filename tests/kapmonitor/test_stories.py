"""A replay shows the same device's values as the session did: chosen, standing in, swapped, let go."""

import numpy as np
import pytest
from engine_room import DIA, SPO2, STARTED, SYS, S

from kapmonitor.alarms.limits import example
from kapmonitor.clock import ManualClock
from kapmonitor.engine import Engine
from kapmonitor.model import Absent, ChannelKey, DeviceIdentified, Measured, Observation
from kapmonitor.record.stories import Stories
from kapmonitor.record.verify import verify
from kapmonitor.record.writer import RecordWriter
from kapmonitor.review import Review
from kapmonitor.session.events import DeviceAdded, SourceShown, Stamped
from kapmonitor.view import Role

T0 = 1000 * S


class Live:
    """A session in virtual time with its record on disk, and what it showed at each second."""

    def __init__(self, path):
        self.clock = ManualClock(T0, 1_700_000_000 * S)
        started = Stamped(T0, STARTED)
        self.writer = RecordWriter.create(path, started, self.clock)
        self.engine = Engine(self.clock, self.writer, started, example())
        for device in ("one", "two"):
            self.engine.add_device(DeviceAdded(device, "x", f"Oximeter {device}", "x@y"))
        self.shown = {}

    def after(self, seconds, **spo2):
        for _ in range(seconds):
            self.clock.move_to(self.clock.now_ns() + S)
            now_ns = self.clock.now_ns()
            for device, value in spo2.items():
                self.engine.on_event(device, Observation(SPO2, now_ns, Measured(float(value))))
            self.engine.tick(now_ns)
            self.shown[now_ns] = self.engine.snapshot.spo2

    def measured(self, device, systolic):
        for metric, value in ((SYS, systolic), (DIA, 70)):
            self.engine.on_event(device, Observation(metric, self.clock.now_ns(), Measured(float(value))))
        self.after(1)

    def close(self):
        self.engine.close("ended")
        self.writer.close("ended")


@pytest.fixture
def session(tmp_path):
    """Both; the second chosen; it falls silent and the first stands in; the first is swapped, confirmed."""
    path = tmp_path / "s.kap"
    live = Live(path)
    live.engine.adopt("one", "KL", DeviceIdentified(T0, serial="1"))
    live.after(20, one=97, two=94)
    live.engine.choose(Role.SPO2, "two", "KL")
    live.after(20, one=97, two=94)
    live.after(30, one=97)
    live.clock.move_to(live.clock.now_ns() + S // 2)
    live.engine.on_event("one", DeviceIdentified(live.clock.now_ns(), serial="2"))
    live.after(20, one=88)
    live.measured("one", 150)
    live.clock.move_to(live.clock.now_ns() + S // 2)
    live.engine.confirm("one", "KL")
    live.after(20, one=96)
    live.measured("one", 120)
    live.close()
    return path, live


def test_the_tile_is_the_same_at_every_second(session):
    path, live = session
    review = Review(path, verify(path))
    try:
        for t_ns, tile in live.shown.items():
            review.seek(t_ns)
            replayed = review.snapshot().spo2
            wanted = tile.reading if not tile.unconfirmed else None
            if wanted is not None:
                assert (replayed.reading, replayed.source, replayed.freshness) == (
                    wanted,
                    tile.source,
                    tile.freshness,
                ), (t_ns - T0) / S
            else:
                assert isinstance(replayed.reading, Absent)
                assert replayed.unconfirmed
    finally:
        review.close()


def test_the_trend_is_of_what_was_shown(session):
    path, live = session
    width = 120
    t0_ns, t1_ns = T0, T0 + width * S
    review = Review(path, verify(path))
    try:
        replayed = review.view().trend(Role.SPO2, t0_ns, t1_ns, width)
        lived = live.engine.view.trend(Role.SPO2, t0_ns, t1_ns, width)
        seen = replayed.lo[~np.isnan(replayed.lo)]
        assert set(seen.tolist()) == {97.0, 94.0, 96.0}
        both = ~np.isnan(replayed.lo) & ~np.isnan(lived.lo)
        assert both.sum() > 70
        assert np.array_equal(replayed.lo[both], lived.lo[both])
    finally:
        review.close()


def test_cuff_readings_of_an_unconfirmed_device_are_not_this_persons(session):
    path, live = session
    review = Review(path, verify(path))
    try:
        cuffs = review.view().cuffs(T0, live.clock.now_ns())
        assert [cuff.systolic.value for cuff in cuffs] == [120]
        assert [cuff.systolic.value for cuff in live.engine.view.cuffs(T0, live.clock.now_ns())] == [120]
    finally:
        review.close()


def test_a_record_that_never_told_draws_the_only_device(tmp_path):
    assert Stories([]).shown(Role.SPO2) == ()
    told = [
        Stamped(5, SourceShown("spo2", "one", "A")),
        Stamped(9, SourceShown("spo2", "", "")),
        Stamped(12, SourceShown("spo2", "two", "A")),
        Stamped(13, SourceShown("something newer", "two", "A")),
    ]
    stretches = Stories(told).shown(Role.SPO2)
    assert [(begin, key) for begin, _, key in stretches] == [
        (5, ChannelKey("one", "A")),
        (12, ChannelKey("two", "A")),
    ]
    assert stretches[0][1] == 9
