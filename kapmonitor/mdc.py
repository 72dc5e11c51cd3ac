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
)
BY_REF: dict[str, Term] = {term.ref: term for term in TERMS}
