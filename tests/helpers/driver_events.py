"""What tests of drivers ask of a driver's events."""

from kapmonitor.model import DeviceAlert, Fault, Observation


def readings(events, metric):
    """The readings of one metric, by its term or its reference."""
    return [
        e.reading for e in events if isinstance(e, Observation) and metric in (e.metric.term, e.metric.ref)
    ]


def alerts(events):
    """Each kind, and whether it came or went."""
    return [(e.kind, e.present) for e in events if isinstance(e, DeviceAlert)]


def worded(events):
    """Each alert, whether it came or went, in the device's own words."""
    return [(e.kind, e.present, e.detail) for e in events if isinstance(e, DeviceAlert)]


def raised(events):
    """The alerts that came, with the device's own words."""
    return {(e.kind, e.detail) for e in events if isinstance(e, DeviceAlert) and e.present}


def faults(events):
    """Why bytes were thrown away, and how many."""
    return [(e.kind, e.size) for e in events if isinstance(e, Fault)]
