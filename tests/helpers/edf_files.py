"""EDF files byte by byte, for what libraries do not write: EDF+D, and headers that contradict themselves."""

import numpy as np


def field(text, width):
    return str(text).encode("latin-1").ljust(width)[:width]


FULL = (-32768, 32767)


def signal(label, samples, dimension="", physical=FULL, digital=FULL, transducer="", prefiltering=""):
    return {
        "label": label,
        "samples": samples,
        "dimension": dimension,
        "physical": physical,
        "digital": digital,
        "transducer": transducer,
        "prefiltering": prefiltering,
    }


def write(path, signals, records, *, reserved="", duration=1, count=None, starts="02.03.26", **odd):
    """`records` are bytes of whole data records; `odd` puts something else into a field of the header."""
    n = len(signals)
    head = (
        field(odd.get("version", "0"), 8)
        + field("X X X X", 80)
        + field(odd.get("recording", "Startdate X X X X"), 80)
    )
    head += field(starts, 8) + field("10.20.30", 8) + field(odd.get("size", 256 * (n + 1)), 8)
    head += field(reserved, 44) + field(len(records) if count is None else count, 8) + field(duration, 8)
    head += field(odd.get("ns", n), 4)
    head += b"".join(field(each["label"], 16) for each in signals)
    head += b"".join(field(each["transducer"], 80) for each in signals)
    head += b"".join(field(each["dimension"], 8) for each in signals)
    for name in ("physical", "digital"):
        head += b"".join(field(each[name][0], 8) for each in signals)
        head += b"".join(field(each[name][1], 8) for each in signals)
    head += b"".join(field(each["prefiltering"], 80) for each in signals)
    head += b"".join(field(each["samples"], 8) for each in signals)
    head += b"".join(field("", 32) for _ in signals)
    path.write_bytes(head + b"".join(records))
    return path


def words(values):
    return np.asarray(values, "<i2").tobytes()


def tal(at, *texts, size=64):
    """The texts of one data record, of which the first TAL names the record's own time."""
    raw = f"+{at}\x14\x14\x00".encode()
    raw += b"".join(f"+{when}\x14{text}\x14\x00".encode() for when, text in texts)
    return raw.ljust(size, b"\x00")
