"""A process with an emulated strap and cuff on a TCP port; prints the port when it is ready."""

import asyncio
import sys

from devices.sim.ble.cuff import CuffValues
from devices.sim.ble.serve import serve_both
from kapmonitor.clock import SystemClock


def main() -> None:
    asyncio.run(
        serve_both(
            int(sys.argv[1]),
            lambda _t_ns: 72.0,
            lambda _t_ns: CuffValues(120, 80, 93, 70),
            SystemClock(),
            3600.0,
            ready=lambda port: print(port, flush=True),
        )
    )


if __name__ == "__main__":
    main()
