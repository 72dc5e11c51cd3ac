"""What a course says, on the page and on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from kapmonitor.course.beyond import Beyond
from kapmonitor.course.facts import Amount, Facts
from kapmonitor.course.gather import Course, Out
from kapmonitor.course.person import Why
from kapmonitor.course.reading import Session
from ui import format as fmt

NOT_KNOWN: Final = "—"
WHY: Final = {
    Why.NO_NUMBER: "no record number in it",
    Why.OTHER_PERSON: "another person",
    Why.OTHER_BIRTH: "the same record number, but another date of birth",
    Why.OTHER_INITIALS: "the same record number, but other initials",
    Why.OTHER_KIND: "of another kind: {detail}",
    Why.SEVERAL: "the same record number as several people, and nothing tells which of them it is of",
    Why.COPY: "a copy of {detail}",
    Why.LOCKED: "encrypted, and nothing on this computer opens it",
    Why.DAMAGED: "damaged: {detail}",
    Why.UNREADABLE: "cannot be read here: {detail}",
}
MODES: Final = {"Real": "a real session", "Demo": "a demonstration", "Test": "a test"}
COLUMNS: Final = (
    "session",
    "dose",
    "mg/kg",
    "in all",
    "highest",
    "at",
    "above limit",
    "ready after",
    "left after",
    "notes",
)
INTERRUPTED: Final = "not closed"
NO_DOSE: Final = "no dose"
HOW_COUNTED: Final = (
    "Above limit: systolic or diastolic at or above the limit of its time, from the first dose on. A reading "
    "stands until the next one, 15 min at most; time without one does not count."
)


def out_words(out: Out) -> str:
    """Why a record is not among the sessions."""
    return WHY[out.why].format(detail=MODES.get(out.detail, out.detail))


def when(session: Session) -> str:
    """`2026-11-22 14:05`, the room's time at T+0; empty for a time that no calendar holds."""
    try:
        at = datetime.fromtimestamp(session.utc_ns // fmt.SECOND_NS, UTC)
        return (at + timedelta(minutes=session.started.utc_offset_min)).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return ""


def amount_words(amounts: Sequence[Amount]) -> str:
    """`70 mg IM`; of several drugs or routes each, with its drug."""
    if not amounts:
        return NO_DOSE
    alone = len(amounts) == 1
    return ", ".join(
        f"{fmt.amount(each.mg)} mg {'' if alone else each.drug + ' '}{each.route.upper()}".strip()
        + (f" in {each.doses}" if each.doses > 1 else "")
        for each in amounts
    )


def per_kg(amounts: Sequence[Amount]) -> str:
    """`0.93`, in one width to compare them, or nothing known where a weight is missing."""
    if not amounts or any(each.mg_per_kg is None for each in amounts):
        return NOT_KNOWN
    return ", ".join(f"{each.mg_per_kg or 0.0:.2f}" for each in amounts)


def minutes(t_ns: int | None) -> str:
    """`62 min`."""
    return NOT_KNOWN if t_ns is None else f"{t_ns / fmt.MINUTE_NS:.0f} min"


def beyond_words(beyond: Beyond) -> str:
    """`12 of 98 min, limit 170/105`; what there was to look at is always said."""
    if not beyond.seen_ns:
        return "no reading with a limit"
    limits = "/".join(" then ".join(fmt.amount(each) for each in part) for part in beyond.limits if part)
    seen = beyond.seen_ns / fmt.MINUTE_NS
    return f"{_short(beyond.beyond_ns)} of {seen:.0f} min, limit {limits}"


def _short(length_ns: int) -> str:
    """Whole minutes; a part of one is not none."""
    return "<1" if 0 < length_ns < fmt.MINUTE_NS else f"{length_ns / fmt.MINUTE_NS:.0f}"


def peak_words(facts: Facts) -> tuple[str, str]:
    """The highest reading and when it was: `164/92`, `T+20:00`."""
    peak = facts.peak
    return (NOT_KNOWN, NOT_KNOWN) if peak is None else (fmt.pressure(peak), fmt.offset(peak.t_ns, 0))


def tag_words(facts: Facts) -> str:
    """`tearful 2, nausea`."""
    return ", ".join(f"{tag} {count}" if count > 1 else tag for tag, count in facts.tags) or NOT_KNOWN


def rows(course: Course) -> list[tuple[str, ...]]:
    """A row of COLUMNS for each session, with what was given in all up to it."""
    totals: dict[str, float] = {}
    found = []
    for place, session in enumerate(course.sessions, 1):
        facts = session.facts
        name = f"{place}  {when(session)}" + ("" if session.is_closed else f", {INTERRUPTED}")
        if facts is None:
            found.append((name, NO_DOSE, *[NOT_KNOWN] * (len(COLUMNS) - 2)))
            continue
        for each in facts.amounts:
            totals[each.drug] = totals.get(each.drug, 0.0) + each.mg
        found.append(
            (
                name,
                amount_words(facts.amounts),
                per_kg(facts.amounts),
                total_words(totals),
                *peak_words(facts),
                beyond_words(facts.pressure),
                minutes(facts.ready_ns),
                minutes(facts.left_ns),
                tag_words(facts),
            )
        )
    return found


def total_words(totals: dict[str, float]) -> str:
    """`210 mg`; of several drugs each."""
    if len(totals) == 1:
        return f"{fmt.amount(next(iter(totals.values())))} mg"
    return ", ".join(f"{fmt.amount(mg)} mg {drug}" for drug, mg in totals.items())


def not_counted(course: Course) -> str:
    """What may be this person's, too: said where there is such a record; empty for none."""
    unread = sum(1 for out in course.out if out.why in (Why.DAMAGED, Why.LOCKED, Why.UNREADABLE))
    unclear = sum(1 for out in course.out if out.why is Why.SEVERAL)
    whys = [_records(unread, "cannot be read")] if unread else []
    whys += [_records(unclear, "may be of somebody else")] if unclear else []
    return f"doses in all are without {' and '.join(whys)}" if whys else ""


def _records(count: int, why: str) -> str:
    return f"{count} record{'' if count == 1 else 's'} that {why}"


def others_words(count: int) -> str:
    """How many records are of somebody else; empty for none."""
    if not count:
        return ""
    return "1 record is of another person" if count == 1 else f"{count} records are of other people"


NOBODY: Final = "no own band: nobody said yet whose session this is"
READING_EARLIER: Final = "reading earlier sessions of this person"
NO_EARLIER: Final = "no own band: no earlier session of this person could be read"
NEXT: Final = "next session"
TITLE: Final = "Sessions of {person}"
ONE_PERSON: Final = "one person"
KEYS: Final = "↑ ↓ choose     Enter open in review     B own band     Esc close"
PICTURE_KEYS: Final = "Opened from a review with C"
READING_KEYS: Final = "Esc stop"
TROUBLE_KEYS: Final = "Esc close"
READING: Final = "reading this person’s records: {share}"
STOPPED: Final = "stopped"
SCROLLED: Final = "     lines {first} to {last} of {count}"
NO_SESSIONS: Final = "no session of this person could be read"
PRESSURE: Final = "BP mmHg"
HEART_RATE: Final = "HR /min"
SATURATION: Final = "SpO₂ %"
NO_ROUTE: Final = "No own band: the doses of this session went by several routes, or there was none"
NO_BASELINE: Final = "No own band: a baseline is missing"
BAND_OFF: Final = "Own band is off"


def too_few(count: int, route: str) -> str:
    """Why there is no band yet."""
    has = {0: "there is none", 1: "there is one"}.get(count, f"there are {count}")
    return f"No own band: it takes 2 earlier {route.upper()} sessions, {has}"


def earlier_words(count: int) -> str:
    """Said once it is known whose session it is."""
    sessions = "1 earlier session" if count == 1 else f"{count} earlier sessions"
    return f"{sessions} of this person on this computer · U shows their own band"


def made_from(count: int, route: str, *, is_next: bool) -> str:
    """What a band is made from."""
    base = "on their median baseline" if is_next else "on this session’s baseline"
    return f"Own band: lowest to highest change in {count} earlier {route.upper()} sessions, {base}"


def count_words(course: Course) -> str:
    """`3 sessions   12 records are of other people`."""
    count = len(course.sessions)
    said = "1 session" if count == 1 else f"{count} sessions"
    return "   ".join(filter(None, (said, not_counted(course), others_words(course.others))))


def person_words(course: Course) -> str:
    """`4471 MK`."""
    return " ".join(filter(None, (course.person.number, course.person.initials)))
