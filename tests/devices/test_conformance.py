"""Every driver there is, through the kit that authors of drivers are given, and the kit itself."""

import random
import time
from dataclasses import replace

import ge_bench
import intellivue_frames as intellivue
import pytest
from nonin_frames import df1, df2, df7, packet, slow_bytes

from devices.drivers.nonin import DRIVER as NONIN
from devices.drivers.nonin.protocol import Nonin
from devices.protocol import SerialLink
from devices.registry import load
from devices.sim.ivy_450c import Screen
from devices.sim.ivy_450c import frame as ivy_frame
from devices.testing import ConformanceError, GattSample, Sample, check_driver, check_garbage, run
from kapmonitor.model import Measured, Observation

SPECS = load().specs
WAVE = [(i * 7) % 200 + 20 for i in range(25)]
BLE = "0000{}-0000-1000-8000-00805f9b34fb"


def packets(frame, count, **slow):
    return b"".join(f for _ in range(count) for f in packet(frame, WAVE, slow_bytes(**slow)))


DETERMINATION = bytes.fromhex(
    "3E044F6F 3E050000BD 3E058E002F 3E050201BA 3E04427C 3E044B73"
    "3E1873004A001E01000000000000310755005800000000E9"
    "3E044F6F 3E058E002F 3E04417D 3E044B73 3E1800000000000000000000000000000000000000 57000053".replace(
        " ", ""
    )
)

SAMPLES = {
    "suntech": [Sample("two determinations, one aborted", DETERMINATION)],
    "nonin": [
        Sample("DF2", packets(df2, 4, rate_display=72, spo2_display=97)),
        Sample("DF7", packets(df7, 4, battery=1)),
        Sample("DF1", b"".join(df1(72 + i % 3, 97) for i in range(12)), checked=False),
        Sample("text", b"NONIN\r\n" + b"SPO2=097 HR=072\r\nSPO2=--- HR=--- F\r\n" * 4),
        Sample("public frames", bytes.fromhex("0181010083018001 48CA".replace(" ", ""))),
        Sample("one format after another", packets(df2, 2) + packets(df7, 2) + b"SPO2=097 HR=072\r\n"),
    ],
    "ivy-450c": [
        Sample(
            "three seconds",
            b"\xfe"
            + b"".join(
                ivy_frame(bytes(range(200)) * 2, Screen(80, 14, None, spo2, 80, (121, 75, 90, 80)))
                for spo2 in (97, 98, None)
            ),
            checked=False,
        )
    ],
    "masimo": [
        Sample(
            "a Rad-8, then a Radical-7 without a sensor",
            b"02/22/16 22:47:45 SN=0000056661 SPO2=098% BPM=097 PI=03.60% ALARM=0000 EXC=000800\r\n\r\n"
            b"02/22/16 22:47:46 SN=0000056661 SPO2=---% BPM=--- PI=--.--% ALARM=0020 EXC=000820\r\n\r\n"
            b"05/15/07 08:12:21 SN=0000070986 SPO2=---% BPM=--- PVI=--- ALARM=0000 EXC=000001\r\n\r\n",
            checked=False,
        )
    ],
    "nellcor": [
        Sample(
            "headings and three rows",
            b"N-395 VERSION 2.0.0.0   CRC: XXXX   SpO2 Limit: 70-100%   PR Limit: 60-160BPM\r\n"
            b"                 ADULT 0SAT-S  SPO2 RESP MODE: NORMAL\r\n"
            b"TIME               %SPO2   BPM   PA   Status\r\n"
            b"12-NOV-97 14:00:05   100    120   50\r\n"
            b"12-NOV-97 14:00:07    88*   118   20  SL\r\n"
            b"12-NOV-97 14:00:09   ---    ---  ---  SO\r\n",
            checked=False,
        )
    ],
    "ge-dri": [
        Sample("values and a wave", bytes.fromhex(ge_bench.REPLY) + bytes.fromhex(ge_bench.PLETH_BLOCK)),
        Sample("a session", ge_bench.session()),
    ],
    "intellivue": [
        Sample("numbers and a wave", intellivue.NUMERICS + intellivue.PLETH + intellivue.NUMERICS),
        Sample("a wave", intellivue.PLETH * 5),
        Sample(
            "association", intellivue.ACCEPT + intellivue.create() + intellivue.NUMERICS + intellivue.ABORT
        ),
    ],
    "ble-heart-rate": [
        GattSample(
            "straps", tuple((BLE.format("2a37"), bytes.fromhex(h)) for h in ("0048", "163deb03f203", "0400"))
        )
    ],
    "ble-blood-pressure": [
        GattSample(
            "real cuff",
            ((BLE.format("2a35"), bytes.fromhex("167d0050006600e10701100c273640000000")),),
        )
    ],
}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_conformance(spec, seed):
    check_driver(spec, SAMPLES.get(spec.id, ()), seed)


def test_every_built_in_driver_has_samples():
    assert {spec.id for spec in SPECS} >= set(SAMPLES)
    assert all(SAMPLES.values())


@pytest.mark.speed
@pytest.mark.parametrize(
    ("driver", "sample"),
    [
        (spec.id, sample)
        for spec in SPECS
        if isinstance(spec.link, SerialLink)
        for sample in SAMPLES.get(spec.id, ())
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_decoding_is_200_times_faster_than_the_line(driver, sample):
    spec = load().get(driver)
    assert isinstance(spec.link, SerialLink)
    data = sample.data * max(1, 400_000 // len(sample.data))
    pieces = [data[i : i + 32] for i in range(0, len(data), 32)]
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        run(spec, pieces)
        best = min(best, time.process_time() - began)
    assert len(data) / best > 200 * spec.link.baud / 10


# The kit itself


class Broken(Nonin):
    """A driver with one fault."""


class DependsOnCuts(Broken):
    def receive(self, data, t_ns):
        events = super().receive(data, t_ns)
        return events if len(data) != 7 else events[1:]


class Raises(Broken):
    def receive(self, data, t_ns):
        if b"\x00\x00" in data:
            raise ValueError
        return super().receive(data, t_ns)


class Hoards(Broken):
    def __init__(self, options):
        super().__init__(options)
        self.all = []

    def receive(self, data, t_ns):
        self.all += list(data)
        self.all.append([data] * 50)
        return super().receive(data, t_ns)


class Invents(Broken):
    def receive(self, data, t_ns):
        events = super().receive(data, t_ns)
        made_up = [Observation(NONIN.metrics[0], t_ns, Measured(float(b))) for b in data if b == 97]
        return events + made_up


class NeverForgets(Broken):
    def opened(self, t_ns):
        pass

    def closed(self, t_ns):
        return []


class DeadlineStands(Broken):
    def __init__(self, options):
        super().__init__(options)
        self.deadline_ns = 5


class SendsTwice(DeadlineStands):
    def data_to_send(self):
        return b"x"


@pytest.mark.parametrize(
    ("protocol", "rule"),
    [
        (DependsOnCuts, "cut"),
        (Hoards, "still held"),
        (Invents, "cut"),
        (NeverForgets, "reopened|nothing comes|cut"),
        (DeadlineStands, "still due"),
        (SendsTwice, "twice"),
    ],
)
def test_the_kit_finds_a_driver_that_breaks_a_rule(protocol, rule):
    spec = replace(NONIN, protocol=protocol)
    with pytest.raises(ConformanceError, match=rule):
        check_driver(spec, [SAMPLES["nonin"][0]])


def test_the_kit_lets_a_drivers_own_exception_through():
    with pytest.raises(ValueError, match=r"^$"):
        check_garbage(replace(NONIN, protocol=Raises))


@pytest.mark.parametrize(
    "wrong",
    [{"id": "Bad Id"}, {"metrics": ()}, {"label": ""}, {"evidence": replace(NONIN.evidence, level="hope")}],
)
def test_the_kit_checks_what_is_said_of_a_driver(wrong):
    with pytest.raises(ConformanceError):
        check_driver(replace(NONIN, **wrong))


def test_noise_of_many_seeds_is_no_value():
    for seed in range(20):
        data = random.Random(seed).randbytes(50_000)
        for spec in (load().get("nonin"), load().get("suntech")):
            assert not [e for e in run(spec, [data]) if isinstance(e, Observation)]
