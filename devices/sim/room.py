"""All simulated devices of one room in a process of their own, for `kapmonitor demo`.

    python -m devices.sim.room --seed 7 --scenario quiet --route iv --t0-ns N --start-s 2400 --dose-s 600

It prints one JSON line, `{"devices": ["suntech@...", "nonin@..."], "spare": ["contec@..."]}`: the devices on
the patient, and one that lies there for whoever looks for devices. It serves until its standard input is
closed, so that it ends with the program that started it. A heart rate strap is among the devices where the
emulated radio is installed and `--strap` asks for it. At the instant `--t0-ns` of the computer's monotonic
clock the patient is `--start-s` seconds into the session, and from then on time runs `--speed` times as fast.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from devices.sim.endpoints import LOOPBACK, make_endpoint
from devices.sim.scenario import SCENARIOS, Bedside, bedside
from devices.sim.serve import Line, PatientTime, build, run_lines, say, stop_on_signals
from devices.sim.waves import Waves
from kapmonitor.clock import Clock
from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Route

DRIVERS: Final = ("suntech", "nonin")
SPARE: Final = "contec?format=old"
"""Speaks without being asked, so that it is found at once."""
PORTS: Final = {"pty": "pty", "tcp": "tcp:0"}


@dataclass(frozen=True, slots=True)
class RoomSettings:
    """What the room's process is told."""

    seed: int
    scenario: str
    route: Route
    speed: float
    t0_ns: int | None
    start_s: float
    dose_s: float
    ports: str
    strap: bool = False


def arguments(settings: RoomSettings) -> list[str]:
    """The command line that starts a room with these settings, after the interpreter's name."""
    words = ["-m", "devices.sim.room", "--seed", str(settings.seed), "--scenario", settings.scenario]
    words += ["--route", settings.route, "--speed", str(settings.speed), "--ports", settings.ports]
    words += ["--start-s", str(settings.start_s), "--dose-s", str(settings.dose_s)]
    words += ["--strap"] if settings.strap else []
    return words if settings.t0_ns is None else [*words, "--t0-ns", str(settings.t0_ns)]


def parse(words: Sequence[str] | None = None) -> RoomSettings:
    """Settings from a command line."""
    parser = argparse.ArgumentParser(prog="python -m devices.sim.room", description="simulated room")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--scenario", choices=list(SCENARIOS), default="quiet")
    parser.add_argument("--route", choices=[r.value for r in Route if r is not Route.PO], default="iv")
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--t0-ns", type=int)
    parser.add_argument("--start-s", type=float, default=0.0)
    parser.add_argument("--dose-s", type=float, default=600.0)
    parser.add_argument("--ports", choices=list(PORTS), default="tcp" if sys.platform == "win32" else "pty")
    parser.add_argument("--strap", action="store_true")
    given = parser.parse_args(words)
    return RoomSettings(
        seed=given.seed,
        scenario=given.scenario,
        route=Route(given.route),
        speed=given.speed,
        t0_ns=given.t0_ns,
        start_s=given.start_s,
        dose_s=given.dose_s,
        ports=given.ports,
        strap=given.strap,
    )


def room_lines(settings: RoomSettings, room: Bedside, clock: Clock) -> tuple[list[Line], list[str]]:
    """The room's serial devices on their ports, all on one patient, and the DEVICE texts to reach them.

    The last one is the spare.
    """
    lines, texts = [], []
    for driver in (*DRIVERS, SPARE):
        plain = driver.partition("?")[0]
        endpoint = make_endpoint(PORTS[settings.ports], plain)
        lines.append(Line(build(driver, room), endpoint, clock.now_ns))
        texts.append(f"{plain}@{endpoint.address}")
    return lines, texts


async def serve_room(settings: RoomSettings) -> None:
    """Serve until standard input ends or a signal comes."""
    t0_ns = time.monotonic_ns() if settings.t0_ns is None else settings.t0_ns
    clock = PatientTime(t0_ns, settings.start_s, settings.speed)
    room = bedside(settings.scenario, settings.seed, settings.dose_s, settings.route)
    lines, texts = room_lines(settings, room, clock)
    stop = asyncio.Event()
    stop_on_signals(stop)
    for line in lines:
        line.step()
    spare = texts.pop()
    strap = None
    if settings.strap and importlib.util.find_spec("bumble") is not None:
        text, strap = await _strap(room, clock)
        texts.append(text)
    say(json.dumps({"devices": texts, "spare": [spare]}))
    loop = asyncio.get_running_loop()
    threading.Thread(target=_until_input_ends, args=(loop, stop), daemon=True).start()
    try:
        await run_lines(lines, stop)
    finally:
        if strap is not None:
            strap.cancel()
            await asyncio.gather(strap, return_exceptions=True)


async def _strap(room: Bedside, clock: Clock) -> tuple[str, asyncio.Task[None]]:
    """The DEVICE text of a heart rate strap on an emulated radio, and the task that serves it."""
    from devices.sim.ble.serve import HCI_OPTION, serve_strap
    from devices.sim.ble.strap import ADDRESS

    ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waves = Waves(room.patient)

    def rate_at(t_ns: int) -> float:
        return waves.rhythm.shown_rate(t_ns / 1e9)

    task = asyncio.create_task(serve_strap(0, rate_at, clock, ready=ready.set_result))
    task.add_done_callback(lambda _: ready.done() or ready.cancel())
    try:
        port = await ready
    except asyncio.CancelledError:
        await task
        raise
    return f"ble-heart-rate@{ADDRESS}?{HCI_OPTION}=tcp:{LOOPBACK}:{port}", task


def _until_input_ends(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop.set)


def main(words: Sequence[str] | None = None) -> int:
    """Entry of the room's process; 2 if a port cannot be had."""
    try:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(serve_room(parse(words)))
    except (ConfigError, OSError) as error:
        sys.stderr.write(f"the simulated devices: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
