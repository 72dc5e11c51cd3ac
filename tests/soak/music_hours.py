"""`make music-hours [HOURS=3]`: hours of music through the engine at full speed, analysed as the soak is.

Every minute of the programme it is ducked, grounded, paused, moved on, sought and made softer. 1 if a target
was missed.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

import music_run

from playlists.store import load


def main(hours: float) -> int:
    """0 if every target was met."""
    print(f"load of this machine {os.getloadavg()[0]:.1f}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        seen = list(music_run.hours_fast(load(music_run.evening(Path(name))), round(hours * 60)))
    print(f"{hours:g} h of music in {time.monotonic() - began:.0f} s")
    print(
        f"{sum(s.joins for s in seen)} gapless joins, {max(s.mixed_silence for s in seen)} samples of silence"
    )
    print(f"loudest discontinuity {max(s.click_dbfs for s in seen):.0f} dBFS")
    print(
        f"{sum(s.tracks for s in seen)} stretches, {max(s.jump_lu for s in seen):.2f} LU between two at most"
    )
    fades = sum(s.crossfades for s in seen)
    print(f"{fades} crossfades, {max(s.crossfade_db for s in seen):.2f} dB from constant power at most")
    verdicts = [music_run.verdict(one) for one in seen]
    for rows in zip(*verdicts, strict=True):
        met = all(good for _, good in rows)
        print(f"{'ok    ' if met else 'MISSED'} {rows[0][0]}")
    return int(not all(good for rows in verdicts for _, good in rows))


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
