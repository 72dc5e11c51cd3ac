"""`kapmonitor simulate`: a simulated device on a real port, until a signal ends it."""

from __future__ import annotations

import argparse
import asyncio

from devices.sim.serve import DOSE_S, PatientTime, serve, stop_on_signals
from kapmonitor.errors import ConfigError

BLE = ("ble-heart-rate", "ble-blood-pressure")
CUFF_EVERY_S = 60.0


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

    from devices.sim.ble import serve as ble
    from devices.sim.ble.cuff import ADDRESS as CUFF
    from devices.sim.ble.cuff import CuffValues
    from devices.sim.ble.strap import ADDRESS as STRAP
    from devices.sim.scenario import bedside, scenario
    from devices.sim.waves import Waves

    if arguments.fault is not None:
        raise ConfigError("--fault", arguments.fault, "faults are for serial devices; leave it out here")
    kind, _, where = (arguments.port or "tcp:0").partition(":")
    if kind != "tcp" or not where.isdecimal():
        raise ConfigError("--port", str(arguments.port), "emulated Bluetooth is served on tcp:PORT")
    begin_s = DOSE_S + scenario(arguments.scenario).look_s
    clock = PatientTime(time.monotonic_ns(), begin_s, 1.0)
    patient = bedside(arguments.scenario, arguments.seed, DOSE_S).patient
    waves = Waves(patient)
    address = STRAP if arguments.driver == "ble-heart-rate" else CUFF

    def ready(port: int) -> None:
        print(f"{arguments.driver}@{address}?{ble.HCI_OPTION}=tcp:127.0.0.1:{port}", flush=True)

    stop = asyncio.Event()
    stop_on_signals(stop)

    def reading_at(t_ns: int) -> CuffValues:
        systolic, diastolic = patient.cuff_reading(t_ns / 1e9)
        mean = diastolic + (systolic - diastolic) / 3
        return CuffValues(systolic, diastolic, round(mean), waves.rhythm.shown_rate(t_ns / 1e9))

    if address is STRAP:
        work = ble.serve_strap(int(where), lambda t: waves.rhythm.shown_rate(t / 1e9), clock, ready=ready)
    else:
        work = ble.serve_cuff(int(where), reading_at, clock, CUFF_EVERY_S, ready=ready)
    task = asyncio.create_task(work)
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    for each in (task, waiting):
        each.cancel()
    await asyncio.gather(task, waiting, return_exceptions=True)
    return 0
