"""One Bluetooth connection: connecting, what the driver wants done, what the device says, and letting go.

Every connection uses a new client and always ends with disconnect(), however it ended. A late delivery of an
earlier connection is dropped. A protocol that answers what it hears is asked for its next steps when the
earlier ones are done, so that what waits is in the protocol, where it can be replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from devices.backoff import RESET_AFTER_S
from devices.linkwatch import LinkWatch
from devices.protocol import BleLink, GattAction, GattProtocol, GattSender, GattStep, Streaming, Timed
from devices.sink import DeviceSink
from devices.transport.ble_errors import CHANGED, HINTS, needs_bond, out_of_date, tried, within
from devices.transport.ble_radio import Radio
from kapmonitor.clock import Clock
from kapmonitor.errors import LinkError
from kapmonitor.model import DeviceEvent, Direction, Fault, LinkChanged, LinkProblem, WireChunk

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.device import BLEDevice

STEP_LIMIT_S: Final = 30.0
"""One answer of the device; pairing may be part of the first, with a person at the computer."""
PAIR_LIMIT_S: Final = 60.0
PARTING_LIMIT_S: Final = 0.7
"""All that is said to a device before hanging up; whoever ends a session does not wait longer for it."""
TABLE_LIMIT_S: Final = 2.0
LEAST_WAIT_S: Final = 0.005
"""Between two calls of a protocol whose deadline does not move on."""
SERVICE_CHANGED: Final = "00002a05-0000-1000-8000-00805f9b34fb"
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Party:
    """Who talks through which radio, and to whom it is told. `watch` outlives a connection."""

    device: str
    address: str
    link: BleLink
    protocol: GattProtocol
    clock: Clock
    sink: DeviceSink
    radio: Radio
    watch: LinkWatch
    report: Callable[[LinkChanged | None], None]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection, or the attempt at one, ended. `good`: it had worked; the next wait is short again."""

    problem: LinkProblem
    detail: str = ""
    good: bool = False


class Talk:
    """One connection, used once."""

    def __init__(self, party: Party, device: BLEDevice) -> None:
        self._party = party
        self._protocol = party.protocol
        self._client: BleakClient = party.radio.client(device, self._on_lost)
        self._lost = self._failed = self._over = self._changed = False
        self._live_ns: int | None = None
        self._heard_ns: int | None = None
        self._stirred = asyncio.Event()
        self._moved = asyncio.Event()

    async def run(self) -> Ending:
        """Connect and talk until it ends; LinkError if it did not come to that, or a step failed."""
        radio = self._party.radio
        try:
            async with radio.connecting(self._party.address):
                await radio.connect(self._client)
            return await self._talk()
        finally:
            self._over = True
            await radio.disconnect(self._client)

    def table_changed(self) -> None:
        """The device has other characteristics than those we know; what we subscribed to is void."""
        self._changed = True
        self._stirred.set()

    def worked(self) -> bool:
        """Whether data came for long enough for a loss to be a new one."""
        if self._live_ns is None or self._heard_ns is None:
            return False
        return self._heard_ns - self._live_ns >= RESET_AFTER_S * 1e9

    def _on_lost(self) -> None:
        self._lost = True
        self._stirred.set()

    async def _talk(self) -> Ending:
        watch, now_ns = self._party.watch, self._party.clock.now_ns()
        self._changed = False  # what was true before the table was read does not matter
        change = watch.opened(now_ns)
        self._party.report(change or LinkChanged(watch.state, now_ns, watch.problem))
        steps = asyncio.create_task(self._take_steps())
        steps.add_done_callback(self._steps_ended)
        try:
            return await self._listen(steps)
        finally:
            self._over = True
            steps.cancel()
            try:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PARTING_LIMIT_S):
                        await asyncio.wait((steps,))
                        await self._part()
            finally:
                now_ns = self._party.clock.now_ns()
                self._deliver(self._driver(lambda: self._protocol.closed(now_ns)))

    def _steps_ended(self, steps: asyncio.Task[None]) -> None:
        if not steps.cancelled():
            steps.exception()
        self._stirred.set()

    async def _take_steps(self) -> None:
        """What the protocol wants done, in its order, for as long as the connection stands.

        LinkError if a step that must succeed does not.
        """
        now_ns = self._party.clock.now_ns()
        for step in self._driver(lambda: self._protocol.opened(now_ns)):
            await self._take(step)
        await self._mind_table()
        while isinstance(protocol := self._protocol, GattSender):
            self._moved.clear()
            now_ns = self._party.clock.now_ns()
            for step in self._driver(partial(protocol.steps_to_take, now_ns)):
                await self._take(step)
            self._stirred.set()  # the protocol's deadline may have moved
            await self._moved.wait()

    async def _take(self, step: GattStep) -> None:
        try:
            await tried(self._party.address, self._step(step))
        except LinkError as error:
            if out_of_date(error.__cause__):
                self.table_changed()
                return
            if not step.optional and step.without and error.problem == LinkProblem.REFUSED:
                raise LinkError(self._party.address, error.problem, step.without) from error
            if not step.optional:
                raise
            _log.debug("%s: %s %s: %s", self._party.device, step.action, step.uuid, error)
        else:
            self._answered()

    async def _step(self, step: GattStep) -> None:
        try:
            async with asyncio.timeout(STEP_LIMIT_S):
                await self._do(step)
        except TimeoutError:
            raise LinkError(self._party.address, LinkProblem.LOST, HINTS[LinkProblem.LOST]) from None
        except Exception as error:
            if step.optional or not needs_bond(error):
                raise
            await within(PAIR_LIMIT_S, self._client.pair())
            await self._do(step)

    async def _do(self, step: GattStep) -> None:
        party, client = self._party, self._client
        characteristic = _characteristic(client, step.uuid)
        match step.action:
            case GattAction.SUBSCRIBE:
                await client.start_notify(characteristic, lambda _from, data: self._on_push(step.uuid, data))
            case GattAction.READ:
                self._on_data(step.uuid, await client.read_gatt_char(characteristic))
            case GattAction.WRITE:
                data = step.data if step.clock is None else step.clock(_local_time(party.clock))
                party.sink.on_wire(
                    party.device, WireChunk(party.clock.now_ns(), Direction.OUT, data, step.uuid)
                )
                await client.write_gatt_char(characteristic, data, response=True)

    async def _mind_table(self) -> None:
        """Hear of changes of the table from the device, where the platform leaves that to us."""
        try:
            async with asyncio.timeout(TABLE_LIMIT_S):
                told = _characteristic(self._client, SERVICE_CHANGED)
                await self._client.start_notify(told, lambda _from, _data: self.table_changed())
        except Exception as error:  # noqa: BLE001 - many devices have none, some platforms keep it to themselves
            _log.debug("%s: changes of its table are not told: %r", self._party.device, error)

    async def _part(self) -> None:
        """Say what the protocol wants said before we hang up; nothing depends on its success."""
        protocol = self._protocol
        if self._lost or not isinstance(protocol, GattSender):
            return
        try:
            for step in self._driver(protocol.last_steps):
                await self._do(step)
        except Exception as error:  # noqa: BLE001 - the device may go at any moment, on any platform
            _log.debug("%s: parting: %r", self._party.device, error)

    def _on_push(self, uuid: str, data: bytearray) -> None:
        """What the device says by itself; that alone shows that a stream is alive."""
        self._on_data(uuid, data, pushed=True)

    def _on_data(self, uuid: str, data: bytearray, *, pushed: bool = False) -> None:
        party, t_ns = self._party, self._party.clock.now_ns()
        if self._over:
            return
        copied = bytes(data)
        self._heard_ns = t_ns
        party.sink.on_wire(party.device, WireChunk(t_ns, Direction.IN, copied, uuid))
        events = self._driver(lambda: self._protocol.receive(uuid, copied, t_ns))
        if pushed:
            self._live_ns = t_ns if self._live_ns is None else self._live_ns
            faults = sum(isinstance(event, Fault) for event in events)
            party.report(party.watch.heard(t_ns, len(events) - faults, faults))
        self._deliver(events)
        self._stirred.set()
        self._moved.set()

    def _answered(self) -> None:
        """A step has been taken: the device is there, whatever its sensor does."""
        t_ns = self._party.clock.now_ns()
        self._live_ns = t_ns if self._live_ns is None else self._live_ns
        self._party.report(self._party.watch.answered(t_ns))
        self._stirred.set()

    async def _listen(self, steps: asyncio.Task[None]) -> Ending:
        watch = self._party.watch
        while True:
            self._stirred.clear()
            if steps.done() and not steps.cancelled() and (error := steps.exception()):
                raise error
            if (ending := self._ended()) is not None:
                return ending
            now_ns = self._party.clock.now_ns()
            deadline_ns = self._deadline_ns(now_ns)
            if watch.due_ns is not None and now_ns >= watch.due_ns:
                self._party.report(watch.check(now_ns))
            if watch.given_up(now_ns):
                return Ending(LinkProblem.SILENT, HINTS[LinkProblem.SILENT], self.worked())
            dues = [due_ns for due_ns in (deadline_ns, watch.due_ns) if due_ns is not None]
            await self._wait_for_stir(min(dues, default=None), now_ns)

    def _ended(self) -> Ending | None:
        link, live = self._party.link, self._live_ns is not None
        if self._failed:
            return Ending(LinkProblem.GARBLED, "the driver failed; see the log")
        if self._lost and link.ends_itself and live:
            return Ending(LinkProblem.ENDED, good=self._heard_ns is not None)
        if self._lost:
            self._party.radio.scanner.doubt()
            return Ending(LinkProblem.LOST, HINTS[LinkProblem.LOST], self.worked())
        if self._changed:
            return Ending(LinkProblem.LOST, CHANGED, self.worked())
        return None

    def _deadline_ns(self, now_ns: int) -> int | None:
        """Deliver what the protocol has held back until now; when it next wants to be asked."""
        protocol = self._protocol
        if not isinstance(protocol, Timed):
            return None
        due_ns = self._due_ns(protocol)
        if due_ns is None or now_ns < due_ns:
            return due_ns
        self._deliver(self._driver(lambda: protocol.on_deadline(now_ns)))
        self._moved.set()
        return self._due_ns(protocol)

    def _due_ns(self, protocol: Timed) -> int | None:
        return next(iter(self._driver(lambda: (protocol.deadline_ns,))), None)

    async def _wait_for_stir(self, until_ns: int | None, now_ns: int) -> None:
        limit_s = None if until_ns is None else self._party.clock.real_delay_s(until_ns - now_ns)
        # Not wait_for(): that of Python 3.11 loses a cancellation that comes together with the data.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if limit_s is None else max(limit_s, LEAST_WAIT_S)):
                await self._stirred.wait()

    def _driver(self, call: Callable[[], Sequence[T]]) -> Sequence[T]:
        """What the driver answers; if it fails, that is its own fault and ends this connection only."""
        try:
            answer = call()
            if isinstance(self._protocol, Streaming):
                self._party.watch.streaming = self._protocol.streaming
        except Exception:  # noqa: BLE001 - a driver may be anybody's; its bug must not end the monitoring
            _log.exception("%s: the driver failed; the connection is made anew", self._party.device)
            self._failed = True
            self._stirred.set()
            return ()
        return answer

    def _deliver(self, events: Iterable[DeviceEvent]) -> None:
        for event in events:
            self._party.sink.on_event(self._party.device, event)


def _local_time(clock: Clock) -> datetime:
    """The wall clock that people look at, as the devices' own clocks have no zone."""
    return datetime.fromtimestamp(clock.utc_ns() / 1e9).astimezone().replace(tzinfo=None)


def _characteristic(client: BleakClient, uuid: str) -> BleakGATTCharacteristic:
    """The first one with this UUID, as a device may have several batteries; an error if there is none."""
    from bleak.exc import BleakCharacteristicNotFoundError

    for characteristic in client.services.characteristics.values():
        if characteristic.uuid == uuid:
            return characteristic
    raise BleakCharacteristicNotFoundError(uuid)
