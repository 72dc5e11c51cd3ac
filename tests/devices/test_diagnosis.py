"""What is said of a line, from bytes as a receiver reads them that is set otherwise than the sender."""

import random

import pytest
from line_talk import DEVICES, carried, specs
from uart_model import Sent, read

from devices import advice, bytestats
from devices.diagnosis import Diagnosis, Finding, Heard, LineErrors, diagnose, sent_at
from devices.protocol import SerialLink
from kapmonitor.model import LinkProblem

LABELS = {spec.id: spec.label for spec in specs()}
STREAMS = [name for name in DEVICES if len(b"".join(data for _, data in carried(name, 6.0))) > 100]
TEXT = b"12-NOV-97 14:00:05   100    120   50\r\n" * 4
N81 = SerialLink(9600)


def misread(data, sent, at, pause_s=0.2):
    """What arrives at the setting `at` of bytes that were sent as `sent`, in bursts of 40."""
    bursts = [(0.01 + n * pause_s, data[n * 40 : n * 40 + 40]) for n in range((len(data) + 39) // 40)]
    return read(Sent(bursts, sent), at)


def heard(data, line=N81, **more):
    return Heard(line, 3.0, size=len(data), data=data, **more)


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize(("baud", "at"), [(4800, 9600), (9600, 19200), (9600, 38400), (19200, 57600),
                                          (38400, 115200), (19200, 115200), (2400, 19200)])  # fmt: skip
def test_too_fast_a_line_shows_how_fast_the_device_is(name, baud, at):
    data = b"".join(data for _, data in carried(name, 6.0))[:600]
    got, _, _ = misread(data, SerialLink(baud), SerialLink(at))
    found = diagnose([heard(got, SerialLink(at))])
    assert (found.finding, [line.baud for line in found.fits]) == (Finding.SPEED, [baud])


@pytest.mark.parametrize("name", STREAMS)
def test_a_line_that_is_set_well_is_never_called_too_fast(name):
    data = b"".join(data for _, data in carried(name, 6.0))
    assert bytestats.too_fast(data) is None
    assert bytestats.too_fast(random.Random(1).randbytes(500)) is None


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("at", [2400, 4800])
def test_too_slow_a_line_is_noise_and_other_settings_tell(name, at):
    data = b"".join(data for _, data in carried(name, 6.0))[:1500]
    slow, _, _ = misread(data, N81, SerialLink(at))
    fast, _, _ = misread(data, N81, SerialLink(38400))
    assert bytestats.sender_rate(at, slow) is None
    if len(slow) >= 8:
        assert diagnose([heard(slow, SerialLink(at))]).finding in {Finding.UNKNOWN, Finding.DAMAGED}
    assert sent_at([heard(slow, SerialLink(at)), heard(fast, SerialLink(38400))]) == (9600,)


def test_nine_times_too_fast_and_more_leaves_zeros():
    got, framing, _ = misread(TEXT, SerialLink(9600), SerialLink(115200))
    assert set(got) == {0}
    assert framing == len(got)
    found = diagnose([heard(got, SerialLink(115200), errors=LineErrors(framing, 0))])
    assert found.finding is Finding.HELD
    assert "far lower" in advice.sentences(found, LABELS)


@pytest.mark.parametrize("parity", ["E", "O", "M"])
def test_seven_bit_text_shows_its_parity(parity):
    got, _, _ = misread(TEXT, SerialLink(9600, bytesize=7, parity=parity), N81)
    found = diagnose([heard(got)])
    assert (found.finding, found.fits) == (Finding.PARITY, (SerialLink(9600, bytesize=7, parity=parity),))
    assert f"?bytesize=7&parity={parity}" in advice.sentences(found, LABELS)


def test_binary_bytes_are_not_taken_for_seven_bit_text():
    rng = random.Random(2)
    even = bytes(byte for byte in rng.randbytes(2000) if byte.bit_count() % 2 == 0)
    assert bytestats.text_parity(even) is None
    assert bytestats.text_parity(TEXT) is None


def test_readable_text_of_no_driver_says_that_the_speed_is_right():
    found = diagnose([heard(b"HELLO THIS IS A PRINTER READY\r\n" * 3)])
    said = advice.sentences(found, LABELS)
    assert found.finding is Finding.TEXT
    assert "speed and parity are right" in said
    assert "output format" in said


def test_errors_counted_by_the_port_tell_a_stranger_from_a_wrong_speed():
    data = random.Random(4).randbytes(400)
    assert diagnose([heard(data, errors=LineErrors(0, 0))]).finding is Finding.STRANGER
    assert diagnose([heard(data, errors=LineErrors(90, 0))]).finding is Finding.UNKNOWN
    assert diagnose([heard(data)]).finding is Finding.UNKNOWN


def test_a_speed_that_was_tried_and_is_right_leaves_the_format():
    fast, _, _ = misread(random.Random(5).randbytes(400), N81, SerialLink(38400))
    lines = [heard(random.Random(5).randbytes(400)), heard(fast, SerialLink(38400))]
    found = diagnose(lines)
    assert (found.finding, found.line) == (Finding.STRANGER, N81)


def test_the_most_telling_of_all_settings_wins():
    noise, silent = heard(random.Random(6).randbytes(50)), Heard(SerialLink(4800), 3.0)
    signs = Heard(N81, 3.0, 50, b"x" * 50, signs=("nonin",))
    several = Heard(N81, 3.0, 50, b"x" * 50, drivers=("nonin", "contec"))
    one = Heard(SerialLink(19200), 3.0, 50, b"x" * 50, drivers=("contec",))
    expected = [Finding.SILENT, Finding.UNKNOWN, Finding.DAMAGED, Finding.SEVERAL, Finding.SPEAKS]
    told = []
    entries = []
    for entry in (silent, noise, signs, several, one):
        entries.append(entry)
        told.append(diagnose(entries).finding)
    assert told == expected
    assert diagnose(entries).line == SerialLink(19200)


def test_a_few_stray_bytes_are_silence():
    assert diagnose([heard(b"\x00\xff\x12")]).finding is Finding.SILENT


def test_silence_names_what_to_look_at():
    said = advice.sentences(diagnose([Heard(N81, 3.0), Heard(N81, 3.0, asked=("suntech",))]), LABELS)
    for word in ("on", "output", "null-modem", "RTS/CTS", "nothing answers"):
        assert word in said
    down = advice.sentences(diagnose([Heard(N81, 3.0, clear_to_send=False)]), LABELS)
    assert "CTS" in down


def test_an_echo_is_no_device():
    found = diagnose([Heard(N81, 3.0, 20, b"x" * 20, asked=("suntech",), echo=True)])
    assert found.finding is Finding.ECHO
    assert "comes back" in advice.sentences(found, LABELS)


@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_is_one_or_two_sentences_in_plain_words(finding):
    some = Diagnosis(finding, N81, ("nonin", "ivy-450c"), (SerialLink(4800, bytesize=7, parity="E"),), (N81,))
    said = advice.sentences(some, LABELS)
    assert 1 <= said.count(". ") + said.endswith(".") <= 2, said
    assert "None" not in said
    assert (advice.PROBLEMS[finding] is LinkProblem.NONE) == (finding is Finding.SPEAKS)
    without_line = advice.sentences(Diagnosis(finding, None, ("nonin",), (N81,)), LABELS)
    assert "None" not in without_line


def test_settings_and_steps_in_words():
    assert advice.line_words(SerialLink(19200, parity="E", rtscts=True)) == "19200 8E1 RTS/CTS"
    assert advice.line_words(SerialLink(9600, stopbits=1.5)) == "9600 8N1.5"
    assert advice.listening(N81) == "listening at 9600 8N1"
    assert advice.listening(None) == "listening"
    assert advice.asking("Ivy 450C monitor", None) == "asking for an Ivy 450C monitor"


def test_the_models_receiver_reads_what_was_sent_when_it_is_set_alike():
    for line in (N81, SerialLink(19200, parity="E"), SerialLink(9600, bytesize=7, parity="O")):
        assert misread(TEXT, line, line) == (TEXT, 0, 0)
    odd = misread(TEXT, SerialLink(19200, parity="E"), SerialLink(19200, parity="O"))
    assert odd == (TEXT, 0, len(TEXT))
