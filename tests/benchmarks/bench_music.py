"""Music through a real sound server: the whole player for a minute, then an album beside other players.

The album is one piece cut in three: whatever is silent on the speaker within it, the player put there.
"""

import os
import statistics
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

import music_peers
import music_run
import numpy as np
from bench_table import Row
from music_sound import CLICK_DBFS, silences
from pulse_room import PulseRoom, missing_tools

from playlists.course import RATE
from playlists.store import load

SECONDS = 64.0
FAST_MINUTES = 30
ROUNDS = 3
LENGTHS_S = (4.0, 4.0, 4.0, 6.0, 6.0)
ALBUM_S = 12.0
PLAYS_S = 13.5
OURS = "Room"


def run() -> list[Row]:
    """Rows for the player by itself, and for joins beside others; none where there is no sound server."""
    if missing_tools():
        return []
    with tempfile.TemporaryDirectory() as name, closing(PulseRoom(Path(name))) as room:
        room.plug("Room")
        return [
            _fast(Path(name) / "fast"),
            *_whole(room, Path(name) / "whole"),
            *_joins(room, Path(name) / "album"),
        ]


def _fast(folder: Path) -> Row:
    folder.mkdir()
    began = time.monotonic()
    silence, click = music_run.fast(load(music_run.evening(folder)), FAST_MINUTES)
    took = time.monotonic() - began
    return Row(
        f"music: {FAST_MINUTES} min in {took:.0f} s, moved and ducked",
        f"{silence} samples silent, {click:.0f} dBFS",
        "",
        "",
        "0, <= -60",
        silence == 0 and click <= CLICK_DBFS,
    )


def _whole(room: PulseRoom, folder: Path) -> list[Row]:
    folder.mkdir()
    found = music_run.run(room, folder, SECONDS, music_run.script(SECONDS))
    seen, cpu = music_run.findings(found), found.cpu_s / SECONDS
    silence, click, fade = seen.mixed_silence, seen.click_dbfs, seen.crossfade_db
    return [
        Row(f"music: silence in {seen.joins} joins, mixed", f"{silence} samples", "", "", "0", silence == 0),
        Row(
            "music: clicks at pause, seek, skip, duck",
            f"{click:.0f} dBFS",
            "",
            "",
            "<= -60",
            click <= CLICK_DBFS,
        ),
        Row("music: level jump between tracks", f"{seen.jump_lu:.2f} LU", "", "", "< 1 LU", seen.jump_lu < 1),
        Row(
            f"music: power in {seen.crossfades} crossfades",
            f"{fade:.2f} dB",
            "",
            "",
            "<= 1 dB",
            fade <= 1 and seen.crossfades > 0,
        ),
        Row("music: CPU of the whole player", f"{cpu * 100:.1f} % of a core", "", "", "<= 10 %", cpu <= 0.10),
    ]


def _joins(room: PulseRoom, folder: Path) -> list[Row]:
    folder.mkdir()
    playlist = music_run.evening(folder, LENGTHS_S)
    players = music_peers.commands(playlist, [folder / f"{number}.flac" for number in range(3)], PLAYS_S)
    for name in players:
        if name != OURS:
            room.plug(name)
    gaps: dict[str, list[float]] = {name: [] for name in players}
    cpu: dict[str, list[float]] = {name: [] for name in players}
    for _ in range(ROUNDS):
        for name, command in players.items():
            gap_ms, used_s = _one(room, name, command)
            gaps[name].append(gap_ms)
            cpu[name].append(used_s)
    return _rows(
        {n: statistics.median(g) for n, g in gaps.items()}, {n: statistics.median(c) for n, c in cpu.items()}
    )


def _rows(gap: dict[str, float], cpu: dict[str, float]) -> list[Row]:
    others = [name for name in gap if name != OURS]
    return [
        Row(
            "music: silence at a gapless join, on the speaker",
            f"{gap[OURS]:.1f} ms",
            ", ".join(f"{name} {gap[name]:.1f} ms" for name in others),
            f"{gap[OURS] / gap['QMediaPlayer']:.2f}" if gap["QMediaPlayer"] else "-",
            "<= 1/2 of QMediaPlayer's",
            gap[OURS] <= gap["QMediaPlayer"] / 2,
        ),
        Row(
            "music: CPU to start and play 12 s of an album",
            f"{cpu[OURS]:.2f} s",
            ", ".join(f"{name} {cpu[name]:.2f} s" for name in others),
            f"{cpu[OURS] / cpu['QMediaPlayer']:.1f}",
            "",
            True,
        ),
    ]


def _one(room: PulseRoom, name: str, command: list[str]) -> tuple[float, float]:
    """The longest silence within the album in ms, and the CPU seconds of the player's process."""
    env = music_peers.environment(room)
    recording = room.record(name)
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    time.sleep(0.3)
    heard = recording.stop()
    first = int(np.flatnonzero(np.abs(heard[:, 1]) > 0.005)[0])
    album = heard[first + RATE : first + round((ALBUM_S - 0.5) * RATE)]
    longest = max((length for _, length in silences(album)), default=0)
    return longest * 1000 / RATE, usage.ru_utime + usage.ru_stime
