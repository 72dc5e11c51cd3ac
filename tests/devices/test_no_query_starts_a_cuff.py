"""Nothing that a serial driver sends by itself starts a cuff: not of its own device, and not of any other.

A port may have another device on it than the driver that is tried thinks. So all that every serial driver
sends unasked for a minute, to a dead line, to its own device and to every other cuff, is read for commands
that inflate, and is given to every simulated cuff, also as it arrives at one whose line is set otherwise.
"""

from functools import cache

import pytest
from uart_model import Sent, read

from devices.protocol import CuffControl, SerialLink
from devices.registry import load
from devices.sim.catalogue import SIMULATORS, build
from devices.sim.patient import Patient, Traits
from devices.sim.scenario import Bedside
from devices.testing import defaults
from devices.testing.play import Player

S = 1_000_000_000
STEP_NS = S // 20
MINUTE_NS = 60 * S
EMPTY_MMHG = 1.0
OWN_KEY_S = 35.0
MOST_BURSTS = 60
"""What is sent repeats itself after the first seconds."""

SERIAL = {spec.id: spec for spec in load().specs if isinstance(spec.link, SerialLink)}
CUFFS = [name for name, spec in SERIAL.items() if isinstance(spec.protocol(defaults(spec)), CuffControl)]

STARTS = {
    "suntech": ("3A20A6", "3A873F", "3A289E"),
    "berry-pm6750": ("55AA040201F8",),
    "dinamap": ("204E43302145",),
    "par-nibp2020": ("0230313B3B443703",),
    "maibobo": ("CC80030301020003",),
}
"""Start commands by driver, of the notes; the monitors that are not here cannot be started over the line."""

INFLATE_TOO = {
    "suntech": ("3A0C", "3A86", "3A04"),
    "berry-pm6750": ("55AA040B", "55AA040C", "55AA040D", "55AA040E", "55AA0410"),
    "par-nibp2020": tuple((b"\x02%02d;;" % number).hex() for number in (*range(4, 15), 17)),
}
"""How others begin that move air: valves by hand, venous stasis, tests, calibration, automatic cycles."""

DANGEROUS = {
    bytes.fromhex(text): name
    for table in (STARTS, INFLATE_TOO)
    for name, texts in table.items()
    for text in texts
}


def bedside():
    return Bedside(Patient(4, Traits(dips=False)))


def variants(spec):
    """The driver's options: as they are, and each of them otherwise."""
    yield defaults(spec)
    for option in spec.options:
        others = (True, False) if isinstance(option.default, bool) else option.choices
        for value in others:
            if value != option.default:
                yield {**defaults(spec), option.name: value}


def simulated(name, options):
    """The driver's own device, whose cuff somebody starts at the bedside; None if there is none."""
    if name not in SIMULATORS:
        return None
    form = str(options.get("format", ""))
    return build(f"{name}?format={form}" if form in SIMULATORS[name] else name, bedside(), OWN_KEY_S)


def sent_unasked(spec, options, device=None):
    """What the driver sends within a minute, as (ns, bytes)."""
    player, sent, out = Player(spec.protocol(dict(options))), [], 0
    if device is not None:
        device.advance(0)
    for t_ns in range(0, MINUTE_NS, STEP_NS):
        player.wait(t_ns)
        for _ in range(4):
            asked, out = b"".join(player.sent[out:]), len(player.sent)
            if asked:
                sent.append((t_ns, asked))
            said = b""
            if device is not None:
                device.receive(asked, t_ns)
                said = device.advance(t_ns)
            if not said:
                break
            player.hear(said, t_ns)
    return tuple(sent)


@cache
def everything_sent(name):
    """All (bytes, times) that a driver sends by itself in any of its moods, alike ones once."""
    spec = SERIAL[name]
    runs = {sent_unasked(spec, defaults(spec), build(other, bedside(), OWN_KEY_S)) for other in CUFFS}
    for options in variants(spec):
        runs.add(sent_unasked(spec, options))
        if (device := simulated(name, options)) is not None:
            runs.add(sent_unasked(spec, options, device))
    return [run for run in runs if run]


def inflates(name, bursts):
    """Whether a simulated cuff that hears (ns, bytes), and then is left alone, holds any pressure."""
    room = bedside()
    device = build(name, room)
    device.advance(0)
    heard = list(bursts)
    t_ns = 0
    for t_ns in range(0, (heard[-1][0] if heard else 0) + 4 * S, S // 4):
        while heard and heard[0][0] <= t_ns:
            device.receive(heard.pop(0)[1], t_ns)
        device.advance(t_ns)
        if room.cuff_mmhg > EMPTY_MMHG:
            return True
    return False


def links(spec):
    return (spec.link, *spec.link.also)


@pytest.mark.parametrize("name", CUFFS)
def test_the_start_commands_of_this_test_start_the_simulated_cuffs(name):
    for text in STARTS[name]:
        tail = b"\r" if name in ("dinamap", "par-nibp2020") else b""
        assert inflates(name, [(S, bytes.fromhex(text) + tail)])


@pytest.mark.parametrize("name", CUFFS)
def test_each_driver_sends_one_of_them_when_a_person_starts_it_and_not_before(name):
    spec = SERIAL[name]
    device = build(name, bedside())
    player, out = Player(spec.protocol(defaults(spec))), 0
    device.advance(0)
    starts = [bytes.fromhex(text) for text in STARTS[name]]
    for t_ns in range(0, 15 * S, STEP_NS):
        player.wait(t_ns)
        asked, out = b"".join(player.sent[out:]), len(player.sent)
        device.receive(asked, t_ns)
        player.hear(device.advance(t_ns), t_ns)
        if t_ns == 10 * S:
            assert not any(start in b"".join(player.sent) for start in starts)
            player.start_cuff()
    assert sum(b"".join(player.sent).count(start) for start in starts) == 1


def test_every_driver_that_can_start_a_cuff_is_known_here():
    assert set(CUFFS) == set(STARTS)
    assert set(CUFFS) <= set(SIMULATORS)


@pytest.mark.parametrize("name", SERIAL)
def test_no_driver_sends_by_itself_what_inflates_any_cuff(name):
    for run in everything_sent(name):
        data = b"".join(burst for _, burst in run)
        found = {whose: command.hex() for command, whose in DANGEROUS.items() if command in data}
        assert found == {}


@pytest.mark.parametrize("cuff", CUFFS)
@pytest.mark.parametrize("name", SERIAL)
def test_no_cuff_is_started_by_what_a_driver_sends_by_itself(name, cuff):
    for run in everything_sent(name):
        data = b"".join(burst for _, burst in run)
        assert not inflates(cuff, run)
        assert not inflates(cuff, [(0, data)]), "all at once"
        assert not inflates(cuff, [(0, data[place : place + 1]) for place in range(len(data))])


@pytest.mark.parametrize("name", SERIAL)
def test_nor_by_how_it_arrives_on_a_line_that_is_set_otherwise(name):
    lines = {link for cuff in CUFFS for link in links(SERIAL[cuff])}
    for run in everything_sent(name):
        bursts = [(t_ns / 1e9, burst) for t_ns, burst in run[:MOST_BURSTS]]
        for mine in links(SERIAL[name]):
            sent = Sent(bursts, mine)
            for theirs in lines - {mine}:
                heard = read(sent, theirs)[0]
                assert [command for command in DANGEROUS if command in heard] == []
                for cuff in CUFFS:
                    assert not inflates(cuff, [(0, heard)])
