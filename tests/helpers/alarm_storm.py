"""One alarm after another while music plays: how soon each is heard, and that none is heard in the music."""

import time
from dataclasses import dataclass, field

import numpy as np
from tone_measure import NOTHING

from kapmonitor.alarms.signals import SoundName

STORM_PLAN = ("at_once=80", "unduck_s=0.5")
DIP = 0.9
PATIENCE_S = 20.0


@dataclass
class Heard:
    """Seconds, one for each alarm; the gains of the alarm in the room and in the music."""

    staff_s: list = field(default_factory=list)
    room_s: list = field(default_factory=list)
    duck_before_s: list = field(default_factory=list)
    in_room: float = 0.0
    in_music: float = 0.0

    def crossing_to_sound(self, percent):
        return float(np.percentile(self.staff_s, percent))

    def none_in_music(self):
        """Whether there was nothing of an alarm in the music."""
        return self.in_music <= NOTHING

    def summary(self):
        def both(values):
            low, middle, high = (float(np.percentile(values, p)) for p in (0, 50, 99))
            return f"min {low:.3f} p50 {middle:.3f} p99 {high:.3f} s"

        return "\n".join(
            (
                f"{len(self.staff_s)} alarms",
                f"crossing to staff sound: {both(self.staff_s)}",
                f"crossing to room burst: {both(self.room_s)}",
                f"duck heard before the room burst: {both(self.duck_before_s)}",
                f"alarm in the room {20 * np.log10(self.in_room):.1f} dB of full scale, "
                f"in the music {20 * np.log10(max(self.in_music, 1e-9)):.1f} dB",
            )
        )


def storm(kap, ears, count, tell=lambda _line: None):
    """`count` alarms that bypass every delay, each acknowledged once the room has heard it."""
    heard = Heard()
    time.sleep(2.0)
    usual = ears["Music"].level(time.monotonic() - 1.0, time.monotonic())
    for number in range(count):
        crossed = kap.set_spo2(79.0)
        staff = ears["Staff"].wait_loud(crossed, PATIENCE_S)
        burst = ears["Room"].wait_loud(crossed, PATIENCE_S)
        time.sleep(0.3)
        ducked = ears["Music"].dips(crossed, burst + 0.5, DIP)
        assert ducked is not None, "the music did not go down"
        heard.staff_s.append(staff - crossed)
        heard.room_s.append(burst - crossed)
        heard.duck_before_s.append(burst - ducked)
        heard.in_room = max(heard.in_room, ears["Room"].contains(SoundName.HIGH, burst, burst + 0.3))
        since = len(kap.said)
        kap.ask("ack")
        kap.until(lambda said: said.get("stage") == "idle", since=since)
        ended, since = time.monotonic(), len(kap.said)
        kap.set_spo2(97.0)
        kap.until(lambda said: said.get("alarms") == [], since=since)
        ears["Music"].wait_level(usual, PATIENCE_S)
        quiet(ears, ended)
        for sound in (SoundName.HIGH, SoundName.SOFT_HIGH):
            in_music = ears["Music"].contains(sound, crossed - 0.2, time.monotonic())
            heard.in_music = max(heard.in_music, in_music)
        tell(f"{number + 1}: {staff - crossed:.3f} {burst - crossed:.3f} {burst - ducked:.3f}")
    return heard


def quiet(ears, since):
    """Wait until neither output has sounded for a moment."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        now = time.monotonic()
        if now - 0.3 > since and all(
            ears[name].first_loud(now - 0.3, now) is None for name in ("Staff", "Room")
        ):
            return
        time.sleep(0.05)
    raise AssertionError("still sounding after the acknowledgement")
