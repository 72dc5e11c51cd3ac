"""What Polar's measurement data service (PMD) sends and takes, little-endian; the ECG of it.

Control point, read: 0F, then a bit for each kind of measurement. Written: `op kind [settings]`, op 1 asks for
the settings on offer, 2 starts, 3 stops. Indicated: `F0 op kind status more ...`, continued in the next one
while `more` is set, or `01 kinds...` when the device has stopped something by itself.

Settings are `what count values...`: what 0 sample rate (2 bytes, Hz), 1 resolution (2, bits), 2 range (2),
3 range (4), 4 channels (1), 5 factor (4), 6 security (16).

Data: kind, time of the last sample (8 bytes, ns since 2000), layout, samples; bit 7 of the layout marks a
compressed frame. ECG in layout 0 has 3 bytes for each sample, signed, in microvolts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ECG: Final = 0
SAMPLE_RATE: Final = 0
RESOLUTION: Final = 1
ASK: Final = bytes([1, ECG])
STOP: Final = bytes([3, ECG])
OK: Final = 0
ALREADY: Final = 6
"""Status of a start while the stream runs."""
FEATURES: Final = 0x0F
RESPONSE: Final = 0xF0
STOPPED: Final = 0x01
_KIND_MASK: Final = 0x3F
_VALUE_SIZES: Final = {0: 2, 1: 2, 2: 2, 3: 4, 4: 1, 5: 4, 6: 16}
_HEAD: Final = 10
_SAMPLE_SIZE: Final = 3


@dataclass(frozen=True, slots=True)
class Response:
    """One indication that answers a command; `more`: its parameters go on in the next."""

    op: int
    kind: int
    status: int
    more: bool
    parameters: bytes


@dataclass(frozen=True, slots=True)
class EcgFrame:
    """Samples in microvolts and the device's time of the last one."""

    device_ns: int
    microvolts: tuple[int, ...]


def offers_ecg(data: bytes) -> bool:
    """Whether a read of the control point names ECG among the measurements."""
    return len(data) >= 2 and data[0] == FEATURES and bool(data[1] & 1 << ECG)


def response(data: bytes) -> Response | None:
    """An answer to a command; None if it is none."""
    if len(data) < 4 or data[0] != RESPONSE:
        return None
    more = len(data) > 4 and data[4] != 0
    return Response(data[1], data[2] & _KIND_MASK, data[3], more, data[5:])


def settings(parameters: bytes) -> dict[int, tuple[int, ...]] | None:
    """The values on offer by what they set; None if it is no such list."""
    found: dict[int, tuple[int, ...]] = {}
    at = 0
    while at < len(parameters):
        size = _VALUE_SIZES.get(parameters[at])
        if size is None or at + 2 > len(parameters):
            return None
        first, count = at + 2, parameters[at + 1]
        at = first + size * count
        if at > len(parameters):
            return None
        values = (parameters[i : i + size] for i in range(first, at, size))
        found[parameters[first - 2]] = tuple(int.from_bytes(value, "little") for value in values)
    return found


def start(rate_hz: int, bits: int) -> bytes:
    """The command that starts the ECG."""
    rate, resolution = rate_hz.to_bytes(2, "little"), bits.to_bytes(2, "little")
    return bytes([2, ECG, SAMPLE_RATE, 1, *rate, RESOLUTION, 1, *resolution])


def ecg_frame(data: bytes) -> EcgFrame | None:
    """An ECG data frame in layout 0; None if it is anything else."""
    body = data[_HEAD:]
    if len(data) < _HEAD or data[0] & _KIND_MASK != ECG or data[9] != 0:
        return None
    if not body or len(body) % _SAMPLE_SIZE:
        return None
    return EcgFrame(
        int.from_bytes(data[1:9], "little"),
        tuple(
            int.from_bytes(body[i : i + _SAMPLE_SIZE], "little", signed=True)
            for i in range(0, len(body), _SAMPLE_SIZE)
        ),
    )
