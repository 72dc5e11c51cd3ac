"""The first part of the demo's session, run in virtual time through real drivers and the engine."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from devices.cuff_schedule import CuffOptions, Schedule
from devices.protocol import CuffControl, WireProtocol
from devices.sim.fastforward import FastForward, Joined
from devices.sim.scenario import Bedside
from devices.sim.serve import build
from devices.sim.strap_history import StrapHistory
from kapmonitor.commands import AddNote, Command, GiveDose, MovePhase, ReportMusic, StartCuff
from kapmonitor.errors import KapError
from kapmonitor.members import Member
from kapmonitor.session.events import DoseGiven, MusicEvent, NoteAdded, NoteKind, Phase, Route
from kapmonitor.station import Station

S_NS: Final = 1_000_000_000
TICK_NS: Final = 2 * S_NS
"""The engine looks at the history this often: often enough for every delay of the limits."""
DOSE_S: Final = 720.0
"""The made-up session's dose, in seconds from its start."""
ORIGIN_NS: Final = 1000 * S_NS
"""The session clock at the session's start; any positive number does."""
SCHEDULE: Final = Schedule((300, 600, 900, 1200, 1800, 2400, 3000, 3600), 900)
CUFFS_BEFORE_S: Final = (120.0, 300.0, 480.0)
DOSES: Final = {
    Route.IV: ("ketamine", 35.0, "left forearm"),
    Route.IM: ("ketamine", 70.0, "left deltoid"),
    Route.IN: ("esketamine", 56.0, "nasal spray"),
    Route.SL: ("ketamine", 200.0, "lozenge"),
}
PHASES: Final = (
    (0.0, Phase.PREPARATION),
    (90.0, Phase.BASELINE),
    (660.0, Phase.DOSING),
    (DOSE_S + 60, Phase.ONSET),
    (DOSE_S + 600, Phase.PEAK),
    (DOSE_S + 3000, Phase.RETURN),
    (DOSE_S + 4200, Phase.INTEGRATION),
)
NOTES: Final = (
    (60.0, "eyeshades", NoteKind.TEXT, "KL"),
    (DOSE_S + 435, "calm", NoteKind.TAG, "KL"),
    (DOSE_S + 1184, "tearful", NoteKind.TAG, "KL"),
    (DOSE_S + 1622, "hand held — agreed beforehand", NoteKind.TEXT, "KL"),
)

Progress = Callable[[float], None]
Music = Callable[[float], tuple[tuple[float, MusicEvent], ...]]
"""Given the length of the history in seconds, what the music did in it: (second, event)."""


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """What the demo's command line says."""

    path: Path
    scenario: str = "quiet"
    route: Route = Route.IM
    seed: int = 7
    speed: float = 1.0
    strap: bool = True
    ports: str = "tcp" if sys.platform == "win32" else "pty"


class DemoClock:
    """Stands still while the history is made, then runs `speed` times as fast as the computer's clock."""

    def __init__(self, t_ns: int, utc_ns: int) -> None:
        self._t_ns = t_ns
        self._utc_minus_t_ns = utc_ns - t_ns
        self._speed = 0.0
        self._from_real_ns = 0

    def now_ns(self) -> int:
        real_ns = max(0, time.monotonic_ns() - self._from_real_ns)
        return self._t_ns + int(real_ns * self._speed)

    def utc_ns(self) -> int:
        return self.now_ns() + self._utc_minus_t_ns

    def real_delay_s(self, delay_ns: int) -> float:
        return max(0.0, delay_ns / 1e9 / (self._speed or 1.0))

    def move_to(self, t_ns: int) -> None:
        """Advance while standing still."""
        self._t_ns = max(self._t_ns, t_ns)

    def go_live(self, speed: float, from_real_ns: int) -> None:
        """Run from this instant of the computer's monotonic clock on."""
        self._from_real_ns = from_real_ns
        self._speed = speed


class _Wired:
    """A driver reached in virtual time, for the cuff desk."""

    def __init__(self, protocol: WireProtocol, now_ns: Callable[[], int]) -> None:
        self._protocol = protocol
        self._now_ns = now_ns

    def start_cuff(self) -> None:
        if isinstance(self._protocol, CuffControl):
            self._protocol.start_cuff(self._now_ns())

    def stop_cuff(self) -> None:
        if isinstance(self._protocol, CuffControl):
            self._protocol.stop_cuff(self._now_ns())


class History:
    """The first part of the demo's session, in virtual time."""

    def __init__(
        self,
        station: Station,
        clock: DemoClock,
        room: Bedside,
        settings: DemoSettings,
        music: Music,
    ) -> None:
        self._station = station
        self._clock = clock
        self._room = room
        self._settings = settings
        self._music = music
        self._next_tick_ns = 0

    def run(self, until_s: float, progress: Progress) -> None:
        """From the session's start to `until_s`."""
        joined: list[Joined] = []
        strap: StrapHistory | None = None
        for member in self._station.members:
            protocol = member.spec.protocol({})
            if isinstance(protocol, WireProtocol):
                joined.append(Joined(member.id, build(member.spec.id, self._room), protocol))
                self._add_cuff(member, protocol)
            else:
                strap = StrapHistory(member.id, protocol, self._room, self._station, ORIGIN_NS)
        script = self._script(until_s)
        end_ns = ORIGIN_NS + int(until_s * S_NS)

        def tick(t_ns: int) -> None:
            self._clock.move_to(t_ns)
            while script and script[0][0] <= t_ns:
                self._do(script.pop(0)[1])
            if strap is not None:
                strap.advance(t_ns)
            self._station.cuffs.tick(t_ns)
            if t_ns >= self._next_tick_ns:
                self._next_tick_ns = t_ns + TICK_NS
                self._station.engine.tick(t_ns)
                progress((t_ns - ORIGIN_NS) / (end_ns - ORIGIN_NS))

        FastForward(joined, self._station, ORIGIN_NS).run(ORIGIN_NS, end_ns, tick)

    def _add_cuff(self, member: Member, protocol: WireProtocol) -> None:
        if isinstance(protocol, CuffControl):
            pump = _Wired(protocol, self._clock.now_ns)
            self._station.cuffs.connect(member.id, pump, CuffOptions(True, SCHEDULE), ORIGIN_NS)
            self._station.set_cuff(member.id, CuffOptions(on=True, schedule=SCHEDULE))

    def _do(self, command: Command) -> None:
        try:
            self._station.do(command)
        except KapError:
            # A cuff that is still resting refuses a planned reading; the record has it, the demo goes on.
            return

    def _script(self, until_s: float) -> list[tuple[int, Command]]:
        drug, amount_mg, site = DOSES[self._settings.route]
        dose = DoseGiven(drug, amount_mg, self._settings.route.value, site, "RN")
        script: list[tuple[float, Command]] = [(DOSE_S, GiveDose(_at(DOSE_S), dose))]
        script += [(t_s, MovePhase(phase, "KL")) for t_s, phase in PHASES]
        script += [(t_s, StartCuff("RN")) for t_s in CUFFS_BEFORE_S]
        for t_s, text, kind, by in NOTES:
            note = NoteAdded(uuid.uuid4().hex, kind.value, text, by, _at(t_s))
            script.append((t_s, AddNote(_at(t_s), note)))
        script += [(t_s, ReportMusic(_at(t_s), event)) for t_s, event in self._music(until_s)]
        return sorted(
            ((_at(t_s), command) for t_s, command in script if t_s <= until_s), key=lambda item: item[0]
        )


def _at(t_s: float) -> int:
    return ORIGIN_NS + int(t_s * S_NS)
