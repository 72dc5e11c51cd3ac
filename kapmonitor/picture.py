"""Makes the snapshot that the dashboard shows out of the engine's parts; pure but for what it is handed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kapmonitor import mdc
from kapmonitor.alarms.types import Rule
from kapmonitor.links import DeviceView
from kapmonitor.model import AlertKind, ChannelKey, CuffState, GenerationMode
from kapmonitor.record.items import RecordStatus
from kapmonitor.session.events import SessionStarted
from kapmonitor.session.state import SessionState
from kapmonitor.snapshot import ActiveAlarm, CuffTile, Snapshot, Tile
from kapmonitor.tiles import CONTINUOUS_FRESH_NS, cuff_freshness, nearest_limits, tile, top_priority
from kapmonitor.view import Role
from kapmonitor.vitals import Vitals

CUFF_ROLES: Final = (Role.NIBP_SYS, Role.NIBP_DIA, Role.NIBP_MEAN)
DEFAULT_INTERVAL_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class CuffOutlook:
    """What the cuff safety layer plans, told to the engine by the station."""

    next_t_ns: int | None = None
    interval_s: float = DEFAULT_INTERVAL_S
    held: bool = False
    can_start: bool = False
    refused: str = ""


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
        perfusion=_recent(scene.vitals.perfusion, now_ns),
        nibp=_cuff_tile(scene, now_ns),
        pleth=next((key for key in scene.waves if key.ref == mdc.PLETH.ref), None),
        links=tuple(view.status() for view in scene.devices.values()),
        alarms=scene.alarms,
        record=scene.record,
    )


def _tile(scene: Scene, role: Role, now_ns: int) -> Tile:
    chosen = scene.vitals.chosen(role, now_ns)
    if chosen is None:
        return tile(None, now_ns, role, scene.rules, scene.alarms, ())
    latest = chosen[0]
    view = scene.devices.get(latest.device)
    label = view.label if view is not None else latest.device
    alerts: tuple[AlertKind, ...] = tuple(sorted(view.alerts)) if view is not None else ()
    newest = latest.t_ns, latest.reading, label
    return tile(newest, now_ns, role, scene.rules, scene.alarms, alerts, latest.period_s)


def _cuff_tile(scene: Scene, now_ns: int) -> CuffTile:
    last, outlook = scene.vitals.last_cuff, scene.outlook
    low_sys, high_sys = nearest_limits(scene.rules, Role.NIBP_SYS)
    _, high_dia = nearest_limits(scene.rules, Role.NIBP_DIA)
    measuring = any(view.cuff is CuffState.MEASURING for view in scene.devices.values())
    source = scene.devices.get(last.device) if last is not None else None
    return CuffTile(
        last=last,
        freshness=cuff_freshness(last, outlook.interval_s, now_ns),
        source=source.label if source is not None else "",
        high_sys=high_sys,
        high_dia=high_dia,
        low_sys=low_sys,
        state=CuffState.MEASURING if measuring else CuffState.IDLE,
        pressure=_recent(scene.vitals.cuff_pressure, now_ns) if measuring else None,
        next_t_ns=outlook.next_t_ns,
        held=outlook.held,
        can_start=outlook.can_start,
        refused=outlook.refused,
        alarm=top_priority(scene.alarms, CUFF_ROLES),
    )


def _recent(value: tuple[int, float] | None, now_ns: int) -> float | None:
    if value is None or now_ns - value[0] > CONTINUOUS_FRESH_NS:
        return None
    return value[1]
