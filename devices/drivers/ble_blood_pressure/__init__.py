"""Blood pressure cuffs of any maker with the Bluetooth Blood Pressure Service."""

from __future__ import annotations

from devices import gatt
from devices.drivers.ble_blood_pressure.omron import COMPANY, objection
from devices.drivers.ble_blood_pressure.protocol import (
    CUFF,
    DIASTOLIC,
    MEAN,
    PULSE,
    SERVICE,
    SYSTOLIC,
    BloodPressureCuff,
)
from devices.protocol import BleLink, CommandSpec, DriverOption, DriverSpec, Evidence

DRIVER = DriverSpec(
    id="ble-blood-pressure",
    label="Blood pressure cuff (Bluetooth)",
    vendor="Any maker, Bluetooth Blood Pressure Service",
    link=BleLink(
        services=(SERVICE,),
        name_prefixes=("A&D_", "UB-1100BLE", "BLEsmart_", "BLESmart_"),
        silence_s=None,
        ends_itself=True,
        pairing=(
            "Put the cuff into pairing mode, then connect. A&D: hold START until the display shows Pr. "
            "Omron: the cuff is in pairing mode while P blinks on its display. If the cuff shows a number "
            "of six digits, type it in on the computer. Many cuffs know only one partner: pairing it here "
            "may end its pairing with a phone. Then switch the cuff off and on and take a reading: it must "
            "arrive without a further key press."
        ),
        company_ids=(COMPANY,),
        objection=objection,
    ),
    metrics=(SYSTOLIC, DIASTOLIC, MEAN, PULSE, CUFF, gatt.BATTERY),
    protocol=BloodPressureCuff,
    evidence=Evidence(
        level="capture",
        documents=(
            "Bluetooth SIG, Blood Pressure Service 1.0 and 1.1 and GATT Specification Supplement, as public "
            "sources quote them",
            "public decoders of Nordic Semiconductor and Stanford Spezi for the layouts and status bits",
            "public reports of users about cuffs of A&D, Omron, boso, Medisana and Beurer",
        ),
        vectors=("off-spec payload of an unnamed cuff, flutter_blue issue 687: refused as it must be",),
        captures=("three payloads of an A&D UA-651BLE, HEADS project, ThingML-BLE",),
        gaps=(
            "not yet tried on a cuff here",
            "no recording of version 1.1 of the service was found; its payloads in the tests are computed",
            "the check sum of version 1.1 is confirmed by another kind of device only",
            "cuffs that keep their readings behind the maker's own memory service (many Omron) are refused",
            "Omron's additions to the record access and A&D's own command to send all are not used",
            "a reading that a cuff sends without a time stamp is taken for a new one",
            "which of several people a cuff measured is only known if the cuff tells a user number",
        ),
    ),
    options=(
        DriverOption("user", 0, "Take only readings kept under this user number; 0 takes all"),
        DriverOption("enhanced", False, "Use version 1.1 of the service"),
        DriverOption(
            "stored",
            False,
            "Also fetch the readings that a version 1.1 cuff keeps; they may be another person's",
        ),
        DriverOption("set_clock", True, "Set the cuff's clock to this computer's each time it connects"),
    ),
    commands=(
        CommandSpec("set clock", "Set the cuff's clock to this computer's, unless turned off"),
        CommandSpec("fetch readings", "Ask a version 1.1 cuff for what it keeps, if wanted"),
    ),
)
