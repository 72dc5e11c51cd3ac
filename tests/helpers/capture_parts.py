"""Drivers on simulated devices in virtual time, with everything that crosses the link taken down."""

import gatt_peers
from drivers import load

from devices.decode import event_line
from devices.protocol import CuffControl, GattAction
from devices.sim.fastforward import FastForward, Joined
from devices.sim.scenario import bedside
from devices.sim.serve import DOSE_S, build
from devices.testing.play import GattPlayer
from kapmonitor.model import Direction, LinkChanged, LinkState, WireChunk

S = 1_000_000_000
ORIGIN_NS = 7777 * S
STEP_NS = 20_000_000
LEFT_OUT = {"serial", "device_time", "head"}


class Taken:
    """What a session was told: entries of a capture, and events."""

    def __init__(self):
        self.entries = []
        self.events = []

    def on_wire(self, _device, chunk):
        self.entries.append(chunk)

    def on_link(self, _device, change):
        self.entries.append(change)

    def on_event(self, _device, event):
        self.events.append(event)


def options_of(spec, **given):
    return {option.name: option.default for option in spec.options} | given


def live_wire(driver, seconds, cuff_s=None):
    """A serial driver, `nonin` or `nonin?format=df7`, on its simulator; a cuff is started after `cuff_s`."""
    spec = load().get(driver.partition("?")[0])
    protocol = spec.protocol(options_of(spec))
    taken = Taken()
    sim = build(driver, bedside("quiet", 7, DOSE_S), 45.0)
    cuffs = [(ORIGIN_NS + cuff_s * S, "d")] if cuff_s and isinstance(protocol, CuffControl) else []
    line = FastForward([Joined("d", sim, protocol)], taken, ORIGIN_NS)
    line.run(ORIGIN_NS, ORIGIN_NS + seconds * S, lambda _t_ns: None, cuffs)
    return taken


def live_gatt(driver, seconds, **options):
    """A Bluetooth driver on its emulated device."""
    spec = load().get(driver)
    peer = gatt_peers.peer(driver, bedside("quiet", 7, DOSE_S))
    taken = Taken()
    taken.entries.append(LinkChanged(LinkState.CONNECTING, ORIGIN_NS))
    player = GattPlayer(spec.protocol(options_of(spec, **options)), ORIGIN_NS)
    peer.advance(0)
    told = 0
    for t_ns in range(ORIGIN_NS, ORIGIN_NS + seconds * S, STEP_NS):
        player.wait(t_ns)
        for _ in range(20):
            asked, told = player.taken[told:], len(player.taken)
            said = []
            for step in asked:
                if step.action is GattAction.WRITE:
                    taken.entries.append(WireChunk(t_ns, Direction.OUT, step.data, step.uuid))
                    peer.write(step.uuid, step.data, t_ns)
                elif step.action is GattAction.READ and (data := peer.read(step.uuid)) is not None:
                    said.append((step.uuid, data))
            for uuid, data in said + peer.advance(t_ns):
                taken.entries.append(WireChunk(t_ns, Direction.IN, data, uuid))
                player.hear(uuid, data, t_ns)
            if len(player.taken) == told:
                break
    taken.entries.append(LinkChanged(LinkState.OFF, player.now_ns))
    player.close()
    taken.events = player.events
    return taken


def told(events):
    """Events as decode prints them, waves joined, and what a capture does not keep left out."""
    lines, waves = [], {}
    for line in map(event_line, events):
        if line["kind"] == "wave":
            waves.setdefault(line["metric"], []).extend(line["samples"])
            continue
        lines.append(
            {key: value for key, value in line.items() if key not in {"serial", "device_time", "head"}}
        )
    return lines, waves


def device_times(events):
    return [line["device_time"] for line in map(event_line, events) if line.get("device_time")]


def bytes_of(entries, direction=Direction.IN):
    return b"".join(e.data for e in entries if isinstance(e, WireChunk) and e.direction is direction)
