"""A session for the dashboard's tests and pictures: the one of the design pictures, at T+42:17.

`FakeSession("quiet")` answers ui.ports.SessionPort; other variants are listed in VARIANTS. It stands still
until `advance()` is called. numpy is loaded only when a trend or a wave is asked for.
"""

from __future__ import annotations

import math
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

import fake_alarms

from kapmonitor.charting import stamped
from kapmonitor.commands import (
    Acknowledge,
    AmendDose,
    Chart,
    Command,
    ConfirmBedside,
    ExplainCuff,
    GiveDose,
    HoldCuff,
    MovePhase,
    NoteCommand,
    ReportMusic,
    StartCuff,
    StopCuff,
    ToneHeard,
)
from kapmonitor.mdc import PLETH
from kapmonitor.model import (
    Absent,
    AlertKind,
    ChannelKey,
    Columns,
    CuffReading,
    CuffState,
    GenerationMode,
    LinkProblem,
    LinkState,
    Measured,
    NibpFailure,
    Validity,
)
from kapmonitor.nearby import Nearby
from kapmonitor.protocol import shipped
from kapmonitor.record.items import RecordStatus
from kapmonitor.record.trouble import HANGS
from kapmonitor.session.events import (
    BedsideConfirmed,
    CuffPlan,
    DeviceAdded,
    DoseGiven,
    LimitsSet,
    MusicEvent,
    NoteAdded,
    PhaseChanged,
    ProtocolSet,
    SessionResumed,
    SessionStarted,
    SoundChecked,
    Stamped,
)
from kapmonitor.session.state import Interruption, SessionState, fold
from kapmonitor.snapshot import CuffTile, Freshness, LinkStatus, Snapshot, Tile
from kapmonitor.view import Role, WaveTap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXAMPLE = shipped.example()
S = 1_000_000_000
MIN = 60 * S
OPENED_NS = 50_000 * S
DOSE_NS = OPENED_NS + 13 * MIN
NOW_NS = DOSE_NS + 42 * MIN + 17 * S
UTC_AT_DOSE_NS = 1_795_352_700 * S
"""2026-11-22 13:05 in UTC, 14:05 on the wall."""
UTC_OFFSET_MIN = 60
PLETH_KEY = ChannelKey("oximeter", PLETH.ref)

CUFFS = (
    (-10, 121, 78, 92),
    (-7, 118, 74, 88),
    (-4, 117, 73, 87),
    (5, 126, 80, 95),
    (10, 138, 86, 103),
    (15, 144, 88, 107),
    (20, 147, 92, 110),
    (30, 143, 90, 107),
    (40, 141, 88, 106),
)
LIMITS = (
    ("nibp-sys-medium", "nibp-sys", "high", "medium", 154.0, 0.0),
    ("nibp-dia-medium", "nibp-dia", "high", "medium", 100.0, 0.0),
    ("hr-high-medium", "hr", "high", "medium", 120.0, 30.0),
    ("hr-low-medium", "hr", "low", "medium", 50.0, 20.0),
    ("spo2-low-medium", "spo2", "low", "medium", 92.0, 15.0),
)
BEFORE = (("nibp-sys-medium", "nibp-sys", "high", "medium", 160.0, 0.0), *LIMITS[1:])
VARIANTS = (
    "quiet",
    "medium",
    "acknowledged",
    "high",
    "low",
    "repeat",
    "reminder",
    "latched",
    "latched-many",
    "latched-behind",
    "technical",
    "many",
    "paused-many",
    "audio-paused",
    "audio-lost",
    "room-speaker",
    "still-there",
    "limit-off",
    "no-baseline",
    "changed",
    "pending",
    "unarmed",
    "limits",
    "alarms",
    "stopped",
    "stale",
    "lost",
    "sensor-off",
    "waiting",
    "empty",
    "baseline",
    "measuring",
    "held",
    "overdue",
    "cuff-failed",
    "asleep",
    "extremes",
    "record-trouble",
    "record-moved",
    "disk-hangs",
    "part-failed",
    "too-high",
    "sound-unchecked",
    "sound-check",
    "sound-check-trouble",
    "taken-up",
    "demo",
    "replay",
)


TAKEN_UP = (
    Interruption(DOSE_NS + 7 * MIN + 30 * S, DOSE_NS + 13 * MIN + 50 * S),
    Interruption(NOW_NS - 52 * S, NOW_NS - 40 * S),
)
"""When the program did not run, in the variant of that name."""


def _at(minutes: float, event: object) -> Stamped:
    return Stamped(DOSE_NS + round(minutes * MIN), event)  # type: ignore[arg-type]


def _note(minutes: float, number: int, text: str, by: str, kind: str = "tag") -> Stamped:
    return _at(minutes, NoteAdded(f"n{number}", kind, text, by, DOSE_NS + round(minutes * MIN)))


def _music(minutes: float, action: str, title: str, section: str, length_s: float) -> Stamped:
    track = title.lower().replace(" ", "-").replace(",", "")
    return _at(minutes, MusicEvent(action, section, track, title, 0.0, length_s, -12.0, "room speakers"))


def events() -> tuple[Stamped, ...]:
    """Everything that happened until T+42:17, oldest first."""
    started = SessionStarted(
        session="2026-11-22-4471",
        mode="Real",
        software="kapmonitor 0.1.0",
        utc_ns=UTC_AT_DOSE_NS - 13 * MIN,
        utc_offset_min=UTC_OFFSET_MIN,
        zone="Europe/Berlin",
        person="4471",
        initials="M.K.",
        number=3,
        of=6,
    )
    listed = [
        Stamped(OPENED_NS, started),
        _at(-12.95, ProtocolSet(EXAMPLE.name, "", "", True, EXAMPLE.toml)),
        _at(-12.9, DeviceAdded("cuff", "suntech", "Cuff", "suntech@/dev/ttyUSB0")),
        _at(-12.9, DeviceAdded("oximeter", "nonin-xpod", "Oximeter", "nonin-xpod@/dev/ttyUSB1")),
        _at(-12.9, DeviceAdded("strap", "ble-heart-rate", "ECG strap", "ble-heart-rate@E4:2C")),
        _at(-12.5, LimitsSet("example protocol", "prescriber", BEFORE)),
        _at(-12.4, SoundChecked("staff", "USB earpiece", True, "KL")),
        _at(-12.3, SoundChecked("room", "Built-in speaker", True, "KL")),
        _at(-12.2, SoundChecked("music", "", True, "KL")),
        _at(-12.1, BedsideConfirmed("RN")),
        _at(-12.0, PhaseChanged("baseline", "RN")),
        _music(-12, "started", "Larkspur", "Arrive", 960),
        _note(-11, 1, "eyeshades", "KL"),
        _at(-1.5, PhaseChanged("dosing", "RN")),
        _at(0.0, DoseGiven("ketamine", 70.0, "im", "left deltoid", "RN")),
        _at(0.0, LimitsSet("baseline 118/74, HR 72, SpO₂ 98", "prescriber", LIMITS)),
        _at(2.0, PhaseChanged("onset", "KL")),
        _music(4, "started", "Ascent I", "Onset", 720),
        _note(7.25, 2, "quiet", "KL", "text"),
        _at(14.0, PhaseChanged("peak", "KL")),
        _music(16, "started", "River, no banks", "Peak", 900),
        _note(19 + 44 / 60, 3, "tearful", "KL"),
        _note(27 + 2 / 60, 4, "hand held — agreed beforehand", "KL", "text"),
        _music(31, "started", "Long light", "Peak", 400),
        _note(36 + 10 / 60, 5, "speaking", "KL"),
        _at(40.0, CuffPlan("cuff", DOSE_NS + 45 * MIN, 300, held=False)),
    ]
    return tuple(sorted(listed, key=lambda stamped: stamped.t_ns))


def resumed(gap: Interruption) -> Stamped:
    """The session is taken up again after this."""
    utc_ns = UTC_AT_DOSE_NS + gap.t1_ns - DOSE_NS
    return Stamped(gap.t1_ns, SessionResumed(utc_ns, gap.t1_ns - gap.t0_ns))


def happened(taken_up: tuple[Interruption, ...] = ()) -> list[Stamped]:
    """All that is on record; nothing happened while it was interrupted."""
    kept = [s for s in events() if not any(gap.t0_ns <= s.t_ns < gap.t1_ns for gap in taken_up)]
    return sorted([*kept, *map(resumed, taken_up)], key=lambda s: s.t_ns)


def folded(until_ns: int, taken_up: tuple[Interruption, ...] = ()) -> SessionState:
    """The session's state at a time; nothing happened while it was interrupted."""
    state = SessionState()
    for each in happened(taken_up):
        if each.t_ns <= until_ns:
            state = fold(state, each)
    return state


def hr_at(t_ns: int) -> float:
    """Heart rate: settles before the dose, rises with it, never still."""
    minutes = (t_ns - DOSE_NS) / MIN
    seconds = (t_ns - DOSE_NS) // S
    rise = 0.0 if minutes < 0 else 15 * (1 - math.exp(-minutes / 7)) * math.exp(-max(0.0, minutes - 20) / 60)
    dip = -5 * math.exp(-(((minutes - 1) / 2.5) ** 2))
    return 74.5 + rise + dip + 5 * _noise(seconds / 97) + 4 * _noise(seconds / 23) + 2.5 * _noise(seconds / 6)


def spo2_at(t_ns: int) -> float:
    """Saturation: 97 give or take one."""
    seconds = (t_ns - DOSE_NS) // S
    return (
        97.4
        + 0.7 * math.sin(seconds / 190)
        + 0.5 * math.sin(seconds / 47 + 1)
        + 0.5 * (_hash(seconds // 8) - 0.5)
    )


def _noise(x: float) -> float:
    """Smooth noise around nought, between -0.5 and 0.5."""
    first = math.floor(x)
    share = (1 - math.cos((x - first) * math.pi)) / 2
    return _hash(first) * (1 - share) + _hash(first + 1) * share - 0.5


def _hash(n: int) -> float:
    return ((n * 2654435761 + 12345) ** 2 % 4294967291) / 4294967291


class FakeTap:
    """A pleth at 75 samples a second, computed from the sample number; gaps as [start, stop) pairs."""

    fs = 75.0
    resolution = 1.0
    offset = 0.0

    def __init__(self, session: FakeSession) -> None:
        self._session = session
        self.gaps: list[tuple[int, int]] = []

    def head(self) -> int:
        return int((self._session.now_ns() - OPENED_NS) * self.fs / S)

    def read(self, start: int, stop: int) -> NDArray[np.int16]:
        import numpy as np

        from kapmonitor.model import NO_SAMPLE

        n = np.arange(start, stop)
        phase = (n / self.fs * 84 / 60) % 1.0
        beat = np.exp(-(((phase - 0.14) / 0.055) ** 2)) + 0.33 * np.exp(-(((phase - 0.42) / 0.085) ** 2))
        samples = (600 + 9000 * beat).astype(np.int16)
        for first, last in self.gaps:
            samples[(n >= first) & (n < last)] = NO_SAMPLE
        return samples


class FakeView:
    """Trends of the fake session; data from T-12 to now."""

    def __init__(self, session: FakeSession) -> None:
        self._session = session

    def span(self) -> tuple[int, int]:
        if self._session.variant in {"waiting", "empty"}:
            return self._session.now_ns(), self._session.now_ns()
        return DOSE_NS - 12 * MIN, self._session.now_ns()

    def trend(self, role: Role, t0_ns: int, t1_ns: int, width: int) -> Columns:
        import numpy as np

        lo = np.full(width, np.nan, dtype=np.float32)
        hi = lo.copy()
        first, last = self.span()
        source = {Role.HR: hr_at, Role.SPO2: spo2_at}.get(role)
        for i in range(width if source is not None and last > first else 0):
            a = t0_ns + i * (t1_ns - t0_ns) // width
            b = t0_ns + (i + 1) * (t1_ns - t0_ns) // width
            if b < first or a > last or any(g0 <= a < g1 for g0, g1 in self._session.gaps):
                continue
            values = [source(t) for t in range(a, max(a + 1, b), max(S, (b - a) // 6))]  # type: ignore[misc]
            lo[i], hi[i] = min(values), max(values)
        return Columns(t0_ns, t1_ns, lo, hi)

    def wave(self, key: ChannelKey, t0_ns: int, t1_ns: int, width: int) -> Columns:
        import numpy as np

        tap = self._session.fake_tap
        start = int((t0_ns - OPENED_NS) * tap.fs / S)
        stop = int((t1_ns - OPENED_NS) * tap.fs / S)
        samples = tap.read(start, max(stop, start + width)).astype(np.float32)
        edges = np.linspace(0, len(samples), width, endpoint=False).astype(int)
        return Columns(t0_ns, t1_ns, np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges))

    def cuffs(self, t0_ns: int, t1_ns: int) -> tuple[CuffReading, ...]:
        return tuple(c for c in self._session.cuffs() if t0_ns <= c.t_ns <= t1_ns)


def _cuff(minutes: float, sys: float, dia: float, mean: float) -> CuffReading:
    t_ns = DOSE_NS + round(minutes * MIN)
    return CuffReading(t_ns, "cuff", Measured(sys), Measured(dia), Measured(mean), Measured(80.0))


class FakeSession:
    """ui.ports.SessionPort over made-up data. `commands` collects what was submitted."""

    _taken_up: tuple[Interruption, ...] = ()

    def __init__(self, variant: str = "quiet", *, now_ns: int | None = None) -> None:
        assert variant in VARIANTS, variant
        self.variant = variant
        if variant == "taken-up":
            self._taken_up = TAKEN_UP
        early = {"empty": OPENED_NS + 5 * S, "waiting": OPENED_NS + 12 * S, "baseline": DOSE_NS - 3 * MIN}
        self._now_ns = now_ns if now_ns is not None else early.get(variant, NOW_NS)
        self.state = self._folded()
        self.commands: list[Command] = []
        self.gaps = [(gap.t0_ns, gap.t1_ns + 4 * S) for gap in self.state.interruptions]
        self.fake_tap = FakeTap(self)
        self._view = FakeView(self)
        self._acknowledged: set[str] = set()
        self._frozen: Snapshot | None = None
        self.speed = 20.0 if variant == "demo" else 1.0
        self.around = Nearby()

    def _folded(self) -> SessionState:
        state = folded(self._now_ns, self._taken_up)
        return replace(
            state,
            sound_checks=fake_alarms.sound_checks(self.variant, state.sound_checks),
            alarms=fake_alarms.spans(self.variant, NOW_NS),
            switched_off=fake_alarms.switched_off(self.variant, NOW_NS),
        )

    def forget_protocol(self) -> None:
        """A session without a protocol."""
        self.state = replace(self.state, care=replace(self.state.care, protocol=None))

    def advance(self, seconds: float) -> None:
        """Let time pass; data goes on."""
        self._now_ns += round(seconds * S)

    def freeze(self) -> None:
        """From now on the snapshot stands while the clock goes on: the core has stopped."""
        self._frozen = self.snapshot()

    def now_ns(self) -> int:
        return self._now_ns

    def view(self) -> FakeView:
        return self._view

    def tap(self, key: ChannelKey) -> WaveTap | None:
        if key != PLETH_KEY or self.variant in {"waiting", "empty"}:
            return None
        return self.fake_tap

    def cuffs(self) -> tuple[CuffReading, ...]:
        """Cuff readings so far."""
        if self.variant in {"waiting", "empty"}:
            return ()
        made = [_cuff(*row) for row in CUFFS]
        changed = {
            "medium": _cuff(40, 162, 98, 119),
            "acknowledged": _cuff(40, 162, 98, 119),
            "many": _cuff(40, 184, 112, 136),
            "paused-many": _cuff(40, 184, 112, 136),
            "repeat": _cuff(40, 184, 104, 131),
            "reminder": _cuff(40, 162, 98, 119),
            "latched-behind": _cuff(40, 162, 98, 119),
            "alarms": _cuff(40, 162, 98, 119),
            "high": _cuff(40, 204, 118, 147),
            "latched": _cuff(40, 149, 92, 111),
            "extremes": _cuff(40, 255, 195, 215),
        }
        made[-1] = changed.get(self.variant, made[-1])
        if self.variant == "cuff-failed":
            made.append(_failed(42))
        gaps = self.state.interruptions
        made = [c for c in made if not any(gap.t0_ns <= c.t_ns < gap.t1_ns for gap in gaps)]
        return tuple(c for c in made if c.t_ns <= self._now_ns)

    def nearby(self):
        return self.around

    def submit(self, command: Command) -> Future[None]:
        """Keep the command and do what the real session would; resolves at once."""
        self.commands.append(command)
        for each in self._consequences(command):
            self.state = fold(self.state, each)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def _consequences(self, command: Command) -> tuple[Stamped, ...]:
        match command:
            case _ if isinstance(command, NoteCommand | Chart | AmendDose | ExplainCuff):
                return (stamped(command, self.state, self._now_ns),)
            case GiveDose(t_ns, event) | ReportMusic(t_ns, event):
                return (Stamped(t_ns, event),)
            case MovePhase(phase, by):
                return (Stamped(self._now_ns, PhaseChanged(phase.value, by)),)
            case Acknowledge():
                self._acknowledged.update(command.conditions)
                return ()
            case ToneHeard() | ConfirmBedside():
                return (Stamped(self._now_ns, self._answered(command)),)
            case HoldCuff():
                self.variant = "quiet" if command.release else "held"
                return ()
            case StartCuff():
                self.variant = "measuring"
                return ()
            case StopCuff():
                self.variant = "quiet"
                return ()
            case _:
                return ()

    def _answered(self, command: ToneHeard | ConfirmBedside) -> SoundChecked | BedsideConfirmed:
        if isinstance(command, ConfirmBedside):
            return BedsideConfirmed(command.by)
        sound = fake_alarms.sound(self.variant, NOW_NS)
        name = {"staff": sound.staff.name, "room": sound.room.name}.get(command.output, "")
        return SoundChecked(command.output, name, command.heard, command.by)

    def snapshot(self) -> Snapshot:
        if self._frozen is not None:
            return self._frozen
        made = Snapshot(
            t_ns=self._now_ns,
            utc_ns=UTC_AT_DOSE_NS + self._now_ns - DOSE_NS,
            utc_offset_min=UTC_OFFSET_MIN,
            speed=self.speed,
            session=self.state,
            hr=self._tile(hr_at(self._now_ns), "ECG strap", 50.0, 120.0),
            spo2=self._tile(spo2_at(self._now_ns), "Oximeter", 92.0, 100.0),
            perfusion=4.1,
            nibp=self._nibp(),
            pleth=PLETH_KEY,
            links=(
                LinkStatus("cuff", "Cuff", LinkState.LIVE),
                LinkStatus("oximeter", "Oximeter", LinkState.LIVE),
                LinkStatus("strap", "ECG strap", LinkState.LIVE),
            ),
            record=RecordStatus("/var/lib/kapmonitor/2026-11-22-4471.kap", 0, 0.0, self._now_ns - S // 4),
            limits=fake_alarms.limits(self.variant, NOW_NS),
            baseline=fake_alarms.baseline(self.variant, NOW_NS),
            sound=fake_alarms.sound(self.variant, NOW_NS),
        )
        if self.variant == "quiet":
            made = replace(made, hr=replace(made.hr, reading=Measured(84.0)))
        return self._with_alarms(_CHANGES.get(self.variant, lambda same: same)(made))

    def _tile(self, value: float, source: str, low: float, high: float) -> Tile:
        return Tile(Measured(float(round(value))), self._now_ns - S // 2, Freshness.FRESH, source, low, high)

    def _nibp(self) -> CuffTile:
        readings = self.cuffs()
        return CuffTile(
            last=readings[-1] if readings else None,
            freshness=Freshness.FRESH if readings else Freshness.NONE,
            source="Cuff",
            high_sys=154.0,
            high_dia=100.0,
            low_sys=90.0,
            next_t_ns=DOSE_NS + 45 * MIN,
            can_start=True,
        )

    def _with_alarms(self, made: Snapshot) -> Snapshot:
        alarms = tuple(
            replace(a, state="active-ack") if a.condition in self._acknowledged else a
            for a in fake_alarms.alarms(self.variant, NOW_NS)
        )
        for alarm in reversed(alarms):
            if alarm.state == "latched":
                continue
            if alarm.role.startswith("nibp"):
                made = replace(made, nibp=replace(made.nibp, alarm=alarm.priority))
            elif alarm.role == "hr":
                made = replace(made, hr=replace(made.hr, alarm=alarm.priority))
            elif alarm.role == "spo2":
                made = replace(made, spo2=replace(made.spo2, alarm=alarm.priority))
        return replace(made, alarms=alarms)


def _failed(minutes: float) -> CuffReading:
    nothing = Absent(Validity.NOT_AVAILABLE)
    t_ns = DOSE_NS + round(minutes * MIN)
    return CuffReading(t_ns, "cuff", nothing, nothing, nothing, nothing, NibpFailure.MOTION)


def _gone(tile: Tile, freshness: Freshness, seconds: float) -> Tile:
    return replace(tile, freshness=freshness, t_ns=NOW_NS - round(seconds * S))


def _link(made: Snapshot, device: str, **change: object) -> Snapshot:
    links = tuple(replace(k, **change) if k.device == device else k for k in made.links)  # type: ignore[arg-type]
    return replace(made, links=links)


def _lost(made: Snapshot) -> Snapshot:
    made = _link(
        made,
        "oximeter",
        state=LinkState.WAITING,
        problem=LinkProblem.LOST,
        detail="cable out",
        retry_t_ns=made.t_ns + 4 * S,
    )
    return replace(made, spo2=_gone(made.spo2, Freshness.STALE, 41), perfusion=None)


def _stale(made: Snapshot) -> Snapshot:
    made = _link(made, "strap", state=LinkState.STALE, problem=LinkProblem.SILENT)
    made = _link(made, "oximeter", state=LinkState.STALE, problem=LinkProblem.SILENT)
    return replace(
        made,
        hr=_gone(made.hr, Freshness.STALE, 12),
        spo2=_gone(made.spo2, Freshness.STALE, 7),
        nibp=replace(made.nibp, freshness=Freshness.STALE, last=_cuff(10, 138, 86, 103), next_t_ns=None),
    )


def _sensor_off(made: Snapshot) -> Snapshot:
    absent = Absent(Validity.INVALID, 127.0)
    tile = replace(made.spo2, reading=absent, alerts=(AlertKind.SENSOR_OFF,))
    return replace(_link(made, "oximeter", alerts=(AlertKind.SENSOR_OFF,)), spo2=tile, perfusion=None)


def _waiting(made: Snapshot) -> Snapshot:
    made = _link(made, "oximeter", state=LinkState.CONNECTING)
    made = _link(made, "strap", state=LinkState.WAITING, problem=LinkProblem.NOT_FOUND)
    empty = Tile(source="ECG strap", low=50.0, high=120.0)
    return replace(
        made,
        hr=empty,
        spo2=replace(empty, source="Oximeter", low=92.0, high=100.0),
        perfusion=None,
        pleth=None,
    )


def _empty(made: Snapshot) -> Snapshot:
    opened = Snapshot(
        t_ns=made.t_ns, utc_ns=made.utc_ns, utc_offset_min=made.utc_offset_min, session=SessionState()
    )
    return replace(opened, record=None)


def _cuff_change(**change: object) -> object:
    return lambda made: replace(made, nibp=replace(made.nibp, **change))


def _mode(mode: GenerationMode) -> object:
    return lambda made: replace(made, mode=mode)


def _extremes(made: Snapshot) -> Snapshot:
    return replace(
        made,
        hr=replace(made.hr, reading=Measured(188.0)),
        spo2=replace(made.spo2, reading=Measured(100.0)),
    )


def _low_value(made: Snapshot) -> Snapshot:
    return replace(made, spo2=replace(made.spo2, reading=Measured(93.0), low=94.0))


def _many(made: Snapshot) -> Snapshot:
    return replace(
        made,
        hr=replace(made.hr, reading=Measured(124.0)),
        spo2=replace(made.spo2, reading=Measured(86.0), low=88.0),
    )


def _pending(made: Snapshot) -> Snapshot:
    return replace(made, hr=replace(made.hr, reading=Measured(123.0)))


def _record_trouble(made: Snapshot) -> Snapshot:
    status = RecordStatus("/var/lib/kapmonitor/x.kap", 4200, 31.0, made.t_ns - 31 * S, "the disk is full")
    return replace(made, record=status)


def _record_moved(made: Snapshot) -> Snapshot:
    moved = "/media/second/records"
    return replace(made, record=RecordStatus(f"{moved}/x-moved.kap", 0, 0.0, made.t_ns, "", moved))


def _disk_hangs(made: Snapshot) -> Snapshot:
    status = RecordStatus("/var/lib/kapmonitor/x.kap", 900, 18.0, made.t_ns - 18 * S, HANGS)
    return replace(made, record=status)


_CHANGES = {
    "lost": _lost,
    "technical": _lost,
    "stale": _stale,
    "sensor-off": _sensor_off,
    "waiting": _waiting,
    "empty": _empty,
    "measuring": _cuff_change(state=CuffState.MEASURING, pressure=128.0),
    "held": _cuff_change(held=True, next_t_ns=DOSE_NS + 50 * MIN),
    "overdue": _cuff_change(
        freshness=Freshness.OVERDUE, last=_cuff(30, 143, 90, 107), next_t_ns=DOSE_NS + 40 * MIN
    ),
    "asleep": _cuff_change(state=CuffState.ASLEEP, can_start=False, refused="no-link"),
    "extremes": _extremes,
    "low": _low_value,
    "many": _many,
    "paused-many": _many,
    "pending": _pending,
    "record-trouble": _record_trouble,
    "record-moved": _record_moved,
    "disk-hangs": _disk_hangs,
    "too-high": _cuff_change(last=replace(_cuff(42, 141, 98, 160), systolic=Absent(Validity.OVERFLOW))),
    "demo": _mode(GenerationMode.DEMO),
    "replay": _mode(GenerationMode.TEST),
}


class FakeReplay(FakeSession):
    """The same session in review: ui.ports.ReplayPort."""

    def __init__(self, taken_up: tuple[Interruption, ...] = ()) -> None:
        self._taken_up = taken_up
        super().__init__("replay")
        self.gaps = [(gap.t0_ns, gap.t1_ns + 4 * S) for gap in taken_up]
        self._playing = False
        self._last_ns = self.now_ns()

    def whole(self) -> SessionState:
        """All of the session."""
        return folded(self._last_ns, self._taken_up)

    def happened(self) -> list[Stamped]:
        """All that is on record of it."""
        return happened(self._taken_up)

    def play(self, *, playing: bool) -> None:
        self._playing = playing

    def playing(self) -> bool:
        return self._playing

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def seek(self, t_ns: int) -> None:
        self._now_ns = min(self._last_ns, max(OPENED_NS, t_ns))
        self.state = self._folded()

    def moments(self) -> tuple[tuple[int, str], ...]:
        notes = [(note.t_ns, "note") for note in self.whole().notes]
        return tuple(sorted([*notes, (DOSE_NS, "dose"), (DOSE_NS + 20 * MIN, "alarm")]))

    def summary(self) -> str:
        return "intact · signed by nurse and therapist"
