"""A room with simulated devices, an X screen and the console on it: keys go in, a record comes out.

Everything is the real program in processes of its own; only devices, speakers and screen are unreal.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from programs import ROOT, Program
from pulse_room import PulseRoom

from kapmonitor.errors import RecordError
from kapmonitor.record.reader import RecordReader
from kapmonitor.session.state import SessionState, fold

TOOLS = ("Xvfb", "xdotool", "import", "pulseaudio", "pactl", "parec")
PATIENCE_S = 90.0
MUSIC, STAFF, ROOM = "Music", "Staff", "Room"


def missing_tools():
    """The programs that this needs and that are not there."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


class Screen:
    """An X server without a monitor; `display` is its name."""

    def __init__(self, size):
        read, write = os.pipe()
        words = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
        self._server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.terminate()
        self._server.wait(10)


class LiveRoom:
    """The console of a session in `folder`, on a screen of `size`; closed with `with`."""

    def __init__(self, folder, size="1920x1080", *, cuff="", settings="", pictures=None):
        self.folder = folder
        self.size = size
        self.records = folder / "records"
        self.pictures = pictures or folder / "pictures"
        self.pictures.mkdir(parents=True, exist_ok=True)
        self._cuff = cuff
        self._settings = settings
        self._stack = ExitStack()
        self.typed = []
        """Keys so far: (name of the key or text, seconds on a clock that never steps)."""

    def __enter__(self):
        self.speakers = PulseRoom(_made(self.folder / "pulse"))
        self._stack.callback(self.speakers.close)
        for name in (MUSIC, STAFF, ROOM):
            self.speakers.plug(name)
        self.screen = self._stack.enter_context(Screen(self.size))
        self.devices = tuple(self._simulated(name) for name in ("nonin", "suntech"))
        self.environment = {
            **self.speakers.environment,
            "DISPLAY": self.screen.display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(_made(self.folder / "home")),
            "XDG_DATA_HOME": str(_made(self.folder / "data")),
            "XDG_STATE_HOME": str(_made(self.folder / "state")),
            "XDG_CONFIG_HOME": str(_made(self.folder / "config")),
        }
        if self._settings:
            settings = _made(self.folder / "config" / "kapmonitor") / "kapmonitor.toml"
            settings.write_text(self._settings)
        return self

    def __exit__(self, *_):
        self._stack.close()

    def _simulated(self, name):
        program = self._stack.enter_context(
            Program("simulate", name, "--port", f"pty:{self.folder / name}", env={"HOME": str(self.folder)})
        )
        device = program.first_line()
        return device + self._cuff if name == "suntech" else device

    def command(self, *words, said=None):
        """`kapmonitor WORDS` to its end on this room's computer: (exit status, output and errors)."""
        done = subprocess.run(
            [sys.executable, "-m", "kapmonitor", *map(str, words)],
            cwd=ROOT,
            input=said,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
            env={**os.environ, **self.environment},
        )
        return done.returncode, done.stdout + done.stderr

    def console(self, *words):
        """Start the console; it is on the screen when this returns."""
        given = [word for device in self.devices for word in ("--device", device)]
        outputs = ("--output", MUSIC, "--staff-output", STAFF, "--room-output", ROOM)
        program = self._stack.enter_context(Program(*given, *outputs, *words, env=self.environment))
        self.program = program
        self._fill_screen()
        return program

    def _fill_screen(self):
        """No window manager is there: the window gets the whole screen and the keys."""
        found = ""
        limit = time.monotonic() + PATIENCE_S
        while not found:
            assert time.monotonic() < limit, self.program.errors[-5:]
            assert self.program.process.poll() is None, self.program.errors[-5:]
            found = self._xdotool("search", "--onlyvisible", "--name", "kapmonitor", check=False).strip()
            time.sleep(0.2)
        window = found.splitlines()[0]
        width, height = self.size.split("x")
        self._xdotool("windowmove", window, "0", "0", "windowsize", window, width, height)
        self._xdotool("windowfocus", window)

    # What somebody does

    def key(self, *keys, down_s=0.0):
        """Press these keys one after another, as xdotool names them; each is held for `down_s`."""
        for key in keys:
            self.typed.append((key, time.monotonic()))
            if down_s:
                self._xdotool("keydown", key)
                time.sleep(down_s)
                self._xdotool("keyup", key)
            else:
                self._xdotool("key", key)
            time.sleep(0.05)

    def type(self, text):
        """Type a text."""
        self.typed.append((text, time.monotonic()))
        self._xdotool("type", "--delay", "8", text)
        time.sleep(0.1)

    def picture(self, name):
        """The whole screen as a PNG file."""
        path = self.pictures / f"{name}-{self.size}.png"
        words = ["import", "-display", self.screen.display, "-window", "root", str(path)]
        subprocess.run(words, check=True, timeout=30)
        return path

    # What came of it

    @property
    def record(self):
        """The newest record."""
        found = sorted(self.records.glob("*.kap"), key=lambda path: path.stat().st_mtime)
        return found[-1] if found else None

    def state(self):
        """The session as its record tells it now."""
        state = SessionState()
        for stamped in self.events():
            state = fold(state, stamped)
        return state

    def events(self, *kinds):
        """Events on disk, of these kinds."""
        try:
            with RecordReader(self.record) as reader:
                stamped = [row.stamped for row in reader.events()]
        except (RecordError, AttributeError, OSError):
            return []
        return [one for one in stamped if not kinds or isinstance(one.event, kinds)]

    def until(self, wanted, what, patience_s=PATIENCE_S):
        """What `wanted(state)` gives, once it is true."""
        limit = time.monotonic() + patience_s
        while time.monotonic() < limit:
            found = wanted(self.state())
            if found:
                return found
            assert self.program.process.poll() is None, (what, self.program.errors[-5:])
            time.sleep(0.15)
        self.picture("not-seen")
        raise AssertionError(f"not seen: {what}")

    def _xdotool(self, *words, check=True):
        env = {**os.environ, "DISPLAY": self.screen.display}
        done = subprocess.run(
            ["xdotool", *words], env=env, capture_output=True, text=True, timeout=30, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
