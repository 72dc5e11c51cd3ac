"""`kapmonitor audio`: the sound outputs, which of them would sound alarms, and the check tone on each."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from kapmonitor.alarms import soundplan
from kapmonitor.alarms.signals import Chime, OutputReport, OutputRole, OutputWord, Report, SoundName
from kapmonitor.alarms.soundlines import Beat, Bye, Message, Want, message_line, read_report
from kapmonitor.alarms.soundtrouble import WHY
from kapmonitor.annunciation import Outputs, outputs_of
from kapmonitor.commandline.settled import settle_outputs

FIRST_REPORT_S: Final = 15.0
SETTLES_S: Final = 2.0
"""An output is opened within this, or it cannot be."""
TONE_S: Final = 3.0
DEFAULT: Final = "this computer's default output"
NAMES: Final = {OutputRole.STAFF: "Staff output", OutputRole.ROOM: "Room speaker"}


def run(arguments: argparse.Namespace) -> int:
    """List and play; 1 if an output that was named does not work, or if there is none at all."""
    settle_outputs(arguments)
    outputs = outputs_of(arguments.staff_output, arguments.room_output, arguments.output)
    talk = _Talk(outputs)
    try:
        report = talk.settled()
        played = {} if arguments.list else {role: talk.play(role) for role in OutputRole}
    finally:
        talk.close()
    if arguments.json:
        print(json.dumps(_table(report, outputs, played)))
    else:
        _tell(report, outputs, played)
    named = [report.of(role) for role in OutputRole if report.of(role).state is not OutputWord.NOT_CHOSEN]
    return 0 if report.outputs and all(output.works for output in named) else 1


def _table(report: Report, outputs: Outputs, played: dict[OutputRole, bool]) -> dict[str, object]:
    table: dict[str, object] = {"outputs": report.outputs, "music": outputs.music or "default"}
    for role in OutputRole:
        output = report.of(role)
        table[role.value] = {
            "name": output.name,
            "state": output.state.value,
            "played": played.get(role, False),
        }
    return table


def _tell(report: Report, outputs: Outputs, played: dict[OutputRole, bool]) -> None:
    print("Outputs of this computer:" if report.outputs else "This computer has no sound output.")
    for name in report.outputs:
        print(f"  {name}")
    print(f"Music: {outputs.music or DEFAULT}")
    for role in OutputRole:
        print(f"{NAMES[role]}: {_words(report.of(role))}{_heard(played, role)}")


def _words(output: OutputReport) -> str:
    if output.works:
        return output.name
    if output.state is OutputWord.NOT_CHOSEN:
        return "not chosen"
    return f"NOT WORKING, {WHY[output.state].format(name=output.name)}"


def _heard(played: dict[OutputRole, bool], role: OutputRole) -> str:
    return " - the check tone was played; was it heard?" if played.get(role) else ""


class _Talk:
    """A running annunciator."""

    def __init__(self, outputs: Outputs) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
            [sys.executable, "-m", "ui.annunciator", *outputs.arguments()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parent.parent.parent,
            env={"QT_QPA_PLATFORM": "offscreen", **os.environ},
        )
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._report = Report()
        self._number = 0
        threading.Thread(target=self._read, name="kap-audio", daemon=True).start()

    def settled(self) -> Report:
        """How the outputs are once they had time to open."""
        self._wait(lambda report: bool(report.outputs), FIRST_REPORT_S)
        self._wait(_all_work, SETTLES_S)
        return self._report

    def play(self, role: OutputRole) -> bool:
        """Whether the check tone was played to its end."""
        if not self._report.of(role).works:
            return False
        plan = soundplan.default()
        staff = role is OutputRole.STAFF
        level = plan.staff_level_db(plan.high.staff_dba) if staff else plan.room_level_db(plan.high.room_dba)
        self._number += 1
        before = self._report.of(role).bursts
        self._say(Want(self._number, chime=Chime(self._number, SoundName.CHECK, level, role)))
        return self._wait(lambda r: r.of(role).bursts > before and not r.of(role).playing, TONE_S)

    def close(self) -> None:
        self._say(Bye())
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _wait(self, condition: Callable[[Report], bool], limit_s: float) -> bool:
        end_s = time.monotonic() + limit_s
        while not condition(self._report):
            if time.monotonic() > end_s or self._process.poll() is not None:
                return False
            self._say(Beat(0))
            try:
                self._report = self._reports.get(timeout=0.5)
            except Empty:
                continue
        return True

    def _say(self, message: Message) -> None:
        try:
            if self._process.stdin is not None:
                self._process.stdin.write(message_line(message))
                self._process.stdin.flush()
        except OSError:
            return

    def _read(self) -> None:
        for line in self._process.stdout or ():
            report = read_report(line)
            if report is not None:
                self._reports.put(report)


def _all_work(report: Report) -> bool:
    """Whether nothing is left to wait for."""
    return all(report.of(role).works or report.of(role).state is OutputWord.NOT_CHOSEN for role in OutputRole)
