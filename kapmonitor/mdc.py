"""IEEE 11073-10101 names and codes of what we measure, and the units we show them in.

A context-free code is partition * 65536 + term. Bluetooth frames carry the term alone, HL7 and FHIR the whole
code. Terms were compared in at least two public tables; where only one was found the comment says so.
"""

from __future__ import annotations

from dataclasses import dataclass

SCADA = 2
OBJECT_INFRASTRUCTURE = 1
PRIVATE = 1024
"""Partition for what 11073-10101 has no term for; the names then start with KAP_."""


@dataclass(frozen=True, slots=True)
class Term:
    """One nomenclature term: reference id, partition and term code, UCUM unit, LOINC where FHIR wants one."""

    ref: str
    partition: int
    term: int
    unit: str
    loinc: str | None = None

    @property
    def code(self) -> int:
        """The 32-bit context-free code."""
        return self.partition * 65536 + self.term


SPO2 = Term("MDC_PULS_OXIM_SAT_O2", SCADA, 19384, "%", "2708-6")
PULSE_RATE = Term("MDC_PULS_OXIM_PULS_RATE", SCADA, 18458, "/min", "8867-4")
PLETH = Term("MDC_PULS_OXIM_PLETH", SCADA, 19380, "1")
PERFUSION_INDEX = Term("MDC_PULS_OXIM_PERF_REL", SCADA, 19376, "%", "61006-3")
NIBP_SYS = Term("MDC_PRESS_BLD_NONINV_SYS", SCADA, 18949, "mm[Hg]", "8480-6")
NIBP_DIA = Term("MDC_PRESS_BLD_NONINV_DIA", SCADA, 18950, "mm[Hg]", "8462-4")
NIBP_MEAN = Term("MDC_PRESS_BLD_NONINV_MEAN", SCADA, 18951, "mm[Hg]", "8478-0")
NIBP_PULSE = Term("MDC_PULS_RATE_NON_INV", SCADA, 18474, "/min", "8867-4")
CUFF_PRESSURE = Term("MDC_PRESS_CUFF", SCADA, 19228, "mm[Hg]")
HEART_RATE = Term("MDC_ECG_HEART_RATE", SCADA, 16770, "/min", "8867-4")
RR_INTERVAL = Term("MDC_ECG_TIME_PD_RR_GL", SCADA, 16168, "ms")
RESP_RATE = Term("MDC_RESP_RATE", SCADA, 20490, "/min", "9279-1")
TEMP_BODY = Term("MDC_TEMP_BODY", SCADA, 19292, "Cel", "8310-5")
ECG_I = Term("MDC_ECG_ELEC_POTL_I", SCADA, 257, "mV")
ECG_II = Term("MDC_ECG_ELEC_POTL_II", SCADA, 258, "mV")
BATTERY = Term("MDC_ATTR_VAL_BATT_CHARGE", OBJECT_INFRASTRUCTURE, 2460, "%")
ENERGY_EXPENDED = Term("KAP_ENERGY_EXPENDED", PRIVATE, 1, "kJ")
ECG_UNSCALED = Term("KAP_ECG_UNSCALED", PRIVATE, 64, "1")
ECG = Term("MDC_ECG_ELEC_POTL", SCADA, 256, "mV")
ECG_III = Term("MDC_ECG_ELEC_POTL_III", SCADA, 317, "mV")
ECG_AVR = Term("MDC_ECG_ELEC_POTL_AVR", SCADA, 318, "mV")
ECG_AVL = Term("MDC_ECG_ELEC_POTL_AVL", SCADA, 319, "mV")
ECG_AVF = Term("MDC_ECG_ELEC_POTL_AVF", SCADA, 320, "mV")
RESP = Term("MDC_RESP", SCADA, 20480, "1")
# Found in one table only.
CO2 = Term("MDC_AWAY_CO2", SCADA, 20652, "mm[Hg]")
CO2_ET = Term("MDC_AWAY_CO2_ET", SCADA, 20656, "mm[Hg]")
PRESS_1 = Term("KAP_PRESS_1", PRIVATE, 32, "mm[Hg]")
PRESS_1_SYS = Term("KAP_PRESS_1_SYS", PRIVATE, 33, "mm[Hg]")
PRESS_1_DIA = Term("KAP_PRESS_1_DIA", PRIVATE, 34, "mm[Hg]")
PRESS_1_MEAN = Term("KAP_PRESS_1_MEAN", PRIVATE, 35, "mm[Hg]")
PRESS_2 = Term("KAP_PRESS_2", PRIVATE, 36, "mm[Hg]")
PRESS_2_SYS = Term("KAP_PRESS_2_SYS", PRIVATE, 37, "mm[Hg]")
PRESS_2_DIA = Term("KAP_PRESS_2_DIA", PRIVATE, 38, "mm[Hg]")
PRESS_2_MEAN = Term("KAP_PRESS_2_MEAN", PRIVATE, 39, "mm[Hg]")
CARBOXYHAEMOGLOBIN = Term("KAP_PULS_OXIM_COHB", PRIVATE, 48, "%")
METHAEMOGLOBIN = Term("KAP_PULS_OXIM_METHB", PRIVATE, 49, "%")
HAEMOGLOBIN = Term("KAP_PULS_OXIM_HB", PRIVATE, 50, "g/dL")
OXYGEN_CONTENT = Term("KAP_PULS_OXIM_O2_CONTENT", PRIVATE, 51, "mL/dL")
PLETH_VARIABILITY = Term("KAP_PULS_OXIM_PLETH_VARIABILITY", PRIVATE, 52, "%")
PULSE_AMPLITUDE = Term("KAP_PULS_OXIM_AMPLITUDE", PRIVATE, 53, "1")

TERMS: tuple[Term, ...] = (
    SPO2,
    PULSE_RATE,
    PLETH,
    PERFUSION_INDEX,
    NIBP_SYS,
    NIBP_DIA,
    NIBP_MEAN,
    NIBP_PULSE,
    CUFF_PRESSURE,
    HEART_RATE,
    RR_INTERVAL,
    RESP_RATE,
    TEMP_BODY,
    ECG_I,
    ECG_II,
    BATTERY,
    ENERGY_EXPENDED,
    ECG,
    ECG_III,
    ECG_AVR,
    ECG_AVL,
    ECG_AVF,
    RESP,
    CO2,
    CO2_ET,
    PRESS_1,
    PRESS_1_SYS,
    PRESS_1_DIA,
    PRESS_1_MEAN,
    PRESS_2,
    PRESS_2_SYS,
    PRESS_2_DIA,
    PRESS_2_MEAN,
    CARBOXYHAEMOGLOBIN,
    METHAEMOGLOBIN,
    HAEMOGLOBIN,
    OXYGEN_CONTENT,
    PLETH_VARIABILITY,
    PULSE_AMPLITUDE,
    ECG_UNSCALED,
)
BY_REF: dict[str, Term] = {term.ref: term for term in TERMS}
