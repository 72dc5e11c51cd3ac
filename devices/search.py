"""Finding out what is connected to a serial port: `auto@PORT`.

The port is opened with one setting after another. First it is only listened to, at every setting; a device
that speaks by itself is found without a byte being sent to it. Then drivers ask, one after the other, at the
settings their devices use: what they send on opening a line, and no more, so nothing starts a cuff. The first
device that is recognised ends the search. Whatever ends it, the port is free afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from devices import advice
from devices.address import DeviceAddress
from devices.candidates import Candidate, candidates
from devices.diagnosis import KEPT_BYTES, Diagnosis, Heard, LineErrors, diagnose, sent_at
from devices.ear import Asker, Ear, listening_to
from devices.lineplan import Asking, Listening, Plan, has_speed, make_plan, own_line, reordered
from devices.protocol import DriverSpec, SerialLink
from devices.recognise import NOTHING, Evidence, Outcome, Recognition, decide, evidence, is_echo
from devices.transport.link import ByteLink
from devices.transport.serial import SerialPort
from devices.transport.signs import Signs, read_signs
from kapmonitor.clock import Clock
from kapmonitor.errors import AddressError, LinkError
from kapmonitor.model import LinkProblem

NOISE_S, FEW_NOISE_S, SIGNS_S = 3.0, 7.0, 9.0
"""How long bytes are listened to that nobody knows: if they are many, if few, if somebody knows some of them.
Seven seconds are seven readings of a device that sends three bytes each second."""
MANY_BYTES: Final = 300
LOOK_EVERY_S: Final = 0.3
"""How often the drivers read what has arrived."""
SETTLE_S: Final = 0.3
"""Between two drivers' questions, for late answers to the first."""
EXTRA_S: Final = 60.0
"""What bytes may add to the time a silent line takes."""
BUSY_TRIES, BUSY_S = 5, 0.2
"""A port that this search itself has just closed may take a moment to be free."""

MakeLink = Callable[[SerialLink], ByteLink]


@dataclass(frozen=True, slots=True)
class Progress:
    """What a search is doing, and how much of its time is over."""

    text: str
    elapsed_s: float
    most_s: float


@dataclass(frozen=True, slots=True)
class Found:
    """The driver whose device answered, the DEVICE text to open it with from now on, and its line.

    On a network the line's settings mean nothing.
    """

    spec: DriverSpec
    device: DeviceAddress
    line: SerialLink


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nothing was recognised, or more than one; the diagnosis says what was heard instead."""

    diagnosis: Diagnosis


def _ignore(_progress: Progress) -> None:
    """Nobody watches."""


class Search:
    """One search, used once. AddressError if the DEVICE text asks for what no driver has."""

    def __init__(
        self,
        address: DeviceAddress,
        specs: Iterable[DriverSpec],
        clock: Clock,
        progress: Callable[[Progress], None] = _ignore,
        first: Iterable[str] = (),
        make_link: MakeLink | None = None,
        ask: Collection[str] | None = None,
    ) -> None:
        """`first` are ids of drivers that are likelier than others, by the port's VID:PID or from before.

        Only drivers in `ask` send their questions, None meaning all; the others just listen.
        """
        self._address, self._clock, self._progress = address, clock, progress
        self._candidates = tuple(
            entry if ask is None or entry.id in ask else replace(entry, may_ask=False)
            for entry in candidates(specs, address)
        )
        if not self._candidates:
            raise AddressError(str(address), "there is no serial driver that could be found by listening")
        self._plan = make_plan(self._candidates, address, tuple(first))
        self._make_link = make_link or (lambda line: SerialPort(address.address, line, clock))
        self._has_speed = has_speed(address.address)
        self._heard: list[Heard] = []
        self._refused: LinkError | None = None
        self._opened = False

    @property
    def most_s(self) -> float:
        """How long it takes at most."""
        return self._plan.quiet_s + EXTRA_S

    async def run(self) -> Found | NotFound:
        """Search; LinkError if the port cannot be opened, or is lost meanwhile. May be cancelled."""
        self._began_s = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self.most_s):
                return await self._run(self._plan)
        except TimeoutError:
            return NotFound(diagnose(self._heard))

    async def _run(self, plan: Plan) -> Found | NotFound:
        recognition = NOTHING
        rest = list(plan.listen)
        alone = len(plan.listen) == 1 and [visit.line for visit in plan.ask] == [plan.listen[0].line]
        while rest:
            visit = rest.pop(0)
            recognition = await self._visit(visit.line, visit, plan.ask[0] if alone else None)
            if recognition.outcome in {Outcome.ONE, Outcome.SEVERAL}:
                return self._result(recognition)
            if rest and self._heard and self._heard[-1].size and self._heard[-1].line == visit.line:
                rest = reordered(rest, sent_at(self._heard), visit.line, plan.rhythm_s)
        for asking in () if alone or self._streams() else plan.ask:
            recognition = await self._visit(asking.line, None, asking)
            if recognition.outcome in {Outcome.ONE, Outcome.SEVERAL}:
                return self._result(recognition)
        if not self._opened and self._refused is not None:
            raise self._refused
        return self._result(recognition)

    def _streams(self) -> bool:
        """Whether bytes come all the time: whoever sends them waits for no question."""
        return bool(self._heard) and all(entry.size >= MANY_BYTES for entry in self._heard)

    def _result(self, recognition: Recognition) -> Found | NotFound:
        if recognition.outcome is not Outcome.ONE:
            return NotFound(diagnose(self._heard))
        candidate, heard = recognition.candidates[0], self._heard[-1].line
        line = own_line(candidate, heard) if heard is not None else candidate.link
        return Found(candidate.spec, candidate.device(self._address, line), line)

    # One setting

    async def _visit(
        self, line: SerialLink, listening: Listening | None, asking: Asking | None
    ) -> Recognition:
        """Open the port with a setting, listen, ask."""
        recognition = NOTHING
        for attempt in range(BUSY_TRIES):
            try:
                async with listening_to(self._make_link(line)) as ear:
                    self._opened = True
                    if listening is not None:
                        recognition = await self._listen(ear, line, listening.quiet_s)
                    known = recognition.outcome in {Outcome.ONE, Outcome.SEVERAL}
                    answering = listening is None or not self._streams()
                    if asking is not None and answering and not known:
                        recognition = await self._ask_all(ear, asking)
            except LinkError as error:
                if error.problem == LinkProblem.BUSY and self._opened and attempt < BUSY_TRIES - 1:
                    await asyncio.sleep(BUSY_S)
                    continue
                if error.problem != LinkProblem.REFUSED:
                    raise
                self._refused = self._refused or error
            break
        return recognition

    async def _listen(self, ear: Ear, line: SerialLink, quiet_s: float) -> Recognition:
        self._say(advice.listening(line if self._has_speed else None))
        began_s = asyncio.get_running_loop().time()
        before = read_signs(self._address.address)
        look = _Look(ear, self._candidates, quiet_s)
        recognition = await look.until_known(None)
        self._note(
            Heard(
                line if self._has_speed else None,
                asyncio.get_running_loop().time() - began_s,
                errors=_errors(before, read_signs(self._address.address)),
                clear_to_send=before.clear_to_send if before is not None else None,
            ),
            ear,
            recognition,
        )
        return recognition

    async def _ask_all(self, ear: Ear, asking: Asking) -> Recognition:
        """One driver after the other, until one is answered."""
        line = asking.line if self._has_speed else None
        for candidate, patience_s in asking.drivers:
            self._say(advice.asking(candidate.spec.label, line))
            ear.clear()
            began_s = asyncio.get_running_loop().time()
            asker = Asker(candidate, ear, self._clock)
            asker.begin()
            try:
                recognition = await _Look(ear, self._candidates, patience_s, candidate).until_known(asker)
            finally:
                asker.end()
            heard = Heard(line, asyncio.get_running_loop().time() - began_s, asked=(candidate.id,))
            self._note(heard, ear, recognition)
            if recognition.outcome in {Outcome.ONE, Outcome.SEVERAL}:
                return recognition
            await asyncio.sleep(SETTLE_S)
        return NOTHING

    def _note(self, heard: Heard, ear: Ear, recognition: Recognition) -> None:
        sure = recognition.outcome in {Outcome.ONE, Outcome.SEVERAL}
        self._heard.append(
            replace(
                heard,
                size=ear.size,
                data=ear.data[:KEPT_BYTES],
                drivers=recognition.drivers if sure else (),
                signs=() if sure else recognition.drivers,
                echo=is_echo(ear.data, ear.sent),
            )
        )

    def _say(self, text: str) -> None:
        elapsed_s = asyncio.get_running_loop().time() - self._began_s
        self._progress(Progress(text, elapsed_s, self.most_s))


class _Look:
    """Waits for bytes and has the drivers read them, until it is known whose they are or time is over."""

    def __init__(
        self, ear: Ear, known: Sequence[Candidate], quiet_s: float, asked: Candidate | None = None
    ) -> None:
        self._ear, self._candidates, self._quiet_s, self._asked = ear, known, quiet_s, asked
        self._recognition = NOTHING

    async def until_known(self, asker: Asker | None) -> Recognition:
        loop, ear = asyncio.get_running_loop(), self._ear
        last_s = loop.time()
        first_s: float | None = None
        look_s: float | None = None
        while (now_s := loop.time()) < (end_s := self._end_s(first_s, last_s)):
            due_s = asker.due_s(now_s) if asker is not None else None
            if await ear.wait(min(t for t in (end_s, due_s, look_s) if t is not None)):
                last_s = loop.time()
                first_s = first_s or last_s
                look_s = look_s or last_s + LOOK_EVERY_S
            if asker is not None:
                asker.keep()
            if look_s is not None and loop.time() >= look_s:
                look_s = None
                if await self._read() is Outcome.ONE:
                    return self._recognition
        if ear.size:
            await self._read()
        return self._recognition

    def _end_s(self, first_s: float | None, last_s: float) -> float:
        """When to stop: silence is the end, and bytes are given some time to prove themselves."""
        silent_s = last_s + self._quiet_s
        if first_s is None:
            return silent_s
        if self._recognition.outcome is not Outcome.NOTHING:
            return first_s + SIGNS_S
        return min(silent_s, first_s + (NOISE_S if self._ear.size >= MANY_BYTES else FEW_NOISE_S))

    async def _read(self) -> Outcome:
        """Each driver in turn, so that nothing else on this loop waits for all of them."""
        chunks = tuple(self._ear.chunks)
        found: list[Evidence] = []
        for candidate in self._candidates:
            found.append(evidence(candidate, chunks))
            await asyncio.sleep(0)
        echoed = is_echo(b"".join(data for _, data in chunks), self._ear.sent)
        self._recognition = decide(found, self._asked, echoed=echoed)
        return self._recognition.outcome


def _errors(before: Signs | None, after: Signs | None) -> LineErrors | None:
    if before is None or after is None:
        return None
    return LineErrors(after.framing - before.framing, after.parity - before.parity)
