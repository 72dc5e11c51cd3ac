"""What a clinic does to the program without meaning to: each time one line in words, and nothing is lost."""

import json
import os
import re
import signal
import socket
import sys
import time

import pytest
from bad_servers import Server, noise
from fault_parts import damaged_waves, fill, made_bad, notes_of, one_line, shell, small_disk, until
from made_record import make_record
from programs import Program, run

from kapmonitor.record.reader import RecordReader

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and shells of another kind")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="knows where Linux keeps things")


@pytest.fixture(scope="module")
def oximeter():
    with Program("simulate", "nonin", "--port", "tcp:0") as program:
        yield program.first_line()


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return make_record(tmp_path_factory.mktemp("good") / "good.kap")


# the record's place


def test_notes_taken_while_the_disk_is_full_are_saved_once_there_is_room(tmp_path, oximeter):
    with small_disk(tmp_path / "disk") as disk:
        path = disk / "f.kap"
        with Program("record", "--device", oximeter, "--out", path) as recorder:
            recorder.wait_for(lambda line: "oximeter live" in line)
            fill(disk / "fill")
            recorder.wait_for(lambda line: line.endswith("kept in memory only."))
            recorder.say("while full")
            time.sleep(1.5)
            assert not [line for line in recorder.lines if line.endswith("while full")]
            (disk / "fill").unlink()
            recorder.wait_for(lambda line: line.startswith("saved") and line.endswith("while full"))
            assert recorder.end() == 0
            assert recorder.errors == []
        status, out, _ = run("verify", path)
        assert (status, out.splitlines()[0]) == (0, f"{path}: intact")
        assert notes_of(path) == ["while full"]


def test_a_record_that_cannot_be_begun_is_refused_before_any_device_is_opened(tmp_path, oximeter):
    in_the_way = tmp_path / "file"
    in_the_way.write_bytes(b"")
    for out in (in_the_way / "a.kap", tmp_path / ("x" * 300 + ".kap"), tmp_path):
        status, said, errors = run("record", "--device", oximeter, "--for", 1, "--out", out)
        assert (status, said) == (2, "")
        assert str(out) in one_line(errors)


@linux
def test_a_home_where_nothing_can_be_kept_is_one_line(tmp_path):
    home = tmp_path / "home"
    home.write_bytes(b"")
    for words in ("record --device nonin@/dev/nothing", "demo --screenshot x.png"):
        status, out, errors = shell(f"$K {words}", XDG_DATA_HOME=str(home), HOME=str(home))
        assert (status, out) == (2, b"")
        assert "records" in one_line(errors.decode())


# records that are none, or not whole


@posix
@pytest.mark.parametrize(
    ("kind", "verified"),
    [
        ("empty", 1),
        ("noise", 1),
        ("truncated", 1),
        ("of another program", 1),
        ("folder", 2),
        ("pipe", 2),
        ("missing", 2),
    ],
)
def test_what_is_no_record_is_said_in_one_line(tmp_path, record, kind, verified):
    path = made_bad(kind, record, tmp_path / "bad.kap")
    status, out, errors = run("verify", path, timeout_s=60)
    assert status == verified
    if verified == 2:
        assert str(path) in one_line(errors)
        assert out == ""
    else:
        assert errors == ""
        assert f"{path}: damaged" in out
    status, out, errors = run("replay", path, "--screenshot", tmp_path / "r.png", timeout_s=60)
    assert (status, out) == (2, "")
    assert str(path) in one_line(errors)
    assert not (tmp_path / "r.png").exists()


def test_one_record_that_is_not_there_does_not_hide_the_others(tmp_path, record):
    status, out, errors = run("verify", tmp_path / "absent.kap", record)
    assert status == 2
    assert out.splitlines()[0] == f"{record}: intact"
    assert "absent.kap" in one_line(errors)


def test_waves_that_are_damaged_leave_a_gap_in_replay(tmp_path, record):
    path = damaged_waves(record, tmp_path / "d.kap")
    assert run("verify", path)[0] == 1
    status, _, errors = run("replay", path, "--screenshot", tmp_path / "r.png")
    assert (status, errors) == (0, "")
    assert (tmp_path / "r.png").stat().st_size > 20_000


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path, record):
    status, _, errors = run("replay", record, "--screenshot", tmp_path / "no" / "r.png")
    assert status == 2
    assert "r.png" in one_line(errors)
    assert sorted(p.name for p in tmp_path.iterdir()) == []


def test_a_record_killed_in_its_first_second_is_interrupted_and_can_be_looked_at(tmp_path, oximeter):
    path = tmp_path / "k.kap"
    with Program("record", "--device", oximeter, "--out", path) as recorder:
        assert recorder.first_line() == str(path)
        recorder.kill()
    status, out, errors = run("verify", path)
    assert (status, errors) == (1, "")
    assert out.startswith(f"{path}: interrupted")
    status, _, errors = run("replay", path, "--screenshot", tmp_path / "r.png")
    assert (status, errors) == (0, "")


# devices and lines


@pytest.mark.parametrize(
    "text", ["nonin@/dev/x?baud=abc", "nonin@/dev/x?no=1", "ble-heart-rate@C1:00:00:00:00:02?hci=x"]
)
def test_a_wrong_option_is_refused_before_a_record_is_made(tmp_path, text):
    path = tmp_path / "o.kap"
    status, out, errors = run("record", "--device", text, "--for", 1, "--out", path)
    assert (status, out) == (2, "")
    one_line(errors)
    assert not path.exists()


def test_lines_that_are_no_devices_are_named_as_what_they_are(tmp_path):
    wrong_speed = Program("simulate", "nonin", "--port", "tcp:0", "--fault", "wrong-speed")
    with noise() as talking, Server() as leaving, wrong_speed, socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # nobody else gets this port, and nobody answers there
        devices = [
            wrong_speed.first_line(),
            f"nonin@socket://127.0.0.1:{talking.port}",
            f"nonin@socket://127.0.0.1:{leaving.port}",
            f"nonin@socket://127.0.0.1:{deaf.getsockname()[1]}",
            f"nonin@{tmp_path}",
        ]
        words = [word for device in devices for word in ("--device", device)]
        path = tmp_path / "l.kap"
        with Program("record", *words, "--out", path) as recorder:
            recorder.wait_for(
                lambda line: (
                    len(re.findall(r"oximeter(?: \d)? garbled", line)) == 2
                    and "(not found)" in line
                    and "(refused)" in line
                    and line.endswith("recording")
                ),
                60,
            )
            assert recorder.end() == 0
            assert all("SpO2 ---" in line for line in recorder.lines if line.startswith("00:"))
    assert run("verify", path)[0] == 0
    with RecordReader(path) as reader:
        assert [row for row in reader.numerics() if row.value is not None] == []


@posix
def test_the_second_recording_on_a_port_is_told_and_the_first_goes_on(tmp_path):
    with Program("simulate", "nonin", "--port", f"pty:{tmp_path / 'port'}") as simulator:
        device = simulator.first_line()
        with Program("record", "--device", device, "--out", tmp_path / "1.kap") as first:
            first.wait_for(lambda line: "oximeter live" in line)
            status, out, _ = run("record", "--device", device, "--for", 2, "--out", tmp_path / "2.kap")
            assert status == 1
            assert "(in use elsewhere)" in out
            seen = len(first.lines)
            first.wait_for(lambda line: line in first.lines[seen:] and "oximeter live" in line)
            assert first.end() == 0


def test_an_emulated_strap_that_dies_is_found_again(tmp_path):
    pytest.importorskip("bumble")
    path = tmp_path / "b.kap"
    with Program("simulate", "ble-heart-rate", "--port", "tcp:0") as simulator:
        device = simulator.first_line()
        port = device.rpartition(":")[2]
        with Program("record", "--device", device, "--out", path) as recorder:
            recorder.wait_for(lambda line: "heart strap live" in line and "HR ---" not in line)
            simulator.kill()
            recorder.wait_for(lambda line: "heart strap lost" in line)
            lost = len(recorder.lines)
            with Program("simulate", "ble-heart-rate", "--port", f"tcp:{port}"):
                recorder.wait_for(
                    lambda line: line in recorder.lines[lost:] and "heart strap live" in line, 60
                )
                assert recorder.end() == 0
    assert run("verify", path)[0] == 0


def test_a_port_that_is_taken_is_said_by_the_emulated_radio():
    pytest.importorskip("bumble")
    with Server() as taken:
        status, out, errors = run("simulate", "ble-heart-rate", "--port", f"tcp:{taken.port}", timeout_s=60)
    assert (status, out) == (2, "")
    assert str(taken.port) in one_line(errors)


# signals, pipes, streams


@posix
def test_a_signal_while_it_starts_closes_the_record(tmp_path, oximeter):
    path = tmp_path / "g.kap"
    with Program("record", "--device", oximeter, "--out", path) as recorder:
        until(path.exists)
        recorder.process.send_signal(signal.SIGINT)
        assert recorder.process.wait(30) == 0
        until(lambda: recorder.lines[-1:] == [f"closed {path}"])
        assert recorder.errors == []
    assert run("verify", path)[0] == 0


@posix
def test_nothing_on_standard_input_stops_notes_or_the_recording(tmp_path, oximeter):
    path = tmp_path / "i.kap"
    odd = r"printf 'first\n\377\376\033[2J bad\n'"
    long = r"head -c 3000000 /dev/zero | tr '\0' a; echo; echo last"
    text = f"({odd}; {long}; sleep 4) | $K record --device {oximeter} --for 4 --out {path}"
    status, out, errors = shell(text, PYTHONIOENCODING="utf-8:strict")
    assert (status, errors) == (0, b"")
    assert out.count(b"\nsaved ") == 4
    assert b"\033" not in out
    first, bad, *rest = notes_of(path)
    assert first == "first"
    assert bad.endswith("[2J bad")
    assert rest == ["a" * 2000, "last"]


@posix
def test_a_flood_of_notes_is_taken_at_the_pace_of_the_disk(tmp_path, oximeter):
    path = tmp_path / "y.kap"
    # The shell is given up after a minute; two seconds of this are over long before.
    status, out, _ = shell(f"yes | $K record --device {oximeter} --for 2 --out {path}")
    assert status == 0
    assert len(notes_of(path)) >= out.count(b"\nsaved ") > 0
    assert run("verify", path)[0] == 0


@posix
def test_answers_come_also_where_the_terminal_lacks_a_character(tmp_path, oximeter):
    path = tmp_path / "t.kap"
    status, out, errors = shell(
        f"$K record --device {oximeter} --for 1 --out {path} --note 'up → now' < /dev/null",
        PYTHONIOENCODING="ascii",
    )
    assert (status, errors) == (0, b"")
    assert b"saved" in out
    assert b"up \\u2192 now" in out
    assert notes_of(path) == ["up → now"]


@posix
@pytest.mark.parametrize("streams", ["<&- >&- 2>&-", "</dev/null | head -n 1"])
def test_a_recording_outlives_whoever_listened_to_it(tmp_path, oximeter, streams):
    path = tmp_path / "p.kap"
    text = f"set -o pipefail; $K record --device {oximeter} --for 2 --out {path} --note begun {streams}"
    status, _, errors = shell(text)
    assert (status, errors) == (0, b"")
    assert notes_of(path) == ["begun"]
    assert run("verify", path)[0] == 0


@posix
@pytest.mark.parametrize("words", ["devices", "decode --driver nonin noise.bin", "verify {record}"])
def test_answers_into_a_closed_pipe_end_quietly(tmp_path, record, words):
    (tmp_path / "noise.bin").write_bytes(os.urandom(300_000))
    words = words.replace("noise.bin", str(tmp_path / "noise.bin")).format(record=record)
    assert shell(f"set -o pipefail; $K {words} | true")[::2] == (0, b"")


@linux
def test_answers_that_cannot_be_written_are_one_line():
    status, _, errors = shell("$K devices > /dev/full")
    assert status == 2
    one_line(errors.decode())


def test_decode_answers_wrong_files_in_one_line(tmp_path):
    for file in (tmp_path, tmp_path / "absent"):
        status, out, errors = run("decode", "--driver", "nonin", file)
        assert (status, out) == (2, "")
        one_line(errors)
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    status, out, errors = run("decode", "--driver", "ble-heart-rate", empty)
    assert (status, errors) == (0, "")
    assert json.loads(out)["bytes"] == 0


# windows


@linux
def test_a_demo_that_is_left_while_it_is_made_ends_in_order(tmp_path):
    folder = tmp_path / "kapmonitor" / "records" / "demo"
    with Program("demo", env={"XDG_DATA_HOME": str(tmp_path)}) as demo:
        until(lambda: list(folder.glob("*.kap-wal")))
        time.sleep(0.5)
        assert demo.end() == 0
        (path,) = folder.glob("*.kap")
        assert not [line for line in demo.errors if "Traceback" in line or "Error" in line]
    assert run("verify", path)[0] == 0


def test_an_unknown_scenario_is_one_line():
    status, out, errors = run("demo", "--scenario", "nosuch", "--screenshot", "x.png", "--after", 0)
    assert (status, out) == (2, "")
    assert "quiet" in one_line(errors)


@posix
def test_a_session_with_music_that_is_none_goes_on_without_it(tmp_path):
    (tmp_path / "noise.flac").write_bytes(os.urandom(5000))
    files = ("absent.flac", "noise.flac", ".", "x" * 300)
    tracks = "".join(f'[[section.track]]\nfile = "{file}"\n' for file in files)
    playlist = tmp_path / "p.toml"
    playlist.write_text(f'title = "x"\n[[section]]\nname = "s"\nphases = ["peak"]\n{tracks}', "utf-8")
    path = tmp_path / "c.kap"
    with Program("--playlist", playlist, "--out", path) as console:
        until(path.exists)
        time.sleep(2)
        assert console.end() == 0
        assert not [line for line in console.errors if "Traceback" in line or "Error" in line]
    assert run("verify", path)[0] == 0


@posix
def test_limits_that_cannot_be_read_are_said_and_no_session_begins(tmp_path):
    limits = tmp_path / "l.toml"
    limits.write_text("a = " + "[" * 3000, "utf-8")
    path = tmp_path / "c.kap"
    for read_s in (2, 8, 30):  # what it says in its window, nobody sees here: a busy computer gets more time
        with Program("--limits", limits, "--out", path) as console:
            time.sleep(read_s)
            if console.end() == 2:
                break
    assert console.process.returncode == 2
    until(lambda: console.errors)
    assert str(limits) in one_line("\n".join(console.errors))
    assert not path.exists()
