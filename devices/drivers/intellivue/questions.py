"""What is asked when, once the association stands.

Extended polls are answered by themselves for ten minutes and renewed before that. Single polls fill in where
no extended answer comes: at the beginning, and with monitors that refuse extended polls. They also go on
beside the extended ones, more seldom, as a monitor may leave numbers that do not change out of extended
answers, and drops a host that has sent nothing for about 10 s.
"""

from __future__ import annotations

from devices.drivers.intellivue import codes, messages
from devices.drivers.intellivue.apdu import Accepted
from devices.drivers.intellivue.messages import NUMERIC, Ask

S = 1_000_000_000
NEVER_NS = 1 << 62
RENEW_NS = 540 * S
UNANSWERED_NS = 5 * S
"""An extended poll without an answer for this long is sent again."""

UNANSWERED_SELDOM_NS = 15 * S
"""The same for alarms, which may come less often than numbers, and for what comes once."""

REFUSED_NS = 60 * S
"""After an error, such as another host taking the waves, the question is put again this much later."""

SINGLE_NS = 1 * S
REFRESH_NS = 2 * S
"""Numbers are asked for singly at least this often, so that none looks older than 3 s only because it stands
still; this is also what keeps the association alive."""

MOST_BETWEEN_NS = 8 * S
"""A monitor that wants fewer polls is still asked this often, or it would take the host for gone."""

IDENTITY_TRIES = 3

CHOOSE_WAVES = messages.set_waves(messages.CHOOSE_WAVES_ID, codes.WANTED_WAVES)
ONCE = (CHOOSE_WAVES, messages.IDENTITY)
"""Not asked again once asked or answered."""

PATIENCE_NS = {messages.EXTENDED_ALARMS: UNANSWERED_SELDOM_NS, messages.IDENTITY: UNANSWERED_SELDOM_NS}
WAVE_ASKS = frozenset({CHOOSE_WAVES, messages.EXTENDED_WAVES})


class Questions:
    """When each question is due; used only while the association stands."""

    def __init__(self, *, waves: bool) -> None:
        asks = (
            CHOOSE_WAVES,
            messages.EXTENDED_NUMERICS,
            messages.EXTENDED_WAVES,
            messages.EXTENDED_ALARMS,
            messages.IDENTITY,
        )
        self._asks = {ask.invoke_id: ask for ask in asks if waves or ask not in WAVE_ASKS}
        self.begin(0, Accepted())

    def begin(self, t_ns: int, accepted: Accepted) -> None:
        """Everything is to be asked anew, of a monitor that offers so much."""
        least_ns = min(int(accepted.least_s * S), MOST_BETWEEN_NS)
        self._between_ns = max(SINGLE_NS, least_ns)
        self._refresh_ns = max(REFRESH_NS, least_ns)
        self._single_ns = self._singly_asked_ns = t_ns
        wanted = (i for i, ask in self._asks.items() if accepted.waves or ask not in WAVE_ASKS)
        self._due_ns = dict.fromkeys(wanted, t_ns)
        self._renew_ns = dict(self._due_ns)
        self._identity_left = IDENTITY_TRIES

    @property
    def due_ns(self) -> int:
        """When the next question is due."""
        return min(self._single_ns, *self._due_ns.values())

    def take(self, now_ns: int) -> list[bytes]:
        """The user data to send now; each counts as asked."""
        asked = [messages.SINGLE_NUMERICS] if now_ns >= self._single_ns else []
        if asked:
            self._singly_asked_ns, self._single_ns = now_ns, now_ns + self._between_ns
        for invoke_id, due_ns in self._due_ns.items():
            if now_ns >= due_ns:
                ask = self._asks[invoke_id]
                asked.append(ask)
                self._due_ns[invoke_id] = self._again_ns(ask, now_ns)
                self._renew_ns[invoke_id] = now_ns + RENEW_NS
        return [ask.user_data for ask in asked]

    def answered(self, invoke_id: int, polled: int, t_ns: int) -> None:
        """An answer came."""
        if invoke_id not in self._due_ns or (ask := self._asks[invoke_id]).polled != polled:
            return
        again_ns = min(self._renew_ns[invoke_id], t_ns + _patience_ns(ask))
        self._due_ns[invoke_id] = NEVER_NS if ask in ONCE else again_ns
        if polled == NUMERIC:
            self._single_ns = self._singly_asked_ns + self._refresh_ns

    def failed(self, invoke_id: int, t_ns: int) -> None:
        """The monitor refused a question."""
        if invoke_id in self._due_ns:
            self._due_ns[invoke_id] = t_ns + REFUSED_NS

    def _again_ns(self, ask: Ask, now_ns: int) -> int:
        """When to ask again if nothing comes of it."""
        if ask is messages.IDENTITY:
            self._identity_left -= 1
        done = ask is CHOOSE_WAVES or (ask is messages.IDENTITY and self._identity_left <= 0)
        return NEVER_NS if done else now_ns + _patience_ns(ask)


def _patience_ns(ask: Ask) -> int:
    return PATIENCE_NS.get(ask, UNANSWERED_NS)
