"""The GE simulator in its own process on a pty, met by the real pump with the driver's line settings."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest
from wire_parts import KeepingSink, until

from devices.address import parse_device
from devices.drivers.ge_dri import DRIVER
from devices.pump import SerialPump
from kapmonitor.clock import SystemClock
from kapmonitor.model import CuffChanged, CuffState, Fault, LinkState, Observation, WaveformBlock

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.name != "posix", reason="there are no ptys here"),
]
SPEED = 30.0


async def meet(device_text):
    sink = KeepingSink()
    pump = SerialPump("ge", DRIVER, parse_device(device_text), SystemClock(), sink)
    task = asyncio.ensure_future(pump.run())
    await until(lambda: sink.links and sink.links[-1].state is LinkState.LIVE)
    await until(lambda: CuffState.MEASURING in [e.state for e in sink.events if isinstance(e, CuffChanged)])
    await until(
        lambda: any(
            isinstance(e, Observation) and e.metric.label == "NIBP sys" and not e.stored for e in sink.events
        )
    )
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return sink


@pytest.mark.parametrize("driver", ["ge-dri", "ge-dri?format=s5"])
def test_a_session_over_a_real_line_has_values_waves_and_a_cuff_reading(driver):
    code = f"from devices.sim.serve import serve; serve({driver!r}, 'pty', 'quiet', 7, None, {SPEED})"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        sink = asyncio.run(meet(process.stdout.readline().strip()))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        process.stdout.close()
    assert {e.metric.label for e in sink.events if isinstance(e, WaveformBlock)} == {
        "ECG II",
        "Pleth",
        "Breathing",
    }
    numbers = {e.metric.label: e.reading.value for e in sink.events if isinstance(e, Observation)}
    assert 40 < numbers["HR"] < 140
    assert 90 < numbers["NIBP sys"] < 170
    assert not [e for e in sink.events if isinstance(e, Fault)]
