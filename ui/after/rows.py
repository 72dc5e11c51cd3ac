"""The page's three lists as rows: what it is, how it stands, and who said so; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kapmonitor.formfill import Field
from kapmonitor.leaving import Check
from kapmonitor.preflight import Standing
from kapmonitor.protocol.form import FieldKind
from ui.after import wording
from ui.after.checkwords import check_said, check_text, clock, who_said
from ui.after.fieldwords import field_said, field_standing
from ui.after.look import Look


class Tab(StrEnum):
    """The steps of what comes after."""

    LEAVE = "leave"
    FORM = "form"
    SIGN = "sign"


class Kind(StrEnum):
    """What a row is, and so what its keys do."""

    HEADING = "heading"
    NOTE = "note"
    CHECK = "check"
    LEAVE = "leave"
    FIELD = "field"
    TO_LEAVING = "to-leaving"
    TO_FORM = "to-form"
    DONE = "done"
    SIGN = "sign"


CHOSEN = frozenset({Kind.CHECK, Kind.LEAVE, Kind.FIELD, Kind.TO_LEAVING, Kind.TO_FORM, Kind.DONE, Kind.SIGN})
"""Those that the keys can be about."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `standing` has a mark; `ready` is a last line that can be done now."""

    id: str
    kind: Kind
    text: str
    said: str = ""
    value: str = ""
    standing: Standing | None = None
    ready: bool = False
    check: Check | None = None
    field: Field | None = None


def rows(tab: Tab, look: Look) -> tuple[Row, ...]:
    """The rows of a step, from top to bottom."""
    match tab:
        case Tab.LEAVE:
            return _leaving(look)
        case Tab.FORM:
            return _form(look)
        case Tab.SIGN:
            return _sign(look)


def _leaving(look: Look) -> tuple[Row, ...]:
    if not look.session.doses:
        return (Row("", Kind.NOTE, wording.MAY_CLOSE),)
    listed = [
        Row(
            check.id,
            Kind.CHECK,
            check_text(check),
            check_said(check, look),
            standing=check.standing,
            check=check,
        )
        for check in look.checks
    ]
    notes = [] if listed else [Row("", Kind.NOTE, wording.NO_CHECKS)]
    return (*notes, *listed, _leave(look))


def _leave(look: Look) -> Row:
    care = look.session.care
    if care.left_t_ns is not None:
        text = wording.LEFT_AT.format(at=clock(look, care.left_t_ns))
        said = f"{care.left_by or wording.NO_NAME}   {wording.STAYED}"
        return Row("left", Kind.LEAVE, text, said, standing=Standing.DONE)
    if look.open_checks:
        return Row("left", Kind.LEAVE, wording.LEAVE_NOW, wording.LEAVE_OPEN.format(count=look.open_checks))
    return Row("left", Kind.LEAVE, wording.LEAVE_NOW, wording.LEAVE_KEY, ready=True)


def _form(look: Look) -> tuple[Row, ...]:
    if not look.fields:
        return (Row("", Kind.NOTE, wording.NO_FORM[look.form_state]),)
    listed: list[Row] = []
    for each in look.fields:
        if not listed or all(row.text != each.section for row in listed if row.kind is Kind.HEADING):
            listed.append(Row(each.section, Kind.HEADING, each.section))
        listed.append(_field(each, look))
    return tuple(listed)


def _field(each: Field, look: Look) -> Row:
    shown = each.text
    if each.field.kind is FieldKind.NUMBER and shown and each.field.unit:
        shown = wording.UNIT.format(value=shown, unit=each.field.unit)
    return Row(
        each.field.id,
        Kind.FIELD,
        each.field.text,
        field_said(each, look),
        value=shown,
        standing=field_standing(each),
        field=each,
    )


def _sign(look: Look) -> tuple[Row, ...]:
    ready = look.gone and not look.open_fields and look.signers.kept
    button = Row("sign", Kind.SIGN, wording.SIGN_AND_CLOSE, wording.LEAVE_KEY if ready else "", ready=ready)
    notes = tuple(Row("", Kind.NOTE, note) for note in _notes(look))
    return (_gone(look), _filled(look), button, *notes)


def _gone(look: Look) -> Row:
    care = look.session.care
    if not look.session.doses:
        return Row("gone", Kind.DONE, wording.NO_DOSE_GIVEN, standing=Standing.DONE)
    if care.left_t_ns is not None:
        at = clock(look, care.left_t_ns)
        said = who_said("", care.left_by, None, look)
        return Row("gone", Kind.DONE, wording.GONE.format(at=at), said, standing=Standing.DONE)
    return Row("gone", Kind.TO_LEAVING, wording.NOT_GONE, wording.TO_LEAVING, standing=Standing.LEFT)


def _filled(look: Look) -> Row:
    if look.open_fields:
        text = wording.FORM_OPEN.format(count=look.open_fields)
        return Row("filled", Kind.TO_FORM, text, wording.TO_FORM, standing=Standing.LEFT)
    text = wording.FORM_DONE if look.fields else wording.NO_FORM_HERE
    said = "" if look.fields else wording.NO_FORM[look.form_state]
    return Row("filled", Kind.DONE, text, said, standing=Standing.DONE)


def _notes(look: Look) -> tuple[str, ...]:
    signers = look.signers
    if not signers.kept:
        return (wording.NOT_KEPT,)
    if signers.trouble:
        return (wording.PEOPLE_UNKNOWN.format(why=signers.trouble), wording.NO_SIGNATURE)
    if not signers.people:
        return (wording.TYPED,)
    return (wording.WITH_PIN.format(people=", ".join(about.name for about in signers.people)),)
