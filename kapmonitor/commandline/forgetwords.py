"""The words of `kapmonitor forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kapmonitor.commandline.parsing import command

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Commands


def add(commands: Commands) -> None:
    """Put it among the commands."""
    forget = command(
        commands,
        "forget",
        "delete a whole session in two steps, as an admin: the first marks it, the second, days later or by "
        "another admin, deletes record, copies and keys; what stays is a line without names",
        "kapmonitor forget session.kap --as eve --reason 'kept for ten years'",
    )
    forget.add_argument("record", nargs="?", metavar="RECORD", help="a session record (.kap)")
    forget.add_argument("--as", dest="user", default="", metavar="ID", help="the admin who does this")
    forget.add_argument("--reason", default="", metavar="TEXT", help="why; no names, this line stays")
    forget.add_argument("--now", action="store_true", help="the second step, at once, by another admin")
    forget.add_argument("--keep", action="store_true", help="take the mark back")
    forget.add_argument("--list", action="store_true", help="what was marked, kept and deleted")
    forget.add_argument("--json", action="store_true", help="list in JSON")
