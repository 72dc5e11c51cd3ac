"""`kapmonitor devices check`: open one device, show what it says, and diagnose the line.

With `auto@PORT` the port is searched first. Nothing is recorded, and no cuff is started.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Final

from devices import advice
from devices.address import DeviceAddress, parse_device
from devices.candidates import Candidate, candidates
from devices.diagnosis import KEPT_BYTES, Diagnosis, Finding, Heard, diagnose
from devices.lineplan import has_speed
from devices.ports import likely_at
from devices.protocol import DriverSpec, SerialLink
from devices.pump import SerialPump
from devices.recognise import NOTHING, Outcome, Recognition, is_echo, recognise
from devices.registry import Registry, load
from devices.search import Found, NotFound, Progress, Search
from devices.transport.ble import BlePump
from devices.transport.line import LINE_OPTIONS, line_settings
from kapmonitor.clock import SystemClock
from kapmonitor.commandline.said import Said, first_bytes, value_words, values_json
from kapmonitor.errors import LinkError
from kapmonitor.members import AUTO, cuff_options, members, open_radio, radio_options
from kapmonitor.model import LinkProblem

SECONDS: Final = 10
OTHER: Final = "other-driver"
"""What was found where another driver's device speaks."""

ADVICE: Final = {
    LinkProblem.SILENT: "nothing arrives: check that it is on, in range, and worn or in use",
    LinkProblem.GARBLED: "what arrives means nothing to this driver: it may be another device",
    LinkProblem.NOT_FOUND: "there is no such port or device in range",
    LinkProblem.BUSY: "another program has it open",
    LinkProblem.DENIED: "this user may not open it",
    LinkProblem.NO_RADIO: "this computer has no usable Bluetooth",
}
"""For links that do not say themselves what to do, and for Bluetooth."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How a check ended. `device` is the DEVICE text that was opened, empty if nothing was."""

    live: bool
    verdict: str
    device: str = ""
    finding: str = ""
    fits: tuple[SerialLink, ...] = ()
    said: Said | None = None


def check(device: str, *, as_json: bool) -> int:
    """0 if the device spoke, else 1 with what is wrong; ten seconds, and a search before them for `auto@`."""
    show = _ignore if as_json else _print
    checked = asyncio.run(_check(parse_device(device), load(), show))
    if as_json:
        print(json.dumps(_as_json(device, checked), indent=2))
    else:
        print(checked.verdict)
    return 0 if checked.live else 1


async def _check(address: DeviceAddress, registry: Registry, show: Callable[[str], None]) -> Checked:
    if address.driver != AUTO:
        (member,) = members((str(address),), registry)
        return await _listen(member.spec, member.address, registry, show)
    _, plain = cuff_options(address)
    try:
        found = await _search(plain, registry, show)
    except LinkError as error:
        return Checked(False, str(error))
    if isinstance(found, NotFound):
        diagnosis = found.diagnosis
        said = advice.sentences(diagnosis, _labels(registry))
        return Checked(False, said, finding=diagnosis.finding.value, fits=diagnosis.fits)
    show(f"found {found.device}: {found.spec.label}{_at(found)}")
    return await _listen(found.spec, found.device, registry, show)


async def _search(
    address: DeviceAddress, registry: Registry, show: Callable[[str], None]
) -> Found | NotFound:
    def told(progress: Progress) -> None:
        show(advice.searching(progress.text, progress.elapsed_s, progress.most_s))

    first = likely_at(address.address, registry.specs)
    return await Search(address, registry.specs, SystemClock(), told, first).run()


async def _listen(
    spec: DriverSpec, address: DeviceAddress, registry: Registry, show: Callable[[str], None]
) -> Checked:
    """Open it with its driver for ten seconds."""
    said = Said()
    if isinstance(spec.link, SerialLink):
        pump = SerialPump(spec.id, spec, address, SystemClock(), said)
        await _watch(pump.run(), said, show)
        checked = _judged(spec, spec.link, address, said, registry)
    else:
        place, options = radio_options(spec, address)
        radio = open_radio(place)
        try:
            ble = BlePump(spec.id, spec, address.address, options, SystemClock(), said, radio)
            await _watch(ble.run(), said, show)
        finally:
            await radio.close()
        verdict = _spoken(spec, said) if said.was_live else _link_words(said)
        checked = Checked(said.was_live, verdict, finding=_finding(live=said.was_live))
    return replace(checked, device=str(address), said=said)


async def _watch(running: Coroutine[object, object, None], said: Said, show: Callable[[str], None]) -> None:
    """A line each second."""
    task = asyncio.ensure_future(running)
    try:
        for second in range(1, SECONDS + 1):
            await asyncio.sleep(1.0)
            show(f"{second:2d} s  {said.line()}")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _judged(
    spec: DriverSpec, link: SerialLink, address: DeviceAddress, said: Said, registry: Registry
) -> Checked:
    """What to say of a serial device that was listened to."""
    if said.was_live:
        return Checked(True, _spoken(spec, said), finding=_finding(live=True))
    if said.link.problem not in {LinkProblem.NONE, LinkProblem.SILENT, LinkProblem.GARBLED}:
        return Checked(False, _link_words(said))
    others = candidates(registry.specs, replace(address, options=_line_words(address)))
    asked = next((entry for entry in others if entry.spec is spec and entry.may_ask), None)
    recognition = recognise(said.chunks, others, asked, said.sent) if said.chunks else NOTHING
    if recognition.outcome is Outcome.ONE and recognition.drivers == (spec.id,):
        return Checked(True, "speaks: it answers, and has no values to tell now", finding=_finding(live=True))
    line = line_settings(link, address) if has_speed(address.address) else None
    diagnosis = diagnose([_heard(spec, line, said, recognition)])
    verdict = advice.sentences(diagnosis, _labels(registry)) + _instead(diagnosis, recognition, address, line)
    another = diagnosis.finding is Finding.SPEAKS
    return Checked(False, verdict, finding=OTHER if another else diagnosis.finding.value, fits=diagnosis.fits)


def _heard(spec: DriverSpec, line: SerialLink | None, said: Said, recognition: Recognition) -> Heard:
    sure = recognition.outcome in {Outcome.ONE, Outcome.SEVERAL}
    return Heard(
        line,
        float(SECONDS),
        size=said.size,
        data=said.data[:KEPT_BYTES],
        drivers=recognition.drivers if sure else (),
        signs=() if sure else recognition.drivers,
        asked=(spec.id,) if said.sent else (),
        echo=is_echo(said.data, said.sent),
    )


def _instead(
    diagnosis: Diagnosis, recognition: Recognition, address: DeviceAddress, line: SerialLink | None
) -> str:
    """What to give instead, where that is known."""
    if diagnosis.finding is not Finding.SPEAKS:
        hint = diagnosis.finding in {Finding.SPEED, Finding.UNKNOWN, Finding.STRANGER}
        return f" auto@{address.address} tries all settings and drivers." if hint else ""
    candidate: Candidate = recognition.candidates[0]
    return f" Give {candidate.device(address, line or candidate.link)}."


def _line_words(address: DeviceAddress) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in address.options if pair[0] in LINE_OPTIONS)


def _spoken(spec: DriverSpec, said: Said) -> str:
    """What it said, in a line."""
    who = [said.identity.manufacturer, said.identity.model, said.identity.serial]
    named = " ".join(word for word in who if word) or spec.label
    last = ", ".join(value_words(event) for event in said.values.values())
    damaged = f"; {said.faults} times bytes arrived damaged" if said.faults else ""
    return f"speaks: {named}{': ' + last if last else ''}{damaged}"


def _link_words(said: Said) -> str:
    words = ADVICE.get(said.link.problem, "no answer yet")
    return f"{words} ({said.link.detail})" if said.link.detail else words


def _finding(*, live: bool) -> str:
    return Finding.SPEAKS.value if live else ""


def _labels(registry: Registry) -> Mapping[str, str]:
    return {spec.id: spec.label for spec in registry.specs}


def _at(found: Found) -> str:
    return f" at {advice.line_words(found.line)}" if has_speed(found.device.address) else ""


def _as_json(device: str, checked: Checked) -> dict[str, object]:
    said = checked.said
    return {
        "device": device,
        "live": checked.live,
        "verdict": checked.verdict,
        "opened": checked.device,
        "finding": checked.finding,
        "fits": [advice.line_words(line) for line in checked.fits],
        "bytes": said.size if said is not None else 0,
        "first_bytes": " ".join(first_bytes(said.data)) if said is not None else "",
        "values": values_json(said) if said is not None else {},
    }


def _print(text: str) -> None:
    print(text, flush=True)


def _ignore(_text: str) -> None:
    """Only the end is told."""
