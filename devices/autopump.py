"""A serial device nobody named: looked for, and then pumped like any other.

What the link's states mean while it is looked for:
- CONNECTING: the line is being searched; `detail` says what is tried now.
- WAITING: nothing was recognised, and `detail` says what that may come from; or the port cannot be opened.
From then on they are those of devices.pump. The driver that was found first is this device's for good. If its
port stays open for AGAIN_S without a word of it, the line is searched anew, by no questions but its own;
another device that is heard then is told, and never read in the place of the first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Final

from devices import advice, backoff
from devices.address import DeviceAddress
from devices.candidates import candidates
from devices.nap import Nap
from devices.ports import likely_at
from devices.protocol import DriverSpec
from devices.pump import PumpRefusal, SerialPump
from devices.search import Found, MakeLink, Progress, Search
from devices.sink import DeviceSink
from devices.transport.serial import SerialPort
from kapmonitor.beside import beside
from kapmonitor.clock import Clock
from kapmonitor.errors import CommandRefused, LinkError
from kapmonitor.model import DeviceEvent, LinkChanged, LinkProblem, LinkState, WireChunk

AGAIN_S: Final = 30.0
"""A device that is only switched off, or reads nothing for a while, must not be searched for."""

FoundCallback = Callable[[DriverSpec, DeviceAddress], None]

_log = logging.getLogger(__name__)


class AutoPump:
    """The task of one serial device at `auto@ADDRESS`. All methods are called on the loop that runs it."""

    def __init__(
        self,
        device: str,
        specs: Iterable[DriverSpec],
        address: DeviceAddress,
        clock: Clock,
        sink: DeviceSink,
        found: FoundCallback,
        make_link: MakeLink | None = None,
        delay_s: Callable[[int], float] = backoff.delay_s,
    ) -> None:
        """`found` is called when the driver is known, before anything comes from it, and again if its line
        settings turn out to be others. AddressError if the DEVICE text asks for what no driver knows."""
        self._device, self._specs, self._address = device, tuple(specs), address
        self._clock, self._sink, self._on_found = clock, sink, found
        self._make_link = make_link or (lambda line: SerialPort(address.address, line, clock))
        self._delay_s = delay_s
        self._retries = backoff.Retries(delay_s)
        self._known: Found | None = None
        self._pump: SerialPump | None = None
        self._nap = Nap()
        candidates(self._specs, address)

    async def run(self) -> None:
        """Until cancelled; trouble is reported to the sink, never raised."""
        try:
            while True:
                if self._known is not None:
                    await self._run_known(self._known)
                await self._search()
        finally:
            self._report(LinkState.OFF)

    def woke(self, now_ns: int) -> None:
        """The computer was asleep."""
        self._retries.begin_anew()
        if not self._nap.wake() and self._pump is not None:
            self._pump.woke(now_ns)

    def start_cuff(self) -> None:
        """Send the driver's cuff start now; CommandRefused if it cannot go out."""
        self._running("start cuff").start_cuff()

    def stop_cuff(self) -> None:
        """Send the driver's cuff stop now; CommandRefused if it cannot go out."""
        self._running("stop cuff").stop_cuff()

    def _running(self, command: str) -> SerialPump:
        if self._pump is None:
            raise CommandRefused(command, PumpRefusal.NOT_CONNECTED)
        return self._pump

    # Looking for it

    async def _search(self) -> None:
        """Look once; wait if nothing was found."""
        try:
            known = self._known
            first = (known.spec.id,) if known is not None else await self._likely()
            ask = first if known is not None else None
            found = await Search(
                self._address, self._specs, self._clock, self._searching, first, self._make_link, ask
            ).run()
        except LinkError as error:
            await self._wait(LinkProblem(error.problem), error.hint)
            return
        if not isinstance(found, Found):
            said = advice.sentences(found.diagnosis, {spec.id: spec.label for spec in self._specs})
            await self._wait(advice.PROBLEMS[found.diagnosis.finding], said)
        elif known is not None and known.spec.id != found.spec.id:
            await self._wait(
                LinkProblem.REFUSED, advice.another(found.spec.label, where_was=known.spec.label)
            )
        else:
            if self._retries.alive():
                _log.info("%s: found %s", self._device, found.device)
            self._known = found
            if known is None or known.device != found.device:
                self._on_found(found.spec, found.device)

    async def _likely(self) -> tuple[str, ...]:
        return await beside(partial(likely_at, self._address.address, self._specs))

    def _searching(self, progress: Progress) -> None:
        detail = advice.searching(progress.text, progress.elapsed_s, progress.most_s)
        self._report(LinkState.CONNECTING, detail=detail)

    async def _wait(self, problem: LinkProblem, detail: str) -> None:
        if self._retries.lost():
            _log.warning("%s: %s: %s", self._device, self._address, detail)
        wait_s = self._retries.wait_s()
        self._report(LinkState.WAITING, problem, detail, wait_s)
        await self._nap.take(wait_s)

    # Once it is known

    async def _run_known(self, known: Found) -> None:
        """Pump until the port has been open for AGAIN_S without a word of the device."""
        relay = _Relay(self._sink, asyncio.get_running_loop())
        link = partial(self._make_link, known.line)
        self._pump = SerialPump(
            self._device, known.spec, known.device, self._clock, relay, link, self._delay_s
        )
        task = asyncio.ensure_future(self._pump.run())
        try:
            await relay.doubted.wait()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            relay.end()
            self._pump = None

    def _report(
        self,
        state: LinkState,
        problem: LinkProblem = LinkProblem.NONE,
        detail: str = "",
        retry_in_s: float | None = None,
    ) -> None:
        self._sink.on_link(
            self._device, LinkChanged(state, self._clock.now_ns(), problem, detail, retry_in_s)
        )


class _Relay:
    """Passes on what a pump reports, but for its end; `doubted` is set if its device stays away too long."""

    def __init__(self, sink: DeviceSink, loop: asyncio.AbstractEventLoop) -> None:
        self._sink, self._loop = sink, loop
        self._timer: asyncio.TimerHandle | None = None
        self.doubted = asyncio.Event()

    def on_event(self, device: str, event: DeviceEvent) -> None:
        self._sink.on_event(device, event)

    def on_wire(self, device: str, chunk: WireChunk) -> None:
        self._sink.on_wire(device, chunk)

    def on_link(self, device: str, change: LinkChanged) -> None:
        if change.state is LinkState.OFF:
            return
        if change.state in {LinkState.LIVE, LinkState.WAITING}:
            self.end()
        elif self._timer is None:
            self._timer = self._loop.call_later(AGAIN_S, self.doubted.set)
        self._sink.on_link(device, change)

    def end(self) -> None:
        """Doubt no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
