"""A recorder that keeps everything in a list and says that it is on disk."""

from concurrent.futures import Future

from kapmonitor.record.items import RecordStatus
from kapmonitor.session.events import Stamped


class MemoryRecorder:
    def __init__(self):
        self.rows = []
        self.problem = ""

    def put(self, row):
        self.rows.append(row)

    def put_durable(self, row):
        self.rows.append(row)
        future = Future()
        future.set_result(len(self.rows))
        return future

    def status(self):
        return RecordStatus("memory", 0, 0.0, 0, self.problem)

    def events(self, kind=None):
        found = [row.event for row in self.rows if isinstance(row, Stamped)]
        return [event for event in found if kind is None or isinstance(event, kind)]
