"""A SunTech driver on a line whose other end is the test, and frames written from the packet table."""

from cuff_line import CuffLine

from devices.drivers.suntech.protocol import make
from kapmonitor.model import Measured, Observation

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
    """Reference to number, or to the Absent."""
    return {
        e.metric.ref: e.reading.value if isinstance(e.reading, Measured) else e.reading
        for e in events
        if isinstance(e, Observation)
    }


SYS, DIA, MEAN = (f"MDC_PRESS_BLD_NONINV_{x}" for x in ("SYS", "DIA", "MEAN"))
PULSE, CUFF = "MDC_PULS_RATE_NON_INV", "MDC_PRESS_CUFF"


def module(**options):
    return CuffLine(make(options))


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
