"""The devices of a session that is taken up again: those of its record, and those that are named now."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from devices.address import parse_device
from devices.cuff_schedule import LEAST_INTERVAL_S, CuffOptions, Schedule
from devices.cuff_words import Action
from devices.registry import Registry
from kapmonitor.errors import AddressError, DriverLoadError
from kapmonitor.members import Member, check_options, members, new_member
from kapmonitor.session.events import CuffAsked, CuffPlan, Stamped
from kapmonitor.session.state import SessionState

WORDS: Final = {Action.TURN_ON.value: True, Action.TURN_OFF.value: False}


def members_again(
    state: SessionState, events: Iterable[Stamped], named: tuple[str, ...], registry: Registry
) -> tuple[Member, ...]:
    """Under the ids they have in the record; what is named now and not in it comes after them.

    What people decided about starting a cuff during the session holds over what is named now. A device of the
    record that this computer cannot use is left out: the session must not wait for it. AddressError or
    DriverLoadError names the first device of those named now that cannot be used.
    """
    now = {str(member.address): member for member in members(named, registry)}
    # With a protocol the plan on record is the protocol's, and that is on record, too.
    told = tuple(each for each in events if state.care.protocol is None or isinstance(each.event, CuffAsked))
    out: list[Member] = []
    for device in state.devices:
        if device.released or not device.address:
            continue
        address = parse_device(device.address)
        given = now.pop(str(address), None)
        options = _cuff_options(device.id, told, given.cuff if given is not None else CuffOptions())
        with suppress(AddressError, DriverLoadError):
            member = Member(device.id, device.label, registry.get(device.driver), address, options)
            check_options(member)
            out.append(member)
    for member in now.values():
        if any(member.address.address == known.address.address for known in out):
            raise AddressError(str(member.address), "the session has another device at this place")
        ids, labels = [m.id for m in out], [m.label for m in out]
        out.append(new_member(member.spec, member.address, member.cuff, ids, labels))
    return tuple(out)


def _cuff_options(device: str, events: Iterable[Stamped], given: CuffOptions) -> CuffOptions:
    on, schedule = given.on, given.schedule
    for stamped in events:
        match stamped.event:
            case CuffAsked() as asked if asked.device == device and not asked.refused:
                on = WORDS.get(asked.action, on)
            case CuffPlan() as plan if plan.device == device and not given.schedule:
                repeats = plan.next_t_ns and not plan.held and plan.interval_s >= LEAST_INTERVAL_S
                schedule = Schedule((), plan.interval_s) if repeats else schedule
            case _:
                pass
    return CuffOptions(on, schedule, given.repeat_s, given.failed_s)
