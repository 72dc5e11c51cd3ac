"""One Bluetooth device, from its address to the events of its driver, for as long as the session lasts.

    listen --advertisement--> connect --> subscribe, read --> live --silence--> stale
      ^                          |               |              |                 |
      '--- wait, longer each time <--- let go <--'--------------'-----------------'

Each connection uses a fresh device from the scanner and a new client, and always ends with disconnect(),
however it ended. A late delivery of an earlier connection is dropped. Devices that end their connections
themselves, such as cuffs, are waited for without complaint and never counted as silent. A protocol that
answers what it hears is asked for its next steps when the earlier ones are done, so that what waits is in the
protocol, where it can be replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar, cast

from devices.backoff import RESET_AFTER_S, delay_s
from devices.protocol import (
    BleLink,
    DriverSpec,
    GattAction,
    GattProtocol,
    GattSender,
    GattStep,
    Options,
    Streaming,
    Timed,
)
from devices.sink import DeviceSink
from devices.transport.ble_errors import HINTS, needs_bond, tried
from devices.transport.ble_radio import Radio
from kapmonitor.clock import Clock
from kapmonitor.errors import LinkError
from kapmonitor.model import DeviceEvent, Direction, LinkChanged, LinkProblem, LinkState, WireChunk

if TYPE_CHECKING:
    from bleak import BleakClient
    from bleak.backends.characteristic import BleakGATTCharacteristic
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

FIND_LIMIT_S: Final = 20.0
"""A device that is on advertises at least every few seconds."""
STEP_LIMIT_S: Final = 30.0
"""One answer of the device; pairing may be part of the first, with a person at the computer."""
PARTING_LIMIT_S: Final = 2.0
"""All that is said to a device before hanging up; whoever ends a session does not wait longer for it."""
LEAST_SILENCE_S: Final = 1.0
"""On a clock that runs fast, silence is still at least this long in real time, or any hiccup would count."""
JITTER: Final = 0.25
"""So that two devices lost together do not keep colliding."""
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _End:
    """How a connection, or the attempt at one, ended. `good`: it had worked; the next wait is short again."""

    problem: LinkProblem
    detail: str = ""
    good: bool = False


class _Connection:
    """One connection: its client, and what has happened on it."""

    def __init__(self, radio: Radio, device: BLEDevice) -> None:
        self.client: BleakClient = radio.client(device, self._on_lost)
        self.lost = False
        self.failed = False
        self.over = False
        self.live_ns: int | None = None
        self.heard_ns: int | None = None
        self.stirred = asyncio.Event()
        self.moved = asyncio.Event()

    def _on_lost(self) -> None:
        self.lost = True
        self.stirred.set()


class BlePump:
    """Keeps one device connected and delivers to the sink. `jitter` gives numbers from 0 to 1."""

    def __init__(
        self,
        device: str,
        spec: DriverSpec,
        address: str,
        options: Options,
        clock: Clock,
        sink: DeviceSink,
        radio: Radio,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if not isinstance(spec.link, BleLink):
            raise TypeError(f"driver {spec.id} is not for Bluetooth")
        self._device = device
        self._link = spec.link
        self._address = address
        self._clock = clock
        self._sink = sink
        self._radio = radio
        self._jitter = jitter
        self._protocol = cast("GattProtocol", spec.protocol(options))
        self._state = LinkChanged(LinkState.OFF, 0)
        self._warned = False
        self._silence_ns = _silence_ns(spec.link, clock)

    async def run(self) -> None:
        """Until cancelled. Whatever the radio, the computer or the device does becomes a link state."""
        attempt = 0
        try:
            self._change(LinkState.CONNECTING)
            await self._radio.free(self._address, self._link.services)
            while True:
                end = await self._cycle()
                if end.good:
                    attempt, self._warned = 0, False
                wait_s = delay_s(attempt) * (1 + JITTER * self._jitter())
                self._change(LinkState.WAITING, end.problem, end.detail, wait_s)
                await asyncio.sleep(wait_s)
                attempt += 1
        finally:
            self._change(LinkState.OFF)

    async def _cycle(self) -> _End:
        try:
            device = await self._find()
            self._change(LinkState.CONNECTING)
            return await self._converse(_Connection(self._radio, device))
        except LinkError as error:
            return _End(LinkProblem(error.problem), error.hint)

    async def _find(self) -> BLEDevice:
        """Listen until the device advertises, however long that takes; LinkError if there is no listening."""
        found: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

        def heard(device: BLEDevice, said: AdvertisementData) -> None:
            if device.address.upper() != self._address.upper() or found.done():
                return
            if objection := _objection(self._link, said):
                found.set_exception(LinkError(self._address, LinkProblem.REFUSED, objection))
            else:
                found.set_result(device)

        async with self._radio.scanner.listening(heard):
            self._listening()
            while not (await asyncio.wait((found,), timeout=FIND_LIMIT_S))[0]:
                if not self._link.ends_itself:
                    self._change(LinkState.WAITING, LinkProblem.NOT_FOUND, HINTS[LinkProblem.NOT_FOUND])
                await self._radio.scanner.refresh()
        return found.result()

    def _listening(self) -> None:
        """The radio works: an earlier complaint about it is over, and a cuff's sleep is none."""
        if self._link.ends_itself:
            ended = self._state.problem is LinkProblem.ENDED
            self._change(LinkState.WAITING, LinkProblem.ENDED if ended else LinkProblem.NONE)
        elif self._state.problem is LinkProblem.NO_RADIO:
            self._change(LinkState.CONNECTING)

    async def _converse(self, connection: _Connection) -> _End:
        steps: asyncio.Task[None] | None = None
        try:
            async with self._radio.connecting(self._address):
                await self._radio.connect(connection.client)
            steps = asyncio.create_task(self._take_steps(connection))
            return await self._watch(connection, steps)
        finally:
            connection.over = True
            if steps is not None:
                steps.cancel()
                await asyncio.gather(steps, return_exceptions=True)
                await self._part(connection)
            await self._radio.disconnect(connection.client)
            now_ns = self._clock.now_ns()
            self._deliver(self._driver(connection, lambda: self._protocol.closed(now_ns)))

    async def _take_steps(self, connection: _Connection) -> None:
        """What the protocol wants done, in its order, for as long as the connection stands.

        LinkError if a step that must succeed does not.
        """
        now_ns = self._clock.now_ns()
        for step in self._driver(connection, lambda: self._protocol.opened(now_ns)):
            await self._take(connection, step)
        while isinstance(protocol := self._protocol, GattSender):
            connection.moved.clear()
            now_ns = self._clock.now_ns()
            for step in self._driver(connection, partial(protocol.steps_to_take, now_ns)):
                await self._take(connection, step)
            connection.stirred.set()  # the protocol's deadline may have moved
            await connection.moved.wait()

    async def _take(self, connection: _Connection, step: GattStep) -> None:
        try:
            await tried(self._address, self._step(connection, step))
        except LinkError as error:
            if not step.optional and step.without and error.problem == LinkProblem.REFUSED:
                raise LinkError(self._address, error.problem, step.without) from error
            if not step.optional:
                raise
            _log.debug("%s: %s %s: %s", self._device, step.action, step.uuid, error)
        else:
            self._live(connection)

    async def _part(self, connection: _Connection) -> None:
        """Say what the protocol wants said before we hang up; nothing depends on its success."""
        protocol = self._protocol
        if connection.lost or not isinstance(protocol, GattSender):
            return
        try:
            async with asyncio.timeout(PARTING_LIMIT_S):
                for step in self._driver(connection, protocol.last_steps):
                    await self._do(connection, step)
        except Exception as error:  # noqa: BLE001 - the device may go at any moment, on any platform
            _log.debug("%s: parting: %r", self._device, error)

    async def _step(self, connection: _Connection, step: GattStep) -> None:
        try:
            async with asyncio.timeout(STEP_LIMIT_S):
                await self._do(connection, step)
        except TimeoutError:
            raise LinkError(self._address, LinkProblem.LOST, HINTS[LinkProblem.LOST]) from None
        except Exception as error:
            if step.optional or not needs_bond(error):
                raise
            await connection.client.pair()
            await self._do(connection, step)

    async def _do(self, connection: _Connection, step: GattStep) -> None:
        client = connection.client
        characteristic = _characteristic(client, step.uuid)
        match step.action:
            case GattAction.SUBSCRIBE:
                await client.start_notify(
                    characteristic, lambda _from, data: self._on_data(connection, step.uuid, data)
                )
            case GattAction.READ:
                data = await client.read_gatt_char(characteristic)
                self._on_data(connection, step.uuid, data)
            case GattAction.WRITE:
                data = step.data if step.clock is None else step.clock(_local_time(self._clock))
                chunk = WireChunk(self._clock.now_ns(), Direction.OUT, data, step.uuid)
                self._sink.on_wire(self._device, chunk)
                await client.write_gatt_char(characteristic, data, response=True)

    def _on_data(self, connection: _Connection, uuid: str, data: bytearray) -> None:
        t_ns = self._clock.now_ns()
        if connection.over:
            return
        copied = bytes(data)
        connection.heard_ns = t_ns
        self._live(connection)
        self._sink.on_wire(self._device, WireChunk(t_ns, Direction.IN, copied, uuid))
        self._deliver(self._driver(connection, lambda: self._protocol.receive(uuid, copied, t_ns)))
        connection.stirred.set()
        connection.moved.set()

    async def _watch(self, connection: _Connection, steps: asyncio.Task[None]) -> _End:
        steps.add_done_callback(lambda _task: connection.stirred.set())
        while True:
            connection.stirred.clear()
            if steps.done() and not steps.cancelled() and (error := steps.exception()):
                raise error
            if connection.failed:
                return _End(LinkProblem.GARBLED, "the driver failed; see the log")
            if connection.lost:
                return self._ended(connection)
            now_ns = self._clock.now_ns()
            due_ns = self._due_ns(connection, now_ns)
            silent_ns = self._silent_at_ns(connection)
            if silent_ns is not None and now_ns >= silent_ns:
                self._change(LinkState.STALE, LinkProblem.SILENT, HINTS[LinkProblem.SILENT])
                return _End(LinkProblem.SILENT, HINTS[LinkProblem.SILENT], self._worked(connection))
            wake_ns = min((t_ns for t_ns in (due_ns, silent_ns) if t_ns is not None), default=None)
            await self._wait_for_stir(connection, wake_ns, now_ns)

    async def _wait_for_stir(self, connection: _Connection, until_ns: int | None, now_ns: int) -> None:
        limit_s = None if until_ns is None else self._clock.real_delay_s(until_ns - now_ns)
        # Not wait_for(): that of Python 3.11 loses a cancellation that comes together with the data.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await connection.stirred.wait()

    def _due_ns(self, connection: _Connection, now_ns: int) -> int | None:
        """Deliver what the protocol has held back until now; when it next wants to be asked."""
        protocol = self._protocol
        if not isinstance(protocol, Timed):
            return None
        if protocol.deadline_ns is not None and now_ns >= protocol.deadline_ns:
            self._deliver(self._driver(connection, lambda: protocol.on_deadline(now_ns)))
            connection.moved.set()
        return protocol.deadline_ns

    def _silent_at_ns(self, connection: _Connection) -> int | None:
        """When this connection counts as silent, if it ever does."""
        if self._silence_ns is None or connection.live_ns is None:
            return None
        if isinstance(self._protocol, Streaming) and not self._protocol.streaming:
            return None
        return max(connection.live_ns, connection.heard_ns or 0) + self._silence_ns

    def _ended(self, connection: _Connection) -> _End:
        if self._link.ends_itself and connection.live_ns is not None:
            return _End(LinkProblem.ENDED, good=connection.heard_ns is not None)
        self._radio.scanner.doubt()
        return _End(LinkProblem.LOST, HINTS[LinkProblem.LOST], self._worked(connection))

    def _worked(self, connection: _Connection) -> bool:
        if connection.live_ns is None or connection.heard_ns is None:
            return False
        return connection.heard_ns - connection.live_ns >= RESET_AFTER_S * 1e9

    def _live(self, connection: _Connection) -> None:
        if connection.live_ns is None:
            connection.live_ns = self._clock.now_ns()
            connection.stirred.set()
            self._change(LinkState.LIVE)

    def _driver(self, connection: _Connection, call: Callable[[], Sequence[T]]) -> Sequence[T]:
        """What the driver answers; if it fails, that is its own fault and ends this connection only."""
        try:
            return call()
        except Exception:  # noqa: BLE001 - a driver may be anybody's; its bug must not end the monitoring
            _log.exception("%s: the driver failed; the connection is made anew", self._device)
            connection.failed = True
            connection.stirred.set()
            return ()

    def _deliver(self, events: Iterable[DeviceEvent]) -> None:
        for event in events:
            self._sink.on_event(self._device, event)

    def _change(
        self,
        state: LinkState,
        problem: LinkProblem = LinkProblem.NONE,
        detail: str = "",
        retry_in_s: float | None = None,
    ) -> None:
        """Tell the sink, unless it knows; the log hears of trouble once, until all went well for a while."""
        told = (self._state.state, self._state.problem, self._state.detail)
        if told == (state, problem, detail) and retry_in_s is None:
            return
        self._state = LinkChanged(state, self._clock.now_ns(), problem, detail, retry_in_s)
        self._sink.on_link(self._device, self._state)
        if state is LinkState.LIVE and self._warned:
            _log.info("%s: back on %s", self._device, self._address)
        if problem not in (LinkProblem.NONE, LinkProblem.ENDED) and not self._warned:
            self._warned = True
            _log.warning("%s: %s: %s; %s", self._device, self._address, problem, detail)


def _objection(link: BleLink, said: AdvertisementData) -> str:
    try:
        return "" if link.objection is None else link.objection(said.manufacturer_data)
    except Exception:  # noqa: BLE001 - a driver may be anybody's; its bug must not stop the scanner
        _log.exception("a driver failed on what a device advertises")
        return ""


def _local_time(clock: Clock) -> datetime:
    """The wall clock that people look at, as the devices' own clocks have no zone."""
    return datetime.fromtimestamp(clock.utc_ns() / 1e9).astimezone().replace(tzinfo=None)


def _silence_ns(link: BleLink, clock: Clock) -> int | None:
    if link.silence_s is None or link.ends_itself:
        return None
    real_s_per_s = clock.real_delay_s(1_000_000_000)
    return int(max(link.silence_s, LEAST_SILENCE_S / real_s_per_s) * 1e9)


def _characteristic(client: BleakClient, uuid: str) -> BleakGATTCharacteristic:
    """The first one with this UUID, as a device may have several batteries; an error if there is none."""
    from bleak.exc import BleakCharacteristicNotFoundError

    for characteristic in client.services.characteristics.values():
        if characteristic.uuid == uuid:
            return characteristic
    raise BleakCharacteristicNotFoundError(uuid)
