"""What heads that were kept outside a record say about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kapmonitor.record.heads import Head, Kept

NONE_KEPT: Final = (
    "no head was kept outside the record: from the record alone nobody can see whether its end was cut off"
)


class Anchors:
    """Compares the entries of one record, told in their order, with the heads that were kept."""

    def __init__(self, kept: Sequence[Kept]) -> None:
        self._kept = kept
        self._at: dict[int, list[tuple[str, Head]]] = {}
        for each in kept:
            for head in each.heads:
                self._at.setdefault(head.seq, []).append((each.where, head))
        self._confirmed = 0

    def differs(self, seq: int, hash_: str) -> str | None:
        """What is wrong if this entry is not the one whose hash was kept."""
        for where, head in self._at.get(seq, ()):
            if head.hash != hash_:
                first = self._confirmed + 1
                entries = f"entry {seq}: is" if first == seq else f"entries {first} to {seq}: are"
                return f"{entries} not what was written when a head was kept {where} at {head.utc}"
            self._confirmed = seq
        return None

    def cut(self, last: int) -> str | None:
        """What is wrong if the record ends, with entry `last`, before the newest head that was kept."""
        newest = max(self._at, default=0)
        if newest <= last:
            return None
        where, head = self._at[newest][0]
        return (
            f"cut after entry {last}: entry {last + 1} is missing, "
            f"the head of entry {newest} was kept {where} at {head.utc}"
        )

    def lines(self, last: int) -> Iterator[str]:
        """What there was to compare with, for people; `last` is the record's last entry."""
        if not self._at:
            yield NONE_KEPT
        for kept in self._kept:
            if kept.heads:
                count, newest = len(kept.heads), kept.heads[-1]
                yield f"{count} heads kept {kept.where}, the last of entry {newest.seq} at {newest.utc}"
            elif kept.others:
                yield f"only heads of other sessions kept {kept.where}"
            if kept.unreadable:
                yield f"{kept.unreadable} lines kept {kept.where} cannot be read"
        later = last - max(self._at, default=last)
        if later > 0:
            yield f"the last {later} entries came after the newest head that was kept"
