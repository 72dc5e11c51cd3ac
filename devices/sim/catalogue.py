"""Which serial devices can be simulated, in which formats, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from devices.sim.berry_pm6750 import Berry
from devices.sim.contec import FORMATS as CONTEC_FORMATS
from devices.sim.contec import Contec
from devices.sim.device import SimDevice
from devices.sim.dinamap import FORMATS as DINAMAP_FORMATS
from devices.sim.dinamap import make as make_dinamap
from devices.sim.ge_dri import LEVELS as GE_MODELS
from devices.sim.ge_dri import GeDri
from devices.sim.intellivue import IntelliVue
from devices.sim.ivy_450c import Ivy450c
from devices.sim.maibobo import Maibobo
from devices.sim.masimo import SERIAL as MASIMO_SERIAL
from devices.sim.masimo import Masimo
from devices.sim.nellcor import Nellcor
from devices.sim.nonin import FORMATS as NONIN_FORMATS
from devices.sim.nonin import SERIAL as NONIN_SERIAL
from devices.sim.nonin import Nonin
from devices.sim.par_nibp2020 import ParNibp2020
from devices.sim.scenario import Bedside
from devices.sim.suntech import SERIAL as SUNTECH_SERIAL
from devices.sim.suntech import SunTech
from kapmonitor.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A device as it was asked for; `own_key_s`: somebody presses a cuff's own start key that often."""

    room: Bedside
    own_key_s: float | None
    form: str
    serial: str | None


def _intellivue(wanted: Wanted) -> SimDevice:
    if wanted.serial is None:
        return IntelliVue(wanted.room)
    return IntelliVue(wanted.room, serial=wanted.serial)


_MAKERS: Final[dict[str, Callable[[Wanted], SimDevice]]] = {
    "suntech": lambda w: SunTech(w.room, w.own_key_s, w.serial or SUNTECH_SERIAL),
    "nonin": lambda w: Nonin(w.room, w.form, w.serial or NONIN_SERIAL),
    "contec": lambda w: Contec(w.room, w.form),
    "berry-pm6750": lambda w: Berry(w.room),
    "ge-dri": lambda w: GeDri(w.room, w.own_key_s, w.form),
    "ivy-450c": lambda w: Ivy450c(w.room),
    "intellivue": _intellivue,
    "masimo": lambda w: Masimo(w.room, w.serial or MASIMO_SERIAL),
    "dinamap": lambda w: make_dinamap(w.room, w.own_key_s, w.form),
    "par-nibp2020": lambda w: ParNibp2020(w.room, w.own_key_s),
    "maibobo": lambda w: Maibobo(w.room, w.own_key_s),
    "nellcor": lambda w: Nellcor(w.room),
}
WITH_SERIAL: Final = ("suntech", "nonin", "intellivue", "masimo")
"""Devices that tell a serial number as text."""
_FORMATS: Final[dict[str, Sequence[str]]] = {
    "nonin": NONIN_FORMATS,
    "contec": CONTEC_FORMATS,
    "ge-dri": tuple(GE_MODELS),
    "dinamap": DINAMAP_FORMATS,
}
"""The first is taken where none is asked for."""

SIMULATORS: Final[dict[str, tuple[str, ...]]] = {name: tuple(_FORMATS.get(name, ())) for name in _MAKERS}
"""Drivers that have a simulated device, with the formats it can speak."""


def build(driver: str, room: Bedside, own_key_s: float | None = None, serial: str | None = None) -> SimDevice:
    """The simulated device for `suntech`, `nonin` or `nonin?format=df7`; ConfigError says what there is.

    With `own_key_s`, somebody at the bedside presses a cuff's own start key that often.
    """
    name, _, query = driver.partition("?")
    if name not in SIMULATORS:
        raise ConfigError("simulate", name, f"simulated are {', '.join(SIMULATORS)}")
    formats = SIMULATORS[name]
    form = query.removeprefix("format=") if query else next(iter(formats), "")
    if query and form not in formats:
        raise ConfigError("simulate", driver, f"formats are {', '.join(formats) or 'not to be chosen'}")
    if serial is not None and name not in WITH_SERIAL:
        raise ConfigError("--serial", serial, f"can be chosen for {', '.join(WITH_SERIAL)}")
    return _MAKERS[name](Wanted(room, own_key_s, form, serial))
