"""The newest numbers of each device, whole cuff readings, and which source stands for a role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kapmonitor import mdc
from kapmonitor.model import (
    Absent,
    CuffReading,
    Measured,
    NibpFailure,
    Observation,
    Reading,
    Validity,
)
from kapmonitor.plausible import cuff_is_plausible, pressed
from kapmonitor.session.events import SourceShown
from kapmonitor.view import Role

SOURCES: Final[dict[Role, tuple[str, ...]]] = {
    Role.HR: (mdc.HEART_RATE.ref, mdc.PULSE_RATE.ref),
    Role.SPO2: (mdc.SPO2.ref,),
}
"""The metrics that can stand for a continuous role, the preferred one first."""

FALL_BACK_NS: Final = 10_000_000_000
"""Without a valid reading from the preferred source for this long, the next one is shown, with its name."""

CONTINUOUS_FRESH_NS: Final = 3_000_000_000
"""A heart rate or saturation older than this is not shown: it would pass for live."""

PERIODS_FRESH: Final = 1.5
"""Where a device sends more rarely than that allows, a value holds until the next is half a period late."""

CUFF_STANDS_IN_NS: Final = 15 * 60_000_000_000

NIBP_REFS: Final = frozenset({mdc.NIBP_SYS.ref, mdc.NIBP_DIA.ref, mdc.NIBP_MEAN.ref, mdc.NIBP_PULSE.ref})


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest reading of one metric of one device, when last valid (0: never), how often it comes."""

    device: str
    t_ns: int
    reading: Reading
    valid_t_ns: int
    period_s: float = 1.0


class Vitals:
    """Owned by the engine; times are the observations' own."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], Latest] = {}
        self._parts: dict[str, list[Observation]] = {}
        self._cuffs: dict[str, CuffReading] = {}
        self._preferred: dict[Role, str] = {}

    def twin(self) -> Vitals:
        """The same, to go on by itself."""
        twin = Vitals()
        twin._latest, twin._cuffs = dict(self._latest), dict(self._cuffs)
        twin._preferred = dict(self._preferred)
        twin._parts = {device: list(parts) for device, parts in self._parts.items()}
        return twin

    def observe(self, device: str, observation: Observation) -> None:
        """Take one gated observation; a stored one never becomes the newest number."""
        ref, reading = observation.metric.ref, observation.reading
        if ref in NIBP_REFS:
            self._parts.setdefault(device, []).append(observation)
            return
        if observation.stored:
            return
        known = self._latest.get((device, ref))
        valid = observation.t_ns if isinstance(reading, Measured) else (known.valid_t_ns if known else 0)
        self._latest[device, ref] = Latest(
            device, observation.t_ns, reading, valid, observation.metric.period_s
        )

    def prefer(self, role: Role, device: str) -> None:
        """Somebody chose this device for a role; others stand in for it only while it has nothing."""
        self._preferred[role] = device

    def doubt(self, device: str, t_ns: int) -> None:
        """Another device answers in this one's place: it has no value until it is confirmed.

        Its last cuff reading was its own and stays, with its age.
        """
        self._parts.pop(device, None)
        gone = Absent(Validity.NOT_AVAILABLE)
        for key, latest in self._latest.items():
            if key[0] == device:
                self._latest[key] = Latest(device, t_ns, gone, 0, latest.period_s)

    def forget(self, device: str) -> None:
        """Nothing this device said stands for anything from now on."""
        self._latest = {key: latest for key, latest in self._latest.items() if key[0] != device}
        self._parts.pop(device, None)
        self._cuffs.pop(device, None)

    def finished_cuffs(self, now_ns: int) -> tuple[CuffReading, ...]:
        """Cuff readings that have come in, oldest first; parts belong together if they share a time."""
        out: list[CuffReading] = []
        for device, parts in self._parts.items():
            times = dict.fromkeys((part.t_ns, part.device_time, part.stored) for part in parts)
            for key in times:
                group = [part for part in parts if (part.t_ns, part.device_time, part.stored) == key]
                out.append(_whole(device, group))
        self._parts.clear()
        for reading in out:
            self._note_cuff(reading)
        return tuple(sorted(out, key=lambda reading: reading.t_ns))

    def failed_cuff(self, device: str, failure: NibpFailure, t_ns: int) -> CuffReading:
        """A determination that ended without numbers; the last good one stays the newest."""
        gone = Absent(Validity.INVALID)
        return CuffReading(t_ns, device, gone, gone, gone, gone, failure)

    def _note_cuff(self, reading: CuffReading) -> None:
        known = (pressed(ref, part) for ref, part in pressures(reading) if ref != mdc.NIBP_DIA.ref)
        if not reading.stored and any(value is not None for value in known):
            self._cuffs[reading.device] = reading

    def cuff(self, now_ns: int) -> CuffReading | None:
        """The reading that stands for the blood pressure: the newest, whichever cuff it is of.

        Where somebody chose a cuff, its own, until that is a quarter of an hour old.
        """
        if not self._cuffs:
            return None
        newest = max(self._cuffs.values(), key=lambda reading: reading.t_ns)
        own = self._cuffs.get(self._preferred.get(Role.NIBP_SYS, ""), newest)
        return newest if now_ns - own.t_ns > CUFF_STANDS_IN_NS else own

    def newest(self, device: str, ref: str) -> Latest | None:
        """The newest reading of one metric of one device."""
        return self._latest.get((device, ref))

    def chosen(self, role: Role, now_ns: int) -> tuple[Latest, str] | None:
        """The reading that stands for a role now, with its metric: the preferred source while it is alive."""
        newest: tuple[Latest, str] | None = None
        for latest, ref in self._sources(role):
            if _is_alive(latest, now_ns):
                return latest, ref
            if newest is None or latest.t_ns > newest[0].t_ns:
                newest = (latest, ref)
        return newest

    def source_of(self, role: Role, now_ns: int) -> str:
        """The device whose values stand for a role, also a cuff's, now; empty if there is none."""
        if role in SOURCES:
            chosen = self.chosen(role, now_ns)
            return chosen[0].device if chosen is not None else ""
        last = self.cuff(now_ns)
        return last.device if last is not None else ""

    def sources(self, role: Role, now_ns: int) -> tuple[str, ...]:
        """The devices that could stand for a role now, the preferred one first."""
        alive = (latest.device for latest, _ in self._sources(role) if _is_alive(latest, now_ns))
        return tuple(dict.fromkeys(alive))

    def _sources(self, role: Role) -> Iterator[tuple[Latest, str]]:
        """The chosen device's readings, then everybody's, the better metric first, the older device first."""
        preferred = self._preferred.get(role)
        for wanted in (True, False):
            for ref in SOURCES[role]:
                for (device, known_ref), latest in self._latest.items():
                    if known_ref == ref and (device == preferred) is wanted:
                        yield latest, ref


def pressures(reading: CuffReading) -> tuple[tuple[str, Reading], ...]:
    """Systolic, diastolic and mean of a determination, each with its metric."""
    return (
        (mdc.NIBP_SYS.ref, reading.systolic),
        (mdc.NIBP_DIA.ref, reading.diastolic),
        (mdc.NIBP_MEAN.ref, reading.mean),
    )


def is_fresh(t_ns: int, now_ns: int, period_s: float = 1.0) -> bool:
    """Whether a continuously measured value that arrived at `t_ns` may still pass for the present one."""
    return now_ns - t_ns <= max(CONTINUOUS_FRESH_NS, int(PERIODS_FRESH * period_s * 1e9))


def usable(reading: Reading, t_ns: int, now_ns: int, period_s: float = 1.0) -> float | None:
    """A continuous value if it is valid and fresh, else None."""
    if isinstance(reading, Measured) and is_fresh(t_ns, now_ns, period_s):
        return reading.value
    return None


class Shown:
    """Which device's values the dashboard shows; tells whenever that changes, so that a replay can follow."""

    def __init__(self, told: Iterable[SourceShown] = ()) -> None:
        self._told = {Role(shown.role): (shown.device, shown.ref) for shown in told}

    def changes(
        self, vitals: Vitals, speaks: Callable[[str], bool], now_ns: int
    ) -> Iterator[tuple[SourceShown, int]]:
        """What is to be told, and since when it holds; a device that does not speak shows nothing."""
        for role in SOURCES:
            chosen = vitals.chosen(role, now_ns)
            if chosen is not None and not speaks(chosen[0].device):
                chosen = None
            source = (chosen[0].device, chosen[1]) if chosen is not None else ("", "")
            if source != self._told.get(role, ("", "")):
                self._told[role] = source
                yield SourceShown(role.value, *source), chosen[0].t_ns if chosen is not None else now_ns


def _is_alive(latest: Latest, now_ns: int) -> bool:
    return bool(latest.valid_t_ns) and now_ns - latest.valid_t_ns <= FALL_BACK_NS


def _whole(device: str, parts: list[Observation]) -> CuffReading:
    by_ref = {part.metric.ref: part.reading for part in parts}
    missing = Absent(Validity.NOT_AVAILABLE)
    systolic = by_ref.get(mdc.NIBP_SYS.ref, missing)
    diastolic = by_ref.get(mdc.NIBP_DIA.ref, missing)
    mean = by_ref.get(mdc.NIBP_MEAN.ref, missing)
    pulse = by_ref.get(mdc.NIBP_PULSE.ref, missing)
    if not cuff_is_plausible(systolic, diastolic, mean):
        systolic, diastolic, mean = (_doubted(reading) for reading in (systolic, diastolic, mean))
    return CuffReading(
        parts[0].t_ns, device, systolic, diastolic, mean, pulse, stored=any(part.stored for part in parts)
    )


def _doubted(reading: Reading) -> Reading:
    return Absent(Validity.INVALID, reading.value) if isinstance(reading, Measured) else reading
