"""Devices found, looked at, adopted, swapped and let go, on real ports and an emulated radio."""

import subprocess
import sys
from pathlib import Path

import pytest
from programs import Program
from session_parts import Session, recorded

from kapmonitor.commands import (
    AdoptDevice,
    ConfirmDevice,
    LookAround,
    ReleaseDevice,
    ShowSource,
    TryDevice,
)
from kapmonitor.errors import CommandRefused
from kapmonitor.model import Measured
from kapmonitor.nearby import NearbyState
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import INTACT, verify
from kapmonitor.session.events import (
    DeviceAdded,
    DeviceAdopted,
    DeviceChanged,
    DeviceConfirmed,
    DeviceReleased,
    SourceShown,
)
from kapmonitor.view import Role

# They look through the ports of this computer, of which each can be open once.
pytestmark = [pytest.mark.system, pytest.mark.xdist_group("ports")]
HELPERS = Path(__file__).parent.parent / "helpers"


@pytest.fixture(autouse=True)
def no_ports_of_this_machine(monkeypatch):
    """What is searched is what a test serves; a real port may be somebody's, or open in another test."""
    monkeypatch.setattr("kapmonitor.surroundings.list_ports", tuple)


def simulate(*words):
    program = Program("simulate", *words)
    driver, _, place = program.first_line().partition("@")
    return program, driver, place


def test_an_oximeter_on_a_cable_is_found_shown_and_adopted_by_one_word(tmp_path):
    program, _, place = simulate("nonin", "--port", f"pty:{tmp_path}/oxi")
    path = tmp_path / "a.kap"
    with program, Session(path, look=(place,)) as session:
        session.say(LookAround(on=True))
        row = session.row(lambda row: row.adoptable and row.wave)
        assert (row.state, row.name, row.driver) == (NearbyState.SPEAKING, "Oximeter", "nonin")
        assert {value.label for value in row.values} == {"SpO2", "Pulse rate"}
        assert not session.snapshot.links
        assert session.snapshot.spo2.t_ns == 0
        session.say(AdoptDevice(row.key, "KL"))
        session.until(lambda: isinstance(session.snapshot.spo2.reading, Measured))
        assert session.snapshot.spo2.source == "Oximeter"
        assert session.row(lambda row: row.state is NearbyState.ADOPTED).device == "nonin"
        with pytest.raises(CommandRefused):
            session.say(AdoptDevice(row.key, "KL"))
    assert verify(path).kind == INTACT
    assert [event.by for event in recorded(path, DeviceAdopted)] == ["KL"]
    assert [event.driver for event in recorded(path, DeviceAdded)] == ["nonin"]


def test_what_nobody_adopted_is_in_no_record_and_its_port_is_free_afterwards(tmp_path):
    program, _, place = simulate("nonin", "--port", f"pty:{tmp_path}/oxi")
    path = tmp_path / "a.kap"
    with program:
        with Session(path, look=(place,)) as session:
            session.say(LookAround(on=True))
            session.row(lambda row: row.adoptable)
            session.say(LookAround(on=False))
            session.until(lambda: not session.rows)
        reader = RecordReader(path)
        tables = {name: len(list(getattr(reader, name)())) for name in ("wire",) if hasattr(reader, name)}
        reader.close()
        assert not any(tables.values())
        assert recorded(path, DeviceAdded) == []
        with Session(tmp_path / "b.kap", (f"nonin@{place}",)) as session:
            session.until(lambda: isinstance(session.snapshot.spo2.reading, Measured))


def test_two_oximeters_are_both_recorded_and_a_person_chooses_which_is_shown(tmp_path):
    first, _, place = simulate("nonin", "--port", f"pty:{tmp_path}/one")
    second, _, other = simulate("masimo", "--port", f"pty:{tmp_path}/two")
    path = tmp_path / "a.kap"
    with first, second, Session(path, (f"nonin@{place}",), look=(other,)) as session:
        session.say(LookAround(on=True))
        row = session.row(lambda row: row.driver == "masimo" and row.adoptable)
        session.say(AdoptDevice(row.key, "KL"))
        session.until(lambda: session.snapshot.spo2.others == 1)
        assert session.snapshot.spo2.source == "Oximeter"
        session.say(ShowSource(Role.SPO2, "masimo", "KL"))
        session.until(lambda: session.snapshot.spo2.source == "Oximeter 2")
        shown = session.row(lambda row: row.device == "masimo" and Role.SPO2 in row.shown_for)
        assert shown.name == "Oximeter 2"
        session.say(ReleaseDevice("masimo", "KL"))
        session.until(lambda: session.snapshot.spo2.source == "Oximeter")
        assert [link.device for link in session.snapshot.links] == ["nonin"]
    told = [event.device for event in recorded(path, SourceShown) if event.role == "spo2"]
    assert told == ["nonin", "masimo", "nonin"]
    assert recorded(path, DeviceReleased) == [DeviceReleased("masimo", "KL")]


def test_another_oximeter_on_the_same_cable_is_asked_about(tmp_path, caplog):
    port = ("--port", f"pty:{tmp_path}/oxi")
    first, driver, place = simulate("masimo", *port, "--serial", "0000011111")
    path = tmp_path / "a.kap"
    with Session(path, (f"{driver}@{place}",)) as session:
        with first:
            session.until(lambda: isinstance(session.snapshot.spo2.reading, Measured))
        second, _, _ = simulate("masimo", *port, "--serial", "0000022222")
        with second:
            row = session.row(lambda row: row.state is NearbyState.CHANGED)
            assert "0000022222" in row.changed_to
            session.until(lambda: session.snapshot.spo2.unconfirmed)
            assert not isinstance(session.snapshot.spo2.reading, Measured)
            session.until(lambda: "changed:masimo" in [alarm.role for alarm in session.snapshot.alarms])
            session.say(ConfirmDevice("masimo", "KL"))
            session.until(lambda: isinstance(session.snapshot.spo2.reading, Measured))
            session.until(lambda: not session.snapshot.alarms)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["masimo"]
    caplog.clear()
    changed = recorded(path, DeviceChanged)
    assert len(changed) == 1
    assert "0000011111" in changed[0].before
    assert "0000022222" in changed[0].after
    assert recorded(path, DeviceConfirmed) == [DeviceConfirmed("masimo", "KL")]


def test_a_port_named_auto_is_adopted_once_it_is_known_what_is_there(tmp_path):
    program, _, place = simulate("masimo", "--port", f"pty:{tmp_path}/oxi")
    path = tmp_path / "a.kap"
    with program, Session(path, (f"auto@{place}",)) as session:
        assert session.until(lambda: session.snapshot.links)[0].state.value in {"connecting", "live"}
        session.until(lambda: isinstance(session.snapshot.spo2.reading, Measured))
        assert [link.device for link in session.snapshot.links] == ["masimo"]
    assert [(event.driver, event.label) for event in recorded(path, DeviceAdded)] == [("masimo", "Oximeter")]
    assert [event.by for event in recorded(path, DeviceAdopted)] == ["command line"]


def test_a_bluetooth_cuff_in_range_is_connected_only_when_asked_and_adopted_by_a_word(tmp_path):
    port_text = subprocess.Popen(
        [sys.executable, str(HELPERS / "ble_simulator.py"), "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        hci = f"?hci=tcp:127.0.0.1:{port_text.stdout.readline().strip()}"
        path = tmp_path / "a.kap"
        with Session(path, (f"ble-heart-rate@C1:00:00:00:00:02{hci}",)) as session:
            session.until(lambda: isinstance(session.snapshot.hr.reading, Measured))
            session.say(LookAround(on=True))
            row = session.row(lambda row: row.driver == "ble-blood-pressure")
            assert row.state is NearbyState.IN_RANGE
            with pytest.raises(CommandRefused):
                session.say(AdoptDevice(row.key, "KL"))
            session.say(TryDevice(row.key))
            row = session.row(lambda row: row.driver == "ble-blood-pressure" and row.adoptable)
            session.say(AdoptDevice(row.key, "KL"))
            session.until(lambda: len(session.snapshot.links) == 2)
            assert [link.label for link in session.snapshot.links] == ["Heart strap", "Cuff"]
        assert verify(path).kind == INTACT
    finally:
        port_text.kill()
        port_text.wait()
        port_text.stdout.close()
