"""A SunTech driver on a line whose other end is the test, and frames written from the packet table."""

from devices.drivers.suntech.protocol import make
from devices.protocol import CuffControl, WireProtocol
from kapmonitor.model import (
    CuffChanged,
    CuffFailed,
    Measured,
    Observation,
)

S = 1_000_000_000
MS = 1_000_000

START, ABORT = bytes.fromhex("3A20A6"), bytes.fromhex("3A7901004C")
PRESSURE, RESULT = bytes.fromhex("3A79050048"), bytes.fromhex("3A7903004A")
SELF_TEST_LX, SELF_TEST_A = bytes.fromhex("3A7910033A"), bytes.fromhex("3A7911003C")
PREPARE, FETCH = bytes.fromhex("3A00C6"), bytes.fromhex("3A7902400B")

O, K, A, B, E = (bytes.fromhex(h) for h in ("3E044F6F", "3E044B73", "3E04417D", "3E04427C", "3E044579"))  # noqa: E741
GOOD = bytes.fromhex("3E1873004A001E010000000000003107550058000000 00E9".replace(" ", ""))
NOTHING = bytes.fromhex("3E18" + "00" * 21 + "AA")


def sealed(*body):
    data = bytes(body)
    return data + bytes([-sum(data) % 256])


def cuff(mmhg):
    return sealed(0x3E, 0x05, *mmhg.to_bytes(2, "little", signed=True))


def failed(code):
    return sealed(0x3E, 0x18, *([0] * 18), code, 0, 0)


def values(events):
    return {
        e.metric.ref: e.reading.value if isinstance(e.reading, Measured) else e.reading
        for e in events
        if isinstance(e, Observation)
    }


SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{x}" for x in ("SYS", "DIA", "MEAN"))
PULSE, CUFF = "MDC_PULS_RATE_NON_INV", "MDC_PRESS_CUFF"


class Bench:
    """A driver on a line whose other end is the test; time moves only when told to."""

    def __init__(self, **options):
        self.driver = make(options)
        assert isinstance(self.driver, WireProtocol)
        assert isinstance(self.driver, CuffControl)
        self.now = 10 * S
        self.events = []
        self.sent = []
        self.driver.opened(self.now)
        self._take()

    def _take(self):
        if data := self.driver.data_to_send():
            self.sent.append((self.now, data))

    def hear(self, data, after=20 * MS):
        self.now += after
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

    def wait_for(self, command, answers, limit_s=30.0):
        """Answer what is asked until `command` is sent; `answers` maps commands to answers."""
        end = self.now + int(limit_s * S)
        while self.now < end:
            if self.sent and self.sent[-1][1] == command:
                return
            asked = self.sent[-1][1] if self.sent else b""
            if asked in answers:
                self.sent[-1] = (self.sent[-1][0], b"answered")
                self.hear(answers[asked])
            self.wait(0.01)
        raise AssertionError(f"{command.hex()} was not sent; last {self.sent[-3:]}")

    def start(self):
        self.driver.start_cuff(self.now)
        self._take()

    def stop(self):
        self.driver.stop_cuff(self.now)
        self._take()

    def states(self):
        return [e.state for e in self.events if isinstance(e, CuffChanged)]

    def failures(self):
        return [e.failure for e in self.events if isinstance(e, CuffFailed)]


TEXTS = sealed(
    0x3E,
    0x43,
    *b"LX-1.07 ",
    *b"SFT-1.02",
    *b"LOT4711         ",
    *b"SN0815          ",
    *b"00000000000123",
    0,
    0,
)
ANSWERS = {SELF_TEST_LX: cuff(0), PREPARE: K, FETCH: TEXTS, PRESSURE: cuff(0)}
