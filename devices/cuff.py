"""The one safety layer above every driver that can start a cuff: requests and news in, decisions out.

One CuffSafety stands for one device. It sends nothing itself: whoever holds it carries out its decisions,
each of which says who asked, and calls it with every request, with all that `news` finds in what the device
and its link report, and with Tick() at `deadline_ns`.

- Starting is off until a person turns it on for this device. The plan holds all the same: a time that is due
  then waits for somebody to measure, and so does a repeat.
- A repeat comes once, at its time, unless anything is measured before.
- Whatever is due can be put off by as long as the schedule allows, counted from when it was due: letting go
  and putting off once more gains nothing.
- A start is refused while the cuff is inflated, stopping or in an unknown state, while the link is not live,
  and until the cuff has rested.
- Stopping is never refused, in any state.
- A determination that does not end is stopped and counts as failed.
- If the link is lost while the cuff is inflated, its state is unknown until the device tells. Nothing is ever
  started again by itself; a planned time that passed meanwhile is skipped.
"""

from __future__ import annotations

from dataclasses import replace

from devices.cuff_schedule import held_until, postponed
from devices.cuff_table import TABLE, Activity, Do, Happening
from devices.cuff_words import (
    REPEAT,
    TIMER,
    WATCHDOG,
    Action,
    Again,
    CuffDecision,
    CuffInput,
    Fail,
    Linked,
    Plan,
    Planned,
    Pressure,
    Recalled,
    Refusal,
    Refuse,
    Request,
    SendStart,
    SendStop,
    Tick,
)
from kapmonitor.model import NibpFailure

S_NS = 1_000_000_000
REST_NS = 30 * S_NS
"""Least pause between two inflations, counted from an empty cuff (IEC 80601-2-30 for repeated cycles)."""

DETERMINATION_NS = 150 * S_NS
"""Longer than any module's own limit (130 s for adults)."""

STOP_AGAIN_NS = 10 * S_NS
TELLS_WITHIN_NS = 5 * S_NS
"""After the link came back, a device has this long to tell what its cuff does."""

EARLY_NS = 120 * S_NS
"""A reading so little before its planned time is the planned one."""

LATE_NS = 60 * S_NS
"""A planned start that could not happen for this long (the computer slept) is skipped."""

EMPTY_MMHG = 5.0


A, H = Activity, Happening


class CuffSafety:
    """Decides for one cuff; every time is the session's clock, passed in."""

    def __init__(self) -> None:
        self.activity = Activity.IDLE
        self.enabled = False
        self.plan = Plan()
        self._live = False
        self._rested_ns: int | None = None
        self._watchdog_ns: int | None = None
        self._follow = Planned(None, None)
        self._planned_ns: int | None = None
        self._scheduled = Plan()
        self._again: Again | None = None
        self._again_due_ns = 0
        self._began_ns = 0

    @property
    def deadline_ns(self) -> int | None:
        """When Tick() is wanted next; None for never."""
        watchdog_ns = self._watchdog_ns if self._live or self.activity is not A.UNKNOWN else None
        planned_ns = self.plan.next_t_ns if self.enabled else None
        return min((t for t in (watchdog_ns, planned_ns) if t is not None), default=None)

    def why_not(self, now_ns: int) -> Refusal | None:
        """Why a start would be refused now; None if it would not."""
        if not self.enabled:
            return Refusal.OFF
        if not self._live:
            return Refusal.NO_LINK
        if self.activity is A.UNKNOWN:
            return Refusal.UNKNOWN
        if self.activity is not A.IDLE:
            return Refusal.BUSY
        if self._rested_ns is not None and now_ns < self._rested_ns:
            return Refusal.RESTING
        return None

    def on(self, event: CuffInput, now_ns: int) -> tuple[CuffDecision, ...]:
        """Take one request or piece of news; what must be done, in order."""
        match event:
            case Request():
                return self._asked(event, now_ns)
            case Happening():
                return self._happen(event, now_ns, "")
            case Linked():
                return self._linked(event.live, now_ns)
            case Pressure():
                if self.activity is A.IDLE and event.mmhg >= EMPTY_MMHG:
                    self._rested_ns = now_ns + REST_NS
                return ()
            case Planned():
                self._follow = event
                return self._plan_after(now_ns)
            case Again():
                self._again, self._again_due_ns = event, event.t_ns
                return self._replan()
            case Recalled():
                return self._recalled(event)
            case Tick():
                return self._tick(now_ns)

    def _asked(self, request: Request, now_ns: int) -> tuple[CuffDecision, ...]:
        match request.action:
            case Action.START:
                return self._start(request.by, now_ns)
            case Action.STOP:
                return self._happen(H.STOP, now_ns, request.by)
            case Action.HOLD:
                return self._hold(request, now_ns)
            case Action.RELEASE:
                return self._release(request, now_ns)
            case Action.TURN_ON | Action.TURN_OFF:
                return self._turned(now_ns, on=request.action is Action.TURN_ON)

    def _turned(self, now_ns: int, *, on: bool) -> tuple[CuffDecision, ...]:
        """Turned on, nothing starts that was due before."""
        self.enabled = on
        if on and self._again is not None and self._again.t_ns <= now_ns:
            self._again = None
        return self._plan_after(now_ns) if on else self._replan()

    def _recalled(self, known: Recalled) -> tuple[CuffDecision, ...]:
        plan = known.plan
        if plan.next_t_ns is None:
            return ()
        if plan.again:
            self._again, self._again_due_ns = Again(plan.next_t_ns, plan.held, plan.again), known.due_ns
            return self._replan()
        if self._follow.schedule is None or self._follow.dose_ns is None:
            return ()
        self._planned_ns = known.due_ns
        return self._planned(plan.next_t_ns, held=plan.held)

    def _start(self, by: str, now_ns: int) -> tuple[CuffDecision, ...]:
        if (reason := self.why_not(now_ns)) is not None:
            return (Refuse(Action.START, by, reason),)
        return self._happen(H.START, now_ns, by)

    def _happen(self, what: Happening, now_ns: int, by: str) -> tuple[CuffDecision, ...]:
        before = self.activity
        self.activity, do = TABLE[before][what]
        self._set_watchdog(before, now_ns)
        self._follow_plan(before, what, now_ns)
        match do:
            case Do.NOTHING:
                return ()
            case Do.REST:
                self._rested_ns = now_ns + REST_NS
                return ()
            case Do.SEND_START:
                return (SendStart(by),)
            case Do.SEND_STOP:
                return (SendStop(by),)
            case Do.FAIL_AND_STOP:
                return (Fail(NibpFailure.TIMEOUT), SendStop(by))
            case Do.REFUSE_BUSY:
                return (Refuse(Action.START, by, Refusal.BUSY),)
            case Do.REFUSE_UNKNOWN:
                return (Refuse(Action.START, by, Refusal.UNKNOWN),)

    def _follow_plan(self, before: Activity, what: Happening, now_ns: int) -> None:
        """What a determination means for the times that are planned."""
        if before is A.IDLE:
            self._began_ns = now_ns
        if self.activity is not A.IDLE:
            self._again = None
            self._replan()
        elif what is H.RESULT:
            self._again = None
            self._replan()
            self._satisfy(now_ns)

    def _set_watchdog(self, before: Activity, now_ns: int) -> None:
        """A determination is timed from its start, whatever becomes known of it later."""
        if self.activity is A.IDLE:
            self._watchdog_ns = None
        elif self.activity is A.STOPPING:
            self._watchdog_ns = now_ns + STOP_AGAIN_NS
        elif before is A.IDLE:
            self._watchdog_ns = now_ns + DETERMINATION_NS

    def _linked(self, live: bool, now_ns: int) -> tuple[CuffDecision, ...]:
        was_live, self._live = self._live, live
        if was_live and not live:
            return self._happen(H.LOST, now_ns, "")
        if live and not was_live and self._watchdog_ns is not None:
            self._watchdog_ns = max(self._watchdog_ns, now_ns + TELLS_WITHIN_NS)
        return ()

    def _tick(self, now_ns: int) -> tuple[CuffDecision, ...]:
        decisions: tuple[CuffDecision, ...] = ()
        before = self.plan
        watching = self._live or self.activity is not A.UNKNOWN
        if watching and self._watchdog_ns is not None and now_ns >= self._watchdog_ns:
            decisions = self._happen(H.WATCHDOG, now_ns, WATCHDOG)
        if self.enabled and self._scheduled.next_t_ns is not None and now_ns >= self._scheduled.next_t_ns:
            decisions += self._due(self._scheduled.next_t_ns, now_ns)
        if self.enabled and self._again is not None and now_ns >= self._again.t_ns:
            decisions += self._due_again(self._again, now_ns)
        others = tuple(each for each in decisions if not isinstance(each, Plan))
        return others if self.plan == before else (*others, self.plan)

    def _due(self, planned_ns: int, now_ns: int) -> tuple[CuffDecision, ...]:
        """A planned time has come: start, wait for the end of the rest, or skip it."""
        reason = Refusal.MISSED if now_ns - planned_ns > LATE_NS else self.why_not(now_ns)
        if reason is Refusal.RESTING and self._rested_ns is not None:
            return self._planned(self._rested_ns, held=self._scheduled.held)
        if reason is not None:
            return (Refuse(Action.START, TIMER, reason), *self._plan_after(now_ns))
        return (*self._happen(H.START, now_ns, TIMER), *self._plan_after(now_ns))

    def _due_again(self, again: Again, now_ns: int) -> tuple[CuffDecision, ...]:
        reason = Refusal.MISSED if now_ns - again.t_ns > LATE_NS else self.why_not(now_ns)
        rested_ns = self._rested_ns if reason is Refusal.RESTING else None
        self._again = replace(again, t_ns=rested_ns) if rested_ns is not None else None
        if reason is None:
            return (*self._happen(H.START, now_ns, REPEAT), *self._replan())
        refused = () if reason is Refusal.RESTING else (Refuse(Action.START, REPEAT, reason),)
        return (*refused, *self._replan())

    def _plan_after(self, now_ns: int) -> tuple[CuffDecision, ...]:
        schedule, dose_ns = self._follow.schedule, self._follow.dose_ns
        if schedule is None or dose_ns is None:
            self._planned_ns = None
        else:
            self._planned_ns = schedule.after(dose_ns, now_ns)
        return self._planned(self._planned_ns, held=False)

    def _satisfy(self, now_ns: int) -> None:
        """A reading came: the planned one, if that was due or nearly so."""
        schedule, dose_ns, due_ns = self._follow.schedule, self._follow.dose_ns, self._planned_ns
        if schedule is None or dose_ns is None or due_ns is None:
            return
        if self._began_ns >= due_ns - min(EARLY_NS, self._interval_s(due_ns) * S_NS // 2):
            self._plan_after(max(now_ns, due_ns, self._scheduled.next_t_ns or 0))

    def _planned(self, next_t_ns: int | None, *, held: bool) -> tuple[CuffDecision, ...]:
        self._scheduled = Plan() if next_t_ns is None else Plan(next_t_ns, self._interval_s(next_t_ns), held)
        return self._replan()

    def _replan(self) -> tuple[CuffDecision, ...]:
        """What comes first: the schedule's next, or a repeat."""
        plan, again = self._scheduled, self._again
        if again is not None and self._repeats_next():
            plan = Plan(again.t_ns, self._interval_s(again.t_ns), again.held, again.why)
        if plan == self.plan:
            return ()
        self.plan = plan
        return (plan,)

    def _repeats_next(self) -> bool:
        """Whether a repeat comes before what the schedule has."""
        scheduled_ns = self._scheduled.next_t_ns
        return self._again is not None and (scheduled_ns is None or self._again.t_ns < scheduled_ns)

    def _interval_s(self, t_ns: int) -> int:
        """From the planned time before to `t_ns`, which may be later than planned."""
        schedule, dose_ns, planned_ns = self._follow.schedule, self._follow.dose_ns, self._planned_ns
        if schedule is None or dose_ns is None or planned_ns is None:
            return 0
        return schedule.interval_s(dose_ns, planned_ns) + (t_ns - planned_ns) // S_NS

    def _hold(self, request: Request, now_ns: int) -> tuple[CuffDecision, ...]:
        schedule, dose_ns, planned_ns = self._follow.schedule, self._follow.dose_ns, self._planned_ns
        if self.plan.held:
            return (Refuse(Action.HOLD, request.by, Refusal.ALREADY_HELD),)
        if self._again is not None and self._repeats_next():
            until_ns = held_until(schedule, self._again_due_ns)
            if until_ns <= max(now_ns, self._again.t_ns):
                return (Refuse(Action.HOLD, request.by, Refusal.HELD_ENOUGH),)
            self._again = replace(self._again, t_ns=until_ns, held=True)
            return self._replan()
        if schedule is None or dose_ns is None or planned_ns is None:
            return (Refuse(Action.HOLD, request.by, Refusal.NOTHING_PLANNED),)
        until_ns = postponed(schedule, dose_ns, planned_ns)
        if until_ns <= max(now_ns, planned_ns):
            return (Refuse(Action.HOLD, request.by, Refusal.HELD_ENOUGH),)
        return self._planned(until_ns, held=True)

    def _release(self, request: Request, now_ns: int) -> tuple[CuffDecision, ...]:
        if self._again is not None and self._again.held and self._repeats_next():
            self._again = replace(self._again, t_ns=max(now_ns, self._again_due_ns), held=False)
            return self._replan()
        if not self._scheduled.held or self._planned_ns is None:
            return (Refuse(Action.RELEASE, request.by, Refusal.NOT_HELD),)
        return self._planned(max(self._planned_ns, now_ns), held=False)
