"""`kapmonitor simulate`: one simulated device on a real port, until it is told to end.

The first line printed is the DEVICE to connect to.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from devices.sim.catalogue import SIMULATORS as SIMULATORS
from devices.sim.catalogue import build as build
from devices.sim.device import SimDevice
from devices.sim.endpoints import Endpoint, make_endpoint
from devices.sim.faults import afflict, check_fault, with_fault
from devices.sim.scenario import bedside, scenario

TICK_S: Final = 0.01
OWN_KEY_S: Final = 90.0
"""A cuff on its own is started at the bedside this often, for consoles that may not start it."""
DOSE_S: Final = 1800.0
"""When the dose is given in a session of its own; the scenario says how long before or after to begin."""


@dataclass(frozen=True, slots=True)
class PatientTime:
    """A clock that counts the patient's nanoseconds since the session's start."""

    real0_ns: int
    start_s: float
    speed: float

    def now_ns(self) -> int:
        return int(self.start_s * 1e9 + (time.monotonic_ns() - self.real0_ns) * self.speed)

    def utc_ns(self) -> int:
        return time.time_ns()

    def real_delay_s(self, delay_ns: int) -> float:
        return max(0.0, delay_ns / 1e9 / self.speed)


class Line:
    """A simulated device and the port it is on."""

    def __init__(self, device: SimDevice, endpoint: Endpoint, now_ns: Callable[[], int]) -> None:
        self._device, self._endpoint, self._now_ns = device, endpoint, now_ns
        self._in = False

    def step(self) -> None:
        """Put the cable in or out, and send what is due."""
        now_ns = self._now_ns()
        if self._device.plugged(now_ns) != self._in:
            self._in = not self._in
            if self._in:
                self._endpoint.open(self._heard)
            else:
                self._endpoint.shut()
        data = self._device.advance(now_ns)
        if data and self._in:
            self._endpoint.write(data)

    def close(self) -> None:
        self._endpoint.close()

    def _heard(self, data: bytes) -> None:
        self._device.receive(data, self._now_ns())
        self.step()


async def run_lines(lines: Sequence[Line], stop: asyncio.Event) -> None:
    """Serve until told to stop; ports are gone afterwards."""
    try:
        while not stop.is_set():
            for line in lines:
                line.step()
            await asyncio.sleep(TICK_S)
    finally:
        for line in lines:
            line.close()


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGINT and SIGTERM end the serving in order."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def say(line: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(
    driver: str,
    port: str | None = None,
    name: str = "quiet",
    seed: int = 7,
    fault: str | None = None,
    speed: float = 1.0,
    start_s: float | None = None,
    serial: str | None = None,
) -> None:
    """Run the simulator of `driver` (`nonin?format=df7`) on `pty`, `pty:PATH` or `tcp:PORT` until a signal.

    The session begins at `start_s`, or where the scenario is worth watching; the dose is at DOSE_S.
    ConfigError if an argument is wrong, before anything is opened.
    """
    plain = driver.partition("?")[0]
    begin_s = DOSE_S + scenario(name).look_s if start_s is None else start_s
    room = bedside(name, seed, DOSE_S)
    if fault is not None:
        check_fault(fault, driver)
        afflict(room, fault, begin_s)
    device = build(driver, room, OWN_KEY_S, serial)
    if fault is not None:
        device = with_fault(device, fault, seed, driver, room)
    endpoint = make_endpoint(port or ("tcp:0" if sys.platform == "win32" else "pty"), plain)
    clock = PatientTime(time.monotonic_ns(), begin_s, speed)
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(_serve(plain, device, endpoint, clock))


async def _serve(driver: str, device: SimDevice, endpoint: Endpoint, clock: PatientTime) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop)
    line = Line(device, endpoint, clock.now_ns)
    line.step()
    say(f"{driver}@{endpoint.address}")
    await run_lines([line], stop)
