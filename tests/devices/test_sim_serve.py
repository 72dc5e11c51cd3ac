"""Simulators in processes of their own, on real ports, met by the real pump."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from virtual_faults import run
from wire_parts import KeepingSink, until

from devices.address import parse_device
from devices.drivers.suntech import DRIVER
from devices.pump import SerialPump
from devices.sim.endpoints import make_endpoint
from devices.sim.room import RoomSettings, arguments, parse
from devices.sim.serve import build
from kapmonitor.clock import SystemClock
from kapmonitor.errors import ConfigError
from kapmonitor.model import CuffChanged, LinkState, Observation
from kapmonitor.session.events import Route

pytestmark = pytest.mark.system
needs_pty = pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")


class Simulator:
    """`serve()` in a process; `device` is its first line."""

    def __init__(self, *arguments):
        code = f"from devices.sim.serve import serve; serve{arguments!r}"
        self.process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        self.device = self.process.stdout.readline().strip()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(20)
        self.process.stdout.close()
        return code


def values(sink, ref):
    return [e.reading.value for e in sink.events if isinstance(e, Observation) and e.metric.ref == ref]


def take_away(port):
    """The name of a terminal, before its number is that of another test."""
    if port.startswith("pty:"):
        Path(port.removeprefix("pty:")).unlink()


async def killed_and_back(port, device_text):
    simulator = Simulator("suntech", port, "quiet", 7, None, 30.0)
    assert simulator.device == device_text
    sink = KeepingSink()
    pump = SerialPump(
        "cuff", DRIVER, parse_device(simulator.device), SystemClock(), sink, delay_s=lambda attempt: 0.05
    )
    task = asyncio.ensure_future(pump.run())
    await until(lambda: sink.links and sink.links[-1].state is LinkState.LIVE)
    pump.start_cuff()
    await until(lambda: values(sink, "MDC_PRESS_BLD_NONINV_SYS"))
    take_away(port)
    simulator.end(signal.SIGKILL)
    await until(lambda: ("waiting", "not-found") in sink.states())
    beats = 0
    quiet_until = time.monotonic() + 0.3
    while time.monotonic() < quiet_until:
        await asyncio.sleep(0.01)
        beats += 1
    assert beats > 5
    before = len(sink.events)
    simulator = await asyncio.to_thread(Simulator, "suntech", port, "quiet", 7, None, 30.0)
    assert simulator.device == device_text
    await until(lambda: sink.links[-1].state is LinkState.LIVE and len(sink.events) > before)
    pump.start_cuff()
    await until(lambda: len(values(sink, "MDC_PRESS_BLD_NONINV_SYS")) == 2)
    assert all(100 < value < 160 for value in values(sink, "MDC_PRESS_BLD_NONINV_SYS"))
    assert any(isinstance(e, CuffChanged) for e in sink.events)
    started = time.monotonic()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert time.monotonic() - started < 20
    assert simulator.end() == 0


def warnings_of_one_loss(caplog):
    texts = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    caplog.clear()
    return len(texts) == 1 and "check the cable" in texts[0]


@needs_pty
def test_a_killed_simulator_comes_back_on_the_same_pty_name(tmp_path, caplog):
    link = tmp_path / "cuff"
    asyncio.run(asyncio.wait_for(killed_and_back(f"pty:{link}", f"suntech@{link}"), 100))
    assert warnings_of_one_loss(caplog)
    assert not link.is_symlink()


def test_a_killed_simulator_comes_back_on_the_same_tcp_port(caplog):
    port = int(make_endpoint("tcp:0", "suntech").address.rpartition(":")[2])
    where = f"suntech@socket://127.0.0.1:{port}"
    asyncio.run(asyncio.wait_for(killed_and_back(f"tcp:{port}", where), 100))
    assert warnings_of_one_loss(caplog)


@needs_pty
def test_two_simulators_take_two_names_and_the_first_name_is_free_again(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    first, second = Simulator("nonin"), Simulator("nonin")
    assert first.device == f"nonin@{tmp_path}/kapmonitor-nonin"
    assert second.device == f"nonin@{tmp_path}/kapmonitor-nonin-2"
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    again = Simulator("nonin")
    assert again.device == first.device
    assert Path(again.device.partition("@")[2]).resolve().is_char_device()
    assert again.end(signal.SIGINT) == 0
    assert second.end() == 0


@needs_pty
def test_a_name_goes_before_its_terminal_so_that_no_host_finds_another_program_there(tmp_path, monkeypatch):
    link, close, named = tmp_path / "x", os.close, []

    def closed(descriptor):
        named.append(link.is_symlink())
        close(descriptor)

    async def served():
        endpoint = make_endpoint(f"pty:{link}", "nonin")
        endpoint.open(lambda _data: None)
        assert link.is_symlink()
        with monkeypatch.context() as watched:
            watched.setattr(os, "close", closed)
            endpoint.shut()
        endpoint.close()

    asyncio.run(served())
    assert named == [False, False]


@needs_pty
def test_a_name_in_use_is_refused(tmp_path):
    held = make_endpoint(f"pty:{tmp_path / 'x'}", "nonin")
    with pytest.raises(ConfigError, match="another simulator"):
        make_endpoint(f"pty:{tmp_path / 'x'}", "nonin")

    async def let_go():
        held.close()

    asyncio.run(let_go())
    (tmp_path / "notes").write_text("a file of somebody's")
    with pytest.raises(ConfigError, match="cannot be used"):
        make_endpoint(f"pty:{tmp_path / 'notes'}", "nonin")


@pytest.mark.parametrize("port", ["usb", "tcp", "tcp:", "tcp:70000", "tcp:-1", ""])
def test_a_wrong_port_says_what_is_allowed(port):
    with pytest.raises(ConfigError, match="allowed are pty, pty:PATH and tcp:PORT"):
        make_endpoint(port, "nonin")


def test_a_simulator_that_does_not_exist_says_which_do():
    with pytest.raises(ConfigError, match="suntech, nonin"):
        build("defibrillator", None)
    with pytest.raises(ConfigError, match="df2, df7"):
        build("nonin?format=df99", None)
    with pytest.raises(ConfigError, match="not to be chosen"):
        build("masimo?format=df2", None)


def test_a_serial_number_can_be_chosen_where_the_device_tells_one():
    found = [
        event.serial
        for _, event in run("masimo", None, 5, serial="0000012345").events
        if hasattr(event, "serial")
    ]
    assert found == ["0000012345"]
    with pytest.raises(ConfigError, match="can be chosen for suntech, nonin"):
        build("maibobo", None, None, "1")


def test_a_second_client_is_turned_away_and_the_first_stays():
    import socket

    simulator = Simulator("nonin", "tcp:0", "quiet", 7, None, 10.0)
    port = int(simulator.device.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 20) as first:
        first.settimeout(20)
        assert first.recv(5)[0] == 1
        with socket.create_connection(("127.0.0.1", port), 20) as second:
            second.settimeout(20)
            assert second.recv(1) == b""
        assert first.recv(5)
    assert simulator.end() == 0


def test_a_room_serves_all_its_devices_and_ends_with_its_parent():
    settings = RoomSettings(7, "quiet", Route.IM, 5.0, time.monotonic_ns(), 600.0, 600.0, "tcp")
    words = arguments(settings)
    assert parse(words[2:]) == settings
    room = subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    devices = json.loads(room.stdout.readline())["devices"]
    assert [text.partition("@")[0] for text in devices] == ["suntech", "nonin"]

    async def meet():
        sink = KeepingSink()
        pump = SerialPump("cuff", DRIVER, parse_device(devices[0]), SystemClock(), sink)
        task = asyncio.ensure_future(pump.run())
        await until(lambda: sink.links and sink.links[-1].state is LinkState.LIVE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(asyncio.wait_for(meet(), 60))
    room.stdin.close()
    assert room.wait(20) == 0
    room.stdout.close()
