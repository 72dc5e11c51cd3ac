"""Where a session that was not recorded here comes from.

Part of kapmonitor.session.events, whose rules hold here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class SessionImported:
    """All of this record was taken over from a file of another program; nobody of this clinic recorded it.

    `format` is 'vital', 'edf' or 'csv'; `file`, `sha256` and `size` name the file, `importer` the program
    that read it, `zone` what its times were taken for, `mapping` the TOML that was used, `left_out` in words
    what is not here.
    """

    TYPE: ClassVar[str] = "session.imported"
    VERSION: ClassVar[int] = 1
    format: str
    file: str
    sha256: str
    size: int
    importer: str
    zone: str
    mapping: str
    left_out: tuple[str, ...]
