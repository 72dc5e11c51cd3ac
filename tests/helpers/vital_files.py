""".vital files packet by packet, as only a test wants them."""

import gzip
import struct


def text(value):
    raw = value.encode()
    return struct.pack("<I", len(raw)) + raw


def packet(kind, body, length=None):
    return struct.pack("<BI", kind, len(body) if length is None else length) + body


def header(behind_min=0, magic=b"VITA"):
    return magic + struct.pack("<IH", 3, 26) + struct.pack("<hIIdd", behind_min, 0, 0, 0.0, 0.0)


def device(number, name):
    return packet(9, struct.pack("<I", number) + text(name) + text(name) + text(""))


def track(number, kind, form, name, unit="", fs=0.0, gain=1.0, offset=0.0, of=0):
    head = struct.pack("<HBB", number, kind, form) + text(name) + text(unit)
    return packet(0, head + struct.pack("<ffIfddBI", 0, 0, 0, fs, gain, offset, 0, of))


def record(number, at_s, body):
    return packet(1, struct.pack("<HdH", 10, at_s, number) + body)


def number(track_number, at_s, value, code="f"):
    return record(track_number, at_s, struct.pack(f"<{code}", value))


def wave(track_number, at_s, samples):
    return record(track_number, at_s, struct.pack("<I", len(samples)) + samples.tobytes())


def write(path, *packets, head=None):
    path.write_bytes(gzip.compress((header() if head is None else head) + b"".join(packets), 1))
    return path
