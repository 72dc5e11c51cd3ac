"""SFLOAT, FLOAT and Date Time against published words, and against every word there is."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.ieee11073 import current_time_of, date_time, date_time_of, float32, sfloat
from devices.sim.ble import frames
from kapmonitor.model import Absent, Measured, Validity

SFLOATS = {
    "7800": 120,
    "5000": 80,
    "4800": 72,
    "def3": 99.0,
    "e8f3": 100.0,
    "fa10": 2500,
    "48c0": 0.0072,
    "b0f0": 17.6,
    "6bf0": 10.7,
    "d9f3": 98.5,
    "6cf1": 36.4,
    "7be0": 1.23,
    "f1ff": -1.5,
    "66e3": 8.70,
    "7d00": 125,
    "fff7": 204.7,
    "00f8": -204.8,
    "7880": 120e-8,
    "fd07": 2045,
    "0308": -2045,
}
FLOATS = {
    "6c0100ff": 36.4,
    "720100ff": 37.0,
    "8d0e00fe": 37.25,
    "da0300ff": 98.6,
    "c9ffffff": -5.5,
    "64000000": 100,
}
SPECIALS = {
    "ff07": Validity.NOT_AVAILABLE,
    "0008": Validity.INVALID,
    "fe07": Validity.OVERFLOW,
    "0208": Validity.UNDERFLOW,
    "0108": Validity.INVALID,
}
LONG_SPECIALS = {
    "ffff7f00": Validity.NOT_AVAILABLE,
    "00008000": Validity.INVALID,
    "feff7f00": Validity.OVERFLOW,
    "02008000": Validity.UNDERFLOW,
    "01008000": Validity.INVALID,
}


@pytest.mark.parametrize(("word", "value"), SFLOATS.items())
def test_sfloat_numbers(word, value):
    assert sfloat(bytes.fromhex(word)) == Measured(value)


@pytest.mark.parametrize(("word", "value"), FLOATS.items())
def test_float_numbers(word, value):
    assert float32(bytes.fromhex(word)) == Measured(value)


@pytest.mark.parametrize(("word", "validity"), SPECIALS.items())
def test_sfloat_words_that_are_no_numbers(word, validity):
    raw = int.from_bytes(bytes.fromhex(word), "little")
    assert sfloat(bytes.fromhex(word)) == Absent(validity, raw)


@pytest.mark.parametrize(("word", "validity"), LONG_SPECIALS.items())
def test_float_words_that_are_no_numbers(word, validity):
    raw = int.from_bytes(bytes.fromhex(word), "little")
    assert float32(bytes.fromhex(word)) == Absent(validity, raw)


def test_every_sfloat_word_is_a_number_but_five():
    absent = 0
    for word in range(0x10000):
        reading = sfloat(word.to_bytes(2, "little"))
        if isinstance(reading, Absent):
            absent += 1
            continue
        exponent = word >> 12
        exponent -= 16 * (exponent > 7)
        mantissa = word & 0xFFF
        mantissa -= 4096 * (mantissa > 2047)
        assert reading.value == pytest.approx(mantissa * 10.0**exponent, rel=1e-12)
    assert absent == 5


@given(st.integers(-2045, 2045), st.integers(-8, 7))
def test_sfloat_comes_back_as_it_was_sent(mantissa, exponent):
    value = float(f"{mantissa}e{exponent}")
    assert sfloat(frames.sfloat(value, exponent)) == Measured(value)


@given(st.integers(-(2**23) + 3, 2**23 - 3), st.integers(-128, 127))
def test_float_comes_back_as_it_was_sent(mantissa, exponent):
    word = (exponent & 0xFF) << 24 | mantissa & 0xFFFFFF
    reading = float32(word.to_bytes(4, "little"))
    assert reading == Measured(float(f"{mantissa}e{exponent}"))


@given(st.binary(min_size=4, max_size=4))
def test_no_float_word_is_nan_or_infinite(data):
    reading = float32(data)
    value = reading.value if isinstance(reading, Measured) else reading.raw
    assert value is not None
    assert abs(value) < float("inf")


@pytest.mark.parametrize("size", [0, 1, 3, 4, 7])
def test_a_wrong_size_is_the_callers_mistake(size):
    with pytest.raises(ValueError, match="bytes"):
        sfloat(bytes(size))


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ("ea07030e091a35", "2026-03-14T09:26:53"),
        ("e10701100c2736", "2017-01-16T12:39:54"),
        ("00000000000000", None),
        ("0000030e091a35", None),
        ("ea07000e091a35", None),
        ("ea070300091a35", None),
        ("ea07021e091a35", None),
        ("ea07030e181a35", None),
        ("ea07030e093c35", None),
        ("2d06030e091a35", None),
        ("ffff030e091a35", None),
    ],
)
def test_date_time(payload, text):
    assert date_time(bytes.fromhex(payload)) == text


@given(st.binary(min_size=7, max_size=7))
def test_any_seven_bytes_are_a_time_or_unknown(data):
    text = date_time(data)
    assert text is None or len(text) == 19


def test_the_published_times_are_what_sets_a_clock():
    when = datetime(2026, 3, 14, 9, 26, 53, 500_000)  # noqa: DTZ001
    assert date_time_of(when).hex() == "ea07030e091a35"
    assert current_time_of(when).hex() == "ea07030e091a35068001"


@given(st.datetimes(datetime(1582, 1, 1), datetime(9999, 12, 31)))  # noqa: DTZ001
def test_a_clock_says_what_it_was_set_to(when):
    text = when.replace(microsecond=0).isoformat()
    assert date_time(date_time_of(when)) == text
    current = current_time_of(when)
    assert (len(current), date_time(current[:7]), current[7]) == (10, text, when.isoweekday())
    assert current[8] / 256 == pytest.approx(when.microsecond / 1e6, abs=1 / 256)
