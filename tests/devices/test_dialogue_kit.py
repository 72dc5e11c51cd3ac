"""The dialogue checker: a dialogue that a driver follows passes, every deviation from it is named."""

from dataclasses import replace

import pytest

from devices.drivers.ble_viatom import DRIVER as RING
from devices.drivers.ble_viatom.protocol import REPLIES, REQUESTS
from devices.drivers.maibobo import DRIVER as STATION
from devices.drivers.nonin import DRIVER as NONIN
from devices.testing import ConformanceError, Heard, Sent, Starts, Stops, Tells, Waits, check_dialogue
from kapmonitor.model import Measured, Observation

SPO2 = {"kind": "numeric", "metric": "MDC_PULS_OXIM_SAT_O2", "value": 97}
RATE = {"kind": "numeric", "metric": "MDC_PULS_OXIM_PULS_RATE", "value": 72.0, "validity": "Vld"}
LINE = b"Q 097 072\r"


class Asking:
    """Asks once a second, tells two numbers of each answer, and starts a cuff that says nothing."""

    def __init__(self, options):
        self.word = options["word"].encode()
        self.out = b""
        self.buffer = b""
        self.deadline_ns = None

    def opened(self, t_ns):
        self.buffer, self.out, self.deadline_ns = b"", self.word, t_ns + 10**9

    def receive(self, data, t_ns):
        self.buffer += data
        events = []
        while b"\r" in self.buffer:
            line, _, self.buffer = self.buffer.partition(b"\r")
            numbers = [float(word) for word in line.split()[1:]]
            events += [
                Observation(m, t_ns, Measured(n)) for m, n in zip(NONIN.metrics, numbers, strict=False)
            ]
        return events

    def closed(self, t_ns):
        return []

    def data_to_send(self):
        out, self.out = self.out, b""
        return out

    def on_deadline(self, now_ns):
        self.out, self.deadline_ns = self.word, now_ns + 10**9
        return []

    def start_cuff(self, t_ns):
        self.out += b"GO"

    def stop_cuff(self, t_ns):
        self.out = b"NO"


SPEC = replace(NONIN, protocol=lambda options: Asking({"word": "?", **options}), options=())
GOOD = [
    Sent(b"?"),
    Heard(LINE[:4]),
    Heard(LINE[4:]),
    Tells(SPO2, RATE),
    Waits(1.0),
    Sent(b"?"),
    Heard(b"x\r"),
]


def test_a_dialogue_that_is_followed_passes():
    check_dialogue(SPEC, GOOD)
    check_dialogue(SPEC, [Sent(b"!"), Waits(2.5), Sent(b"!!")], {"word": "!"})
    check_dialogue(SPEC, [Sent(b"?"), Starts(), Sent(b"GO"), Stops(), Sent(b"NO")])


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([Heard(LINE)], "step 1 of 1, Heard.*before that the driver sent 3f"),
        ([Sent(b"?"), Heard(LINE)], "over: but the driver told .*MDC_PULS_OXIM_SAT_O2"),
        ([Sent(b"?"), Heard(LINE), Tells(SPO2)], "step 3 of 3, Tells.*PULS_RATE"),
        ([Sent(b"?"), Heard(LINE), Tells(RATE, SPO2)], "step 3 of 3"),
        ([Sent(b"?"), Heard(LINE), Tells(SPO2, {**RATE, "value": 73}), Waits(1)], "72.0"),
        ([Sent(b"?"), Heard(LINE), Tells(SPO2, {**RATE, "site": "left"})], "step 3"),
        ([Sent(b"?"), Heard(LINE), Waits(1)], "before that the driver told"),
        ([Sent(b"?"), Tells(SPO2)], "the driver told nothing"),
        ([Sent(b"!")], "step 1 of 1, Sent.*the driver sent 3f"),
        ([Sent(b"??")], "the driver sent 3f"),
        ([Sent(b"")], "the driver sent 3f"),
        ([Sent(b"?"), Sent(b"?")], "the driver sent nothing"),
        ([], "over: but the driver sent 3f"),
        ([Sent(b"?"), Waits(1)], "over: but the driver sent 3f"),
    ],
)
def test_the_first_deviation_is_named(steps, wrong):
    with pytest.raises(ConformanceError, match=wrong):
        check_dialogue(SPEC, steps)


def test_a_driver_without_a_cuff_starts_none():
    with pytest.raises(ConformanceError, match="starts no cuff"):
        check_dialogue(NONIN, [Starts()])


def test_a_bluetooth_dialogue_names_where_bytes_go():
    info = bytes.fromhex("aa14eb00000000c6")
    check_dialogue(RING, [Sent(info, REQUESTS)])
    with pytest.raises(ConformanceError, match=f"aa 14 eb 00 00 00 00 c6 to {REQUESTS}"):
        check_dialogue(RING, [Sent(info, REPLIES)])
    with pytest.raises(ConformanceError, match="before that the driver sent"):
        check_dialogue(RING, [Heard(b"\x55", REPLIES)])


def test_a_real_cuff_driver_in_a_dialogue():
    hello, go = bytes.fromhex("cc80030301010000"), bytes.fromhex("cc80030301020003")
    answer = bytes.fromhex("aa80030301010000")
    check_dialogue(STATION, [Sent(hello), Heard(answer), Starts(), Sent(go)])
