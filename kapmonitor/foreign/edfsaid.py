"""What the annotations of an EDF file become: remarks, and of our own exports cuff readings again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from kapmonitor import mdc
from kapmonitor.foreign.edffile import Annotation
from kapmonitor.foreign.recording import VALID, Channel, Gathered, Remark, in_order
from kapmonitor.model import NibpFailure

BEGINS: Final = "recording begins"
CUFF_TERMS: Final = (mdc.NIBP_SYS, mdc.NIBP_DIA, mdc.NIBP_MEAN)
_PRESSURE: Final = r"[0-9]{1,3}(?:\.[0-9]{1,3})?"
_CUFF: Final = re.compile(rf"NIBP (---|{_PRESSURE})/(---|{_PRESSURE})(?: \(({_PRESSURE})\))? mmHg")
_FAILED: Final = re.compile(r"NIBP failed: ([a-z-]+)")


def take_notes(taken: Gathered, notes: Sequence[Annotation], began_ns: int, *, is_ours: bool) -> None:
    """Annotations become remarks; those of our own exports that are cuff readings become these again."""
    cuffs: dict[mdc.Term, list[tuple[int, float]]] = {term: [] for term in CUFF_TERMS}
    for note in notes:
        utc_ns = began_ns + note.after_ns
        cuff = _CUFF.fullmatch(note.text) if is_ours else None
        failed = _FAILED.fullmatch(note.text) if is_ours else None
        if cuff is not None:
            for term, text in zip(CUFF_TERMS, cuff.groups(), strict=True):
                if text not in (None, "---"):
                    cuffs[term].append((utc_ns, float(text)))
        elif failed is not None and failed[1] in set(NibpFailure):
            taken.remarks.append(Remark(utc_ns, "", failed[1]))
        elif note.text.strip() and note.text != BEGINS:
            taken.remarks.append(Remark(utc_ns, note.text))
    for term, pairs in cuffs.items():
        if pairs:
            times, values = np.array([t for t, _ in pairs], np.int64), np.array([v for _, v in pairs])
            channel = Channel(term.ref, "import", term, term.ref)
            taken.readings.append(in_order(channel, times, values, np.full(len(pairs), VALID, np.int8))[0])
