"""What `kapmonitor export` is told on the command line; nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kapmonitor.commandline.parsing import command

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Arguments, Commands

FORMATS: Final = ("bundle", "csv", "edf", "fhir", "handover", "json", "report")
KEPT: Final = ("names", "initials", "notes", "music")


def add(commands: Commands) -> None:
    """Give the command line this command."""
    export = command(
        commands,
        "export",
        "a record in a format that others read, or as a report to print; whole or not at all",
        "kapmonitor export session.kap --to csv --out session.csv",
    )
    export.add_argument("record", metavar="RECORD", help="a session record (.kap), also an interrupted one")
    export.add_argument("--to", required=True, choices=FORMATS, help="the format")
    export.add_argument(
        "--out",
        metavar="PATH",
        help="the new file; left out, the record's name here with another ending, or without its name",
    )
    export.add_argument(
        "--deidentify",
        action="store_true",
        help="move all dates; leave out names, initials, notes, titles of music, record and serial numbers",
    )
    export.add_argument(
        "--keep", action="append", default=[], choices=KEPT, help="with --deidentify: do not leave these out"
    )
    export.add_argument("--waves", action="store_true", help="csv and json: every sample of the waves, too")
    export.add_argument("--vitals", action="store_true", help="handover: with the vitals")
    asking(export)


def asking(command: Arguments) -> None:
    """Who reads a record and what for, which is put on file."""
    command.add_argument("--as", dest="user", default="", metavar="ID", help="who you are, for the ledger")
    command.add_argument("--purpose", default="", metavar="TEXT", help="what for, for the ledger")
