"""In which order a line is searched: where to listen, then whom to ask for where, and how long that takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from devices.address import DeviceAddress
from devices.candidates import Candidate, LineKey, key, unlike
from devices.protocol import SerialLink

NO_SPEED: Final = ("socket://", "loop://")
"""pyserial URLs behind which no line is set: there, one setting is as good as another."""

LISTEN_S: Final = 1.0
"""Enough where every device either streams or waits to be asked."""
ANSWER_S: Final = 1.5
"""How long the answer to a new question is waited for; devices answer within a fraction of a second."""
ASK_S, MOST_ASK_S = 2.5, 8.0
"""How long a driver's questions are asked at least and at most, if nothing answers."""
UNUSUAL: Final = 0.5
"""What a setting counts for that is not a driver's usual one, beside those that are."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Listen for all drivers at this setting; without a byte, for `quiet_s`."""

    line: SerialLink
    quiet_s: float


@dataclass(frozen=True, slots=True)
class Asking:
    """Ask at this setting, one driver after the other, each with how long silence is waited out."""

    line: SerialLink
    drivers: tuple[tuple[Candidate, float], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All listening comes before the first question."""

    listen: tuple[Listening, ...]
    ask: tuple[Asking, ...]

    @property
    def quiet_s(self) -> float:
        """How long it takes on a silent line."""
        asking = sum(patience_s for visit in self.ask for _, patience_s in visit.drivers)
        return sum(visit.quiet_s for visit in self.listen) + asking

    @property
    def rhythm_s(self) -> float:
        """The slowest rhythm of any driver's device."""
        return max(visit.quiet_s for visit in self.listen)


def has_speed(address: str) -> bool:
    """Whether line settings mean anything at this address."""
    return not address.startswith(NO_SPEED)


def make_plan(candidates: Sequence[Candidate], address: DeviceAddress, first: Collection[str] = ()) -> Plan:
    """The plan for a line; `first` are the ids of drivers that are more likely than others.

    `candidates` must not be empty.
    """
    ranked = sorted(candidates, key=lambda candidate: candidate.id not in first)
    patience = {place: patience_s(candidate) for place, candidate in enumerate(ranked)}
    asking = [(ranked[place], wait_s) for place, wait_s in patience.items() if wait_s is not None]
    only_heard = [ranked[place] for place, wait_s in patience.items() if wait_s is None]
    if not has_speed(address.address):
        line = ranked[0].link
        every = [Asking(line, tuple(asking))] if asking else []
        return Plan((Listening(line, _quiet_s(only_heard)),), tuple(every))
    lines = _likely_first(ranked, first)
    listen = (
        Listening(line, _quiet_s([c for c in only_heard if any(sounds_alike(line, own) for own in c.lines)]))
        for line in _each_sound(lines)
    )
    ask = tuple(
        Asking(line, tuple(entry for entry in asking if key(line) in map(key, entry[0].lines)))
        for line in lines
    )
    return Plan(tuple(listen), tuple(visit for visit in ask if visit.drivers))


def patience_s(candidate: Candidate) -> float | None:
    """How long to wait for a device to which this driver's opening questions go; None if it has none.

    Found by going through the opening as it is with nobody there: every question is to be asked once.
    """
    if not candidate.may_ask:
        return None
    try:
        last_new_s = _last_new_question_s(candidate)
    except Exception:  # noqa: BLE001 a driver may be anybody's; who cannot open does not ask
        return None
    return None if last_new_s is None else max(ASK_S, last_new_s + ANSWER_S)


def _last_new_question_s(candidate: Candidate) -> float | None:
    protocol = candidate.protocol()
    protocol.opened(0)
    asked: dict[bytes, float] = {}
    t_ns = 0
    while True:
        if data := protocol.data_to_send():
            asked.setdefault(data, t_ns / 1e9)
        due_ns = protocol.deadline_ns
        end_s = max(ASK_S, max(asked.values()) + ANSWER_S) if asked else ASK_S
        if due_ns is None or due_ns / 1e9 >= min(end_s, MOST_ASK_S):
            return max(asked.values(), default=None)
        t_ns = max(t_ns + 1_000_000, due_ns)
        protocol.on_deadline(t_ns)


def _quiet_s(only_heard: Sequence[Candidate]) -> float:
    """Long enough for the slowest that is only listened to: a driver's silence is longer than its rhythm."""
    return max([LISTEN_S, *(candidate.link.silence_s for candidate in only_heard)])


def sounds_alike(one: SerialLink, other: SerialLink) -> bool:
    """Whether a listener cannot tell two settings apart: stop bits and handshake change nothing for it."""
    return (one.baud, one.bytesize, one.parity) == (other.baud, other.bytesize, other.parity)


def _each_sound(lines: Sequence[SerialLink]) -> list[SerialLink]:
    kept: list[SerialLink] = []
    for line in lines:
        if not any(sounds_alike(line, other) for other in kept):
            kept.append(line)
    return kept


def _likely_first(candidates: Sequence[Candidate], first: Collection[str]) -> list[SerialLink]:
    """All settings, those of `first` before others, and then by how many drivers use them."""
    votes: defaultdict[LineKey, float] = defaultdict(float)
    lines: list[SerialLink] = []
    for candidate in candidates:
        for line in candidate.lines:
            votes[key(line)] += 1.0 if line is candidate.link else UNUSUAL
            votes[key(line)] += len(candidates) if candidate.id in first else 0
            lines.append(line)
    return sorted(unlike(lines), key=lambda line: -votes[key(line)])


def own_line(candidate: Candidate, heard: SerialLink) -> SerialLink:
    """The setting to use for a driver that was recognised at `heard`.

    A listener often reads well with the wrong parity or handshake, with which the device would not understand
    what it is sent, so the driver's own setting of that speed is taken where it has one.
    """
    alike = [line for line in candidate.lines if sounds_alike(line, heard)]
    same_speed = [line for line in candidate.lines if line.baud == heard.baud]
    return next(iter((*alike, *same_speed)), heard)


def reordered(
    rest: Sequence[Listening], rates: Collection[int], heard: SerialLink, quiet_s: float
) -> list[Listening]:
    """What is still to be listened at after bytes came at `heard` that made no sense.

    `rates` are the speeds that the bytes tell of; one that is not in the plan comes first. Where they tell
    of none they were sent faster, and the fastest setting shows best how fast. As something does speak, each
    setting is given `quiet_s`, the slowest rhythm there is.
    """
    if rates:
        rest = sorted(rest, key=lambda visit: visit.line.baud not in rates)
    else:
        rest = sorted(rest, key=lambda visit: -visit.line.baud)
    known = {visit.line.baud for visit in rest} | {heard.baud}
    lines = [*(SerialLink(rate) for rate in rates if rate not in known), *(visit.line for visit in rest)]
    return [Listening(line, quiet_s) for line in lines]
