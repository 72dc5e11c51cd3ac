"""`make faults`: each simulated device with each fault, on a real port, recorded by the real program.

python tests/soak/every_fault.py [--driver ID ...] [--fault NAME ...] [--seconds N] [--jobs N] [--out FILE]

For each pair one `kapmonitor simulate` on a pseudo-terminal (Bluetooth: an emulated radio on a TCP port) and
one `kapmonitor record` of it run for a minute. A row of the table says what the status lines said and when,
what `kapmonitor verify` and the record say, how many faults were counted, and which stretches are missing. A
row is flagged if a program crashed or hung, if the record is not intact, or if a value was shown or recorded
that the simulated patient did not have; the answer is then 1.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

import virtual_faults
from driver_samples import UNCHECKED
from programs import Program, run
from virtual_faults import DIA, SPO2, SYS, Ranges, truth

from devices.sim.ble.faults import FAULTS as BLE_FAULTS
from devices.sim.faults import afflict, faults_of
from devices.sim.scenario import Bedside, bedside, scenario
from devices.sim.serve import DOSE_S, SIMULATORS
from kapmonitor.record.items import NumericRow
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.device_events import AlertEvent, CuffEvent, FaultsCounted, LinkEvent
from kapmonitor.session.events import AlarmChanged, SessionStarted

NONE = "none"
SECONDS, JOBS = 60, 8
PATIENCE_S = 45.0
"""A recording that has not ended so long after its time hangs."""
START_UP_S = 4.0
SEED, SCENARIO = 7, "quiet"
RATE = "MDC_PULS_OXIM_PULS_RATE"
SPOILING = {"bitflip", "gap", "truncate", "duplicate", "wrong-speed"}
GAP_S = 5.0
"""A number that comes all the time counts as missing after this."""
STATUS = re.compile(r"(\d\d):(\d\d):(\d\d)  (.*?)  HR (\S+)  SpO2 (\S+)  BP (\S+?)/(\S+)  .*")
WORDS = re.compile(r"(connecting|live.*|silent|garbled|lost.*|waiting|off)$")
QUIET = {"unarmed", "normal", "pending"}
HEAD = ("driver", "fault", "status lines", "record", "faults", "missing", "remark")


@dataclass(slots=True)
class Row:
    """What one pair came to; `flags` are what must not be, `notes` what may."""

    driver: str
    fault: str
    said: str = ""
    record: str = ""
    counted: str = ""
    missing: str = ""
    flags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is printed."""
        remark = "; ".join([*(f"FLAG {flag}" for flag in self.flags), *self.notes]) or "ok"
        return self.driver, self.fault, self.said, self.record, self.counted, self.missing, remark


@dataclass(frozen=True, slots=True)
class Patient:
    """The patient behind a simulated device; `zero_ns` is the clock's time at the patient's second 0."""

    room: Bedside
    zero_ns: int
    clean: Ranges

    def has(self, ref: str, value: float, t_ns: int, *, stored: bool = False) -> bool:
        """Whether the patient had that, within the errors of instruments; True where this is not known."""
        low, high = truth(self.room, ref, (t_ns - self.zero_ns) / 1e9, self.clean, stored=stored)
        known = ref in self.clean or ref in virtual_faults.SLACK
        return not known or low <= value <= high


def pairs(drivers: list[str], faults: list[str]) -> list[tuple[str, str]]:
    """Every device, without a fault and with each that makes sense; or those that were asked for."""
    possible = {driver: [NONE, *faults_of(driver)] for driver in SIMULATORS}
    for driver in sorted({driver for names in BLE_FAULTS.values() for driver in names}):
        possible[driver] = [NONE, *(name for name, names in BLE_FAULTS.items() if driver in names)]
    return [
        (driver, fault)
        for driver, names in possible.items()
        for fault in names
        if (not drivers or driver in drivers) and (not faults or fault in faults)
    ]


def look_at(driver: str, fault: str, seconds: int) -> Row:
    """Simulate, record, and say what came of it; whatever goes wrong is a flag."""
    row = Row(driver, fault)
    with tempfile.TemporaryDirectory(prefix="kap-faults-") as name:
        try:
            _run(row, Path(name), seconds)
        except Exception as error:  # noqa: BLE001 one row must not end the others
            row.flags.append(f"{type(error).__name__}: {error}")
    return row


def _run(row: Row, folder: Path, seconds: int) -> None:
    port = "tcp:0" if row.driver.startswith("ble-") else f"pty:{folder / 'port'}"
    words = ["simulate", row.driver, "--port", port, "--seed", SEED, "--scenario", SCENARIO]
    words += ["--fault", row.fault] if row.fault != NONE else []
    path = folder / "record.kap"
    with Program(*words) as simulator:
        device = simulator.wait_for(lambda line: "@" in line)
        patient = _patient(row, time.monotonic_ns())
        lines = _recorded(row, device, path, seconds)
        if simulator.process.poll() is not None:
            row.flags.append(f"the simulator ended: {simulator.errors[-1:]}")
    row.said = ", ".join(_spans(lines))
    _, answer, errors = run("verify", path)
    verdict = answer.splitlines()[0].rpartition(": ")[2] if answer else errors[-200:]
    if verdict != "intact":
        row.flags.append(f"verify says {verdict}")
    gaps = [line for line in answer.splitlines() if "missing:" in line]
    with RecordReader(path) as record:
        _read(row, record, verdict, gaps, lines, patient)


def _patient(row: Row, now_ns: int) -> Patient:
    begin_s = DOSE_S + scenario(SCENARIO).look_s
    room = bedside(SCENARIO, SEED, DOSE_S)
    if row.fault != NONE:
        afflict(room, row.fault, begin_s)
    clean = {} if row.driver.startswith("ble-") else _clean(row.driver)
    return Patient(room, now_ns - int(begin_s * 1e9), clean)


@cache
def _clean(driver: str) -> Ranges:
    """What the device gives without a fault; for what the patient's vital signs do not decide."""
    return virtual_faults.run(driver, None).ranges()


def _recorded(row: Row, device: str, path: Path, seconds: int) -> list[str]:
    """The status lines of a recording; a crash or a hang is a flag."""
    with Program("record", "--device", device, "--out", path, "--for", seconds) as recorder:
        try:
            code = recorder.process.wait(seconds + PATIENCE_S)
        except subprocess.TimeoutExpired:
            row.flags.append("the recording hung")
            return recorder.lines
        time.sleep(0.2)
        if code == 1:
            row.notes.append("never live")
        elif code != 0:
            row.flags.append(f"the recording ended with {code}")
        if any("Traceback" in line for line in recorder.errors):
            row.flags.append(f"crashed: {recorder.errors[-1]}")
        return recorder.lines


def _spans(lines: Iterable[str]) -> list[str]:
    """What was said of the link, from which to which second."""
    said = [(_second(found), _words(found)) for line in lines if (found := STATUS.fullmatch(line))]
    spans = []
    for words, group in groupby(said, key=lambda each: each[1]):
        seconds = [second for second, _ in group]
        spans.append(f"{words} {seconds[0]}-{seconds[-1]}")
    return spans


def _second(found: re.Match[str]) -> int:
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])


def _words(found: re.Match[str]) -> str:
    words = WORDS.search(found[4])
    return words[0] if words else found[4]


def _read(
    row: Row, record: RecordReader, verdict: str, gaps: list[str], lines: list[str], patient: Patient
) -> None:
    stamped = [each.stamped for each in record.events()]
    started_ns = next(s.t_ns for s in stamped if isinstance(s.event, SessionStarted))
    channels = {number: channel.ref for number, channel in record.channels().items()}
    rows = list(record.numerics())
    present = [each for each in rows if each.value is not None]
    told = [verdict, "links " + " > ".join(_links(s.event for s in stamped))]
    told.append(f"{len(present)} values, {len(rows) - len(present)} absent")
    told += [f"{sum(each.stored for each in rows)} stored"] if any(each.stored for each in rows) else []
    told += _events(s.event for s in stamped)
    row.record = "; ".join(told)
    counted: Counter[str] = Counter()
    for each in stamped:
        if isinstance(each.event, FaultsCounted):
            counted[each.event.kind] += each.event.faults
    row.counted = ", ".join(f"{kind} {count}" for kind, count in counted.items()) or "0"
    row.missing = "; ".join([*_stretches(present, channels, started_ns), *_waves(gaps)]) or "nothing"
    _compare(row, [*_untrue(present, channels, patient), *_shown(lines, started_ns, patient)])


def _links(events: Iterable[object]) -> list[str]:
    """The states a link went through, without the tries between."""
    states = [e.state + f" ({e.problem})" * (e.problem != "none") for e in events if isinstance(e, LinkEvent)]
    return [state for state, _ in groupby(state for state in states if state != "connecting")]


def _events(events: Iterable[object]) -> list[str]:
    """What the device said of itself, how its cuff failed, and which alarms there were."""
    words: Counter[str] = Counter()
    for event in events:
        match event:
            case AlertEvent(kind=kind, present=True):
                words[f"device says {kind}"] += 1
            case CuffEvent(failure=failure) if failure:
                words[f"cuff failed: {failure}"] += 1
            case AlarmChanged(condition=condition, before=before, after="active-unack") if before in QUIET:
                words[f"alarm {condition}"] += 1
    return [f"{what} ({count}x)" if count > 1 else what for what, count in words.items()]


def _stretches(rows: list[NumericRow], channels: dict[int, str], started_ns: int) -> list[str]:
    """Times without a number that comes all the time while all is well."""
    found = []
    for ref in (SPO2, RATE, "MDC_ECG_HEART_RATE"):
        times = [(row.t_ns - started_ns) / 1e9 for row in rows if channels[row.channel] == ref]
        usual_s = sorted(b - a for a, b in pairwise(times))[len(times) // 2 - 1] if len(times) > 2 else 0.0
        gaps = [f"{a:.0f}-{b:.0f} s" for a, b in pairwise(times) if b - a > max(GAP_S, 2 * usual_s)]
        if gaps:
            found.append(f"{ref.removeprefix('MDC_')} {', '.join(gaps)}")
    return found


def _waves(gaps: list[str]) -> list[str]:
    return [f"verify names {len(gaps)} missing stretches"] if gaps else []


def _untrue(rows: list[NumericRow], channels: dict[int, str], patient: Patient) -> list[str]:
    """Recorded values that the patient did not have; the memories of Bluetooth devices are made up."""
    return [
        f"{channels[row.channel]} {row.value:g} recorded"
        for row in rows
        if row.value is not None
        and not (row.stored and not patient.clean)
        and not patient.has(channels[row.channel], row.value, row.t_ns, stored=row.stored)
    ]


def _shown(lines: Iterable[str], started_ns: int, patient: Patient) -> list[str]:
    """Values in status lines that the patient did not have."""
    wrong = []
    for line in lines:
        if (found := STATUS.fullmatch(line)) is None:
            continue
        t_ns = started_ns + int(_second(found) * 1e9)
        for ref, word in ((RATE, found[5]), (SPO2, found[6]), (SYS, found[7]), (DIA, found[8])):
            if word.isdecimal() and not patient.has(ref, float(word), t_ns):
                wrong.append(f"{ref} {word} shown")
    return wrong


def _compare(row: Row, wrong: list[str]) -> None:
    """A wrong value is a flag, unless nothing in the device's bytes could have told it."""
    if not wrong:
        return
    text = f"{len(wrong)} values the patient did not have: {', '.join(wrong[:3])}"
    if row.fault in SPOILING and _unchecked(row.driver):
        row.notes.append(f"{text} (its bytes have no checksum)")
    else:
        row.flags.append(text)


def _unchecked(driver: str) -> bool:
    """Bluetooth payloads have none of their own, but for Viatom's: the radio's protects them."""
    if driver.startswith("ble-"):
        return driver != "ble-viatom"
    return f"{driver} {next(iter(SIMULATORS[driver]), '')}".strip() in UNCHECKED


def table(rows: Iterable[Row]) -> str:
    """As Markdown."""
    body = [HEAD, tuple("---" for _ in HEAD), *(row.cells for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |" for cells in body)


def _in_turn(number: int, jobs: int, driver: str, fault: str, seconds: int) -> Row:
    """The first ones begin one after another, so that not all of them start up at once."""
    time.sleep(number * START_UP_S if number < jobs else 0.0)
    row = look_at(driver, fault, seconds)
    print(f"{driver} {fault}: {row.cells[-1]}", file=sys.stderr, flush=True)
    return row


def main(words: list[str] | None = None) -> int:
    """Run the pairs and print their table; 1 if a row is flagged."""
    parser = argparse.ArgumentParser(description="each simulated device with each fault, recorded")
    parser.add_argument("--driver", action="append", default=[])
    parser.add_argument("--fault", action="append", default=[], help=f"a fault, or {NONE}")
    parser.add_argument("--seconds", type=int, default=SECONDS)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(words)
    wanted = pairs(given.driver, given.fault)
    if not wanted:
        parser.error("no such device with such a fault")
    for driver in {driver for driver, _ in wanted if not driver.startswith("ble-")}:
        _clean(driver)
    with ThreadPoolExecutor(given.jobs) as pool:
        futures = [
            pool.submit(_in_turn, number, given.jobs, driver, fault, given.seconds)
            for number, (driver, fault) in enumerate(wanted)
        ]
        rows = [future.result() for future in futures]
    text = table(rows)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n", "utf-8")
    flagged = sum(bool(row.flags) for row in rows)
    print(f"{len(rows)} rows, {flagged} flagged")
    return int(bool(flagged))


if __name__ == "__main__":
    raise SystemExit(main())
