"""`kapmonitor simulate`: a simulated device on a real port, until a signal ends it."""

from __future__ import annotations

import argparse
import asyncio
import math
from collections.abc import Coroutine
from typing import TYPE_CHECKING

from devices.sim.serve import DOSE_S, PatientTime, serve, stop_on_signals
from kapmonitor.errors import ConfigError

if TYPE_CHECKING:
    from devices.sim.ble.serve import Ready
    from devices.sim.scenario import Bedside

BLE = ("ble-heart-rate", "ble-blood-pressure", "ble-pulse-oximeter", "ble-thermometer")
CUFF_EVERY_S = 60.0
TEMPERATURE_EVERY_S = 60.0
PERFUSION_PERCENT = 3.0
"""What an oximeter finds on an ordinary finger."""


def run(arguments: argparse.Namespace) -> int:
    """Serve; the first line printed is the DEVICE to connect to."""
    if arguments.driver in BLE:
        return asyncio.run(_serve_ble(arguments))
    serve(
        arguments.driver,
        arguments.port,
        name=arguments.scenario,
        seed=arguments.seed,
        fault=arguments.fault,
    )
    return 0


async def _serve_ble(arguments: argparse.Namespace) -> int:
    import time

    from devices.sim.scenario import bedside, scenario

    if arguments.fault is not None:
        raise ConfigError("--fault", arguments.fault, "faults are for serial devices; leave it out here")
    kind, _, where = (arguments.port or "tcp:0").partition(":")
    if kind != "tcp" or not (where.isascii() and where.isdecimal()) or int(where) > 65535:
        raise ConfigError("--port", str(arguments.port), "emulated Bluetooth is served on tcp:PORT")
    begin_s = DOSE_S + scenario(arguments.scenario).look_s
    clock = PatientTime(time.monotonic_ns(), begin_s, 1.0)
    room = bedside(arguments.scenario, arguments.seed, DOSE_S)
    stop = asyncio.Event()
    stop_on_signals(stop)
    task = asyncio.create_task(_device(arguments.driver, int(where), room, clock))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for each in (task, waiting):
        each.cancel()
    ended, _ = await asyncio.gather(task, waiting, return_exceptions=True)
    if isinstance(ended, OSError):
        raise ConfigError("--port", str(arguments.port), f"choose another port; {ended.strerror}") from ended
    if isinstance(ended, Exception):
        raise ended
    return 0


def _device(driver: str, port: int, room: Bedside, clock: PatientTime) -> Coroutine[None, None, None]:
    """The emulated device of that driver, on the patient of the room."""
    from devices.sim.ble import cuff, oximeter, serve, strap, thermometer
    from devices.sim.scenario import IncidentKind
    from devices.sim.waves import Waves

    patient, waves = room.patient, Waves(room.patient)

    def rate_at(t_ns: int) -> float:
        return waves.rhythm.shown_rate(t_ns / 1e9)

    def reading_at(t_ns: int) -> cuff.CuffValues:
        systolic, diastolic = patient.cuff_reading(t_ns / 1e9)
        mean = diastolic + (systolic - diastolic) / 3
        return cuff.CuffValues(systolic, diastolic, round(mean), rate_at(t_ns))

    def finger_at(t_ns: int) -> oximeter.Finger:
        t_s = t_ns / 1e9
        off = room.happening(IncidentKind.FINGER_OFF, t_s) or room.finger_occluded(t_s)
        perfusion = PERFUSION_PERCENT * patient.traits.perfusion
        return oximeter.Finger(float(patient.spo2(t_s)), rate_at(t_ns), perfusion, worn=not off)

    def temperature_at(t_ns: int) -> float:
        return 36.8 + 0.2 * math.sin(t_ns / 1e9 / 1800)

    def ready(address: str) -> Ready:
        return lambda port: print(f"{driver}@{address}?{serve.HCI_OPTION}=tcp:127.0.0.1:{port}", flush=True)

    match driver:
        case "ble-heart-rate":
            return serve.serve_strap(port, rate_at, clock, ready=ready(strap.ADDRESS))
        case "ble-pulse-oximeter":
            return serve.serve_oximeter(port, finger_at, clock, ready=ready(oximeter.ADDRESS))
        case "ble-thermometer":
            every_s = TEMPERATURE_EVERY_S
            return serve.serve_thermometer(
                port, temperature_at, clock, every_s, ready=ready(thermometer.ADDRESS)
            )
        case _:
            return serve.serve_cuff(port, reading_at, clock, CUFF_EVERY_S, ready=ready(cuff.ADDRESS))
