"""One album through our player and others at one time, each on its own speaker: silence at joins, CPU."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import music_run
import numpy as np
from music_sound import silences

from playlists.course import RATE

HERE = Path(__file__).resolve()
PARTS = 3
STARTS_S = 5.0
QT_PLAYER = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer, QUrl
from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer
app = QCoreApplication([])
speaker, seconds, *names = sys.argv[1:]
room = next(d for d in QMediaDevices.audioOutputs() if d.description() == speaker)
out, player = QAudioOutput(room), QMediaPlayer()
player.setAudioOutput(out)
def go_on(status):
    if status == QMediaPlayer.MediaStatus.EndOfMedia and names:
        player.setSource(QUrl.fromLocalFile(names.pop(0)))
        player.play()
player.mediaStatusChanged.connect(go_on)
player.setSource(QUrl.fromLocalFile(names.pop(0)))
player.play()
QTimer.singleShot(int(float(seconds) * 1000), app.quit)
app.exec()
player.stop()
"""
MPV = ("mpv", "--no-config", "--no-video", "--really-quiet", "--gapless-audio=yes", "--ao=pulse")


@dataclass(frozen=True)
class Heard:
    """The longest silence of one player within the album, how many there were, its share of a core."""

    longest_ms: float
    silences: int
    cpu: float


def commands(playlist, files, seconds):
    """What starts each player that this computer has, by the name of its speaker."""
    files = [str(file) for file in files]
    known = {
        "Room": [sys.executable, "-c", music_run.PROGRAM, str(playlist), str(seconds), "[]", os.devnull],
        "QMediaPlayer": [sys.executable, "-c", QT_PLAYER, "QMediaPlayer", str(seconds), *files],
    }
    if which("mpv"):
        known["mpv"] = [*MPV, "--audio-device=pulse/mpv", *files]
    return known


def environment(room):
    """What a player's process needs to find the room's server and the helpers."""
    path = os.pathsep.join((str(HERE.parents[2]), str(HERE.parent)))
    return {**os.environ, **room.environment, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": path}


def beside(room, folder, album_s):
    """{player: Heard} of an album of so many seconds in three tracks; ours is called 'Room'."""
    playlist = music_run.evening(folder, (*(album_s / PARTS,) * PARTS, 6.0, 6.0))
    started = {}
    for name, command in commands(playlist, [folder / f"{n}.flac" for n in range(PARTS)], album_s).items():
        if name != "Room":
            room.plug(name)
        recording = room.record(name)
        process = subprocess.Popen(
            command, env=environment(room), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started[name] = (process, recording)
    time.sleep(STARTS_S)
    before = {name: cpu_s(process.pid) for name, (process, _) in started.items()}
    measured_s = album_s - 2 * STARTS_S
    time.sleep(measured_s)
    used = {name: cpu_s(process.pid) - before[name] for name, (process, _) in started.items()}
    return {
        name: _heard(process, recording, album_s, used[name] / measured_s)
        for name, (process, recording) in started.items()
    }


def cpu_s(pid):
    """Seconds of CPU that a process has used so far."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _heard(process, recording, album_s, cpu):
    assert process.wait(60) == 0, process.args
    sound = recording.stop()
    first = int(np.flatnonzero(np.abs(sound[:, 1]) > 0.005)[0])
    album = sound[first + RATE : first + round((album_s - 3.0) * RATE)]
    lengths = [length for _, length in silences(album)]
    return Heard(max(lengths, default=0) * 1000 / RATE, len(lengths), cpu)
