"""What `kapmonitor decode` prints, as values: form, times, and independence of how the bytes were cut."""

import json
import random
import time

import pytest
from drivers import load
from nonin_frames import df2, df7, packet, slow_bytes

from devices.decode import decode, full_uuid, parse_ble_line

REGISTRY = load()
WAVE = [(i * 7) % 200 + 20 for i in range(25)]


def decoded(driver, data, rate=None, step=None):
    chunks = [data] if step is None else [data[i : i + step] for i in range(0, len(data), step)]
    lines = list(decode(REGISTRY.get(driver), chunks, rate))
    json.dumps(lines, allow_nan=False)
    return lines


def kinds(lines):
    return [line["kind"] for line in lines]


def test_the_form_of_each_line():
    bp = bytes.fromhex("3E1873004A001E01000000000000310755005800000000E9")
    lines = decoded("suntech", bytes.fromhex("3E044F6F 3E050201BA 3E044B73") + bp + b"\x3e\x05")
    t_ns = [int(count * 1e9 / 960) for count in (4, 9, 13, 37, 39)]
    assert lines[:3] == [
        {"t_ns": t_ns[0], "kind": "cuff", "state": "measuring"},
        {
            "t_ns": t_ns[1],
            "kind": "numeric",
            "metric": "MDC_PRESS_CUFF",
            "value": 258.0,
            "unit": "mm[Hg]",
            "validity": "Vld",
        },
        {"t_ns": t_ns[2], "kind": "cuff", "state": "idle"},
    ]
    assert [(line["metric"], line["value"], line["t_ns"]) for line in lines[3:7]] == [
        ("MDC_PRESS_BLD_NONINV_SYS", 115.0, t_ns[3]),
        ("MDC_PRESS_BLD_NONINV_DIA", 74.0, t_ns[3]),
        ("MDC_PRESS_BLD_NONINV_MEAN", 88.0, t_ns[3]),
        ("MDC_PULS_RATE_NON_INV", 85.0, t_ns[3]),
    ]
    assert lines[7:] == [
        {"t_ns": t_ns[4], "kind": "fault", "fault": "length", "size": 2, "head": "3e05"},
        {"kind": "end", "observations": 5, "samples": 0, "faults": 1, "fault_bytes": 2, "bytes": 39},
    ]


def test_absent_failed_and_identified():
    texts = b"LX-1.07 SFT-1.02LOT4711         SN0815          00000000000123\0\0"
    identity = b"\x3e\x43" + texts
    identity += bytes([-sum(identity) % 256])
    failed = bytes.fromhex("3E18" + "00" * 18 + "57000053")
    lines = decoded("suntech", identity + failed + bytes.fromhex("3E05FFFFBF"))
    assert kinds(lines) == ["identity", "cuff-failed", "numeric", "end"]
    assert lines[0]["serial"] == "SN0815"
    assert (lines[1]["failure"], lines[1]["raw"]) == ("cuff-loose", 87)
    assert (lines[2]["value"], lines[2]["raw"], lines[2]["validity"]) == (None, -1.0, "NA")


@pytest.mark.parametrize("frame", [df2, df7])
@pytest.mark.parametrize("step", [1, 7, 125, 1000, None])
def test_waves_are_joined_to_seconds_however_the_bytes_were_cut(frame, step):
    data = b"".join(f for _ in range(10) for f in packet(frame, WAVE, slow_bytes()))
    lines = decoded("nonin", data, step=step)
    waves = [line for line in lines if line["kind"] == "wave"]
    assert [len(line["samples"]) for line in waves] == [75, 75, 75, 25]
    assert waves[0]["samples"] == WAVE * 3
    assert waves[0]["fs"] == 75
    assert waves[0]["t_ns"] == int(75 * 5 * 1e9 / 960)
    assert lines == decoded("nonin", data)
    assert lines[-1]["samples"] == 250


def test_gaps_are_null_and_faults_part_the_lines():
    frames = [f for _ in range(4) for f in packet(df2, WAVE, slow_bytes())]
    frames[30] = frames[30][:-1] + bytes([frames[30][-1] ^ 1])
    lines = decoded("nonin", b"".join(frames))
    samples = [s for line in lines if line["kind"] == "wave" for s in line["samples"]]
    assert [i for i, s in enumerate(samples) if s is None] == [30]
    assert "fault" in kinds(lines)


def test_the_rate_sets_the_times():
    line = b"SPO2=097 HR=072\r\n"
    assert decoded("nonin", line, rate=17.0)[0]["t_ns"] == 1_000_000_000
    assert decoded("nonin", line)[0]["t_ns"] == int(17e9 / 960)


@pytest.mark.parametrize(
    "text",
    [
        "2A37 00 48",
        "0x2a37 0048",
        "2a37 0048",
        "00002A37-0000-1000-8000-00805F9B34FB 00 48",
        "00002a37 0048\r",
    ],
)
def test_ble_lines_in_every_spelling(text):
    assert parse_ble_line(text.encode()) == ("00002a37-0000-1000-8000-00805f9b34fb", b"\x00\x48")


@pytest.mark.parametrize("text", ["zz37 00", "2A37 0", "2A37 xx", "2A3", "", "\xff\xfe"])
def test_bad_ble_lines_are_none(text):
    assert parse_ble_line(text.encode("latin-1")) is None


def test_uuids():
    assert full_uuid("2A37") == "00002a37-0000-1000-8000-00805f9b34fb"
    assert full_uuid("FB005C80-02E7-F387-1CAD-8ACD2D8DF0C8") == "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
    assert full_uuid("2A3") is None


def test_ble_captures():
    capture = b"2A37 00 48\nnonsense\n\n2A37 00 49"
    lines = decoded("ble-heart-rate", capture)
    values = [(line["t_ns"], line["value"]) for line in lines if line["kind"] == "numeric"]
    assert values == [(1_000_000_000, 72.0), (3_000_000_000, 73.0)]
    faults = [line for line in lines if line["kind"] == "fault"]
    assert [(f["t_ns"], f["fault"], f["size"]) for f in faults] == [(2_000_000_000, "content", 8)]
    assert lines == decoded("ble-heart-rate", capture, step=3)
    assert decoded("ble-heart-rate", capture, rate=2.0)[0]["t_ns"] == 500_000_000


def test_a_real_ble_cuff_reading_carries_its_own_time():
    lines = decoded("ble-blood-pressure", b"2A35 167d0050006600e10701100c2736400000 00")
    systolic = next(line for line in lines if line.get("metric") == "MDC_PRESS_BLD_NONINV_SYS")
    assert systolic["value"] == 125.0
    assert systolic["device_time"] == "2017-01-16T12:39:54"


@pytest.mark.parametrize("driver", ["nonin", "suntech", "ble-heart-rate", "ble-blood-pressure"])
def test_nothing_in_nothing_out(driver):
    expected = {"kind": "end", "observations": 0, "samples": 0, "faults": 0, "fault_bytes": 0, "bytes": 0}
    assert decoded(driver, b"") == [expected]


@pytest.mark.parametrize("driver", ["nonin", "suntech", "ble-heart-rate", "ble-blood-pressure"])
def test_noise_is_counted_to_the_last_byte(driver):
    data = random.Random(11).randbytes(200_000)
    began = time.monotonic()
    end = decoded(driver, data, step=65536)[-1]
    assert time.monotonic() - began < 60
    assert (end["observations"], end["samples"]) == (0, 0)
    assert end["bytes"] == len(data)
    assert end["faults"] > 0
    if not driver.startswith("ble"):
        assert end["fault_bytes"] == len(data)
