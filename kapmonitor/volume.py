"""Whether a folder is a place to keep a record in: room, kind of disk, how long a write takes to be safe."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import psutil

ENOUGH: Final = 2_000_000_000
"""Bytes; many times what eight hours of four waves take."""
FAST_MS: Final = 200.0
PROBE: Final = b"\0" * 4096
NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "9p", "ncpfs", "ceph", "glusterfs"}
)
REMOTE: Final = ("fuse.sshfs", "fuse.rclone", "fuse.s3fs", "fuse.gvfsd-fuse", "fuse.davfs")
FAT: Final = frozenset({"vfat", "exfat", "msdos", "fat", "fat32"})
SYNCED: Final = frozenset(
    {"dropbox", "onedrive", "google drive", "googledrive", "icloud drive", "mobile documents", "nextcloud"}
)


class VolumeKind(StrEnum):
    """What a folder is on. Only on a LOCAL one a committed entry survives a power cut."""

    LOCAL = "local"
    NETWORK = "network"
    SYNCED = "synced"
    FAT = "fat"


@dataclass(frozen=True, slots=True)
class Volume:
    """A folder's disk; `sync_ms` is what one small write took until it was safe, None where none was made."""

    kind: VolumeKind = VolumeKind.LOCAL
    free: int | None = None
    sync_ms: float | None = None

    @property
    def will_do(self) -> bool:
        """Whether a session should be kept there."""
        roomy = self.free is not None and self.free >= ENOUGH
        fast = self.sync_ms is not None and self.sync_ms < FAST_MS
        return self.kind is VolumeKind.LOCAL and roomy and fast


@dataclass(frozen=True, slots=True)
class Mount:
    """A place where a disk begins, its kind of file system, and its options."""

    place: str
    fstype: str
    options: str = ""


def look_at(folder: Path) -> Volume:
    """Blocks as long as the disk does."""
    try:
        free: int | None = shutil.disk_usage(folder).free
    except OSError:
        free = None
    return Volume(kind_of(folder.absolute(), mounts()), free, sync_ms(folder))


def mounts() -> tuple[Mount, ...]:
    """The disks of this computer; empty where it does not tell."""
    try:
        found = psutil.disk_partitions(all=True)
    except (OSError, NotImplementedError):
        return ()
    return tuple(Mount(each.mountpoint, each.fstype, each.opts) for each in found)


def kind_of(folder: Path, known: Iterable[Mount]) -> VolumeKind:
    """By the names on the way to the folder, and by the disk that it is on."""
    if SYNCED & {part.lower().split(" - ")[0] for part in folder.parts}:
        return VolumeKind.SYNCED
    own = max(
        (mount for mount in known if folder.is_relative_to(mount.place)),
        key=lambda mount: len(mount.place),
        default=None,
    )
    if own is None:
        return VolumeKind.LOCAL
    fstype = own.fstype.lower()
    if fstype in NETWORK or fstype.startswith(REMOTE) or "remote" in own.options.split(","):
        return VolumeKind.NETWORK
    return VolumeKind.FAT if fstype in FAT else VolumeKind.LOCAL


def sync_ms(folder: Path) -> float | None:
    """How long a small write takes until the disk says that it is safe; None if it cannot be made."""
    try:
        handle, name = tempfile.mkstemp(prefix=".kapmonitor-", dir=folder)
    except OSError:
        return None
    began_s = time.perf_counter()
    try:
        os.write(handle, PROBE)
        os.fsync(handle)
        return (time.perf_counter() - began_s) * 1e3
    except OSError:
        return None
    finally:
        os.close(handle)
        Path(name).unlink(missing_ok=True)
