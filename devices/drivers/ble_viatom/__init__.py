"""Viatom and Wellue oximeters of the O2 family: O2Ring, Checkme O2, SleepU, WearO2 and their kin."""

from __future__ import annotations

from devices import gatt
from devices.drivers.ble_viatom.protocol import PERFUSION, PLETH, PULSE, SERVICE, SPO2, ViatomRing
from devices.protocol import BleLink, CommandSpec, DriverOption, DriverSpec, Evidence

DRIVER = DriverSpec(
    id="ble-viatom",
    label="Viatom or Wellue O2 ring (Bluetooth)",
    vendor="Viatom",
    link=BleLink(
        services=(SERVICE,),
        name_prefixes=(
            "Checkme_O2",
            "Checkme O2",
            "CheckO2",
            "SleepU",
            "SleepO2",
            "O2Ring",
            "O2M",
            "WearO2",
            "KidsO2",
            "BabyO2",
            "Oxylink",
        ),
        # A question a second, 3 s for its answer, and one more question: what is silent then, will stay so.
        silence_s=5.0,
        pairing=(
            "No pairing is needed. Put the ring on: it can be found only while it is worn or just after. "
            "Close the maker's app on every phone, as the ring talks to one partner only."
        ),
    ),
    metrics=(SPO2, PULSE, PERFUSION, PLETH, gatt.BATTERY),
    protocol=ViatomRing,
    evidence=Evidence(
        level="capture",
        documents=("frame layout of two public programs, o2r and the maker's demonstration LepuBle",),
        captures=("three payloads of live values of a ring, published by the o2r project",),
        gaps=(
            "not yet tried on a ring here",
            "the replies with the pulse wave in the tests are computed",
            "with the wave the perfusion is not told: sources differ on its byte",
            "motion is read and not reported, as its scale is not known",
            "the mark of each beat in the wave is not reported",
            "kept nights are not fetched; the ring's clock and settings are left alone",
            "O2Ring-S and other rings of the OxyII kind want a key of the maker and are refused",
        ),
    ),
    options=(
        DriverOption("wave", True, "Ask for the pulse wave; without it the ring tells its perfusion instead"),
    ),
    commands=(
        CommandSpec("info", "Ask the ring who it is"),
        CommandSpec("values", "Ask for saturation and pulse, with or without the wave"),
    ),
)
