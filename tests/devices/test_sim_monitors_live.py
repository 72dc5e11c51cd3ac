"""Simulated monitors in processes of their own on real ports, met by the real pump."""

import asyncio
import subprocess
import sys

import pytest
from wire_parts import KeepingSink, until

from devices.address import parse_device
from devices.pump import SerialPump
from devices.registry import load
from kapmonitor.clock import SystemClock
from kapmonitor.model import AlertKind, DeviceAlert, Measured, Observation, WaveformBlock

pytestmark = pytest.mark.system
SPO2, RATE = "MDC_PULS_OXIM_SAT_O2", "MDC_PULS_OXIM_PULS_RATE"
SPEED = 20.0


def simulator(driver, fault):
    code = f"from devices.sim.serve import serve; serve({driver!r}, 'tcp:0', 'quiet', 7, {fault!r}, {SPEED})"
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


async def meet(driver, device, enough):
    sink = KeepingSink()
    pump = SerialPump("monitor", load().get(driver), parse_device(device), SystemClock(), sink)
    task = asyncio.ensure_future(pump.run())
    try:
        await until(lambda: enough(sink), 60)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return sink.events


def met(driver, enough, fault=None):
    process = simulator(driver, fault)
    try:
        return asyncio.run(meet(driver, process.stdout.readline().strip(), enough))
    finally:
        process.terminate()
        assert process.wait(20) == 0
        process.stdout.close()


def values(events, ref):
    return [e.reading.value for e in events if isinstance(e, Observation) and e.metric.ref == ref]


@pytest.mark.parametrize("driver", ["ivy-450c", "masimo", "nellcor"])
def test_numbers_come_through_a_real_line(driver):
    events = met(driver, lambda sink: sum(isinstance(e, Observation) for e in sink.events) >= 40)
    assert all(94 <= value <= 100 for value in values(events, SPO2))
    assert all(50 <= value <= 100 for value in values(events, RATE))
    assert any(isinstance(e, WaveformBlock) for e in events) == (driver == "ivy-450c")


@pytest.mark.parametrize("driver", ["masimo", "nellcor"])
def test_a_finger_that_slips_out_is_said_and_taken_back(driver):
    def said(sink):
        return {(e.kind, e.present) for e in sink.events if isinstance(e, DeviceAlert)}

    wanted = {(AlertKind.SENSOR_OFF, True), (AlertKind.SENSOR_OFF, False)}
    events = met(driver, lambda sink: said(sink) >= wanted, "no-finger")
    off = next(
        i for i, e in enumerate(events) if isinstance(e, DeviceAlert) and e.kind is AlertKind.SENSOR_OFF
    )
    around = [e for e in events[max(0, off - 3) : off] if isinstance(e, Observation) and e.metric.ref == SPO2]
    assert around
    assert not any(isinstance(e.reading, Measured) for e in around)
