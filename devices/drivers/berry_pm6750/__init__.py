"""Berry PM6750 multi-parameter modules: ECG, breathing, saturation, temperature, and a cuff we can start."""

from __future__ import annotations

from devices.cuffhost.readings import CUFF, DIA, MEAN, SYS
from devices.drivers.berry_pm6750 import metrics
from devices.drivers.berry_pm6750.packets import FILTERS, GAINS, PATIENTS
from devices.drivers.berry_pm6750.protocol import Berry
from devices.protocol import CommandSpec, DriverOption, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="berry-pm6750",
    label="Berry PM6750 monitor module",
    vendor="Shanghai Berry Electronic Tech",
    link=SerialLink(baud=115200, silence_s=2.0),
    metrics=(
        metrics.HEART,
        metrics.BREATHS,
        metrics.ST,
        metrics.SPO2,
        metrics.PULSE,
        SYS,
        DIA,
        MEAN,
        CUFF,
        metrics.TEMP_1,
        metrics.TEMP_2,
        *metrics.LEADS,
        metrics.PLETH,
        metrics.RESP,
    ),
    protocol=Berry,
    evidence=Evidence(
        level="manual",
        documents=(
            "a public description of the protocol, written from the maker's manual and checked against "
            "recordings of a module",
            "the maker's public demonstration page and a public cuff program: commands",
        ),
        vectors=(
            "one frame of a recording and one of the maker's manual",
            "the cuff's start command of the maker's demonstration",
        ),
        gaps=(
            "not yet tried on a module",
            "how the ECG's steps translate to millivolts is not published; they are shown as they are",
            "how the answers with the versions look is not published; they are not asked for, so the module "
            "tells neither its version nor a serial number",
            "how the module answers a stop while its cuff is empty is not published; its silence is taken "
            "for an empty cuff",
            "the kind of patient in cuff packets is known from memory only, and not used",
            "the marks of single beats and pulses are not used; they are not in the maker's manual",
            "pressure test, leak test and calibration are never sent; the module's Bluetooth is left out",
        ),
    ),
    options=(
        DriverOption("patient", "adult", "Cuff and limits the module uses", tuple(PATIENTS)),
        DriverOption("inflate_mmhg", 0, "First inflation target in mmHg; 0 leaves it to the module"),
        DriverOption("ecg", True, "Whether ECG and breathing are read"),
        DriverOption("ecg_gain", "1", "ECG gain; choose less if the trace is cut off", tuple(GAINS)),
        DriverOption("ecg_filter", "monitor", "ECG filter", tuple(FILTERS)),
        DriverOption("resp_gain", "1", "Gain of the breathing trace", tuple(GAINS)),
    ),
    commands=(
        CommandSpec("start", "Inflate the cuff and measure once", on_patient=True),
        CommandSpec("stop", "Open the valve", on_patient=True),
        CommandSpec("patient", "Say before a start whom the cuff is on", on_patient=True),
        CommandSpec("target", "Set the first inflation target before a start", on_patient=True),
        CommandSpec("streams", "Switch ECG, saturation, temperature, pleth and breathing on"),
        CommandSpec("ECG gain and filter, breathing gain", "Set them as the options say"),
    ),
)
