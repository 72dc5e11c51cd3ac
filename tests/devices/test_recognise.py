"""Whose bytes these are: simulators, faults, wrong settings, noise, and drivers that overlap."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from line_talk import AUTO, DEVICES, S, all_candidates, candidate, carried, driver_of, specs
from uart_model import Sent, read
from wire_parts import HEART, line_spec

from devices.candidates import candidates
from devices.protocol import SerialLink
from devices.recognise import Evidence, Outcome, decide, evidence, recognise
from devices.sim.faults import FAULTS
from kapmonitor.errors import AddressError, ConfigError
from kapmonitor.model import Fault, FaultKind, Measured, Observation

ALL = all_candidates()
KEPT = 12_288
STREAMING = tuple(name for name in DEVICES if carried(name, 3.0))
"""Devices that speak without being asked."""


def begun(chunks, size=KEPT):
    """The first bytes, as many as a search keeps."""
    out, count = [], 0
    for t_ns, data in chunks:
        if count >= size:
            break
        out.append((t_ns, data))
        count += len(data)
    return out


def paced(data, step=17, gap_ns=50_000_000):
    return [(n * gap_ns, data[n * step : (n + 1) * step]) for n in range((len(data) + step - 1) // step)]


@pytest.mark.parametrize("name", DEVICES)
def test_every_simulated_device_is_recognised_and_as_nothing_else(name):
    chunks = begun(carried(name, 7.0, asked=driver_of(name)))
    found = recognise(chunks, ALL, candidate(driver_of(name)))
    assert (found.outcome, found.drivers) == (Outcome.ONE, (driver_of(name),))


@pytest.mark.parametrize("name", STREAMING)
def test_a_device_that_streams_is_recognised_however_its_bytes_are_cut(name):
    data = b"".join(data for _, data in begun(carried(name, 9.0), 2000))
    times = [t_ns for t_ns, chunk in begun(carried(name, 9.0), 2000) for _ in chunk]
    single = [(times[place], data[place : place + 1]) for place in range(len(data))]
    assert recognise(single, ALL).drivers == (driver_of(name),)


@pytest.mark.parametrize("name", DEVICES)
def test_no_fault_makes_a_device_pass_for_another(name):
    for fault in FAULTS:
        for asked in (None, driver_of(name)):
            try:
                chunks = begun(carried(name, 6.0, asked, fault))
            except ConfigError:  # this device cannot have this fault
                continue
            found = recognise(chunks, ALL, candidate(asked) if asked else None)
            assert found.outcome is not Outcome.SEVERAL
            assert set(found.drivers) <= {driver_of(name)}, fault


@pytest.mark.parametrize("baud", [2400, 4800, 9600, 19200, 38400, 57600, 115200])
def test_a_line_at_the_wrong_speed_is_nobodys(baud):
    for name in STREAMING:
        line = candidate(driver_of(name)).link
        sent = Sent([(t_ns / S - 1829.0, data) for t_ns, data in carried(name, 3.0)][:300], line)
        data, _, _ = read(sent, SerialLink(baud))
        found = recognise(paced(data[:KEPT]), ALL)
        if baud != line.baud:
            assert found.outcome in {Outcome.NOTHING, Outcome.SIGNS}, name
        assert set(found.drivers) <= {driver_of(name)}, name


def noises():
    rng = random.Random(11)
    for size in (3, 30, 300, 3000):
        yield "random", rng.randbytes(size)
        yield "text", bytes(rng.choices(range(0x20, 0x7F), k=size))
        yield "lines", bytes(rng.choices([*range(0x20, 0x7F), 13, 10, 10], k=size))
        yield "numbers", bytes(rng.choices(b"0123456789 -:/;,=*%.\r\n", k=size))
        yield "zeros", bytes(size)
        yield "ones", b"\xff" * size
        yield "flags", b"\x7e" * size
        yield "line ends", b"\r\n" * (size // 2)
        yield "too fast", bytes(rng.choices((0, 0x78, 0x80, 0xF8), k=size))
        yield "a loop", (rng.randbytes(7) * size)[:size]
        for period in (3, 5, 9):
            yield "high bits", bytes(rng.randrange(128) | 128 * (n % period == 0) for n in range(size))


@pytest.mark.parametrize("step", [1, 17, 200])
def test_noise_is_nobodys_whoever_asks(step):
    for name, data in noises():
        found = [evidence(entry, paced(data, step)) for entry in ALL]
        for asked in (None, *ALL):
            outcome = decide(found, asked).outcome
            assert outcome in {Outcome.NOTHING, Outcome.SIGNS}, (name, len(data), asked)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400), st.integers(1, 60))
def test_no_bytes_whatever_are_recognised_by_chance(data, step):
    assert recognise(paced(data, step), ALL).outcome in {Outcome.NOTHING, Outcome.SIGNS}


def test_one_frame_is_a_sign_and_no_proof():
    rows = carried("nellcor", 3.0)[:1]
    found = recognise(rows, ALL)
    assert (found.outcome, found.drivers) == (Outcome.SIGNS, ("nellcor",))


def test_frames_in_the_midst_of_much_noise_are_no_proof():
    noise = random.Random(3).randbytes(3000)
    chunks = [(t_ns, data + noise) for t_ns, data in carried("masimo", 6.0)]
    found = recognise(chunks, ALL)
    assert found.outcome in {Outcome.NOTHING, Outcome.SIGNS}


def test_two_drivers_for_the_same_bytes_are_both_named():
    nonin = next(spec for spec in specs() if spec.id == "nonin")
    twins = candidates([*specs(), replace(nonin, id="nonin-twin")], AUTO)
    found = recognise(begun(carried("nonin?format=df7", 5.0)), twins)
    assert found.outcome is Outcome.SEVERAL
    assert set(found.drivers) == {"nonin", "nonin-twin"}


def test_a_driver_that_may_be_right_as_well_leaves_a_doubt():
    nonin, contec, masimo = (candidate(driver) for driver in ("nonin", "contec", "masimo"))
    sure = Evidence(nonin, total=100, good=100, events=9, spells=4)
    assert decide([sure, Evidence(contec, total=100, lead=50, good=50)]).drivers == ("nonin",)
    both = decide([sure, Evidence(contec, total=100, lead=30, good=70), Evidence(masimo, total=100)])
    assert (both.outcome, both.drivers) == (Outcome.SEVERAL, ("nonin", "contec"))


def test_bytes_that_were_lost_do_not_count_as_bytes_that_made_no_sense():
    twice = carried("dinamap?format=pro-1000", 6.0, fault="duplicate")
    assert recognise(twice, ALL).outcome is Outcome.ONE


def test_resting_cuff_pressures_that_are_also_an_oximeters_frames_are_not_guessed_at():
    # Packets of an empty SunTech cuff, read from their last byte on, are frames of an old Contec oximeter.
    chunks = [(n * 300_000_000, bytes.fromhex("3e050000bd")) for n in range(40)]
    found = recognise(chunks, ALL)
    assert found.outcome is not Outcome.ONE or found.drivers == ("suntech",)


def test_an_answer_without_news_counts_for_the_driver_that_asked_alone():
    echoes = [
        (0, bytes.fromhex("aa800303010100") + b"\x00"),
        (2 * S, bytes.fromhex("aa800303010100") + b"\x00"),
    ]
    packets = [(t_ns, data[:-1] + bytes([_xor(data[2:-1])])) for t_ns, data in echoes]
    assert recognise(packets, ALL, candidate("maibobo")).drivers == ("maibobo",)
    for asked, some in (
        (None, packets),
        (candidate("suntech"), packets),
        (candidate("maibobo"), [(0, packets[0][1] * 2)]),
    ):
        assert recognise(some, ALL, asked).outcome in {Outcome.NOTHING, Outcome.SIGNS}


def _xor(data):
    out = 0
    for byte in data:
        out ^= byte
    return out


@pytest.mark.parametrize("driver", ["intellivue", "ge-dri"])
def test_what_comes_back_as_it_was_sent_is_no_device(driver):
    protocol = candidate(driver).protocol()
    protocol.opened(0)
    sent, t_ns, chunks = b"", 0, []
    for _ in range(6):
        out = protocol.data_to_send()
        sent += out
        chunks += [(t_ns, out)] if out else []
        t_ns = max(t_ns + 1, protocol.deadline_ns or t_ns + 1)
        protocol.on_deadline(t_ns)
    assert recognise(chunks, ALL, candidate(driver), sent).outcome is Outcome.NOTHING


class Swallower:
    """Takes anything without complaint, and finds a heart rate in each byte."""

    deadline_ns = None

    def __init__(self, _options):
        pass

    def opened(self, t_ns):
        pass

    def receive(self, data, t_ns):
        return [Observation(HEART, t_ns, Measured(60.0)) for _ in data]

    def closed(self, t_ns):
        return []

    def data_to_send(self):
        return b""

    def on_deadline(self, now_ns):
        return []


class Broken(Swallower):
    """Complains of noise as it should, and fails after a while."""

    def receive(self, data, t_ns):
        if t_ns > S:
            raise ZeroDivisionError
        return [Fault(FaultKind.NOISE, t_ns, len(data))]


def test_a_driver_that_takes_anything_recognises_nothing():
    assert candidates([line_spec(Swallower)], AUTO) == ()


def test_a_driver_that_fails_keeps_no_other_from_its_device():
    found = recognise(carried("masimo", 6.0), candidates([*specs(), line_spec(Broken)], AUTO))
    assert found.drivers == ("masimo",)


def test_numbers_no_person_can_have_do_not_speak_for_a_driver():
    triples = b"".join(bytes([0x80, 0x7F, n % 30]) for n in range(60))
    entry = evidence(candidate("nonin"), paced(triples, 3, S))
    assert entry.doubts > 0
    assert not entry.speaks


def test_options_reach_the_drivers_that_know_them():
    auto = replace(AUTO, options=(("patient", "neonate"),))
    found = {entry.id: entry.options for entry in candidates(specs(), auto)}
    assert found["par-nibp2020"] == (("patient", "neonate"),)
    assert found["masimo"] == ()
    for wrong in (("patient", "cat"), ("nothing", "1"), ("inflate_mmhg", "5")):
        with pytest.raises(AddressError, match=wrong[0]):
            candidates(specs(), replace(AUTO, options=(wrong,)))


def test_a_driver_with_a_chosen_format_only_listens():
    assert [entry.may_ask for entry in ALL if entry.id == "dinamap"] == [True, False]
    chosen = candidates(specs(), replace(AUTO, options=(("format", "pro-1000"),)))
    assert {entry.id: entry.may_ask for entry in chosen}["dinamap"] is False
