"""The desk at which cuffs are asked for, by people and by the timer.

The safety layer (devices.cuff) decides; this module carries its decisions out, puts every request on record
with who asked, and tells the engine what is planned.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Protocol, runtime_checkable

from devices.cuff import CuffSafety
from devices.cuff_schedule import CuffOptions, Schedule
from devices.cuff_table import Happening
from devices.cuff_words import (
    REPEAT,
    TIMER,
    WATCHDOG,
    Action,
    CuffDecision,
    CuffInput,
    Fail,
    Linked,
    Plan,
    Planned,
    Recalled,
    Refusal,
    Refuse,
    Request,
    SendStart,
    SendStop,
    Tick,
    news,
)
from kapmonitor.commands import HoldCuff, StartCuff, StopCuff
from kapmonitor.engine import Engine
from kapmonitor.errors import CommandRefused
from kapmonitor.model import CuffFailed, DeviceEvent, LinkChanged, Observation
from kapmonitor.picture import DEFAULT_INTERVAL_S, CuffOutlook
from kapmonitor.rechecks import after_failed, after_high
from kapmonitor.session.events import CuffAsked
from kapmonitor.view import Role

SOON = frozenset({Refusal.RESTING, Refusal.BUSY})
"""Refusals that pass by themselves: the screen goes on offering a start and says why not yet."""


@runtime_checkable
class CuffPump(Protocol):
    """What sends a cuff command to one device."""

    def start_cuff(self) -> None:
        """Send a start now; CommandRefused if it cannot go out."""
        ...

    def stop_cuff(self) -> None:
        """Send an abort now; CommandRefused if it cannot go out."""
        ...


@dataclass(slots=True)
class _Cuff:
    """One device with a cuff; without a `pump` it cannot be started from here, and is measured by hand."""

    device: str
    pump: CuffPump | None
    own: CuffOptions
    """What was said for this device; the rest is the protocol's."""
    repeated_ns: int = 0
    """The newest reading that was asked to be repeated."""
    failures: int = 0
    safety: CuffSafety = field(default_factory=CuffSafety)
    told: CuffOutlook | None = None


class CuffDesk:
    """Used on the core thread only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._cuffs: dict[str, _Cuff] = {}
        self._dose_ns: int | None = None
        self._wanted = CuffOptions()
        self._planned: tuple[int, CuffOptions] | None = None

    def connect(self, device: str, pump: CuffPump | None, options: CuffOptions, now_ns: int) -> None:
        """A cuff, or another way to reach it; starting it is off unless a person turned it on."""
        known = self._cuffs.get(device)
        if known is not None:
            known.pump = pump
            return
        cuff = _Cuff(device, pump, options)
        if pump is not None and not any(other.pump is not None for other in self._cuffs.values()):
            self._cuffs = {device: cuff, **self._cuffs}
        else:
            self._cuffs[device] = cuff
        if self._dose_ns is not None:
            self._do(cuff, Planned(self._schedule(cuff), self._dose_ns), now_ns)
        if options.on and pump is not None:
            self._do(cuff, Request(Action.TURN_ON, "settings"), now_ns)

    def recall(
        self,
        device: str,
        now_ns: int,
        *,
        measuring: bool,
        last_ns: int | None,
        planned: Recalled | None = None,
    ) -> None:
        """What was known of a cuff before the session was taken up again; before its link is live.

        One that was inflated may still be so: nothing is started until the device tells.
        """
        cuff = self._cuffs.get(device)
        if cuff is None:
            return
        if measuring:
            for news_ in (Linked(live=True), Happening.MEASURING, Linked(live=False)):
                self._do(cuff, news_, now_ns)
        elif last_ns is not None:
            cuff.safety.on(Happening.MEASURING, last_ns)
            cuff.safety.on(Happening.IDLE, last_ns)
        if planned is not None and not measuring:
            cuff.repeated_ns = last_ns or 0
            self._do(cuff, planned, now_ns)

    def disconnect(self, device: str, now_ns: int) -> None:
        """The device leaves the session: its valves are opened, and nothing is asked of it any more."""
        cuff = self._cuffs.pop(device, None)
        if cuff is None:
            return
        if cuff.pump is not None:
            self._send(cuff, Action.STOP, "console", now_ns)
        if not self._cuffs:
            self._engine.plan_cuff(device, CuffOutlook())

    def allow(self, device: str, by: str, now_ns: int, *, on: bool) -> Future[int]:
        """A person turned starting this cuff from here on or off; CommandRefused if it has none."""
        cuff = self._cuffs.get(device)
        if cuff is None or cuff.pump is None:
            raise CommandRefused("allow cuff", "no-cuff")
        return self._do(cuff, Request(Action.TURN_ON if on else Action.TURN_OFF, by), now_ns)

    def allowed(self, device: str) -> bool | None:
        """Whether this cuff may be started from here; None if the device has none that could be."""
        cuff = self._cuffs.get(device)
        return None if cuff is None or cuff.pump is None else cuff.safety.enabled

    def prefer(self, device: str) -> None:
        """This cuff is meant from now on where a person asks for a reading without naming one."""
        if device in self._cuffs:
            self._cuffs = {device: self._cuffs[device], **self._cuffs}

    def measure_from(self, t_ns: int, now_ns: int) -> None:
        """Count planned measurements from this time: the dose, or the start where there is none."""
        if (t_ns, self._wanted) == self._planned:
            return
        self._planned = t_ns, self._wanted
        self._dose_ns = t_ns
        for cuff in self._cuffs.values():
            self._do(cuff, Planned(self._schedule(cuff), t_ns), now_ns)

    def follow(self, wanted: CuffOptions) -> None:
        """What the protocol wants of every cuff for which nothing else was said; before measure_from()."""
        self._wanted = wanted

    def _schedule(self, cuff: _Cuff) -> Schedule | None:
        return cuff.own.schedule or self._wanted.schedule

    def heard(self, device: str, event: DeviceEvent | LinkChanged, now_ns: int) -> None:
        """Something the device or its link said."""
        cuff = self._cuffs.get(device)
        happened = news(event) if cuff is not None else None
        if cuff is not None and happened is not None:
            self._do(cuff, happened, now_ns)
            self._repeat_failed(cuff, event, now_ns)

    def _repeat_failed(self, cuff: _Cuff, event: DeviceEvent | LinkChanged, now_ns: int) -> None:
        if isinstance(event, Observation):
            cuff.failures = 0
        elif isinstance(event, CuffFailed):
            cuff.failures += 1
            by_itself = cuff.pump is not None and cuff.safety.enabled
            again = after_failed(
                event.failure, cuff.failures, cuff.own, self._wanted, now_ns, by_itself=by_itself
            )
            if again is not None:
                self._do(cuff, again, now_ns)

    def _repeat_high(self, now_ns: int) -> None:
        cuff = self._cuffs.get(self._engine.source_of(Role.NIBP_SYS, now_ns))
        if cuff is None:
            return
        asked = after_high(self._engine.snapshot.alarms, cuff.own, self._wanted, cuff.repeated_ns)
        if asked is not None:
            cuff.repeated_ns = asked.reading_ns
            self._do(cuff, replace(asked.again, t_ns=max(now_ns, asked.again.t_ns)), now_ns)

    def tick(self, now_ns: int) -> None:
        """Time passed."""
        self._repeat_high(now_ns)
        for cuff in self._cuffs.values():
            deadline_ns = cuff.safety.deadline_ns
            if deadline_ns is not None and now_ns >= deadline_ns:
                self._do(cuff, Tick(), now_ns)
            self._tell(cuff, now_ns)

    def ask(self, command: StartCuff | StopCuff | HoldCuff, now_ns: int) -> Future[int]:
        """What a person wants of the cuff, a stop of every cuff; CommandRefused says why not."""
        action = _action(command)
        sends = action in {Action.START, Action.STOP}
        able = [cuff for cuff in self._cuffs.values() if cuff.pump is not None or not sends]
        if not able:
            raise CommandRefused(action.value, "no-cuff")
        cuff, *others = able
        for other in others if action is Action.STOP else ():
            self._do(other, Request(action, command.by), now_ns)
        return self._do(cuff, Request(action, command.by), now_ns)

    def _do(self, cuff: _Cuff, event: CuffInput, now_ns: int) -> Future[int]:
        asked = event if isinstance(event, Request) else None
        refusal: CommandRefused | None = None
        for decision in cuff.safety.on(event, now_ns):
            refusal = self._carry_out(cuff, decision, now_ns) or refusal
        self._tell(cuff, now_ns)
        if refusal is not None and asked is not None:
            raise refusal
        if asked is not None:
            return self._engine.record(CuffAsked(cuff.device, asked.action.value, asked.by))
        done: Future[int] = Future()
        done.set_result(0)
        return done

    def _carry_out(self, cuff: _Cuff, decision: CuffDecision, now_ns: int) -> CommandRefused | None:
        match decision:
            case SendStart(by):
                return self._send(cuff, Action.START, by, now_ns)
            case SendStop(by):
                return self._send(cuff, Action.STOP, by, now_ns)
            case Refuse(action, by, reason):
                self._engine.record(CuffAsked(cuff.device, action.value, by, reason.value))
                return CommandRefused(action.value, reason.value)
            case Fail(failure):
                self._engine.on_event(cuff.device, CuffFailed(failure, 0, now_ns))
                return None
            case Plan():
                return None

    def _send(self, cuff: _Cuff, action: Action, by: str, now_ns: int) -> CommandRefused | None:
        if cuff.pump is None:
            return CommandRefused(action.value, "no-cuff")
        send = cuff.pump.start_cuff if action is Action.START else cuff.pump.stop_cuff
        try:
            send()
        except CommandRefused as refused:
            self._engine.record(CuffAsked(cuff.device, action.value, by, refused.reason))
            if action is Action.START:
                # Nothing went out: without this the layer would wait for an end that cannot come.
                cuff.safety.on(Happening.FAILED, now_ns)
            return refused
        if by in {TIMER, WATCHDOG, REPEAT}:
            self._engine.record(CuffAsked(cuff.device, action.value, by))
        return None

    def _tell(self, cuff: _Cuff, now_ns: int) -> None:
        plan, why_not = cuff.safety.plan, cuff.safety.why_not(now_ns)
        outlook = CuffOutlook(
            next_t_ns=plan.next_t_ns,
            interval_s=plan.interval_s or DEFAULT_INTERVAL_S,
            held=plan.held,
            again=plan.again,
            can_start=cuff.pump is not None and (why_not is None or why_not in SOON),
            refused=why_not.value if why_not is not None and cuff.pump is not None else "",
        )
        if cuff is not next(iter(self._cuffs.values()), None):
            cuff.told = None
            return
        if outlook != cuff.told:
            cuff.told = outlook
            self._engine.plan_cuff(cuff.device, outlook)


def _action(command: StartCuff | StopCuff | HoldCuff) -> Action:
    match command:
        case StartCuff():
            return Action.START
        case StopCuff():
            return Action.STOP
        case HoldCuff(_, release):
            return Action.RELEASE if release else Action.HOLD
