"""How a check before leaving reads: since when, from which reading, who said so; pure."""

from __future__ import annotations

from kapmonitor.leaving import LEAST, Check, Way
from kapmonitor.leavingfacts import MINUTE_NS
from kapmonitor.preflight import Standing
from ui import format as fmt
from ui.after import wording
from ui.after.look import Look


def clock(look: Look, t_ns: int) -> str:
    """The time of day of a moment of the session."""
    shot = look.snapshot
    return fmt.wall(shot.utc_ns + t_ns - shot.t_ns, shot.utc_offset_min)


def hours(minutes: float) -> str:
    """`2:05` hours and minutes; a part of a minute counts as one, so that nothing is over too soon."""
    whole = -int(-minutes // 1)
    return f"{whole // 60}:{whole % 60:02d}"


def who_said(what: str, by: str, t_ns: int | None, look: Look) -> str:
    """`yes — KL 14:20`."""
    who = by or wording.NO_NAME
    at = "" if t_ns is None else clock(look, t_ns)
    said = " ".join(part for part in (who, at) if part)
    return f"{what} — {said}" if what else said


def check_text(check: Check) -> str:
    """What it is."""
    if check.id == LEAST and check.auto is not None:
        return wording.LEAST.format(least=fmt.length(round(check.auto.number * MINUTE_NS)))
    return check.text


def check_said(check: Check, look: Look) -> str:
    """How it stands."""
    if check.standing is Standing.OVERRIDDEN:
        return who_said(wording.WITHOUT.format(reason=check.reason), check.by, check.since_t_ns, look)
    match check.way:
        case Way.TIME:
            return _time(check, look)
        case Way.FOUND:
            return _found(check, look)
        case _:
            return _asked(check, look)


def _time(check: Check, look: Look) -> str:
    if check.standing is Standing.DONE and check.since_t_ns is not None:
        return wording.OVER_SINCE.format(at=clock(look, check.since_t_ns))
    if check.auto is None or check.value is None:
        return wording.NOT_KNOWN
    left_ns = round((check.auto.number - check.value) * MINUTE_NS)
    return wording.TO_GO.format(left=fmt.length(left_ns), at=clock(look, look.now_ns + left_ns))


def _found(check: Check, look: Look) -> str:
    fact = check.auto.fact if check.auto is not None else ""
    if fact == "pressure-back":
        return _pressure(check, look)
    if fact.startswith("scale:"):
        if not check.readings or check.value is None:
            return wording.NO_SCORE
        return wording.SCORE.format(score=fmt.amount(check.value), at=clock(look, check.readings[-1]))
    words = {Standing.DONE: wording.IS_SO, Standing.WRONG: wording.IS_NOT_SO}
    return words.get(check.standing, wording.NOT_KNOWN)


def _pressure(check: Check, look: Look) -> str:
    if not check.readings:
        return wording.NO_BASELINE if look.snapshot.baseline.baseline is None else wording.NO_READING
    t_ns = check.readings[-1]
    reading = next((each for each in look.cuffs if each.t_ns == t_ns), None)
    said = wording.READING.format(pressure=fmt.pressure(reading), at=clock(look, t_ns))
    if check.since_t_ns is None:
        return wording.NOT_BACK.format(reading=said)
    return wording.BACK_SINCE.format(reading=said, at=clock(look, check.since_t_ns))


def _asked(check: Check, look: Look) -> str:
    if check.standing is Standing.LEFT:
        keys = wording.WRITE if check.way is Way.VALUE else wording.ANSWER
        return keys if check.required else f"{keys}   {wording.OPTIONAL}"
    answer = wording.IS_SO if check.standing is Standing.DONE else wording.IS_NOT_SO
    if check.way is Way.VALUE and check.standing is Standing.DONE:
        answer = " ".join(part for part in (check.reason, check.unit) if part)
    said = look.session.care.answer(check.id)
    return who_said(answer, check.by, said.t_ns if said is not None else None, look)
