"""Makes the snapshot that the dashboard shows out of the engine's parts; pure but for what it is handed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from kapmonitor import mdc
from kapmonitor.alarms.types import Rule
from kapmonitor.links import DeviceView
from kapmonitor.model import AlertKind, ChannelKey, CuffState, GenerationMode, Measured
from kapmonitor.protocol.phases import PhasePlan, suggested
from kapmonitor.record.items import RecordStatus
from kapmonitor.session.events import CuffPlan, Phase, Route, SessionStarted
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import (
    ActiveAlarm,
    BaselineStatus,
    CuffTile,
    LimitInForce,
    LinkStatus,
    Snapshot,
    Tile,
)
from kapmonitor.tiles import cuff_freshness, nearest_limits, tile, top_priority
from kapmonitor.view import Role
from kapmonitor.vitals import CONTINUOUS_FRESH_NS, Vitals

CUFF_ROLES: Final = (Role.NIBP_SYS, Role.NIBP_DIA, Role.NIBP_MEAN)
DEFAULT_INTERVAL_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class CuffOutlook:
    """What the cuff safety layer plans, told to the engine by the station."""

    next_t_ns: int | None = None
    interval_s: float = DEFAULT_INTERVAL_S
    held: bool = False
    again: str = ""
    can_start: bool = False
    refused: str = ""

    @property
    def due(self) -> tuple[int | None, bool, str]:
        """What of it goes on record."""
        return self.next_t_ns, self.held, self.again


def outlook_of(plan: CuffPlan | None) -> CuffOutlook:
    """What was planned last, as far as the record tells; nobody offers a start before the cuff is there."""
    if plan is None:
        return CuffOutlook()
    return CuffOutlook(plan.next_t_ns or None, float(plan.interval_s), plan.held, plan.again)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a snapshot is made of."""

    started: SessionStarted
    speed: float
    utc_minus_t_ns: int
    session: SessionState
    vitals: Vitals
    devices: Mapping[str, DeviceView]
    alarms: tuple[ActiveAlarm, ...]
    rules: Iterable[Rule]
    outlook: CuffOutlook
    waves: tuple[ChannelKey, ...]
    record: RecordStatus | None
    searching: tuple[LinkStatus, ...] = ()
    limits: tuple[LimitInForce, ...] = ()
    baseline: BaselineStatus = field(default_factory=BaselineStatus)
    phases: tuple[PhasePlan, ...] = ()


def picture(scene: Scene, now_ns: int) -> Snapshot:
    """The snapshot at `now_ns`."""
    return Snapshot(
        t_ns=now_ns,
        utc_ns=now_ns + scene.utc_minus_t_ns,
        utc_offset_min=scene.started.utc_offset_min,
        mode=GenerationMode(scene.started.mode),
        speed=scene.speed,
        session=scene.session,
        hr=_tile(scene, Role.HR, now_ns),
        spo2=_tile(scene, Role.SPO2, now_ns),
        perfusion=_perfusion(scene, now_ns),
        nibp=_cuff_tile(scene, now_ns),
        pleth=_pleth(scene, now_ns),
        links=_links(scene),
        alarms=scene.alarms,
        limits=scene.limits,
        baseline=scene.baseline,
        record=scene.record,
        next_phase=_next_phase(scene, now_ns),
    )


def _next_phase(scene: Scene, now_ns: int) -> Phase | None:
    """Minutes count from the first dose; before it nothing is suggested."""
    doses = scene.session.doses
    if not doses:
        return None
    known = doses[0].route in set(Route)
    minutes = (now_ns - doses[0].t_ns) / 60e9
    return suggested(scene.phases, scene.session.phase, Route(doses[0].route) if known else None, minutes)


def _tile(scene: Scene, role: Role, now_ns: int) -> Tile:
    chosen = scene.vitals.chosen(role, now_ns)
    if chosen is None:
        return tile(None, now_ns, role, scene.rules, scene.alarms, ())
    latest = chosen[0]
    view = scene.devices.get(latest.device)
    label = view.label if view is not None else latest.device
    alerts: tuple[AlertKind, ...] = tuple(sorted(view.alerts)) if view is not None else ()
    newest = latest.t_ns, latest.reading, label
    shown = tile(newest, now_ns, role, scene.rules, scene.alarms, alerts, latest.period_s)
    others = max(0, len(scene.vitals.sources(role, now_ns)) - 1)
    return replace(shown, others=others, unconfirmed=view is not None and view.changed)


def _pleth(scene: Scene, now_ns: int) -> ChannelKey | None:
    """The pulse wave of the device whose saturation is shown, else of any that speaks for the person."""
    chosen = scene.vitals.chosen(Role.SPO2, now_ns)
    found = [key for key in scene.waves if key.ref == mdc.PLETH.ref and _speaks(scene, key.device)]
    own = [key for key in found if chosen is not None and key.device == chosen[0].device]
    return next(iter([*own, *found]), None)


def _speaks(scene: Scene, device: str) -> bool:
    view = scene.devices.get(device)
    return view is None or view.speaks_for_person


def _links(scene: Scene) -> tuple[LinkStatus, ...]:
    present = tuple(view.status() for view in scene.devices.values() if not view.released)
    return (*present, *scene.searching)


def _perfusion(scene: Scene, now_ns: int) -> float | None:
    chosen = scene.vitals.chosen(Role.SPO2, now_ns)
    return _recent(scene.vitals, chosen[0].device if chosen else "", mdc.PERFUSION_INDEX.ref, now_ns)


def _cuff_tile(scene: Scene, now_ns: int) -> CuffTile:
    last, outlook = scene.vitals.cuff(now_ns), scene.outlook
    low_sys, high_sys = nearest_limits(scene.rules, Role.NIBP_SYS)
    _, high_dia = nearest_limits(scene.rules, Role.NIBP_DIA)
    measuring = next((v.id for v in scene.devices.values() if v.cuff is CuffState.MEASURING), None)
    source = scene.devices.get(last.device) if last is not None else None
    return CuffTile(
        last=last,
        freshness=cuff_freshness(last, outlook.interval_s, now_ns),
        source=source.label if source is not None else "",
        high_sys=high_sys,
        high_dia=high_dia,
        low_sys=low_sys,
        state=CuffState.MEASURING if measuring is not None else CuffState.IDLE,
        pressure=_recent(scene.vitals, measuring, mdc.CUFF_PRESSURE.ref, now_ns) if measuring else None,
        next_t_ns=outlook.next_t_ns,
        held=outlook.held,
        again=outlook.again,
        can_start=outlook.can_start,
        refused=outlook.refused,
        alarm=top_priority(scene.alarms, CUFF_ROLES),
    )


def _recent(vitals: Vitals, device: str, ref: str, now_ns: int) -> float | None:
    latest = vitals.newest(device, ref)
    if latest is None or now_ns - latest.t_ns > CONTINUOUS_FRESH_NS:
        return None
    return latest.reading.value if isinstance(latest.reading, Measured) else None
