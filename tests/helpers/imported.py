"""What is in a record that was imported, in the units of its own file."""

import json
from collections import defaultdict

from kapmonitor.cli import main
from kapmonitor.model import NO_SAMPLE
from kapmonitor.record.reader import RecordReader
from kapmonitor.session import events as ev


def imported(file, out, *words):
    """Import it through the command; the record's path."""
    assert main(["import", str(file), "--out", str(out), *words]) == 0
    return out


def utc_shift(reader):
    first = next(iter(reader.events())).stamped
    return first.event.utc_ns - first.t_ns


def events(record):
    with RecordReader(record) as reader:
        return [row.stamped for row in reader.events()]


def the(kind, record):
    return [each.event for each in events(record) if isinstance(each.event, kind)]


def numbers(record):
    """(device, ref) -> [(utc_ns, value, validity, raw)]."""
    found = defaultdict(list)
    with RecordReader(record) as reader:
        channels, shift = reader.channels(), utc_shift(reader)
        for row in reader.numerics():
            channel = channels[row.channel]
            key = channel.device, channel.ref
            found[key].append((row.t_ns + shift, row.value, row.validity.value, row.raw))
    return dict(found)


def samples(record, ref):
    """[(utc_ns, value or None)] of the wave of that name."""
    found = []
    with RecordReader(record) as reader:
        shift = utc_shift(reader)
        (channel,) = (each for each in reader.channels().values() if each.ref == ref)
        for piece in reader.waves(channel.channel):
            for place, word in enumerate(piece.samples.tolist()):
                t_ns = piece.t0_ns + shift + round(place * 1e9 / piece.fs)
                value = None if word == NO_SAMPLE else word * channel.resolution + channel.offset
                found.append((t_ns, value))
    return found


def left_out(record):
    (said,) = the(ev.SessionImported, record)
    return json.dumps(said.left_out, ensure_ascii=False)
