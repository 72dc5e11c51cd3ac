"""A playlist's file: only files are opened, links are followed, and its rights are kept."""

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from kapmonitor.errors import ConfigError
from playlists import keeping, store
from playlists.model import Playlist, Section, Track
from playlists.reading import LARGEST_BYTES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no such files")

LIST = Playlist("Evening", (Section("Peak", (Track(Path("/music/a.flac"), "A", 60.0),)),))


def within_seconds(what):
    """What it raised; a failure if it waits."""
    found = []

    def work():
        try:
            found.append(what())
        except ConfigError as why:
            found.append(why)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(5)
    assert found, "it waits"
    return found[0]


@pytest.mark.parametrize("name", ["p.xspf", "p.m3u", "p.toml"])
@pytest.mark.parametrize("act", [store.load, keeping.open_list])
def test_a_pipe_is_refused_and_not_waited_for(tmp_path, name, act):
    os.mkfifo(tmp_path / name)
    assert "a pipe or a device" in str(within_seconds(lambda: act(tmp_path / name)))


def test_a_pipe_is_not_saved_over(tmp_path):
    path = tmp_path / "p.xspf"
    os.mkfifo(path)
    assert "a pipe or a device" in str(within_seconds(lambda: keeping.stamp(path)))
    assert "a pipe or a device" in str(within_seconds(lambda: keeping.save(path, LIST, keeping.NOT_THERE)))
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/null"])
def test_a_device_behind_a_link_is_refused(tmp_path, device):
    (tmp_path / "z.m3u").symlink_to(device)
    (tmp_path / "z.xspf").symlink_to(device)
    for act in (lambda: store.load(tmp_path / "z.m3u"), lambda: keeping.open_list(tmp_path / "z.xspf")):
        assert "a pipe or a device" in str(within_seconds(act))


def test_a_pipe_that_takes_the_place_of_the_file_at_that_moment_is_not_waited_for(tmp_path, monkeypatch):
    path = tmp_path / "p.m3u"
    path.write_text("a.flac\n")
    really = os.open

    def swapped(name, *others):
        path.unlink()
        os.mkfifo(path)
        return really(name, *others)

    monkeypatch.setattr("kapmonitor.regular.os.open", swapped)
    assert "a pipe or a device" in str(within_seconds(lambda: store.load(path)))


def test_a_large_file_is_not_read_whole(tmp_path):
    path = tmp_path / "film.xspf"
    with path.open("wb") as file:
        file.truncate(100 * LARGEST_BYTES)
    with pytest.raises(ConfigError, match="a playlist of at most 4000000 bytes"):
        keeping.stamp(path)


def test_saving_follows_a_link_and_keeps_it(tmp_path):
    kept = tmp_path / "kept" / "evening.xspf"
    kept.parent.mkdir()
    link = tmp_path / "link.xspf"
    link.symlink_to(kept)
    stamp = keeping.save(link, LIST, keeping.NOT_THERE)
    assert link.is_symlink()
    assert keeping.save(link, LIST, stamp) == stamp == keeping.stamp(kept)
    assert [entry.name for entry in kept.parent.iterdir()] == ["evening.xspf"]


def test_a_new_playlist_may_be_read_by_whom_the_system_says_and_an_old_one_by_whom_it_could(tmp_path):
    path = tmp_path / "evening.xspf"
    before = os.umask(0o027)
    try:
        stamp = keeping.save(path, LIST, keeping.NOT_THERE)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        path.chmod(0o664)
        keeping.save(path, LIST, stamp)
        assert stat.S_IMODE(path.stat().st_mode) == 0o664
    finally:
        os.umask(before)


def test_a_name_as_long_as_names_can_be_is_saved(tmp_path):
    path = tmp_path / f"{'n' * 250}.xspf"
    assert keeping.save(path, LIST, keeping.NOT_THERE) == keeping.stamp(path)
