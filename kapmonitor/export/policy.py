"""What of a record leaves the clinic. De-identified means: nothing goes out that is not listed here.

Pure. Dates are moved by whole days, so that times of day and all lengths stay; free text, names, initials,
record and serial numbers, addresses and the session's id are left out. What a listed field says must be plain
besides (kapmonitor.export.plain): in many of them somebody can type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Final, cast

from kapmonitor.export.plain import Plain
from kapmonitor.session import events as ev
from kapmonitor.session.events import SessionEvent, Stamped

DAY_NS: Final = 86_400_000_000_000
NAMES, INITIALS, NOTES, MUSIC = "names", "initials", "notes", "music"
CHOICES: Final = (NAMES, INITIALS, NOTES, MUSIC)
"""What may be kept in a de-identified export, if somebody says so."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`shift_ns` moves every date, `keep` are words of CHOICES; both without effect unless de-identified."""

    deidentified: bool = False
    shift_ns: int = 0
    keep: frozenset[str] = frozenset()


WHOLE: Final = Policy()

KEPT: Final[Mapping[type, tuple[str, ...]]] = {
    ev.SessionStarted: ("mode", "software", "utc_offset_min", "number", "of"),
    ev.SessionImported: ("format", "importer"),
    ev.SessionResumed: ("gap_ns",),
    ev.SessionClosed: ("reason",),
    ev.ClockAnchored: ("step_ns",),
    ev.ComputerSlept: ("length_ns",),
    ev.ChannelDescribed: (
        "channel",
        "device",
        "ref",
        "code",
        "label",
        "unit",
        "fs",
        "resolution",
        "offset",
        "period_s",
    ),
    ev.DeviceAdded: ("device", "driver", "label"),
    ev.DeviceIdentity: ("device", "manufacturer", "model"),
    ev.DeviceAdopted: ("device",),
    ev.DeviceChanged: ("device",),
    ev.DeviceConfirmed: ("device",),
    ev.DeviceReleased: ("device",),
    ev.DeviceClock: ("device", "ahead_s", "drift_ppm"),
    ev.SourceChosen: ("role", "device"),
    ev.SourceShown: ("role", "device", "ref"),
    ev.LinkEvent: ("device", "state", "problem"),
    ev.AlertEvent: ("device", "kind", "present"),
    ev.CuffEvent: ("device", "state", "failure", "raw"),
    ev.CuffAsked: ("device", "action", "refused"),
    ev.CuffPlan: ("device", "next_t_ns", "interval_s", "held"),
    ev.PhaseChanged: ("phase",),
    ev.DoseGiven: ("drug", "amount_mg", "route", "site", "weight_kg", "dose"),
    ev.DoseAmended: ("dose", "at_ns", "drug", "amount_mg", "route", "site", "weight_kg", "withdrawn"),
    ev.CuffExplained: ("due_t_ns",),
    ev.NoteAdded: ("note", "kind", "saved_t_ns", "tag", "lasts", "late", "escalation"),
    ev.NoteAmended: ("note", "withdrawn", "at_ns"),
    ev.RecordAmended: ("note", "withdrawn", "at_ns"),
    ev.NoteEnded: ("note", "undone"),
    ev.MusicEvent: ("action", "section", "title", "position_s", "duration_s", "volume_db"),
    ev.CheckAnswered: ("check", "answer"),
    ev.CheckOverridden: ("check",),
    ev.SessionOpened: ("role", "overridden"),
    ev.ScaleScored: ("scale", "score", "due_t_ns", "items", "replaces_t_ns"),
    ev.PresenceSaid: ("role", "present"),
    ev.HandedOver: ("role",),
    ev.FormFilled: ("field", "answer", "readings"),
    ev.FieldLeftOut: ("field",),
    ev.PersonLeft: ("left", "without"),
    ev.SessionSignedOff: ("role", "meaning"),
    ev.LimitsSet: ("rules", "example", "sources"),
    ev.LimitsChanged: ("rule", "old", "new", "role"),
    ev.RuleDisabled: ("rule", "role", "until_t_ns"),
    ev.RuleEnabled: ("rule", "role"),
    ev.BaselineSet: ("systolic", "diastolic", "mean", "hr", "spo2", "readings"),
    ev.SameArmSaid: ("same",),
    ev.ConditionSensed: ("role", "value"),
    ev.AlarmChanged: (
        "condition",
        "priority",
        "before",
        "after",
        "cause",
        "value",
        "limit",
        "onset_t_ns",
    ),
    ev.AlarmAcknowledged: ("conditions",),
}
"""The fields of each event that tell nobody who somebody is; an event that is not here is left out."""

ASKED_FOR: Final[Mapping[str, Mapping[type, tuple[str, ...]]]] = {
    NAMES: {
        **{kind: ("by",) for kind in KEPT if "by" in {field.name for field in fields(kind)}},
        ev.DoseGiven: ("by", "witness"),
        ev.DoseAmended: ("by", "given_by", "witness"),
        ev.RecordAmended: ("by", "name"),
        ev.SessionSignedOff: ("name", "by"),
        ev.LimitsSet: ("signed_by",),
        ev.PresenceSaid: ("person", "by"),
        ev.HandedOver: ("giver", "taker"),
    },
    INITIALS: {ev.SessionStarted: ("initials",), ev.PersonIdentified: ("initials",)},
    NOTES: {
        ev.NoteAdded: ("text",),
        ev.NoteAmended: ("text", "reason"),
        ev.RecordAmended: ("text", "reason"),
        ev.CardFilled: ("field", "text"),
        ev.CheckAnswered: ("text",),
        ev.CheckOverridden: ("reason",),
        ev.FormFilled: ("answer",),
        ev.FieldLeftOut: ("reason",),
        ev.DoseAmended: ("reason",),
        ev.CuffExplained: ("reason",),
        ev.RuleDisabled: ("reason",),
    },
    MUSIC: {ev.MusicEvent: ("title", "section")},
}


def leaving(events: Iterable[Stamped], policy: Policy) -> tuple[Stamped, ...]:
    """The events as they may leave, in order."""
    told = tuple(events)
    if not policy.deidentified:
        return told
    plain = Plain(told)
    return tuple(
        Stamped(stamped.t_ns, event)
        for stamped in told
        if (event := _without_identity(stamped.event, policy, plain)) is not None
    )


def _without_identity(event: SessionEvent, policy: Policy, plain: Plain) -> SessionEvent | None:
    kind = type(event)
    chosen = {name for each in policy.keep for name in ASKED_FOR[each].get(kind, ())}
    kept = chosen.union(KEPT.get(kind, ()))
    if not kept and kind not in KEPT:
        return None
    blank = {
        field.name: _blank(getattr(event, field.name)) for field in fields(event) if field.name not in kept
    }
    if "utc_ns" in blank:
        blank["utc_ns"] = getattr(event, "utc_ns") + policy.shift_ns  # noqa: B009  # several events have it
    cleaned = plain.cleaned(event, kept - chosen)
    return cast("SessionEvent", _replaced(cleaned, blank))


def _replaced(event: SessionEvent, blank: Mapping[str, object]) -> object:
    return replace(event, **blank)  # type: ignore[arg-type]  # each field gets a value of its own type


def _blank(value: object) -> object:
    match value:
        case bool():
            return False
        case int():
            return 0
        case float():
            return 0.0
        case str():
            return ""
        case tuple():
            return ()
        case _:
            return None
