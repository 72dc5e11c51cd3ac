"""`make alarm-pictures`: the console in ten alarm states, in both sizes, as PNG files.

python tests/soak/alarm_pictures.py [--out DIR] [--scene NAME ...]

Each picture is what the real program came to: its window, engine, record, drivers and annunciator, on
simulated devices that speak over real ports. tests/helpers/alarm_scenes.py says what happens in each; F and P
are pressed as keys. What stands in for a clinic's room:

- The first forty minutes run in virtual time, as in the demo, through the same drivers and the same engine.
- The limits are the example from the baseline, as if signed; the sound check is answered without listening.
- The sound outputs are those of a PulseAudio server of its own; for `audio-lost` there is no server.
- A flashing block is pictured lit, as every screenshot of the program is.
- `console-stopped` is taken of a whole X screen (Xvfb) without a window manager, after the console's process
  got SIGSTOP: the window that is seen above it is the annunciator's.

Needs pulseaudio, pactl, Xvfb, ImageMagick's import and the libraries of Qt's xcb platform; on Debian
`apt install pulseaudio pulseaudio-utils xvfb imagemagick libxcb-cursor0`.
About five minutes; 1 if a picture did not come about.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

HELPERS, ROOT = Path(__file__).parents[1] / "helpers", Path(__file__).parents[2]
sys.path[:0] = [str(HELPERS), str(ROOT)]

from alarm_scenes import OUTPUTS, SCENES, SIZES, Scene
from pulse_room import TOOLS, PulseRoom

PATIENCE_S = 240.0
STOPPED_S = 8.0
"""From the console's last sign of life to the picture of the window that says so."""


def missing() -> list[str]:
    """The programs that this needs and that are not there."""
    return [tool for tool in (*TOOLS, "Xvfb", "import") if shutil.which(tool) is None]


def without_sound(folder: Path) -> dict[str, str]:
    """Where no sound server answers."""
    return {"XDG_RUNTIME_DIR": str(folder), "PULSE_SERVER": f"unix:{folder}/none"}


def stage(scene: Scene, out: Path, environment: dict[str, str], *more: str) -> subprocess.Popen[str]:
    """The scene's console, running."""
    words = [sys.executable, str(HELPERS / "alarm_stage.py"), scene.name, str(out), *more]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", **environment}
    with _errors(scene, out).open("w") as errors:
        return subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)


def _errors(scene: Scene, out: Path) -> Path:
    """What the console said of itself; kept only where its picture did not come about."""
    return out / f"{scene.name}.log"


def pictured(scene: Scene, out: Path, environment: dict[str, str]) -> bool:
    """Whether the scene's pictures were taken."""
    console = stage(scene, out, environment)
    try:
        told, _ = console.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        console.kill()
        told, _ = console.communicate()
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    print(*(f"{scene.name}: {line}" for line in lines), sep="\n", flush=True)
    if not lines:
        print(f"{scene.name}: it ended with {console.returncode}", flush=True)
    return sum("saved" in line for line in lines) == len(SIZES)


def pictured_stopped(scene: Scene, out: Path, environment: dict[str, str]) -> bool:
    """The same of a console whose process is stopped; one X screen for each size."""
    for width, height in SIZES:
        size = f"{width}x{height}"
        path = out / f"{scene.name}-{size}.png"
        with Screen(size) as display:
            env = {**environment, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display}
            console = stage(scene, out, env, size)
            try:
                if not _ready(console):
                    print(f"{scene.name}: it did not come to where it is stopped", flush=True)
                    return False
                console.send_signal(signal.SIGSTOP)
                time.sleep(STOPPED_S)
                subprocess.run(["import", "-display", display, "-window", "root", str(path)], check=True)
            finally:
                console.send_signal(signal.SIGCONT)
                console.terminate()
                with suppress(subprocess.TimeoutExpired):
                    console.wait(20)
                console.kill()
                console.wait()
        print(f"{scene.name}: saved {path}", flush=True)
    return True


def _ready(console: subprocess.Popen[str]) -> bool:
    """Whether it says so before it ends."""
    return console.stdout is not None and any('"ready"' in line for line in console.stdout)


class Screen:
    """An X server without a monitor; the name of its display."""

    def __init__(self, size: str) -> None:
        read, write = os.pipe()
        words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
        self._server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self._display = f":{told.readline().strip()}"

    def __enter__(self) -> str:
        return self._display

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait(10)


def take(scenes: list[Scene], out: Path) -> list[str]:
    """Take the pictures; the names of those that did not come about."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="kap-pulse-") as name:
        folder = Path(name)
        room = PulseRoom(folder)
        try:
            for output in OUTPUTS.values():
                room.plug(output)
            for scene in scenes:
                environment = room.environment if scene.heard else without_sound(folder)
                done = (pictured_stopped if scene.stopped else pictured)(scene, out, environment)
                failed += [] if done else [scene.name]
                if done:
                    _errors(scene, out).unlink()
        finally:
            room.close()
    return failed


def main(words: list[str] | None = None) -> int:
    """Take all pictures, or those of some scenes."""
    parser = argparse.ArgumentParser(description="the console in ten alarm states, as pictures")
    parser.add_argument("--out", type=Path, default=Path("alarm-pictures"))
    names = [scene.name for scene in SCENES]
    parser.add_argument("--scene", action="append", default=[], choices=names)
    given = parser.parse_args(words)
    if missing():
        parser.error(f"not installed: {', '.join(missing())}")
    out = given.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    failed = take([scene for scene in SCENES if not given.scene or scene.name in given.scene], out)
    print(f"{len(failed)} not taken: {', '.join(failed)}" if failed else f"The pictures are in {out}")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
