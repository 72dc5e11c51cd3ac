"""Every driver there is, through the kit that authors of drivers are given, and the kit itself.

The samples are talks with the simulators (driver_samples), whose encoders are written apart from the drivers,
and the frames that somebody printed.
"""

import random
from dataclasses import replace

import pytest
from bench_drivers import cases, ratio
from driver_samples import TALKS, UNCHECKED, samples
from drivers import load

from devices.cuffhost.host import CuffHost
from devices.drivers.ble_heart_rate import DRIVER as STRAP
from devices.drivers.ble_heart_rate import HeartRateStrap
from devices.drivers.nonin import DRIVER as NONIN
from devices.drivers.nonin.protocol import Nonin
from devices.drivers.suntech import DRIVER as SUNTECH
from devices.drivers.suntech.protocol import make as make_suntech
from devices.protocol import CommandSpec, Evidence, GattAction, GattStep
from devices.sim.serve import SIMULATORS
from devices.testing import (
    MOST_HELD_BYTES,
    ConformanceError,
    GattSample,
    Sample,
    check_driver,
    check_garbage,
    run,
)
from kapmonitor.model import Absent, Measured, Metric, Observation, Validity

SPECS = load().specs
MEGABYTE = 1_000_000


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_conformance(spec, seed):
    check_driver(spec, samples(spec.id), seed)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_a_megabyte_of_garbage_is_no_value_and_leaves_memory_bounded(spec, record_property):
    held = check_driver(spec, (), 4, MEGABYTE)
    record_property("bytes_held", held)
    assert held < MOST_HELD_BYTES


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_every_driver_has_samples_of_each_format_of_its_simulator(spec):
    found = samples(spec.id)
    assert found
    if spec.transport == "serial":
        assert {taken.form for taken in TALKS[spec.id]} >= set(SIMULATORS[spec.id])
    else:
        assert all(isinstance(sample, GattSample) for sample in found)


def test_which_formats_have_no_checksum_is_said():
    unchecked = {
        f"{driver} {taken.form}".strip()
        for driver, talks in TALKS.items()
        for taken in talks
        if not taken.checked
    }
    assert unchecked == set(UNCHECKED)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
def test_samples_give_most_of_what_the_driver_says_it_gives(spec):
    """Each metric of a simulated device's, or a sample would test nothing of it."""
    told = set()
    for sample in samples(spec.id):
        told |= {ref for ref, _ in values_of(spec, sample)}
    declared = {metric.ref for metric in spec.metrics}
    assert told <= declared
    assert told


def values_of(spec, sample):
    from devices.testing import gatt, parts, wire

    if isinstance(sample, GattSample):
        return parts.values(gatt.play(spec, sample, sample.heard).events)
    return parts.values(wire.play(spec, sample, wire.singles(sample)).events)


@pytest.mark.speed
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_decoding_is_200_times_faster_than_the_line(case):
    assert max(ratio(case) for _ in range(3)) > 200


# The kit itself

DF2 = next(sample for sample in samples("nonin") if sample.name.startswith("df2"))
PRINTED = Sample("DF2", DF2.data)
EVIDENCE = Evidence("manual", documents=("a manual",), gaps=("not yet tried on one",))
STRAP_SAMPLE = samples("ble-heart-rate")[0]
OXIMETER = replace(NONIN, evidence=EVIDENCE, commands=())
CUFF = replace(SUNTECH, evidence=EVIDENCE)
WORN = replace(STRAP, evidence=EVIDENCE)


def test_the_drivers_that_are_broken_below_are_good_as_they_are():
    check_driver(OXIMETER, [PRINTED])
    check_driver(CUFF, [samples("suntech")[0]])
    check_driver(WORN, [STRAP_SAMPLE])


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


class HoardsHalfFrames(Broken):
    """Keeps all that follows the beginning of a frame."""

    def __init__(self, options):
        super().__init__(options)
        self.kept = []

    def receive(self, data, t_ns):
        if data.count(PRINTED.data[:2]) > 20:
            self.kept.append([data] * 10_000)
        return super().receive(data, t_ns)


class Invents(Broken):
    def receive(self, data, t_ns):
        events = super().receive(data, t_ns)
        return events + [told(t_ns, float(b)) for b in data if b == 97]


class InventsInGarbage(Broken):
    def receive(self, data, t_ns):
        events = super().receive(data, t_ns)
        return [*events, told(t_ns, 97.0)] if data.count(b"\xff\xff\xff\xff") > 100 else events


class InventsInNoise(Broken):
    def receive(self, data, t_ns):
        events = super().receive(data, t_ns)
        return [*events, told(t_ns, 12.0)] if len(data) == 17 else events


class NeverForgets(Broken):
    def opened(self, t_ns):
        pass

    def closed(self, t_ns):
        return []


class DeadlineStands(Broken):
    def __init__(self, options):
        super().__init__(options)
        self.deadline_ns = 5


class SendsTwice(Broken):
    def data_to_send(self):
        return b"x"


class SendsUnlisted(Broken):
    def opened(self, t_ns):
        super().opened(t_ns)
        self.out = b"x"

    def data_to_send(self):
        out, self.out = self.out, b""
        return out


class TellsUndeclared(Broken):
    def receive(self, data, t_ns):
        other = Metric(SUNTECH.metrics[0].term, "other")
        return [*super().receive(data, t_ns), Observation(other, t_ns, Measured(1.0))]


class TellsTheFuture(Broken):
    def receive(self, data, t_ns):
        return [*super().receive(data, t_ns), told(t_ns + 10**12, 97.0)]


class TellsNothingAsANumber(Broken):
    def receive(self, data, t_ns):
        return [*super().receive(data, t_ns), told(t_ns, float("nan"))]


class CallsAnAbsentValueValid(Broken):
    def receive(self, data, t_ns):
        absent = Observation(NONIN.metrics[0], t_ns, Absent(Validity.VALID))
        return [*super().receive(data, t_ns), absent]


def told(t_ns, value):
    return Observation(NONIN.metrics[0], t_ns, Measured(value))


@pytest.mark.parametrize(
    ("protocol", "rule"),
    [
        (DependsOnCuts, "cut"),
        (Hoards, "still held"),
        (HoardsHalfFrames, "half frames .* still held"),
        (Invents, "cut|noise"),
        (InventsInGarbage, "ones bytes .* became"),
        (InventsInNoise, "noise became|cut"),
        (NeverForgets, "reopened|nothing comes|cut"),
        (DeadlineStands, "still due"),
        (SendsTwice, "twice"),
        (SendsUnlisted, "not listed: 78"),
        (TellsUndeclared, "not in the driver's metrics"),
        (TellsTheFuture, "the time of"),
        (TellsNothingAsANumber, "not a proper event"),
        (CallsAnAbsentValueValid, "not a proper event"),
    ],
)
def test_the_kit_finds_a_driver_that_breaks_a_rule(protocol, rule):
    with pytest.raises(ConformanceError, match=rule):
        check_driver(replace(OXIMETER, protocol=protocol), [PRINTED])


def test_the_kit_lets_a_drivers_own_exception_through():
    with pytest.raises(ValueError, match=r"^$"):
        check_garbage(replace(OXIMETER, protocol=Raises))


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Bad Id"},
        {"metrics": ()},
        {"label": ""},
        {"evidence": replace(EVIDENCE, level="hope")},
        {"evidence": replace(EVIDENCE, documents=())},
        {"evidence": replace(EVIDENCE, level="capture")},
        {"evidence": replace(EVIDENCE, gaps=())},
        {"evidence": replace(EVIDENCE, vectors=("",))},
        {"link": replace(NONIN.link, baud=0)},
        {"link": replace(NONIN.link, also=(replace(NONIN.link, also=(NONIN.link,)),))},
        {"link": STRAP.link},
        {"commands": (CommandSpec("stop", ""),)},
        {"options": (replace(SUNTECH.options[0], default="giant"),)},
        {"options": (SUNTECH.options[0], SUNTECH.options[0])},
    ],
)
def test_the_kit_checks_what_is_said_of_a_driver(wrong):
    with pytest.raises(ConformanceError):
        check_driver(replace(OXIMETER, **wrong))


class Suntech(CuffHost):
    def __init__(self, options):
        vars(self).update(vars(make_suntech(options)))


class StartsInNoise(Suntech):
    heard = 0

    def receive(self, data, t_ns):
        self.heard += len(data)
        if self.heard > 4_000:
            super().start_cuff(t_ns)
        return super().receive(data, t_ns)


class StartsInSilence(Suntech):
    def on_deadline(self, now_ns):
        events = super().on_deadline(now_ns)
        super().start_cuff(now_ns)
        return events


class StartsAfterReopening(Suntech):
    asked = False

    def start_cuff(self, t_ns):
        self.asked = True
        super().start_cuff(t_ns)

    def opened(self, t_ns):
        super().opened(t_ns)
        if self.asked:
            super().start_cuff(t_ns)


class NeverStarts(Suntech):
    def start_cuff(self, t_ns):
        pass


@pytest.mark.parametrize(
    ("protocol", "rule"),
    [
        (StartsInNoise, "starts the cuff unasked"),
        (StartsInSilence, "sends nothing but"),
        (StartsAfterReopening, "starts the cuff unasked"),
        (NeverStarts, "sends nothing but"),
    ],
)
def test_the_kit_finds_a_cuff_that_is_started_by_nobody(protocol, rule):
    with pytest.raises(ConformanceError, match=rule):
        check_driver(replace(CUFF, protocol=protocol), [samples("suntech")[0]])


class GattInvents(HeartRateStrap):
    def receive(self, uuid, data, t_ns):
        events = super().receive(uuid, data, t_ns)
        return events if data else [*events, Observation(STRAP.metrics[0], t_ns, Measured(60.0))]


class GattRaises(HeartRateStrap):
    def receive(self, uuid, data, t_ns):
        if len(data) == 1:
            raise IndexError
        return super().receive(uuid, data, t_ns)


class GattWrites(HeartRateStrap):
    def opened(self, t_ns):
        return (*super().opened(t_ns), GattStep(GattAction.WRITE, STRAP.link.services[0], b"\1"))


class GattHoards(HeartRateStrap):
    def __init__(self, options):
        super().__init__(options)
        self.all = []

    def receive(self, uuid, data, t_ns):
        self.all.append([data] * 100)
        return super().receive(uuid, data, t_ns)


class GattKnowsAll(HeartRateStrap):
    def receive(self, uuid, data, t_ns):
        return super().receive("00002a37-0000-1000-8000-00805f9b34fb", data, t_ns)


@pytest.mark.parametrize(
    ("protocol", "error", "rule"),
    [
        (GattInvents, ConformanceError, "cut at 0"),
        (GattRaises, IndexError, None),
        (GattWrites, ConformanceError, "not listed: .'01'"),
        (GattHoards, ConformanceError, "still held"),
        (GattKnowsAll, ConformanceError, "unknown characteristic|left out|cut at"),
    ],
)
def test_the_kit_finds_a_bluetooth_driver_that_breaks_a_rule(protocol, error, rule):
    with pytest.raises(error, match=rule):
        check_driver(replace(WORN, protocol=protocol), [STRAP_SAMPLE])


def test_noise_of_many_seeds_is_no_value():
    for seed in range(20):
        data = random.Random(seed).randbytes(50_000)
        for spec in (NONIN, SUNTECH):
            assert not [e for e in run(spec, [data]) if isinstance(e, Observation)]
