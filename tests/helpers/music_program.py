"""The whole player in a process of its own, told what to do on standard input; it tells what becomes of it.

Qt binds to the sound server that it finds first, so each server needs a process.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve()
PROGRAM = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QTimer
import music_parts
from kapmonitor.session.events import Phase
from playlists.course import Ask, Cue
from ui.music.player import Player

app = QCoreApplication([])
folder, wanted = Path(sys.argv[1]), sys.argv[2]
def say(**what):
    sys.stdout.write(json.dumps(what) + "\\n"); sys.stdout.flush()
def report(command):
    say(event=command.music.action, title=command.music.title, output=command.music.output)
player = Player(music_parts.playlist(folder), report, time.monotonic_ns, output=wanted,
                silent="silent" in sys.argv, phase=Phase.PEAK,
                avoid=tuple(word[6:] for word in sys.argv if word.startswith("avoid=")))
player.change_volume(0, 99)
player.start()
last = [None]
def look():
    view = player.view()
    now = view.output.state.value, view.output.name, view.trouble
    if now != last[0] and not view.checking:
        last[0] = now
        say(output=now[0], name=now[1], at_s=view.at_s)
    if not sys.stdin_lines.empty():
        word = sys.stdin_lines.get()
        if word == "play": player.toggle(time.monotonic_ns())
        elif word == "where": say(at_s=view.at_s, mode=view.mode.value)
        elif word.startswith("choose"):
            names = {c.name: c.id for c in view.output.choices}
            player.choose_output(names.get(word.split()[1], word.split()[1]))
        elif word == "stall":
            end = time.monotonic() + 0.4
            while time.monotonic() < end:
                pass
        elif word == "quit": player.close(); app.quit()
import queue, threading
sys.stdin_lines = queue.Queue()
def read():
    for line in sys.stdin:
        sys.stdin_lines.put(line.strip())
threading.Thread(target=read, daemon=True).start()
timer = QTimer(); timer.timeout.connect(look); timer.start(20)
app.exec()
"""


class Program:
    """The player in its own process."""

    def __init__(self, folder, environment, *words):
        path = [str(HERE.parents[2]), str(HERE.parent)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), *words],
            env={
                **os.environ,
                **environment,
                "PYTHONPATH": os.pathsep.join(path),
                "QT_QPA_PLATFORM": "offscreen",
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.said = []
        self._rest = b""

    def ask(self, word):
        self.process.stdin.write(f"{word}\n".encode())
        self.process.stdin.flush()

    def until(self, condition, limit_s=30.0):
        """Read on until something said meets the condition; returns it and how long that took."""
        start, seen = time.monotonic(), len(self.said)
        while time.monotonic() - start < limit_s:
            self._rest += self.process.stdout.read() or b""
            *lines, self._rest = self._rest.split(b"\n")
            self.said += [json.loads(line) for line in lines]
            for said in self.said[seen:]:
                if condition(said):
                    return said, time.monotonic() - start
            seen = len(self.said)
            time.sleep(0.02)
        raise AssertionError(self.said)

    def event(self, action):
        return self.until(lambda said: said.get("event") == action)

    def quit(self):
        if self.process.poll() is None:
            self.ask("quit")
        code = self.process.wait(20)
        self.process.stdin.close()
        self.process.stdout.close()
        assert code == 0, self.said


def state(value):
    return lambda said: said.get("output") == value and "event" not in said
