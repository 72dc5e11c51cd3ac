"""The music of a made-up record for its panel, and a hearing that only keeps what it is asked."""

import time

from kapmonitor.session.events import MusicEvent, SessionResumed
from playlists.heard import lane
from ui.music.past import Past
from ui.music.rehearing import HearView


class FakeHearer:
    """ui.music.hearer.Hearer without a thread or an output."""

    def __init__(self, view=None):
        self.shown = view or HearView()
        self.followed = []
        self.toggled = 0
        self.closed = False

    def toggle(self):
        self.toggled += 1
        self.shown = HearView(on=not self.shown.on)

    def follow(self, t_ns, *, runs):
        self.followed.append((t_ns, runs))

    def view(self):
        return self.shown

    def close(self):
        self.closed = True


def music_of(stamped):
    """The rows of the music in a session's events."""
    return [
        (each.t_ns, each.event) for each in stamped if isinstance(each.event, MusicEvent | SessionResumed)
    ]


def past_of(replay, hearer=None, speed=lambda: 1.0, barred=str, now_s=time.monotonic):
    """The music of a made-up record in review."""
    return Past(lane(music_of(replay.happened())), hearer or FakeHearer(), replay, speed, barred, now_s)
