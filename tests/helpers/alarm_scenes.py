"""The ten courses of a session that `make alarm-pictures` takes pictures of: what happens, what is pressed.

Times of a scenario count from the dose. `live_s` is when the simulated devices go over to real ports; what
came before was run in virtual time through the same drivers and engine.
"""

from dataclasses import dataclass
from typing import Final

from devices.sim.patient import Episode, Traits
from devices.sim.scenario import SCENARIOS, Incident, IncidentKind, Scenario

PERSON: Final = Traits(systolic=118, diastolic=58, pulse=68, spo2=97.6, rises=(10, 2, 8), dips=False)
OUTPUTS: Final = {"staff": "Ear", "room": "Speakers", "music": "Headphones"}
SIZES: Final = ((1920, 1080), (1366, 768))
ACTIVE: Final = ("active-unack", "active-ack")
PRESSURE: Final = Episode(2400, 400, systolic=42)
"""Around the reading at T+40."""
DIP: Final = Episode(2600, 220, spo2=-13)


def nothing(_snapshot):
    return True


def alarm(condition, *states):
    """Whether it is in one of these states, active if none is given."""
    return lambda snapshot: any(
        a.condition.startswith(condition) and a.state in (states or ACTIVE) for a in snapshot.alarms
    )


def paused(snapshot):
    return snapshot.sound.until_t_ns is not None


@dataclass(frozen=True, slots=True)
class Step:
    """Once `when` has held for `wait_s`, press `key`; the picture is taken after the last step."""

    when: object
    wait_s: float = 1.5
    key: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture; without `heard` the computer has no sound output."""

    name: str
    help: str
    live_s: float
    steps: tuple = (Step(nothing),)
    episodes: tuple = ()
    incidents: tuple = ()
    heard: bool = True
    stopped: bool = False


def cable_out(device, t_s, duration_s):
    return Incident(IncidentKind.CABLE_OUT, t_s, duration_s, device)


SCENES: Final = (
    Scene(
        "low",
        "the saturation stays at 93 for more than a minute",
        2540,
        (Step(alarm("spo2-falling"), 6.0),),
        (Episode(2600, 600, spo2=-4.6),),
    ),
    Scene(
        "medium",
        "the cuff reads a systolic pressure above the limit from the baseline",
        2510,
        (Step(alarm("sys-high"), 6.0),),
        (PRESSURE,),
    ),
    Scene(
        "high",
        "the saturation falls to 84",
        2545,
        (Step(alarm("spo2-very-low", "active-unack"), 5.0),),
        (DIP,),
    ),
    Scene(
        "several",
        "the pressure is acknowledged, then the cuff's cable comes off and the saturation falls",
        2520,
        (Step(alarm("sys-high"), 4.0, "F"), Step(alarm("link:suntech")), Step(alarm("spo2-very-low"), 5.0)),
        (PRESSURE, DIP),
        (cable_out("suntech", 2528, 900),),
    ),
    Scene(
        "latched",
        "two dips of the saturation that nobody saw",
        2545,
        (Step(alarm("spo2", "latched"), 6.0),),
        (Episode(2280, 90, spo2=-8.5), Episode(2440, 80, spo2=-13)),
    ),
    Scene(
        "audio-paused",
        "P is pressed while the pressure alarms",
        2510,
        (Step(alarm("sys-high"), 5.0, "P"), Step(paused, 12.0)),
        (PRESSURE,),
    ),
    Scene(
        "audio-lost",
        "there is no sound output on this computer",
        2510,
        (Step(alarm("audio"), 3.0),),
        heard=False,
    ),
    Scene(
        "stale",
        "the oximeter's cable comes off; the cuff's has been off for long",
        2520,
        (Step(alarm("link:suntech"), 2.0, "F"), Step(alarm("link:nonin"), 9.0)),
        incidents=(cable_out("suntech", 1290, 9000), cable_out("nonin", 2530, 900)),
    ),
    Scene(
        "cuff-overdue",
        "the cuff's cable was off when its reading was due",
        1965,
        (Step(alarm("overdue"), 12.0),),
        incidents=(cable_out("suntech", 1790, 150),),
    ),
    Scene(
        "console-stopped",
        "the console's process is stopped while an alarm is on its screen",
        2510,
        (Step(alarm("sys-high"), 4.0),),
        (PRESSURE,),
        stopped=True,
    ),
)
BY_NAME: Final = {scene.name: scene for scene in SCENES}


def add_scenarios():
    """Let the simulated room know what happens in each."""
    for scene in SCENES:
        SCENARIOS[scene.name] = Scenario(
            scene.name, scene.help, PERSON, scene.incidents, scene.episodes, look_s=scene.live_s
        )
