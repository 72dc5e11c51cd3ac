"""A program whose wall clock is set while it runs; its monotonic clocks are the computer's."""

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

PLACES = ("usr/lib/*/faketime/libfaketimeMT.so.1", "usr/local/lib/faketime/libfaketimeMT.so.1")


@cache
def library():
    """libfaketime of the distribution, installed if it is missing and may be; None if it is not to be had."""
    with FileLock(Path(tempfile.gettempdir()) / "kapmonitor-libfaketime.lock"):  # tests run side by side
        found = _found()
        if found is None and shutil.which("apt-get") and os.geteuid() == 0:
            words = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "libfaketime"]
            subprocess.run(words, check=False, capture_output=True, timeout=120)
            found = _found()
    return found


def _found():
    return next((path for place in PLACES for path in Path("/").glob(place)), None)


class WallClock:
    """What the programs that get `env` think the time of day is."""

    def __init__(self, folder):
        self._offset = folder / "faketime"
        self.set(0.0)
        self.env = {
            "LD_PRELOAD": str(library()),
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "TZ": "UTC",
        }

    def set(self, ahead_s):
        """It is so far ahead of the computer's from now on."""
        new = self._offset.with_suffix(".new")
        new.write_text(f"{ahead_s:+.3f}s\n")
        new.replace(self._offset)
        self.ahead_s = ahead_s
