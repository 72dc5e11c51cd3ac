"""Joins the keys of the console with the parts that they are in the name of."""

from __future__ import annotations

from dataclasses import replace

from kapmonitor.commands import (
    AdoptDevice,
    AllowCuff,
    Command,
    ConfirmBedside,
    ConfirmDevice,
    ReleaseDevice,
    ShowSource,
    ToneHeard,
)
from ui.notes import NotesPanel
from ui.people.gate import Gate

OF_PAGES = AdoptDevice | AllowCuff | ConfirmBedside | ConfirmDevice | ReleaseDevice | ShowSource | ToneHeard
"""What pages ask for that stay open when somebody else takes the keys."""


def named(command: Command, by: str) -> Command:
    """In the name of whoever is at the keys now, not when its page was opened."""
    return replace(command, by=by) if isinstance(command, OF_PAGES) else command


def wire_people(gate: Gate, notes: NotesPanel) -> None:
    """Whoever takes the keys in the notes has them everywhere, and the other way round."""
    keys = gate.keys

    def show_author() -> None:
        if notes.desk.author != keys.last:
            notes.set_author(keys.last)

    notes.author_chosen.connect(keys.take)
    keys.changed.connect(show_author)
