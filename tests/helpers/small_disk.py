"""A disk of twenty megabytes that can be filled to the last byte and made room on again."""

import contextlib
import errno
import os
import subprocess
from pathlib import Path

SIZE_MB = 20


class SmallDisk:
    """A tmpfs of its own under `folder`; unmounted at the end."""

    def __init__(self, folder):
        self.folder = folder / "small"
        self.ballast = self.folder / "ballast"

    def __enter__(self):
        self.folder.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", self.folder]
        subprocess.run(words, check=True, capture_output=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.folder], check=True)

    def fill(self):
        """Not a byte is left; how many there were."""
        taken = 0
        with self.ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        taken += file.write(bytes(size))
        return taken

    def is_full(self):
        """Whether another file finds no room for a byte."""
        probe = self.folder / "probe"
        try:
            probe.write_bytes(b"x")
        except OSError as why:
            return why.errno == errno.ENOSPC
        finally:
            probe.unlink(missing_ok=True)
        return False

    def make_room(self):
        """There is room again."""
        self.ballast.unlink()


def why_not():
    """Why there can be no such disk here; empty if there can."""
    if os.name != "posix" or not Path("/proc/mounts").exists():
        return "only Linux mounts a tmpfs"
    if os.geteuid() != 0:
        return "mounting a tmpfs needs root; `unshare -rm` in front gives that where the system allows it"
    tried = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"],
        check=False,
        capture_output=True,
        text=True,
    )
    return tried.stderr.strip() if tried.returncode else ""
