"""What the page's last panel says in each step; pure."""

from __future__ import annotations

from collections.abc import Sequence

from kapmonitor.preflight import Standing
from kapmonitor.snapshot import Snapshot
from ui import format as fmt
from ui.before import wording
from ui.before.checklines import Line, left
from ui.before.drawing import Foot
from ui.before.steps import ENTRIES, Asking, Step


def foot(
    asking: Asking, lines: Sequence[Line], snapshot: Snapshot, *, trouble: str, typing: bool, chosen: bool
) -> Foot:
    """`typing` while a field about the person has the keys, `chosen` while the button has them."""
    if snapshot.session.care.opened_t_ns is not None:
        return _opened(snapshot)
    open_ones = len(left(lines))
    return Foot(
        ask=_ask(asking, lines) or (wording.DOSED_UNOPENED if snapshot.session.doses else ""),
        keys=_keys(asking, typing=typing, chosen=chosen),
        trouble=asking.trouble or trouble,
        button=_button(open_ones),
        back=wording.NOT_TODAY,
        ready=not open_ones,
        chosen=chosen,
        sure=asking.step is Step.GO_SURE,
    )


def _opened(snapshot: Snapshot) -> Foot:
    care = snapshot.session.care
    opened_ns = care.opened_t_ns or 0
    at = fmt.wall(snapshot.utc_ns + opened_ns - snapshot.t_ns, snapshot.utc_offset_min)
    who = ", ".join(part for part in (care.opened_by, care.opened_role) if part)
    said = wording.OPENED.format(at=at, who=who)
    return Foot(
        said, wording.KEYS_OPENED, "", wording.OPENED_BUTTON, wording.CLOSE, ready=False, chosen=False
    )


def _button(open_ones: int) -> str:
    if not open_ones:
        return wording.OPEN
    return wording.ONE_LEFT if open_ones == 1 else wording.MANY_LEFT.format(count=open_ones)


def _keys(asking: Asking, *, typing: bool, chosen: bool) -> str:
    if asking.step in ENTRIES:
        return wording.KEYS_ENTRY
    if asking.step is Step.GO_SURE:
        return wording.KEYS_SURE
    if asking.step is Step.LEAVE_SURE:
        return wording.KEYS_LEAVE
    if typing:
        return wording.KEYS_FIELDS
    return wording.KEYS_GO if chosen else wording.KEYS_CHECKS


def _ask(asking: Asking, lines: Sequence[Line]) -> str:
    match asking.step:
        case Step.REST:
            return ""
        case Step.NAME:
            return wording.ASK_NAME
        case Step.REASON:
            return wording.ASK_REASON.format(check=asking.text)
        case Step.REASON_NAME:
            return wording.ASK_REASON_NAME
        case Step.GO_NAME:
            return wording.ASK_GO_NAME
        case Step.GO_ROLE:
            return wording.ASK_GO_ROLE.format(by=asking.by)
        case Step.GO_SURE:
            return _sure(asking, lines)
        case Step.LEAVE_SURE:
            return wording.ASK_LEAVE


def _sure(asking: Asking, lines: Sequence[Line]) -> str:
    without = sum(line.check.standing is Standing.OVERRIDDEN for line in lines)
    if not without:
        return wording.SURE_GO.format(by=asking.by, role=asking.role)
    count = wording.ONE_CHECK if without == 1 else wording.MANY_CHECKS.format(count=without)
    return wording.SURE_WITHOUT.format(by=asking.by, role=asking.role, count=count)
