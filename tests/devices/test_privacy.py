"""What leaves the house: who and when are gone, and the driver makes the same of the rest."""

import json
import random
import re
import struct
from binascii import crc_hqx
from datetime import date, datetime, timedelta
from functools import reduce
from operator import xor

import gatt_peers
import pytest
from capture_parts import S, bytes_of, device_times, live_gatt, live_wire, options_of, told
from drivers import load
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.blood_pressure_frame import decode_enhanced, has_check_sum, without_check_sum
from devices.capture import full_uuid
from devices.drivers.ble_polar_ecg import DATA as POLAR_DATA
from devices.drivers.ble_viatom.frames import crc8
from devices.drivers.ble_viatom.protocol import REPLIES as VIATOM_REPLIES
from devices.drivers.intellivue import framing
from devices.privacy import POLICIES, UNKNOWN, clean, policy
from devices.privacy.bluetooth import COMMON
from devices.replay import replay
from devices.sim.serve import SIMULATORS
from kapmonitor.model import DeviceIdentified, Direction, LinkChanged, LinkState, WireChunk

REGISTRY = load()
FORMS = [
    f"{name}?format={form}" if form else name for name, forms in SIMULATORS.items() for form in forms or ("",)
]
CUFF_S = {"suntech": 20, "berry-pm6750": 20, "maibobo": 20, "par-nibp2020": 20, "dinamap?format=ascii": 20}
GATT = [(driver, options) for driver, talks in gatt_peers.TALKS.items() for _, options in talks]
MASIMO = (
    b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% SPCO=--.-% SPMET=--.-% DESAT=-- "
    b"PIDELTA=+-- ALARM=0000 EXC=000800\r\n"
)


def chunks(data, step=None, direction=Direction.IN, channel=""):
    step = step or max(1, len(data))
    pieces = (data[at : at + step] for at in range(0, len(data), step))
    return [WireChunk(number * 1000, direction, piece, channel) for number, piece in enumerate(pieces)]


def cleaned(driver, data, step=None, secrets=(), **where):
    return bytes_of(clean(driver, chunks(data, step, **where), secrets), where.get("direction", Direction.IN))


def events_of(driver, entries, **options):
    spec = REGISTRY.get(driver)
    made = replay(spec.protocol(options_of(spec, **options)), entries)
    return [item for item in made if not isinstance(item, WireChunk | LinkChanged)]


def check_same(driver, taken, **options):
    """A driver makes the same of the clean bytes, but for serial numbers and, by one step, its clock."""
    entries = list(clean(driver, taken.entries))
    assert [type(e) for e in entries] == [type(e) for e in taken.entries]
    assert [e.t_ns for e in entries] == [e.t_ns for e in taken.entries]
    made = events_of(driver, entries, **options)
    assert told(made) == told(taken.events)
    was, now = device_times(taken.events), device_times(made)
    assert len(was) == len(now)
    steps = {datetime.fromisoformat(a) - datetime.fromisoformat(b) for a, b in zip(was, now, strict=True)}
    assert len(steps) <= 1
    assert timedelta(0) not in steps
    return entries


def test_every_driver_has_a_policy():
    assert set(POLICIES) == {spec.id for spec in REGISTRY.specs}
    assert policy("raw") is policy("somebodys-own") is UNKNOWN
    assert UNKNOWN.may_remain


@pytest.mark.parametrize("form", FORMS)
def test_a_serial_driver_makes_the_same_of_clean_bytes(form):
    driver = form.partition("?")[0]
    taken = live_wire(form, 90, CUFF_S.get(form))
    assert told(taken.events)[0]
    check_same(driver, taken)


@pytest.mark.parametrize(("driver", "options"), GATT)
def test_a_bluetooth_driver_makes_the_same_of_clean_bytes(driver, options):
    taken = live_gatt(driver, 12, **options)
    assert told(taken.events)[0]
    check_same(driver, taken, **options)


@pytest.mark.parametrize("step", [1, 7, 64, None])
def test_masimo_tells_neither_serial_number_nor_day(step):
    out = cleaned("masimo", MASIMO + b"\r\n" + MASIMO.replace(b"47:45", b"48:46"), step)
    assert out == (
        MASIMO.replace(b"02/22/16 22:47:45", b"01/01/20 00:00:00").replace(b"56661", b"00000")
        + b"\r\n"
        + MASIMO.replace(b"02/22/16 22:47:45", b"01/01/20 00:01:01").replace(b"56661", b"00000")
    )


@pytest.mark.parametrize("cut", range(1, len(MASIMO)))
def test_half_a_masimo_line_tells_neither(cut):
    """A cut may begin or end anywhere, and a line may be damaged anywhere."""
    flipped = MASIMO[:cut] + bytes([MASIMO[cut] ^ 0x80]) + MASIMO[cut + 1 :]
    for part in (MASIMO[cut:], MASIMO[:cut], flipped):
        out = cleaned("masimo", part)
        assert b"56661" not in out
        assert b"22:47" not in out
        assert b"6661" not in out or cut > MASIMO.index(b"56661")
    begun = cleaned("masimo", MASIMO[cut:] + MASIMO)
    assert re.search(rb"[1-9]\d* SPO2", begun[: len(MASIMO) - cut]) is None


def test_a_damaged_masimo_line_with_its_number_behind_the_readings_tells_neither():
    line = MASIMO.replace(b" SN=0000056661", b"").replace(b" DESAT", b" SN=0000056661 DESAT")
    line = line.replace(b"02/", b"0\xb2/")
    out = cleaned("masimo", line)
    assert b"56661" not in out
    assert b"22:47" not in out
    assert b"SPO2=098%" in out


def test_the_end_of_a_connection_is_the_end_of_a_line():
    half, link = WireChunk(0, Direction.IN, MASIMO[:60]), LinkChanged(LinkState.WAITING, 1)
    first, ended, whole = clean("masimo", [half, link, WireChunk(2, Direction.IN, MASIMO)])
    assert ended == link
    assert len(first.data) == 60
    assert whole.data.startswith(b"01/01/20 00:00:00 SN=0000000000 SPO2=098%")


def test_nellcor_dates_are_moved_across_the_century():
    rows = b"31-DEC-99 23:59:59   100    120   50  PH\r\n01-JAN-00 00:00:01   100    120   50\r\n"
    out = cleaned("nellcor", rows)
    assert out == (b"01-JAN-20 00:00:00   100    120   50  PH\r\n01-JAN-20 00:00:02   100    120   50\r\n")
    heading = b"N-395 VERSION 2.0.0.0   CRC: XXXX   SpO2 Limit: 70-100%   PR Limit: 60-160BPM\r\n"
    assert cleaned("nellcor", heading) == heading
    assert cleaned("nellcor", b"97 14:00:05   100    120   50  PH\r\n").count(b"x") == 16


def test_nonin_tells_neither_serial_number_nor_clock():
    told_serial = b"\x02\xf4\x0a\x02" + b"501234567" + b"\x03"
    told_clock = bytes([2, 0xF2, 6, 26, 3, 14, 9, 26, 53, 3])
    header = b"NONIN 8500 SN 501234567 14-MAR-26 09:26\r\n"
    line = b"SPO2=097 HR=072\r\n"
    for step in (1, 3, None):
        out = cleaned("nonin", line + told_serial + told_clock + header + line, step)
        assert b"501234567" not in out
        assert out.startswith(line)
        assert out.endswith(line)
        assert b"\x02\xf4\x0a\x02000000000\x03" + bytes([2, 0xF2, 6, 20, 1, 1, 0, 0, 0, 3]) in out
        assert b"MAR-26" not in out
        assert len(out) == len(line + told_serial + told_clock + header + line)
    command = bytes([2, 0x72, 6, 26, 3, 14, 9, 26, 53, 3])
    assert cleaned("nonin", command, direction=Direction.OUT) == bytes([2, 0x72, 6, 20, 1, 1, 0, 0, 0, 3])


def test_suntech_keeps_its_versions_and_its_check():
    body = b"\x3e\x43" + b"LX-1.07 " + b"SAFE1.02" + b"LOT-77".ljust(16) + b"SERIAL-998877".ljust(16)
    body += b"00000000012345" + b"\0\0"
    packet = body + bytes([-sum(body) & 0xFF])
    assert len(packet) == 67
    for step in (1, 10, None):
        out = cleaned("suntech", b"\x3e\x04\x4b\x73" + packet, step)
        assert b"998877" not in out
        assert b"12345" not in out
        assert out[4:22] == packet[:18]
        assert sum(out[4:]) % 256 == 0
    damaged = packet[:-1] + bytes([packet[-1] ^ 1])
    assert cleaned("suntech", damaged) == damaged
    assert b"998877" not in cleaned("suntech", damaged, secrets=["SERIAL-998877"])


def test_maibobo_tells_no_day():
    told_before = bytes([3, 15, 1, 6, 0, 26, 3, 14, 9, 26, 53, 0, 121, 0, 80, 0])
    told_before += bytes([66])
    result = b"\xaa\x80" + told_before + bytes([reduce(xor, told_before)])
    assert len(result) == 20
    for step in (1, None):
        out = cleaned("maibobo", b"\xaa" + result, step)[1:]
        assert out[7:13] == bytes([20, 1, 1, 0, 0, 0])
        assert (out[:7], out[13:-1]) == (result[:7], result[13:-1])
        assert reduce(xor, out[2:]) == 0


def test_contec_tells_no_name():
    name = b"\x05\x80" + bytes([0x80, *(0x80 | byte for byte in b"ZELDA ")])
    out = cleaned("contec", b"\x0c\x80" + name + b"\x0c\x80")
    assert len(name) == 9
    assert out[2:11] == b"\x05\x80\x80" + b"\xb0" * 6
    assert out[:2] == out[-2:] == b"\x0c\x80"


def test_the_clock_of_a_ge_monitor_is_in_none_of_its_bytes():
    taken = live_wire("ge-dri?format=carescape", 30)
    entries = list(clean("ge-dri", taken.entries))
    days = {int(datetime.fromisoformat(t + "+00:00").timestamp()) >> 16 for t in device_times(taken.events)}
    assert days
    before, after = bytes_of(taken.entries), bytes_of(entries)
    for day in days:
        high = day.to_bytes(2, "little")
        assert before.count(high) > 30
        assert after.count(high) < 5


def test_the_clock_of_an_intellivue_is_in_none_of_its_bytes():
    taken = live_wire("intellivue", 90)
    text = device_times(taken.events)[0]
    day = bytes.fromhex(text[:10].replace("-", ""))
    assert bytes_of(taken.entries).count(day) > 30
    assert day not in bytes_of(clean("intellivue", taken.entries))


def attribute(key, value):
    return key.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value


def text16(text):
    data = (text + "\0").encode("utf-16-be")
    return len(data).to_bytes(2, "big") + data


@pytest.mark.parametrize("object_id", [b"", bytes(6)])
def test_intellivue_tells_no_bed(object_id):
    model = attribute(0x0928, b"\0\x08Philips\0" + b"\0\x08M8004A\0\0")
    listed = model + attribute(0x091E, text16("BED ZELDA")) + attribute(0x0984, bytes(range(1, 9)))
    listed += attribute(0x092D, production())
    attributes = object_id + (4).to_bytes(2, "big") + len(listed).to_bytes(2, "big") + listed
    event = bytes.fromhex("002100000000 000abd00 0d06") + len(attributes).to_bytes(2, "big") + attributes
    body = bytes.fromhex("0001 0001") + len(event).to_bytes(2, "big") + event
    sent = framing.frame(bytes.fromhex("e1000002 0001") + len(body).to_bytes(2, "big") + body)
    entries = list(clean("intellivue", [WireChunk(0, Direction.IN, sent)]))
    assert text16("BED ZELDA") in sent
    assert b"\0Z\0E\0L" not in entries[0].data
    assert bytes(range(1, 9)) not in entries[0].data
    (told_now,) = [e for e in events_of("intellivue", entries) if isinstance(e, DeviceIdentified)]
    assert (told_now.manufacturer, told_now.model) == ("Philips", "M8004A")
    assert (told_now.serial, told_now.firmware) == ("0000000000", "K.21.61")


def production():
    entries = [(1, b"DE51812345"), (4, b"K.21.61")]
    listed = b"".join(struct.pack(">HHH", kind, 8, len(text)) + text for kind, text in entries)
    return struct.pack(">HH", len(entries), len(listed)) + listed


def test_intellivue_tells_no_serial_number_where_it_is_asked_for():
    """The answer to a single poll of the monitor itself."""
    listed = attribute(0x092D, production()) + attribute(0x091E, text16("BED ZELDA"))
    objects = struct.pack(">HHH", 0, 2, len(listed)) + listed
    contexts = struct.pack(">HHH", 0, 1, len(objects)) + objects
    clock = bytes.fromhex("2024013112345600")
    polled = struct.pack(">HI8sHHH", 1, 0x000ABD00, clock, 1, 0x21, 0x0810)
    polled += struct.pack(">HH", 1, len(contexts)) + contexts
    action = bytes.fromhex("0021 0000 0000 0c16") + struct.pack(">H", len(polled)) + polled
    body = struct.pack(">HHH", 1, 7, len(action)) + action
    sent = framing.frame(bytes.fromhex("e1000002 0002") + len(body).to_bytes(2, "big") + body)
    entries = list(clean("intellivue", [WireChunk(0, Direction.IN, sent)]))
    assert b"DE51812345" in sent
    assert b"DE51812345" not in entries[0].data
    assert b"\0Z\0E\0L" not in entries[0].data
    assert clock[:4] not in entries[0].data
    (told_now,) = [e for e in events_of("intellivue", entries) if isinstance(e, DeviceIdentified)]
    assert (told_now.serial, told_now.firmware) == ("0000000000", "K.21.61")


def test_intellivue_says_nothing_of_itself_but_its_model():
    taken = live_wire("intellivue", 10)
    create = bytes.fromhex("0D06")
    frame = next(e.data for e in taken.entries if isinstance(e, WireChunk) and create in e.data)
    entries = [WireChunk(0, Direction.IN, frame)]
    made = events_of("intellivue", [*clean("intellivue", entries)])
    models = [
        line["model"] for line in told(events_of("intellivue", entries))[0] if line["kind"] == "identity"
    ]
    assert models
    assert [line["model"] for line in told(made)[0] if line["kind"] == "identity"] == models


MEASUREMENT = bytes.fromhex("167d0050006600" + "e107" + "01100c2736" + "4000" + "0000")


@pytest.mark.parametrize(
    ("uuid", "data", "expected"),
    [
        ("2a25", b"SN-99 88\0", b"00-00 00\0"),
        ("2a23", b"\1\2\3\4\5\6\7\x08", bytes(8)),
        ("2a00", b"Zelda's ring", b"00000'0 0000"),
        ("2a08", bytes.fromhex("ea07030e091a35"), bytes.fromhex("e4070101000000")),
        ("2a08", bytes(7), bytes(7)),
        ("2a2b", bytes.fromhex("ea07030e091a35068000"), bytes.fromhex("e4070101000000008000")),
        ("2a35", MEASUREMENT, MEASUREMENT[:7] + bytes.fromhex("e4070101000000") + MEASUREMENT[14:]),
        ("2a35", MEASUREMENT[:4], MEASUREMENT[:4]),
        ("2a37", b"\x00\x48", b"\x00\x48"),
        ("2a1c", bytes.fromhex("02e7010000ea07030e091a35"), bytes.fromhex("02e7010000e4070101000000")),
        ("2a5e", bytes.fromhex("0160004700ea07030e091a35"), bytes.fromhex("0160004700e4070101000000")),
    ],
)
def test_bluetooth_characteristics(uuid, data, expected):
    assert cleaned("ble-blood-pressure", data, channel=full_uuid(uuid)) == expected
    assert cleaned("somebodys-own", data, channel=full_uuid(uuid)) == expected


def test_a_cuff_of_version_1_1_keeps_its_check_sum():
    body = bytes([0x62]) + bytes.fromhex("780050005a00") + (820_000_000).to_bytes(4, "little")
    body += (820_003_600).to_bytes(4, "little")
    uuid = full_uuid("2b34")
    sealed = body + crc_hqx(body, 0xFFFF).to_bytes(2, "little")
    for data in (body, sealed):
        out = cleaned("ble-blood-pressure", data, channel=uuid)
        assert len(out) == len(data)
        assert has_check_sum(out) == has_check_sum(data)
        frame = decode_enhanced(without_check_sum(out, None), 0)
        assert frame.device_time == "2020-01-01T01:00:00"
        assert frame.pressures == decode_enhanced(body, 0).pressures
    kept = bytes([3, 1, 0, 0x34, 0x2B]) + body
    assert cleaned("ble-blood-pressure", kept, channel=full_uuid("2b36"))[5:] == cleaned(
        "ble-blood-pressure", body, channel=uuid
    )


INFO = (
    b'{"Region":"CE","Model":"1652","SN":"2590C81234","CurTIME":"2026-03-14,09:26:53","CurBAT":"97%",'
    b'"FileList":"20260313221500,20260312220000,","BtName": "Zelda"}\0\0'
)


@pytest.mark.parametrize("step", [1, 20, None])
def test_a_ring_tells_neither_its_number_nor_its_nights(step):
    head = bytes.fromhex("5500ff0000") + len(INFO).to_bytes(2, "little")
    reply = head + INFO + bytes([crc8(head + INFO)])
    out = cleaned("ble-viatom", b"\x55\x01" + reply + reply, step, channel=VIATOM_REPLIES)
    assert len(out) == 2 + 2 * len(reply)
    assert out[2 : 2 + len(reply)] == out[2 + len(reply) :]
    assert crc8(out[2 : 2 + len(reply)]) == 0
    told_now = json.loads(out[2 + len(head) : 2 + len(head) + len(INFO) - 2])
    assert told_now == {
        "Region": "CE",
        "Model": "1652",
        "SN": "0000000000",
        "CurTIME": "0000-00-00,00:00:00",
        "CurBAT": "97%",
        "FileList": "00000000000000,00000000000000,",
        "BtName": "00000",
    }


def test_a_strap_that_was_set_does_not_tell_the_day():
    times = (826_000_000 * S, 826_000_000 * S + 7)
    frames = [b"\0" + at_ns.to_bytes(8, "little") + b"\0\1\2\3" for at_ns in times]
    entries = [WireChunk(number, Direction.IN, data, POLAR_DATA) for number, data in enumerate(frames)]
    moved = [int.from_bytes(e.data[1:9], "little") for e in clean("ble-polar-ecg", entries)]
    begin = (date(2020, 1, 1) - date(2000, 1, 1)).days * 86_400 * S
    assert moved == [begin, begin + 7]


@pytest.mark.parametrize("step", [1, 5, None])
def test_known_secrets_go_wherever_they_stand(step):
    address = "C1:00:00:AA:BB:02"
    raw = bytes.fromhex("c10000aabb02")
    data = b"<" + raw + b"|" + raw[::-1] + b"|c10000aabb02|XYZ-123456|xyz-123456|12345>"
    out = cleaned("raw", data, step, ["XYZ-123456", address, "12345", "  "])
    assert out == b"<" + bytes(6) + b"|" + bytes(6) + b"|000000000000|000-000000|000-000000|12345>"


def test_nothing_is_changed_where_nothing_is_known():
    data = random.Random(3).randbytes(5000)
    for driver in ("raw", "berry-pm6750", "ivy-450c", "dinamap", "par-nibp2020"):
        entries = chunks(data, 100)
        assert list(clean(driver, entries)) == entries


LINKS = st.builds(LinkChanged, st.sampled_from(LinkState), st.integers(0, 10 * S))
PIECES = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [MASIMO, MASIMO[:50], b"\x3e\x43", b"\x7e", b"\xc0", b"\xc1", b"\xaa\x80\x03\x0f\x01\x06", b"\n"]
    ),
)
CHANNELS = st.sampled_from(["", *COMMON, full_uuid("2a37")])
ENTRIES = st.lists(
    st.one_of(
        LINKS,
        st.builds(WireChunk, st.integers(0, 10 * S), st.sampled_from(Direction), PIECES, CHANNELS),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*POLICIES, "raw"]), ENTRIES, st.sampled_from([(), ("XYZ-123456",)]))
def test_any_bytes_come_out_in_order_and_of_the_same_length(driver, entries, secrets):
    out = list(clean(driver, entries, secrets))
    assert [(type(e), e.t_ns) for e in out] == [(type(e), e.t_ns) for e in entries]
    if driver in {"ge-dri", "intellivue"}:  # escapes may make a frame longer or shorter
        return
    for before, after in zip(entries, out, strict=True):
        if isinstance(before, WireChunk):
            assert (len(after.data), after.channel) == (len(before.data), before.channel)
        else:
            assert after == before


def test_a_frame_that_never_ends_is_let_go_and_little_is_held():
    fed = 0

    def endless():
        nonlocal fed
        for number in range(100_000):
            fed += 50
            yield WireChunk(number, Direction.IN, b"x" * 50)

    held = out = 0
    for entry in clean("masimo", endless(), ["XYZ-123456"]):
        out += len(entry.data)
        held = max(held, fed - out)
    assert out == 5_000_000
    assert held < 2000
