"""One device's link out of a record: its bytes and states, in order, also of records that were not closed."""

from dataclasses import replace

import pytest
from record_fixtures import STARTED

from kapmonitor.clock import ManualClock
from kapmonitor.errors import RecordDamaged
from kapmonitor.model import Direction, LinkChanged, LinkProblem, LinkState, WireChunk
from kapmonitor.record.cut import entries, session_of, wire_devices
from kapmonitor.record.items import WireRow
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import DeviceAdded, DeviceIdentity, DoseGiven, LinkEvent, Stamped

S = 1_000_000_000
T0 = 500 * S
ROWS = (
    Stamped(T0, DeviceAdded("oxi", "nonin", "Oximeter", "nonin@/dev/ttyUSB0")),
    Stamped(T0, DeviceAdded("oxi-2", "masimo", "Oximeter", "masimo@COM3")),
    Stamped(T0 + 5, LinkEvent("oxi", "connecting", "none", "")),
    WireRow(T0 + 5, "oxi", Direction.OUT, b"ask"),
    WireRow(T0 + 9, "oxi-2", Direction.IN, b"other"),
    WireRow(T0 + 10, "oxi", Direction.IN, b"told", "2a37"),
    Stamped(T0 + 10, LinkEvent("oxi", "live", "none", "degraded")),
    Stamped(T0 + 11, DeviceIdentity("oxi", "Nonin", "", "SN1", "")),
    Stamped(T0 + 12, DeviceIdentity("oxi", "", "Xpod", "SN2", "11")),
    WireRow(T0 + 3 * S, "oxi", Direction.IN, b"late"),
    Stamped(T0 + 4 * S, LinkEvent("oxi", "waiting", "lost", "/dev/ttyUSB0 is gone")),
    Stamped(T0 + 5 * S, DoseGiven("ketamine", 70.0, "im", "", "RN")),
    Stamped(T0 + 6 * S, DoseGiven("ketamine", 10.0, "im", "", "RN")),
    WireRow(T0 + 7 * S, "nobody", Direction.IN, b"?"),
)
CUT = (
    LinkChanged(LinkState.CONNECTING, T0 + 5),
    WireChunk(T0 + 5, Direction.OUT, b"ask"),
    WireChunk(T0 + 10, Direction.IN, b"told", "2a37"),
    LinkChanged(LinkState.LIVE, T0 + 10),
    WireChunk(T0 + 3 * S, Direction.IN, b"late"),
    LinkChanged(LinkState.WAITING, T0 + 4 * S, LinkProblem.LOST),
)


def make(path, *, closed=True):
    clock = ManualClock(T0, 0)
    writer = RecordWriter.create(path, Stamped(T0, STARTED), clock)
    for row in ROWS[:-1]:
        writer.put(row)
    writer.put_durable(Stamped(T0, DeviceAdded("third", "ivy-450c", "Monitor", "x"))).result(10)
    writer.put(ROWS[-1])
    if closed:
        writer.close()
    return writer


@pytest.mark.parametrize("closed", [True, False])
def test_bytes_and_states_of_one_device_in_order(tmp_path, closed):
    path = tmp_path / "a.kap"
    writer = make(path, closed=closed)
    try:
        with RecordReader(path) as reader:
            assert tuple(entries(reader, "oxi")) == CUT
            assert tuple(entries(reader, "oxi", T0 + 10, T0 + 4 * S)) == CUT[2:5]
            assert [chunk.data for chunk in entries(reader, "oxi-2")] == [b"other"]
            assert list(entries(reader, "unheard-of")) == []
    finally:
        writer.close()


def test_what_is_known_of_the_devices(tmp_path):
    make(tmp_path / "a.kap")
    with RecordReader(tmp_path / "a.kap") as reader:
        devices = {device.id: device for device in wire_devices(reader)}
        assert list(devices) == ["oxi", "oxi-2", "third", "nobody"]
        oxi = devices["oxi"]
        assert (oxi.driver, oxi.label, oxi.address) == ("nonin", "Oximeter", "nonin@/dev/ttyUSB0")
        assert (oxi.received, oxi.sent) == (8, 3)
        assert oxi.identity == DeviceIdentity("oxi", "Nonin", "Xpod", "SN2", "11")
        assert oxi.serials == {"SN1", "SN2"}
        assert (devices["third"].received, devices["third"].serials) == (0, frozenset())
        assert devices["nobody"] == replace(devices["nobody"], driver="", address="", received=1)
        session = session_of(reader)
        assert (session.started, session.started_t_ns, session.dose_t_ns) == (STARTED, T0, T0 + 5 * S)


def test_words_of_a_newer_program_are_damage_and_no_crash(tmp_path):
    clock = ManualClock(T0, 0)
    writer = RecordWriter.create(tmp_path / "a.kap", Stamped(T0, STARTED), clock)
    writer.put(Stamped(T0, LinkEvent("oxi", "dreaming", "none", "")))
    writer.close()
    with RecordReader(tmp_path / "a.kap") as reader, pytest.raises(RecordDamaged):
        list(entries(reader, "oxi"))
