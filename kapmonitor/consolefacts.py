"""What the console knows by itself for the conditions of a protocol's checklists; pure."""

from __future__ import annotations

from kapmonitor.snapshot import Snapshot


def console_fact(snapshot: Snapshot, fact: str) -> float | bool | None:
    """The fact that a condition looks at; None while it is not known, or cannot be."""
    station, session = snapshot.station, snapshot.session
    here = [device for device in session.devices if not device.released]
    match fact:
        case "baseline":
            return snapshot.baseline.baseline is not None
        case "devices-confirmed":
            return bool(here) and not any(device.unconfirmed for device in here)
        case "clocks-compared":
            return True if any(device.clock is not None for device in here) else None
        case "no-alarm":
            return all(alarm.ended_t_ns is not None for alarm in snapshot.alarms)
        case _:
            free_gb = None if station.disk_free is None else station.disk_free / 1e9
            return {
                "record-written": station.disk_will_do,
                "sleep-held-off": station.awake,
                "mains": station.on_mains,
                "battery-percent": station.battery,
                "disk-gb": free_gb,
            }.get(fact)
