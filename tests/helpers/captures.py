"""The captures that tests decode: tests/data/captures/DRIVER/NAME.kapcap, what must come of it in NAME.json.

    python tests/helpers/captures.py tests/data/captures/nonin/new.kapcap    # writes what comes of it now
    python tests/helpers/captures.py --simulated                             # makes the simulated ones anew

What was written has to be read by a person before it is believed.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data" / "captures"

SIMULATED = {
    "nonin/df2": ("nonin?format=df2", 3, None),
    "suntech/cuff": ("suntech", 40, 2),
    "masimo/on": ("masimo", 4, None),
}
"""Simulators, seconds, and when a cuff is started."""


def found():
    """All of them, by folder and name."""
    return sorted(FOLDER.glob("*/*.kapcap"))


def expected_file(path):
    return path.with_suffix(".json")


def header_of(path):
    return _read(path).header


def decoded(path):
    """What comes of a capture, as `kapmonitor decode` prints it."""
    from drivers import load

    from devices.decode import decode_capture

    capture = _read(path)
    spec = load().get(capture.header.driver)
    options = {option.name: option.default for option in spec.options} | dict(capture.header.options)
    return list(decode_capture(spec, capture.entries, options))


def _read(path):
    from devices.capture import lines_of, read

    return read(lines_of([path.read_bytes()]), str(path))


def write_expected(path):
    lines = ",\n".join(json.dumps(line, separators=(",", ":")) for line in decoded(path))
    expected_file(path).write_text(f"[\n{lines}\n]\n", "ascii")


def make_simulated():
    """From simulators, through the same cleaning as the captures of devices."""
    from capture_parts import ORIGIN_NS, live_wire

    from devices.capture import write
    from devices.capture_header import Header
    from devices.privacy import clean, policy

    for name, (driver, seconds, cuff_s) in SIMULATED.items():
        path = FOLDER / f"{name}.kapcap"
        path.parent.mkdir(parents=True, exist_ok=True)
        known = policy(path.parent.name)
        entries = live_wire(driver, seconds, cuff_s).entries
        moved = (replace(entry, t_ns=entry.t_ns - ORIGIN_NS) for entry in entries)
        header = Header(path.parent.name, "simulated", removed=known.removed, may_remain=known.may_remain)
        lines = write(header, clean(path.parent.name, moved))
        path.write_text("".join(f"{line}\n" for line in lines), "ascii")
        write_expected(path)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))
    if sys.argv[1:] == ["--simulated"]:
        make_simulated()
    for argument in sys.argv[1:]:
        if argument != "--simulated":
            write_expected(Path(argument))
