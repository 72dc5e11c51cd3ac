"""All devices of a record and its alarms, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from devices.registry import Registry
from kapmonitor.record.cut import WireDevice, wire_devices
from kapmonitor.record.past import Past, Tell, past_of
from kapmonitor.record.reader import RecordReader
from kapmonitor.record.verify import DAMAGED, verify
from kapmonitor.rerun.alarms import rerun_alarms
from kapmonitor.rerun.compare import Outcome, Verdict
from kapmonitor.rerun.device import rerun_device


@dataclass(frozen=True, slots=True)
class Rerun:
    """How it came out: for each device what was compared, and the alarms.

    `first_bad` names the first entry that is not what was written, None if the record is not damaged.
    """

    past: Past
    devices: tuple[tuple[WireDevice, tuple[Outcome, ...]], ...]
    alarms: Outcome
    first_bad: str | None = None

    @property
    def is_identical(self) -> bool:
        """Whether all is the same, and nothing is missing that was once on record."""
        return self.first_bad is None and self.is_same

    @property
    def is_same(self) -> bool:
        """Whether all that can be compared is the same, and nothing that should be was left out."""
        outcomes = [*(each for _, found in self.devices for each in found), self.alarms]
        return all(each.verdict in (Verdict.IDENTICAL, Verdict.NOTHING) for each in outcomes)


def rerun(path: Path, registry: Registry, tell: Tell, ledger: Path | None = None) -> Rerun:
    """RecordError if the record cannot be read; `ledger` is this computer's file of heads."""
    verdict = verify(path, ledger)
    with RecordReader(path) as reader:
        past = past_of(reader)
        devices = wire_devices(reader)
        parts = len(devices) + 1
        found = tuple(
            (device, rerun_device(reader, past, device, registry, _part(tell, number, parts)))
            for number, device in enumerate(devices)
        )
        alarms = rerun_alarms(reader, past, _part(tell, parts - 1, parts))
    bad = (verdict.first_bad or "") if verdict.kind == DAMAGED else None
    return Rerun(past, found, alarms, bad)


def _part(tell: Tell, number: int, parts: int) -> Tell:
    return lambda share: tell((number + share) / parts)
