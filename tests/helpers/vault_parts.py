"""Computers with vaults of their own, and what must not be found in their files."""

import os
import stat
from dataclasses import replace
from pathlib import Path

from record_fixtures import CHANNELS, STARTED, T0_NS, UTC0_NS, put_second

from kapmonitor.clock import ManualClock
from kapmonitor.record.writer import RecordWriter
from kapmonitor.session.events import NoteAdded, Stamped
from kapmonitor.vault import age
from kapmonitor.vault.held import HELD
from kapmonitor.vault.home import load_vault, set_up
from kapmonitor.vault.passphrasefile import NAMED_FILE

PASSPHRASE = "seven dry leaves"
NAME = "CanaryPersonOfTheRecord"
INITIALS = "Qz.Xj"
NOTE = "canary note, said with tears"
CANARIES = (NAME, INITIALS, NOTE)
SECRET_STARTED = replace(STARTED, mode="Real", person=NAME, initials=INITIALS)
LONG_ENOUGH_S = 70


class Computers:
    """Switches between computers, each with a data folder and nothing in memory."""

    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self._monkeypatch = monkeypatch

    def use(self, name, *, passphrase_file=False):
        """From now on this is that computer, just switched on."""
        data = self.folder / name
        data.mkdir(exist_ok=True)
        self._monkeypatch.setenv("XDG_DATA_HOME", str(data))
        self._monkeypatch.delenv(NAMED_FILE, raising=False)
        HELD.forget()
        if passphrase_file:
            self._monkeypatch.setenv(NAMED_FILE, str(write_passphrase(data / "passphrase")))

    def set_up(self, name, passphrase=PASSPHRASE):
        """That computer gets a vault; the clinic's recovery identity."""
        self.use(name)
        identity = age.new_identity()
        set_up(passphrase, age.recipient_of(identity))
        return identity


def write_passphrase(path, passphrase=PASSPHRASE):
    path.write_text(passphrase + "\n", "utf-8")
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return path


def begin(path):
    """An encrypted record with canaries in it."""
    clock = ManualClock(T0_NS, UTC0_NS)
    writer = RecordWriter.create(path, Stamped(T0_NS, SECRET_STARTED), clock, load_vault())
    for channel in CHANNELS:
        writer.put(Stamped(T0_NS, channel))
    note = NoteAdded("canary", "text", NOTE, INITIALS, T0_NS)
    writer.put_durable(Stamped(T0_NS, note)).result(10)
    return writer, clock


def make_encrypted(path, seconds=LONG_ENOUGH_S):
    """A closed one."""
    writer, clock = begin(path)
    for second in range(seconds):
        put_second(writer, clock, second)
    writer.close("ended")
    return path


def without_canaries(folder):
    """How many files there are below a folder; AssertionError names the one with something in it."""
    count = 0
    for root, _, names in os.walk(folder):
        for name in names:
            data = Path(root, name).read_bytes()
            count += 1
            for canary in CANARIES:
                for text in (canary.encode(), canary.encode("utf-16-le"), canary.encode().hex().encode()):
                    assert text not in data, (name, canary)
    return count
