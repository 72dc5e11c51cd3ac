"""The question about a window that is closed while its session is not signed; pure."""

from __future__ import annotations

from typing import Final

from kapmonitor.session.state import SessionState
from ui.after import wording
from ui.question.asked import Choice, Question

CLOSE: Final = "close"
GO_ON: Final = "go-on"
SIGN: Final = "sign"

QUESTION: Final = Question(
    wording.UNSIGNED,
    (wording.UNSIGNED_MORE,),
    (
        Choice(GO_ON, "G", wording.GO_ON, wording.GO_ON_MORE),
        Choice(SIGN, "S", wording.SIGN_NOW, wording.SIGN_NOW_MORE),
        Choice(CLOSE, "X", wording.CLOSE_WITHOUT, wording.CLOSE_WITHOUT_MORE),
    ),
)


def is_worth_asking(state: SessionState) -> bool:
    """Only about a session that was opened or had a dose."""
    return state.care.opened_t_ns is not None or bool(state.doses)
