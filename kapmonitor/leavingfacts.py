"""What the console knows of a person who is to leave, since when, and from which readings; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kapmonitor.consolefacts import console_fact
from kapmonitor.model import CuffReading, Measured
from kapmonitor.preflight import MUSIC, ROOM, STAFF
from kapmonitor.protocol.auto import Auto
from kapmonitor.scaledue import standing_scores
from kapmonitor.session.state import BEDSIDE
from kapmonitor.snapshot import Freshness, Snapshot

MINUTE_NS: Final = 60_000_000_000
TOO_OLD: Final = frozenset({Freshness.STALE, Freshness.NONE})
OF_SOUND: Final = {
    "staff-tone-heard": STAFF,
    "room-tone-heard": ROOM,
    "music-apart": MUSIC,
    "bedside-alarm-on": BEDSIDE,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A fact; `value` is None while it is not known, `since_t_ns` where it is not known since when."""

    value: float | bool | None = None
    since_t_ns: int | None = None
    readings: tuple[int, ...] = ()


NOT_KNOWN: Final = Known()


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to look at: the session with a dose or more, its cuff readings, oldest first."""

    snapshot: Snapshot
    cuffs: Sequence[CuffReading]
    back_within_mmhg: float
    now_ns: int

    @property
    def first_dose_ns(self) -> int:
        """When the first dose was given."""
        return min(dose.t_ns for dose in self.snapshot.session.doses)

    @property
    def last_dose_ns(self) -> int:
        """When the last one was."""
        return max(dose.t_ns for dose in self.snapshot.session.doses)

    def known(self, auto: Auto) -> Known:
        """The fact that a condition looks at; `since` is since when the condition holds without a break."""
        if auto.scale:
            return self._score(auto)
        if auto.fact == "pressure-back":
            return self._pressure_back()
        if auto.fact in ("minutes-since-dose", "minutes-since-last-dose"):
            from_ns = self.first_dose_ns if auto.fact == "minutes-since-dose" else self.last_dose_ns
            return Known((self.now_ns - from_ns) / MINUTE_NS, from_ns + round(auto.number * MINUTE_NS))
        if auto.fact == "no-alarm":
            return self._no_alarm()
        if auto.fact in OF_SOUND:
            return self._heard(OF_SOUND[auto.fact])
        return Known(console_fact(self.snapshot, auto.fact))

    def _score(self, auto: Auto) -> Known:
        """The newest score since the last dose, put right where somebody did; since when they have met it."""
        said = sorted(standing_scores(self.snapshot.session.care.scores), key=lambda score: score.t_ns)
        scores = [each for each in said if each.scale == auto.scale and each.t_ns >= self.last_dose_ns]
        if not scores:
            return NOT_KNOWN
        met = [bool(auto.met({auto.fact: float(score.score)})) for score in scores]
        since = _last_run([score.t_ns for score in scores], met)
        return Known(float(scores[-1].score), since, (scores[-1].t_ns,))

    def _pressure_back(self) -> Known:
        """Not known without a baseline, or where the newest reading since the dose is too old."""
        baseline = self.snapshot.baseline.baseline
        readings = [each for each in whole(self.cuffs) if each[0] >= self.last_dose_ns]
        if baseline is None or not readings or self.snapshot.nibp.freshness in TOO_OLD:
            return NOT_KNOWN
        if baseline.systolic is None or baseline.diastolic is None:
            return NOT_KNOWN
        highest = baseline.systolic + self.back_within_mmhg, baseline.diastolic + self.back_within_mmhg
        back = [systolic <= highest[0] and diastolic <= highest[1] for _, systolic, diastolic in readings]
        times = [t_ns for t_ns, _, _ in readings]
        return Known(back[-1], _last_run(times, back), (times[-1],))

    def _no_alarm(self) -> Known:
        ends = [span.t1_ns for span in self.snapshot.session.alarms if span.t1_ns is not None]
        return Known(console_fact(self.snapshot, "no-alarm"), max(ends, default=self.first_dose_ns))

    def _heard(self, of: str) -> Known:
        said = next((check for check in self.snapshot.session.sound_checks if check.of == of), None)
        return NOT_KNOWN if said is None else Known(said.heard, said.t_ns)


def whole(cuffs: Sequence[CuffReading]) -> tuple[tuple[int, float, float], ...]:
    """Time, systolic and diastolic of each reading that has both, oldest first; none of a device's memory."""
    found = [
        (reading.t_ns, reading.systolic.value, reading.diastolic.value)
        for reading in cuffs
        if isinstance(reading.systolic, Measured)
        and isinstance(reading.diastolic, Measured)
        and reading.failure is None
        and not reading.stored
    ]
    return tuple(sorted(found))


def _last_run(times: Sequence[int], met: Sequence[bool]) -> int | None:
    """When the last unbroken row of met ones began; None if the last one is not."""
    since = None
    for t_ns, each in zip(times, met, strict=True):
        since = (t_ns if since is None else since) if each else None
    return since
