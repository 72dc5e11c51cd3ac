"""A cuff safety layer that may start a cuff, and what is asked of it."""

from devices.cuff import CuffSafety
from devices.cuff_schedule import Schedule
from devices.cuff_words import Action, Linked, Request

FIVES = Schedule((300, 600, 900, 1200, 1800), every_s=900)


def start(by="nurse"):
    return Request(Action.START, by)


def ready_safety():
    """Turned on, linked, never inflated."""
    safety = CuffSafety()
    safety.on(Linked(True), 0)
    safety.on(Request(Action.TURN_ON, "nurse"), 0)
    return safety
