"""How a field of the form reads: its readings with their times, what is missing, who said so; pure."""

from __future__ import annotations

from kapmonitor.formfill import Field, Stand
from kapmonitor.preflight import Standing
from kapmonitor.protocol.form import FieldKind
from ui import format as fmt
from ui.after import wording
from ui.after.checkwords import clock, who_said
from ui.after.look import Look


def field_standing(each: Field) -> Standing:
    """Its mark."""
    match each.stand:
        case Stand.FOUND | Stand.SAID:
            return Standing.DONE
        case Stand.LEFT_OUT:
            return Standing.OVERRIDDEN
        case Stand.MISSING:
            return Standing.LEFT


def field_said(each: Field, look: Look) -> str:
    """What stands beside it."""
    match each.stand:
        case Stand.FOUND:
            return _source(each, look)
        case Stand.SAID:
            return who_said("", each.by, each.t_ns, look)
        case Stand.LEFT_OUT:
            return who_said(wording.LEFT_OUT.format(reason=each.reason), each.by, each.t_ns, look)
        case Stand.MISSING:
            return _missing(each)


def _source(each: Field, look: Look) -> str:
    """The reading that it was made of, so that it can be found in the trends."""
    first, last = clock(look, each.readings[0]), clock(look, each.readings[-1])
    match each.field.kind:
        case FieldKind.MINUTES:
            return wording.COUNTED.format(begin=first, end=last)
        case FieldKind.DOSE | FieldKind.LOT:
            return who_said(wording.CHARTED.format(at=last), each.by, None, look)
        case _:
            dose_ns = look.first_dose_ns or 0
            return wording.MEASURED.format(at=first, offset=fmt.offset(each.readings[0], dose_ns))


def _missing(each: Field) -> str:
    keys = {FieldKind.YES_NO: wording.ANSWER, FieldKind.NUMBER: wording.WRITE, FieldKind.TEXT: wording.WRITE}
    words = wording.MISSING[each.missing] or keys.get(each.field.kind, "")
    return words if each.field.required else f"{words}   {wording.OPTIONAL}"
