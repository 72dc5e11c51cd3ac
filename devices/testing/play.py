"""Protocols in virtual time: their deadlines kept, what they send and tell taken down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from devices.protocol import (
    CuffControl,
    DriverSpec,
    GattAction,
    GattProtocol,
    GattSender,
    GattStep,
    Options,
    Timed,
    WireProtocol,
)
from devices.testing.parts import ConformanceError, GattSample, Talk, gatt, wire
from kapmonitor.model import DeviceEvent

TURNS = 20
"""Answers to answers within one instant; a real dialogue takes one or two."""


class Peer(Protocol):
    """The far end of a serial line: a simulated device. Times are its own, in ns, and do not go back."""

    def receive(self, data: bytes, t_ns: int) -> None:
        """Bytes from the driver."""
        ...

    def advance(self, t_ns: int) -> bytes:
        """All that it says from the last call up to `t_ns`."""
        ...


class GattPeer(Protocol):
    """The far end of a Bluetooth link: a simulated device."""

    def read(self, uuid: str) -> bytes | None:
        """What is read there; None if there is no such characteristic."""
        ...

    def write(self, uuid: str, data: bytes, t_ns: int) -> None:
        """Take what the driver writes."""
        ...

    def advance(self, t_ns: int) -> list[tuple[str, bytes]]:
        """Notifications and indications from the last call up to `t_ns`."""
        ...


def _must_move(deadline_ns: int | None, now_ns: int) -> None:
    if deadline_ns is not None and deadline_ns <= now_ns:
        raise ConformanceError("a deadline that was kept is still due")


class Player:
    """A serial protocol on a line that is open since `t_ns`."""

    def __init__(self, protocol: WireProtocol, t_ns: int = 0) -> None:
        self.protocol = protocol
        self.now_ns = t_ns
        self.events: list[DeviceEvent] = []
        self.sent: list[bytes] = []
        protocol.opened(t_ns)
        self._send()

    def wait(self, until_ns: int) -> None:
        """Let time pass, deadlines included; a deadline that stays due breaks the contract."""
        while (due_ns := self.protocol.deadline_ns) is not None and due_ns <= until_ns:
            self.now_ns = max(self.now_ns, due_ns)
            self.events += self.protocol.on_deadline(self.now_ns)
            self._send()
            _must_move(self.protocol.deadline_ns, self.now_ns)
        self.now_ns = max(self.now_ns, until_ns)

    def hear(self, data: bytes, t_ns: int) -> None:
        """Bytes arrive, after the deadlines before them."""
        self.wait(t_ns)
        self.events += self.protocol.receive(data, t_ns)
        self._send()

    def start_cuff(self) -> None:
        """What a person may ask for."""
        if isinstance(self.protocol, CuffControl):
            self.protocol.start_cuff(self.now_ns)
            self._send()

    def stop_cuff(self) -> None:
        """The same for its end."""
        if isinstance(self.protocol, CuffControl):
            self.protocol.stop_cuff(self.now_ns)
            self._send()

    def close(self) -> None:
        """The line is gone."""
        self.events += self.protocol.closed(self.now_ns)

    def _send(self) -> None:
        if data := self.protocol.data_to_send():
            self.sent.append(data)


class GattPlayer:
    """A Bluetooth protocol on a link that is connected since `t_ns`; `taken` are the steps it took."""

    def __init__(self, protocol: GattProtocol, t_ns: int = 0) -> None:
        self.protocol = protocol
        self._timed = protocol if isinstance(protocol, Timed) else None
        self._sender = protocol if isinstance(protocol, GattSender) else None
        self.now_ns = t_ns
        self.events: list[DeviceEvent] = []
        self.taken: list[GattStep] = list(protocol.opened(t_ns))
        self._send()

    def wait(self, until_ns: int) -> None:
        """Let time pass, deadlines included."""
        timed = self._timed
        while timed is not None and (due_ns := timed.deadline_ns) is not None and due_ns <= until_ns:
            self.now_ns = max(self.now_ns, due_ns)
            self.events += timed.on_deadline(self.now_ns)
            self._send()
            _must_move(timed.deadline_ns, self.now_ns)
        self.now_ns = max(self.now_ns, until_ns)

    def hear(self, uuid: str, data: bytes, t_ns: int) -> None:
        """A notification or a read result arrives, after the deadlines before it."""
        self.wait(t_ns)
        self.events += self.protocol.receive(uuid, data, t_ns)
        self._send()

    def close(self) -> None:
        """The link is gone."""
        self.events += self.protocol.closed(self.now_ns)

    def _send(self) -> None:
        if self._sender is not None:
            self.taken += self._sender.steps_to_take(self.now_ns)


def converse(
    spec: DriverSpec,
    peer: Peer,
    seconds: float,
    name: str = "a talk",
    *,
    checked: bool = True,
    options: Options | None = None,
    cuffs_s: Sequence[float] = (),
    peer_ns: int = 0,
    step_s: float = 0.02,
) -> Talk:
    """Join a driver to a simulated device and take down what the device says.

    `peer_ns` is the device's own time when the line is opened; at `cuffs_s` a cuff is started.
    """
    heard: list[tuple[int, bytes]] = []
    player = Player(wire(spec, options))
    told = 0
    step_ns, cuffs = int(step_s * 1e9), [int(s * 1e9) for s in cuffs_s]
    peer.advance(peer_ns)
    for t_ns in range(step_ns, int(seconds * 1e9) + 1, step_ns):
        while cuffs and cuffs[0] <= t_ns:
            player.wait(cuffs.pop(0))
            player.start_cuff()
        for now_ns in _moments(player, t_ns):
            player.wait(now_ns)
            for _ in range(TURNS):
                asked, told = b"".join(player.sent[told:]), len(player.sent)
                if asked:
                    peer.receive(asked, peer_ns + now_ns)
                said = peer.advance(peer_ns + now_ns)
                if said:
                    # Replies stay apart even within one instant: each answers what was asked before it.
                    at_ns = max(now_ns, heard[-1][0] + 1) if heard else now_ns
                    heard.append((at_ns, said))
                    player.hear(said, at_ns)
                elif not asked:
                    break
    return Talk(name, tuple(heard), checked, dict(options or {}), tuple(int(s * 1e9) for s in cuffs_s))


def _moments(player: Player, t_ns: int) -> list[int]:
    """The times up to `t_ns` at which something may happen: the next deadline, and the end of the step."""
    due_ns = player.protocol.deadline_ns
    return [t_ns] if due_ns is None or due_ns >= t_ns else [max(due_ns, player.now_ns), t_ns]


def converse_gatt(
    spec: DriverSpec,
    peer: GattPeer,
    seconds: float,
    name: str = "a talk",
    *,
    options: Options | None = None,
    peer_ns: int = 0,
    step_s: float = 0.02,
) -> GattSample:
    """Join a Bluetooth driver to a simulated device and take down what it reads and is told."""
    heard: list[tuple[int, str, bytes]] = []
    player = GattPlayer(gatt(spec, options))
    told = 0
    peer.advance(peer_ns)
    for t_ns in range(int(step_s * 1e9), int(seconds * 1e9) + 1, int(step_s * 1e9)):
        player.wait(t_ns)
        for _ in range(TURNS):
            asked, told = player.taken[told:], len(player.taken)
            said = _answers(peer, asked, peer_ns + t_ns) + peer.advance(peer_ns + t_ns)
            for uuid, data in said:
                heard.append((t_ns, uuid, data))
                player.hear(uuid, data, t_ns)
            if not said and len(player.taken) == told:
                break
    messages = tuple((uuid, data) for _, uuid, data in heard)
    return GattSample(name, messages, tuple(t_ns for t_ns, _, _ in heard), dict(options or {}))


def _answers(peer: GattPeer, steps: Sequence[GattStep], t_ns: int) -> list[tuple[str, bytes]]:
    said: list[tuple[str, bytes]] = []
    for step in steps:
        if step.action is GattAction.READ and (data := peer.read(step.uuid)) is not None:
            said.append((step.uuid, data))
        elif step.action is GattAction.WRITE:
            peer.write(step.uuid, step.data, t_ns)
    return said
