"""What the alarms look at, folded from what the record gets: events and numeric readings, in order of time.

A live session and a rerun of its record feed the same values in, so that both see the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Protocol, get_args

from kapmonitor.alarms import equipment
from kapmonitor.alarms.equipment import DeviceNews, Equipment
from kapmonitor.alarms.technical import (
    BASELINE_HIGH,
    CLOCK,
    CONTINUOUS,
    CUFF_ROLES,
    OVERDUE,
    SLEEP,
    SLEEP_TOLD_NS,
    signal_role,
)
from kapmonitor.alarms.types import RAISED, SAID_ELSEWHERE, SEVERE, SUPPRESSED, Sample
from kapmonitor.mdc import Term
from kapmonitor.model import Absent, Measured, Metric, Observation, Validity
from kapmonitor.plausible import pressed
from kapmonitor.session.events import (
    BaselineSet,
    ChannelDescribed,
    ClockAnchored,
    ComputerSlept,
    ConditionSensed,
    CuffPlan,
    DeviceChanged,
    DeviceReleased,
    Phase,
    PhaseChanged,
    SameArmSaid,
    SessionEvent,
    SourceChosen,
)
from kapmonitor.view import Role
from kapmonitor.vitals import Vitals, pressures, usable

CLOCK_STEP_NS: Final = 2_000_000_000
OVERDUE_NS: Final = 120_000_000_000
OCCLUDED_NS: Final = 60_000_000_000
"""A cuff on the oximeter's arm explains a missing pulse for no longer than this."""
HIGH_BASELINE: Final = 140.0
"""mmHg systolic from which on a baseline is remarked upon: limits made from it are wide."""


HEARD: Final[tuple[type, ...]] = (
    *get_args(DeviceNews),
    ChannelDescribed,
    ClockAnchored,
    ComputerSlept,
    ConditionSensed,
    CuffPlan,
    SameArmSaid,
    SourceChosen,
)
"""The events that a world is made of, besides what people decide."""


class NumberRow(Protocol):
    """One numeric reading as the record keeps it; `value` is None where the device gave none."""

    @property
    def t_ns(self) -> int: ...
    @property
    def channel(self) -> int: ...
    @property
    def value(self) -> float | None: ...
    @property
    def validity(self) -> Validity: ...
    @property
    def raw(self) -> float | None: ...
    @property
    def device_time(self) -> str | None: ...
    @property
    def stored(self) -> bool: ...


class World:
    """Owned by one stepper. Times are the items' own, or the step's."""

    def __init__(self) -> None:
        self.vitals = Vitals()
        self.equipment: dict[str, Equipment] = {}
        self.phase = Phase.PREPARATION.value
        self._samples: dict[str, Sample] = {CLOCK: Sample(0, 0.0), SLEEP: Sample(0, 0.0)}
        self._channels: dict[int, tuple[str, Metric]] = {}
        self._slept: tuple[int, float] | None = None
        self._plan: CuffPlan | None = None
        self._planned_ns = 0
        self._same_arm = False
        self._known_roles: dict[str, str] = {}

    @property
    def samples(self) -> Mapping[str, Sample]:
        """What the last step looked at."""
        return self._samples

    def read(self, row: NumberRow) -> None:
        """One numeric reading; one of a channel that nobody described is passed over."""
        known = self._channels.get(row.channel)
        if known is None:
            return
        device, metric = known
        reading = Absent(row.validity, row.raw) if row.value is None else Measured(row.value, row.validity)
        view = self.equipment.get(device)
        if view is not None and view.unsure and row.value is not None and not row.stored:
            view = replace(view, unsure=False)
            self._put_device(device, view, row.t_ns)
        if view is None or view.speaks:
            observation = Observation(metric, row.t_ns, reading, row.device_time, row.stored)
            self.vitals.observe(device, observation)

    def hear(self, event: SessionEvent, t_ns: int, *, abnormal: bool) -> None:
        """One event; `abnormal` says whether the last blood pressure alarms."""
        match event:
            case ChannelDescribed():
                term = Term(event.ref, event.code >> 16, event.code & 0xFFFF, event.unit)
                self._channels[event.channel] = (
                    event.device,
                    Metric(
                        term, event.label, event.fs or None, event.resolution, event.offset, event.period_s
                    ),
                )
            case SourceChosen():
                self.vitals.prefer(Role(event.role), event.device)
            case PhaseChanged():
                self.phase = event.phase
            case CuffPlan():
                self._plan, self._planned_ns = event, t_ns
            case SameArmSaid():
                self._same_arm = event.same
            case _:
                self._hear_of_console(event, t_ns, abnormal=abnormal)

    def _hear_of_console(self, event: SessionEvent, t_ns: int, *, abnormal: bool) -> None:
        match event:
            case ClockAnchored():
                stepped = abs(event.step_ns) > CLOCK_STEP_NS
                self._samples[CLOCK] = Sample(t_ns, float(stepped))
            case ComputerSlept():
                self._slept = t_ns, event.length_ns / 1e9
                self._samples[SLEEP] = Sample(t_ns, self._slept[1])
            case ConditionSensed():
                self._samples[event.role] = Sample(t_ns, event.value, event.text)
            case BaselineSet():
                high = event.systolic is not None and event.systolic >= HIGH_BASELINE
                self._samples[BASELINE_HIGH] = Sample(t_ns, float(high), f"{event.systolic or 0:.0f}")
            case _ if isinstance(event, DeviceNews):
                self._hear_of_device(event, t_ns, abnormal=abnormal)
            case _:
                pass

    def _hear_of_device(self, event: DeviceNews, t_ns: int, *, abnormal: bool) -> None:
        device = event.device
        known = self.equipment.get(device, Equipment(device))
        self._put_device(device, equipment.heard(known, event, t_ns, abnormal=abnormal), t_ns)
        if isinstance(event, DeviceChanged):
            self.vitals.doubt(device, t_ns)
        elif isinstance(event, DeviceReleased):
            self.vitals.forget(device)
            self._forget_cuff()
            self._known_roles = {role: of for role, of in self._known_roles.items() if of != device}

    def _put_device(self, device: str, known: Equipment, t_ns: int) -> None:
        self.equipment[device] = known
        self._samples.update(equipment.samples(device, known, t_ns))

    def doubt_sensors(self, now_ns: int) -> None:
        """The session is taken up again: devices have to say once more how they are."""
        for device, known in self.equipment.items():
            self._put_device(device, equipment.doubted(known), now_ns)

    def look(self, now_ns: int) -> Mapping[str, Sample]:
        """Each role's newest sample at a step."""
        for reading in self.vitals.finished_cuffs(now_ns):
            known = self.equipment.get(reading.device)
            if known is not None and not reading.stored:
                self._put_device(reading.device, equipment.measured(known), reading.t_ns)
        for role in CONTINUOUS:
            self._look_at(role, now_ns)
        self._look_at_cuff(now_ns)
        if self._slept is not None and now_ns - self._slept[0] > SLEEP_TOLD_NS:
            self._slept = None
            self._samples[SLEEP] = Sample(now_ns, 0.0)
        return self._samples

    def _look_at(self, role: str, now_ns: int) -> None:
        chosen = self.vitals.chosen(Role(role), now_ns)
        if chosen is None:
            self._samples.pop(role, None)
            self._put(signal_role(role), 0.0, "", now_ns)
            return
        latest = chosen[0]
        value = usable(latest.reading, latest.t_ns, now_ns, latest.period_s)
        self._samples[role] = Sample(latest.t_ns, value)
        if value is not None:
            self._known_roles[role] = latest.device
        lost = (
            0.0 if value is not None or role not in self._known_roles else self._loss(latest.device, now_ns)
        )
        view = self.equipment.get(latest.device)
        self._put(signal_role(role), lost, view.label if view is not None else latest.device, now_ns)

    def _loss(self, device: str, now_ns: int) -> float:
        """How a missing signal counts: as it is, explained by the cuff, or said by another alarm."""
        view = self.equipment.get(device)
        if view is None:
            return RAISED
        if view.lost or view.sensor_off or view.changed:
            return SAID_ELSEWHERE
        return SUPPRESSED if self._same_arm and self._occluded(now_ns) else RAISED

    def _occluded(self, now_ns: int) -> bool:
        since = (view.measuring_since_ns for view in self.equipment.values())
        return any(t_ns is not None and now_ns - t_ns <= OCCLUDED_NS for t_ns in since)

    def _put(self, role: str, value: float, text: str, now_ns: int) -> None:
        known = self._samples.get(role)
        if known is None or known.value != value:
            self._samples[role] = Sample(now_ns, value, text)

    def _look_at_cuff(self, now_ns: int) -> None:
        last = self.vitals.cuff(now_ns)
        if last is None:
            self._forget_cuff()
        else:
            # A cuff value alarms when it arrives; from then on the condition stands until the next one. A
            # determination that could not find it says nothing of whether what was wrong has passed.
            for role, (ref, reading) in zip(CUFF_ROLES, pressures(last), strict=True):
                value = pressed(ref, reading)
                if value is not None or role not in self._samples:
                    self._samples[role] = Sample(last.t_ns, value)
        self._put(OVERDUE, self._overdue(last.t_ns if last is not None else None, now_ns), "", now_ns)

    def _forget_cuff(self) -> None:
        for role in CUFF_ROLES:
            self._samples.pop(role, None)

    def _overdue(self, last_ns: int | None, now_ns: int) -> float:
        """Whether a planned blood pressure has not come; without a plan none is due."""
        plan = self._plan
        if plan is None or plan.next_t_ns == 0:
            return 0.0
        interval_ns = plan.interval_s * 1_000_000_000
        since_ns = last_ns if last_ns is not None else self._planned_ns
        if plan.held:
            # Somebody put this one off: it is due when they said.
            since_ns = max(since_ns, plan.next_t_ns - interval_ns)
        age_ns = now_ns - since_ns
        if age_ns <= interval_ns + OVERDUE_NS:
            return 0.0
        return SEVERE if age_ns > 2 * interval_ns else RAISED
