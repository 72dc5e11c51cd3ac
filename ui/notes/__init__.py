"""Notes: nine tags at one key each, marks, written notes; stamped at the first keystroke, never deleted."""

from ui.notes.panel import NotesPanel

__all__ = ["NotesPanel"]
