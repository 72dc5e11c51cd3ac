"""Rows of the device dialog in every state, for its tests and pictures."""

import math

from kapmonitor import mdc
from kapmonitor.drift import ClockReport
from kapmonitor.model import Absent, AlertKind, LinkProblem, Measured, Validity
from kapmonitor.nearby import LiveValue, Nearby, NearbyDevice, NearbyState
from kapmonitor.view import Role

S = 1_000_000_000
PLETH = tuple(
    0.05
    + 0.9 * math.exp(-((((n / 30) % 1.0 - 0.2) / 0.09) ** 2))
    + 0.25 * math.exp(-((((n / 30) % 1.0 - 0.5) / 0.1) ** 2))
    for n in range(120)
)


def value(term, label, number, t_ns):
    reading = Measured(float(number)) if number is not None else Absent(Validity.NOT_AVAILABLE)
    return LiveValue(term.ref, label, term.unit, t_ns, reading)


def rows(now_ns):
    """Adopted, changed, lost, speaking, listening, searching, in range, in trouble."""
    bp = (
        value(mdc.NIBP_SYS, "NIBP sys", 118, now_ns - 134 * S),
        value(mdc.NIBP_DIA, "NIBP dia", 74, now_ns - 134 * S),
    )
    pulse = (value(mdc.SPO2, "SpO2", 97, now_ns), value(mdc.PULSE_RATE, "Pulse", 72, now_ns))
    evidence = (
        "two frames of a public unit test",
        "format tables of three public drivers, manual of the 2500",
    )
    nonin = {
        "driver": "nonin",
        "driver_label": "Nonin oximeter",
        "beta": True,
        "evidence": evidence,
        "gives": ("SpO2", "Pulse rate", "Pleth"),
        "offers": (Role.HR, Role.SPO2),
    }
    return (
        NearbyDevice(
            "cuff",
            NearbyState.ADOPTED,
            "Cuff",
            "USB serial · ttyUSB0",
            model="SunTech Advantage",
            serial="00413",
            driver="suntech",
            driver_label="SunTech module",
            beta=True,
            evidence=("three public test vectors",),
            gives=("NIBP sys", "NIBP dia", "NIBP mean", "Pulse"),
            values=bp,
            clock=ClockReport(-3.2),
            device="suntech",
            cuff_allowed=False,
            offers=(Role.NIBP_SYS,),
            shown_for=(Role.NIBP_SYS,),
        ),
        NearbyDevice(
            "oxi",
            NearbyState.CHANGED,
            "Oximeter",
            "FT232R USB UART · ttyUSB1",
            values=pulse,
            wave=PLETH,
            wave_ref=mdc.PLETH.ref,
            device="nonin",
            changed_to="Nonin Xpod · serial 00977",
            **nonin,
        ),
        NearbyDevice(
            "oxi2",
            NearbyState.SPEAKING,
            "Oximeter",
            "FT232R USB UART · ttyUSB2",
            values=pulse,
            wave=PLETH,
            wave_ref=mdc.PLETH.ref,
            adoptable=True,
            clock=ClockReport(61.0, -3400.0),
            **nonin,
        ),
        NearbyDevice(
            "strap",
            NearbyState.LOST,
            "Heart strap",
            "Bluetooth · …4:2C",
            model="Polar H10",
            driver="ble-heart-rate",
            driver_label="Heart rate strap",
            problem=LinkProblem.NOT_FOUND,
            device="ble-heart-rate",
            gives=("HR",),
            offers=(Role.HR,),
        ),
        NearbyDevice(
            "oxi3", NearbyState.LISTENING, "Oximeter", "ttyUSB3", alerts=(AlertKind.SENSOR_OFF,), **nonin
        ),
        NearbyDevice("port", NearbyState.SEARCHING, "", "CP2102 · ttyUSB4", detail="listening at 9600 baud"),
        NearbyDevice(
            "ble",
            NearbyState.IN_RANGE,
            "Oximeter",
            "Bluetooth · …9:F1",
            model="Nonin3230_502644",
            strength_dbm=-62,
            detail="Put a finger in; it connects while its light blinks.",
            **nonin,
        ),
        NearbyDevice(
            "bad",
            NearbyState.TROUBLE,
            "",
            "CP2102 · ttyUSB5",
            problem=LinkProblem.GARBLED,
            detail="bytes come that no driver understands; 19200 baud with odd parity would fit them",
        ),
    )


def around(now_ns):
    return Nearby(True, rows(now_ns), "", (("acme-ox1", "was made for driver API 2, this program has 1"),))
