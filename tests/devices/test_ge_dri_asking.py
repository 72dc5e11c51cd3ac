"""GE / Datex-Ohmeda: what is asked of the monitor, when again, and how a silent line is noticed."""

import pytest
from ge_bench import Bench, S, nibp

from devices.drivers.ge_dri import DRIVER
from devices.protocol import Parting
from devices.sim import ge_records as records
from kapmonitor.errors import ConfigError


def asked(protocol, until_s, answer=None, t_s=0.0):
    """Requests sent up to a time: (second, main type, body)."""
    out = []
    while protocol.deadline_ns is not None and protocol.deadline_ns <= until_s * S:
        sent, _ = records.take_requests(protocol.data_to_send())
        out += [(round(t_s, 2), r.main_type, r.body) for r in sent]
        t_s = protocol.deadline_ns / S
        protocol.on_deadline(protocol.deadline_ns)
    sent, _ = records.take_requests(protocol.data_to_send())
    return out + [(round(t_s, 2), r.main_type, r.body) for r in sent]


def test_only_values_are_asked_for_until_they_come_each_time_with_another_level():
    protocol = DRIVER.protocol({})
    protocol.opened(0)
    levels = []
    for _ in range(7):
        levels.append(protocol.data_to_send()[4])
        protocol.on_deadline(protocol.deadline_ns)
    assert levels == [0, 11, 10, 9, 8, 6, 0]
    fresh = DRIVER.protocol({})
    fresh.opened(0)
    assert {(kind, body[0]) for _, kind, body in asked(fresh, 100)} == {(0, 1)}


@pytest.mark.parametrize(
    ("level", "waves", "kinds"),
    [
        (8, "usual", [(1, b"\x00\x00\x00\x00\x01\x08\x0f\xff"), (0, b"\x04\x05\x00")]),
        (11, "pleth", [(1, b"\x00\x00\x00\x00\x08\xff"), (4, b"\x02\x00"), (0, b"\x04\x05\x00")]),
    ],
)
def test_once_values_come_the_rest_is_asked_for(level, waves, kinds):
    bench = Bench(waves=waves)
    bench.protocol.data_to_send()
    bench.show(nibp(), 1, level)
    sent = asked(bench.protocol, 3)
    assert [
        (kind, body[: len(expected)]) for (_, kind, body), (_, expected) in zip(sent, kinds, strict=True)
    ] == kinds


def test_silence_starts_the_asking_anew():
    bench = Bench()
    bench.show(nibp(), 1)
    asked(bench.protocol, 2)
    again = asked(bench.protocol, 16.1)
    assert (16.0, 0, 1) in [(t_s, kind, body[0]) for t_s, kind, body in again]
    bench.show(nibp(), 17)
    assert {kind for _, kind, _ in asked(bench.protocol, 20)} == {0, 1}


def test_waves_that_stop_are_asked_for_again_and_what_a_monitor_lacks_only_a_few_times():
    bench = Bench()
    sent = []
    for t_s in range(1, 200, 5):
        bench.show(nibp(), t_s, level=11)
        sent += asked(bench.protocol, t_s + 4.9)
    kinds = [kind or body[0] + 10 for _, kind, body in sent]
    assert kinds.count(1) > 10
    assert kinds.count(4) == 4
    assert kinds.count(14) == 4


def test_an_unknown_set_of_waves_is_refused():
    with pytest.raises(ConfigError, match="usual, pleth, all"):
        DRIVER.protocol({"waves": "both"})


@pytest.mark.parametrize("link", [DRIVER.link, *DRIVER.link.also], ids=lambda link: str(link.baud))
def test_the_line_is_set_as_the_monitor_wants_it(link):
    assert (link.bytesize, link.parity, link.stopbits, link.rtscts) == (8, "E", 1, True)
    assert link.silence_s <= 3


def test_both_speeds_are_known_and_nothing_acts_on_the_patient():
    assert [DRIVER.link.baud, *(link.baud for link in DRIVER.link.also)] == [19200, 115200]
    assert not any(command.on_patient for command in DRIVER.commands)


@pytest.mark.parametrize("waves", ["usual", "pleth", "all"])
def test_every_choice_asks_for_a_wave_as_a_sign_of_life(waves):
    bench = Bench(waves=waves)
    bench.protocol.data_to_send()
    bench.show(nibp(), 1)
    (body,) = [body for _, kind, body in asked(bench.protocol, 1.3) if kind == 1]
    assert body[:4] == bytes(4), "start"
    assert 8 in body[4:28].split(b"\xff")[0], "pleth"


def test_numbers_and_auxiliary_info_take_turns():
    bench = Bench()
    bench.protocol.data_to_send()
    bench.show(nibp(), 1)
    (when,) = [t_s for t_s, kind, body in asked(bench.protocol, 4) if (kind, body[0]) == (0, 4)]
    latest_answer_s = 1
    assert when - 1 + latest_answer_s <= DRIVER.link.silence_s
    assert 1 + 5 - when <= DRIVER.link.silence_s


def test_waves_that_were_coming_are_asked_for_again_after_three_seconds_and_nothing_else_is():
    bench = Bench()
    bench.protocol.data_to_send()
    bench.show(nibp(), 1)
    asked(bench.protocol, 4)
    for t_s in range(4, 10):
        bench.wave(8, [1, 2], t_s)
        bench.show(nibp(), t_s)
    sent = asked(bench.protocol, 13.9)
    assert [(t_s, kind) for t_s, kind, _ in sent] == [(12.0, 1)]


def test_everything_is_asked_to_end_when_the_program_goes():
    bench = Bench()
    bench.show(nibp(), 1, level=11)
    asked(bench.protocol, 4)
    assert isinstance(bench.protocol, Parting)
    ends, _ = records.take_requests(bench.protocol.last_words())
    assert [(r.main_type, r.body[:5]) for r in ends] == [
        (0, b"\x01\x00\x00\x00\x00"),
        (0, b"\x04\x00\x00\x00\x00"),
        (1, b"\x01\x00\x00\x00\xff"),
        (4, b"\x03\x00\x00\x00\x00"),
    ]
