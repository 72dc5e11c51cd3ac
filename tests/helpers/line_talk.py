"""Simulated serial devices and their drivers in virtual time: what a line carries, chunk by chunk."""

from drivers import load

from devices.address import parse_device
from devices.candidates import candidates
from devices.protocol import SerialLink
from devices.sim.faults import afflict, with_fault
from devices.sim.scenario import bedside
from devices.sim.serve import SIMULATORS, build

S = 1_000_000_000
BEGIN_S = 1830.0
STEP_NS = 10_000_000
AUTO = parse_device("auto@/dev/nowhere")

DEVICES = tuple(
    name if form is None else f"{name}?format={form}"
    for name, forms in SIMULATORS.items()
    for form in (forms or (None,))
)
"""Every simulated serial device in every format it can speak."""


def specs():
    return tuple(spec for spec in load().specs if isinstance(spec.link, SerialLink))


def all_candidates():
    return candidates(specs(), AUTO)


def candidate(driver):
    return next(entry for entry in all_candidates() if entry.id == driver and entry.may_ask)


def driver_of(name):
    return name.partition("?")[0]


def carried(name, seconds=8.0, asked=None, fault=None, own_key_s=None, seed=7):
    """What the device sends within `seconds`: (t_ns, bytes) in order; `asked` is the driver that asks it."""
    room = bedside("quiet", seed, 1800.0)
    if fault is not None:
        afflict(room, fault, BEGIN_S - 10)
    device = build(name, room, own_key_s)
    if fault is not None:
        device = with_fault(device, fault, seed, name, room)
    protocol = candidate(asked).protocol() if asked is not None else None
    t_ns = int(BEGIN_S * S)
    end_ns = t_ns + int(seconds * S)
    device.advance(t_ns)
    if protocol is not None:
        protocol.opened(t_ns)
    chunks = []
    while t_ns < end_ns:
        turn(device, protocol, t_ns, chunks)
        t_ns += STEP_NS
    return chunks


def turn(device, protocol, t_ns, chunks):
    """Questions and answers until nobody has anything more to say now."""
    for _ in range(8):
        out = b""
        if protocol is not None:
            if protocol.deadline_ns is not None and protocol.deadline_ns <= t_ns:
                protocol.on_deadline(t_ns)
            out = protocol.data_to_send()
        if out:
            device.receive(out, t_ns)
        data = device.advance(t_ns) if device.plugged(t_ns) else b""
        if data:
            chunks.append((t_ns, data))
            if protocol is not None:
                protocol.receive(data, t_ns)
        if not out and not data:
            return
