"""Files that somebody names: a pipe or a device in their place is refused and not waited for."""

import os
import sys
from pathlib import Path

import pytest

from kapmonitor.config.check import check
from kapmonitor.config.load import load_protocol, load_settings
from kapmonitor.errors import ConfigError
from kapmonitor.foreign import mapping
from kapmonitor.regular import NO_FILE, beginning
from kapmonitor.rehearse import read_limits
from kapmonitor.show_session import _sound_plan

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes among files on Windows")


@pytest.fixture(params=["pipe", "/dev/zero", "/dev/null", "folder"])
def named(request, tmp_path):
    path = tmp_path / "a.toml"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "folder":
        path.mkdir()
    else:
        path.symlink_to(request.param)
    return path


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "read",
    [
        load_settings,
        load_protocol,
        lambda path: read_limits(str(path)),
        lambda path: _sound_plan(str(path)),
        mapping.read_mapping,
    ],
)
def test_what_is_no_file_is_named_and_not_waited_for(named, read):
    with pytest.raises(ConfigError, match=NO_FILE):
        read(named)


@pytest.mark.timeout(20)
def test_a_check_of_what_is_no_file_says_so(named):
    words = "a folder with music in it" if named.is_dir() else NO_FILE
    with pytest.raises(ConfigError, match=words):
        check(named)


def test_no_more_is_read_than_asked_for(tmp_path):
    path = tmp_path / "long"
    path.write_bytes(bytes(1000))
    assert len(beginning(path, 10)) == 10
    assert len(beginning(path, 2000)) == 1000
    with pytest.raises(FileNotFoundError):
        beginning(Path(tmp_path / "none"), 1)
