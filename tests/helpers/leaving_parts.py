"""Sessions with a dose at minute 0, and cuff readings, for what comes after."""

from kapmonitor.model import CuffReading, Measured
from kapmonitor.session.events import DoseGiven, Stamped
from kapmonitor.session.state import SessionState, fold

MIN = 60_000_000_000
DOSE = DoseGiven("ketamine", 70.0, "im", "arm", "RN")
NASAL = DoseGiven("esketamine", 56.0, "in", "nose", "RN", lot="A12")


def cuff(minutes, systolic=120.0, diastolic=75.0, **more):
    """A reading so long after minute 0."""
    values = (Measured(systolic), Measured(diastolic), Measured(90.0), Measured(70.0))
    return CuffReading(round(minutes * MIN), "cuff", *values, **more)


def state(*happened):
    """From pairs of minutes and events."""
    found = SessionState()
    for minutes, event in happened:
        found = fold(found, Stamped(round(minutes * MIN), event))
    return found
