"""What the foot of the page says in each step; pure."""

from __future__ import annotations

from dataclasses import dataclass

from kapmonitor.preflight import Standing
from kapmonitor.protocol.form import FieldKind
from ui.after import wording
from ui.after.look import Look
from ui.after.rows import Kind, Row, Tab
from ui.after.steps import ENTRIES, Asking, Step


@dataclass(frozen=True, slots=True)
class Foot:
    """What is asked, empty at rest; below it the keys, or what is wrong."""

    ask: str
    keys: str
    trouble: str


def foot(asking: Asking, tab: Tab, row: Row | None, look: Look, trouble: str) -> Foot:
    """`trouble` is what else went wrong."""
    return Foot(_ask(asking, row, look), _keys(asking, tab), asking.trouble or trouble)


def _keys(asking: Asking, tab: Tab) -> str:
    if asking.step in ENTRIES:
        return wording.KEYS_ENTRY
    if asking.step in (Step.LEAVE_SURE, Step.SURE):
        return wording.KEYS_SURE
    if asking.step is Step.WAITING:
        return wording.KEYS_WAIT
    return wording.KEYS_SIGN if tab is Tab.SIGN else wording.KEYS_LIST


def _ask(asking: Asking, row: Row | None, look: Look) -> str:
    text = row.text if row is not None else ""
    match asking.step:
        case Step.REST:
            return ""
        case Step.NAME:
            return wording.ASK_NAME
        case Step.WRITE:
            return _written(row)
        case Step.REASON:
            of_check = row is not None and row.kind is Kind.CHECK
            return (wording.ASK_REASON if of_check else wording.ASK_REASON_FIELD).format(text=text)
        case Step.LEAVE_SURE:
            without = sum(check.standing is Standing.OVERRIDDEN for check in look.checks)
            return wording.SURE_LEAVE_WITHOUT.format(count=without) if without else wording.SURE_LEAVE
        case _:
            return _signing(asking, look)


def _signing(asking: Asking, look: Look) -> str:
    off = asking.off
    match asking.step:
        case Step.WHO:
            people = ", ".join(about.initials for about in look.signers.people)
            return wording.ASK_WHO.format(people=people) if people else wording.ASK_WHO_TYPED
        case Step.ROLE:
            return wording.ASK_ROLE.format(name=off.name)
        case Step.MEANING:
            return wording.ASK_MEANING.format(name=off.name, role=off.role)
        case Step.PIN:
            return wording.ASK_PIN.format(name=off.name, role=off.role, meaning=off.meaning.value)
        case Step.SURE:
            return wording.SURE_SIGN.format(name=off.name, role=off.role, meaning=off.meaning.value)
        case _:
            return wording.CHECKING


def _written(row: Row | None) -> str:
    if row is None:
        return ""
    yes_no = row.field is not None and row.field.field.kind is FieldKind.YES_NO
    return (wording.ASK_DETAIL if yes_no else wording.ASK_VALUE).format(text=row.text)
