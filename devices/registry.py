"""Which drivers there are: those of this program, then those that other installed packages offer.

A package offers one under the entry point group `kapmonitor.devices`, as an object of type DriverSpec. What
cannot be used is listed with its reason; it never stops the program and never takes another driver's place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import Distribution, EntryPoint, EntryPoints, distributions

from devices import API_VERSION
from devices.protocol import BleLink, DriverSpec, Evidence, SerialLink
from kapmonitor.errors import DriverLoadError
from kapmonitor.model import Metric

GROUP = "kapmonitor.devices"

BUILT_IN = (
    ("suntech", "devices.drivers.suntech"),
    ("nonin", "devices.drivers.nonin"),
    ("ivy-450c", "devices.drivers.ivy_450c"),
    ("masimo", "devices.drivers.masimo"),
    ("nellcor", "devices.drivers.nellcor"),
    ("contec", "devices.drivers.contec"),
    ("berry-pm6750", "devices.drivers.berry_pm6750"),
    ("intellivue", "devices.drivers.intellivue"),
    ("ge-dri", "devices.drivers.ge_dri"),
    ("dinamap", "devices.drivers.dinamap"),
    ("par-nibp2020", "devices.drivers.par_nibp2020"),
    ("maibobo", "devices.drivers.maibobo"),
    ("ble-heart-rate", "devices.drivers.ble_heart_rate"),
    ("ble-blood-pressure", "devices.drivers.ble_blood_pressure"),
    ("ble-pulse-oximeter", "devices.drivers.ble_pulse_oximeter"),
    ("ble-thermometer", "devices.drivers.ble_thermometer"),
    ("ble-nonin", "devices.drivers.ble_nonin"),
    ("ble-polar-ecg", "devices.drivers.ble_polar_ecg"),
    ("ble-viatom", "devices.drivers.ble_viatom"),
    ("ble-berry", "devices.drivers.ble_berry"),
)
"""Names and modules; each module has a DRIVER."""

_FIELDS: dict[str, tuple[type, ...]] = {
    "label": (str,),
    "vendor": (str,),
    "link": (SerialLink, BleLink),
    "metrics": (tuple,),
    "evidence": (Evidence,),
    "options": (tuple,),
    "commands": (tuple,),
}
"""Of a DriverSpec, with their types; another author's may hold anything."""

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A driver that cannot be used: its name, where it comes from, and why."""

    name: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Registry:
    """All drivers that can be used, and those that cannot."""

    specs: tuple[DriverSpec, ...]
    rejected: tuple[Rejected, ...]
    by_name: tuple[DriverSpec, ...] = ()
    """Found by their names alone, as they fit every line: never listed, and never tried on a device."""

    def get(self, id: str) -> DriverSpec:  # noqa: A002 the field is called id in DriverSpec too
        """The driver of that id; DriverLoadError says why there is none."""
        for spec in (*self.specs, *self.by_name):
            if spec.id == id:
                return spec
        for entry in self.rejected:
            if entry.name == id:
                raise DriverLoadError(id, entry.reason)
        known = ", ".join(spec.id for spec in self.specs)
        raise DriverLoadError(id, f"there is no such driver; known are {known}")


@dataclass(frozen=True, slots=True)
class _Offer:
    name: str
    source: str
    load: Callable[[], object]


def load() -> Registry:
    """Look for drivers now; import errors and the like become reasons."""
    specs: dict[str, DriverSpec] = {}
    rejected: list[Rejected] = []
    for offer in _offers():
        try:
            spec = _usable(offer.load(), specs)
        # A driver may be anybody's, and may do anything while it is imported.
        except (Exception, SystemExit) as error:  # noqa: BLE001
            rejected.append(Rejected(offer.name, offer.source, _reason(error)))
        else:
            specs[spec.id] = spec
    return Registry(tuple(specs.values()), tuple(rejected))


def _offers() -> Iterator[_Offer]:
    for name, module in BUILT_IN:
        yield _Offer(name, module, partial(_built_in, module))
    points: list[tuple[EntryPoint, str]] = []
    for package, found in _packages():
        if isinstance(found, Exception):
            yield _Offer(package, package, partial(_refuse, found))
        else:
            points += [(point, package) for point in found]
    for point, package in sorted(points, key=_order):
        yield _Offer(point.name, f"{point.value} ({package})", point.load)


def _packages() -> Iterator[tuple[str, EntryPoints | Exception]]:
    """Installed packages with what they offer; of two with one name, the one that would be imported."""
    seen: set[str] = set()
    for package in distributions():
        try:
            name = package.name
            offered: EntryPoints | Exception = package.entry_points.select(group=GROUP)
        # One package with a broken list must not hide the drivers of all others.
        except Exception as error:  # noqa: BLE001
            name, offered = _name_of(package), error
        if name not in seen:
            seen.add(name)
            yield name, offered


def _name_of(package: Distribution) -> str:
    try:
        return package.name or "unknown package"
    except Exception:  # noqa: BLE001 its own description may be what is broken
        return "unknown package"


def _refuse(error: Exception) -> object:
    raise DriverLoadError("", f"its list of entry points cannot be read: {type(error).__name__}") from error


def _built_in(module: str) -> object:
    return import_module(module).DRIVER


def _order(offer: tuple[EntryPoint, str]) -> tuple[str, str, str]:
    """By name, so that which of two drivers of one id is taken does not depend on the file system."""
    point, package = offer
    return point.name, point.value, package


def _usable(found: object, taken: dict[str, DriverSpec]) -> DriverSpec:
    """`found` as a DriverSpec; DriverLoadError if it cannot be used."""
    if not isinstance(found, DriverSpec):
        raise DriverLoadError("", f"is a {type(found).__name__}, not a DriverSpec")
    if found.api_version != API_VERSION:
        raise DriverLoadError(
            "", f"was made for driver API {found.api_version}, this program has {API_VERSION}"
        )
    if not _ID.fullmatch(found.id):
        raise DriverLoadError("", f"has the id {found.id!r}; allowed are small letters, digits and hyphens")
    if found.id in taken:
        raise DriverLoadError("", f"the id {found.id} is taken by {taken[found.id].label}")
    for name, kind in _FIELDS.items():
        if not isinstance(getattr(found, name), kind):
            raise DriverLoadError("", f"its {name} is a {type(getattr(found, name)).__name__}")
    if not callable(found.protocol):
        raise DriverLoadError("", f"its protocol is a {type(found.protocol).__name__}, which makes nothing")
    if not found.metrics or not all(isinstance(metric, Metric) for metric in found.metrics):
        raise DriverLoadError("", "its metrics are not all of the type Metric, or there are none")
    return found


def _reason(error: BaseException) -> str:
    if isinstance(error, DriverLoadError):
        return error.reason
    return f"cannot be imported: {type(error).__name__}: {error}"
