"""Review shows the limits, the baseline and the alarms as the screen did at that time."""

from dataclasses import replace

from virtual_session import ORIGIN_NS, VirtualSession

from devices.sim.patient import Episode
from kapmonitor.commands import Acknowledge, ChangeLimit, DisableRule
from kapmonitor.reviewframes import Frames


def alarm(each):
    """All but what events do not hold: the text, the reading, a value that got worse since the last."""
    return replace(each, text="", reading_t_ns=0, value=each.value if each.state == "latched" else None)


def limit(each):
    return each.rule, each.limit, each.source, each.off_until_t_ns, each.state, each.in_phase


def test_review_shows_alarms_and_limits_as_the_screen_did():
    session = VirtualSession(11, episodes=(Episode(800, 100, spo2=-13.5), Episode(750, 400, systolic=75)))
    seen = []

    def each(t_s):
        engine, now_ns = session.engine, session.clock.now_ns()
        if t_s == 790:
            engine.handle(Acknowledge(now_ns, ("spo2-low",), "RN"))
        if t_s == 700:
            engine.handle(DisableRule("hr-low", "athlete", "prescriber", "AB", 5))
        if t_s == 900:
            engine.handle(ChangeLimit("spo2-low", 90, "prescriber", "AB"))
        if t_s % 10 == 9:
            seen.append(engine.snapshot)

    session.run(1300, each=each)
    frames = Frames(session.events)
    alarmed = 0
    for snapshot in seen:
        frame = frames.at(snapshot.t_ns)
        live = [alarm(each) for each in snapshot.alarms]
        assert [alarm(each) for each in frame.alarms] == live
        limits = [limit(each) for each in frame.limits(snapshot.t_ns)]
        assert limits == [limit(each) for each in snapshot.limits]
        assert frame.baseline.baseline == snapshot.baseline.baseline
        alarmed += bool(live)
    assert alarmed > 20
    assert frames.at(ORIGIN_NS).baseline.baseline is None
    assert frames.last().baseline.by == "RN"
