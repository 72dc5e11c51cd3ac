"""A question that must be answered before a session is opened: what is asked, and the page that asks it."""

from ui.question.asked import Choice, Question
from ui.question.interrupted import GO_ON, NEW, interrupted_question

__all__ = ["GO_ON", "NEW", "Choice", "Question", "interrupted_question"]
