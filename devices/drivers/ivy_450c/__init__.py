"""Ivy Biomedical 450C vital signs monitor over its ANSAR-B stream: numbers, cuff results and five waves."""

from __future__ import annotations

from devices.drivers.ivy_450c import metrics
from devices.drivers.ivy_450c.protocol import CO2_FACTORS, Ivy
from devices.protocol import DriverOption, DriverSpec, Evidence, SerialLink

DRIVER = DriverSpec(
    id="ivy-450c",
    label="Ivy 450C monitor",
    vendor="Ivy Biomedical Systems",
    link=SerialLink(baud=9600, silence_s=3.0),
    metrics=(
        metrics.HEART,
        metrics.BREATHS,
        metrics.CO2,
        metrics.SPO2,
        metrics.PULSE,
        *metrics.NIBP,
        *metrics.PRESSURES["P1"],
        *metrics.PRESSURES["P2"],
        metrics.ECG,
        *metrics.ECGS.values(),
        metrics.BREATHING,
        metrics.PLETH,
        *metrics.PRESSURE_WAVES.values(),
    ),
    protocol=Ivy,
    evidence=Evidence(
        level="capture",
        documents=("frame layout and wave scales as a public program for this monitor uses them",),
        vectors=("text and first samples of a recorded frame: heart rate 80, SpO2 100 %, cuff 121/75 (92)",),
        captures=("27 s of a 450C recorded by the MD PnP program, of which the tests decode 13",),
        gaps=(
            "not yet tried on a monitor; the recording is another program's",
            "cuff results carry no time: one that equals the last in all four numbers is not seen as new",
            "the result that is there when the line opens, also again after a loss, is told as stored",
            "a cuff that measures, or fails to, is not told by the monitor",
            "of the monitor's messages only NO TRANSDUCER was seen; all others are passed on as they are",
            "temperatures are left out: their unit was never seen",
            "the CO2 wave is left out: its scale was never seen; the breathing wave stands still meanwhile",
            "the pressure waves are taken as mmHg: the recorded one runs between the numbers shown with it",
            "the text has to begin with the HR line, and HR is taken to be from the ECG, as in the recording",
        ),
    ),
    options=(DriverOption("co2_unit", "unknown", "Unit the monitor shows CO2 in", tuple(CO2_FACTORS)),),
)
