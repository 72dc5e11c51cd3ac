"""What an operating system's error about a port means, in words a person can act on."""

from __future__ import annotations

import errno
import os
import sys
from typing import Final

from kapmonitor.errors import LinkError
from kapmonitor.model import LinkProblem

_BUSY: Final = frozenset({errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK})
_DENIED: Final = frozenset({errno.EACCES, errno.EPERM})
_NO_PORT: Final = frozenset({errno.ENOTTY, errno.EISDIR, errno.EINVAL})

HINTS: Final = {
    LinkProblem.NOT_FOUND: "plug the cable in and switch the device on, or choose another port",
    LinkProblem.BUSY: "another program has this port open; close that program",
    LinkProblem.DENIED: "this user may not open the port; ask whoever looks after this computer",
    LinkProblem.REFUSED: "this is not a port that can be opened with these settings",
    LinkProblem.LOST: "the connection ended; check the cable and the device",
}
_NETWORK_HINT: Final = "nothing answers at this address; check that it is right and that the far end is on"


def open_error(where: str, error: BaseException) -> LinkError:
    """The LinkError for a port that could not be opened."""
    problem = _open_problem(error)
    hint = HINTS[problem]
    if problem is LinkProblem.NOT_FOUND and "://" in where:
        hint = _NETWORK_HINT
    if problem is LinkProblem.DENIED and sys.platform.startswith("linux"):
        hint = f"this user may not open the port; add them to the group '{_group(where)}' and log in again"
    if problem is LinkProblem.REFUSED:
        hint = f"{hint} ({error})"
    return LinkError(where, problem, hint)


def lost_error(where: str) -> LinkError:
    """The LinkError for a connection that was there and ended."""
    return LinkError(where, LinkProblem.LOST, HINTS[LinkProblem.LOST])


def _open_problem(error: BaseException) -> LinkProblem:
    number, text = _number(error), str(error)
    if "PermissionError" in text:  # Windows reports a port that is in use this way, and has no other denial
        return LinkProblem.BUSY
    if number in _BUSY:
        return LinkProblem.BUSY
    if number in _DENIED:
        return LinkProblem.DENIED
    if number in _NO_PORT or not isinstance(error, OSError):
        return LinkProblem.REFUSED
    return LinkProblem.NOT_FOUND


def _number(error: BaseException) -> int | None:
    """The errno of an error or of the one it was raised for: pyserial often passes on only the text."""
    seen: BaseException | None = error
    while seen is not None:
        if seen.args and isinstance(seen.args[0], int):
            return seen.args[0]
        seen = seen.__cause__ or seen.__context__
    return None


def _group(where: str) -> str:
    """The group that owns the port; it is called dialout or uucp, depending on the system."""
    try:
        import grp

        return grp.getgrgid(os.stat(where).st_gid).gr_name  # noqa: PTH116 the address is text, not a Path
    except (ImportError, OSError, KeyError):
        return "dialout"
