"""A library of 10 000 tracks: how long a scan takes and how much memory it keeps; and measuring loudness."""

import os
import resource
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import sound_files
from bench_table import Row

from playlists.library import measure, scan
from playlists.loudness import Meter

TRACKS = 10_000
MINUTES = 10
ROUNDS = 3
ENDINGS = ("tone.mp3", "tone.flac", "tone.ogg", "tone.opus", "tone.wav")


def run() -> list[Row]:
    """Rows for the scan, and for the meter beside pyloudnorm."""
    with tempfile.TemporaryDirectory() as name:
        return [*_scan(Path(name)), _meter(), _measure(Path(name))]


def _scan(folder: Path) -> list[Row]:
    music = folder / "music"
    seeds = [sound_files.write(folder, name) for name in ENDINGS]
    for number in range(TRACKS):
        seed = seeds[number % len(seeds)]
        album = music / f"album {number // 20} ä音楽"
        album.mkdir(parents=True, exist_ok=True)
        # A link is found and read as any file is, and 10 000 copies would only fill the disk.
        os.link(seed, album / f"{number}{seed.suffix}")
    (music / "damaged.mp3").write_bytes(bytes(5_000))
    (music / "folder.mp3").mkdir()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, longest, last = time.monotonic(), 0.0, time.monotonic()
    pieces = []
    for step in scan(music):
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
        if step.piece is not None:
            pieces.append(step.piece)
    took = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    bad = sum(bool(piece.problem) for piece in pieces)
    shutil.rmtree(music)
    return [
        Row(
            f"library: scan of {len(pieces)} files, {bad} damaged",
            f"{took:.1f} s",
            "",
            "",
            "<= 30 s",
            took <= 30,
        ),
        Row(
            "library: longest step of the scan",
            f"{longest * 1000:.0f} ms",
            "",
            "",
            "<= 250 ms",
            longest <= 0.25,
        ),
        Row("library: memory that a scan keeps", f"{grown:.0f} MiB", "", "", "<= 50 MiB", grown <= 50),
    ]


def _meter() -> Row:
    import pyloudnorm

    sound = np.random.default_rng(1).normal(0, 0.1, (48_000 * 60 * MINUTES, 2))
    single = sound.astype(np.float32)
    ours, peer, found = [], [], []
    for _ in range(ROUNDS):
        began = time.process_time()
        meter = Meter(48_000, 2)
        for start in range(0, len(single), 480_000):
            meter.push(single[start : start + 480_000])
        found.append(meter.finish().lufs)
        ours.append(time.process_time() - began)
        began = time.process_time()
        theirs = pyloudnorm.Meter(48_000).integrated_loudness(sound)
        peer.append(time.process_time() - began)
    mine, other, apart = statistics.median(ours), statistics.median(peer), abs(found[0] - theirs)
    return Row(
        f"library: CPU for the loudness of {MINUTES} min, {apart:.2f} LU apart",
        f"{mine:.2f} s",
        f"pyloudnorm {other:.2f} s",
        f"{mine / other:.2f}",
        "<= 1, 0.1 LU",
        mine <= other and apart <= 0.1,
    )


def _measure(folder: Path) -> Row:
    path = sound_files.write(folder, "tone.mp3", sound_files.tone(300))
    began = time.monotonic()
    list(measure(path))
    took = time.monotonic() - began
    return Row("library: measuring 5 min of MP3", f"{took:.2f} s", "", "", "<= 5 s", took <= 5)
