"""In which order a line is searched, and how long that takes."""

from dataclasses import replace

import pytest
from line_talk import AUTO, S, all_candidates, candidate, specs
from wire_parts import LineProtocol, line_spec

from devices import lineplan
from devices.address import parse_device
from devices.candidates import candidates, key
from devices.lineplan import Listening, make_plan, own_line, patience_s, reordered
from devices.protocol import SerialLink

N81 = SerialLink(9600)


def plan_of(ids, address=AUTO, first=()):
    return make_plan(candidates([s for s in specs() if s.id in ids], address), address, first)


def test_every_setting_of_every_driver_is_listened_at_once_and_asked_at():
    plan = make_plan(all_candidates(), AUTO)
    lines = {key(line) for entry in all_candidates() for line in entry.lines}
    heard = [(visit.line.baud, visit.line.bytesize, visit.line.parity) for visit in plan.listen]
    assert len(set(heard)) == len(heard)
    assert set(heard) == {line[:3] for line in lines}
    asked = {(key(visit.line), entry.id) for visit in plan.ask for entry, _ in visit.drivers}
    for entry in all_candidates():
        if patience_s(entry) is not None:
            assert {(key(line), entry.id) for line in entry.lines} <= asked
    assert (19200, 8, "E", 1, True) in {key(visit.line) for visit in plan.ask}
    assert plan.quiet_s < 90


def test_the_setting_of_most_drivers_comes_first_and_that_of_a_likely_one_before_it():
    ids = {"suntech", "masimo", "ge-dri"}
    assert plan_of(ids).listen[0].line.baud == 9600
    likely = plan_of(ids, first=("ge-dri",))
    assert likely.listen[0].line.parity == "E"
    assert likely.ask[0].drivers[0][0].id == "ge-dri"


def test_listening_outlasts_the_rhythm_of_those_who_only_speak():
    for entry in all_candidates():
        if patience_s(entry) is None:
            plan = make_plan((entry,), AUTO)
            assert all(visit.quiet_s >= entry.link.silence_s for visit in plan.listen)


def test_a_network_line_is_opened_once_for_all():
    plan = make_plan(all_candidates(), parse_device("auto@socket://10.0.0.9:5331"))
    assert (len(plan.listen), len(plan.ask)) == (1, 1)
    assert plan.listen[0].line == plan.ask[0].line
    remote = make_plan(all_candidates(), parse_device("auto@rfc2217://10.0.0.9:5331"))
    assert len(remote.listen) > 1


def test_given_settings_leave_one():
    plan = plan_of({"contec", "masimo", "ge-dri"}, parse_device("auto@/dev/x?baud=4800&parity=N&rtscts=no"))
    assert [visit.line.baud for visit in plan.listen] == [4800]


class AsksTwice(LineProtocol):
    """Greets, greets again after a second, and comes to the point after two."""

    def opened(self, t_ns):
        super().opened(t_ns)
        self.deadline_ns = t_ns + S

    def on_deadline(self, now_ns):
        self._out += b"hello\n" if now_ns < 2 * S else b"who?\n"
        self.deadline_ns = now_ns + S
        return []


def test_patience_lasts_until_every_opening_question_was_asked():
    (entry,) = candidates([line_spec(AsksTwice)], AUTO)
    assert patience_s(entry) == 2.0 + lineplan.ANSWER_S
    assert patience_s(candidate("suntech")) >= lineplan.ASK_S
    assert patience_s(candidate("masimo")) is None
    assert all(
        (patience_s(entry) or 0) <= lineplan.MOST_ASK_S + lineplan.ANSWER_S for entry in all_candidates()
    )


class Chatterer(LineProtocol):
    """Has something new to ask each time, for ever."""

    def opened(self, t_ns):
        super().opened(t_ns)
        self.deadline_ns = t_ns + 1

    def on_deadline(self, now_ns):
        self.deadline_ns = now_ns + 1_000_000
        self._out += b"%d\n" % now_ns
        return []


class NeverOpens(LineProtocol):
    def opened(self, t_ns):
        raise ZeroDivisionError


def test_a_driver_without_end_or_that_fails_is_bounded():
    (endless,) = candidates([line_spec(Chatterer)], AUTO)
    assert patience_s(endless) <= lineplan.MOST_ASK_S + lineplan.ANSWER_S
    assert patience_s(replace(endless, spec=line_spec(NeverOpens))) is None
    assert candidates([line_spec(NeverOpens)], AUTO) == ()


def test_the_drivers_own_setting_of_the_heard_speed_is_used():
    ge, masimo = candidate("ge-dri"), candidate("masimo")
    assert key(own_line(ge, SerialLink(19200))) == (19200, 8, "E", 1, True)
    assert own_line(masimo, SerialLink(57600)) == SerialLink(57600)


@pytest.mark.parametrize(
    ("rates", "bauds"),
    [((), [115200, 19200, 4800]), ((4800,), [4800, 115200, 19200]), ((38400,), [38400, 115200, 19200, 4800])],
)
def test_bytes_without_sense_change_what_is_listened_at_next(rates, bauds):
    rest = [Listening(SerialLink(baud), 1.0) for baud in (115200, 19200, 4800)]
    after = reordered(rest, rates, N81, 3.0)
    assert [visit.line.baud for visit in after] == bauds
    assert {visit.quiet_s for visit in after} == {3.0}
