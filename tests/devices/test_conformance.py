"""Every driver there is, through the kit that authors of drivers are given, and the kit itself."""

import random
import time
from dataclasses import replace

import pytest
from nonin_frames import df1, df2, df7, packet, slow_bytes

from devices.drivers.nonin import DRIVER as NONIN
from devices.drivers.nonin.protocol import Nonin
from devices.protocol import SerialLink
from devices.registry import load
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


@pytest.mark.parametrize(
    ("driver", "sample"),
    [(driver, sample) for driver in ("suntech", "nonin") for sample in SAMPLES[driver]],
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
