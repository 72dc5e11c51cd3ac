"""What a clinic's protocol wants of the cuff, in the words of the cuff's schedule; pure."""

from __future__ import annotations

from devices.cuff_schedule import CuffOptions, Schedule
from kapmonitor.protocol.pressure import PressurePlan
from kapmonitor.protocol.read import Protocol
from kapmonitor.session.events import Route
from kapmonitor.session.state import Dose


def wanted(protocol: Protocol | None, route: Route | None) -> CuffOptions:
    """When a cuff is due after a dose by this route; nothing of that turns on starting it from here."""
    return CuffOptions() if protocol is None else _options(protocol.pressure_for(route))


def after_dose(protocol: Protocol | None, newest: Dose | None) -> CuffOptions:
    """The same from the newest dose on; before one, and by a route that nobody knows, nothing is due."""
    if newest is None or newest.route not in set(Route):
        return CuffOptions()
    return wanted(protocol, Route(newest.route))


def _options(plan: PressurePlan) -> CuffOptions:
    due = plan.due
    held_s = _seconds(plan.hold_at_most_min)
    every_s = None if due.every_min is None else _seconds(due.every_min)
    schedule = Schedule(tuple(_seconds(minutes) for minutes in due.at_min), every_s, held_s)
    return CuffOptions(
        schedule=schedule if due.at_min or every_s else None,
        repeat_s=None if plan.again_after_high_min is None else _seconds(plan.again_after_high_min),
        failed_s=None if plan.again_after_failed_min is None else _seconds(plan.again_after_failed_min),
    )


def _seconds(minutes: float) -> int:
    return round(minutes * 60)
