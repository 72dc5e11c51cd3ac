"""What `kapmonitor import` is told on the command line; nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kapmonitor.commandline.parsing import command

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Commands

FORMATS: Final = ("csv", "edf", "vital")


def add(commands: Commands) -> None:
    """Give the command line this command."""
    words = command(
        commands,
        "import",
        "a file of another program as a record to compare with, marked as imported; whole or not at all",
        "kapmonitor import case.vital --out case.kap",
    )
    words.set_defaults(module="importing")
    words.add_argument("file", metavar="FILE", help="the file: VitalDB .vital, EDF or EDF+, CSV")
    words.add_argument(
        "--from",
        dest="kind",
        choices=FORMATS,
        default="",
        help="its format; left out, how the file begins says it",
    )
    words.add_argument(
        "--mapping",
        metavar="TOML",
        help="what its columns or tracks are, and its time zone; see docs/imports.md",
    )
    words.add_argument("--out", required=True, metavar="RECORD", help="the record (.kap), a new file")
