"""JSON: all events as they are in the record, all values, and the samples of waves; written as it is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TextIO

from kapmonitor.export.source import Source, Tell, Value, loinc_of
from kapmonitor.export.tidy import flags
from kapmonitor.export.wall import MS_NS
from kapmonitor.model import NO_SAMPLE
from kapmonitor.record.items import WaveSlice
from kapmonitor.record.verify import Verdict
from kapmonitor.session.codec import encode
from kapmonitor.session.events import ChannelDescribed, Stamped

FORMAT: Final = "kapmonitor-export"
VERSION: Final = 1


def write(source: Source, verdict: Verdict, path: Path, tell: Tell, *, waves: bool) -> None:
    """One JSON document. Times are `t_ns` of the session's clock, `t_rel_s` since its start, and `utc`."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"format": "{FORMAT}", "version": {VERSION},\n')
        for name, value in _head(source, verdict, waves=waves).items():
            file.write(f"{json.dumps(name)}: {_text(value)},\n")
        _array(file, "events", (_event(source, each) for each in source.events))
        file.write(",\n")
        _array(file, "values", (_value(source, each) for each in source.values(tell)))
        file.write(",\n")
        _array(file, "waves", _waves(source) if waves else iter(()))
        file.write("}\n")


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _array(file: TextIO, name: str, items: Iterable[object]) -> None:
    file.write(f"{json.dumps(name)}: [")
    file.writelines(f"{',' if number else ''}\n{_text(item)}" for number, item in enumerate(items))
    file.write("]")


def _head(source: Source, verdict: Verdict, *, waves: bool) -> dict[str, object]:
    return {
        "deidentified": source.policy.deidentified,
        "mode": source.started.mode,
        "closed": source.is_closed,
        "record": verdict.kind,
        "first_bad": verdict.first_bad,
        "begins": source.wall.text(source.start_ns),
        "length_s": (source.end_ns - source.start_ns) // MS_NS / 1000,
        "start_t_ns": source.start_ns,
        "waves_left_out": not waves and bool(source.wave_channels()),
        "channels": [_channel(each) for each in source.channels.values()],
    }


def _channel(channel: ChannelDescribed) -> dict[str, object]:
    body: dict[str, object] = json.loads(encode(channel))
    return {**body, "loinc": loinc_of(channel)}


def _times(source: Source, t_ns: int) -> dict[str, object]:
    since_ms = (t_ns - source.start_ns + MS_NS // 2) // MS_NS
    return {"t_ns": t_ns, "t_rel_s": since_ms / 1000, "utc": source.wall.text(t_ns)}


def _event(source: Source, stamped: Stamped) -> dict[str, object]:
    event = stamped.event
    named = {"type": event.TYPE, "version": event.VERSION, "body": json.loads(encode(event))}
    return {**_times(source, stamped.t_ns), **named}


def _value(source: Source, value: Value) -> dict[str, object]:
    shown = {
        "channel": value.channel.channel,
        "value": _number(value.value),
        "validity": value.validity.value,
    }
    more = {"flags": list(flags(value)), "device_time": value.device_time}
    return {**_times(source, value.t_ns), **shown, **{name: each for name, each in more.items() if each}}


def _number(value: float | None) -> float | str | None:
    """What JSON has no number for is text, as in events."""
    return value if value is None or value - value == 0 else str(value)


def _waves(source: Source) -> Iterator[dict[str, object]]:
    for channel in source.wave_channels():
        for piece in source.wave(channel):
            yield {**_times(source, piece.t0_ns), **_piece(channel, piece)}


def _piece(channel: ChannelDescribed, piece: WaveSlice) -> dict[str, object]:
    """Samples as the device gave them: value = sample * resolution + offset; null where there is none."""
    samples = [None if word == NO_SAMPLE else word for word in piece.samples.tolist()]
    return {"channel": channel.channel, "fs": piece.fs, "samples": samples}
