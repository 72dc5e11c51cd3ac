"""What is in memory stays out of files: no core dump of a process that holds keys."""

from __future__ import annotations

from contextlib import suppress


def leave_no_core_dump() -> None:
    """From now on the system writes none of this process; does nothing where it never does."""
    try:
        import resource
    except ImportError:
        return
    with suppress(OSError, ValueError):
        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (0, most))
