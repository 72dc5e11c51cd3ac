"""What is asked when, once the association stands.

Extended polls are answered by themselves for ten minutes and renewed before that. Single polls fill in where
no extended answer comes: at the beginning, and with monitors that refuse extended polls. They also go on
beside the extended ones, more seldom, as a monitor may leave numbers that do not change out of extended
answers, and drops a host that has sent nothing for about 10 s.
"""

from __future__ import annotations

from devices.drivers.intellivue import codes, messages
from devices.drivers.intellivue.messages import NUMERIC, Ask

S = 1_000_000_000
RENEW_NS = 540 * S
UNANSWERED_NS = 5 * S
"""An extended poll without an answer for this long is sent again; alarms may come less often than numbers."""

UNANSWERED_ALARMS_NS = 15 * S
REFUSED_NS = 60 * S
"""After an error, such as another host taking the waves, the question is put again this much later."""

SINGLE_NS = 1 * S
MISSING_NS = 3 * S
"""Without an extended answer for this long, numbers are asked for singly."""

REFRESH_NS = 5 * S
"""Numbers are asked for singly at least this often; this is also what keeps the association alive."""


class Questions:
    """When each question is due; used only while the association stands."""

    def __init__(self, *, waves: bool) -> None:
        self._extended = [messages.EXTENDED_NUMERICS]
        if waves:
            choose = messages.set_waves(messages.CHOOSE_WAVES_ID, codes.WANTED_WAVES)
            self._choose: Ask | None = choose
            self._extended.append(messages.EXTENDED_WAVES)
        else:
            self._choose = None
        self._extended.append(messages.EXTENDED_ALARMS)
        self.begin(0)

    def begin(self, t_ns: int) -> None:
        """Everything is to be asked anew."""
        self._chosen = self._choose is None
        self._single_ns = t_ns
        self._singly_asked_ns = t_ns
        self._due_ns = dict.fromkeys((ask.invoke_id for ask in self._extended), t_ns)
        self._renew_ns = dict(self._due_ns)

    @property
    def due_ns(self) -> int:
        """When the next question is due."""
        return min(self._single_ns, *self._due_ns.values())

    def take(self, now_ns: int) -> list[bytes]:
        """The user data to send now; each counts as asked."""
        asked = [messages.SINGLE_NUMERICS] if now_ns >= self._single_ns else []
        if asked:
            self._singly_asked_ns, self._single_ns = now_ns, now_ns + SINGLE_NS
        if not self._chosen and self._choose is not None:
            self._chosen = True
            asked.append(self._choose)
        for ask in self._extended:
            if now_ns >= self._due_ns[ask.invoke_id]:
                self._due_ns[ask.invoke_id] = now_ns + _patience_ns(ask)
                self._renew_ns[ask.invoke_id] = now_ns + RENEW_NS
                asked.append(ask)
        return [ask.user_data for ask in asked]

    def answered(self, invoke_id: int, polled: int, t_ns: int) -> None:
        """An answer came."""
        for ask in self._extended:
            if ask.invoke_id == invoke_id:
                self._due_ns[invoke_id] = min(self._renew_ns[invoke_id], t_ns + _patience_ns(ask))
                if polled == NUMERIC:
                    self._single_ns = min(t_ns + MISSING_NS, self._singly_asked_ns + REFRESH_NS)

    def failed(self, invoke_id: int, t_ns: int) -> None:
        """The monitor refused a question."""
        if invoke_id in self._due_ns:
            self._due_ns[invoke_id] = t_ns + REFUSED_NS


def _patience_ns(ask: Ask) -> int:
    return UNANSWERED_ALARMS_NS if ask is messages.EXTENDED_ALARMS else UNANSWERED_NS
