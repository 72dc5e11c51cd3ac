"""What happens in a simulated session: a kind of patient and incidents at set times from the dose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from devices.sim.patient import Dose, Episode, Patient, Traits, draw_traits
from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Route

QUIET_RISES: Final = ((6.0, 18.0), (3.0, 12.0), (0.0, 8.0))
"""Least and most rise of systolic, diastolic and pulse in a quiet session."""


class IncidentKind(StrEnum):
    """What may happen at the bedside."""

    FINGER_OFF = "finger-off"
    SENSOR_OFF = "sensor-off"
    CABLE_OUT = "cable-out"
    CUFF_LEAK = "cuff-leak"
    MOTION = "motion"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happens to a device; `device` is a driver id, empty for all whom it can concern."""

    kind: IncidentKind
    t_s: float
    duration_s: float
    device: str = ""
    every_s: float = float("inf")
    """It comes back after this long."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named course of a session. Times count from the dose; `look_s` is a good moment to begin watching."""

    name: str
    help: str
    traits: Traits | None = None
    incidents: tuple[Incident, ...] = ()
    episodes: tuple[Episode, ...] = ()
    same_arm: bool = False
    look_s: float = -120.0


HYPERTENSIVE: Final = Traits(systolic=138, diastolic=84, pulse=74, rises=(52, 28, 11), dips=False)
STEADY: Final = Traits(rises=(14, 9, 4), dips=False)

_ALL: Final = (
    Scenario("quiet", "an ordinary session without any alarm"),
    Scenario(
        "hypertensive", "the pressure passes 180 about half an hour after the dose", HYPERTENSIVE, look_s=1500
    ),
    Scenario(
        "desaturation",
        "the oxygen saturation falls to about 84 twice, for a minute and a half each time",
        STEADY,
        episodes=(Episode(900, 100, spo2=-13.5), Episode(1800, 90, spo2=-13.0)),
        look_s=810,
    ),
    Scenario(
        "cable-pulled",
        "the oximeter's cable is pulled out and put back; later the finger slips out of the sensor",
        STEADY,
        (
            Incident(IncidentKind.CABLE_OUT, 600, 45, "nonin"),
            Incident(IncidentKind.CABLE_OUT, 1500, 90, "nonin"),
            Incident(IncidentKind.FINGER_OFF, 1900, 60),
        ),
        look_s=570,
    ),
    Scenario(
        "leaky-cuff",
        "the cuff leaks for a quarter of an hour, then the arm moves",
        STEADY,
        (Incident(IncidentKind.CUFF_LEAK, 600, 900), Incident(IncidentKind.MOTION, 1800, 300, "suntech")),
        look_s=570,
    ),
    Scenario(
        "same-arm",
        "the oximeter sits on the cuff's arm and loses the pulse at each inflation",
        STEADY,
        same_arm=True,
    ),
    Scenario("any", "whatever the seed draws, rare high pressures and dips of the saturation included"),
)
SCENARIOS: Final = {scenario.name: scenario for scenario in _ALL}


class Bedside:
    """One patient with all that happens around them; shared by the devices of one room."""

    def __init__(
        self, patient: Patient, incidents: tuple[Incident, ...] = (), *, same_arm: bool = False
    ) -> None:
        self.patient = patient
        self.incidents = incidents
        self.same_arm = same_arm
        self.cuff_mmhg = 0.0
        """Pressure in the cuff now; kept by the simulated cuff."""

    def happening(self, kind: IncidentKind, t_s: float, device: str = "") -> Incident | None:
        """The incident of that kind which concerns the device at that time."""
        for incident in self.incidents:
            concerned = incident.device in {"", device}
            since_s = t_s - incident.t_s
            running = since_s >= 0 and since_s % incident.every_s < incident.duration_s
            if incident.kind is kind and concerned and running:
                return incident
        return None

    def cable_in(self, device: str, t_ns: int) -> bool:
        """Whether that device's cable is plugged in."""
        return self.happening(IncidentKind.CABLE_OUT, t_ns / 1e9, device) is None

    def finger_occluded(self, t_s: float) -> bool:
        """Whether a cuff on the same arm keeps the pulse from the finger."""
        return self.same_arm and self.cuff_mmhg > self.patient.vitals(t_s).mean


def scenario(name: str) -> Scenario:
    """The scenario of that name; ConfigError lists what there is."""
    if name not in SCENARIOS:
        raise ConfigError("--scenario", name, f"allowed are {', '.join(SCENARIOS)}")
    return SCENARIOS[name]


def bedside(name: str, seed: int, dose_s: float, route: Route = Route.IV) -> Bedside:
    """The patient of a scenario, dosed at `dose_s`; incidents get times from the session's start."""
    chosen = scenario(name)
    doses = (Dose(dose_s, route),)
    episodes = tuple(replace(e, t_s=e.t_s + dose_s) for e in chosen.episodes)
    incidents = tuple(replace(i, t_s=i.t_s + dose_s) for i in chosen.incidents)
    traits = _quiet(seed, doses) if name == "quiet" else chosen.traits
    return Bedside(Patient(seed, traits, doses, episodes), incidents, same_arm=chosen.same_arm)


def _quiet(seed: int, doses: tuple[Dose, ...]) -> Traits:
    """A healthy person whose rises are the drawn ones, kept within what no limit minds."""
    drawn = draw_traits(seed)
    healthy = replace(
        drawn,
        systolic=min(max(drawn.systolic, 106), 121),
        diastolic=min(max(drawn.diastolic, 64), 80),
        pulse=min(max(drawn.pulse, 58), 76),
        dips=False,
    )
    rises = Patient(seed, healthy, doses).rises
    low, high = zip(*QUIET_RISES, strict=True)
    kept = tuple(min(max(r, a), b) for r, a, b in zip(rises, low, high, strict=True))
    return replace(healthy, rises=(kept[0], kept[1], kept[2]))
