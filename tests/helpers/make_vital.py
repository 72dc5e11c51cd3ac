"""Makes tests/data/imports/made-by-vitaldb.vital with vitaldb itself: pip install vitaldb, then run this."""

import sys

import numpy as np
import vitaldb

UTC0 = 1_790_000_000.0
v = vitaldb.VitalFile([])
v.dgmt = -120
v.dtstart, v.dtend = UTC0, UTC0 + 60
rng = np.random.default_rng(5)
wave = (1000 * np.sin(np.arange(60 * 100) / 100 * 2 * np.pi)).astype(np.int16)
wave[500:520] = -32768
recs = [{"dt": UTC0 + s, "val": wave[s * 100 : (s + 1) * 100]} for s in range(60) if not 20 <= s < 30]


def track(dname, name, kind, fmt, recs, unit="", srate=0, gain=1.0, offset=0.0):
    if dname not in v.devs:
        v.devs[dname] = vitaldb.utils.Device(dname, dname, "")
    t = vitaldb.utils.Track(
        name, kind, fmt=fmt, unit=unit, srate=srate, gain=gain, offset=offset, dname=dname
    )
    t.recs = recs
    v.trks[f"{dname}/{name}"] = t


track("SNUADC", "PLETH", 1, 5, recs, "", 100.0, 0.5, 100.0)
ecg = (np.sin(np.arange(60 * 100) / 17)).astype(np.float32)
ecg[100:110] = np.nan
track(
    "SNUADC",
    "ECG_II",
    1,
    1,
    [{"dt": UTC0 + s, "val": ecg[s * 100 : (s + 1) * 100]} for s in range(60)],
    "mV",
    100.0,
    0.0,
    0.0,
)
track("Solar8000", "HR", 2, 1, [{"dt": UTC0 + 2 * s + 0.125, "val": 60.5 + s} for s in range(30)], "/min")
track(
    "Solar8000",
    "PLETH_SPO2",
    2,
    1,
    [{"dt": UTC0 + 2 * s, "val": float("nan") if s == 7 else (0.0 if s == 9 else 97.0)} for s in range(30)],
    "%",
)
track("Solar8000", "NIBP_SBP", 2, 1, [{"dt": UTC0 + 10, "val": 121.0}], "mmHg")
track("Solar8000", "NIBP_DBP", 2, 1, [{"dt": UTC0 + 10, "val": 78.0}], "mmHg")
track("Solar8000", "ETCO2", 2, 1, [{"dt": UTC0 + 10, "val": 4.5}], "kPa")
track("BIS", "BIS", 2, 1, [{"dt": UTC0 + 10, "val": 41.0}], "")
track("", "EVENT", 5, 0, [{"dt": UTC0 + 5, "val": "Eyes closed"}, {"dt": UTC0 + 50, "val": "Töne: laut"}])
v.trks["EVENT"] = v.trks.pop("/EVENT")
v.to_vital(sys.argv[1], packed=len(sys.argv) > 2)
