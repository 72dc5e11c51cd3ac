"""Waveform blocks that arrived together, joined: one block per wave is cheaper for everyone behind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kapmonitor.model import DeviceEvent, WaveformBlock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def join_blocks(events: Iterable[DeviceEvent]) -> list[DeviceEvent]:
    """The same events with each unbroken run of blocks reduced to one block for each of its waves."""
    joined: list[DeviceEvent] = []
    run: dict[str, list[WaveformBlock]] = {}
    for event in events:
        if isinstance(event, WaveformBlock):
            run.setdefault(event.metric.ref, []).append(event)
            continue
        joined.extend(_join(blocks) for blocks in run.values())
        run.clear()
        joined.append(event)
    joined.extend(_join(blocks) for blocks in run.values())
    return joined


def _join(blocks: list[WaveformBlock]) -> WaveformBlock:
    if len(blocks) == 1:
        return blocks[0]
    return WaveformBlock(blocks[-1].metric, blocks[-1].t_ns, _concatenate([b.samples for b in blocks]))


def _concatenate(parts: list[NDArray[np.int16]]) -> NDArray[np.int16]:
    from numpy import concatenate

    return concatenate(parts)
