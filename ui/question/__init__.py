"""What must be answered before a session or a review begins: what is asked, and the pages that ask it."""

from ui.question.asked import Choice, Question, Secret
from ui.question.interrupted import GO_ON, NEW, interrupted_question
from ui.question.locked import record_locked, station_locked

__all__ = [
    "GO_ON",
    "NEW",
    "Choice",
    "Question",
    "Secret",
    "interrupted_question",
    "record_locked",
    "station_locked",
]
