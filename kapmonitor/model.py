"""The values that cross borders: what a device said, when, and how far to trust it.

Times named `t_ns` are monotonic nanoseconds of the session's clock (kapmonitor.clock), stamped where bytes
arrive. numpy is named only for type checkers, so that the first window paints before numpy is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kapmonitor.mdc import Term

NO_SAMPLE: Final = -32768
"""The int16 word that stands for "no sample here" in waveforms; it is drawn, exported and stored as a gap."""


class Validity(StrEnum):
    """BICEPS MeasurementValidity words; the first four go with a number, the others mean there is none."""

    VALID = "Vld"
    VALIDATED = "Vldated"
    ONGOING = "Ong"
    QUESTIONABLE = "Qst"
    CALIBRATING = "Calib"
    INVALID = "Inv"
    OVERFLOW = "Oflw"
    UNDERFLOW = "Uflw"
    NOT_AVAILABLE = "NA"


class GenerationMode(StrEnum):
    """Where the data of a session comes from (BICEPS GenerationMode); drives the watermark."""

    REAL = "Real"
    DEMO = "Demo"
    TEST = "Test"
    IMPORTED = "Imported"
    """Taken over from a file of another program (a word of our own); never a session of this clinic."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One thing a device can measure. `fs` is samples per second for waves, None for numerics.

    A wave's physical value is `sample * resolution + offset` in the term's unit. A numeric that is measured
    all the time comes every `period_s` seconds.
    """

    term: Term
    label: str
    fs: float | None = None
    resolution: float = 1.0
    offset: float = 0.0
    period_s: float = 1.0

    @property
    def ref(self) -> str:
        return self.term.ref

    @property
    def unit(self) -> str:
        return self.term.unit


@dataclass(frozen=True, slots=True)
class Measured:
    """A number the device stands by, in the metric's unit."""

    value: float
    validity: Validity = Validity.VALID


@dataclass(frozen=True, slots=True)
class Absent:
    """No value: the device said so, or what it said cannot be one; `raw` keeps the word for the record."""

    validity: Validity
    raw: float | None = None


Reading = Measured | Absent


@dataclass(frozen=True, slots=True)
class Observation:
    """One numeric reading (FHIR Observation). `device_time` is the device's own clock, ISO 8601 without zone.

    `stored` marks a reading that was taken before the connection it arrived on.
    """

    metric: Metric
    t_ns: int
    reading: Reading
    device_time: str | None = None
    stored: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class WaveformBlock:
    """Consecutive int16 samples of one wave, shape (n,); `t_ns` is the arrival of the last one."""

    metric: Metric
    t_ns: int
    samples: NDArray[np.int16]


class AlertKind(StrEnum):
    """What a device may report about itself or its sensor."""

    SENSOR_OFF = "sensor-off"
    NO_CONTACT = "no-contact"
    NO_PULSE = "no-pulse"
    ARTEFACT = "artefact"
    LOW_PERFUSION = "low-perfusion"
    MARGINAL_PERFUSION = "marginal-perfusion"
    SENSOR_FAULT = "sensor-fault"
    LOW_BATTERY = "low-battery"
    MOVEMENT = "movement"
    CUFF_LOOSE = "cuff-loose"
    IRREGULAR_PULSE = "irregular-pulse"
    PULSE_OUT_OF_RANGE = "pulse-out-of-range"
    POSITION = "position"
    DEVICE_FAULT = "device-fault"
    SIMULATED = "simulated"
    DEVICE_ALARM = "device-alarm"
    DEVICE_MESSAGE = "device-message"
    ALARM_SILENCED = "alarm-silenced"
    LEAD_OFF = "lead-off"


@dataclass(frozen=True, slots=True)
class DeviceAlert:
    """A condition the device itself raised (`present`) or withdrew; kept apart from our alarms."""

    kind: AlertKind
    present: bool
    t_ns: int
    detail: str = ""


class CuffState(StrEnum):
    """What the cuff is doing, as far as the device tells."""

    IDLE = "idle"
    MEASURING = "measuring"
    ABORTED = "aborted"
    ASLEEP = "asleep"


@dataclass(frozen=True, slots=True)
class CuffChanged:
    """The cuff started, ended or was stopped."""

    state: CuffState
    t_ns: int


class NibpFailure(StrEnum):
    """Why a cuff determination gave no numbers; one list for all makers."""

    WEAK_SIGNAL = "weak-signal"
    MOTION = "motion"
    CUFF_LOOSE = "cuff-loose"
    AIR_LEAK = "air-leak"
    BLOCKAGE = "blockage"
    OVERPRESSURE = "overpressure"
    TIMEOUT = "timeout"
    OUT_OF_RANGE = "out-of-range"
    CUFF_TYPE = "cuff-type"
    MODULE_FAULT = "module-fault"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CuffFailed:
    """A determination ended without numbers; `raw` is the maker's own code."""

    failure: NibpFailure
    raw: int
    t_ns: int


@dataclass(frozen=True, slots=True)
class DeviceIdentified:
    """What the device says it is; empty text where it did not say. `location` is where its sensor is worn."""

    t_ns: int
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    location: str = ""


class FaultKind(StrEnum):
    """Why bytes were thrown away."""

    NOISE = "noise"
    CHECKSUM = "checksum"
    LENGTH = "length"
    CONTENT = "content"
    LOST = "lost"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class Fault:
    """Bytes that became no value: how many, why, and the first of them as hex (at most 32 bytes)."""

    kind: FaultKind
    t_ns: int
    size: int
    head: str = ""


DeviceEvent = Observation | WaveformBlock | DeviceAlert | CuffChanged | CuffFailed | DeviceIdentified | Fault


class LinkState(StrEnum):
    """The life of one device link."""

    OFF = "off"
    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    WAITING = "waiting"


class LinkProblem(StrEnum):
    """Why a link is not live, in words that the ui turns into a sentence."""

    NONE = "none"
    NOT_FOUND = "not-found"
    BUSY = "busy"
    DENIED = "denied"
    LOST = "lost"
    SILENT = "silent"
    GARBLED = "garbled"
    NO_RADIO = "no-radio"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class LinkChanged:
    """A device link changed state; `retry_in_s` is set while waiting to try again."""

    state: LinkState
    t_ns: int
    problem: LinkProblem = LinkProblem.NONE
    detail: str = ""
    retry_in_s: float | None = None


class Direction(StrEnum):
    """Which way bytes went."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class WireChunk:
    """Bytes as they crossed the wire; `channel` is the GATT characteristic, empty for serial lines."""

    t_ns: int
    direction: Direction
    data: bytes
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """One metric of one device: the name under which its data is kept."""

    device: str
    ref: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What a trend or wave draws: a minimum and a maximum for each pixel column, NaN where there is nothing.

    Shapes (width,), float32; column i covers t0_ns + i * (t1_ns - t0_ns) / width.
    """

    t0_ns: int
    t1_ns: int
    lo: NDArray[np.float32] = field(compare=False)
    hi: NDArray[np.float32] = field(compare=False)


@dataclass(frozen=True, slots=True)
class CuffReading:
    """One whole blood pressure determination, or its failure; pressures in mmHg."""

    t_ns: int
    device: str
    systolic: Reading
    diastolic: Reading
    mean: Reading
    pulse: Reading
    failure: NibpFailure | None = None
    stored: bool = False
