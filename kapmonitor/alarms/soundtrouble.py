"""What is wrong with the sound of alarms, in words; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kapmonitor.alarms.signals import OutputReport, OutputWord, Report

NOT_RUNNING: Final = "Alarm sound has stopped and is being started again — look at the bedside monitor"
NONE_CHOSEN: Final = "No output is chosen for alarms — look at the bedside monitor"
NONE_WORKS: Final = "No alarm sound: {why} — look at the bedside monitor"
STAFF_LOST: Final = "Staff audio lost, room speaker in use: {why} — look at the bedside monitor"
ROOM_LOST: Final = "Room speaker lost, staff audio only: {why} — look at the bedside monitor"
WHY: Final = {
    OutputWord.ABSENT: "{name} not found",
    OutputWord.LOST: "{name} went away",
    OutputWord.FAILED: "{name} cannot be used",
    OutputWord.MUSIC: "the music plays on {name}",
    OutputWord.MUTED: "{name} muted on this computer",
}
"""Worded for one thing and for several: a name may be Speakers."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """`alarms` says whether people must be told by an alarm; an output that nobody chose is only said."""

    text: str = ""
    alarms: bool = False


def trouble(report: Report | None, *, optional: bool) -> Trouble:
    """What the report comes to, None for none; `optional` is a demo, which may have no speaker."""
    if report is None:
        return Trouble(NOT_RUNNING, alarms=True)
    staff, room = report.staff, report.room
    lost = [output for output in (staff, room) if output.state in WHY]
    if not staff.works and not room.works:
        if not lost:
            return Trouble(NONE_CHOSEN, alarms=not optional)
        why = ", ".join(dict.fromkeys(_why(output) for output in lost))
        return Trouble(NONE_WORKS.format(why=why), alarms=True)
    if staff in lost:
        return Trouble(STAFF_LOST.format(why=_why(staff)), alarms=True)
    if room in lost:
        return Trouble(ROOM_LOST.format(why=_why(room)), alarms=True)
    return Trouble()


def _why(output: OutputReport) -> str:
    return WHY[output.state].format(name=output.name)
