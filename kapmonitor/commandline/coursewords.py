"""What `kapmonitor course` is told on the command line; nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kapmonitor.commandline.exportwords import asking
from kapmonitor.commandline.parsing import command, size

if TYPE_CHECKING:
    from kapmonitor.commandline.parsing import Commands


def add(commands: Commands) -> None:
    """Give the command line this command."""
    course = command(
        commands,
        "course",
        "the sessions of one person side by side, counted from the first dose: pressure, times, doses, notes",
        "kapmonitor course session.kap, or kapmonitor course FOLDER --person 4471",
    )
    course.add_argument(
        "record",
        nargs="+",
        metavar="RECORD|FOLDER",
        help="one record: all of its person's in that folder; several records or a folder: those",
    )
    course.add_argument("--person", default="", metavar="NUMBER", help="the person's record number")
    course.add_argument("--born", default="", metavar="DATE", help="where several have it: 1980-02-29")
    course.add_argument("--initials", default="", metavar="LETTERS", help="the same by their initials")
    course.add_argument("--json", action="store_true", help="answer in JSON")
    course.add_argument("--screenshot", metavar="PNG", help="save the page as a picture, print no table")
    course.add_argument(
        "--size", type=size, default=(1920, 1080), metavar="WxH", help="window size of the picture"
    )
    asking(course)
