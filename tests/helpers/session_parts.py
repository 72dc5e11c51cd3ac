"""A running session without a window, for tests that act as the person at its dialog."""

import time

from kapmonitor.alarms.limits import example
from kapmonitor.beginning import open_station
from kapmonitor.clock import SystemClock
from kapmonitor.opening import Plan
from kapmonitor.session.events import Stamped

PATIENCE_S = 60.0


class Session:
    """A station on real ports; `say` waits until what was asked is on disk."""

    def __init__(self, path, devices=(), look=()):
        self.path = path
        self.station = open_station(Plan(path, tuple(devices), example(), look=tuple(look)), SystemClock())
        self.station.start()

    def say(self, command):
        self.station.submit(command).result(PATIENCE_S)

    @property
    def rows(self):
        return {row.key: row for row in self.station.surroundings.nearby.devices}

    def row(self, wanted):
        """The first row for which `wanted` holds, once there is one."""
        return self.until(lambda: next((row for row in self.rows.values() if wanted(row)), None))

    def until(self, wanted, patience_s=PATIENCE_S):
        limit = time.monotonic() + patience_s
        while time.monotonic() < limit:
            found = wanted()
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"not seen; around are {list(self.rows.values())}")

    @property
    def snapshot(self):
        return self.station.engine.snapshot

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.station.stop("ended")


def recorded(path, *kinds):
    """Events of these kinds in a closed record, in order."""
    from kapmonitor.record.reader import RecordReader

    reader = RecordReader(path)
    try:
        stamped = [row.stamped for row in reader.events()]
    finally:
        reader.close()
    return [item.event for item in stamped if isinstance(item, Stamped) and isinstance(item.event, kinds)]
