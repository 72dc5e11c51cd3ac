"""What devices say is stamped when it is complete: in a calm session alarms see nothing of it late."""

import pytest
from wired_session import WiredSession

from kapmonitor.record.items import NumericRow
from kapmonitor.session.events import InputLate


@pytest.mark.parametrize("device", ["nonin", "nonin?format=df7", "contec?format=new", "masimo", "nellcor"])
def test_nothing_comes_late_in_a_calm_session(device):
    session = WiredSession([device])
    session.run(45)
    readings = [row for row in session.recorder.rows if isinstance(row, NumericRow) and row.value is not None]
    assert len(readings) >= 40
    # The end of the line itself shares its time with the last step.
    late = [told for told in session.recorder.events(InputLate) if told.t_ns < session.clock.now_ns()]
    assert late == []
