"""`make music-devices [TIMES=20]`: the speaker taken away and given back in mid-track, again and again.

Two things are listened to all the while: how soon the music is back on its own speaker, and whether anything
is ever heard from the speaker that alarms come from, which is the server's default. 1 if a target was missed.
"""

import os
import statistics
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

import numpy as np
from music_program import Program, state
from pulse_room import PulseRoom, missing_tools

from playlists.course import RATE

LOUD = 0.02
BACK_S = 2.0
TOLD_S = 2.0


def loud(frames):
    """The samples that are more than nothing."""
    return np.flatnonzero(np.abs(frames).max(axis=1) > LOUD)


def once(room, player):
    """(s until staff are told, s until it goes on, s until it is heard) with one loss of the speaker."""
    began = time.monotonic()
    room.unplug("Room")
    player.until(state("lost"))
    told_s = time.monotonic() - began
    time.sleep(1.0)
    room.plug("Room")
    plugged = time.monotonic()
    recording = room.record("Room")
    player.event("resumed")
    resumed_s = time.monotonic() - plugged
    time.sleep(2.0)
    stopped = time.monotonic()
    heard = recording.stop()
    first = loud(heard)
    heard_s = stopped - plugged - (len(heard) - first[0]) / RATE if len(first) else float("inf")
    return told_s, resumed_s, heard_s


def main(times: int) -> int:
    """0 if every target was met."""
    if missing_tools():
        print(f"not installed: {missing_tools()}")
        return 1
    print(f"load of this machine {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name, closing(PulseRoom(Path(name))) as room:
        room.plug("Staff")
        room.plug("Room")
        staff = room.record("Staff")
        player = Program(Path(name), room.environment, "Room", "avoid=Staff")
        player.until(state("ready"))
        player.ask("play")
        player.event("started")
        time.sleep(1.0)
        rounds = [once(room, player) for _ in range(times)]
        player.quit()
        stray_ms = len(loud(staff.stop())) / RATE * 1000
    told, resumed, heard = zip(*rounds, strict=True)
    for what, values in (("told", told), ("goes on", resumed), ("heard", heard)):
        print(f"{what:8} median {statistics.median(values):.2f} s, most {max(values):.2f} s")
    print(f"on the speaker of the alarms {stray_ms:.1f} ms in {times} losses")
    targets = (
        (f"told within {TOLD_S:.0f} s", max(told) <= TOLD_S),
        (f"heard again within {BACK_S:.0f} s", max(heard) <= BACK_S),
        ("nothing on the speaker of the alarms", stray_ms == 0),
    )
    for target, met in targets:
        print(f"{'ok    ' if met else 'MISSED'} {target}")
    return int(not all(met for _, met in targets))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
