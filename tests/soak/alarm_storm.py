"""200 alarms while music plays, all three outputs recorded: python tests/soak/alarm_storm.py [COUNT].

Prints how soon each was heard; ends with 1 if one was late, if the music went down too late, or if any of it
was in the music. A quarter of an hour.
"""

import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "helpers"), str(Path(__file__).parents[2])]

from alarm_storm import STORM_PLAN, storm
from pulse_room import PulseRoom
from sound_ear import Console, Ear

LATEST_S = 1.0
LEAD_S = 0.2


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    room = PulseRoom(Path(tempfile.mkdtemp()))
    names = ("Music", "Staff", "Room")
    for name in names:
        room.plug(name)
    ears = {name: Ear(room, name) for name in names}
    kap = Console(room, Path(tempfile.mkdtemp()), "Staff", "Room", "Music", "music_s=1800", *STORM_PLAN)
    kap.ready()
    heard = storm(kap, ears, count, lambda line: print(line, flush=True))
    print(heard.summary())
    kap.quit()
    for ear in ears.values():
        ear.close()
    room.close()
    late = heard.crossing_to_sound(99) > LATEST_S
    return int(late or min(heard.duck_before_s) < LEAD_S or not heard.none_in_music())


if __name__ == "__main__":
    sys.exit(main())
