"""Music: the join of two tracks beside QMediaPlayer's, its power, and what mixing costs.

Real gaps are measured on a PulseAudio server of the benchmark's own, where there is one.
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile
from bench_table import Row
from music_parts import Rig, noise, playlist
from pulse_room import PulseRoom, missing_tools

from kapmonitor.session.events import Phase
from playlists.course import RATE, Ask, Cue
from playlists.model import Playlist, Section

ROUNDS = 3
JOINS = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
app = QCoreApplication([])
folder, kind = Path(sys.argv[1]), sys.argv[2]
if kind == "ours":
    import music_parts
    from kapmonitor.session.events import Phase
    from playlists.course import Mode
    from playlists.model import Playlist, Section, Track
    from ui.music.player import Player
    tracks = tuple(Track(folder / f"{n}.flac", n) for n in ("k1", "k2"))
    made = Playlist("t", (Section("Peak", tracks, (Phase.PEAK,)),), crossfade_s=0.1)
    player = Player(made, [].append, time.monotonic_ns, output="Room", phase=Phase.PEAK)
    player.change_volume(0, 99)
    player.start()
    player.toggle(0)
    end = player.close
else:
    from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer
    room = next(d for d in QMediaDevices.audioOutputs() if d.description() == "Room")
    out, player, names = QAudioOutput(room), QMediaPlayer(), ["k2", "k1"]
    player.setAudioOutput(out)
    def ended(status):
        if status == QMediaPlayer.MediaStatus.EndOfMedia and names:
            player.setSource(QUrl.fromLocalFile(str(folder / f"{names.pop(0)}.flac")))
            player.play()
    player.mediaStatusChanged.connect(ended)
    player.setSource(QUrl.fromLocalFile(str(folder / "k1.flac")))
    player.play()
    end = player.stop
QTimer.singleShot(9_000, app.quit)
app.exec()
end()
"""


def run() -> list[Row]:
    """Rows for the rendered stream, and for a real server where there is one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = _rendered(folder)
        if missing_tools():
            return rows
        return [*rows, _gap(folder)]


def _rendered(folder: Path) -> list[Row]:
    rig = Rig(playlist(folder))
    rig.engine.ask(Cue(Ask.VOLUME, change_db=99), 0)
    rig.engine.toggle(0)
    rig.play(9.0)
    heard = rig.output.heard()[2 * RATE : 8 * RATE]
    rig.close()
    silent = int(np.count_nonzero(np.all(heard == 0, axis=1)))
    blocks = heard.reshape(-1, RATE // 10 * 2).astype(np.float64)
    level = 10 * np.log10(np.mean(blocks**2, axis=1))
    dip = float(np.median(level) - level.min())
    return [
        Row("music: silence at a join, rendered", f"{silent} frames", "", "", "0 frames", silent == 0),
        Row("music: dip of power in a crossfade", f"{dip:.2f} dB", "", "", "<= 1 dB", dip <= 1.0),
        _cost(folder),
    ]


def _cost(folder: Path) -> Row:
    """CPU of decoding, mixing and fading against decoding alone; a long track, steady playing."""
    track = noise(folder / "long.flac", 120.0)
    made = Playlist("t", (Section("Peak", (track,), (Phase.PEAK,)),))
    ours, peer = [], []
    for _ in range(ROUNDS):
        rig = Rig(made)
        rig.engine.toggle(0)
        rig.play(1.0)
        began = time.process_time()
        rig.play(60.0)
        ours.append((time.process_time() - began) / 60.0)
        rig.close()
        began = time.process_time()
        soundfile.read(track.path, dtype="float32", frames=60 * RATE)
        peer.append((time.process_time() - began) / 60.0)
    mine, theirs = statistics.median(ours), statistics.median(peer)
    return Row(
        "music: CPU to decode, mix and fade",
        f"{mine * 100:.2f} % of a core",
        f"decode alone {theirs * 100:.2f} %",
        f"{mine / theirs:.1f}",
        "<= 3 %",
        mine <= 0.03,
    )


def _gap(folder: Path) -> Row:
    for number, name in enumerate(("k1", "k2")):
        noise(folder / f"{name}.flac", 4.0, seed=number)
    gaps: dict[str, list[float]] = {"ours": [], "QMediaPlayer": []}
    server = PulseRoom(Path(tempfile.mkdtemp(dir=folder)))
    with contextlib.closing(server):
        server.plug("Room")
        for _ in range(ROUNDS):
            for kind, found in gaps.items():
                found.append(_one_gap(server, folder, kind))
    ours, peer = (statistics.median(found) for found in gaps.values())
    return Row(
        "music: silence at a join, on a sound server",
        f"{ours:.0f} ms",
        f"QMediaPlayer {peer:.0f} ms",
        f"{ours / peer:.2f}" if peer else "-",
        "<= 1/2",
        ours <= peer / 2,
    )


def _one_gap(server: PulseRoom, folder: Path, kind: str) -> float:
    here = Path(__file__).resolve().parents
    env = {**os.environ, **server.environment, "QT_QPA_PLATFORM": "offscreen"}
    env["PYTHONPATH"] = os.pathsep.join((str(here[2]), str(here[1] / "helpers")))
    recording = server.record("Room")
    subprocess.run(
        [sys.executable, "-c", JOINS, str(folder), kind],
        env=env,
        check=True,
        timeout=60,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    heard = recording.stop()
    blocks = np.abs(heard[: len(heard) // 96 * 96].reshape(-1, 192)).max(axis=1) > 1e-4
    first = int(np.flatnonzero(blocks)[0])
    joins = blocks[first + 1_500 : first + 2_500]
    longest = silent = 0
    for sounding in joins:
        silent = 0 if sounding else silent + 1
        longest = max(longest, silent)
    return longest * 2.0
