"""Whether a folder is a place to keep a record in."""

import os
import time
from pathlib import Path

import pytest

from kapmonitor.awake import Awake
from kapmonitor.housekeeping import facts
from kapmonitor.volume import ENOUGH, Mount, Volume, VolumeKind, kind_of, look_at, sync_ms

KNOWN = (
    Mount("/", "ext4", "rw"),
    Mount("/mnt/clinic", "cifs", "rw"),
    Mount("/mnt/clinic/local", "ext4", "rw"),
    Mount("/media/stick", "vfat", "rw"),
    Mount("/home/kl/remote", "fuse.sshfs", "rw"),
    Mount("/srv/share", "ext4", "rw,remote"),
)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/kl/records", VolumeKind.LOCAL),
        ("/mnt/clinic/records", VolumeKind.NETWORK),
        ("/mnt/clinic/local/records", VolumeKind.LOCAL),
        ("/mnt/clinical", VolumeKind.LOCAL),
        ("/media/stick/kap", VolumeKind.FAT),
        ("/home/kl/remote/x", VolumeKind.NETWORK),
        ("/srv/share", VolumeKind.NETWORK),
        ("/home/kl/OneDrive - Clinic/records", VolumeKind.SYNCED),
        ("/home/kl/Dropbox/records", VolumeKind.SYNCED),
    ],
)
def test_what_a_folder_is_on(folder, kind):
    assert kind_of(Path(folder), KNOWN) is kind


def test_a_folder_of_this_computer_is_tried_out_and_left_as_it_was(tmp_path):
    volume = look_at(tmp_path)
    assert volume.free > 0
    assert 0 < volume.sync_ms < 10_000
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_will_not_do(tmp_path):
    assert sync_ms(tmp_path / "none") is None
    assert not look_at(tmp_path / "none").will_do


@pytest.mark.parametrize(
    ("volume", "will_do"),
    [
        (Volume(VolumeKind.LOCAL, ENOUGH, 5.0), True),
        (Volume(VolumeKind.LOCAL, ENOUGH - 1, 5.0), False),
        (Volume(VolumeKind.LOCAL, ENOUGH, 250.0), False),
        (Volume(VolumeKind.LOCAL, ENOUGH, None), False),
        (Volume(VolumeKind.NETWORK, ENOUGH, 5.0), False),
        (Volume(VolumeKind.LOCAL, None, 5.0), False),
    ],
)
def test_what_will_do(volume, will_do):
    assert volume.will_do is will_do


def test_what_is_shown_of_this_computer(tmp_path):
    found = facts(tmp_path / "a.kap", awake=False)
    assert found.disk_free is not None
    assert found.awake is False


def test_the_computer_is_kept_awake_until_the_session_ends(monkeypatch):
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "1")
    awake = Awake()
    awake.begin()
    assert awake.wait()
    awake.end()
    assert not awake.is_held


def test_a_system_that_cannot_be_kept_awake_is_told(monkeypatch):
    monkeypatch.delenv("WAKEPY_FAKE_SUCCESS", raising=False)
    if "DBUS_SESSION_BUS_ADDRESS" in os.environ:
        pytest.skip("this session has a bus that may well keep it awake")
    awake = Awake()
    awake.begin()
    assert not awake.wait()
    awake.end()


def test_a_system_that_was_never_asked_is_not_waited_for():
    began_s = time.monotonic()
    assert not Awake().wait()
    assert time.monotonic() - began_s < 1.0
