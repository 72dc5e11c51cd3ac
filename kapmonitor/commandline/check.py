"""`kapmonitor devices check`: open one device, show what it says, and diagnose the line."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from kapmonitor.alarms.limits import example
from kapmonitor.clock import SystemClock
from kapmonitor.commandline.record import status_line
from kapmonitor.model import GenerationMode, LinkProblem, LinkState
from kapmonitor.snapshot import LinkStatus
from kapmonitor.station import Plan, Station, open_station

SECONDS = 10

ADVICE = {
    LinkProblem.SILENT: "nothing arrives: is it on, is the cable a null-modem, is its output switched on?",
    LinkProblem.GARBLED: "bytes arrive that mean nothing to this driver: another speed, parity or device",
    LinkProblem.NOT_FOUND: "there is no such port or device in range",
    LinkProblem.BUSY: "another program has it open",
    LinkProblem.DENIED: "this user may not open it",
    LinkProblem.NO_RADIO: "this computer has no usable Bluetooth",
}


def check(device: str, *, as_json: bool) -> int:
    """0 if the device spoke within ten seconds, else 1 with what is wrong."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="kapmonitor-check-") as folder:
        plan = Plan(Path(folder) / "check.kap", (device,), example(), GenerationMode.TEST)
        station = open_station(plan, clock)
        station.start()
        try:
            spoke, link = _listen(station, quiet=as_json)
        finally:
            station.stop("ended")
    verdict = "speaks" if spoke else advice(link)
    print(json.dumps({"device": device, "live": spoke, "verdict": verdict}) if as_json else verdict)
    return 0 if spoke else 1


def _listen(station: Station, *, quiet: bool) -> tuple[bool, LinkStatus]:
    """Whether the device ever spoke, and how its link is in the end."""
    clock = station.clock
    began_ns = clock.now_ns()
    spoke = False
    for _ in range(SECONDS):
        time.sleep(1.0)
        snapshot = station.engine.snapshot
        spoke = spoke or any(link.state is LinkState.LIVE for link in snapshot.links)
        if not quiet:
            print(status_line(snapshot, clock.now_ns() - began_ns), flush=True)
    return spoke, station.engine.snapshot.links[0]


def advice(link: LinkStatus) -> str:
    """What to look at, from how the link is doing."""
    said = ADVICE.get(link.problem, "no answer yet")
    return f"{said} ({link.detail})" if link.detail else said
