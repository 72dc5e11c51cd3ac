"""One Bluetooth device, from its address to the events of its driver, for as long as the session lasts.

    listen --advertisement--> connect --> subscribe, read --> live <--silence, data--> stale
      ^                          |               |              |                        |
      '--- wait, longer each time <--- let go <--'--------------'------ more silence ----'

Devices that end their connections themselves, such as cuffs, are waited for without complaint and never
counted as silent. What happens to the radio, and a sleep of the computer, cut short whatever goes on.
devices.transport.ble_talk is one connection.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Final, cast

from devices.backoff import Retries
from devices.linkwatch import STALE_AFTER_S, Limits, LinkWatch, limits
from devices.protocol import BleLink, DriverSpec, GattProtocol, Options
from devices.sink import DeviceSink
from devices.transport.ble_errors import ASLEEP, DEAF, HINTS
from devices.transport.ble_radio import Radio
from devices.transport.ble_talk import Ending, Party, Talk
from devices.transport.ble_watch import RadioNews
from kapmonitor.clock import Clock
from kapmonitor.errors import LinkError
from kapmonitor.model import LinkChanged, LinkProblem, LinkState

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

FIND_LIMIT_S: Final = 20.0
"""A device that is on advertises at least every few seconds."""
LISTEN_S: Final = 5.0
"""How often one who listens makes sure that the radio still does."""
GIVE_UP_AFTER_S: Final = 5.0
"""A connection is not given up sooner: connecting anew takes longer than most pauses."""
NEWS_S: Final = 0.1
"""A radio that is switched off first loses its connections, and then says so."""
LEAST_SILENCE_S: Final = 1.0
"""On a clock that runs fast, silence is still at least this long in real time, or any hiccup would count."""
JITTER: Final = 0.25
"""So that two devices lost together do not keep colliding."""
_log = logging.getLogger(__name__)


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
        protocol = cast("GattProtocol", spec.protocol(options))
        watch = LinkWatch(_stream_limits(spec.link, clock), Limits())
        self._party = Party(device, address, spec.link, protocol, clock, sink, radio, watch, self._report)
        self._radio = radio
        self._link = spec.link
        self._jitter = jitter
        self._state = LinkChanged(LinkState.OFF, 0)
        self._retries = Retries()
        self._talk: Talk | None = None
        self._napping = False
        self._limit: asyncio.Timeout | None = None
        self._news: Ending | None = None

    async def run(self) -> None:
        """Until cancelled. Whatever the radio, the computer or the device does becomes a link state."""
        try:
            with self._radio.used(self._party.address, self._radio_told):
                self._change(LinkState.CONNECTING)
                await self._radio.free(self._party.address, self._link.services)
                while True:
                    ending = await self._until_news(self._cycle())
                    while ending is not None:
                        ending = await self._until_news(self._nap(self._wait_after(ending)))
        finally:
            self._change(LinkState.OFF)

    def woke(self, now_ns: int) -> None:
        """The computer was asleep: what was connected is not any more, whatever the system says."""
        self._retries.begin_anew()
        self._radio.scanner.doubt()
        self._cut_short(None if self._talk is None else Ending(LinkProblem.LOST, ASLEEP, good=True))

    def _radio_told(self, news: RadioNews) -> None:
        match news:
            case RadioNews.OFF:
                worked = self._talk is not None and self._talk.worked()
                self._cut_short(Ending(LinkProblem.NO_RADIO, HINTS[LinkProblem.NO_RADIO], worked))
            case RadioNews.ON:
                self._retries.begin_anew()
                if self._napping:
                    self._cut_short(None)
            case RadioNews.TABLE:
                if self._talk is not None:
                    self._talk.table_changed()

    async def _until_news(self, work: Coroutine[None, None, Ending | None]) -> Ending | None:
        """The end of the work, or of what made it pointless; None: go on at once."""
        limit = asyncio.timeout(None)
        try:
            async with limit:
                self._limit = limit
                return await work
        except TimeoutError:
            if not limit.expired():
                raise
            return self._news
        finally:
            self._limit = None

    def _cut_short(self, news: Ending | None) -> None:
        if self._limit is None:
            return
        self._news = news
        if not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())

    def _wait_after(self, ending: Ending) -> float:
        """How long to wait before the next try; the sink is told."""
        if ending.good:
            self._retries.begin_anew()
        if ending.problem is not LinkProblem.SILENT:
            self._party.watch.lost()
        wait_s = self._retries.wait_s() * (1 + JITTER * self._jitter())
        self._change(LinkState.WAITING, ending.problem, ending.detail, wait_s)
        return wait_s

    async def _nap(self, wait_s: float) -> None:
        self._napping = True
        try:
            await asyncio.sleep(wait_s)
        finally:
            self._napping = False

    async def _cycle(self) -> Ending:
        try:
            device = await self._find()
            self._change(LinkState.CONNECTING)
            self._talk = Talk(self._party, device)
            ending = await self._talk.run()
            await asyncio.sleep(NEWS_S)
        except LinkError as error:
            return Ending(LinkProblem(error.problem), error.hint)
        else:
            return ending
        finally:
            self._talk = None

    async def _find(self) -> BLEDevice:
        """Listen until the device advertises, however long that takes; LinkError if there is no listening."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[BLEDevice] = loop.create_future()

        def heard(device: BLEDevice, said: AdvertisementData) -> None:
            if device.address.upper() != self._party.address.upper() or found.done():
                return
            if objection := _objection(self._link, said):
                found.set_exception(LinkError(self._party.address, LinkProblem.REFUSED, objection))
            else:
                found.set_result(device)

        async with self._radio.scanner.listening(heard):
            self._listening()
            begun_s = loop.time()
            while not (await asyncio.wait((found,), timeout=min(LISTEN_S, FIND_LIMIT_S)))[0]:
                await self._radio.scanner.refresh()
                self._not_heard(loop.time() - begun_s)
        return found.result()

    def _listening(self) -> None:
        """The radio works: an earlier complaint about it is over, and a cuff's sleep is none."""
        if self._link.ends_itself:
            ended = self._state.problem is LinkProblem.ENDED
            self._change(LinkState.WAITING, LinkProblem.ENDED if ended else LinkProblem.NONE)
        elif self._state.problem is LinkProblem.NO_RADIO:
            self._change(LinkState.CONNECTING)

    def _not_heard(self, for_s: float) -> None:
        if self._radio.scanner.hangs:
            self._change(LinkState.WAITING, LinkProblem.NOT_FOUND, DEAF)
        elif self._link.ends_itself:
            self._listening()
        elif for_s >= FIND_LIMIT_S:
            self._change(LinkState.WAITING, LinkProblem.NOT_FOUND, HINTS[LinkProblem.NOT_FOUND])

    def _report(self, change: LinkChanged | None) -> None:
        """What the watch found."""
        if change is not None:
            silent = change.problem is LinkProblem.SILENT
            self._change(change.state, change.problem, HINTS[change.problem] if silent else change.detail)

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
        party = self._party
        self._state = LinkChanged(state, party.clock.now_ns(), problem, detail, retry_in_s)
        party.sink.on_link(party.device, self._state)
        if state is LinkState.LIVE and self._retries.alive():
            _log.info("%s: back on %s", party.device, party.address)
        trouble = state is LinkState.WAITING and problem not in (LinkProblem.NONE, LinkProblem.ENDED)
        if trouble and self._retries.lost():
            _log.warning("%s: %s: %s; %s", party.device, party.address, problem, detail)


def _objection(link: BleLink, said: AdvertisementData) -> str:
    try:
        return "" if link.objection is None else link.objection(said.manufacturer_data)
    except Exception:  # noqa: BLE001 - a driver may be anybody's; its bug must not stop the scanner
        _log.exception("a driver failed on what a device advertises")
        return ""


def _stream_limits(link: BleLink, clock: Clock) -> Limits:
    if link.silence_s is None or link.ends_itself:
        return Limits()
    least_s = LEAST_SILENCE_S / clock.real_delay_s(1_000_000_000)
    return limits(min(link.silence_s, STALE_AFTER_S), max(link.silence_s, GIVE_UP_AFTER_S), least_s)
