"""The files an export makes: written beside their place under another name, there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kapmonitor.durable import OWNER_ONLY, sync_folder
from kapmonitor.errors import ExportError

PART: Final = ".part"


class Draft:
    """Files that are being written; only `whole` gives them their names."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.made: list[Path] = []

    def file(self, ending: str = "") -> Path:
        """An empty file to write to; `ending` takes the place of the output's own, for one beside it."""
        final = self.out.with_name(f"{self.out.stem}{ending}") if ending else self.out
        if os.path.lexists(final):  # also a link that leads nowhere
            raise ExportError(str(final), "is there already; give another name with --out")
        part = part_of(final)
        part.unlink(missing_ok=True)  # of an export that was killed
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
        self.made.append(final)
        return part

    def asked_for(self, path: Path) -> Path | None:
        """Which file somebody asked for, where the path is that under which it is being written."""
        return next((final for final in self.made if part_of(final) == path), None)


@contextmanager
def whole(out: Path) -> Iterator[Draft]:
    """Files written inside the `with` get their names at its end; after any error nothing is left.

    ExportError if they cannot be written.
    """
    draft = Draft(out)
    named: list[Path] = []
    try:
        yield draft
        for final in draft.made:
            _sync(part_of(final))
        for final in draft.made:
            part_of(final).replace(final)
            named.append(final)
        sync_folder(out.parent)
    except BaseException as why:
        for path in (*map(part_of, draft.made), *named):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        if isinstance(why, OSError):
            raise ExportError(str(out), f"cannot be written ({why.strerror or why})") from why
        if isinstance(why, ExportError) and (asked := draft.asked_for(Path(why.path))) is not None:
            raise ExportError(str(asked), why.reason) from why
        raise


def part_of(final: Path) -> Path:
    """Where a file of a draft is while it is being written."""
    return final.with_name(f".{final.name}{PART}")


def _sync(part: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
