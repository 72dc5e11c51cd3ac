"""What `kapmonitor sign` is told on the command line; nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kapmonitor.commandline.parsing import command

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Commands

MEANINGS: Final = ("author", "reviewer", "witness")


def add(commands: Commands) -> None:
    """Give the command line this command."""
    sign = command(
        commands,
        "sign",
        "sign a closed record with your PIN, which is asked for or read from standard input",
        "kapmonitor sign session.kap --as berg --meaning reviewer",
    )
    sign.add_argument("record", metavar="RECORD", help="a closed session record (.kap)")
    sign.add_argument("--as", dest="user", required=True, metavar="ID", help="who signs")
    sign.add_argument("--meaning", required=True, choices=MEANINGS, help="what the signature says")
