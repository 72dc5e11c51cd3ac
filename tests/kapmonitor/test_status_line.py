"""How a link is called in a line of `kapmonitor record`."""

import pytest

from kapmonitor.commandline.record import WAITING_FOR, link_words
from kapmonitor.model import AlertKind, LinkProblem, LinkState
from kapmonitor.snapshot import LinkStatus


def status(state, problem=LinkProblem.NONE, detail="", alerts=()):
    return LinkStatus("oxi", "Oximeter", state, problem, detail, None, alerts)


@pytest.mark.parametrize("problem", LinkProblem)
def test_every_problem_has_words_while_waiting(problem):
    assert link_words(status(LinkState.WAITING, problem)) == WAITING_FOR[problem]


def test_a_line_that_speaks_nonsense_is_not_called_silent():
    assert link_words(status(LinkState.STALE, LinkProblem.GARBLED)) == "garbled"
    assert link_words(status(LinkState.STALE, LinkProblem.SILENT)) == "silent"


def test_a_live_link_says_what_is_odd_about_it():
    assert link_words(status(LinkState.LIVE)) == "live"
    odd = status(LinkState.LIVE, detail="degraded", alerts=(AlertKind.SENSOR_OFF,))
    assert link_words(odd) == "live (sensor off, degraded)"
