"""`make music-soak [MINUTES=20]`: the whole player at real speed through a null sink, recorded and analysed.

Every minute it is ducked, paused, moved on, sought and made softer. Prints what was found; 1 if a target of
the mixed stream was missed.
"""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

import music_run
from pulse_room import PulseRoom, missing_tools


def main(minutes: float) -> int:
    """0 if every target was met."""
    if missing_tools():
        print(f"not installed: {missing_tools()}")
        return 1
    with tempfile.TemporaryDirectory() as name, closing(PulseRoom(Path(name))) as room:
        room.plug("Room")
        folder = Path(name) / "music"
        folder.mkdir()
        found = music_run.run(room, folder, minutes * 60, music_run.script(minutes * 60))
        seen = music_run.findings(found)
    print(seen)
    print(f"CPU {found.cpu_s / minutes / 0.6:.1f} % of a core")
    for what, met in music_run.verdict(seen):
        print(f"{'ok    ' if met else 'MISSED'} {what}")
    return int(not all(met for _, met in music_run.verdict(seen)))


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20.0))
