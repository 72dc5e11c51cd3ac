"""The serial ports of a computer, and what their adapters make likely."""

import os

import pytest
from line_talk import specs
from serial.tools import list_ports as pyserial
from wire_parts import Pty, line_spec

from devices import ports
from devices.ports import Port, find, likely, likely_at, list_ports, ranked, stable_names
from devices.transport.signs import read_signs

CABLE = Port("/dev/ttyUSB7", "cable", 0x0403, 0x6001)


def spec(id_, *usb_ids):
    from dataclasses import replace

    return replace(line_spec(), id=id_, usb_ids=usb_ids)


def test_drivers_of_the_adapter_come_first_and_none_is_left_out():
    some = [spec("a"), spec("b", (1, 2)), spec("c", (0x0403, 0x6001)), spec("d", (1, 2), (0x0403, 0x6001))]
    assert [s.id for s in likely(CABLE, some)] == ["c", "d"]
    assert [s.id for s in ranked(CABLE, some)] == ["c", "d", "a", "b"]
    assert [s.id for s in ranked(None, some)] == ["a", "b", "c", "d"]
    assert likely(Port("/dev/ttyS0"), some) == ()
    assert len(ranked(CABLE, specs())) == len(specs())


class Info:
    """What pyserial tells of a port."""

    def __init__(self, device, description="n/a", vid=None, pid=None, serial_number=None):
        self.device, self.description, self.vid, self.pid = device, description, vid, pid
        self.serial_number = serial_number


def test_ports_are_told_by_name_with_the_name_that_stays(monkeypatch, tmp_path):
    target, folder = tmp_path / "ttyUSB0", tmp_path / "by-id"
    target.touch()
    folder.mkdir()
    (folder / "usb-FTDI_A50285BI-if00").symlink_to("../ttyUSB0")
    infos = [Info("/dev/ttyS9"), Info(str(target), "FT232R", 0x0403, 0x6001, "A50285BI")]
    monkeypatch.setattr(pyserial, "comports", lambda: infos)
    monkeypatch.setattr(ports, "BY_ID", folder)
    first, second = list_ports()
    assert first == Port("/dev/ttyS9")
    assert second == Port(
        str(target), "FT232R", 0x0403, 0x6001, "A50285BI", str(folder / "usb-FTDI_A50285BI-if00")
    )
    assert second.usb_id == (0x0403, 0x6001)
    assert find(second.by_id, [first, second]) is second
    assert likely_at(second.by_id, [spec("c", (0x0403, 0x6001))]) == ("c",)
    assert likely_at("socket://127.0.0.1:1", [spec("c", (0x0403, 0x6001))]) == ()
    assert likely_at("/dev/nowhere", [spec("c", (0x0403, 0x6001))]) == ()


def test_a_system_without_stable_names_has_none(tmp_path):
    assert stable_names(tmp_path / "none") == {}


@pytest.mark.skipif(os.name != "posix", reason="there are no ptys here")
def test_ports_without_counters_give_no_signs(tmp_path):
    line = Pty()
    assert read_signs(line.path) is None
    line.close()
    assert read_signs(str(tmp_path / "none")) is None
    assert read_signs("socket://127.0.0.1:1") is None
    plain = tmp_path / "file"
    plain.touch()
    assert read_signs(str(plain)) is None
