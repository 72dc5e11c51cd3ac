"""`kapmonitor devices scan` and `check` on real ptys."""

import contextlib
import json
import os
import random
import threading
from dataclasses import replace

import pytest
from programs import Program
from wire_parts import Pty

from devices.ports import Port
from devices.protocol import BleLink
from devices.registry import load
from devices.transport.ble_scan import Found
from kapmonitor.cli import main
from kapmonitor.commandline import check as checking
from kapmonitor.commandline.scan import port_json, port_lines, radio_lines

pytestmark = pytest.mark.realtime

needs_pty = pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")
ROW = b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% ALARM=0000 EXC=000800\r\n\r\n"


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(checking, "SECONDS", 2)
    for name, value_s in (("LISTEN_S", 0.2), ("ANSWER_S", 0.3), ("ASK_S", 0.5)):
        monkeypatch.setattr(f"devices.lineplan.{name}", value_s)
    for name, value_s in (("NOISE_S", 0.7), ("FEW_NOISE_S", 1.2), ("SETTLE_S", 0.05)):
        monkeypatch.setattr(f"devices.search.{name}", value_s)


@contextlib.contextmanager
def speaking(make, every_s=0.3):
    """A pty whose far end sends what `make` gives, again and again; nothing if it gives nothing."""
    line, over = Pty(), threading.Event()

    def speak():
        while not over.wait(every_s):
            if data := make():
                line.send(data)

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield line.path
    finally:
        over.set()
        thread.join()
        line.close()


def told(capsys, *words):
    status = main(["devices", *words])
    return status, capsys.readouterr().out


def told_json(capsys, *words):
    status, out = told(capsys, *words, "--json")
    return status, json.loads(out)


@needs_pty
@pytest.mark.usefixtures("quick")
def test_a_device_that_speaks_is_shown_and_is_well(capsys):
    with speaking(lambda: ROW) as path:
        status, out = told(capsys, "check", f"masimo@{path}")
        assert status == 0
        assert "SpO2 98 %" in out
        assert out.splitlines()[-1].startswith("speaks: Masimo")
        status, answer = told_json(capsys, "check", f"masimo@{path}?cuff=off")
    assert (status, answer["live"], answer["finding"]) == (0, True, "speaks")
    assert answer["values"]["MDC_PULS_OXIM_SAT_O2"] == 98.0
    assert answer["first_bytes"].startswith("30 32 2f")


@needs_pty
@pytest.mark.usefixtures("quick")
def test_auto_says_what_it_tries_what_it_found_and_what_that_says(capsys):
    with speaking(lambda: ROW) as path:
        status, out = told(capsys, "check", f"auto@{path}")
        assert status == 0
        lines = out.splitlines()
        assert lines[0].startswith("listening at 9600 8N1 (0 s of at most ")
        assert f"found masimo@{path}: Masimo" in out
        assert lines[-1].startswith("speaks")
        status, answer = told_json(capsys, "check", f"auto@{path}")
    assert (status, answer["live"], answer["opened"]) == (0, True, f"masimo@{path}")


@needs_pty
@pytest.mark.usefixtures("quick")
def test_nothing_speaks_is_one_and_says_what_to_look_at(capsys):
    with speaking(lambda: b"") as path:
        status, answer = told_json(capsys, "check", f"masimo@{path}")
    assert (status, answer["live"], answer["finding"]) == (1, False, "silent")
    assert "null-modem" in answer["verdict"]
    assert "RTS/CTS" in answer["verdict"]


@needs_pty
@pytest.mark.usefixtures("quick")
def test_auto_on_a_silent_port_is_one(capsys):
    with speaking(lambda: b"") as path:
        status, answer = told_json(capsys, "check", f"auto@{path}?baud=9600&parity=N&rtscts=no")
    assert (status, answer["live"], answer["opened"]) == (1, False, "")
    assert "null-modem" in answer["verdict"]


@needs_pty
@pytest.mark.usefixtures("quick")
def test_the_wrong_driver_is_told_the_right_one(capsys):
    with speaking(lambda: ROW) as path:
        status, answer = told_json(capsys, "check", f"nonin@{path}")
    assert (status, answer["live"], answer["finding"]) == (1, False, "other-driver")
    assert f"Give masimo@{path}." in answer["verdict"]


@needs_pty
@pytest.mark.usefixtures("quick")
def test_noise_is_told_as_wrong_speed_or_parity(capsys):
    rng = random.Random(1)
    with speaking(lambda: rng.randbytes(50)) as path:
        status, out = told(capsys, "check", f"nonin@{path}")
    assert status == 1
    verdict = out.splitlines()[-1]
    assert "speed" in verdict
    assert "parity" in verdict
    assert f"auto@{path}" in verdict


@pytest.mark.usefixtures("quick")
def test_a_missing_port_is_one_and_says_so(capsys, caplog):
    for device in ("masimo@/dev/kapmonitor-none", "auto@/dev/kapmonitor-none"):
        status, answer = told_json(capsys, "check", device)
        assert (status, answer["live"]) == (1, False)
        assert "plug the cable in" in answer["verdict"]
    caplog.clear()


@pytest.mark.parametrize(
    "device", ["auto@AA:BB:CC:DD:EE:FF", "auto@/dev/x?colour=red", "nosuch@/dev/x", "auto"]
)
def test_what_cannot_be_meant_is_two(capsys, device):
    assert main(["devices", "check", device]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.system
@needs_pty
def test_a_simulated_cuff_is_found_by_the_real_program(tmp_path):
    with Program("simulate", "suntech", "--port", f"pty:{tmp_path}/cuff") as cuff:
        cuff.first_line()
        with Program("devices", "check", f"auto@{tmp_path}/cuff") as program:
            program.wait_for(lambda line: line.startswith("found suntech@"), 60)
            program.wait_for(lambda line: line.startswith("speaks: SunTech"), 30)
            assert program.process.wait(20) == 0
            assert not [line for line in program.errors if "Traceback" in line]


def test_ports_say_what_fits_and_how_to_find_out():
    specs = load().specs
    likely = replace(next(s for s in specs if s.id == "contec"), usb_ids=((0x10C4, 0xEA60),))
    port = Port("/dev/ttyUSB0", "CP2102", 0x10C4, 0xEA60, "0001", "/dev/serial/by-id/usb-cp")
    text = "\n".join(port_lines(port, [*specs, likely]))
    assert "[10c4:ea60]" in text
    assert "contec, or any serial driver" in text
    assert "auto@/dev/serial/by-id/usb-cp" in text
    answer = port_json(port, [likely])
    assert answer == {
        "port": "/dev/ttyUSB0",
        "what": "CP2102",
        "drivers": ["contec"],
        "vid": 0x10C4,
        "pid": 0xEA60,
        "serial_number": "0001",
        "by_id": "/dev/serial/by-id/usb-cp",
    }


def test_bluetooth_devices_come_with_what_pairs_them():
    specs = load().specs
    cuff = next(spec for spec in specs if spec.id == "ble-blood-pressure")
    assert isinstance(cuff.link, BleLink)
    device = Found("AA:BB:CC:DD:EE:FF", "UA-651", -60, cuff.link.services, ("ble-blood-pressure",))
    head, guidance = radio_lines(device, specs)
    assert "UA-651 (-60 dBm)" in head
    assert cuff.link.pairing in guidance
    assert radio_lines(replace(device, drivers=()), specs)[0].endswith("no driver of ours")
