"""A record with a little of everything that exports must get right, written through the real store."""

import numpy as np
from past_records import write

from kapmonitor import mdc
from kapmonitor.model import NO_SAMPLE, Validity
from kapmonitor.record.items import NumericRow, WaveSlice
from kapmonitor.session import events as ev
from kapmonitor.session.events import Stamped

S = 1_000_000_000
T0 = 7_000 * S + 123_456_789
UTC0 = 1_790_000_000 * S + 987_000_000
OXI, CUFF, STRAP = "nonin", "suntech", "ble-heart-rate"
SPO2, HR, PLETH, ECG, SYS, DIA, MEAN, PULSE = range(1, 9)
TERMS = {
    SPO2: (OXI, mdc.SPO2, "SpO₂", 0.0),
    HR: (STRAP, mdc.HEART_RATE, "HR", 0.0),
    PLETH: (OXI, mdc.PLETH, "Pleth", 75.0),
    ECG: (STRAP, mdc.ECG_II, "ECG II", 130.0),
    SYS: (CUFF, mdc.NIBP_SYS, "Systolic", 0.0),
    DIA: (CUFF, mdc.NIBP_DIA, "Diastolic", 0.0),
    MEAN: (CUFF, mdc.NIBP_MEAN, "Mean", 0.0),
    PULSE: (CUFF, mdc.NIBP_PULSE, "Pulse", 0.0),
}
SECRETS = (
    "Anna Canary",
    "AC-4471",
    "A.C.",
    "1980-02-29",
    "SN-99887",
    "/dev/ttyCANARY",
    "canary words",
    "Dr Canary",
    "session-canary",
    "canary reason",
    "canary drive",
    "canary speaker",
    "Europe/Canary",
)
"""What tells who somebody is; nothing of it is in a de-identified export."""
STARTED = ev.SessionStarted(
    "session-canary", "Real", "kapmonitor 0.1", UTC0, 60, "Europe/Canary", "AC-4471", "A.C.", 3, 6
)
DOSE_S, GAP_S, END_S = 60, 150, 300
LENGTH_S = 60
"""From GAP_S on nothing was monitored for so long."""


def at(seconds):
    return T0 + round(seconds * S)


def stamped(seconds, event):
    return Stamped(at(seconds), event)


def _begin():
    yield stamped(0, ev.PersonIdentified("AC-4471", "1980-02-29", "A.C.", "Dr Canary"))
    yield stamped(0, ev.CardFilled("intention", "canary words", "Dr Canary"))
    for device in (OXI, CUFF, STRAP):
        yield stamped(0, ev.DeviceAdded(device, device, device.title(), f"{device}@/dev/ttyCANARY"))
        yield stamped(0, ev.DeviceIdentity(device, "Maker", "Model 7", "SN-99887", "1.2"))
        yield stamped(0, ev.LinkEvent(device, "live", "none", "/dev/ttyCANARY"))
    for number, (device, term, label, fs) in TERMS.items():
        scale, offset = (0.005, -1.0) if number == ECG else (1.0, 0.0)
        yield stamped(
            0,
            ev.ChannelDescribed(number, device, term.ref, term.code, label, term.unit, fs, scale, offset),
        )
    rules = (("sys-high", "nibp-sys", "high", "medium", 154.0, 0.0),)
    yield stamped(0, ev.LimitsSet("clinic of canary words", "Dr Canary", rules, toml="# canary words"))


def _events():
    yield stamped(20, ev.PhaseChanged("baseline", "Dr Canary"))
    yield stamped(
        DOSE_S, ev.DoseGiven("ketamine", 70.0, "im", "left deltoid", "Dr Canary", "L1", "", 71.0, "d1")
    )
    yield stamped(DOSE_S, ev.PhaseChanged("onset", "Dr Canary"))
    yield stamped(
        70,
        ev.MusicEvent(
            "started", "onset", "/music/canary drive/a.flac", "Larkspur", 0, 240, -20, "canary speaker"
        ),
    )
    yield stamped(
        80.25,
        ev.NoteAdded(
            "n1", "text", "Anna Canary said: “it is onyl water” 🌊", "Dr Canary", at(84), "speaking"
        ),
    )
    yield stamped(
        90,
        ev.NoteAmended(
            "n1", "Anna Canary said: “it is only water” 🌊", False, "Dr Canary", None, "canary reason"
        ),
    )
    yield stamped(95, ev.NoteAdded("n2", "tag", "tearful", "Dr Canary", at(95), "tearful"))
    yield stamped(100, ev.CuffEvent(CUFF, "idle", "motion", 7))
    yield stamped(
        121, ev.AlarmChanged("sys-high", "medium", "normal", "active-unack", "limit", 162.0, 154.0, at(121))
    )
    yield stamped(130, ev.AlarmAcknowledged(("sys-high",), "Dr Canary"))
    yield stamped(
        130,
        ev.AlarmChanged(
            "sys-high", "medium", "active-unack", "active-ack", "acknowledged", 162.0, 154.0, at(121)
        ),
    )
    yield stamped(
        140, ev.AlarmChanged("sys-high", "medium", "active-ack", "normal", "limit", 162.0, 154.0, at(121))
    )
    yield stamped(GAP_S + LENGTH_S, ev.SessionResumed(UTC0 + (GAP_S + LENGTH_S) * S, LENGTH_S * S))
    yield stamped(GAP_S + LENGTH_S + 1, ev.ClockAnchored(UTC0 + (GAP_S + LENGTH_S + 3) * S, 2 * S))
    yield stamped(220, ev.ScaleScored("MOAA/S", 5, 0, "Dr Canary"))
    yield stamped(230, ev.DeviceChanged(STRAP, "SN-99887", "another SN-99887"))
    yield stamped(280, ev.FormFilled("escort", "canary words", (), "Dr Canary"))
    yield stamped(281, ev.FormFilled("dissociation", "yes", (), "Dr Canary"))


CUFFS = {30: (118, 74, 89), 120: (162, 98, 119), 240: (130, 82, 98)}


def _numerics(second):
    t_ns = at(second)
    if second % 10 == 7:
        yield NumericRow(t_ns, SPO2, None, Validity.NOT_AVAILABLE, 127.0)
    else:
        yield NumericRow(
            t_ns, SPO2, 97.0 - second % 3, Validity.QUESTIONABLE if second == 50 else Validity.VALID
        )
    yield NumericRow(t_ns + 250_400_000, HR, 61.25 + second % 7, Validity.VALID)
    for number, value in zip((SYS, DIA, MEAN), CUFFS.get(second, ()), strict=False):
        yield NumericRow(t_ns + 1_000_000, number, float(value), Validity.VALID)
    if second == 31:
        yield NumericRow(t_ns, PULSE, 70.0, Validity.VALID, None, "2026-01-01T00:00:00", stored=True)


def _waves(second):
    for number, fs in ((PLETH, 75), (ECG, 130)):
        n = np.arange(second * fs, (second + 1) * fs)
        words = (900 * np.sin(n / 17.0)).astype(np.int16)
        if second == 40 and number == PLETH:
            words[10:30] = NO_SAMPLE
        yield WaveSlice(at(second), number, float(fs), words)


def rows():
    """Everything by time, nothing while nobody monitored."""
    found = [*_begin()]
    events = list(_events())
    for second in range(END_S):
        found += [each for each in events if at(second) <= each.t_ns < at(second + 1)]
        if not GAP_S <= second < GAP_S + LENGTH_S:
            found += [*_numerics(second), *_waves(second)]
    return found


def make(path, *, closed=True):
    """The record; returns the path."""
    return write(path, Stamped(T0, STARTED), rows(), closed=closed)


def numerics():
    """The readings that were put into it."""
    return [row for row in rows() if isinstance(row, NumericRow)]


def slices(channel):
    """The samples of a wave that were put into it."""
    return [row for row in rows() if isinstance(row, WaveSlice) and row.channel == channel]
