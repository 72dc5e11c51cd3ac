"""The command line. Parsing imports nothing heavy; each command loads what it needs."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kapmonitor import __version__
from kapmonitor.commandline import (
    coursewords,
    exportwords,
    forgetwords,
    importwords,
    playlist_arguments,
    signwords,
    streams,
)
from kapmonitor.commandline.parsing import alarm_outputs, command, rate, screenshot, seconds, speed
from kapmonitor.errors import KapError

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Arguments, Commands

AID = "This console is an aid. The bedside monitor stays the first alarm."
OUT_HELP = (
    "the record, a new file, or one whose session was interrupted, to go on with it; "
    "a new name in the records folder if left out"
)
DEVICE_HELP = "DRIVER@ADDRESS[?key=value], such as suntech@/dev/ttyUSB0 or nonin@socket://127.0.0.1:5331"
NO_COMMANDS_MUSIC = "--playlist is the music of the console's session; no command takes it, the demo neither"
ROLES = ("nurse", "therapist", "prescriber", "admin")
ROUTES = ("iv", "im", "in", "sl")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; exit status 0 done, 1 the answer is no, 2 wrong use or unreadable input."""
    streams.prepare()
    try:
        _check_packages()
        arguments = parser().parse_args(argv)
        if arguments.module != "console" and arguments.playlist is not None:
            return _failed(NO_COMMANDS_MUSIC)
        module = importlib.import_module(f"kapmonitor.commandline.{arguments.module}")
        status = int(module.run(arguments))
        streams.finish()
    except KapError as error:
        return _failed(str(error))
    except BrokenPipeError:
        streams.let_go_of_output()
        return 0
    except OSError as error:
        streams.let_go_of_output()
        return _failed(f"{error.filename or 'input or output'}: {error.strerror or error}")
    except KeyboardInterrupt:
        _failed("interrupted")
        return 1
    return status


def _failed(message: str) -> int:
    one_line = message.replace("\n", " ")
    print(f"kapmonitor: {streams.harmless(one_line)}", file=sys.stderr)
    return 2


def _check_packages() -> None:
    """Refuse to run when another installed package shadows one of ours."""
    home = Path(__file__).parent.parent
    for name in ("devices", "ui", "playlists"):
        spec = importlib.util.find_spec(name)
        origin = spec.origin if spec is not None else None
        if origin is None or Path(origin).parent.parent != home:
            raise SystemExit(
                f"kapmonitor: the package '{name}' comes from {origin}, not from {home}; "
                "install kapmonitor in an environment of its own"
            )


def parser() -> argparse.ArgumentParser:
    """The whole command line, for --help and for the test that documents it."""
    top = argparse.ArgumentParser(
        prog="kapmonitor",
        description=f"Session console for ketamine-assisted psychotherapy. {AID}",
        epilog="Without a command the console opens. Try: kapmonitor demo",
    )
    top.add_argument("--version", action="version", version=f"kapmonitor {__version__}")
    top.set_defaults(module="console")
    _console(top)
    commands = top.add_subparsers(title="commands", metavar="COMMAND")
    for add in (
        _demo,
        _replay,
        _record,
        _devices,
        _simulate,
        _capture,
        _decode,
        _verify,
        exportwords.add,
        coursewords.add,
        importwords.add,
        signwords.add,
        _people,
        _rehearse,
        _rerun,
        _audio,
        _config,
        playlist_arguments.add,
        _vault,
        forgetwords.add,
    ):
        add(commands)
    return top


def _console(top: argparse.ArgumentParser) -> None:
    session = top.add_argument_group("the console's session")
    session.add_argument("--device", action="append", default=[], metavar="DEVICE", help=DEVICE_HELP)
    session.add_argument(
        "--look",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="one more place to look for devices, such as socket://10.0.0.9:5331; ports are looked at anyway",
    )
    session.add_argument("--out", metavar="PATH", help=OUT_HELP)
    session.add_argument(
        "--protocol", metavar="TOML", help="how the clinic runs a session; our own example if left out"
    )
    session.add_argument("--limits", metavar="TOML", help="the clinic's limits; the example ones if left out")
    session.add_argument(
        "--playlist",
        metavar="FILE",
        help="the music; our own example if left out. No command takes it: the demo plays the example",
    )
    session.add_argument("--output", default="", metavar="NAME", help="the sound output for the music")
    alarm_outputs(session)
    session.add_argument(
        "--sounding", metavar="TOML", help="when and how loudly alarms are heard; our own plan if left out"
    )
    session.add_argument("--person", default="", metavar="NUMBER", help="the person's record number")
    session.add_argument("--initials", default="", metavar="XX", help="the person's initials")
    session.add_argument("--author", default="", metavar="XX", help="initials of who takes notes")
    screenshot(session)
    _after(session)


def _demo(commands: Commands) -> None:
    demo = command(
        commands,
        "demo",
        "the console on simulated devices that speak their real bytes over real links",
        "kapmonitor demo --scenario hypertensive --speed 4",
    )
    demo.add_argument("--scenario", default="quiet", metavar="NAME", help="what happens (default: quiet)")
    demo.add_argument("--route", choices=ROUTES, default="im", help="how the dose is given (default: im)")
    demo.add_argument("--seed", type=int, default=7, metavar="N", help="which simulated person (default: 7)")
    demo.add_argument("--speed", type=speed, default=1.0, metavar="N", help="times real time, 1 to 60")
    screenshot(demo)
    _after(demo)


def _replay(commands: Commands) -> None:
    replay = command(
        commands,
        "replay",
        "play a record back in the same dashboard; never sounds an alarm, never opens a device",
        "kapmonitor replay session.kap --at T+20:00",
    )
    replay.add_argument(
        "record",
        nargs="+",
        metavar="RECORD",
        help="session records (.kap), all open; the first is seen",
    )
    replay.add_argument("--at", metavar="T+MM:SS", help="where to begin, from the first dose or the start")
    exportwords.asking(replay)
    screenshot(replay)


def _after(command: Arguments) -> None:
    command.add_argument(
        "--after", type=seconds, default=None, metavar="SECONDS", help="save the screenshot after this long"
    )


def _record(commands: Commands) -> None:
    record = command(
        commands,
        "record",
        "record devices without a window; lines on standard input become notes",
        "kapmonitor record --device nonin@/dev/ttyUSB0 --for 3600 --out session.kap",
    )
    record.add_argument("--device", action="append", default=[], metavar="DEVICE", help=DEVICE_HELP)
    record.add_argument("--out", metavar="PATH", help=OUT_HELP)
    record.add_argument("--for", dest="seconds", type=seconds, metavar="SECONDS", help="stop after this long")
    record.add_argument("--note", action="append", default=[], metavar="TEXT", help="a note at the start")
    record.add_argument(
        "--wire-only",
        action="store_true",
        help="record the devices' bytes alone, no numbers, waves and alarms; raw@PORT?baud=9600 is then a "
        "device without a driver",
    )


def _capture(commands: Commands) -> None:
    capture = command(
        commands,
        "capture",
        "cut one device's bytes out of a record, without what tells who and when, for a bug report",
        "kapmonitor capture session.kap --device nonin --from T+20:00 --for 60 --out nonin.kapcap",
    )
    capture.add_argument("record", metavar="RECORD", help="a session record (.kap), also an interrupted one")
    capture.add_argument("--device", default="", metavar="ID", help="which of the record's devices")
    capture.add_argument(
        "--from",
        dest="begin",
        metavar="T+MM:SS|SECONDS",
        help="where to begin: from the first dose or the start, or seconds from the start",
    )
    capture.add_argument("--for", dest="seconds", type=seconds, metavar="SECONDS", help="how much")
    capture.add_argument("--out", required=True, metavar="FILE", help="the capture file (.kapcap), a new one")


def _devices(commands: Commands) -> None:
    devices = command(
        commands,
        "devices",
        "drivers with transports, metrics and evidence; what is plugged in or in range; check one device",
        "kapmonitor devices check nonin@/dev/ttyUSB0",
    )
    devices.add_argument("action", nargs="?", choices=("list", "scan", "check"), default="list")
    devices.add_argument("target", nargs="?", metavar="DEVICE", help=f"for check: {DEVICE_HELP}")
    devices.add_argument("--json", action="store_true", help="answer in JSON")


def _simulate(commands: Commands) -> None:
    simulate = command(
        commands,
        "simulate",
        "a simulated device; its first line is the DEVICE to connect to",
        "kapmonitor simulate nonin --port pty",
    )
    simulate.add_argument("driver", metavar="DRIVER", help="a driver id, see kapmonitor devices")
    simulate.add_argument(
        "--port", metavar="pty|tcp:PORT", help="where it listens (default: pty, else tcp:0)"
    )
    simulate.add_argument("--scenario", default="quiet", metavar="NAME", help="what happens (default: quiet)")
    simulate.add_argument(
        "--seed", type=int, default=7, metavar="N", help="which simulated person (default: 7)"
    )
    simulate.add_argument("--fault", metavar="NAME", help="what goes wrong, such as bitflip or sensor-off")
    simulate.add_argument("--serial", metavar="TEXT", help="the serial number that the device tells")


def _decode(commands: Commands) -> None:
    decode = command(
        commands,
        "decode",
        "a capture file, or raw bytes, to JSON lines; Bluetooth drivers take raw lines 'UUID hex'",
        "kapmonitor decode nonin.kapcap, or kapmonitor decode --driver nonin bytes.bin",
    )
    decode.add_argument(
        "--driver", metavar="ID", help="a driver id, see kapmonitor devices; a capture file names its own"
    )
    decode.add_argument("file", metavar="FILE|-", help="the capture file or bytes, - for standard input")
    decode.add_argument(
        "--rate",
        type=rate,
        metavar="HZ",
        help="raw bytes (Bluetooth: lines) a second, from which times are counted; default: the line's speed",
    )


def _verify(commands: Commands) -> None:
    verify = command(
        commands,
        "verify",
        "whether records are intact, interrupted or damaged, and what is missing",
        "kapmonitor verify session.kap",
    )
    verify.add_argument("record", nargs="+", metavar="RECORD", help="session records (.kap)")
    verify.add_argument("--json", action="store_true", help="answer in JSON")


def _people(commands: Commands) -> None:
    people = command(
        commands,
        "people",
        "who works on this computer: list, add, another PIN, turn off; PINs are asked for or read from "
        "standard input, an admin's first",
        "kapmonitor people add berg --name 'Ann Berg' --initials AB --role nurse --by admin",
    )
    people.add_argument("action", nargs="?", choices=("list", "add", "pin", "off"), default="list")
    people.add_argument("user", nargs="?", metavar="ID", help="whom to add, give another PIN, turn off")
    people.add_argument("--name", default="", help="the full name, for add")
    people.add_argument("--initials", default="", metavar="XX", help="the initials, for add")
    people.add_argument("--role", choices=ROLES, help="what the person is here, for add")
    people.add_argument("--by", default="", metavar="ID", help="the admin who adds, turns off, renews")
    people.add_argument(
        "--forgotten", action="store_true", help="for pin: a new key and PIN, as the old PIN is not known"
    )
    people.add_argument("--json", action="store_true", help="answer in JSON")


def _audio(commands: Commands) -> None:
    audio = command(
        commands,
        "audio",
        "list the sound outputs, say which would sound alarms, play the check tone on each",
        "kapmonitor audio --staff-output Earpiece --room-output Speakers",
    )
    alarm_outputs(audio)
    audio.add_argument("--output", default="", metavar="NAME", help="the sound output for the music")
    audio.add_argument("--list", action="store_true", help="list only, play nothing")
    audio.add_argument("--json", action="store_true", help="answer in JSON")


def _vault(commands: Commands) -> None:
    vault = command(
        commands,
        "vault",
        "encryption of this computer's records: set it up, its status, open a record from elsewhere, another "
        "passphrase; secrets are asked for or read from standard input",
        "kapmonitor vault setup",
    )
    actions = ("status", "setup", "recover", "passphrase")
    vault.add_argument("action", nargs="?", choices=actions, default="status")
    vault.add_argument("record", nargs="?", metavar="RECORD", help="for recover: a session record (.kap)")
    vault.add_argument(
        "--recovery", metavar="AGE1...", help="for setup: the clinic's public key; a new pair if left out"
    )


def _config(commands: Commands) -> None:
    config = command(
        commands,
        "config",
        "where this computer's settings are, each with where it comes from; check a clinic's file",
        "kapmonitor config check protocol.toml",
    )
    config.set_defaults(action="show")
    config.add_argument("--json", action="store_true", help="answer in JSON")
    actions = config.add_subparsers(title="what", metavar="path|show|check")
    for action, text in (
        ("path", "where this computer's settings are"),
        ("show", "every setting with its value and where it comes from (this is done without a word, too)"),
        ("check", "whether a protocol, limits, a playlist or settings are right, and every mistake in them"),
    ):
        told = actions.add_parser(action, help=text, description=f"{text[0].upper()}{text[1:]}.")
        told.set_defaults(action=action)
        told.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer in JSON")
        if action == "check":
            told.add_argument("file", metavar="FILE", help="the file (TOML)")


def _rehearse(commands: Commands) -> None:
    rehearse = command(
        commands,
        "rehearse",
        "what would have alarmed in records under other limits, when and how often, and what would be missed",
        "kapmonitor rehearse session.kap --limits clinic.toml",
    )
    rehearse.add_argument("record", nargs="+", metavar="RECORD", help="session records (.kap)")
    rehearse.add_argument(
        "--limits",
        required=True,
        metavar="FILE",
        help="the limits to try (TOML); example and baseline-example are ours",
    )
    rehearse.add_argument("--json", action="store_true", help="answer in JSON")


def _rerun(commands: Commands) -> None:
    rerun = command(
        commands,
        "rerun",
        "decode a record's bytes and run its alarms again with this version, and compare with what it holds",
        "kapmonitor rerun session.kap",
    )
    rerun.add_argument("record", metavar="RECORD", help="a session record (.kap)")
    rerun.add_argument("--json", action="store_true", help="answer in JSON")
