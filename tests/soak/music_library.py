"""`make music-library [TRACKS=10000]`: damaged files of each format; many tracks, names in several scripts.

Prints what is said of each damage, how long the scan takes, its memory, and how soon it can be stopped.
"""

import os
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

import sound_files

from playlists.library import look, measure, scan

SEEDS = 5
SCRIPTS = ("Morgenröte", "音楽", "Утро", "موسيقى", "संगीत", "ดนตรี", "🎵", "a\u0301 b", "שלום")
ENDINGS = ("tone.mp3", "tone.flac", "tone.ogg", "tone.opus", "tone.wav")
LONGEST_STEP_S = 0.25
MOST_MIB = 100


def damages(folder: Path) -> Counter[str]:
    """What is said of each damaged file, 'is played' where it still is; anything but words ends this."""
    said: Counter[str] = Counter()
    for name in sound_files.FORMATS:
        whole = sound_files.write(folder, name).read_bytes()
        for seed in range(SEEDS):
            for how, data in sound_files.damaged(whole, seed):
                path = folder / f"damaged{Path(name).suffix}"
                path.write_bytes(data)
                said[f"{how}: {_words(path)}"] += 1
    folder_as_file = folder / "folder.mp3"
    folder_as_file.mkdir()
    said[f"a folder: {_words(folder_as_file)}"] += 1
    return said


def _words(path: Path) -> str:
    problem = look(path).problem
    try:
        for _ in () if problem else measure(path):
            pass
    except ValueError as why:
        problem = str(why)
    return problem.replace(path.name, "FILE") or "is played"


def library(folder: Path, tracks: int) -> tuple[float, float, float, int, int]:
    """(s for the scan, s of its longest step, s to stop it half-way, tracks found, files not played)."""
    seeds = [sound_files.write(folder, name) for name in ENDINGS]
    music = folder / "music"
    for number in range(tracks):
        seed, script = seeds[number % len(seeds)], SCRIPTS[number % len(SCRIPTS)]
        album = music / f"{script} {number // 20}"
        album.mkdir(parents=True, exist_ok=True)
        # A link is found and read as any file is, and 10 000 copies would only fill the disk.
        os.link(seed, album / f"{script} {number}{seed.suffix}")
    began = last = time.monotonic()
    longest, pieces = 0.0, []
    for step in scan(music):
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
        if step.piece is not None:
            pieces.append(step.piece)
    took = time.monotonic() - began
    steps = scan(music)
    for step in steps:
        if step.of and step.done >= step.of // 2:
            break
    asked = time.monotonic()
    steps.close()
    return took, longest, time.monotonic() - asked, len(pieces), sum(bool(piece.problem) for piece in pieces)


def main(tracks: int) -> int:
    """0 if every target was met."""
    print(f"load of this machine {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        said = damages(Path(name))
        for words, number in sorted(said.items()):
            print(f"{number:4} {words}")
        print(f"{sum(said.values())} damaged files of {len(sound_files.FORMATS)} kinds")
    with tempfile.TemporaryDirectory() as name:
        before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took, longest, stopped, found, bad = library(Path(name), tracks)
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{found} tracks in {took:.1f} s, {bad} of them not played; longest step {longest * 1000:.0f} ms")
    print(f"stopped in {stopped * 1000:.1f} ms; peak memory {peak_mib:.0f} MiB, {before_mib:.0f} before")
    targets = (
        ("every track found and none refused", found == tracks and bad == 0),
        ("scan may be stopped within a quarter of a second", max(longest, stopped) <= LONGEST_STEP_S),
        (f"at most {MOST_MIB} MiB for the scan", peak_mib - before_mib <= MOST_MIB),
    )
    for what, met in targets:
        print(f"{'ok    ' if met else 'MISSED'} {what}")
    return int(not all(met for _, met in targets))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
