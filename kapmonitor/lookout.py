"""Looking for what is plugged in and what advertises, while somebody wants to know.

Serial ports are listed again and again, on a thread, as that asks the operating system. Bluetooth is heard
through the one scanner that all links share.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.ports import Port
from devices.transport.ble_radio import Radio
from kapmonitor.beside import beside
from kapmonitor.errors import LinkError

if TYPE_CHECKING:
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import AdvertisementData

PORTS_EVERY_S: Final = 2.0
RADIO_AGAIN_S: Final = 5.0
"""After this long a radio that could not be listened to is tried again."""


@dataclass(frozen=True, slots=True)
class Advert:
    """One advertisement, as far as it says what a device is. `radio` names the radio that heard it."""

    radio: str
    address: str
    name: str
    services: tuple[str, ...]
    strength_dbm: int
    makers: tuple[tuple[int, bytes], ...] = ()
    """What it says under makers' numbers."""


class Lookout:
    """Runs until cancelled; tells on the loop. `ports` lists the serial ports there are now."""

    def __init__(
        self,
        on_ports: Callable[[tuple[Port, ...]], None],
        on_advert: Callable[[Advert], None],
        on_trouble: Callable[[str, str], None],
        ports: Callable[[], tuple[Port, ...]],
    ) -> None:
        """`on_trouble` is told a radio's name and why it hears nothing, empty once it does."""
        self._on_ports = on_ports
        self._on_advert = on_advert
        self._on_trouble = on_trouble
        self._ports = ports

    async def run(self, radios: Iterable[tuple[str, Radio]]) -> None:
        """Look at all ports and listen on these radios."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look_at_ports(), name="look-at-ports")
            for name, radio in radios:
                group.create_task(self._listen(name, radio), name=f"listen-{name}")

    async def _look_at_ports(self) -> None:
        while True:
            self._on_ports(await beside(self._ports))
            await asyncio.sleep(PORTS_EVERY_S)

    async def _listen(self, name: str, radio: Radio) -> None:
        def heard(device: BLEDevice, said: AdvertisementData) -> None:
            known = said.local_name or device.name or ""
            services = tuple(sorted(said.service_uuids))
            makers = tuple(sorted(said.manufacturer_data.items()))
            self._on_advert(Advert(name, device.address, known, services, said.rssi, makers))

        while True:
            try:
                async with radio.scanner.listening(heard):
                    self._on_trouble(name, "")
                    while True:
                        await asyncio.sleep(RADIO_AGAIN_S)
                        await radio.scanner.refresh()
            except LinkError as error:
                self._on_trouble(name, error.hint)
            await asyncio.sleep(RADIO_AGAIN_S)
