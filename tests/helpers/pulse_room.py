"""A PulseAudio server of one's own with two unreal speakers, and a recorder on what they play."""

import os
import shutil
import subprocess
import time
from contextlib import suppress

import numpy as np

TOOLS = ("pulseaudio", "pactl", "parec")


def missing_tools():
    """The programs that this needs and that are not there."""
    return [tool for tool in TOOLS if shutil.which(tool) is None]


class PulseRoom:
    """Speakers 'Room' and 'Staff' of a private server in `folder`; `environment` is what a client needs."""

    def __init__(self, folder):
        self.folder = folder
        folder.chmod(0o700)
        self.environment = {"XDG_RUNTIME_DIR": str(folder), "PULSE_SERVER": f"unix:{folder}/native"}
        self._env = {**os.environ, **self.environment, "HOME": str(folder)}
        self._server = subprocess.Popen(
            [
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                f"--log-target=file:{folder}/log",
                "-L",
                f"module-native-protocol-unix socket={folder}/native auth-anonymous=1",
            ],
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._modules = {}
        end = time.monotonic() + 20
        while not self._pactl("info", check=False):
            assert time.monotonic() < end, "pulseaudio did not start"
            time.sleep(0.1)

    def plug(self, name):
        """Add a speaker."""
        made = self._pactl(
            "load-module",
            "module-null-sink",
            "norewinds=1",
            "rate=48000",
            f"sink_name={name.lower()}",
            f"sink_properties=device.description={name}",
        )
        self._modules[name] = made.strip()

    def unplug(self, name):
        """Take a speaker away, whoever uses it."""
        self._pactl("unload-module", self._modules.pop(name))

    def record(self, name):
        """Record what a speaker plays until `stop()` of what is returned."""
        return Recording(self._env, self.folder / f"{name}.raw", f"{name.lower()}.monitor")

    def close(self):
        self._server.terminate()
        self._server.wait(10)

    def _pactl(self, *words, check=True):
        done = subprocess.run(
            ["pactl", *words], env=self._env, capture_output=True, text=True, timeout=20, check=False
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout if done.returncode == 0 else ""


class Recording:
    """A running parec."""

    def __init__(self, env, path, source):
        self.path = path
        self._process = subprocess.Popen(
            [
                "parec",
                "-d",
                source,
                "--format=float32le",
                "--rate=48000",
                "--channels=2",
                "--latency-msec=20",
                path,
            ],
            env=env,
            stderr=subprocess.DEVNULL,
        )

    def wait(self, seconds, limit_s=30):
        """Wait until that much has been recorded."""
        end = time.monotonic() + limit_s
        while not self.path.exists() or self.path.stat().st_size < seconds * 48_000 * 8:
            assert time.monotonic() < end, "nothing is recorded"
            time.sleep(0.02)

    def stop(self):
        """What was recorded, shape (n, 2)."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        data = np.fromfile(self.path, dtype="<f4")
        return data[: data.size // 2 * 2].reshape(-1, 2)
