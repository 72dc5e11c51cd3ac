"""`kapmonitor simulate`: a simulated device on a real port, until a signal ends it."""

from __future__ import annotations

import argparse
import asyncio

from devices.sim.serve import DOSE_S, PatientTime, serve, stop_on_signals
from kapmonitor.errors import ConfigError

ADDRESSES = {
    "ble-blood-pressure": "C1:00:00:00:00:01",
    "ble-heart-rate": "C1:00:00:00:00:02",
    "ble-pulse-oximeter": "C1:00:00:00:00:03",
    "ble-thermometer": "C1:00:00:00:00:04",
    "ble-nonin": "C1:00:00:00:00:05",
    "ble-polar-ecg": "C1:00:00:00:00:06",
    "ble-viatom": "C1:00:00:00:00:07",
    "ble-berry": "C1:00:00:00:00:08",
}
"""Of the emulated Bluetooth devices; bumble, which their own modules need, may not be installed."""


def run(arguments: argparse.Namespace) -> int:
    """Serve; the first line printed is the DEVICE to connect to."""
    if arguments.driver in ADDRESSES:
        return asyncio.run(_serve_ble(arguments))
    serve(
        arguments.driver,
        arguments.port,
        name=arguments.scenario,
        seed=arguments.seed,
        fault=arguments.fault,
        serial=arguments.serial,
    )
    return 0


async def _serve_ble(arguments: argparse.Namespace) -> int:
    import time

    from devices.sim.ble import faults
    from devices.sim.ble import serve as ble
    from devices.sim.faults import afflict
    from devices.sim.scenario import bedside, scenario

    driver, fault = arguments.driver, arguments.fault
    if fault is not None:
        faults.check_fault(fault, driver)
    kind, _, where = (arguments.port or "tcp:0").partition(":")
    if kind != "tcp" or not (where.isascii() and where.isdecimal()) or int(where) > 65535:
        raise ConfigError("--port", str(arguments.port), "emulated Bluetooth is served on tcp:PORT")
    begin_s = DOSE_S + scenario(arguments.scenario).look_s
    clock = PatientTime(time.monotonic_ns(), begin_s, 1.0)
    room = bedside(arguments.scenario, arguments.seed, DOSE_S)
    if fault is not None:
        afflict(room, fault, begin_s)

    def ready(port: int) -> None:
        print(f"{driver}@{ADDRESSES[driver]}?{ble.HCI_OPTION}=tcp:{ble.LOOPBACK}:{port}", flush=True)

    ble.require_bumble()
    from devices.sim.ble.build import maker

    stop = asyncio.Event()
    stop_on_signals(stop)
    make = maker(driver, room, clock, serial=arguments.serial, fault=fault, seed=arguments.seed)
    task = asyncio.create_task(ble.serve_device(int(where), make, ready=ready))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    ended, _ = await ble.end(task, waiting)
    if isinstance(ended, OSError):
        raise ConfigError("--port", str(arguments.port), f"choose another port; {ended.strerror}") from ended
    if ended is not None:
        raise ended
    return 0
