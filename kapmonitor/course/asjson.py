"""A course as JSON-able values: minutes after the first dose, None for what is not known; pure."""

from __future__ import annotations

from kapmonitor.clock import utc_text
from kapmonitor.course.beyond import Beyond
from kapmonitor.course.facts import SECOND_NS, Facts
from kapmonitor.course.gather import Course
from kapmonitor.course.reading import Session
from kapmonitor.model import CuffReading, Measured, Reading

MINUTE_NS = 60 * SECOND_NS


def as_json(course: Course) -> dict[str, object]:
    """All of it but the curves."""
    return {
        "person": course.person.number,
        "sessions": [_session(session) for session in course.sessions],
        "out": [{"path": str(out.path), "why": out.why, "detail": out.detail} for out in course.out],
        "other_people": course.others,
    }


def _session(session: Session) -> dict[str, object]:
    told: dict[str, object] = {
        "path": str(session.path),
        "session": session.started.session,
        "utc": utc_text(session.utc_ns),
        "closed": session.is_closed,
    }
    return told | ({"dosed": False} if session.facts is None else {"dosed": True, **_facts(session.facts)})


def _facts(facts: Facts) -> dict[str, object]:
    return {
        "amounts": [
            {"drug": a.drug, "route": a.route, "mg": a.mg, "mg_per_kg": a.mg_per_kg, "doses": a.doses}
            for a in facts.amounts
        ],
        "doses_min": [_minutes(t_ns) for t_ns in facts.doses_ns],
        "corrected": facts.corrected,
        "withdrawn": facts.withdrawn,
        "baseline": {
            "systolic": facts.baseline.systolic,
            "diastolic": facts.baseline.diastolic,
            "hr": facts.baseline.hr,
        },
        "peak": None if facts.peak is None else _cuff(facts.peak),
        "readings": facts.readings,
        "pressure_above": _beyond(facts.pressure),
        "heart_rate_above": _beyond(facts.heart_rate),
        "saturation_below": _beyond(facts.saturation),
        "ready_min": _minutes(facts.ready_ns),
        "left_min": _minutes(facts.left_ns),
        "end_min": _minutes(facts.end_ns),
        "not_monitored_min": _minutes(facts.lost_ns),
        "notes_by_tag": dict(facts.tags),
    }


def _cuff(cuff: CuffReading) -> dict[str, object]:
    return {
        "at_min": _minutes(cuff.t_ns),
        "systolic": _value(cuff.systolic),
        "diastolic": _value(cuff.diastolic),
        "mean": _value(cuff.mean),
    }


def _beyond(beyond: Beyond) -> dict[str, object]:
    return {
        "min": _minutes(beyond.beyond_ns),
        "of_min": _minutes(beyond.seen_ns),
        "limits": [list(part) for part in beyond.limits],
    }


def _value(reading: Reading) -> float | None:
    return reading.value if isinstance(reading, Measured) else None


def _minutes(t_ns: int | None) -> float | None:
    return None if t_ns is None else round(t_ns / MINUTE_NS, 2)
