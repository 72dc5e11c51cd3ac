"""DEVICE texts and how long to wait before trying again."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.address import URL_WORDS, DeviceAddress, driver_options, parse_device
from devices.backoff import RESET_AFTER_S, delay_s
from devices.protocol import DriverOption
from kapmonitor.errors import AddressError

WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
PLAIN = st.sampled_from(["/dev/ttyUSB0", "COM4", "AA:BB:CC:DD:EE:FF", "6E4D8A2B-0000-4C1D-9F00-00805F9B34FB"])
URL = st.sampled_from(
    ["socket://127.0.0.1:5331", "rfc2217://h:1?poll_modem&timeout=3", "loop://?logging=debug"]
)
KEY = st.from_regex(r"[a-z][a-z0-9_]{0,6}", fullmatch=True).filter(lambda k: k not in URL_WORDS)
VALUE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=8)
OPTIONS = st.dictionaries(KEY, VALUE, max_size=3).map(lambda d: tuple(d.items()))
ADDRESS = st.builds(
    DeviceAddress, st.lists(WORD, min_size=1, max_size=3).map("-".join), st.one_of(PLAIN, URL), OPTIONS
)


@given(ADDRESS)
def test_an_address_survives_being_written_and_read(address):
    assert parse_device(str(address)) == address


@given(st.text(max_size=40))
def test_any_text_is_either_an_address_or_an_address_error(text):
    try:
        address = parse_device(text)
    except AddressError as error:
        assert_explains(error, text)
    else:
        assert parse_device(str(address)) == address


def assert_explains(error, text):
    assert error.text == text
    assert error.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("suntech@/dev/ttyUSB0", DeviceAddress("suntech", "/dev/ttyUSB0")),
        ("nonin@COM4?baud=19200", DeviceAddress("nonin", "COM4", (("baud", "19200"),))),
        ("contec@socket://127.0.0.1:5331", DeviceAddress("contec", "socket://127.0.0.1:5331")),
        (
            "nonin@socket://h:1?logging=debug&format=df7",
            DeviceAddress("nonin", "socket://h:1?logging=debug", (("format", "df7"),)),
        ),
        ("ble-heart-rate@AA:BB:CC:DD:EE:FF", DeviceAddress("ble-heart-rate", "AA:BB:CC:DD:EE:FF")),
        ("a@loop://?x=a%26b", DeviceAddress("a", "loop://", (("x", "a&b"),))),
    ],
)
def test_the_forms_people_write(text, expected):
    assert parse_device(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no @"),
        ("/dev/ttyUSB0", "no @"),
        ("@COM4", "no driver name"),
        ("Nonin@COM4", "no driver name"),
        ("nonin@", "no address"),
        ("nonin@COM4?", "nothing follows"),
        ("nonin@COM4?baud", "'baud' is no option"),
        ("nonin@COM4?baud=", "'baud=' is no option"),
        ("nonin@COM4?baud=1&baud=2", "twice"),
        ("nonin@COM 4", "spaces"),
    ],
)
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(AddressError, match=says):
        parse_device(text)


KNOWN = (
    DriverOption("format", "auto", "", ("auto", "df2")),
    DriverOption("step", 3, ""),
    DriverOption("loud", default=False, help=""),
    DriverOption("gain", 1.5, ""),
)


def test_options_get_the_type_of_their_default():
    address = parse_device("x@COM1?format=df2&step=7&loud=yes&baud=19200")
    assert driver_options(address, KNOWN, ("baud",)) == {
        "format": "df2",
        "step": 7,
        "loud": True,
        "gain": 1.5,
    }


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("format=df9", "one of auto, df2"),
        ("step=many", "a whole number"),
        ("loud=perhaps", "yes or no"),
        ("gain=x", "a number"),
        ("gain=nan", "a number"),
        ("bauds=9600", "no option 'bauds'; allowed: baud, format"),
    ],
)
def test_a_wrong_option_names_what_is_allowed(query, says):
    with pytest.raises(AddressError, match=says):
        driver_options(parse_device(f"x@COM1?{query}"), KNOWN, ("baud",))


def test_the_wait_grows_to_ten_seconds_and_stays():
    assert [delay_s(attempt) for attempt in range(7)] == [0.5, 1, 2, 5, 10, 10, 10]
    assert delay_s(-1) == 0.5
    assert RESET_AFTER_S == 30
