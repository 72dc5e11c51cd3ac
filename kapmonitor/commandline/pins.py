"""PINs and other secrets: typed unseen, or read from standard input; never on the command line."""

from __future__ import annotations

import getpass
import sys
import warnings
from typing import Final

from kapmonitor.errors import PeopleError

LONGEST_LINE: Final = 1000


def ask(user: str, what: str = "PIN") -> str:
    """Somebody's secret; PeopleError if none comes, or if the terminal would show it."""
    if not sys.stdin.isatty():
        line = sys.stdin.readline(LONGEST_LINE)
        if not line:
            raise PeopleError(user, f"no {what} came on standard input")
        return line.rstrip("\r\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(f"{what} of {user}: ")
    except (getpass.GetPassWarning, EOFError) as why:
        raise PeopleError(user, "this terminal would show it; use standard input") from why


def ask_new(user: str) -> str:
    """A new PIN, typed twice on a terminal."""
    pin = ask(user, "New PIN")
    if sys.stdin.isatty() and ask(user, "The same again, new PIN") != pin:
        raise PeopleError(user, "the two PINs are not the same; nothing was changed")
    return pin
