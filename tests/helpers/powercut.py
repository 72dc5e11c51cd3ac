"""What a disk holds after a power cut: built again from the log of powercut_shim.c.

The model is strict. What was written to a file survives once that file was synced, a new or removed name
once its folder was. Of anything later nothing survives, or (`later`) any sectors of it do, in any order, as a
drive with a cache may leave them. What other processes do to the files is not seen.
"""

import json
import random
import shutil
import struct
import subprocess
import sys
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

SHIM = Path(__file__).with_name("powercut_shim.c")
HEAD = struct.Struct("<IIQIQ")
SECTOR = 512
WRITE, TRUNCATE, SYNC, UNLINK, CREATE, SAID, RENAME = range(1, 8)
NOT_KEPT = ("-shm", ".lock")
"""Shared memory and locks mean nothing after a restart."""


def compiler():
    """What compiles the shim here; None where nothing does, or where the system is not Linux."""
    return shutil.which("cc") if sys.platform == "linux" else None


def compiled(folder):
    """The shim as a library."""
    library = folder / "powercut_shim.so"
    words = [compiler(), "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl", "-lpthread"]
    subprocess.run(words, check=True)
    return library


def watched(library, folder, log):
    """The environment of a program whose writes under `folder` are logged."""
    return {"LD_PRELOAD": str(library), "SHIM_DIR": str(folder), "SHIM_LOG": str(log)}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the program did."""

    op: int
    path: str
    offset: int
    data: bytes
    t_ns: int


def steps(log):
    """The log; a last record that was cut off by a kill is left out."""
    raw, at, found = log.read_bytes(), 0, []
    while at + HEAD.size <= len(raw):
        op, path_length, offset, length, t_ns = HEAD.unpack_from(raw, at)
        at += HEAD.size
        end = at + path_length + (length if op in {WRITE, SAID, RENAME} else 0)
        if end > len(raw):
            break
        path = raw[at : at + path_length].decode()
        found.append(Step(op, path, offset, raw[at + path_length : end], t_ns))
        at = end
    return found


def said(done):
    """What had been said by then, as far as it is whole lines of JSON."""
    text = b"".join(step.data for step in done if step.op == SAID).decode()
    return [json.loads(line) for line in text.split("\n")[:-1] if line.startswith("{")]


@dataclass(slots=True)
class _File:
    """What is surely on the disk, and what was written since."""

    synced: bytearray = field(default_factory=bytearray)
    later: list[Step] = field(default_factory=list)

    def content(self, rng):
        """After a cut; without `rng` nothing of what came later, else any of it."""
        content = bytearray(self.synced)
        for step in self.later if rng is not None else ():
            for piece in _sectors(step):
                if rng.random() < 0.5:
                    _apply(content, piece)
        return bytes(content)


class Disk:
    """A folder, as its disk has it: names of files, and the files they stand for."""

    def __init__(self, folder):
        self.folder = folder
        self.now = {
            str(path): _File(bytearray(path.read_bytes()))
            for path in sorted(folder.iterdir())
            if not path.name.endswith(NOT_KEPT)
        }
        self.synced = dict(self.now)

    def copy(self):
        """The same, to do something else with."""
        return deepcopy(self)

    def do(self, step):
        """The program did this."""
        if step.path.endswith(NOT_KEPT):
            return
        match step.op:
            case _ if step.op == SYNC and step.path.rstrip("/") == str(self.folder):
                self.synced = dict(self.now)
            case 1 | 2 if step.path in self.now:
                self.now[step.path].later.append(step)
            case 3 if step.path in self.now:
                file = self.now[step.path]
                for each in file.later:
                    _apply(file.synced, each)
                file.later = []
            case 4:
                self.now.pop(step.path, None)
            case 5:
                self.now[step.path] = _File()
            case 7:
                self.now[step.data.decode()] = self.now.pop(step.path)

    def after_cut(self, later=None):
        """What is found once there is power again: {path: content}."""
        names = self.synced if later is None or later.random() < 0.5 else self.now
        return {path: file.content(later) for path, file in names.items()}


def lay_out(found, folder):
    """Put what was found into a folder, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in found.items():
        (folder / Path(path).name).write_bytes(content)


def cut(disk, done, rng: random.Random):
    """Both that a cut after these steps may leave: only what was synced, and that with some of the rest."""
    disk = disk.copy()
    for step in done:
        disk.do(step)
    return disk.after_cut(), disk.after_cut(rng)


def _sectors(step):
    """A write as the sectors it touches; a truncation is one piece."""
    if step.op == TRUNCATE:
        yield step
        return
    at, end = step.offset, step.offset + len(step.data)
    while at < end:
        upto = min(end, at - at % SECTOR + SECTOR)
        yield Step(WRITE, step.path, at, step.data[at - step.offset : upto - step.offset], step.t_ns)
        at = upto


def _apply(content, step):
    if step.op == TRUNCATE:
        del content[step.offset :]
        content.extend(bytes(step.offset - len(content)))
        return
    end = step.offset + len(step.data)
    content.extend(bytes(max(0, step.offset - len(content))))
    content[step.offset : end] = step.data
