"""Between a serial port and a driver: opens, feeds, keeps deadlines, and opens again after every loss.

What the link's states mean here:
- CONNECTING: the port is being opened, or is open and the driver has made nothing of it yet.
- LIVE: the driver made something of the bytes within the last 3 s, or within the device's own limit if that
  is shorter or the device does not stream; `detail` is 'degraded' while bytes are often damaged.
- STALE: the port is open, but for that long nothing came (SILENT) or nothing that made sense (GARBLED).
- WAITING: the port could not be opened or was lost; `retry_in_s` tells when it is tried again.
- OFF: run() has ended.
devices.linkwatch decides between the middle three.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from enum import StrEnum
from typing import Final, TypeVar

from devices import backoff
from devices.address import DeviceAddress, driver_options
from devices.blocks import join_blocks
from devices.linkwatch import STALE_AFTER_S, LinkWatch, limits
from devices.nap import Nap
from devices.protocol import CuffControl, DriverSpec, Parting, SerialLink, Streaming, WireProtocol
from devices.sink import DeviceSink
from devices.transport.line import LINE_OPTIONS, line_settings
from devices.transport.link import ByteLink
from devices.transport.serial import SerialPort
from kapmonitor.clock import Clock
from kapmonitor.errors import AddressError, CommandRefused, LinkError
from kapmonitor.model import DeviceEvent, Direction, Fault, LinkChanged, LinkProblem, LinkState, WireChunk

REOPEN_AFTER_S: Final = 30.0
"""A port that stays silent this long is opened anew: a network line whose far end lost power never tells."""
LEAST_SILENCE_S: Final = 0.5
"""On a clock that runs fast, silence is still at least this long in real time, or any hiccup would count."""
LEAST_WAIT_S: Final = 0.005
"""Between two calls of a protocol whose deadline does not move on."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


class PumpRefusal(StrEnum):
    """Why a pump could not pass on a command."""

    NO_CUFF = "no-cuff"
    NOT_CONNECTED = "not-connected"


class SerialPump:
    """One serial device's task. All methods are called on the loop that runs it."""

    def __init__(
        self,
        device: str,
        spec: DriverSpec,
        address: DeviceAddress,
        clock: Clock,
        sink: DeviceSink,
        make_link: Callable[[], ByteLink] | None = None,
        delay_s: Callable[[int], float] = backoff.delay_s,
    ) -> None:
        """AddressError if the DEVICE text asks for what neither the line nor the driver knows."""
        if not isinstance(spec.link, SerialLink):
            raise AddressError(str(address), f"{spec.id} is no serial device; give it a Bluetooth address")
        line = line_settings(spec.link, address)
        protocol = spec.protocol(driver_options(address, spec.options, LINE_OPTIONS))
        if not isinstance(protocol, WireProtocol):
            raise TypeError(f"driver {spec.id} has a serial link but no WireProtocol")
        self._device, self._address, self._clock, self._sink = device, address, clock, sink
        self._protocol: WireProtocol = protocol
        self._streaming: Streaming | None = protocol if isinstance(protocol, Streaming) else None
        self._make_link = make_link or (lambda: SerialPort(address.address, line, clock))
        self._retries = backoff.Retries(delay_s)
        self._watch = _watch(line.silence_s, clock)
        self._link: ByteLink | None = None
        self._nap = Nap()
        self._timer: asyncio.TimerHandle | None = None
        self._state = LinkState.OFF
        self._since = 0.0  # loop time since which the link has been in that state

    async def run(self) -> None:
        """Until cancelled; trouble with the port is reported to the sink, never raised."""
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                error, good_s = await self._connection()
                if error.problem != LinkProblem.SILENT:
                    await self._wait_after(error, good=good_s >= backoff.RESET_AFTER_S)
        finally:
            self._report(self._changed(LinkState.OFF))

    def woke(self, now_ns: int) -> None:
        """The computer was asleep: a lost port is tried at once, an open one must soon say something."""
        self._retries.begin_anew()
        if not self._nap.wake() and self._link is not None:
            self._report(self._watch.woke(now_ns))
            self._wake()

    def start_cuff(self) -> None:
        """Send the driver's cuff start now; CommandRefused if it cannot go out."""
        cuff = self._cuff("start cuff")
        self._command("start cuff", lambda: cuff.start_cuff(self._clock.now_ns()))

    def stop_cuff(self) -> None:
        """Send the driver's cuff stop now; CommandRefused if it cannot go out."""
        cuff = self._cuff("stop cuff")
        self._command("stop cuff", lambda: cuff.stop_cuff(self._clock.now_ns()))

    def _command(self, command: str, say: Callable[[], None]) -> None:
        def said() -> bool:
            say()
            return True

        if not self._guarded(said, otherwise=False):
            raise CommandRefused(command, PumpRefusal.NOT_CONNECTED)
        self._after()

    def _cuff(self, command: str) -> CuffControl:
        if not isinstance(self._protocol, CuffControl):
            raise CommandRefused(command, PumpRefusal.NO_CUFF)
        if self._link is None:
            raise CommandRefused(command, PumpRefusal.NOT_CONNECTED)
        return self._protocol

    async def _connection(self) -> tuple[LinkError, float]:
        """One life of the port: why it ended, and for how many seconds it had been good."""
        self._ended: asyncio.Future[LinkError] = self._loop.create_future()
        self._early: list[tuple[bytes, int]] = []
        link = self._make_link()
        if self._watch.state is not LinkState.STALE:
            self._report(self._changed(LinkState.CONNECTING))
        try:
            await link.open(self._received, self._end)
            self._opened(link)
            error = await self._ended
        except LinkError as refused:
            return refused, 0.0
        finally:
            self._closed()
            await link.close()
        good_s = self._loop.time() - self._since if self._watch.state is LinkState.LIVE else 0.0
        return error, good_s

    async def _wait_after(self, error: LinkError, *, good: bool) -> None:
        """Until the port is to be tried again; the log hears of trouble once, until all was well again."""
        if good:
            self._retries.begin_anew()
        if self._retries.lost():
            _log.warning("%s: %s", self._device, error)
        wait_s = self._retries.wait_s()
        self._watch.lost()
        self._report(self._changed(LinkState.WAITING, LinkProblem(error.problem), error.hint, wait_s))
        await self._nap.take(wait_s)

    def _opened(self, link: ByteLink) -> None:
        now_ns = self._clock.now_ns()
        self._link = link
        self._watch.opened(now_ns)
        self._driver(lambda: self._protocol.opened(now_ns))
        early, self._early = self._early, []
        for data, t_ns in early:
            self._received(data, t_ns)
        self._after()

    def _closed(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._link is not None:
            self._part(self._link)
            self._link = None
            now_ns = self._clock.now_ns()
            self._hand_over(self._driver(lambda: self._protocol.closed(now_ns)))

    def _part(self, link: ByteLink) -> None:
        """Tell the device that nobody listens any more, if it is one to be told and the line still stands."""
        protocol, ended = self._protocol, self._ended
        stands = ended.cancelled() or not ended.done() or ended.result().problem == LinkProblem.SILENT
        if not stands or not isinstance(protocol, Parting):
            return
        said: list[bytes] = []
        self._driver(lambda: said.append(protocol.last_words()))
        for data in filter(None, said):
            self._sink.on_wire(self._device, WireChunk(self._clock.now_ns(), Direction.OUT, data))
            link.write(data)

    def _received(self, data: bytes, t_ns: int) -> None:
        if self._link is None:
            # They came while the port was being opened: the driver hears them once it knows that it is.
            self._early.append((data, t_ns))
            return
        self._sink.on_wire(self._device, WireChunk(t_ns, Direction.IN, data))
        events = self._driver(lambda: self._protocol.receive(data, t_ns))
        faults = sum(isinstance(event, Fault) for event in events)
        self._report(self._watch.heard(t_ns, len(events) - faults, faults))
        self._hand_over(events)
        self._after()

    def _end(self, error: LinkError) -> None:
        if not self._ended.done():
            self._ended.set_result(error)

    def _after(self) -> None:
        """Send what the driver wants sent, and wake up for whatever is due next."""
        data = self._guarded(self._protocol.data_to_send, otherwise=b"")
        if data and self._link is not None:
            self._sink.on_wire(self._device, WireChunk(self._clock.now_ns(), Direction.OUT, data))
            self._link.write(data)
        if self._link is not None:
            self._wake()

    def _wake(self) -> None:
        now_ns, now_s = self._clock.now_ns(), self._loop.time()
        when = now_s + REOPEN_AFTER_S
        for due_ns in (self._deadline_ns(), self._watch.due_ns):
            if due_ns is not None:
                when = min(when, now_s + self._clock.real_delay_s(due_ns - now_ns))
        when = max(when, now_s + LEAST_WAIT_S)
        if self._timer is not None:
            if self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._woken)

    def _woken(self) -> None:
        self._timer = None
        now_ns = self._clock.now_ns()
        try:
            deadline_ns = self._deadline_ns()
            if deadline_ns is not None and now_ns >= deadline_ns:
                self._hand_over(self._driver(lambda: self._protocol.on_deadline(now_ns)))
        finally:  # whatever becomes of what it said, its silence is noticed
            self._look_for_silence(now_ns)
            self._after()

    def _look_for_silence(self, now_ns: int) -> None:
        self._report(self._watch.check(now_ns))
        if self._watch.given_up(now_ns):
            self._end(LinkError(self._address.address, LinkProblem.SILENT, "nothing comes; trying it anew"))

    def _deadline_ns(self) -> int | None:
        return self._guarded(lambda: self._protocol.deadline_ns, otherwise=None)

    def _driver(self, call: Callable[[], list[DeviceEvent] | None]) -> list[DeviceEvent]:
        """The events that the driver answers with."""
        events = self._guarded(call, otherwise=None) or []
        streaming = self._streaming
        if streaming is not None:
            self._watch.streaming = self._guarded(lambda: streaming.streaming, otherwise=True)
        return events

    def _guarded(self, call: Callable[[], T], otherwise: T) -> T:
        """What the driver says; if it fails, that is its own fault and ends this connection only."""
        try:
            return call()
        except Exception:  # noqa: BLE001 a driver may be anybody's; its bug must not end the monitoring
            _log.exception("%s: the driver failed; the connection is opened anew", self._device)
            self._end(LinkError(self._address.address, LinkProblem.GARBLED, "the driver failed; see the log"))
            return otherwise

    def _hand_over(self, events: list[DeviceEvent]) -> None:
        for event in join_blocks(events):
            self._sink.on_event(self._device, event)

    def _changed(
        self,
        state: LinkState,
        problem: LinkProblem = LinkProblem.NONE,
        detail: str = "",
        retry_in_s: float | None = None,
    ) -> LinkChanged:
        return LinkChanged(state, self._clock.now_ns(), problem, detail, retry_in_s)

    def _report(self, change: LinkChanged | None) -> None:
        if change is None:
            return
        if change.state is LinkState.LIVE and self._retries.alive():
            _log.info("%s: back on %s", self._device, self._address)
        if change.state is not self._state:
            self._state, self._since = change.state, self._loop.time()
        self._sink.on_link(self._device, change)


def _watch(silence_s: float, clock: Clock) -> LinkWatch:
    """What is too long for a line: 3 s for a stream, the device's own limit until it has begun."""
    s_per_real_s = 1 / clock.real_delay_s(1_000_000_000)
    least_s, anew_s = LEAST_SILENCE_S * s_per_real_s, REOPEN_AFTER_S * s_per_real_s
    stale_s = min(silence_s, STALE_AFTER_S)
    return LinkWatch(
        limits(stale_s, stale_s + anew_s, least_s), limits(silence_s, silence_s + anew_s, least_s)
    )
