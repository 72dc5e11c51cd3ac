"""Berry Medical BM1000 finger clips and their relabelled twins."""

from __future__ import annotations

from devices import gatt
from devices.drivers.ble_berry.protocol import INTERVAL, PERFUSION, PLETH, PULSE, SERVICE, SPO2, BerryClip
from devices.protocol import BleLink, DriverSpec, Evidence

DRIVER = DriverSpec(
    id="ble-berry",
    label="Berry BM1000 finger clip (Bluetooth)",
    vendor="Shanghai Berry Electronic Tech",
    link=BleLink(
        services=(SERVICE,),
        name_prefixes=("BerryMed",),
        silence_s=3.0,
        pairing="No pairing is needed. Put the clip on a finger and end its connection to any phone.",
    ),
    metrics=(SPO2, PULSE, PERFUSION, INTERVAL, PLETH, gatt.BATTERY),
    protocol=BerryClip,
    evidence=Evidence(
        level="manual",
        documents=(
            "the maker's description of protocol V1.2 (BCI), as published with a public program",
            "packet layout of protocol V1.5 from the maker's public repository",
        ),
        gaps=(
            "not yet tried on a clip; no recorded packet was found, those in the tests are computed",
            "V1.2 has no check sum; the radio's own is what protects it",
            "the pulse wave of V1.5 is left out, as its rate is not described",
            "which values V1.5 sends for none is not described; 255 and 127 are taken as in V1.2",
            "other devices advertise the same service, so the name decides",
        ),
    ),
)
