"""What is recalled when a session is taken up again."""

from kapmonitor.alarms.takeup import worth_recalling
from kapmonitor.model import Validity
from kapmonitor.record.items import NumericRow

S = 1_000_000_000


def test_what_is_worth_recalling_of_what_was_recalled_is_all_of_it():
    # A session recalls from what was picked before, a rerun from everything: both must come to the same.
    rows = [NumericRow(S, channel, 97.0, Validity.VALID) for channel in range(40)]
    rows += [NumericRow(9 * S, channel, None, Validity.NOT_AVAILABLE) for channel in range(0, 40, 2)]
    once = list(worth_recalling((), rows))
    assert list(worth_recalling((), once)) == once
    assert {row.t_ns for row in once if row.channel == 0} == {S, 9 * S}
    assert {row.t_ns for row in once if row.channel == 1} == {S}
