"""The simulated devices of `kapmonitor demo`, in the courses of alarm_scenes."""

import sys

from alarm_scenes import add_scenarios

from devices.sim.room import main

if __name__ == "__main__":
    add_scenarios()
    sys.exit(main())
