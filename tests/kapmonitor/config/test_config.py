"""`kapmonitor config`, and what the console takes from settings and protocol."""

import json
from pathlib import Path

import pytest

from kapmonitor.cli import main, parser
from kapmonitor.commandline.settled import chosen_records_folder, settle
from kapmonitor.config.check import Kind, check
from kapmonitor.config.load import load_settings, read_text
from kapmonitor.errors import ConfigError
from kapmonitor.protocol.shipped import example_path
from kapmonitor.settings import Origin
from playlists.store import example_path as example_playlist

DATA = example_path().parent
LIMIT = '[[limit]]\nid = "a"\nof = "spo2"\nside = "low"\nat = 91\npriority = "medium"\n'


@pytest.fixture
def settings(tmp_path, monkeypatch):
    path = tmp_path / "kapmonitor.toml"
    for module in ("kapmonitor.commandline.config", "kapmonitor.commandline.settled"):
        monkeypatch.setattr(f"{module}.settings_file", lambda: path)
    return path


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (example_path(), Kind.PROTOCOL),
        (DATA / "limits-example.toml", Kind.LIMITS),
        (DATA / "limits-baseline-example.toml", Kind.LIMITS),
        (DATA / "sounding-default.toml", Kind.SOUNDING),
        (example_playlist(), Kind.PLAYLIST),
    ],
)
def test_what_ships_is_told_apart_and_right(path, kind):
    first, *others = check(path)
    assert first.kind is kind
    assert not any(checked.mistakes for checked in (first, *others))


def test_path_says_where_the_settings_are_though_there_are_none(settings, capsys):
    assert main(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{settings}\n"
    assert main(["config", "--json", "path"]) == 0
    assert json.loads(capsys.readouterr().out) == {"path": str(settings), "exists": False}


def test_show_tells_each_value_and_its_origin(settings, capsys):
    settings.write_text('[outputs]\nstaff = "Ear"\n[records]\nfolder = "records"\n')
    assert main(["config", "show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["outputs.staff", "Ear", "(file)"] for line in lines)
    assert any(line.split() == ["lock.idle_min", "10", "(default)"] for line in lines)
    assert main(["config", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["records.folder"] == {"value": str(settings.parent / "records"), "origin": "file"}
    assert len(told) == len(lines)


def test_show_of_wrong_settings_names_the_mistake(settings, capsys):
    settings.write_text("[outputs]\nstaf = 1\n")
    assert main(["config"]) == 2
    assert f"{settings}: outputs.staf: not known; did you mean staff?" in capsys.readouterr().err


def test_check_tells_every_mistake_in_a_line_of_its_own(tmp_path, capsys):
    path = write(tmp_path, "p.toml", 'name = "x"\n[pressure]\nevery = 5\n[[tag]]\nkey = 12\nlabel = "A"\n')
    assert main(["config", "check", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [str(path), "pressure.every"],
        [str(path), "tag[1].key"],
    ]
    assert lines[1].endswith("a whole number from 1 to 9; it is 12")
    assert main(["config", "check", "--json", str(path)]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert told["kind"] == "protocol"
    assert told["mistakes"][1] == {
        "key": "tag[1].key",
        "found": "12",
        "allowed": "a whole number from 1 to 9",
    }


def test_check_of_what_is_right_says_so(capsys):
    assert main(["config", "check", str(example_path())]) == 0
    assert capsys.readouterr().out.count("without mistakes") == 2


@pytest.mark.parametrize("text", ["", "a = 1", "x = "])
def test_check_of_what_cannot_be_told_apart_is_a_mistake(tmp_path, capsys, text):
    assert main(["config", "check", str(write(tmp_path, "x.toml", text))]) == 1
    assert ": the file: " in capsys.readouterr().out


def test_check_of_what_cannot_be_read_is_wrong_use(tmp_path, capsys):
    for name in ("nowhere.toml", ".", "bad\0name"):
        assert main(["config", "check", str(tmp_path / name)]) == 2
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    assert main(["config", "check", str(tmp_path / "latin.toml")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 4


def test_every_limit_is_looked_at(tmp_path):
    text = LIMIT.replace("91", '"x"') + LIMIT.replace('"a"', '"b"').replace("spo2", "spo3")
    (checked,) = check(write(tmp_path, "l.toml", text))
    assert [mistake.key for mistake in checked.mistakes] == ["limit[0].at", "limit[1].of"]


def test_the_limits_as_a_whole_are_looked_at_too(tmp_path):
    (checked,) = check(write(tmp_path, "l.toml", "nmae = 1\n" + LIMIT.replace("91", '"x"')))
    assert [mistake.key for mistake in checked.mistakes] == ["limit[0].at", "nmae"]


def test_a_track_that_is_not_there_is_a_mistake(tmp_path):
    text = 'title = "T"\n[[section]]\nname = "S"\n[[section.track]]\nfile = "a.flac"\n'
    (checked,) = check(write(tmp_path, "music.toml", text))
    assert [mistake.key for mistake in checked.mistakes] == ["section[1].track[1].file"]


def test_files_that_are_named_are_checked_with_it(tmp_path):
    write(tmp_path, "clinic.toml", 'name = "x"\nlimits = "l.toml"\nplaylist = "none.toml"\n')
    write(tmp_path, "l.toml", LIMIT.replace("91", '"x"'))
    found = check(write(tmp_path, "kapmonitor.toml", '[session]\nprotocol = "clinic.toml"\n'))
    assert [(Path(checked.path).name, [m.key for m in checked.mistakes]) for checked in found] == [
        ("kapmonitor.toml", []),
        ("clinic.toml", ["playlist"]),
        ("l.toml", ["limit[0].at"]),
    ]


def test_a_file_that_names_itself_or_a_wrong_one_is_refused(tmp_path):
    (checked,) = check(write(tmp_path, "kapmonitor.toml", '[session]\nprotocol = "kapmonitor.toml"\n'))
    (mistake,) = checked.mistakes
    assert (mistake.key, mistake.allowed) == ("session.protocol", "a protocol file")


def test_settings_of_no_file_are_the_defaults(tmp_path):
    assert load_settings(tmp_path / "none.toml").staff_output.origin is Origin.DEFAULT


def test_a_file_of_unusual_size_is_not_read(tmp_path):
    with pytest.raises(ConfigError, match="at most"):
        read_text(write(tmp_path, "big.toml", "#" * 1_000_001))


def test_the_command_line_wins_over_settings_and_settings_over_defaults(settings):
    settings.write_text('[outputs]\nstaff = "Ear"\nroom = "Speakers"\n[session]\nauthor = "AB"\n')
    arguments = parser().parse_args(["--staff-output", "Other"])
    held = settle(arguments)
    assert (arguments.staff_output, arguments.room_output, arguments.output) == ("Other", "Speakers", "")
    assert arguments.author == "AB"
    assert (arguments.idle_min, arguments.phones) == (10, ())
    assert held.staff_output.origin is Origin.COMMAND_LINE
    assert held.room_output.origin is Origin.FILE


def test_the_protocol_brings_its_limits_and_its_music(settings, tmp_path):
    (tmp_path / "clinic").mkdir()
    write(tmp_path / "clinic", "p.toml", 'name = "x"\nlimits = "l.toml"\nplaylist = "../m.toml"\n')
    settings.write_text('[session]\nprotocol = "clinic/p.toml"\n')
    arguments = parser().parse_args([])
    settle(arguments)
    assert Path(arguments.limits) == tmp_path / "clinic" / "l.toml"
    assert Path(arguments.playlist).resolve() == tmp_path / "m.toml"
    arguments = parser().parse_args(["--limits", "mine.toml"])
    settle(arguments)
    assert arguments.limits == "mine.toml"


def test_a_wrong_protocol_keeps_the_console_from_opening(settings, tmp_path):
    write(tmp_path, "p.toml", "name = 5\n")
    settings.write_text('[session]\nprotocol = "p.toml"\n')
    with pytest.raises(ConfigError, match=r"p\.toml: name: "):
        settle(parser().parse_args([]))


def test_records_go_where_the_settings_say(settings, tmp_path):
    settings.write_text('[records]\nfolder = "here/records"\n')
    folder = chosen_records_folder(load_settings(settings))
    assert folder == tmp_path / "here" / "records"
    assert folder.is_dir()
