"""When a device counts as lost."""

import pytest

from kapmonitor.alarms.equipment import Equipment, heard
from kapmonitor.model import LinkProblem, LinkState
from kapmonitor.session.events import LinkEvent

S, P = LinkState, LinkProblem
LIVE = (S.LIVE, P.NONE)


def after(*changes):
    known = Equipment("Cuff")
    for state, problem in changes:
        known = heard(known, LinkEvent("d", state.value, problem.value, ""), 0, abnormal=False)
    return known


@pytest.mark.parametrize(
    ("changes", "lost"),
    [
        ([(S.CONNECTING, P.NONE)], False),
        ([(S.WAITING, P.NOT_FOUND)], False),
        ([LIVE], False),
        ([LIVE, (S.STALE, P.SILENT)], True),
        ([LIVE, (S.WAITING, P.LOST)], True),
        ([LIVE, (S.WAITING, P.LOST), (S.CONNECTING, P.NONE)], True),
        ([LIVE, (S.WAITING, P.LOST), (S.CONNECTING, P.NONE), LIVE], False),
        ([LIVE, (S.OFF, P.NONE)], False),
        ([LIVE, (S.WAITING, P.ENDED)], False),
        ([LIVE, (S.WAITING, P.ENDED), (S.CONNECTING, P.NONE)], False),
        ([LIVE, (S.WAITING, P.ENDED), (S.CONNECTING, P.NONE), (S.WAITING, P.LOST)], True),
        ([LIVE, (S.WAITING, P.ENDED), LIVE, (S.WAITING, P.LOST)], True),
        ([LIVE, (S.WAITING, P.ENDED), (S.WAITING, P.NO_RADIO)], True),
    ],
)
def test_a_device_that_was_there_and_is_not_is_lost_but_a_cuff_may_rest(changes, lost):
    assert after(*changes).lost is lost
