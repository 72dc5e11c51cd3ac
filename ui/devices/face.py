"""What one row of the device dialog says at a given time; pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kapmonitor import mdc
from kapmonitor.drift import ClockReport
from kapmonitor.nearby import LiveValue, NearbyDevice, NearbyState
from kapmonitor.view import Role
from ui import format as fmt
from ui import strings
from ui.devices import wording
from ui.status_face import Lamp

PULSE_REFS: Final = (mdc.HEART_RATE.ref, mdc.PULSE_RATE.ref)
CLOCK_AGREES_S: Final = 2.0
DRIFT_TOLD_PPM: Final = 100.0
"""A third of a second an hour; less than that nobody needs to know."""
JUST_NOW_NS: Final = 5_000_000_000


class Tone(StrEnum):
    """How a row asks for attention."""

    CALM = "calm"
    FAINT = "faint"
    ASKING = "asking"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class RowFace:
    """One row. `details` are the lines that the chosen row shows besides."""

    lamp: Lamp
    tone: Tone
    name: str
    beneath: str
    value: str
    prompt: str
    details: tuple[str, ...]
    warns: bool = False
    """What stands beneath the name is not what was expected."""


_LAMPS: Final = {
    NearbyState.IN_RANGE: Lamp.OFF,
    NearbyState.SEARCHING: Lamp.BUSY,
    NearbyState.LISTENING: Lamp.BUSY,
    NearbyState.SPEAKING: Lamp.DOUBT,
    NearbyState.ADOPTED: Lamp.GOOD,
    NearbyState.LOST: Lamp.LOST,
    NearbyState.CHANGED: Lamp.DOUBT,
    NearbyState.TROUBLE: Lamp.LOST,
}


def row_face(device: NearbyDevice, now_ns: int, who: str, *, same_arm: bool = False) -> RowFace:
    """The row at `now_ns`; `who` are the initials, `same_arm` whether cuff and oximeter share an arm."""
    return RowFace(
        lamp=_LAMPS[device.state],
        tone=tone(device),
        name=device.name or wording.UNKNOWN,
        beneath=_beneath(device),
        value=value_text(device.values, now_ns),
        prompt=prompt(device, who or wording.THIS_PERSON),
        details=tuple(_details(device, same_arm=same_arm)),
        warns=device.state is NearbyState.CHANGED,
    )


def tone(device: NearbyDevice) -> Tone:
    """Whether the row asks for a word, is in trouble, or may be passed over."""
    if device.state is NearbyState.CHANGED or device.adoptable:
        return Tone.ASKING
    if device.state in {NearbyState.TROUBLE, NearbyState.LOST}:
        return Tone.TROUBLE
    return Tone.CALM if device.state is NearbyState.ADOPTED else Tone.FAINT


def prompt(device: NearbyDevice, who: str) -> str:
    """What Enter would do, or how the device is."""
    match device.state:
        case NearbyState.CHANGED:
            return wording.IS_IT_STILL.format(who=who)
        case NearbyState.ADOPTED:
            return wording.ADOPTED.format(who=who)
        case NearbyState.IN_RANGE:
            return wording.CONNECT
        case NearbyState.SEARCHING:
            return wording.SEARCHING
        case NearbyState.LOST | NearbyState.TROUBLE:
            return strings.LINK_PROBLEMS[device.problem] or strings.LINK_LOST
        case NearbyState.LISTENING | NearbyState.SPEAKING:
            return _asks(device, who) if device.adoptable else _waits(device)


def _asks(device: NearbyDevice, who: str) -> str:
    if {Role.HR, Role.SPO2} & set(device.offers):
        return wording.IS_IT_PULSE.format(who=who)
    if Role.NIBP_SYS in device.offers:
        return wording.IS_IT_CUFF.format(who=who)
    return wording.IS_IT_DEVICE.format(who=who)


def _waits(device: NearbyDevice) -> str:
    return wording.PUT_ON if device.alerts else wording.WAITING


def value_text(values: tuple[LiveValue, ...], now_ns: int) -> str:
    """`118/74 just now`, `97 %  72 /min`, as far as there is something to compare."""
    known = {value.ref: value for value in values}
    parts = [_pressure(known, now_ns)]
    if (spo2 := known.get(mdc.SPO2.ref)) is not None:
        parts.append(f"{fmt.whole(spo2.reading)} %")
    pulse = next((known[ref] for ref in PULSE_REFS if ref in known), None)
    if pulse is not None:
        parts.append(f"{fmt.whole(pulse.reading)} /min")
    if (temperature := known.get(mdc.TEMP_BODY.ref)) is not None:
        parts.append(f"{fmt.tenths(temperature.reading)} °C")
    return "   ".join(part for part in parts if part)


def _pressure(known: dict[str, LiveValue], now_ns: int) -> str:
    systolic, diastolic = known.get(mdc.NIBP_SYS.ref), known.get(mdc.NIBP_DIA.ref)
    if systolic is None or diastolic is None:
        return ""
    age_ns = now_ns - systolic.t_ns
    when = "just now" if age_ns < JUST_NOW_NS else fmt.age(age_ns)
    return f"{fmt.whole(systolic.reading)}/{fmt.whole(diastolic.reading)} {when}"


def _beneath(device: NearbyDevice) -> str:
    if device.state is NearbyState.CHANGED:
        return wording.CHANGED.format(what=device.changed_to)
    serial = wording.SERIAL.format(number=device.serial) if device.serial else ""
    return " · ".join(part for part in (device.model or device.driver_label, serial, device.place) if part)


def _details(device: NearbyDevice, *, same_arm: bool) -> list[str]:
    lines = [device.detail]
    if device.adoptable or device.state is NearbyState.CHANGED:
        lines.append(wording.COMPARE)
    if device.driver:
        beta = f" · {wording.BETA}" if device.beta else ""
        lines.append(wording.READ_BY.format(driver=device.driver_label) + beta)
    if device.gives:
        lines.append(wording.GIVES.format(what=", ".join(dict.fromkeys(device.gives))))
    if device.evidence:
        lines.append(wording.CHECKED.format(what="; ".join(device.evidence)))
    lines.append(
        " · ".join(part for part in (_shown(device), clock_text(device.clock), _signal(device)) if part)
    )
    if device.cuff_allowed is not None:
        lines.append(wording.CUFF_ON if device.cuff_allowed else wording.CUFF_OFF)
    if is_cuff(device):
        lines.append(wording.SAME_ARM if same_arm else wording.OTHER_ARM)
    return [line[:1].upper() + line[1:] for line in lines if line]


def is_cuff(device: NearbyDevice) -> bool:
    """Whether it is a cuff of this session, so that it matters which arm it is on."""
    return bool(device.device) and Role.NIBP_SYS in device.offers


def _shown(device: NearbyDevice) -> str:
    if not device.device or not device.offers:
        return ""
    if not device.shown_for:
        return wording.RECORDED
    return wording.SHOWS.format(roles=", ".join(wording.ROLES[role] for role in device.shown_for))


def _signal(device: NearbyDevice) -> str:
    return "" if device.strength_dbm is None else wording.SIGNAL.format(dbm=fmt.signed(device.strength_dbm))


def clock_text(clock: ClockReport | None) -> str:
    """`its clock is 0:03 slow, loses 12 s an hour`; empty while it is not known."""
    if clock is None:
        return ""
    length = fmt.duration(round(abs(clock.ahead_s) * 1e9))
    words = wording.CLOCK_FAST if clock.ahead_s > 0 else wording.CLOCK_SLOW
    said = wording.CLOCK_RIGHT if abs(clock.ahead_s) < CLOCK_AGREES_S else words.format(length=length)
    if clock.drift_ppm is None or abs(clock.drift_ppm) < DRIFT_TOLD_PPM:
        return said
    seconds = f"{abs(clock.drift_ppm) * 0.0036:.0f}"
    return said + (wording.GAINS if clock.drift_ppm > 0 else wording.LOSES).format(seconds=seconds)
