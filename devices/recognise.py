"""Which driver's device sent these bytes: each driver reads them, and what they made of them is compared.

A driver is recognised if it made sense of what arrived several times, left little over, and no other driver
made sense of it, too. Where two did, both are named and none is chosen. Nothing is recognised from a single
frame, as formats without a checksum are formed by noise now and then.

A device that was asked and has nothing to tell may answer with what becomes no event, such as an echo of the
question's kind. Its answers count if the driver that asked takes them all and any other leaves them over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from devices.candidates import Candidate
from kapmonitor.model import Absent, DeviceEvent, Fault, FaultKind, Observation, Validity

Chunk = tuple[int, bytes]
"""When bytes arrived (ns), and the bytes."""

SPELL_NS: Final = 250_000_000
"""What comes within this time is one spell: a row of text is one, however many numbers it has."""
SPELLS: Final = 3
FEW_SPELLS, MANY_EVENTS = 2, 6
"""Two spells are enough if they told this much."""
DOUBTS: Final = 0.25
LEAST_SHARE: Final = 0.7
"""Of the bytes from the first sensible one on, so many must have made sense."""
ANSWERS: Final = 2
ANSWER_BYTES, ANSWER_KINDS = 12, 4
"""So many bytes, and among them so many different ones: a line that idles on one byte answers nothing."""
ANSWER_SHARE: Final = 0.9
RIVAL_SHARE: Final = 0.6
"""Another driver that made sense of so much of all that came leaves a doubt."""
BLANK: Final = b"\r\n\x11\x13"
"""Line ends, XON and XOFF say nothing; drivers of text pass them over."""
NOT_RECEIVED: Final = frozenset({FaultKind.LOST, FaultKind.TIMEOUT})
"""Faults whose bytes are missing, not thrown away."""
SIGN_SHARE: Final = 0.05
"""With less of the bytes making sense, what did is chance."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one driver made of the bytes, counted in bytes but for `events` and spells.

    `lead` came before the first that made sense, `bad` after it, `rest` is what was waiting for more in the
    end; `good` is what remains, BLANK not counted.
    """

    candidate: Candidate
    total: int = 0
    lead: int = 0
    bad: int = 0
    rest: int = 0
    good: int = 0
    events: int = 0
    doubts: int = 0
    """Numbers that no person can have: noise read as frames gives many."""
    spells: int = 0
    arrivals: int = 0
    """Spells in which anything arrived at all."""
    kinds: int = 0
    """Different bytes that arrived."""

    @property
    def speaks(self) -> bool:
        """Whether this is certainly the driver's device, if no other is."""
        often = self.spells >= SPELLS or (self.spells >= FEW_SPELLS and self.events >= MANY_EVENTS)
        whole = self.good >= LEAST_SHARE * (self.good + self.bad)
        credible = self.doubts <= DOUBTS * self.events
        return often and whole and credible and self.good >= max(self.lead, self.rest)

    @property
    def answers(self) -> bool:
        """Whether all that came may be answers to this driver's questions."""
        often = self.arrivals >= ANSWERS
        enough = self.good >= ANSWER_BYTES and self.kinds >= ANSWER_KINDS
        return often and enough and self.good >= ANSWER_SHARE * self.total

    @property
    def rivals(self) -> bool:
        """Whether another driver cannot be certain beside this one."""
        return self.good >= RIVAL_SHARE * self.total

    @property
    def is_sign(self) -> bool:
        """Whether more of the same may prove something."""
        return self.events > 0 and self.good >= SIGN_SHARE * self.total


def evidence(candidate: Candidate, chunks: Sequence[Chunk]) -> Evidence:
    """What a driver that only listens makes of these bytes; nothing if the driver fails."""
    try:
        return _read(candidate, chunks)
    except Exception:  # noqa: BLE001 a driver may be anybody's
        return Evidence(candidate, sum(len(data) for _, data in chunks))


def _read(candidate: Candidate, chunks: Sequence[Chunk]) -> Evidence:
    protocol = candidate.protocol()
    protocol.opened(chunks[0][0] if chunks else 0)
    lead = bad = events = doubts = 0
    times: list[int] = []
    for t_ns, data in chunks:
        heard = protocol.receive(data, t_ns)
        sensible, wasted = _sorted(heard)
        doubts += sum(map(_impossible, heard))
        if events:
            bad += wasted
        else:
            lead += wasted
        events += len(sensible)
        times += [event.t_ns for event in sensible]
    _, rest = _sorted(protocol.closed(chunks[-1][0] if chunks else 0))
    total = sum(len(data) for _, data in chunks)
    blank = sum(len(data) - len(data.translate(None, BLANK)) for _, data in chunks)
    return Evidence(
        candidate,
        total=total,
        lead=lead,
        bad=bad,
        rest=rest,
        good=max(0, total - lead - bad - rest - blank),
        events=events,
        doubts=doubts,
        spells=_spells(times),
        arrivals=_spells([t_ns for t_ns, _ in chunks]),
        kinds=len(set().union(*(data for _, data in chunks))),
    )


def _spells(times: Iterable[int]) -> int:
    count, begun_ns = 0, -SPELL_NS
    for t_ns in sorted(times):
        if t_ns >= begun_ns + SPELL_NS:
            count, begun_ns = count + 1, t_ns
    return count


def _sorted(events: Iterable[DeviceEvent]) -> tuple[list[DeviceEvent], int]:
    """Events that mean something, and the bytes that were thrown away."""
    sensible: list[DeviceEvent] = []
    wasted = 0
    for event in events:
        if isinstance(event, Fault):
            wasted += 0 if event.kind in NOT_RECEIVED else event.size
        elif not _impossible(event):
            sensible.append(event)
    return sensible, wasted


def _impossible(event: DeviceEvent) -> bool:
    """Whether it is a number that no person can have."""
    reading = event.reading if isinstance(event, Observation) else None
    return isinstance(reading, Absent) and reading.validity is Validity.INVALID


class Outcome(StrEnum):
    """What the comparison came to."""

    NOTHING = "nothing"
    SIGNS = "signs"
    """Somebody made something of it, but not enough."""
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Recognition:
    """The drivers an outcome is about, each once; for ONE, the candidate that was recognised."""

    outcome: Outcome
    candidates: tuple[Candidate, ...] = ()

    @property
    def drivers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(candidate.id for candidate in self.candidates))


NOTHING: Final = Recognition(Outcome.NOTHING)


def decide(found: Sequence[Evidence], asked: Candidate | None = None, *, echoed: bool = False) -> Recognition:
    """Compare what all drivers made of the same bytes.

    `asked` is the driver whose questions were sent meanwhile; `echoed`: all that came is what had been sent.
    """
    if echoed:
        return NOTHING
    certain = [entry for entry in found if entry.speaks or (entry.candidate == asked and entry.answers)]
    if not certain:
        signs = tuple(entry.candidate for entry in found if entry.is_sign)
        return Recognition(Outcome.SIGNS, signs) if signs else NOTHING
    others = [entry for entry in found if entry not in certain and entry.rivals]
    told = (*certain, *others)
    if len({entry.candidate.id for entry in told}) == 1:  # in whichever of its formats
        return Recognition(Outcome.ONE, (certain[0].candidate,))
    return Recognition(Outcome.SEVERAL, tuple(entry.candidate for entry in told))


def recognise(
    chunks: Sequence[Chunk],
    candidates: Iterable[Candidate],
    asked: Candidate | None = None,
    sent: bytes = b"",
) -> Recognition:
    """Which of these drivers' devices sent the bytes, while `sent` was sent to it."""
    found = [evidence(candidate, chunks) for candidate in candidates]
    return decide(found, asked, echoed=is_echo(b"".join(data for _, data in chunks), sent))


def is_echo(heard: bytes, sent: bytes) -> bool:
    """Whether all that arrived is a stretch of what had been sent."""
    return bool(heard) and heard in sent
