"""A driver that can start a cuff on a line whose other end is the test; time moves only when told to."""

from devices.protocol import CuffControl, WireProtocol
from kapmonitor.model import Absent, CuffChanged, CuffFailed, Fault, Measured, Observation

S = 1_000_000_000
MS = 1_000_000
STEP_NS = 10 * MS


class CuffLine:
    def __init__(self, driver):
        assert isinstance(driver, WireProtocol)
        assert isinstance(driver, CuffControl)
        self.driver = driver
        self.now = 10 * S
        self.events = []
        self.sent = []
        self._asked = b""
        self.driver.opened(self.now)
        self._take()

    def _take(self):
        if data := self.driver.data_to_send():
            self.sent.append((self.now, data))
            self._asked = data

    def hear(self, data, after=20 * MS):
        """The device says something; what was asked before counts as answered."""
        self.now += after
        self._asked = b""
        self.events += self.driver.receive(data, self.now)
        self._take()

    def wait(self, seconds):
        """Let time pass, keeping every deadline."""
        until = self.now + int(seconds * S)
        while self.driver.deadline_ns is not None and self.driver.deadline_ns <= until:
            self.now = max(self.now, self.driver.deadline_ns)
            self.events += self.driver.on_deadline(self.now)
            self._take()
        self.now = until

    def talk(self, answers, seconds):
        """Let time pass, and answer each command, the last one sent before included, from `answers`."""
        until = self.now + int(seconds * S)
        while self.now < until:
            asked, self._asked = self._asked, b""
            if asked in answers:
                self.hear(answers[asked])
            self.wait(STEP_NS / S)

    def wait_for(self, command, answers, limit_s=30.0):
        """Answer what is asked until `command` is the last that was sent, which stays unanswered."""
        end = self.now + int(limit_s * S)
        while self.now < end:
            if self.sent and self.sent[-1][1] == command:
                return
            self.talk(answers, STEP_NS / S)
        raise AssertionError(f"{command.hex()} was not sent; last {self.sent[-3:]}")

    def start(self):
        self.driver.start_cuff(self.now)
        self._take()

    def stop(self):
        self.driver.stop_cuff(self.now)
        self._take()

    def reopen(self):
        self.events += self.driver.closed(self.now)
        self.now += S
        self.driver.opened(self.now)
        self._take()

    def count(self, command):
        return sum(data == command for _, data in self.sent)

    @property
    def states(self):
        return [e.state.value for e in self.events if isinstance(e, CuffChanged)]

    @property
    def failures(self):
        return [(e.failure.value, e.raw) for e in self.events if isinstance(e, CuffFailed)]

    @property
    def faults(self):
        return faults(self.events)

    @property
    def live(self):
        return numbers(self.events, stored=False)

    @property
    def stored(self):
        return numbers(self.events, stored=True)


def faults(events):
    return [(e.kind.value, e.size) for e in events if isinstance(e, Fault)]


def numbers(events, stored=False):
    """(label, value) of what was measured, in order, without the pressure in the cuff."""
    return [
        (e.metric.label, e.reading.value if isinstance(e.reading, Measured) else None)
        for e in events
        if isinstance(e, Observation) and e.stored is stored and e.metric.label != "Cuff pressure"
    ]


def values(events):
    """Label to number, or to the Absent."""
    return {
        e.metric.label: e.reading if isinstance(e.reading, Absent) else e.reading.value
        for e in events
        if isinstance(e, Observation)
    }
