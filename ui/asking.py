"""Between the thread that prepares a session and the window: a question one way, its answer the other."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from ui.shell import Shell

if TYPE_CHECKING:
    from ui.question import Question, Secret


class Asking(QObject):
    """Shows one question at a time in a shell; made and ended on the thread of the window."""

    shown = Signal()
    """A question is on screen."""
    answered = Signal()

    _asked = Signal(object)

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._window_thread = threading.get_ident()
        self._ended = False
        self._answer: Future[str | None] | None = None
        self._asked.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def ask(self, question: Question | Secret) -> str | None:
        """Wait for the id of what somebody chose, or the passphrase, empty where they go on without.

        None once the window is closed. Never on its own thread.
        """
        if threading.get_ident() == self._window_thread:
            raise RuntimeError(
                "a question is asked from the thread that prepares, as this one must answer it"
            )
        answer: Future[str | None] = Future()
        self._answer = answer
        # Ending looks at the answer after it has said that it ends, so one of the two sees the other.
        if self._ended:
            return None
        self._asked.emit(question)
        return answer.result()

    def end(self) -> None:
        """The window is closed: whoever waits is told, and whoever asks later."""
        self._ended = True
        self._resolve(None)

    def _show(self, question: Question | Secret) -> None:
        if self._ended:
            return
        # Loaded only where something is asked: most sessions begin without.
        from ui.question import Secret
        from ui.question.page import QuestionPage
        from ui.question.secret_page import SecretPage
        from ui.question.wording import MEANWHILE

        page: SecretPage | QuestionPage
        if isinstance(question, Secret):
            page, meanwhile = SecretPage(question, self._shell.theme), question.meanwhile
        else:
            page, meanwhile = QuestionPage(question, self._shell.theme), MEANWHILE
        page.answered.connect(self._take)
        self._shell.put_over(page, meanwhile)
        self.shown.emit()

    def _take(self, choice: str) -> None:
        self._shell.take_away()
        self.answered.emit()
        self._resolve(choice)

    def _resolve(self, choice: str | None) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result(choice)
