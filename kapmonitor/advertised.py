"""What a Bluetooth advertisement tells of a device before it is connected."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import replace

from devices.protocol import BleLink, DriverSpec
from devices.transport.ble_scan import fits
from kapmonitor.attached import row_of
from kapmonitor.lookout import Advert
from kapmonitor.model import LinkProblem
from kapmonitor.nearby import NearbyDevice, NearbyState


def best_fit(specs: Iterable[DriverSpec], advert: Advert) -> DriverSpec | None:
    """The driver for a device that advertises this; one that knows its name goes before one for its kind."""
    radios = [(spec, spec.link) for spec in specs if isinstance(spec.link, BleLink)]
    found = [spec for spec, link in radios if fits(link, advert.name, advert.services)]
    # A maker's number alone is a hint; it decides only where nothing else is said.
    makers = {number for number, _ in advert.makers}
    found = found or [spec for spec, link in radios if makers & set(link.company_ids)]
    return max(found, key=lambda spec: _known_of(spec, advert.name), default=None)


def _known_of(spec: DriverSpec, name: str) -> int:
    """How many letters of a name the driver knows."""
    prefixes = spec.link.name_prefixes if isinstance(spec.link, BleLink) else ()
    return max((len(prefix) for prefix in prefixes if name.startswith(prefix)), default=0)


def in_range(key: str, advert: Advert, spec: DriverSpec) -> NearbyDevice:
    """The row of a device that was only heard."""
    row = row_of(key, bluetooth(advert.address), spec)
    row = replace(row, model=advert.name, strength_dbm=advert.strength_dbm, detail=pairing(spec))
    objection = _objection(spec, advert)
    if not objection:
        return row
    return replace(row, state=NearbyState.TROUBLE, problem=LinkProblem.REFUSED, detail=objection)


def _objection(spec: DriverSpec, advert: Advert) -> str:
    """Why this device cannot be used, from what it advertises; a driver may be anybody's, and may fail."""
    link = spec.link
    if not isinstance(link, BleLink) or link.objection is None:
        return ""
    with contextlib.suppress(Exception):
        return link.objection(dict(advert.makers))
    return ""


def pairing(spec: DriverSpec) -> str:
    """What a person does at the device so that it can be connected."""
    return spec.link.pairing if isinstance(spec.link, BleLink) else ""


def bluetooth(address: str) -> str:
    """The end of an address is enough to tell two devices in a room apart."""
    return f"Bluetooth · …{address[-5:]}"
