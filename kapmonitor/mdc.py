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
PULSE_INTERVAL = Term("KAP_PULSE_INTERVAL", PRIVATE, 2, "ms")
ECG_UNSCALED = Term("KAP_ECG_UNSCALED", PRIVATE, 64, "1")
ECG = Term("MDC_ECG_ELEC_POTL", SCADA, 256, "mV")
ECG_III = Term("MDC_ECG_ELEC_POTL_III", SCADA, 317, "mV")
ECG_AVR = Term("MDC_ECG_ELEC_POTL_AVR", SCADA, 318, "mV")
ECG_AVL = Term("MDC_ECG_ELEC_POTL_AVL", SCADA, 319, "mV")
ECG_AVF = Term("MDC_ECG_ELEC_POTL_AVF", SCADA, 320, "mV")
# One table only for the breathing wave: the number list of one maker, which follows 11073 elsewhere.
RESP = Term("MDC_RESP", SCADA, 20480, "1")
# Found in one table only.
CO2 = Term("MDC_AWAY_CO2", SCADA, 20652, "mm[Hg]")
CO2_ET = Term("MDC_AWAY_CO2_ET", SCADA, 20656, "mm[Hg]")
# Pressures of a monitor that does not say where they are measured.
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
ECG_V = Term("MDC_ECG_ELEC_POTL_V", SCADA, 323, "mV")
TEMP = Term("MDC_TEMP", SCADA, 19272, "Cel")
TEMP_SKIN = Term("MDC_TEMP_SKIN", SCADA, 19316, "Cel")
PRESS = Term("MDC_PRESS_BLD", SCADA, 18944, "mm[Hg]")
PRESS_SYS = Term("MDC_PRESS_BLD_SYS", SCADA, 18945, "mm[Hg]")
PRESS_DIA = Term("MDC_PRESS_BLD_DIA", SCADA, 18946, "mm[Hg]")
PRESS_MEAN = Term("MDC_PRESS_BLD_MEAN", SCADA, 18947, "mm[Hg]")
ART = Term("MDC_PRESS_BLD_ART", SCADA, 18960, "mm[Hg]")
ART_SYS = Term("MDC_PRESS_BLD_ART_SYS", SCADA, 18961, "mm[Hg]")
ART_DIA = Term("MDC_PRESS_BLD_ART_DIA", SCADA, 18962, "mm[Hg]")
ART_MEAN = Term("MDC_PRESS_BLD_ART_MEAN", SCADA, 18963, "mm[Hg]")
ABP = Term("MDC_PRESS_BLD_ART_ABP", SCADA, 18964, "mm[Hg]")
ABP_SYS = Term("MDC_PRESS_BLD_ART_ABP_SYS", SCADA, 18965, "mm[Hg]")
ABP_DIA = Term("MDC_PRESS_BLD_ART_ABP_DIA", SCADA, 18966, "mm[Hg]")
ABP_MEAN = Term("MDC_PRESS_BLD_ART_ABP_MEAN", SCADA, 18967, "mm[Hg]")
CVP = Term("MDC_PRESS_BLD_VEN_CENT", SCADA, 19012, "mm[Hg]")
CVP_SYS = Term("MDC_PRESS_BLD_VEN_CENT_SYS", SCADA, 19013, "mm[Hg]")
CVP_DIA = Term("MDC_PRESS_BLD_VEN_CENT_DIA", SCADA, 19014, "mm[Hg]")
CVP_MEAN = Term("MDC_PRESS_BLD_VEN_CENT_MEAN", SCADA, 19015, "mm[Hg]")
CO2_ET_PERCENT = Term("MDC_CONC_AWAY_CO2_ET", SCADA, 20636, "%")
ECG_ST = Term("MDC_ECG_AMPL_ST", SCADA, 768, "mV")
ECG_LEADS_UNSCALED: tuple[Term, ...] = tuple(
    Term(f"KAP_ECG_UNSCALED_{lead}", PRIVATE, 65 + number, "1")
    for number, lead in enumerate(("I", "II", "III", "AVR", "AVL", "AVF", "V"))
)
"""ECG leads whose steps per millivolt are not known."""
# 11073-10101 has MDC_CONC_AWAY_CO2; its code was found in no table.
CO2_PERCENT = Term("KAP_CONC_AWAY_CO2", PRIVATE, 96, "%")
CO2_IN_PERCENT = Term("MDC_CONC_AWAY_CO2_INSP", SCADA, 20644, "%")
O2_ET = Term("MDC_CONC_AWAY_O2_ET", SCADA, 21368, "%")
O2_IN = Term("MDC_CONC_AWAY_O2_INSP", SCADA, 21124, "%")
N2O_ET = Term("MDC_CONC_AWAY_N2O_ET", SCADA, 21036, "%")
N2O_IN = Term("MDC_CONC_AWAY_N2O_INSP", SCADA, 21120, "%")
AGENT_ET = Term("MDC_CONC_AWAY_AGENT_ET", SCADA, 21388, "%")
AGENT_IN = Term("MDC_CONC_AWAY_AGENT_INSP", SCADA, 21392, "%")
PAP = Term("MDC_PRESS_BLD_ART_PULM", SCADA, 18972, "mm[Hg]")
PAP_SYS = Term("MDC_PRESS_BLD_ART_PULM_SYS", SCADA, 18973, "mm[Hg]")
PAP_DIA = Term("MDC_PRESS_BLD_ART_PULM_DIA", SCADA, 18974, "mm[Hg]")
PAP_MEAN = Term("MDC_PRESS_BLD_ART_PULM_MEAN", SCADA, 18975, "mm[Hg]")
ECG_V1_TO_V6: tuple[Term, ...] = tuple(
    Term(f"MDC_ECG_ELEC_POTL_V{number}", SCADA, 258 + number, "mV") for number in range(1, 7)
)
# ST levels by the number of their place in a monitor's list; which lead each belongs to is not told.
ECG_ST_NUMBERED: tuple[Term, ...] = tuple(
    Term(f"KAP_ECG_ST_{number}", PRIVATE, 96 + number, "mm") for number in range(1, 4)
)

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
    PULSE_INTERVAL,
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
    *ECG_LEADS_UNSCALED,
    ECG_ST,
    ECG_V,
    TEMP,
    TEMP_SKIN,
    PRESS,
    PRESS_SYS,
    PRESS_DIA,
    PRESS_MEAN,
    ART,
    ART_SYS,
    ART_DIA,
    ART_MEAN,
    ABP,
    ABP_SYS,
    ABP_DIA,
    ABP_MEAN,
    CVP,
    CVP_SYS,
    CVP_DIA,
    CVP_MEAN,
    CO2_ET_PERCENT,
    CO2_PERCENT,
    CO2_IN_PERCENT,
    O2_ET,
    O2_IN,
    N2O_ET,
    N2O_IN,
    AGENT_ET,
    AGENT_IN,
    PAP,
    PAP_SYS,
    PAP_DIA,
    PAP_MEAN,
    *ECG_V1_TO_V6,
    *ECG_ST_NUMBERED,
)
BY_REF: dict[str, Term] = {term.ref: term for term in TERMS}
