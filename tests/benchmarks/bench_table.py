"""One row of the table that `make bench` prints."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure beside its peer's, measured in the same run."""

    what: str
    measured: str
    peer: str
    ratio: str
    target: str
    ok: bool
